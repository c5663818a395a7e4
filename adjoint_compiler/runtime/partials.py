"""Helpers of emitted code: partials that a plain expression gets wrong at an edge, and shares at kinks.

Each says in one line what it computes. None of them raises or warns: where a partial is infinite it is ``inf``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import divide_or_zero, unbroadcast

__all__ = [
    "base_logarithm",
    "clip_share",
    "component_over_square",
    "each_gets",
    "finite_share",
    "index_of_largest",
    "index_of_smallest",
    "larger_share",
    "ldexp_or_inf",
    "listed",
    "logaddexp_share",
    "pick_at",
    "power_base",
    "power_derivative",
    "power_partial_base",
    "power_partial_exponent",
    "real_digamma",
    "real_polygamma",
    "reciprocal_or_inf",
    "share_at",
    "sign_pullback",
    "sinc_partial",
    "smaller_share",
    "stacked",
    "total",
]

# -- quotients -------------------------------------------------------------------------------------------------


def reciprocal_or_inf(x: Any) -> Any:
    """``1 / x`` of a number, infinite where ``x`` is zero.

    >>> reciprocal_or_inf(4.0), reciprocal_or_inf(0.0)
    (0.25, inf)
    """
    return math.inf if x == 0 else 1 / x


def component_over_square(a: Any, b: Any) -> Any:
    """``a / (a**2 + b**2)``, and zero at the origin; the squares do not overflow.

    >>> float(component_over_square(3.0, 4.0)), float(component_over_square(1e200, 0.0))
    (0.12, 1e-200)
    """
    with np.errstate(all="ignore"):
        return divide_or_zero(divide_or_zero(a, np.hypot(a, b)), np.hypot(a, b))


def ldexp_or_inf(v: Any, n: Any) -> Any:
    """``v * 2**n``, infinite where it overflows.

    >>> float(ldexp_or_inf(0.75, 3)), float(ldexp_or_inf(-1.0, 2000))
    (6.0, -inf)
    """
    with np.errstate(all="ignore"):
        return np.ldexp(v, n)


# -- powers ----------------------------------------------------------------------------------------------------


def power_base(x: Any, z: Any) -> Any:
    """``x``, made complex where Python's ``x ** z`` is: a negative number to a fractional power.

    >>> power_base(-8.0, 1 / 3), power_base(-8.0, 3.0)
    ((-8+0j), -8.0)
    """
    python = type(x) in (int, float) and type(z) in (int, float)
    return complex(x) if python and x < 0 and z % 1 != 0 else x


def power_partial_base(x: Any, z: Any) -> Any:
    """``z * x**(z - 1)``: the derivative of ``x**z`` in ``x``; zero where ``z`` is zero, even at ``x`` zero.

    >>> power_partial_base(np.array([2.0, 0.0]), 3), float(power_partial_base(0.0, 0.5))
    (array([12.,  0.]), inf)
    """
    with np.errstate(all="ignore"):
        return np.where(np.equal(z, 0), 0.0, z * np.asarray(power_base(x, z)) ** (z - 1))[()]


def power_partial_exponent(x: Any, z: Any, y: Any) -> Any:
    """``y * log(x)``: the derivative of ``y = x**z`` in ``z``; zero where ``x`` is zero.

    >>> float(power_partial_exponent(1.0, 3.0, 1.0)), float(power_partial_exponent(0.0, 2.0, 0.0))
    (0.0, 0.0)
    """
    with np.errstate(all="ignore"):
        return np.where(np.equal(x, 0), 0.0, y * base_logarithm(x, y))[()]


def base_logarithm(x: Any, y: Any) -> Any:
    """``log(x)`` in the field of ``y`` (complex when that is), and zero where ``x`` is zero.

    >>> float(base_logarithm(1.0, 5.0)), float(base_logarithm(0.0, 0.0)), complex(base_logarithm(-1.0, 1j))
    (0.0, 0.0, 3.141592653589793j)
    """
    x = np.asarray(x) + 0j if np.iscomplexobj(y) else x
    zero = np.equal(x, 0)
    with np.errstate(all="ignore"):
        return np.where(zero, 0.0, np.log(np.where(zero, 1, x)))[()]


def power_derivative(x: Any, z: Any, n: int, m: int) -> Any:
    """The derivative of ``x**z``, ``n`` times in ``x`` and ``m`` times in ``z``.

    With ``L = log(x)``, a derivative in ``x`` takes ``x**e * p(L)`` to ``x**(e - 1) * (e * p(L) + p'(L))``. Terms with
    coefficient zero are dropped, and powers beat logarithms: at ``x`` zero, ``x**e * L**k`` is zero for ``e > 0``.

    >>> float(power_derivative(2.0, 3.0, 2, 0)), float(power_derivative(0.0, 1.0, 2, 0))
    (12.0, 0.0)
    """
    x = np.asarray(power_base(x, z))
    coefficients: list[Any] = [0.0] * m + [1.0]
    for j in range(n):
        slopes = [k * c for k, c in enumerate(coefficients)][1:] + [0.0]
        coefficients = [(z - j) * c + slope for c, slope in zip(coefficients, slopes, strict=True)]
    with np.errstate(all="ignore"):
        power = x ** (z - n)
        logarithm = np.log(x) if m else 1.0
        terms = [np.where(np.equal(c, 0), 0.0, c * power * logarithm**k) for k, c in enumerate(coefficients)]
        if m:
            vanishes = np.equal(x, 0) & (np.real(z) > n if n else True)
            return np.where(vanishes, 0.0, sum(terms))[()]
        return terms[0][()]


# -- functions of one number -----------------------------------------------------------------------------------


def logaddexp_share(x: Any, z: Any) -> Any:
    """``exp(x - logaddexp(x, z))``: the part of the result that comes from ``x``; half where both are equal.

    >>> float(logaddexp_share(0.0, 0.0)), float(logaddexp_share(-np.inf, -np.inf))
    (0.5, 0.5)
    """
    with np.errstate(all="ignore"):
        return (1 / (1 + np.exp(np.where(np.equal(x, z), 0.0, np.subtract(z, x)))))[()]


def sinc_partial(x: Any, order: int = 1) -> Any:
    """The derivative of ``np.sinc``, ``order`` times.

    With ``u = pi * x`` and ``f(u) = sin(u) / u``, differentiating ``u * f(u) = sin(u)`` n times gives
    ``u * f_n + n * f_(n-1) = sin(u + n * pi / 2)``; near zero, where that cancels, the Taylor series is summed.

    >>> float(sinc_partial(0.0)), float(sinc_partial(1.0))
    (0.0, -1.0)
    """
    u = np.asarray(x) * math.pi
    near = np.abs(u) < order + 1
    v, w = np.where(near, u, 0.0), np.where(near, 1.0, u)
    series = v * 0.0
    for k in range((order + 1) // 2, order + 20):
        scale = math.factorial(2 * k) / (math.factorial(2 * k - order) * math.factorial(2 * k + 1))
        series = series + (-1) ** k * scale * v ** (2 * k - order)
    f = np.sin(w) / w
    for n in range(1, order + 1):
        f = (np.sin(w + n * math.pi / 2) - n * f) / w
    return (math.pi**order * np.where(near, series, f))[()]


def real_digamma(x: float) -> float:
    """The derivative of ``math.lgamma`` at a number.

    >>> round(real_digamma(1.0), 12)
    -0.577215664902
    """
    return real_polygamma(0, x)


def real_polygamma(n: int, x: float) -> float:
    """Derivative number ``n`` of the digamma function at a number; ``nan`` at its poles.

    Reflection, recurrence and asymptotic series are 6.4.7, 6.4.6 and 6.4.11 (6.3.18 for n = 0) of Abramowitz and
    Stegun, Handbook of Mathematical Functions, 1964.

    >>> round(real_polygamma(1, 1.0), 12), round(real_polygamma(0, -0.5), 12)
    (1.644934066848, 0.03648997398)
    """
    if x == math.inf:
        return math.inf if n == 0 else 0.0
    if x != x or x <= 0 and x == math.floor(max(x, -1e300)):
        return math.nan
    sign = 1 if n % 2 else -1
    if x < 0:
        cotangent = 1 / math.tan(math.pi * (x - round(x)))
        p = [0.0, 1.0]  # d^n cot(pi x) / dx^n as a polynomial in cot(pi x), whose derivative is -pi (1 + cot^2)
        for _ in range(n):
            slope = [k * c for k, c in enumerate(p)][1:]
            p = [-math.pi * (a + b) for a, b in zip([*slope, 0.0, 0.0], [0.0, 0.0, *slope], strict=True)]
        return -sign * real_polygamma(n, 1 - x) - math.pi * sum(c * cotangent**k for k, c in enumerate(p))
    shift = 0.0
    while x < n + 12:
        term = float(math.factorial(n))
        for _ in range(n + 1):
            term /= x
        shift += term
        x += 1
    r = 1 / x
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    tail = r ** (n + 1) * math.factorial(n) / 2
    for k, b in enumerate(bernoulli, 1):
        tail += b * math.factorial(2 * k + n - 1) / math.factorial(2 * k) * r ** (2 * k + n)
    lead = -math.log(x) if n == 0 else math.factorial(n - 1) * r**n
    return sign * (lead + tail + shift)


def sign_pullback(v: Any, x: Any) -> Any:
    """What ``x`` receives from ``np.sign(x)``: zero when real; when complex, the part of ``v`` that turns ``x / |x|``.

    >>> float(sign_pullback(2.0, 3.0)), complex(sign_pullback(2 + 6j, 2 + 0j))
    (0.0, 3j)
    """
    if not np.iscomplexobj(x):
        return np.zeros_like(np.asarray(v) * x)[()]
    turn = 1j * np.asarray(np.sign(x))
    return divide_or_zero(turn * (np.conj(v) * turn).real, np.absolute(x))


# -- shares at kinks -------------------------------------------------------------------------------------------


def larger_share(v: Any, x: Any, z: Any) -> Any:
    """``v`` where ``x > z`` or ``x`` is nan, half of it where both are equal, else zero.

    >>> larger_share(1.0, np.array([1.0, 2.0, 3.0]), 2.0)
    array([0. , 0.5, 1. ])
    """
    return np.where(np.equal(x, z), v / 2, np.where(np.greater(x, z) | np.not_equal(x, x), v, 0))[()]


def smaller_share(v: Any, x: Any, z: Any) -> Any:
    """``v`` where ``x < z`` or ``x`` is nan, half of it where both are equal, else zero.

    >>> smaller_share(1.0, np.array([1.0, 2.0, 3.0]), 2.0)
    array([1. , 0.5, 0. ])
    """
    return np.where(np.equal(x, z), v / 2, np.where(np.less(x, z) | np.not_equal(x, x), v, 0))[()]


def clip_share(part: str, v: Any, x: Any, a_min: Any, a_max: Any, low: Any = None, high: Any = None) -> Any:
    """``v`` where ``np.clip(x, a_min, a_max)`` is ``x`` ("inside"), the lower ("below") or upper bound ("above").

    Exactly one of the three holds at each place: strictly inside ``x``, at a bound the bound. ``low`` and ``high``
    are the other spelling of the bounds.

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

    >>> finite_share(np.array([1.0, 2.0]), np.array([np.inf, 5.0])), complex(finite_share(1 + 2j, complex(0.0, np.inf)))
    (array([0., 2.]), (1+0j))
    """
    if not np.iscomplexobj(x):
        return np.where(np.isfinite(x), v, 0)[()]
    return finite_share(np.real(v), np.real(x)) + 1j * finite_share(np.imag(v), np.imag(x))


# -- sequences of numbers --------------------------------------------------------------------------------------


def each_gets(v: Any, items: Any) -> Any:
    """``v`` for each item, in the item's shape: the adjoint of a sum over a sequence.

    >>> each_gets(2.0, [1.0, 5.0])
    [2.0, 2.0]
    """
    if isinstance(items, np.ndarray):
        return np.broadcast_to(v, items.shape)
    return [unbroadcast(v, item) for item in items]


def total(items: Any) -> Any:
    """The sum of a sequence's items.

    >>> total([1.0, 2.0])
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
    """What operand number ``place`` receives when ``v`` goes to number ``at``; a lone sequence gets a sequence.

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


def stacked(items: Any) -> Any:
    """A sequence of numbers as an array.

    >>> stacked([1.0, 2.0])
    array([1., 2.])
    """
    return np.asarray(items)


def listed(v: Any, items: Any) -> Any:
    """The array ``v`` as a list where ``items`` is no array: the adjoint of :func:`stacked`.

    >>> listed(stacked([1.0, 2.0]), [5.0, 7.0])
    [1.0, 2.0]
    """
    return v if isinstance(items, np.ndarray) else v.tolist()
