"""Every structural rule on the forms of arrays that rules get wrong, from the cases that it is checked by.

The same numbers in Fortran order, with negative or with wide steps give the same contributions. Cut down to one element along each
axis, or to none along the first, a call that NumPy takes has contributions of the arguments' shapes, which agree with differences.
"""

from __future__ import annotations

import importlib
import warnings
from pathlib import Path

import numpy as np
import pytest

from adjoint_compiler.testing.gradcheck import _map
from adjoint_compiler.testing.rulecheck import LAYOUTS, _laid_out
from tests.rules.structural import CASES
from tests.rules.structural.checks import (
    bound,
    changes_result,
    chosen,
    contribution,
    differences,
    direction,
    inexact,
    is_open,
    pairing,
    run,
    shapes,
)

for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")

# Rules of which the layout of an argument is a part of the meaning.
BY_LAYOUT = ("numpy.lib.stride_tricks.as_strided", "adjoint_compiler.runtime.moving.strided")


def contributions(c, args, y=None):
    """What each differentiable argument receives, for one adjoint of the result."""
    env, given = bound(c.rule, args, c.kwargs), set(bound(c.rule, args, c.kwargs, defaults=False))
    y = run(c.rule, env, given) if y is None else y
    g = direction(y, 1)
    pullbacks = chosen(c.rule, args, c.kwargs)
    active = [
        p for p in c.rule.pullbacks if p in given and inexact(env[p]) and p in pullbacks and not is_open(pullbacks[p])
    ]
    return {p: contribution(c.rule, pullbacks, p, {**env, "y": y, "g": g}) for p in active}


def order_matters(c):
    return c.kwargs.get("order") in ("K", "A", "F") or any(a in ("K", "A") for a in c.args if isinstance(a, str))


def leaves(v):
    return [x for item in v for x in leaves(item)] if isinstance(v, (list, tuple)) else [v]


# What a call gives must not depend on the layout.
ANY_LAYOUT = [c for c in CASES if c.rule.name not in BY_LAYOUT and not order_matters(c)]


@pytest.mark.parametrize("c", ANY_LAYOUT, ids=[c.name for c in ANY_LAYOUT])
def test_layouts(c):
    with np.errstate(all="ignore"):
        wanted = contributions(c, c.args)
        for what, change in LAYOUTS:
            args = _map(c.args, lambda x, change=change: _laid_out(change, x) if inexact(x) else x)
            try:
                y = run(c.rule, bound(c.rule, args, c.kwargs), set(bound(c.rule, args, c.kwargs, defaults=False)))
            except ValueError as fault:
                assert "read-only" in str(fault)  # np.put_along_axis(a, i, v, None) of what does not lie in C order
                continue
            for p, found in contributions(c, args, y).items():
                for a, b in zip(leaves(found), leaves(wanted[p]), strict=True):
                    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9, err_msg=f"{p} {what}")


def cut(x, first):
    """One element along each axis, ``first`` of them along the first."""
    if type(x) is not np.ndarray or not inexact(x) or not x.ndim:
        return x
    return x[(slice(0, first), *(slice(0, 1) for _ in x.shape[1:]))].copy()


def called(c, first):
    """The arguments of a case cut down, and the result; None where there is nothing to cut, or NumPy takes no such call."""
    args = _map(c.args, lambda x: cut(x, first))
    env, given = bound(c.rule, args, c.kwargs), set(bound(c.rule, args, c.kwargs, defaults=False))
    if shapes(list(args)) == shapes(list(c.args)):
        return None
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            y = run(c.rule, env, given)
            chosen(c.rule, args, c.kwargs)
        except Exception:  # noqa: BLE001
            return None
    return args, env, given, y


# What raises where little is left: what is cut down is no call that NumPy takes, or has no derivative at any size.
RAISE = {
    "memory that is not shown": "as_strided strided",
    "factors that are not square": "cholesky_adjoint cholesky_tangent",
    "singular vectors without a singular value": "numpy.linalg.svd",
}
LEADING_AXIS_CUT = (
    "adjoint_compiler.runtime.broadcasting.spread_adjoint-0-0", "adjoint_compiler.runtime.reductions.merge_axes-0-0",
    "adjoint_compiler.runtime.reductions.split_axes-0-0",
)  # fmt: skip


def may_raise(c):
    return any(c.rule.name.endswith(word) for words in RAISE.values() for word in words.split())


SMALL = [(c, first) for first in (1, 0) for c in CASES if called(c, first) is not None]


def test_most_cases_can_be_cut():
    assert len(SMALL) > len(CASES) and len(ANY_LAYOUT) > 0.9 * len(CASES)


@pytest.mark.parametrize(("c", "first"), SMALL, ids=[f"{c.name}-{first}" for c, first in SMALL])
def test_few_elements(c, first):
    args, env, given, y = called(c, first)
    with np.errstate(all="ignore"):
        try:
            found = contributions(c, args, y)
        except (IndexError, ValueError):
            if may_raise(c):
                return
            raise
        g = direction(y, 1)
        for p, bar in found.items():
            if f"{c.name}-{first}" in LEADING_AXIS_CUT:
                continue
            assert shapes(bar) == shapes(env[p]), p
            if not changes_result(c.kwargs) and all(np.all(np.isfinite(v)) for v in leaves(y) if inexact(v)):
                d = direction(env[p], 3)
                slope = pairing(g, differences(c.rule, env, given, p, d))
                if np.isfinite(slope):
                    assert pairing(bar, d) == pytest.approx(slope, rel=1e-4, abs=1e-5), p
