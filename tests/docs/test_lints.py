"""docs/lints.md: every first program earns its code at the line marked, and nothing else; no second program does."""

from __future__ import annotations

import linecache
import math
import re
import warnings

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.diagnostics import LINTS

from .rewrite import DOCS

SECTIONS = re.split(r"^## ", (DOCS / "lints.md").read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
PROGRAMS = {section[:5]: re.findall(r"```python\n(.*?)```", section, re.DOTALL) for section in SECTIONS}


def load(text, name, arguments=True):
    """The function of an example, and the arguments that its last line passes."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {"np": np, "ac": ac, "math": math}
    definitions, call = text.rstrip().rsplit("\n", 1)
    exec(compile(definitions, name, "exec"), space)
    return space["f"], eval(f"({call.removeprefix('ac.grad(f)(')[:-1]},)", space), space


def explained(text, name):
    f, args, _ = load(text, name)
    return [(lint.code, lint.span.line) for lint in ac.grad(f).explain(*args).lints]


def warned(text, name):
    f, args, _ = load(text, name)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ac.grad(f)(*args)
    assert all(issubclass(w.category, ac.DifferentiationWarning) and w.filename == name for w in caught)
    return [(w.message.diagnostic.code, w.lineno) for w in caught]


def test_every_code_is_documented():
    assert list(PROGRAMS) == list(LINTS)


@pytest.mark.parametrize("code", LINTS)
def test_the_first_program_earns_its_code(code):
    text = PROGRAMS[code][0]
    (line,) = [k for k, written in enumerate(text.splitlines(), 1) if written.endswith(f"# {code}")]
    found = explained(text, f"<lint {code}>")
    assert (code, line) in found
    assert warned(text, f"<lint {code}>") == [(c, k) for c, k in found if LINTS[c].warned]
    assert ((code, line) in warned(text, f"<lint {code}>")) == LINTS[code].warned


@pytest.mark.parametrize("code", LINTS)
def test_the_second_program_does_not(code):
    assert code not in dict(explained(PROGRAMS[code][1], f"<instead of {code}>"))
    assert not warned(PROGRAMS[code][1], f"<instead of {code}>")


@pytest.mark.parametrize("code", [code for code, lint in LINTS.items() if lint.warned])
@pytest.mark.parametrize("comment", ["# ac: ignore[{}]", "# ac: ignore", "# noqa  # ac:ignore[ACW99, {}]"])
def test_comments_silence(code, comment):
    text = PROGRAMS[code][0].replace(f"# {code}", comment.format(code))
    assert not warned(text, "<silenced>") and code not in dict(explained(text, "<silenced>"))


@pytest.mark.parametrize("code", [code for code, lint in LINTS.items() if lint.warned])
def test_other_comments_do_not(code):
    text = PROGRAMS[code][0].replace(f"# {code}", "# ac: ignore[ACW99]")
    assert code in dict(warned(text, "<not silenced>"))


def test_filters_silence_by_code():
    f, args, _ = load(PROGRAMS["ACW04"][0], "<filtered>")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "ACW04", ac.DifferentiationWarning)
        ac.grad(f)(*args)
    with warnings.catch_warnings(), pytest.raises(ac.DifferentiationWarning, match="^ACW04: "):
        warnings.simplefilter("error")
        ac.grad(lambda x: int(x) * x)(2.5)
