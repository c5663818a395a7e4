"""Check the derivatives of a corpus program three ways: differences, complex step, joint against split form."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import numpy as np

import adjoint_compiler as ac

from . import Program
from .check_primals import arrays, floating, moved, outcome, weighted

STEPS = (1e-3, 1e-4, 1e-5, 1e-6)


def seeds(leaves: list[np.ndarray]) -> list[np.ndarray]:
    """The weights that `weighted` gives the outcome's leaves."""
    rng = np.random.default_rng(2)
    return [rng.standard_normal(leaf.shape) for leaf in leaves]


def like(value: Any, weights: list[np.ndarray]) -> Any:
    """`weights`, in order, in the structure of a result; what is not floating gets None."""
    if isinstance(value, dict):
        return {k: like(v, weights) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [like(v, weights) for v in value]
    if not floating(value):
        return None
    return weights.pop(0)


def direction(entry: Program) -> list[np.ndarray]:
    """The direction along which `moved` moves the arguments, as a list of leaves."""
    rng = np.random.default_rng(1)
    args = entry.example()
    out = []
    for position in entry.positions:
        for leaf in arrays(args[position]):
            if floating(leaf):
                out.append(rng.standard_normal(np.shape(leaf)))
    return out


def by_pullback(entry: Program, optimize: int | None = None) -> tuple[float, list[np.ndarray], Any]:
    """Directional derivative of the weighted outcome by the split form, the outcome's leaves, and all adjoints."""
    args = entry.example()
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y, pullback = ac.vjp(entry.function, *args, of=entry.of, optimize=optimize)
        leaves = [np.array(leaf) for leaf in arrays(y) if floating(leaf)]
        bars = pullback(like(y, seeds(leaves)))
        again = pullback(like(y, seeds(leaves)))
    for one, other in zip(arrays(list(bars)), arrays(list(again)), strict=True):
        if one is not None:
            np.testing.assert_array_equal(one, other, err_msg="the pullback is not re-entrant")
    return along(entry, bars), leaves, bars


def along(entry: Program, bars: Any) -> float:
    """The adjoints contracted with the direction."""
    total, directions = 0.0, direction(entry)
    for position in entry.positions:
        for leaf in arrays(bars[position]):
            if leaf is not None:
                total += float(np.sum(np.asarray(leaf) * directions.pop(0)))
    assert not directions, "an adjoint is missing"
    return total


def by_differences(entry: Program) -> tuple[float, float]:
    """The same by central differences with Richardson's extrapolation over a step grid: best value and its spread."""
    estimates = []
    for h in STEPS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            up, down = weighted(outcome(entry, moved(entry, h))), weighted(outcome(entry, moved(entry, -h)))
        estimates.append((up - down) / (2 * h))
    gaps = [abs(a - b) for a, b in zip(estimates, estimates[1:], strict=False)]
    k = int(np.argmin(gaps))
    return float(np.real(estimates[k + 1])), float(gaps[k])


def by_complex_step(entry: Program) -> float:
    """The same by the complex step, exact to rounding."""
    h = 1e-30
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(np.imag(weighted(outcome(entry, moved(entry, 1j * h)))) / h)


def scalarized_of(entry: Program) -> bool:
    """Whether `grad` applies directly: a real scalar result, or a mutated argument's sum."""
    if entry.of is not None:
        return True
    result = entry.function(*entry.example())
    return isinstance(result, (float, np.floating)) or (isinstance(result, np.ndarray) and result.ndim == 0)


def by_joint(entry: Program, optimize: int | None = None) -> Any:
    """Gradients by the joint form."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ac.grad(entry.function, wrt=entry.positions, of=entry.of, optimize=optimize)(*entry.example())


def by_unit_pullback(entry: Program) -> Any:
    """Gradients by the split form, seed one."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y, pullback = ac.vjp(entry.function, *entry.example(), of=entry.of)
        bars = pullback(np.ones_like(y) if isinstance(y, np.ndarray) else 1.0)
    return tuple(bars[p] for p in entry.positions)
