"""Every convention of docs/kinks.md in whole programs: what the adjoints are, and the tangents that they are paired with."""

from __future__ import annotations

import ast
import cmath
import linecache
import math
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

import adjoint_compiler as ac

special = pytest.importorskip("scipy.special")
PAGE = (Path(__file__).parents[2] / "docs" / "kinks.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|", PAGE, re.M)
NAMES = {"np": np, "math": math, "cmath": cmath, "special": special, "inf": math.inf, "nan": math.nan}


def value_of(node):
    return eval(ast.unparse(node), dict(NAMES))  # noqa: S307


def program(text, wanted):
    """The call of a row as a function of the operands that have adjoints, and these operands."""
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.BinOp):
        places = ["left", "right"]
        operands = [node.left, node.right]
    else:
        places = [*range(len(node.args)), *(k.arg for k in node.keywords)]
        operands = [*node.args, *(k.value for k in node.keywords)]
    params, values = [], []
    for place, operand, bar in zip(places, operands, wanted, strict=True):
        if bar is None or isinstance(value_of(operand), int):
            continue  # integers are constants of a program
        name = ast.Name(f"a{len(params)}", ast.Load())
        params.append(name.id)
        values.append(value_of(operand))
        if isinstance(place, int):
            node.args[place] = name
        elif isinstance(node, ast.BinOp):
            setattr(node, place, name)
        else:
            next(k for k in node.keywords if k.arg == place).value = name
    source = f"def f({', '.join(params)}):\n    return {ast.unparse(node)}\n"
    file = f"<kink {text}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space = dict(NAMES)
    exec(compile(source, file, "exec"), space)  # noqa: S102
    return (
        space["f"],
        values,
        [w for w, o in zip(wanted, operands, strict=True) if w is not None and not isinstance(value_of(o), int)],
    )


def same(found, wanted):
    np.testing.assert_allclose(np.asarray(found), np.asarray(wanted), rtol=1e-12, atol=1e-300, equal_nan=True)


def skip_where_new(text):
    if "min=" in text and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("these keywords came with NumPy 2.1")


IDS = [f"{r[0]} {r[1]}" for r in ROWS]


@pytest.mark.parametrize(("text", "g", "adjoints"), ROWS, ids=IDS)
def test_reverse(text, g, adjoints):
    skip_where_new(text)
    wanted = eval(f"({adjoints},)", dict(NAMES))  # noqa: S307
    f, values, expected = program(text, wanted)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        _, pullback = ac.vjp(f, *values)
        bars = pullback(eval(g, dict(NAMES)))  # noqa: S307
    for bar, adjoint in zip(bars, expected, strict=True):
        same(bar, adjoint)


def units(v):
    """Each direction that an operand can move in, of length one; and where it is in the operand."""
    if isinstance(v, (list, tuple)):
        for k in range(len(v)):
            yield k, [1.0 if j == k else 0.0 for j in range(len(v))]
    elif isinstance(v, np.ndarray) and v.ndim:
        for index in np.ndindex(v.shape):
            d = np.zeros(v.shape)
            d[index] = 1.0
            yield index, d
    else:
        yield (), v * 0 + 1 if isinstance(v, np.ndarray) else type(v)(1)


# A tangent of one is larger than what numbers can hold here; the adjoint is of a small one.
OVERFLOWS = "math.ldexp(1e-300, 2000)"
FORWARD = [row for row in ROWS if row[0] != OVERFLOWS]


@pytest.mark.parametrize(("text", "g", "adjoints"), FORWARD, ids=[f"{r[0]} {r[1]}" for r in FORWARD])
def test_forward(text, g, adjoints):
    """A unit tangent of one operand, the others' being zero, gives that adjoint's part: ``<g, y_dot> = <bar, e>``."""
    skip_where_new(text)
    wanted = eval(f"({adjoints},)", dict(NAMES))  # noqa: S307
    f, values, bars = program(text, wanted)
    seed = eval(g, dict(NAMES))  # noqa: S307
    still = [[0.0] * len(v) if isinstance(v, (list, tuple)) else np.zeros_like(v)[()] if isinstance(v, np.ndarray) and not v.ndim
             else np.zeros_like(v) if isinstance(v, np.ndarray) else type(v)(0) for v in values]  # fmt: skip
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        _, dot = ac.jvp(f, tuple(values), tuple(still))
        if not any(np.any(np.isnan(np.asarray(bar))) for bar in bars):
            assert all(np.all(np.asarray(part) == 0) for part in (dot if isinstance(dot, tuple) else (dot,)))
        for k, (v, bar) in enumerate(zip(values, bars, strict=True)):
            for index, e in units(v):
                _, dot = ac.jvp(f, tuple(values), tuple(e if j == k else d for j, d in enumerate(still)))
                part = bar[index] if isinstance(bar, list) and isinstance(index, int) else np.asarray(bar)[index]
                if np.all(np.asarray(seed) == 0):
                    assert not np.any(np.isnan(np.asarray(dot)))
                elif np.all(np.isfinite(np.asarray(seed))):
                    paired = (
                        np.sum(np.conj(np.asarray(seed)) * np.asarray(dot)).real
                        if np.all(np.isfinite(dot))
                        else np.sum(dot)
                    )
                    same(paired, np.real(part))
                elif not np.any(np.asarray(part)):
                    same(dot, np.zeros_like(dot))  # what an infinite adjoint does not reach, no tangent leaves
