"""Grammars are read before llama.cpp reads them: what it would hang, die or grow endlessly on is refused, and said."""

from __future__ import annotations

import time

import pytest

from desktop.core.errors import BadGrammar
from desktop.inference import grammar

GOOD = {
    "a list": 'root ::= item ("," item)*\nitem ::= [a-z]+',
    "comments and lines": '# one\nroot ::= ( # two\n  "a" |\n  "b"\n)  # three\n\n',
    "escapes": r'root ::= "\n\t\"\\" [\x41-\u4e2d\U0001F600\]\[^-]',
    "arithmetic": 'root ::= (expr "=" term "\\n")+\nexpr ::= term ([-+*/] term)*\nterm ::= [0-9]+ | "(" expr ")"',
    "right recursion": 'root ::= "a" root | "b"',
    "empty rule": 'root ::= none "x"\nnone ::= ""',
    "repetitions": 'root ::= "a"{3} "b"{2,} "c"{0,2000} .?',
    "tokens": "root ::= <[12]> !<|user|> [^x]",
    "windows lines": 'root ::= a\r\na ::= "x"\r\n',
}

BAD = {
    "nothing": ("", "root"),
    "no root": ('a ::= "x"', "root"),
    "missing rule": ('root ::= "x"\na ::= b', "line 2"),
    "no sign": ('root = "x"', "line 1"),
    "open text": 'root ::= "x',
    "open class": "root ::= [a-z",
    "empty class": "root ::= []",
    "open bracket": 'root ::= ("a" | "b"',
    "bracket too many": 'root ::= "a")',
    "unknown escape": r'root ::= "\q"',
    "star of nothing": "root ::= *",
    "backward repetition": 'root ::= "a"{5,2}',
    "endless repetition": 'root ::= "a"{99999}',
    "reserved name": 'root ::= "a"\nanswer-after-space ::= "b"',
    "left recursion": ('root ::= root "a" | "b"', "begins with itself"),
    "left recursion by another": ('root ::= a\na ::= b "x"\nb ::= root | "y"', "begins with itself"),
    "left recursion behind nothing": ('root ::= e root "x" | "y"\ne ::= f\nf ::= ""', "begins with itself"),
    "left recursion behind an option": ('root ::= "a"? (root "b")', "begins with itself"),
    "nested": "root ::= " + "(" * 50_000 + '"a"' + ")" * 50_000,
    "ways without number": "root ::= r0\n"
    + "".join(f"r{i} ::= r{i + 1} | r{i + 1}\n" for i in range(60))
    + 'r60 ::= "x"',
    "a chain": "root ::= r0\n" + "".join(f"r{i} ::= r{i + 1}\n" for i in range(20_000)) + 'r20000 ::= "x"',
    "huge when written out": 'root ::= "' + "x" * 5000 + '"{2000}',
    "empty parts repeated": 'root ::= ("a"?){1000}',
    "a null": 'root ::= "a\0b"',
    "half a character": 'root ::= "\ud800"',
    "long": 'root ::= "a" #' + "x" * 600_000,
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_good_ones(text: str) -> None:
    assert grammar.checked(text) == text


@pytest.mark.parametrize("what", BAD.values(), ids=BAD)
def test_bad_ones(what: str | tuple[str, str]) -> None:
    text, expected = what if isinstance(what, tuple) else (what, "")
    with pytest.raises(BadGrammar) as caught:
        grammar.checked(text)
    reason = str(caught.value.data["reason"])
    assert expected in reason
    assert 0 < len(reason) < 200


MANY = 15_000
LARGE = {
    "many groups on lines of their own": "root ::= " + '("a"\n)' * 5 * MANY,
    "many rules that may be empty": "root ::= "
    + " | ".join(f'r{i} "x"' for i in range(MANY))
    + "\n"
    + "".join(f'r{i} ::= ""\n' for i in range(MANY)),
}


@pytest.mark.parametrize("text", LARGE.values(), ids=LARGE)
def test_large_ones_take_no_time(text: str) -> None:
    begun = time.process_time()
    assert grammar.checked(text) == text
    assert time.process_time() - begun < 6
