"""Brings the translation files up to date with the texts in the code.

    python packaging/translations.py            update resources/translations/*.ts
    python packaging/translations.py --check    change nothing; exit code 1 if something is missing, left over or untranslated

Collected are the literals of `tr("…")` and `mark("…")` in `desktop/`. New ones come in as unfinished, vanished ones go, and
everything is sorted by its source, so that two people's changes seldom meet. The files open in Qt Linguist.
"""

from __future__ import annotations

import argparse
import ast
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
LANGUAGES = ("zh_CN", "ko")
HEAD = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="{language}" sourcelanguage="en">
<context>
    <name>desktop</name>
"""
MESSAGE = """    <message>
        <source>{source}</source>
        <translation{state}>{translation}</translation>
    </message>
"""
FOOT = """</context>
</TS>
"""


def sources(package: Path = ROOT / "desktop") -> list[str]:
    """Every text for people in the code, sorted."""
    found: set[str] = set()
    for file in package.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
            if isinstance(node, ast.Call) and node.args and _name(node.func) in ("tr", "mark"):
                found.update(_literals(node.args[0]))
    return sorted(found)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _literals(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield argument.value
    elif isinstance(argument, ast.IfExp):
        yield from _literals(argument.body)
        yield from _literals(argument.orelse)


def read(file: Path) -> dict[str, str]:
    """Source → translation, "" where unfinished."""
    if not file.exists():
        return {}
    found = {}
    for message in ElementTree.parse(file).getroot().iter("message"):
        translation = message.find("translation")
        done = translation is not None and translation.get("type") is None
        found[message.findtext("source", "")] = (translation.text or "") if translation is not None and done else ""
    return found


def render(language: str, wanted: list[str], known: Mapping[str, str]) -> str:
    """The text of a .ts file."""
    parts = [HEAD.format(language=language)]
    for source in wanted:
        translation = known.get(source, "")
        state = "" if translation else ' type="unfinished"'
        parts.append(MESSAGE.format(source=escape(source), state=state, translation=escape(translation)))
    return "".join([*parts, FOOT])


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description="update the translation files")
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    wanted = sources()
    fine = True
    for language in LANGUAGES:
        file = FOLDER / f"{language}.ts"
        known = read(file)
        text = render(language, wanted, known)
        untranslated = [source for source in wanted if not known.get(source)]
        if check:
            same = file.exists() and file.read_text(encoding="utf-8") == text
            fine = fine and same and not untranslated
            print(f"{language}: {len(untranslated)} untranslated{'' if same else ', not up to date'}")
        else:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="\n")
            print(f"{language}: {len(wanted)} texts, {len(untranslated)} untranslated")
        for source in untranslated:
            print(f"    {source!r}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
