"""Programs that the compiler once got wrong: one file per kind of mistake, named for what broke."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler.testing.gradcheck import check_grads, flatten


def check(f: Callable[..., Any], *args: Any) -> None:
    """The split form against differences; the joint form, with and without rewrites, against that."""
    check_grads(f, args, order=1, modes=("reverse",))
    y, pullback = ac.vjp(f, *copy.deepcopy(args))
    if not isinstance(y, (float, np.floating)):
        return
    bars = pullback(1.0)
    wrt = tuple(i for i, bar in enumerate(bars) if bar is not None)
    expected = flatten(tuple(bars[i] for i in wrt))[0]
    for optimize in (None, 0):
        found = flatten(ac.grad(f, wrt=wrt, optimize=optimize)(*copy.deepcopy(args)))[0]
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-14)


def vector(n: int, seed: int = 0) -> np.ndarray:
    """Numbers between 0.5 and 1.5."""
    return np.random.default_rng(seed).uniform(0.5, 1.5, n)
