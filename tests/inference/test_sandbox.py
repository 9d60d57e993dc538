"""Templates that want to take the machine."""

from __future__ import annotations

import contextlib
import time

import pytest

from desktop.core.models import PromptMessage, Role
from desktop.inference.sandbox import TooMuch, _Deadline
from desktop.inference.template import Template, TemplateFailed

BOUND = 15.0
"""Seconds; each takes hours, or all memory, if nobody ends it."""

HOSTILE = {
    "nested loops": "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "loops over what is given": "{% for a in 'x' * 9999 %}" * 4 + "{% endfor %}" * 4,
    "recursion that doubles": (
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(90) }}"
    ),
    "recursion without end": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a text repeated": "{{ 'x' * 10 ** 12 }}",
    "a list repeated": "{{ [0] * 10 ** 10 }}",
    "a text that doubles": "{% set n = namespace(x='x') %}{% for a in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
    "a text that is joined": "{% set n = namespace(x='x') %}{% for a in range(32) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
    "a wide filter": "{% set x = 'x'|center(10 ** 9) %}",
    "a wide method": "{% set x = 'x'.ljust(10 ** 9) %}",
    "a wide format": "{% set x = '{:>1000000000}'.format(1) %}",
    "a format of another's width": "{% set x = '{:>{}}'.format(1, '1000000000') %}",
    "a printed filter": "{% set x = '%1000000000d'|format(1) %}",
    "replacing": "{% set x = ('x' * 30000)|replace('x', 'y' * 30000) %}",
    "replacing by itself": "{% set x = ('x' * 30000).replace('x', 'y' * 30000) %}",
    "a long comma": "{% set x = ('x' * 30000)|join('y' * 30000) %}",
    "a comma's own": "{% set x = ('y' * 30000).join('x' * 30000) %}",
    "many long ones": "{% set x = (['x' * 10000000] * 100)|join %}",
    "lists together": "{% set x = ([[0] * 10000000] * 100)|sum(start=[]) %}",
    "far in": "{% set x = 'a\nb'|indent(10 ** 9) %}",
    "a full batch": "{% set x = [1]|batch(10 ** 9, 1)|list %}",
    "tabs": "{% set x = '\t'.expandtabs(10 ** 9) %}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "a number that squares itself": (
        "{% set n = namespace(x=99) %}{% for a in range(60) %}{% set n.x = n.x * n.x %}{% endfor %}"
    ),
    "printf": "{{ '%0999999999d' % 1 }}",
    "much text": "{% for a in range(99999) %}{% for b in range(99999) %}" + "x" * 1000 + "{% endfor %}{% endfor %}",
    "a range": "{% for a in range(10 ** 9) %}{% endfor %}",
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ messages[0].role }}",
    "writing": "{% set _ = messages.append(1) %}{{ messages }}",
    "importing": "{{ cycler.__init__.__globals__.os.system('true') }}",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_template_is_refused_soon(source: str) -> None:
    begun = time.monotonic()
    with pytest.raises(TemplateFailed):
        Template(source + "{{ messages[0].content }}", "", "")
    assert time.monotonic() - begun < BOUND


def test_a_real_one_is_not() -> None:
    template = Template("{{ 'ab' * 3 + 'c' }}{{ 7 % 4 }}{{ 2 ** 8 }}{{ messages[0].content }}", "", "")
    assert "".join(p.text for p in template.render([PromptMessage(Role.USER, "Q")], True)) == "abababc3256Q"


def test_what_real_ones_do_with_texts() -> None:
    source = (
        "{{ 'a' ~ 1 ~ none }}{{ ['x', 'y']|join(', ') }}{{ 'a-b'.replace('-', '+') }}{{ '{:>3}'.format(7) }}{{ '%s!'|format('z') }}"
        "{{ 'a\nb'|indent(2) }}{{ {'k': [1]}|tojson(indent=1) }}{{ ' s '.strip()|center(3) }}{{ [1, 2]|sum }}{{ messages[0].content }}"
    )
    text = "".join(p.text for p in Template(source, "", "").render([PromptMessage(Role.USER, "Q")], True))
    assert text == 'a1Nonex, ya+b  7z!a\n  b{\n "k": [\n  1\n ]\n} s 3Q'


def test_what_python_keeps_to_itself_is_nothing() -> None:
    template = Template("{{ raise_exception.__globals__ }}{{ messages[0].content }}", "", "")
    assert "".join(p.text for p in template.render([PromptMessage(Role.USER, "Q")], True)) == "Q"


def test_the_deadline_ends_a_loop_and_nothing_after_it() -> None:
    begun = time.monotonic()
    with pytest.raises(TooMuch), _Deadline(0.05):
        sum(1 for _ in iter(lambda: time.monotonic() - begun < BOUND, False))
    for _ in range(200):
        with contextlib.suppress(TooMuch), _Deadline(0.0001):
            sum(range(1000))
    assert sum(range(100_000)) == 4_999_950_000
