"""A part of the tree in `core.errors`: what was asked for cannot be done, whoever asked."""

from __future__ import annotations

from desktop.core.world_error import WorldError


class ServerError(WorldError):
    """The local server cannot start."""


class PortTaken(ServerError):
    """Another program listens there. `next` is the next one that is free, None if none was found."""

    code = "server.port_taken"


class AddressUnusable(ServerError):
    """This computer does not have the address, or may not listen there."""

    code = "server.address"


class ServerNeedsKey(ServerError):
    """Others than this computer could reach it, and no key is set."""

    code = "server.no_key"


class RequestError(WorldError):
    """What was asked for does not exist or makes no sense."""


class UnknownConversation(RequestError):
    """No conversation has this id."""

    code = "request.conversation"


class UnknownModel(RequestError):
    """No model has this id."""

    code = "request.model"


class UnknownDownload(RequestError):
    """No download has this id."""

    code = "request.download"


class UnknownFolder(RequestError):
    """There is no such folder, or it is none of the list's."""

    code = "request.folder"


class FolderTaken(RequestError):
    """The new models folder already has a file of a name that would move there."""

    code = "request.folder_taken"


class FolderInside(RequestError):
    """The new models folder is the present one, or lies in it."""

    code = "request.folder_inside"


class FolderBusy(RequestError):
    """Another process of this program runs, or a move is in progress."""

    code = "request.folder_busy"


class BadGrammar(RequestError):
    """The grammar or JSON schema an answer should follow is broken, too large, or says what cannot be followed."""

    code = "request.grammar"


class UnknownSetting(RequestError):
    """No setting has this name."""

    code = "request.setting"


class BadSetting(RequestError):
    """The value is outside the setting's range."""

    code = "request.setting_value"
