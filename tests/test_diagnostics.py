"""Diagnostics: rendering, collecting, and the table of codes."""

import ast
import linecache
import pickle

import numpy as np
import pytest

from adjoint_compiler.diagnostics import (
    CODES,
    Diagnostic,
    DiagnosticBag,
    DifferentiationError,
    display_file,
    internal_error,
)
from adjoint_compiler.ir.nodes import NOWHERE, Span

SPAN = Span("model.py", 12, 8, 15, "        y = foo(x)", end_line=12)
RUNNABLE = [code for code in CODES if code not in ("AC017", "AC018")]  # for no program; for `emit` only


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
    assert tab.render().splitlines()[-1] == "    | \t^"
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


def test_bag_collects_in_source_order_without_repeats():
    bag = DiagnosticBag()
    bag.raise_if_any()
    bag.add("AC012", Span("b.py", 9, 0, 1, "x"), "late")
    bag.add("AC002", Span("b.py", 2, 4, 5, "y"), "early", "a note", help="do this")
    bag.add("AC002", Span("a.py", 1, 0, 1, "z"), "other file")
    bag.add("AC012", Span("b.py", 9, 0, 1, "x"), "late")
    with pytest.raises(DifferentiationError) as caught:
        bag.raise_if_any()
    assert [d.message for d in caught.value.diagnostics] == ["early", "late", "other file"]
    assert caught.value.diagnostics[0].notes == ("a note",)


def test_unknown_codes_are_rejected():
    with pytest.raises(ValueError, match="AC999"):
        Diagnostic("AC999", SPAN, "what")


def test_internal_errors_say_so_and_attach_the_ir():
    text = str(internal_error("operand of type None", SPAN, "f(x):\n  y = sin(x)"))
    assert "AC017" in text and "bug of the compiler" in text and "y = sin(x)" in text


def test_the_table_is_complete_and_frozen():
    assert list(CODES) == [f"AC{n:03}" for n in range(1, 21)]
    with pytest.raises(TypeError):
        CODES["AC021"] = CODES["AC001"]


@pytest.mark.parametrize("code", [c for c in CODES if c != "AC017"])
def test_examples_parse_and_mark_the_offending_line(code):
    entry = CODES[code]
    assert entry.title and entry.explanation.endswith(".")
    ast.parse(entry.example)
    ast.parse(entry.fix)
    assert entry.example.count(f"# {code}") == 1
    assert "# AC" not in entry.fix


def run(program, name):
    """Run an example as if it were typed in: with its text known to linecache."""
    import adjoint_compiler as ac

    linecache.cache[name] = (len(program), None, program.splitlines(keepends=True), name)
    exec(compile(program, name, "exec"), {"np": np, "ac": ac, "__name__": "example"})


@pytest.mark.parametrize("code", RUNNABLE)
def test_examples_fail_and_their_fixes_run(code):
    with pytest.raises(DifferentiationError) as caught:
        run(CODES[code].example, f"<example {code}>")
    assert code in {d.code for d in caught.value.diagnostics}
    run(CODES[code].fix, f"<fix {code}>")
