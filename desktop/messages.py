"""Codes of errors and notices → one clear sentence in the user's language, and what can be done.

Core errors carry no sentences; this page is the only place that has them, for the window and the command line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from desktop.core.errors import ErrorValue, WorldError
from desktop.core.loading import LoadedModel, Measured, Placement
from desktop.i18n import mark, size, tr


class Action(StrEnum):
    """What the user can do about it; the window shows a button for each."""

    NONE = "none"
    RETRY = "retry"
    CHOOSE_MODEL = "choose_model"
    REMOVE_MODEL = "remove_model"
    DOWNLOAD_AGAIN = "download_again"
    NETWORK_SETTINGS = "network_settings"
    FREE_SPACE = "free_space"
    ENGINE_SETTINGS = "engine_settings"
    DROP_OLDEST = "drop_oldest"
    NEW_CHAT = "new_chat"


_SENTENCES: dict[str, tuple[str, Action]] = {
    "model.missing": (
        mark("“{name}” is no longer where it was. Put the file back, or remove the model from the list."),
        Action.REMOVE_MODEL,
    ),
    "model.folder_missing": (
        mark(
            "“{name}” is in {folder}, which is not there now. Connect the disk again, or remove the model from the list."
        ),
        Action.REMOVE_MODEL,
    ),
    "model.unreadable": (mark("“{name}” cannot be read: {reason}."), Action.CHOOSE_MODEL),
    "model.empty": (mark("“{name}” is empty. Download or copy the file again."), Action.DOWNLOAD_AGAIN),
    "model.truncated": (
        mark("“{name}” is incomplete: it has {size} of {expected}. Download or copy the file again."),
        Action.DOWNLOAD_AGAIN,
    ),
    "model.not_gguf": (
        mark("“{name}” is not a model in GGUF format. Choose a file that ends in .gguf."),
        Action.CHOOSE_MODEL,
    ),
    "model.legacy_ggml": (
        mark(
            "“{name}” is a chatglm.cpp file of a kind this program cannot use. "
            "Choose a GGUF build of the model instead."
        ),
        Action.CHOOSE_MODEL,
    ),
    "model.not_rewritten": (
        mark("“{name}” is a chatglm.cpp file. Import it, and it is rewritten in the format the engine reads."),
        Action.CHOOSE_MODEL,
    ),
    "model.corrupt": (mark("“{name}” is damaged. Download or copy the file again."), Action.DOWNLOAD_AGAIN),
    "model.unknown_architecture": (
        mark("“{name}” has the architecture “{architecture}”, which the engine does not know. Choose another model."),
        Action.CHOOSE_MODEL,
    ),
    "model.not_chat": (
        mark("“{name}” is not a chat model by itself ({kind}). Choose the model's main file."),
        Action.CHOOSE_MODEL,
    ),
    "model.too_large": (
        mark("“{name}” needs about {needed} of memory; this computer has {available}. Choose a smaller build."),
        Action.CHOOSE_MODEL,
    ),
    "model.wrong_hash": (
        mark("“{name}” has changed since it was downloaded. Download it again."),
        Action.DOWNLOAD_AGAIN,
    ),
    "engine.no_model": (mark("No model is ready. Download one, or import a file you have."), Action.CHOOSE_MODEL),
    "engine.crashed": (
        mark("The engine stopped unexpectedly ({signal}). What was written so far is kept."),
        Action.RETRY,
    ),
    "engine.hung": (
        mark("The engine did not answer and was restarted. What was written so far is kept."),
        Action.RETRY,
    ),
    "engine.unavailable": (mark("The engine cannot start: {reason}."), Action.RETRY),
    "engine.load_failed": (mark("“{name}” could not be loaded: {reason}."), Action.CHOOSE_MODEL),
    "engine.first_generation": (
        mark(
            "ChatGLM-6B does not compute as it should with this build of the engine, so it is not offered here. "
            "All other models work."
        ),
        Action.CHOOSE_MODEL,
    ),
    "engine.load_cancelled": (mark("Loading was cancelled."), Action.NONE),
    "engine.busy": (
        mark("The engine has {waiting} questions waiting already. Ask again when some of them are answered."),
        Action.NONE,
    ),
    "engine.prompt_too_long": (
        mark(
            "The question is too long: {tokens} tokens, and the context holds {context}, the answer included. "
            "Shorten it, or raise the context in Settings."
        ),
        Action.ENGINE_SETTINGS,
    ),
    "engine.conversation_full": (
        mark(
            "The conversation no longer fits: it has {tokens} tokens, and the model sees {context}, its answer included. "
            "Nothing is lost, your question is kept."
        ),
        Action.DROP_OLDEST,
    ),
    "engine.safe_mode": (
        mark("The engine crashed with its fastest settings on this computer, so it now runs in safe mode."),
        Action.NONE,
    ),
    "engine.safe_mode_cpu": (
        mark("The engine crashed on the graphics card, so it now runs on the processor only."),
        Action.NONE,
    ),
    "engine.no_cards": (
        mark("The graphics driver crashes when it is asked for its cards. The processor is used; update the driver."),
        Action.RETRY,
    ),
    "engine.fewer_layers": (
        mark("The graphics card had less room than it said, so fewer layers of the model run there."),
        Action.NONE,
    ),
    "engine.no_layers": (
        mark(
            "The graphics card refused the model, so it runs on the processor. It is slower, the answers are the same."
        ),
        Action.NONE,
    ),
    "engine.plain_cache": (
        mark("This model cannot keep conversations in 8 bits, so they are kept in 16 bits."),
        Action.NONE,
    ),
    "engine.no_row_split": (
        mark("These graphics cards cannot compute a layer together, so each has some of the layers."),
        Action.NONE,
    ),
    "engine.not_locked": (
        mark("The system does not allow locking so much memory, so the model may be swapped out."),
        Action.NONE,
    ),
    "engine.measuring_stopped": (mark("Measuring was stopped by something more important."), Action.NONE),
    "engine.machine_busy": (
        mark("Other programs are using the processor now. Measure again when the computer has little to do."),
        Action.NONE,
    ),
    "engine.not_measured": (mark("This model cannot be measured: {reason}."), Action.NONE),
    "hub.unreachable": (
        mark("{endpoint} cannot be reached. Check the network, or choose another source in Settings."),
        Action.NETWORK_SETTINGS,
    ),
    "hub.denied": (
        mark(
            "{endpoint} refuses access to {repository} ({status}). It may not exist, or it may need an account that accepted its licence."
        ),
        Action.NETWORK_SETTINGS,
    ),
    "hub.not_found": (mark("{endpoint} does not have “{file}” of {repository}."), Action.CHOOSE_MODEL),
    "hub.busy": (mark("{endpoint} is busy ({status}). Try again in a while."), Action.RETRY),
    "hub.nonsense": (
        mark("{endpoint} did not answer like a model hub. A login page or a filter may be in the way."),
        Action.NETWORK_SETTINGS,
    ),
    "hub.offline": (
        mark("The program is offline. Switch Offline off in Settings to reach the network."),
        Action.NETWORK_SETTINGS,
    ),
    "hub.no_keyring": (
        mark("The system's keyring cannot be used ({reason}): nothing can be kept in it or read from it."),
        Action.NONE,
    ),
    "download.wrong_bytes": (
        mark(
            "What arrived is not “{file}”: its checksum is wrong, so it was thrown away. "
            "Try again, or choose another source in Settings."
        ),
        Action.RETRY,
    ),
    "download.wrong_size": (
        mark("What arrived of “{file}” has the wrong size, so it was thrown away. Try again."),
        Action.RETRY,
    ),
    "download.busy": (mark("“{file}” is already being downloaded by another window or command."), Action.NONE),
    "download.rewriting": (
        mark("The file is in chatglm.cpp's format and is rewritten as GGUF, which the engine reads."),
        Action.NONE,
    ),
    "download.differs_from_catalog": (
        mark("The hub has a newer upload of this file than the list this program came with."),
        Action.NONE,
    ),
    "download.source_changed": (mark("The file changed on the hub, so the download began again."), Action.NONE),
    "download.started_over": (
        mark("The part that was already here turned out to be damaged, so the download began again."),
        Action.NONE,
    ),
    "disk.full": (
        mark("The disk is full: {path} needs {needed}, and {free} is free. Make room for it."),
        Action.FREE_SPACE,
    ),
    "disk.denied": (mark("{path} cannot be written: {reason}."), Action.RETRY),
    "database.newer": (
        mark(
            "Your conversations were saved by a newer version of this program. Install that version; "
            "nothing was changed."
        ),
        Action.NONE,
    ),
    "database.corrupt": (
        mark("The file with your conversations is damaged. It was kept as {moved_to}, and a new one was begun."),
        Action.NONE,
    ),
    "database.busy": (
        mark("Another program holds the file with your conversations. Close it, then try again."),
        Action.RETRY,
    ),
    "settings.corrupt": (
        mark("The settings file was damaged. It was kept as {moved_to}, and the defaults are back."),
        Action.NONE,
    ),
    "server.port_taken": (
        mark("Port {port} is used by another program. Port {next} is free."),
        Action.NONE,
    ),
    "server.address": (mark("The server cannot listen on {host}: {reason}."), Action.NONE),
    "server.no_key": (
        mark("Other computers could reach the server at {host}, so it needs a key: set one, or use 127.0.0.1."),
        Action.NONE,
    ),
    "request.conversation": (mark("There is no conversation {id}."), Action.NONE),
    "request.model": (mark("There is no model “{id}” on this computer."), Action.CHOOSE_MODEL),
    "request.download": (mark("There is no download {id}."), Action.NONE),
    "request.folder": (mark("{path} is not a folder this program can use."), Action.NONE),
    "request.folder_taken": (
        mark("{path} already has a file “{file}”. Choose another folder, or move that file away."),
        Action.NONE,
    ),
    "request.folder_inside": (mark("The models are already in {path}. Choose another folder."), Action.NONE),
    "request.folder_busy": (
        mark("Another window or command of this program is running. Close it, then move the models."),
        Action.RETRY,
    ),
    "request.grammar": (mark("No answer can follow this grammar or JSON schema: {reason}."), Action.NONE),
    "request.setting": (mark("There is no setting “{name}”."), Action.NONE),
    "request.setting_value": (mark("“{value}” is not possible for “{name}”."), Action.NONE),
}

_KINDS: dict[str, str] = {
    "projector": mark("the part that sees pictures"),
    "adapter": mark("an adapter for another model"),
    "imatrix": mark("statistics for quantizing"),
    "embedding": mark("a model for searching"),
    "speech": mark("a model for speech"),
    "draft": mark("a helper of another model"),
    "vocabulary": mark("a vocabulary alone"),
}
"""What a GGUF file can be instead of a chat model (`kind` of NotAChatModel)."""


def codes() -> frozenset[str]:
    """Every code that has a sentence."""
    return frozenset(_SENTENCES)


def sentence(code: str, data: Mapping[str, ErrorValue]) -> str:
    """What happened, why if known, what to do; in the present language."""
    source, _ = _SENTENCES.get(code, (mark("Something went wrong ({code})."), Action.NONE))
    values: dict[str, object] = dict(data)
    values.setdefault("code", code)
    if code.startswith(("model.", "engine.load")) and isinstance(path := data.get("path"), str):
        values["name"] = Path(path).name
    for key in ("size", "expected", "needed", "available", "free"):
        if isinstance(count := data.get(key), int):
            values[key] = size(count)
    for key in ("tokens", "context"):
        if isinstance(count := data.get(key), int):
            values[key] = f"{count:,}"
    if isinstance(kind := data.get("kind"), str):
        part = re.fullmatch(r"part (\d+) of (\d+)", kind)
        values["kind"] = tr("part {n} of {count}", n=part[1], count=part[2]) if part else tr(_KINDS.get(kind, kind))
    if code == "download.wrong_bytes" and isinstance(times := data.get("times"), int) and times > 1:
        source = mark(
            "The source sent the same wrong “{file}” again: its checksum is not the one the hub names, so it was thrown away. "
            "Choose another source."
        )
    if code == "engine.crashed" and data.get("signal") == "SIGKILL":
        source = mark(
            "The engine was ended from outside: the system does that when memory runs out. "
            "What was written so far is kept."
        )
    if code == "server.port_taken" and data.get("next") is None:
        source = mark("Port {port} is used by another program. Choose another one.")
    if code == "engine.conversation_full" and "tokens" not in data:  # as stored, without its figures
        source = mark(
            "The conversation no longer fits into what the model sees. Nothing is lost, your question is kept."
        )
    if code == "disk.full" and data.get("needed") is None:
        source = mark("The disk is full: {path} cannot grow. Make room, then try again.")
    return tr(source).format_map(_Forgiving(values))


def action(code: str) -> Action:
    """What the user can do about it."""
    return _SENTENCES[code][1] if code in _SENTENCES else Action.NONE


def actions(code: str) -> tuple[Action, ...]:
    """All that the user can do about it, the most helpful first."""
    if code == "engine.conversation_full":
        return Action.DROP_OLDEST, Action.NEW_CHAT, Action.ENGINE_SETTINGS
    return () if action(code) is Action.NONE else (action(code),)


def runs_on(loaded: LoadedModel) -> str:
    """Where a loaded model runs, in a few words."""
    if loaded.gpu_layers:
        layers = loaded.layers + 1  # with the output
        placed = layers if loaded.placement is Placement.ALL else loaded.gpu_layers
        return tr("{card}: {n} of {all} layers", card=loaded.device, n=placed, all=layers)
    return tr("CPU, {n} threads", n=loaded.threads) if loaded.threads != 1 else tr("CPU, 1 thread")


def why_not_more(loaded: LoadedModel) -> str:
    """Why no more of it runs on a graphics card; "" if all does."""
    match loaded.placement:
        case Placement.ALL:
            return ""
        case Placement.NO_CARD:
            return tr("The engine found no graphics card it can use.")
        case Placement.SAFE_MODE:
            return tr("Safe mode: the engine crashed on the graphics card before.")
        case Placement.SET:
            return tr("You set how many layers run on the graphics card.")
        case Placement.REFUSED:
            return tr("The graphics card refused more layers.")
        case Placement.MEMORY:
            return tr(
                "Not enough free graphics memory for more: all layers need {needed}, and {free} is free.",
                needed=size(loaded.graphics_needed),
                free=size(loaded.graphics_free),
            )


def measured(found: Measured | None, loaded: LoadedModel | None, threads: int = 0) -> str:
    """What was measured, and whether it counts already. `threads` that the user chose (0 = none) stay."""
    if found is None:
        return tr("Not measured yet, so the usual settings are used.")
    if found.gain <= 1:
        return tr("Measured: the usual settings are the fastest on this computer.")
    percent = round(100 * (1 - 1 / found.gain))
    if loaded is not None and (loaded.how.repack, loaded.threads) != (found.repack, threads or found.threads):
        return tr(
            "Measured: with other settings, an ordinary question would be answered {n} % sooner on this computer. "
            "They count when the model is loaded next.",
            n=percent,
        )
    return tr(
        "Measured: with the settings found, an ordinary question is answered {n} % sooner on this computer.", n=percent
    )


def of(error: WorldError) -> str:
    """The sentence of an error."""
    return sentence(error.code, error.data)


class _Forgiving(dict[str, object]):
    """A value the error did not carry shows as “…” instead of failing while telling of a failure."""

    def __missing__(self, key: str) -> str:
        return "…"
