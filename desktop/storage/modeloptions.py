"""The table of what can be set for one model (name, type, range, text), and the rows that hold it.

The dialog, the checks and `core.models.ModelOptions` follow from OPTIONS. None always means: as for all models.
"""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from desktop.core.errors import BadSetting, UnknownSetting
from desktop.core.library import ModelOptions
from desktop.core.models import ModelId
from desktop.i18n import mark
from desktop.storage.database import Database
from desktop.storage.engine_settings import CONTEXT_HINT

log = logging.getLogger(__name__)

OptionValue = int | float | str


class OptionKind(StrEnum):
    """The type of an option's value, and so its control in the dialog."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    """Several lines."""
    SWITCH = "switch"
    """On or off."""


@dataclass(frozen=True)
class Option:
    """One row. Texts are English sources for `i18n.tr`."""

    name: str
    kind: OptionKind
    section: str
    title: str
    help: str
    minimum: float = 0
    maximum: float = 0
    """Of a number; the most characters of a text."""
    step: float = 1
    """What a control's arrow adds."""
    minimum_text: str = ""
    """What the smallest value means, if it is special."""

    def check(self, value: object) -> OptionValue | None:
        """The value in the option's type, None = inherit; text is converted to numbers. Raises BadSetting."""
        bad = BadSetting(name=self.name, value=str(value)[:80])
        if value is None:
            return None
        if self.kind is OptionKind.TEXT:
            if not isinstance(value, str) or len(value) > self.maximum or "\0" in value:
                raise bad
            return value.strip()
        if self.kind is OptionKind.SWITCH:
            if isinstance(value, str) and value.lower() in ("true", "false"):
                return value.lower() == "true"
            if not isinstance(value, bool):
                raise bad
            return value
        if isinstance(value, bool):
            raise bad
        number: int | float
        try:
            if self.kind is OptionKind.INTEGER:
                if isinstance(value, float) and value != int(value):
                    raise bad
                number = int(value) if isinstance(value, int | float) else int(str(value))
            else:
                number = float(str(value))
        except (ValueError, OverflowError):
            raise bad from None
        if not math.isfinite(number) or not self.minimum <= number <= self.maximum:
            raise bad
        return number


_ENGINE, _ANSWERS, _MORE = mark("Engine"), mark("Answers"), mark("More about answers")
FOLDED = frozenset({_MORE})
"""Sections that are closed until somebody opens them."""

OPTIONS: tuple[Option, ...] = (
    Option(
        "system_prompt",
        OptionKind.TEXT,
        _ANSWERS,
        mark("System prompt"),
        mark("Tells the model how to behave. New conversations with this model begin with it."),
        maximum=100_000,
    ),
    Option(
        "thinking",
        OptionKind.SWITCH,
        _ANSWERS,
        mark("Think first"),
        mark("Off: the model answers at once, in every conversation. Some models cannot do without thinking."),
    ),
    Option(
        "temperature",
        OptionKind.NUMBER,
        _ANSWERS,
        mark("Temperature"),
        mark("Low values give steady answers, high ones surprising answers. 0 always takes the likeliest word."),
        minimum=0,
        maximum=5,
        step=0.05,
    ),
    Option(
        "max_tokens",
        OptionKind.INTEGER,
        _ANSWERS,
        mark("Longest answer"),
        mark("In tokens; the answer ends there. A token is about three quarters of a word, or one Chinese character."),
        minimum=1,
        maximum=1_048_576,
        step=128,
    ),
    Option(
        "top_p",
        OptionKind.NUMBER,
        _MORE,
        mark("Top P"),
        mark("Only the likeliest words that together reach this probability are considered. 1 considers all."),
        minimum=0,
        maximum=1,
        step=0.05,
    ),
    Option(
        "top_k",
        OptionKind.INTEGER,
        _MORE,
        mark("Top K"),
        mark("Only this many of the likeliest words are considered."),
        minimum=0,
        maximum=100_000,
        minimum_text=mark("Off"),
    ),
    Option(
        "min_p",
        OptionKind.NUMBER,
        _MORE,
        mark("Min P"),
        mark("Words less likely than this share of the likeliest one are not considered. 0 considers all."),
        minimum=0,
        maximum=1,
        step=0.01,
    ),
    Option(
        "repeat_penalty",
        OptionKind.NUMBER,
        _MORE,
        mark("Repetition penalty"),
        mark("Above 1, words that were just used become less likely. 1 means off."),
        minimum=0.5,
        maximum=2,
        step=0.05,
    ),
    Option(
        "thought_tokens",
        OptionKind.INTEGER,
        _MORE,
        mark("Longest thought"),
        mark("In tokens; a longer thought is ended, and the answer begins."),
        minimum=0,
        maximum=1_048_576,
        step=256,
        minimum_text=mark("None at all"),
    ),
    Option(
        "stop",
        OptionKind.TEXT,
        _MORE,
        mark("Stop at"),
        mark("An answer ends before these words and characters: one per line, and \\n stands for a new line."),
        maximum=2000,
    ),
    Option(
        "presence_penalty",
        OptionKind.NUMBER,
        _MORE,
        mark("Presence penalty"),
        mark("Above 0, words that were just used become less likely, however often they were. 0 means off."),
        minimum=-2,
        maximum=2,
        step=0.1,
    ),
    Option(
        "frequency_penalty",
        OptionKind.NUMBER,
        _MORE,
        mark("Frequency penalty"),
        mark("Above 0, words become less likely each time they are used. 0 means off."),
        minimum=-2,
        maximum=2,
        step=0.1,
    ),
    Option(
        "dry_multiplier",
        OptionKind.NUMBER,
        _MORE,
        mark("Repeated passages (DRY)"),
        mark("Above 0, what repeats a passage word for word becomes less likely; 0.8 is usual. 0 means off."),
        minimum=0,
        maximum=5,
        step=0.1,
    ),
    Option(
        "typical_p",
        OptionKind.NUMBER,
        _MORE,
        mark("Typical P"),
        mark("Only words about as surprising as usual are considered, up to this probability together. 1 means off."),
        minimum=0.05,
        maximum=1,
        step=0.05,
    ),
    Option(
        "mirostat",
        OptionKind.SWITCH,
        _MORE,
        mark("Mirostat"),
        mark("Keeps answers equally surprising from beginning to end, in place of Top P, Top K, Min P and Typical P."),
    ),
    Option(
        "context",
        OptionKind.INTEGER,
        _ENGINE,
        mark("Context"),
        CONTEXT_HINT,
        minimum=0,
        maximum=1_048_576,
        step=1024,
        minimum_text=mark("Automatic"),
    ),
    Option(
        "gpu_layers",
        OptionKind.INTEGER,
        _ENGINE,
        mark("GPU layers"),
        mark("How many layers of the model run on the graphics card; 0 means none. Applies when a model is loaded."),
        minimum=-1,
        maximum=999,
        minimum_text=mark("As many as possible"),
    ),
    Option(
        "threads",
        OptionKind.INTEGER,
        _ENGINE,
        mark("Threads"),
        mark("Processor threads of the engine. Applies when a model is loaded."),
        minimum=0,
        maximum=512,
        minimum_text=mark("Automatic"),
    ),
)

BY_NAME: dict[str, Option] = {option.name: option for option in OPTIONS}


def changed(options: ModelOptions, changes: Mapping[str, object]) -> ModelOptions:
    """The options with some of them set; None inherits. Raises UnknownSetting, BadSetting."""
    values = asdict(options)
    for name, value in changes.items():
        if (option := BY_NAME.get(name)) is None:
            raise UnknownSetting(name=name)
        values[name] = option.check(value)
    return ModelOptions(**values)


class ModelOptionsStore:
    """Options ↔ rows. Reads on any thread, writes on the writer's; errors as in `storage.database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, model: ModelId) -> ModelOptions:
        """What is set for the model; nothing for one that is unknown. Values a newer version wrote are ignored."""
        with self._database.reading() as db:
            rows = db.execute("SELECT name, value FROM model_option WHERE model = ?", (model,)).fetchall()
        options = ModelOptions()
        for row in rows:
            try:
                options = changed(options, {row["name"]: json.loads(row["value"])})
            except (UnknownSetting, BadSetting, ValueError):
                log.warning("option %s of model %s has an impossible value and is ignored", row["name"], model)
        return options

    def put(self, model: ModelId, options: ModelOptions) -> None:
        """Store what differs from inheriting, in place of what was set. The model must be stored."""
        rows = [(model, name, json.dumps(value)) for name, value in asdict(options).items() if value is not None]
        with self._database.transaction() as db:
            db.execute("DELETE FROM model_option WHERE model = ?", (model,))
            db.executemany("INSERT INTO model_option (model, name, value) VALUES (?, ?, ?)", rows)
