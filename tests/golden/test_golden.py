"""What the compiler writes for tiny programs, byte for byte, and what the written text computes."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.testing.gradcheck import flatten, numeric_vjp

from . import COMPILED, FOLDER, FORMS, NAMES, WIDE, execute, load

STRAIGHT_LINE = ("Compare", "For", "If", "IfExp", "While", "ListComp")


def close(found: Any, expected: Any, rtol: float, atol: float) -> None:
    """Compare two gradients leaf by leaf."""
    for a, b in zip(flatten(found)[0], flatten(expected)[0], strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)


def chosen(golden: Any, bars: tuple[Any, ...]) -> Any:
    """The adjoints of the arguments named by `wrt`, as `grad` returns them."""
    names = list(inspect.signature(golden.function).parameters)
    if isinstance(golden.wrt, tuple):
        return tuple(bars[names.index(name)] for name in golden.wrt)
    return bars[golden.wrt if isinstance(golden.wrt, int) else names.index(golden.wrt)]


def by_differences(golden: Any) -> Any:
    args = golden.example()
    y = golden.function(*args)
    y_bar = 1.0 if golden.of is None else np.ones_like(args[list(_parameters(golden)).index(golden.of)])
    assert (y is None) == (golden.of is not None)
    return chosen(golden, numeric_vjp(golden.function, golden.example(), y_bar))


def _parameters(golden: Any) -> Any:
    return inspect.signature(golden.function).parameters


WIDE_FORMS = [(n, f) for n, forms in WIDE.items() for f in forms]


@pytest.mark.parametrize(
    "name, form", [*((n, f) for n in NAMES for f in FORMS), *((n, "numba") for n in COMPILED), *WIDE_FORMS]
)
def test_text_is_as_expected(name, form):
    if form == "numba":
        pytest.importorskip("numba")
    golden = load(name)
    path, found = golden.expected(form), golden.written()[form]
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if found != expected:
        lines = difflib.unified_diff(
            expected.splitlines(keepends=True), found.splitlines(keepends=True), path.name, "written today"
        )
        advice = f"if this is meant: python -m tests.golden.rewrite {name}"
        pytest.fail(f"{''.join(lines)}\n{advice}", pytrace=False)


def function_in(golden: Any, form: str, suffix: str) -> Any:
    """A function of an expected file by how its name ends; callees stand before their callers."""
    text = golden.expected(form).read_text(encoding="utf-8")
    names = [node.name for node in ast.parse(text).body if node.name.endswith(suffix)]
    return execute(text)[names[-1]]


@pytest.mark.parametrize("name", NAMES)
def test_text_computes_the_gradient(name):
    golden = load(name)
    expected = by_differences(golden)
    found = golden.derivative(*golden.example())
    close(found, expected, 1e-6, 1e-8)

    close(function_in(golden, "joint", "_grad")(*golden.example()), found, 0, 0)
    y, tape = function_in(golden, "split", "_primal")(*golden.example())
    adjoint = function_in(golden, "split", "_adjoint")
    for _ in range(2):  # an adjoint does not consume its tape
        bars = adjoint(tape, np.ones_like(y) if isinstance(y, np.ndarray) else 1.0)
        close(bars if isinstance(golden.wrt, tuple) else bars[0], found, 1e-13, 1e-15)


@pytest.mark.parametrize("name", COMPILED)
def test_compiled_text_computes_the_gradient(name):
    pytest.importorskip("numba")
    golden = load(name)
    close(golden.compiled(*golden.example()), golden.derivative(*golden.example()), 1e-13, 1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_text_computes_the_tangent(name):
    golden = load(name)
    args, gradient = golden.example(), golden.derivative(*golden.example())
    names = list(inspect.signature(golden.function).parameters)
    wrt = golden.wrt if isinstance(golden.wrt, tuple) else (golden.wrt,)
    bars = flatten(gradient)[0]
    rng = np.random.default_rng(0)
    dots = [rng.standard_normal(np.shape(b)) for b in bars]
    left = list(dots)
    given = [args[w if isinstance(w, int) else names.index(w)] for w in wrt]
    tangents = [rebuild([left.pop(0) for _ in leaves], lambda _: 0.0) for leaves, rebuild in map(flatten, given)]
    _, y_dot = function_in(golden, "forward", "_jvp")(*args, *tangents)
    np.testing.assert_allclose(np.sum(y_dot), sum(np.sum(b * d) for b, d in zip(bars, dots, strict=True)), rtol=1e-12)


def directions_for(golden: Any, count: int) -> tuple[tuple[Any, ...], list[Any], list[Any]]:
    """The arguments, which of them are differentiated by, and as many directions for each along a leading axis."""
    args, rng = golden.example(), np.random.default_rng(1)
    names = list(_parameters(golden))
    wrt = golden.wrt if isinstance(golden.wrt, tuple) else (golden.wrt,)
    places = [w if isinstance(w, int) else names.index(w) for w in wrt]
    return args, places, [rng.standard_normal((count, *np.shape(args[k]))) for k in places]


@pytest.mark.parametrize("name", [n for n, f in WIDE_FORMS if f == "directions"])
def test_text_of_many_directions_computes_each_of_them(name):
    golden = load(name)
    args, places, dots = directions_for(golden, 3)
    wide, one = function_in(golden, "directions", "_jvp"), function_in(golden, "forward", "_jvp")
    y, y_dot = wide(*args, *dots)
    for k in range(3):
        expected, part = one(*golden.example(), *(d[k] for d in dots))
        np.testing.assert_array_equal(y, expected)
        np.testing.assert_allclose(y_dot[k], part, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [n for n, f in WIDE_FORMS if f == "rows"])
def test_text_of_many_rows_computes_each_of_them(name):
    golden = load(name)
    y, pullback = ac.vjp(golden.function, *golden.example(), of=golden.of)
    _, tape, order = pullback.linear_in
    seeds = np.random.default_rng(2).standard_normal((3, *np.shape(y)))
    _, bars = function_in(golden, "rows", "_jvp")(tape, np.zeros_like(y), seeds)
    for k in range(3):
        for place, expected in zip(order, pullback(seeds[k]), strict=True):
            if place is not None:
                np.testing.assert_allclose(bars[place][k], expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", [n for n, f in WIDE_FORMS if f == "series"])
def test_text_of_series_computes_the_coefficients(name):
    """Along a line the first coefficient is the tangent, and the value at the next point the sum of all."""
    golden = load(name)
    args, places, dots = directions_for(golden, 1)
    curves = [np.concatenate([d, np.zeros((7, *d.shape[1:]))]) for d in dots]
    y, found = function_in(golden, "series", "_taylor")(*args, *curves)
    _, tangent = function_in(golden, "forward", "_jvp")(*golden.example(), *(d[0] for d in dots))
    np.testing.assert_allclose(found[0], tangent, rtol=1e-12, atol=1e-14)
    step, moved = 1e-2, list(golden.example())
    for k, d in zip(places, dots, strict=True):
        moved[k] = moved[k] + step * d[0]
    ahead = function_in(golden, "forward", "_jvp")(*moved, *(d[0] for d in dots))[0]
    total = y + sum(c * step ** (k + 1) for k, c in enumerate(found))
    np.testing.assert_allclose(total, ahead, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_without_optimization_the_gradient_is_the_same(name):
    golden = load(name)
    plain = ac.grad(golden.function, wrt=golden.wrt, of=golden.of, optimize=0)
    close(plain(*golden.example()), golden.derivative(*golden.example()), 1e-12, 1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_arguments_stay_as_they_are(name):
    golden = load(name)
    args = golden.example()
    golden.derivative(*args)
    close(args, golden.example(), 0, 0)


# -- properties of all texts ---------------------------------------------------------------------------------


def source_of(name: str) -> str:
    return (FOLDER / f"{name}.py").read_text(encoding="utf-8")


def straight_line(name: str) -> bool:
    """Whether a program has neither branches nor loops, nor anything a tape could be for."""
    if name == "second_derivative":
        return False
    functions = [n for n in ast.parse(source_of(name)).body if isinstance(n, ast.FunctionDef)]
    kinds = {type(n).__name__ for f in functions if f.name != "example" for n in ast.walk(f)}
    return not kinds.intersection(STRAIGHT_LINE) and name != "recursion"


def test_some_programs_are_straight_line():
    assert sum(map(straight_line, NAMES)) >= 8


@pytest.mark.parametrize("name", [n for n in NAMES if straight_line(n)])
def test_straight_line_programs_have_no_tape(name):
    assert "tape" not in load(name).written()["joint"]


LINEAR = ["lax_wendroff_elements", "lax_wendroff", "matrix_chain"]


@pytest.mark.parametrize("name", LINEAR)
def test_linear_programs_record_nothing(name):
    golden = load(name)
    text = golden.written()["joint"]
    assert "tape" not in text and "saved" not in text
    primal = golden.derivative.specialize(*golden.example()).primal_source
    assert ".append(" not in primal


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", [f for f in FORMS if f != "forward"])
def test_comments_name_primal_lines(name, form):
    """Each group of the reverse sweep stands under a comment: number and text of a line of the program."""
    if name == "second_derivative":
        pytest.skip("its lines are those of generated code")
    lines = source_of(name).splitlines()
    comments = re.findall(r"^ *# (.*)$", load(name).written()[form], re.MULTILINE)
    places = [c for c in comments if c.lower() not in ("forward sweep", "reverse sweep")]
    assert places
    for place in places:
        number, text = re.fullmatch(r"(?:line )?(\d+): (.*)", place).groups()
        assert lines[int(number) - 1].strip() == text


def dead_names(x, n):
    unused = x * 3.0
    unused_too = np.sin(unused)
    y = x * 2.0
    value = (y * y).sum()
    return value + 1.0


def dead_loop(x, n):
    unused = 1.0
    for k in range(n):
        unused = unused * x[0]
    return (x * x).sum()


@pytest.mark.parametrize("name", ["dead_names", "dead_loop"])
def test_dead_primal_code_is_gone(name):
    """Neither what nothing reads nor what only the value needs is computed."""
    text = ac.grad(globals()[name]).specialize(np.ones(3), 2).source
    code = ast.unparse(ast.parse(text))  # without comments
    assert not re.search(r"unused|value|for |sin|\+ 1\.0", code)


def test_the_same_text_whatever_ran_before():
    golden = load("swapped_buffers")
    first = golden.written()
    golden.derivative(*golden.example())
    load("branch").written()
    assert golden.written() == first


def test_every_expected_file_has_a_program():
    stems = {path.name.split(".")[0] for path in Path(FOLDER).glob("*.*.py")}
    assert stems <= set(NAMES)
    assert len(NAMES) >= 20
