from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QTextDocument, QTextFormat

from desktop.ui import theme
from desktop.ui.chat import markdown
from desktop.ui.chat.formats import CODE, MARKER, Formats
from desktop.ui.chat.render import LINE
from desktop.ui.chat.stream import LONGEST, PIECE, Stream

EVERYTHING = """# 标题

正文 **粗体** *斜体* ~~删去~~ `行内 code`，公式 $a_1 + b_1$ 与 \\(x_{i}\\)。
第二行 <b>not html</b> https://example.com/a_b_c。

1. 一
   - 甲
   - 乙

     乙的第二段
2. 二
3. 三

4. 隔行的四

5. 五

| a | b |
|---|--:|
| `1` | 2 |
| 长一点的 | 4 |

> 引用
> - 列表

```python
def f(x: int) -> str:
    \"\"\"文档\"\"\"

    return f"{x}"
```

$$
E = mc^2
$$

---

- 尾
- 巴

```
no language
"""


def stream(look: theme.Theme, text: str, size: int) -> tuple[Stream, QTextDocument]:
    document = QTextDocument()
    made = Stream(document, Formats(look, "en", text))
    for at in range(0, len(text), size):
        made.add(text[at : at + size])
    return made, document


def described(document: QTextDocument) -> list[object]:
    """Everything that is seen: blocks with their formats, pieces with theirs."""
    found: list[object] = []
    block = document.begin()
    while block.isValid():
        style = block.blockFormat()
        pieces = []
        it = block.begin()
        while not it.atEnd():
            piece = it.fragment()
            letters = piece.charFormat()
            pieces.append(
                (piece.text(), letters.foreground().color().name(), letters.fontWeight(), letters.font().pixelSize(),
                 letters.fontItalic(), letters.fontStrikeOut(), letters.anchorHref(), letters.font().families())
            )  # fmt: skip
            it += 1
        found.append(
            (style.topMargin(), style.bottomMargin(), style.leftMargin(), style.lineHeight(), style.property(CODE),
             style.property(MARKER), block.text(), pieces)
        )  # fmt: skip
        block = block.next()
    return found


@pytest.mark.parametrize("size", [1, 2, 7, 40, 333])
def test_text_that_arrives_in_pieces_looks_as_if_it_had_come_at_once(look: theme.Theme, size: int) -> None:
    whole, once = stream(look, EVERYTHING, len(EVERYTHING))
    pieces, grown = stream(look, EVERYTHING, size)
    assert described(grown) == described(once)
    assert pieces.spans == whole.spans


def test_a_half_written_fence_is_already_code(look: theme.Theme) -> None:
    made, document = stream(look, "text\n\n```python\nx = 1\ny", 3)
    assert [span.text for span in made.spans.codes] == ["x = 1\ny"]
    assert made.spans.codes[0].language == "python"
    assert document.lastBlock().blockFormat().property(CODE) == 1


def test_what_comes_after_a_fence_is_text_again(look: theme.Theme) -> None:
    made, document = stream(look, "```\ncode\n```\nafter", 1)
    assert [span.text for span in made.spans.codes] == ["code"]
    assert document.lastBlock().text() == "after"
    assert document.lastBlock().blockFormat().property(CODE) is None


def test_code_is_coloured(look: theme.Theme) -> None:
    _, document = stream(look, "```python\nreturn 'x'  # why\n```", 5)
    colors = {piece[0]: piece[1] for piece in described(document)[-1][-1]}  # type: ignore[index]
    assert colors["return"] == look.color("keyword").name()
    assert colors["# why"] == look.color("comment").name()


def test_an_unknown_language_is_plain(look: theme.Theme) -> None:
    made, document = stream(look, "```no-such-language\na b\n```", 5)
    assert made.spans.codes[0].language == "no-such-language"
    assert document.lastBlock().text() == "a b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$a_1 + b_1 = c_1$ und _so_", "$a_1 + b_1 = c_1$ und so"),
        ("\\(x_{i}*y*z\\)", "\\(x_{i}*y*z\\)"),
        ("it costs $5 and *then* $6", "it costs $5 and then $6"),
        ("$$\na_1\n= b_1\n$$", f"$${LINE}a_1{LINE}= b_1{LINE}$$"),
        ("$$\na_1 *b*\n\nnot closed", f"$${LINE}a_1 b"),
        ("一行\n两行", f"一行{LINE}两行"),
        ("a <script>x</script> &amp; b", "a <script>x</script> & b"),
        ("Not a heading\n---", "Not a heading"),
    ],
)
def test_words(look: theme.Theme, text: str, shown: str) -> None:
    _, document = stream(look, text, 4)
    assert document.begin().text() == shown


def test_links_only_lead_where_a_browser_or_a_mailer_goes(look: theme.Theme) -> None:
    text = "[a](https://a.example) [b](file:///etc/passwd) [c](javascript:x) [d](mailto:d@example.com) [e](chat.md)"
    _, document = stream(look, text, 1000)
    linked = {piece[0]: piece[6] for piece in described(document)[0][-1] if piece[6]}  # type: ignore[index]
    assert linked == {"a": "https://a.example", "d": "mailto:d@example.com"}


def test_images_are_shown_as_links_and_never_fetched(look: theme.Theme) -> None:
    _, document = stream(look, "![一张图](https://a.example/x.png)", 1000)
    assert [(piece[0], piece[6]) for piece in described(document)[0][-1]] == [  # type: ignore[index]
        ("一张图", "https://a.example/x.png")
    ]
    assert "￼" not in document.toPlainText()


def test_bare_addresses_end_before_chinese_punctuation() -> None:
    text = "见 https://a.example/b_c。以及（https://d.example/e）, https://f.example."
    assert [text[a:b] for a, b in markdown.urls(text)] == [
        "https://a.example/b_c",
        "https://d.example/e",
        "https://f.example",
    ]


def test_numbers_go_on_over_paragraphs_and_pieces(look: theme.Theme) -> None:
    made, _ = stream(look, "3. c\n\n   more\n4. d\n5. e\n\ntext\n\n7. g", 1)
    assert [marker.number for marker in made.spans.markers] == [3, 4, 5, 7]


def test_a_table_has_its_cells(look: theme.Theme) -> None:
    _, document = stream(look, "| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\nafter", 1)
    texts = [block[6] for block in described(document)]  # type: ignore[index]
    assert [text for text in texts if text] == ["甲", "乙", "1", "2", "after"]
    heights = document.rootFrame().childFrames()
    assert len(heights) == 1
    assert heights[0].frameFormat().property(QTextFormat.Property.TableColumns) == 2


def test_taking_back_empties_code_lines_do_not_change_their_format(look: theme.Theme) -> None:
    _, document = stream(look, "```\na\n\n\n\nb\n```\n", 1)
    blocks = described(document)
    assert [block[6] for block in blocks] == ["a", "", "", "", "b"]  # type: ignore[index]
    assert all(block[4] == 1 for block in blocks)  # type: ignore[index]


def test_one_endless_paragraph_is_broken_where_a_sentence_ends(look: theme.Theme) -> None:
    text = "一句话。" * 10_000
    _, document = stream(look, text, PIECE)
    rows = [block[6] for block in described(document)]  # type: ignore[index]
    assert "".join(rows) == text
    assert max(map(len, rows)) <= LONGEST + PIECE
    assert all(row.endswith("。") for row in rows)


def test_one_endless_line_of_code_keeps_every_letter(look: theme.Theme) -> None:
    text = "x" * 50_000
    made, document = stream(look, f"```\n{text}\n```\nafter", PIECE)
    assert made.spans.codes[0].text == text
    assert document.lastBlock().text() == "after"
    assert max(len(block[6]) for block in described(document)) <= LONGEST + PIECE  # type: ignore[index]


def test_a_long_program_keeps_every_line(look: theme.Theme) -> None:
    lines = [f"line {n}" for n in range(5_000)]
    made, document = stream(look, "```\n" + "\n".join(lines) + "\n```\nafter", PIECE)
    assert made.spans.codes[0].text == "\n".join(lines)
    rows = [block[6] for block in described(document)]  # type: ignore[index]
    assert rows == [*lines, "after"]


def test_restart_begins_with_an_empty_document(look: theme.Theme) -> None:
    made, document = stream(look, EVERYTHING, 50)
    made.restart(Formats(look, "en", ""))
    assert document.toPlainText() == ""
    made.add("**new**")
    assert document.toPlainText() == "new"
    assert not made.spans.codes


def test_no_text_breaks_it(look: theme.Theme) -> None:
    odd = [
        "",
        "\n\n",
        "```",
        "~~~",
        "- ",
        "1.",
        "|",
        "|-|",
        "> ",
        "#",
        "$$",
        "\\[",
        "[",
        "![",
        "**",
        "``",
        "\x00",
        "\ud800",
    ]
    for one in odd:
        for other in odd:
            _, document = stream(look, f"{one}\n{other}x\n", 1)
            assert document.characterCount() >= 1


def test_nothing_is_read_from_the_network_or_the_disk(look: theme.Theme, tmp_path: Path) -> None:
    target = tmp_path / "x.png"
    target.write_bytes(b"not an image")
    _, document = stream(look, f"![]({target.as_uri()}) <img src='{target.as_uri()}'>", 10)
    assert document.allFormats() is not None
    assert not any(f.isImageFormat() for f in document.allFormats())
