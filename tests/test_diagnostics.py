"""Diagnostics: rendering, collecting, and the table of codes."""

import json
import pickle
from dataclasses import replace

import pytest

from adjoint_compiler.diagnostics import (
    CODES,
    Diagnostic,
    DifferentiationError,
    display_file,
    internal_error,
)
from adjoint_compiler.ir.nodes import NOWHERE, Span

SPAN = Span("model.py", 12, 8, 15, "        y = foo(x)", end_line=12)


def test_rendering_points_at_the_source():
    diagnostic = Diagnostic("AC002", SPAN, "no rule for `foo`", ("called once", "two\nlines"), "write it out")
    assert diagnostic.render() == (
        "model.py:12:9: error[AC002]: no rule for `foo`\n"
        "  12 |         y = foo(x)\n"
        "     |         ^^^^^^^\n"
        "  note: called once\n"
        "  note: two\n"
        "        lines\n"
        "  help: write it out"
    )


def test_carets_stay_on_the_line():
    several_lines = Diagnostic("AC001", Span("m.py", 3, 4, 2, "    y = (x +", end_line=5), "no")
    assert several_lines.render().splitlines()[-1] == "    |     ^^^^^^^^"
    empty = Diagnostic("AC001", Span("m.py", 3, 4, 4, "    y"), "no")
    assert empty.render().splitlines()[-1] == "    |     ^"
    beyond = Diagnostic("AC001", Span("m.py", 3, 90, 99, "    y"), "no")
    assert beyond.render().splitlines()[-1] == "    |      ^"


def test_carets_follow_tabs_and_wide_characters():
    tab = Diagnostic("AC001", Span("m.py", 1, 1, 2, "\ty"), "no")
    assert tab.render().splitlines()[-2:] == ["  1 |     y", "    |     ^"]
    inside = Diagnostic("AC001", Span("m.py", 1, 4, 9, "y = a\t+ b"), "no")
    assert inside.render().splitlines()[-2:] == ["  1 | y = a   + b", "    |     ^^^^^^^"]
    accent = Diagnostic("AC001", Span("m.py", 1, 5, 6, "e\u0301 = x"), "no")
    assert accent.render().splitlines()[-1] == "    |     ^"
    wide = Diagnostic("AC001", Span("m.py", 1, 4, 6, "値 = 関数"), "no")
    assert wide.render().splitlines()[-1] == "    |      ^^^^"


def test_control_characters_do_not_reach_the_terminal():
    text = Diagnostic("AC001", Span("m.py", 1, 0, 1, "x = '\x1b[2J'"), "no").render()
    assert "\x1b" not in text


def test_colour_only_adds_escapes():
    import re

    diagnostic = Diagnostic("AC002", SPAN, "no rule for `foo`", ("a",), "b")
    coloured = diagnostic.render(colour=True)
    assert coloured != diagnostic.render()
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == diagnostic.render()


def test_without_a_place_only_the_message():
    assert Diagnostic("AC020", NOWHERE, "a set is no argument").render() == "error[AC020]: a set is no argument"


def test_file_names_depend_on_no_machine(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert display_file(str(tmp_path / "pkg" / "m.py")) == "pkg/m.py"
    assert display_file(str(tmp_path.parent / "m.py")) == "m.py"
    assert display_file(str(tmp_path / "..m.py")) == "..m.py"
    assert display_file("pkg/m.py") == "pkg/m.py"
    assert display_file("<ipython-input-1>") == "<ipython-input-1>"


def test_error_carries_and_shows_all():
    one = Diagnostic("AC002", SPAN, "first")
    two = Diagnostic("AC012", SPAN, "second")
    error = DifferentiationError([one, two])
    assert error.diagnostics == [one, two]
    assert str(error) == one.render() + "\n\n" + two.render()
    assert DifferentiationError(one).diagnostics == [one]
    assert pickle.loads(pickle.dumps(error)).diagnostics == [one, two]


def test_problems_are_told_once_and_in_source_order():
    late = Diagnostic("AC012", Span("b.py", 9, 0, 1, "x"), "late")
    again = replace(late, span=replace(late.span, caller=SPAN))  # by way of another call
    early = Diagnostic("AC002", Span("b.py", 2, 4, 5, "y"), "early", ("a note",), "do this")
    other = Diagnostic("AC002", Span("a.py", 1, 0, 1, "z"), "other file")
    assert DifferentiationError([late, early, other, again, late]).diagnostics == [other, early, late]


def test_calls_are_a_chain_of_notes():
    outer = Span("model.py", 30, 4, 8, "    f(x)", 30)
    inner = Span("model.py", 20, 11, 15, "    return g(x)", 20, caller=outer)
    found = Diagnostic("AC002", replace(SPAN, caller=inner), "no rule", help="write it out")
    assert found.callers == (inner, outer)
    assert found.render().splitlines()[3:] == [
        "  note: called from here: model.py:20:12",
        "  20 |     return g(x)",
        "     |            ^^^^",
        "  note: called from here: model.py:30:5",
        "  30 |     f(x)",
        "     |     ^^^^",
        "  help: write it out",
    ]


def test_expressions_of_several_lines_are_marked_line_by_line():
    text = ("    y = np.roots(", "        c,", "", "    ) + 1")
    span = Span("m.py", 9, 8, 5, text[0], 12, more=text[1:])
    assert Diagnostic("AC002", span, "no").render().splitlines()[1:] == [
        "   9 |     y = np.roots(",
        "     |         ^^^^^^^^^",
        "  10 |         c,",
        "     |         ^^",
        "  11 | ",
        "  12 |     ) + 1",
        "     |     ^",
    ]
    long = replace(span, end_line=20, more=(*["        c,"] * 10, "    )"))
    shown = Diagnostic("AC002", long, "no").render().splitlines()
    assert len(shown) == 1 + 2 * 5 + 1 and "  .. |" in shown and shown[-2] == "  20 |     )"


def test_problems_for_machines():
    inner = replace(SPAN, caller=Span("model.py", 30, 4, 8, "    f(x)", 30))
    error = DifferentiationError(
        [Diagnostic("AC002", inner, "no rule", ("a",), "b"), Diagnostic("AC020", NOWHERE, "c")]
    )
    assert json.loads(error.to_json()) == [d.to_dict() for d in error.diagnostics]
    nowhere, placed = error.diagnostics
    assert nowhere.to_dict()["span"] is None
    assert placed.to_dict() == {
        "code": "AC002",
        "severity": "error",
        "title": "call without a rule",
        "message": "no rule",
        "span": {"file": "model.py", "line": 12, "col": 9, "end_line": 12, "end_col": 16},
        "called_from": [{"file": "model.py", "line": 30, "col": 5, "end_line": 30, "end_col": 9}],
        "notes": ["a"],
        "help": "b",
    }


def test_unknown_codes_are_rejected():
    with pytest.raises(ValueError, match="AC999"):
        Diagnostic("AC999", SPAN, "what")


def test_internal_errors_say_so_and_attach_the_ir():
    text = str(internal_error("operand of type None", SPAN, "f(x):\n  y = sin(x)"))
    assert "AC017" in text and "bug of the compiler" in text and "y = sin(x)" in text


def test_the_table_is_complete_and_frozen():
    assert list(CODES) == [f"AC{n:03}" for n in range(1, 22)]
    with pytest.raises(TypeError):
        CODES["AC022"] = CODES["AC001"]
