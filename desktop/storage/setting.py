"""What a setting is: its name, type, default, range and text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop.core.errors import BadSetting

SettingValue = str | int | bool


class Kind(StrEnum):
    """The type of a setting's value, and so its control on the page."""

    CHOICE = "choice"
    TEXT = "text"
    INTEGER = "integer"
    SWITCH = "switch"


@dataclass(frozen=True)
class Setting:
    """One row. Texts are English sources for `i18n.tr`."""

    name: str
    kind: Kind
    default: SettingValue
    section: str
    title: str
    help: str
    choices: tuple[tuple[str, str], ...] = ()
    """(value, text) of a choice."""
    minimum: int = 0
    maximum: int = 0
    zero_text: str = ""
    """What the smallest value of an integer means, if it is special."""
    placeholder: str = ""
    forms: tuple[str, ...] = ()
    """How a text must begin, if it is not empty."""
    unit: str = ""
    """What an integer counts, shown behind it: "MB"."""
    figure: bool = True
    """Whether an integer is an amount, and not only a name made of figures."""
    advanced: bool = False
    """Shown only when the user asks for more."""
    cards: int = 0
    """Shown only on machines with at least so many graphics cards."""

    def check(self, value: object) -> SettingValue:
        """The value in the setting's type; text from a command line is converted. Raises BadSetting."""
        bad = BadSetting(name=self.name, value=str(value))
        match self.kind:
            case Kind.SWITCH:
                if isinstance(value, bool):
                    return value
                if str(value).lower() in ("true", "yes", "on", "1"):
                    return True
                if str(value).lower() in ("false", "no", "off", "0"):
                    return False
                raise bad
            case Kind.INTEGER:
                try:
                    number = int(str(value))
                except ValueError:
                    raise bad from None
                if isinstance(value, bool) or not self.minimum <= number <= self.maximum:
                    raise bad
                return number
            case Kind.CHOICE:
                if value not in [choice for choice, _ in self.choices]:
                    raise bad
                return str(value)
            case Kind.TEXT:
                text = str(value).strip()
                if not isinstance(value, str) or "\n" in text:
                    raise bad
                forms = [form for form in self.forms if text.startswith(form)]
                if text and self.forms and (not forms or (text in forms and text.endswith((":", "/")))):
                    raise bad
                return text.rstrip("/") if self.name == "endpoint" else text
