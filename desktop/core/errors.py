"""Everything that can go wrong in the world, as one tree.

An error carries a code and data, never a sentence: `desktop.messages` turns a code into the user's language.
Anything that is not a `WorldError` is a bug of ours and ends as a report.

    WorldError
    ├── ModelFileError
    │   ├── FileMissing            model.missing            path
    │   │   └── FolderMissing      model.folder_missing     path, folder
    │   ├── FileUnreadable         model.unreadable         path, reason
    │   ├── FileEmpty              model.empty              path
    │   ├── FileTruncated          model.truncated          path, size, expected
    │   ├── NotAModel              model.not_gguf           path
    │   ├── LegacyModel            model.legacy_ggml        path
    │   ├── NotRewritten           model.not_rewritten      path
    │   ├── CorruptModel           model.corrupt            path, reason
    │   ├── UnknownArchitecture    model.unknown_architecture  path, architecture
    │   ├── NotAChatModel          model.not_chat           path, kind
    │   ├── ModelTooLarge          model.too_large          path, needed, available
    │   └── WrongHash              model.wrong_hash         path, expected, actual
    ├── EngineError
    │   ├── NoModel                engine.no_model
    │   ├── EngineCrashed          engine.crashed           signal, phase, detail
    │   ├── EngineHung             engine.hung              phase
    │   ├── EngineUnavailable      engine.unavailable       reason
    │   ├── LoadFailed             engine.load_failed       path, reason
    │   ├── FirstGenerationFails   engine.first_generation
    │   ├── LoadCancelled          engine.load_cancelled
    │   ├── EngineBusy             engine.busy              waiting
    │   ├── PromptTooLong          engine.prompt_too_long   tokens, context
    │   └── ConversationFull       engine.conversation_full tokens, context
    ├── HubError
    │   ├── HubUnreachable         hub.unreachable          endpoint, reason
    │   ├── HubDenied              hub.denied               endpoint, status, repository
    │   ├── HubNotFound            hub.not_found            endpoint, repository, file
    │   ├── HubBusy                hub.busy                 endpoint, status, retry_after
    │   ├── HubNonsense            hub.nonsense             endpoint, reason
    │   ├── HubOffline             hub.offline
    │   └── NoKeyring              hub.no_keyring           reason
    ├── DownloadError
    │   ├── WrongBytes             download.wrong_bytes     file, expected, actual
    │   ├── WrongSize              download.wrong_size      file, expected, actual
    │   └── DownloadBusy           download.busy            file
    ├── DiskError
    │   ├── DiskFull               disk.full                path, needed, free
    │   └── DiskDenied             disk.denied              path, reason
    ├── StorageError
    │   ├── DatabaseNewer          database.newer           path, version, supported
    │   ├── DatabaseCorrupt        database.corrupt         path, moved_to
    │   └── DatabaseBusy           database.busy            path
    └── RequestError               (what was asked for does not exist or makes no sense)
        ├── UnknownConversation    request.conversation     id
        ├── UnknownModel           request.model            id
        ├── UnknownDownload        request.download         id
        ├── UnknownFolder          request.folder           path
        ├── FolderTaken            request.folder_taken     path, file
        ├── FolderInside           request.folder_inside    path
        ├── FolderBusy             request.folder_busy      path
        ├── BadGrammar             request.grammar          reason
        ├── UnknownSetting         request.setting          name
        └── BadSetting             request.setting_value    name, value
"""

from __future__ import annotations

from typing import ClassVar

ErrorValue = str | int | float | None


class WorldError(Exception):
    """The world failed: a sentence and an action for the user, no traceback."""

    code: ClassVar[str] = "world"

    def __init__(self, **data: ErrorValue) -> None:
        super().__init__(f"{self.code} {data}")
        self.data: dict[str, ErrorValue] = data


class ModelFileError(WorldError):
    """A file cannot serve as a model."""


class FileMissing(ModelFileError):
    """There is no such file."""

    code = "model.missing"


class FolderMissing(FileMissing):
    """The whole folder or disk the file lies in is not there now."""

    code = "model.folder_missing"


class FileUnreadable(ModelFileError):
    """The system refuses to read the file."""

    code = "model.unreadable"


class FileEmpty(ModelFileError):
    """The file has no bytes."""

    code = "model.empty"


class FileTruncated(ModelFileError):
    """The file ends before its header says it should."""

    code = "model.truncated"


class NotAModel(ModelFileError):
    """The file is not GGUF at all."""

    code = "model.not_gguf"


class LegacyModel(ModelFileError):
    """The file is chatglm.cpp's own format, and one that cannot be used."""

    code = "model.legacy_ggml"


class NotRewritten(ModelFileError):
    """The file is chatglm.cpp's own format, and must be taken up (and so rewritten) before it is used."""

    code = "model.not_rewritten"


class CorruptModel(ModelFileError):
    """The header contradicts itself."""

    code = "model.corrupt"


class UnknownArchitecture(ModelFileError):
    """GGUF, but of an architecture llama.cpp does not run."""

    code = "model.unknown_architecture"


class NotAChatModel(ModelFileError):
    """GGUF, but a vision projector, an imatrix, an adapter or one later part of a split model."""

    code = "model.not_chat"


class ModelTooLarge(ModelFileError):
    """The model needs more memory than this machine has."""

    code = "model.too_large"


class WrongHash(ModelFileError):
    """The file on the disk is not the one that was downloaded."""

    code = "model.wrong_hash"


class EngineError(WorldError):
    """The engine could not do its work."""


class NoModel(EngineError):
    """No model is on this computer, or none is chosen."""

    code = "engine.no_model"


class EngineCrashed(EngineError):
    """The worker process died. `signal` is "SIGSEGV" or an exit code in words; `phase` is start, load, probe or generate."""

    code = "engine.crashed"


class EngineHung(EngineError):
    """The worker did not answer in time and was ended."""

    code = "engine.hung"


class EngineUnavailable(EngineError):
    """The worker cannot start: llama.cpp is missing or broken."""

    code = "engine.unavailable"


class LoadFailed(EngineError):
    """llama.cpp refused the model."""

    code = "engine.load_failed"


class FirstGenerationFails(EngineError):
    """This build of the library does not compute ChatGLM-6B as it should; everything else may work."""

    code = "engine.first_generation"


class LoadCancelled(EngineError):
    """Loading was cancelled."""

    code = "engine.load_cancelled"


class EngineBusy(EngineError):
    """Too many requests wait already."""

    code = "engine.busy"


class PromptTooLong(EngineError):
    """The last question alone does not fit into the context."""

    code = "engine.prompt_too_long"


class ConversationFull(EngineError):
    """The conversation no longer fits into the context, and nothing may be left out."""

    code = "engine.conversation_full"


class HubError(WorldError):
    """The source of models failed."""


class HubUnreachable(HubError):
    """No connection, no name, a timeout."""

    code = "hub.unreachable"


class HubDenied(HubError):
    """401 or 403: gated, or a token is missing or wrong."""

    code = "hub.denied"


class HubNotFound(HubError):
    """404."""

    code = "hub.not_found"


class HubBusy(HubError):
    """429 or 5xx."""

    code = "hub.busy"


class HubNonsense(HubError):
    """An answer that is not the hub's: HTML of a login page, broken JSON, a wrong range."""

    code = "hub.nonsense"


class HubOffline(HubError):
    """The user switched the network off for this program."""

    code = "hub.offline"


class NoKeyring(HubError):
    """The system has no place for secrets, or does not open it."""

    code = "hub.no_keyring"


class DownloadError(WorldError):
    """A download ended badly."""


class WrongBytes(DownloadError):
    """The SHA-256 of what arrived differs from the hub's."""

    code = "download.wrong_bytes"


class WrongSize(DownloadError):
    """The size of what arrived differs from the hub's."""

    code = "download.wrong_size"


class DownloadBusy(DownloadError):
    """Another process is downloading the same file."""

    code = "download.busy"


class DiskError(WorldError):
    """The disk failed."""


class DiskFull(DiskError):
    """Not enough room."""

    code = "disk.full"


class DiskDenied(DiskError):
    """The folder cannot be written."""

    code = "disk.denied"


class StorageError(WorldError):
    """The database failed."""


class DatabaseNewer(StorageError):
    """The database was written by a newer version of this program."""

    code = "database.newer"


class DatabaseCorrupt(StorageError):
    """The database is damaged."""

    code = "database.corrupt"


class DatabaseBusy(StorageError):
    """Another process holds the database."""

    code = "database.busy"


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


def _leaves(root: type[WorldError]) -> dict[str, type[WorldError]]:
    found: dict[str, type[WorldError]] = {}
    for sub in root.__subclasses__():
        if "code" in vars(sub):
            found[sub.code] = sub
        found.update(_leaves(sub))
    return found


BY_CODE: dict[str, type[WorldError]] = _leaves(WorldError)
"""Every concrete error by its code."""


def from_code(code: str, data: dict[str, ErrorValue]) -> WorldError:
    """Rebuild an error that crossed a pipe or was stored. Unknown codes become a plain WorldError with the code in its data."""
    cls = BY_CODE.get(code)
    return cls(**data) if cls is not None else WorldError(unknown_code=code)
