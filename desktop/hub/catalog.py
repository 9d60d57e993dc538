"""The builds we recommend: resources/models.json, read strictly, because a mistake in it is ours."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from desktop import paths
from desktop.core.models import CatalogEntry, CatalogFile
from desktop.i18n import mark

VERSION = 1

SUMMARIES: dict[str, str] = {
    "small": mark("Small and quick, for simple questions on modest computers"),
    "small_precise": mark("As small, with finer weights: a little slower, a little more precise"),
    "light": mark("Light, and noticeably better than the smallest"),
    "classic": mark("The classic ChatGLM: solid everyday answers in Chinese and English"),
    "classic_small": mark("The classic ChatGLM, compressed further for computers with less memory"),
    "classic_long": mark("The classic ChatGLM for long documents"),
    "second": mark("The second ChatGLM, as it was in 2023; rewritten as GGUF after the download"),
    "second_precise": mark("The second ChatGLM with finer weights; rewritten as GGUF after the download"),
    "first": mark("The very first ChatGLM, for comparison and for old times' sake"),
    "first_precise": mark("The very first ChatGLM with finer weights"),
    "long": mark("Good answers in many languages, and long documents"),
    "code": mark("For programming: explains, writes and repairs code"),
    "balanced": mark("The best balance of quality and speed for most computers"),
    "balanced_precise": mark("The same with finer weights: more precise, needs more memory"),
    "thinking": mark("Thinks before it answers: mathematics, logic, puzzles"),
    "flash_small": mark("A trimmed GLM-4.7-Flash: strong and quick, for 24 GB of memory"),
    "flash": mark("Strong at everything, thinks first, and quick for its size"),
    "large": mark("The most thorough answers of its generation; slow without a graphics card"),
    "workstation": mark("For workstations with a great deal of memory"),
}
"""English sources for `CatalogEntry.summary`; show with `i18n.tr(SUMMARIES[key])`."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}")


def load_catalog(file: Path | None = None) -> tuple[CatalogEntry, ...]:
    """Every entry, in the order of the file (default: the bundled one). Raises ValueError: the file is ours, so that is a bug."""
    raw = json.loads((file or paths.resources() / "models.json").read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or raw.get("version") != VERSION or set(raw) != {"version", "models"}:
        raise ValueError("the catalogue is not of this version")
    entries = tuple(_entry(row) for row in raw["models"])
    if not entries:
        raise ValueError("the catalogue is empty")
    if len({entry.id for entry in entries}) != len(entries):
        raise ValueError("the catalogue has an id twice")
    return entries


class _Row:
    """Takes one JSON object apart; what is missing, of a wrong type or left over is an error."""

    def __init__(self, raw: object, where: str) -> None:
        if not isinstance(raw, dict):
            raise ValueError(f"{where}: not an object")
        self._left = dict(cast(Mapping[str, object], raw))
        self.where = where

    def take(self, name: str, kind: type | tuple[type, ...]) -> object:
        if name not in self._left:
            raise ValueError(f"{self.where}: {name} is missing")
        value = self._left.pop(name)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{self.where}: {name} is {value!r}")
        return value

    def text(self, name: str, form: re.Pattern[str] | None = None) -> str:
        value = cast(str, self.take(name, str))
        if not value.strip() or (form is not None and not form.fullmatch(value)):
            raise ValueError(f"{self.where}: {name} is {value!r}")
        return value

    def maybe_text(self, name: str, form: re.Pattern[str]) -> str | None:
        if self._left.get(name, "") is None:
            del self._left[name]
            return None
        return self.text(name, form)

    def given_text(self, name: str, form: re.Pattern[str]) -> str | None:
        return self.text(name, form) if name in self._left else None

    def count(self, name: str) -> int:
        value = cast(int, self.take(name, int))
        if value <= 0:
            raise ValueError(f"{self.where}: {name} is {value}")
        return value

    def maybe_count(self, name: str) -> int | None:
        if self._left.get(name, "") is None:
            del self._left[name]
            return None
        return self.count(name)

    def end(self) -> None:
        if self._left:
            raise ValueError(f"{self.where}: unknown {', '.join(self._left)}")


def _entry(raw: object) -> CatalogEntry:
    row = _Row(raw, "entry")
    identifier = row.text("id", _ID)
    row.where = identifier
    files = cast(list[object], row.take("files", list))
    languages = cast(list[object], row.take("languages", list))
    summary = row.text("summary")
    if summary not in SUMMARIES:
        raise ValueError(f"{identifier}: no summary {summary!r}")
    if not files or not languages or not all(isinstance(language, str) for language in languages):
        raise ValueError(f"{identifier}: files or languages are missing")
    entry = CatalogEntry(
        id=identifier,
        name=row.text("name"),
        repository=row.text("repository", _REPOSITORY),
        revision=row.maybe_text("revision", _COMMIT),
        files=tuple(_file(file, identifier) for file in files),
        size=row.count("size"),
        family=row.text("family"),
        parameters=row.text("parameters"),
        quantization=row.text("quantization"),
        context=row.count("context"),
        licence=row.text("licence"),
        registration=bool(row.take("registration", bool)),
        licence_url=row.text("licence_url", re.compile(r"https://\S+")),
        memory=row.count("memory"),
        languages=tuple(str(language) for language in languages),
        summary=summary,
        modelscope=row.given_text("modelscope", _REPOSITORY),
        proposed_from=row.maybe_count("proposed_from"),
    )
    row.end()
    sizes = [file.size for file in entry.files]
    if None not in sizes and sum(size for size in sizes if size is not None) != entry.size:
        raise ValueError(f"{identifier}: the sizes of its files do not add up")
    return entry


def _file(raw: object, where: str) -> CatalogFile:
    row = _Row(raw, where)
    file = CatalogFile(
        file=row.text("file", re.compile(r"[^\\]+\.(gguf|bin)")),
        size=row.maybe_count("size"),
        sha256=row.maybe_text("sha256", _SHA256),
    )
    row.end()
    return file
