"""Both languages are complete and fit the code."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from desktop import i18n

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "packaging" / "translations.py"
OTHERS = [language for language in i18n.LANGUAGES if language != "en"]
SAME_IN_ENGLISH = re.compile(r"[A-Z]{2,}|[\W\d_]*|.*\{[^}]*\}.*|ChatGLM.*")


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def blanks(text: str) -> tuple[bool, bool]:
    return text[:1].isspace(), text[-1:].isspace()


def test_the_files_are_up_to_date_and_complete() -> None:
    answer = subprocess.run([sys.executable, str(SCRIPT), "--check"], capture_output=True, encoding="utf-8")
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize("language", OTHERS)
def test_placeholders_and_edges_are_those_of_the_source(language: str) -> None:
    table = i18n.table(language)
    assert len(table) > 100
    wrong = [s for s, text in table.items() if set(fields(s)) != set(fields(text)) or blanks(s) != blanks(text)]
    assert not wrong


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language: str) -> None:
    left = [s for s, text in i18n.table(language).items() if s == text and not SAME_IN_ENGLISH.fullmatch(s)]
    assert not left


def test_chinese_and_latin_are_set_apart() -> None:
    close = re.compile(r"[\u4e00-\u9fff][A-Za-z0-9{]|[A-Za-z0-9}][\u4e00-\u9fff]")
    tight = {s: text for s, text in i18n.table("zh_CN").items() if close.search(text)}
    assert not tight


@pytest.mark.parametrize("language", OTHERS)
def test_the_style_of_address(language: str) -> None:
    unwanted = {"zh_CN": "您", "ko": "당신"}[language]
    assert not [text for text in i18n.table(language).values() if unwanted in text or "!" in text or "！" in text]


def test_a_new_text_is_found_and_a_vanished_one_goes(tmp_path: Path) -> None:
    code = (
        "import translations as t, pathlib, sys\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'a.py').write_text('''tr(\"One {n}\", n=1); mark(\"Two & <three>\"); i18n.tr(\"A\" if x else \"B\")''')\n"
        "wanted = t.sources(folder)\n"
        "file = folder / 'x.ts'\n"
        "file.write_text(t.render('ko', [*wanted, 'Gone'], {'A': '가', 'Gone': '나'}), encoding='utf-8')\n"
        "known = t.read(file)\n"
        "file.write_text(t.render('ko', wanted, known), encoding='utf-8')\n"
        "print(ascii(sorted(t.read(file).items())))\n"
    )
    command = [sys.executable, "-X", "utf8", "-c", code, str(tmp_path)]
    answer = subprocess.run(command, cwd=SCRIPT.parent, capture_output=True, encoding="utf-8")
    assert answer.returncode == 0, answer.stderr
    expected = [("A", "가"), ("B", ""), ("One {n}", ""), ("Two & <three>", "")]
    assert answer.stdout.strip() == ascii(expected)
