"""Library functions with definitions: the same numbers as without, and derivatives of first and second order."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.library import defined
from tests.library import image_cases, scipy_cases, sum_cases  # noqa: F401  (their cases join the others)
from tests.library.cases import CASES
from tests.sampling import sampled

STEPS = (1e-4, 1e-5, 1e-6)


def leaves(v):
    return [x for item in v for x in leaves(item)] if isinstance(v, (list, tuple)) else [np.asarray(v)]


def weighted(y, seed=1):
    """Numbers that pair with a result, in its structure."""
    rng = np.random.default_rng(seed)

    def one(v):
        if isinstance(v, (list, tuple)):
            return [one(item) for item in v]
        w = rng.normal(size=np.shape(v))
        w = w + 1j * rng.normal(size=np.shape(v)) if np.iscomplexobj(v) else w
        return w if isinstance(v, np.ndarray) else w[()]

    return one(y)


def pairing(a, b):
    return sum(float(np.sum(np.conj(x) * y).real) for x, y in zip(leaves(a), leaves(b), strict=True))


def moved(args, directions, h):
    return [a + h * d for a, d in zip(args, directions, strict=True)]


def name_of(k):
    text = inspect.getsource(CASES[k][0]).strip().partition(": ")[2]
    return f"{k}-{text[:50]}"


def FUNCTION(k):
    return name_of(k).partition("-")[2].partition("(")[0]


# Second derivatives that are refused: what is real or complex while running, lists of arrays that are stored into.
REFUSED = ("np.poly", "np.poly1d", "np.roots", "np.linalg.cond")


@pytest.mark.parametrize("k", sampled(range(len(CASES)), 6), ids=name_of)
def test_definition(k):
    f, args = CASES[k]
    with np.errstate(all="ignore"):
        y, pullback = ac.vjp(f, *args)
        for found, wanted in zip(leaves(y), leaves(f(*args)), strict=True):
            np.testing.assert_array_equal(found, wanted)
            assert found.dtype == wanted.dtype
        seed = weighted(y)
        bars = pullback(seed)[: len(args)]
        directions = weighted(list(args), 2)
        directions = [d if np.iscomplexobj(a) else np.real(d) for a, d in zip(args, directions, strict=True)]
        slopes = [
            (pairing(seed, f(*moved(args, directions, h))) - pairing(seed, f(*moved(args, directions, -h)))) / (2 * h)
            for h in STEPS
        ]
        found = pairing(bars, directions)
        assert min(abs(s - found) for s in slopes) < 1e-6 * (1 + abs(found))

        if FUNCTION(k) in REFUSED or any(FUNCTION(j) == FUNCTION(k) for j in range(k)):
            return  # second order once for each function

        def along(*given):
            return pairing(ac.vjp(f, *given)[1](seed)[: len(given)], directions)

        second = [(along(*moved(args, directions, h)) - along(*moved(args, directions, -h))) / (2 * h) for h in STEPS]
        if not np.all(np.isfinite(second)) or np.iscomplexobj(leaves(y)[0]):
            return
        if all(np.isrealobj(a) for a in args) and isinstance(y, (np.ndarray, float, np.floating)):
            check_second(f, args, directions, seed, second)


def check_second(f, args, directions, seed, slopes):
    """The gradient of the pairing of a gradient."""
    seed = np.asarray(seed)

    def scalar(*given):
        return (f(*given) * seed).sum()

    wrt = tuple(range(len(args)))
    first = ac.grad(ONE[len(args)](f, seed), wrt=wrt)
    bars = ac.grad(TWO[len(args)](first, directions), wrt=wrt)(*args)
    found = pairing(list(bars), directions)
    assert min(abs(s - found) for s in slopes) < 1e-5 * (1 + abs(found))


ONE = {
    1: lambda f, w: lambda a: (f(a) * w).sum(),
    2: lambda f, w: lambda a, b: (f(a, b) * w).sum(),
    3: lambda f, w: lambda a, b, c: (f(a, b, c) * w).sum(),
    4: lambda f, w: lambda a, b, c, d: (f(a, b, c, d) * w).sum(),
}


def _two_1(g, v):
    def h(a):
        (p,) = g(a)
        return (p * v[0]).sum()

    return h


def _two_2(g, v):
    def h(a, b):
        p, q = g(a, b)
        return (p * v[0]).sum() + (q * v[1]).sum()

    return h


def _two_3(g, v):
    def h(a, b, c):
        p, q, r = g(a, b, c)
        return (p * v[0]).sum() + (q * v[1]).sum() + (r * v[2]).sum()

    return h


TWO = {1: _two_1, 2: _two_2, 3: _two_3}


def test_every_definition_is_called():
    """By its full name, in a case; those of series are called for each basis, frozen distributions in tests of their own."""
    here = Path(__file__).parent
    files = (
        "cases.py",
        "scipy_cases.py",
        "image_cases.py",
        "sum_cases.py",
        "test_calls.py",
        "test_objects.py",
        "test_operators_and_blocks.py",
        "test_series.py",
    )
    text = "".join(
        (here / name).read_text() for name in (*files, "../rules/test_scipy_objects.py", "../programs/as_written.py")
    )
    elsewhere = ("series", "series_objects", "scipy_distributions")
    names = [f.__name__ for f, d in defined() if not d.__module__.endswith(elsewhere)]
    missing = [n for n in names if f"{n}(" not in text]
    assert not missing
