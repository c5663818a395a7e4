"""Helpers of emitted code: which operand receives an adjoint, at kinks and in sequences."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import divide_or_zero, unbroadcast

__all__ = [
    "clip_share",
    "each_gets",
    "finite_share",
    "index_of_largest",
    "index_of_smallest",
    "larger_share",
    "list_factors",
    "list_items",
    "pick_at",
    "share_at",
    "sign_pullback",
    "smaller_share",
    "stack_factors",
    "stack_items",
    "sum_items",
    "winner_share",
]

# -- shares at kinks -----------------------------------------------------------------------------------------


def sign_pullback(v: Any, x: Any) -> Any:
    """What ``x`` receives from ``np.sign(x)``: zero when real; of complex ``x`` what turns ``x / |x|``.

    >>> float(sign_pullback(2.0, 3.0)), complex(sign_pullback(2 + 6j, 2 + 0j))
    (0.0, 3j)
    """
    if not np.iscomplexobj(x):
        return np.zeros_like(np.asarray(v) * x)[()]
    turn = 1j * np.asarray(np.sign(x))
    return divide_or_zero(turn * (np.conj(v) * turn).real, np.absolute(x))


def larger_share(v: Any, x: Any, z: Any) -> Any:
    """``v`` where ``x > z`` or ``x`` is nan, half of it where both are equal, else zero.

    >>> larger_share(1.0, np.array([1.0, 2.0, 3.0]), 2.0)
    array([0. , 0.5, 1. ])
    """
    return winner_share(v, np.greater(x, z), np.less(x, z), x, z)


def smaller_share(v: Any, x: Any, z: Any) -> Any:
    """``v`` where ``x < z`` or ``x`` is nan, half of it where both are equal, else zero.

    >>> smaller_share(1.0, np.array([1.0, 2.0, 3.0]), 2.0)
    array([1. , 0.5, 0. ])
    """
    return winner_share(v, np.less(x, z), np.greater(x, z), x, z)


def winner_share(v: Any, wins: Any, loses: Any, x: Any, z: Any) -> Any:
    """``v`` where ``x`` wins over ``z``, or is nan; half of it where it neither wins nor loses, else zero.

    >>> x, z = np.array([1.0, 2.0]), np.array([2.0, 2.0])
    >>> winner_share(1.0, x < z, x > z, x, z)
    array([1. , 0.5])
    """
    if np.count_nonzero(wins) + np.count_nonzero(loses) == np.size(wins):  # no ties, no nan
        share = v * wins  # several times as quick as a choice of two numbers
        if math.isfinite(np.vdot(share, share).real):  # else something is not finite: zero times that is not zero
            return share
    return np.where(np.equal(x, z), v / 2, np.where(wins | np.not_equal(x, x), v, 0))[()]


def clip_share(part: str, v: Any, x: Any, a_min: Any, a_max: Any, low: Any = None, high: Any = None) -> Any:
    """``v`` where ``np.clip(x, a_min, a_max)`` is ``x`` ("inside") or a bound ("below", "above").

    Exactly one of the three holds at each place: strictly inside ``x``, at a bound the bound. ``low`` and
    ``high`` are the other spelling of the bounds.

    >>> x = np.array([-1.0, 0.0, 0.5, 1.0])
    >>> clip_share("inside", 1.0, x, 0.0, 1.0), clip_share("below", 1.0, x, 0.0, 1.0)
    (array([0., 0., 1., 0.]), array([1., 1., 0., 0.]))
    """
    lower = a_min if low is None else low
    upper = a_max if high is None else high
    below = False if lower is None else np.less_equal(x, lower)
    above = False if upper is None else np.greater_equal(x, upper)
    if lower is not None and upper is not None:
        above = np.logical_or(above, np.greater_equal(lower, upper))
    below = np.logical_and(below, np.logical_not(above))
    inside = np.logical_not(np.logical_or(below, above))
    return np.where({"inside": inside, "below": below, "above": above}[part], v, 0)[()]


def finite_share(v: Any, x: Any) -> Any:
    """``v`` where ``x`` is finite, else zero; real and imaginary parts each by themselves.

    >>> finite_share(np.array([1.0, 2.0]), np.array([np.inf, 5.0]))
    array([0., 2.])
    >>> complex(finite_share(1 + 2j, complex(0.0, np.inf)))
    (1+0j)
    """
    if not np.iscomplexobj(x):
        return np.where(np.isfinite(x), v, 0)[()]
    return finite_share(np.real(v), np.real(x)) + 1j * finite_share(np.imag(v), np.imag(x))


# -- sequences of numbers ------------------------------------------------------------------------------------


def each_gets(v: Any, items: Any) -> Any:
    """``v`` for each item, in the item's shape: the adjoint of a sum over a sequence.

    >>> each_gets(2.0, [1.0, 5.0])
    [2.0, 2.0]
    """
    if isinstance(items, np.ndarray):
        return np.broadcast_to(v, items.shape)
    return [unbroadcast(v, item) for item in items]


def sum_items(items: Any) -> Any:
    """The sum of a sequence's items.

    >>> sum_items([1.0, 2.0])
    3.0
    """
    return sum(items)


def index_of_largest(args: Any) -> int:
    """Which of its operands ``max(*args)`` returns: the first largest.

    >>> index_of_largest((1.0, 3.0, 3.0)), index_of_largest(([4.0, 2.0],))
    (1, 0)
    """
    items = args[0] if len(args) == 1 else args
    return max(range(len(items)), key=items.__getitem__)


def index_of_smallest(args: Any) -> int:
    """Which of its operands ``min(*args)`` returns: the first smallest.

    >>> index_of_smallest((1.0, 3.0, 1.0)), index_of_smallest(([4.0, 2.0],))
    (0, 1)
    """
    items = args[0] if len(args) == 1 else args
    return min(range(len(items)), key=items.__getitem__)


def share_at(v: Any, args: Any, place: int, at: int) -> Any:
    """What operand number ``place`` receives when ``v`` goes to number ``at``; a sequence gets one.

    >>> share_at(2.0, (5.0, 7.0), 0, 1), share_at(2.0, ([5.0, 7.0],), 0, 1)
    (0.0, [0.0, 2.0])
    """
    if len(args) > 1:
        return v if place == at else 0.0
    out = np.zeros_like(args[0]) if isinstance(args[0], np.ndarray) else [0.0] * len(args[0])
    out[at] = v
    return out


def pick_at(v: Any, args: Any, place: int, at: int) -> Any:
    """The adjoint of :func:`share_at` in ``v``.

    >>> pick_at(2.0, (5.0, 7.0), 0, 1), pick_at([1.0, 2.0], ([5.0, 7.0],), 0, 1)
    (0.0, 2.0)
    """
    if len(args) > 1:
        return v if place == at else 0.0
    return v[at]


def stack_items(items: Any) -> Any:
    """A sequence of numbers as an array.

    >>> stack_items([1.0, 2.0])
    array([1., 2.])
    """
    return np.asarray(items)


def list_items(v: Any, items: Any) -> Any:
    """The array ``v`` as a list where ``items`` is no array: the adjoint of :func:`stack_items`.

    >>> list_items(stack_items([1.0, 2.0]), [5.0, 7.0])
    [1.0, 2.0]
    """
    return v if isinstance(items, np.ndarray) else v.tolist()


def stack_factors(items: Any, y: Any) -> Any:
    """A sequence of factors, numbers or arrays, as an array of as many parts of the shape of their product ``y``.

    >>> stack_factors([2.0, np.array([3.0, 4.0])], np.zeros(2))
    array([[2., 2.],
           [3., 4.]])
    """
    shape = np.shape(y)
    if len(items) == 0:
        return np.zeros((0, *shape))
    return np.stack([np.broadcast_to(item, shape) for item in items])


def list_factors(v: Any, items: Any, y: Any) -> Any:
    """The parts of ``v`` for each item, in the item's shape: the adjoint of ``stack_factors(items, y)``.

    >>> list_factors(np.ones((2, 3)), [2.0, np.zeros(3)], np.zeros(3))
    [np.float64(3.0), array([1., 1., 1.])]
    """
    parts = [
        unbroadcast(part if np.iscomplexobj(item) else part.real, item) for part, item in zip(v, items, strict=True)
    ]
    if not isinstance(items, np.ndarray):
        return parts
    return np.stack(parts) if parts else np.zeros_like(items)
