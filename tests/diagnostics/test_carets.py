"""Carets stand below the expression at fault as a terminal shows it: tabs, wide characters, several lines."""

import linecache
import unicodedata

import numpy as np
import pytest

import adjoint_compiler as ac

TEXTS = {
    "tabs": "def f(x):\n\ty =\tx * np.bmat(x)\n\treturn y",
    "wide": "def f(x):\n    値 = '関数'; y = x * np.bmat(x)\n    return y",
    "accents": "def f(x):\n    é, e\u0301 = 1.0, 2.0; y = x * np.bmat(x)\n    return y",
    "emoji": "def f(x):\n    s = '\U0001f600\U0001f600', x * np.bmat(x)\n    return x",
    "nested": "def f(x):\n    return np.sin(\n        x * 2.0\n        + np.bmat(x)[0]\n    )",
    "method": "def f(x):\n    return (x\n        * np.bmat(x)[0])",
    "string": "def f(x):\n    s = '''\n関数 ''', x * np.bmat(x)\n    return x",
}


def cells(text):
    """The columns of a terminal that each character takes."""
    return "".join(c * (2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c)) for c in text)


@pytest.mark.parametrize("name", TEXTS)
def test_one_line(name):
    text, file = TEXTS[name], f"<carets {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = {"np": np}
    exec(compile(text, file, "exec"), space)
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(space["f"])(np.array([1.0, 2.0]))
    (found,) = [d for d in caught.value.diagnostics if d.code == "AC002"]
    _, line, marks = found.render().splitlines()[:3]
    start, end = marks.find("^"), marks.rfind("^") + 1
    assert cells(line)[start:end] == "np.bmat(x)"
    assert text.splitlines()[found.span.line - 1][found.span.col : found.span.end_col] == "np.bmat(x)"


def test_every_line_of_a_call_is_marked():
    text = "def f(x):\n    y = 1.0\n    return y * np.bmat(\n        x,\n    )[0]"
    linecache.cache["<carets>"] = (len(text), None, text.splitlines(keepends=True), "<carets>")
    space = {"np": np}
    exec(compile(text, "<carets>", "exec"), space)
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(space["f"])(2.0)
    assert str(caught.value).splitlines()[1:7] == [
        "  3 |     return y * np.bmat(",
        "    |                ^^^^^^^^",
        "  4 |         x,",
        "    |         ^^",
        "  5 |     )[0]",
        "    |     ^",
    ]


def test_messages_have_the_names_of_the_program():
    text = "def f(a, b):\n    s = a * 1.0\n    t = s.sum()\n    s = a\n    s += b\n    return np.sum(s * a) * t"
    linecache.cache["<names>"] = (len(text), None, text.splitlines(keepends=True), "<names>")
    space = {"np": np}
    exec(compile(text, "<names>", "exec"), space)
    with pytest.raises(ac.DifferentiationError) as caught:
        _ = ac.grad(space["f"]).source
    (found,) = caught.value.diagnostics
    assert found.message.startswith("whether `s` is an array") and found.help.endswith("`s = s + ...`")
