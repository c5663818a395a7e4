"""Forward mode of every program of the corpus: <weights, J v> is <J^T weights, v>, and the value is the program's own."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of
from tests.sampling import sampled

from . import Program, all_programs
from .check_primals import arrays, floating
from .checking import by_pullback, direction, seeds

PROGRAMS = [p for p in all_programs() if p.raises is None]


def tangents_of(entry: Program) -> tuple[Any, ...]:
    """The direction of the corpus in the structure of the arguments; None for those that are not differentiated by."""
    args, left = entry.example(), direction(entry)
    found = {k: like_argument(args[k], left) for k in entry.positions}
    return tuple(found.get(k) for k in range(len(args)))


def like_argument(value: Any, left: list[np.ndarray]) -> Any:
    if hasattr(value, "__dict__") and not isinstance(value, (np.ndarray, np.generic)):
        out = object.__new__(type(value))
        for name, item in vars(value).items():
            object.__setattr__(out, name, like_argument(item, left))
        return out
    if isinstance(value, dict):
        return {k: like_argument(v, left) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [like_argument(v, left) for v in value]
    return left.pop(0) if floating(value) else None


@pytest.mark.parametrize("entry", sampled(PROGRAMS, 4, start=1), ids=lambda p: p.id)
def test_tangent_pairs_with_the_adjoint(entry):
    expected, _, _ = by_pullback(entry)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        args = entry.example()
        before = [np.array(a) for a in arrays(list(args)) if isinstance(a, np.ndarray)]
        y, y_dot = forward_of(entry.function, None, None).call(args, tangents_of(entry), {}, of=entry.of)
        after = [a for a in arrays(list(args)) if isinstance(a, np.ndarray)]
    for a, b in zip(before, after, strict=True):
        np.testing.assert_array_equal(a, b, err_msg="an argument was changed")
    leaves = [np.array(leaf) for leaf in arrays(y) if floating(leaf)]
    dots = [d for d in arrays(y_dot) if d is not None]
    assert [np.shape(d) for d in dots] == [leaf.shape for leaf in leaves]
    found = sum(float(np.real(np.sum(np.conj(w) * d))) for w, d in zip(seeds(leaves), dots, strict=True))
    assert found == pytest.approx(expected, rel=1e-10, abs=1e-11)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, _ = ac.vjp(entry.function, *entry.example(), of=entry.of)
    for a, b in zip(arrays(y), arrays(plain), strict=True):
        np.testing.assert_array_equal(a, b)
