"""Loops in inlined functions that together nested deeper than the 20 blocks that Python compiles: a SyntaxError."""

import importlib

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.regressions import check


def layer(v, w):
    for _ in range(2):
        v = v * np.sin(w) + 0.1
    return v


def bottom(y, x):
    for _ in range(1):
        for _ in range(1):
            for _ in range(1):
                for _ in range(1):
                    for _ in range(1):
                        for _ in range(1):
                            for _ in range(1):
                                for _ in range(1):
                                    for _ in range(2):
                                        for _ in range(1):
                                            y = layer(y, x) * x
    return y


def below(y, x):
    for _ in range(1):
        for _ in range(1):
            for _ in range(1):
                for _ in range(2):
                    for _ in range(1):
                        y = bottom(y, x)
    return y


def between(y, x):
    for _ in range(1):
        for _ in range(1):
            for _ in range(1):
                for _ in range(1):
                    for _ in range(1):
                        y = below(y, x)
    return y


def inlined(x):
    y = x
    for _ in range(1):
        y = between(y, x)
    return y


@pytest.fixture
def nested(tmp_path, monkeypatch):
    """A function of so many loops in one another, around a statement."""

    def make(height, statement):
        loops = ["    " * (k + 1) + f"for k{k} in range({1 + (k % 9 == 0)}):" for k in range(height)]
        lines = ["def f(v, w):", *loops, "    " * (height + 1) + statement, "    return v * w", ""]
        text = f"import numpy as np\nfrom {__name__} import layer\n\n\n" + "\n".join(lines)
        (tmp_path / f"nested_{height}.py").write_text(text)
        monkeypatch.syspath_prepend(str(tmp_path))
        return importlib.import_module(f"nested_{height}").f

    return make


@pytest.mark.parametrize("height", [5, 18, 19])
def test_functions_in_deep_loops_are_not_inlined(nested, height):
    f = nested(height, "v = layer(v, w)")
    check(f, 0.7, 1.1)
    assert ("def layer_primal" in ac.grad(f).source) == (height > 17)


def test_inlined_loops():
    check(inlined, 0.8)


def test_what_python_does_not_compile_is_refused(nested):
    f = nested(20, "v = v * np.sqrt(w * v)")  # whose derivative needs a `with` around
    with pytest.raises(ac.DifferentiationError, match="more than 20 loops in one another") as error:
        ac.grad(f)(0.7, 1.1)
    assert {d.code for d in error.value.diagnostics} == {"AC001"}
