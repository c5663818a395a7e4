"""Helpers of emitted code: partials that a plain expression gets wrong at an edge.

Each says in one line what it computes. None of them raises or warns: where a partial is infinite it is
``inf``.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from adjoint_compiler.runtime.broadcasting import divide_or_zero

__all__ = [
    "bessel_i",
    "base_logarithm",
    "component_over_square",
    "half_integer_power",
    "ldexp_or_inf",
    "logaddexp_share",
    "power_base",
    "power_derivative",
    "power_partial_base",
    "power_partial_exponent",
    "real_digamma",
    "real_polygamma",
    "reciprocal_or_inf",
    "sinc_partial",
]

# -- quotients -----------------------------------------------------------------------------------------------


def reciprocal_or_inf(x: Any) -> Any:
    """``1 / x`` of a number, infinite where ``x`` is zero.

    >>> reciprocal_or_inf(4.0), reciprocal_or_inf(0.0)
    (0.25, inf)
    """
    return math.inf if x == 0 else 1 / x


def component_over_square(a: Any, b: Any) -> Any:
    """``a / (a**2 + b**2)``, and zero at the origin and at infinity; the squares do not overflow.

    >>> float(component_over_square(3.0, 4.0)), float(component_over_square(1e200, 0.0))
    (0.12, 1e-200)
    """
    with np.errstate(all="ignore"):
        r = np.hypot(a, b)
        return np.where(np.isinf(r), np.zeros_like(r), divide_or_zero(divide_or_zero(a, r), r))[()]


def ldexp_or_inf(v: Any, n: Any) -> Any:
    """``v * 2**n``, infinite where it overflows.

    >>> float(ldexp_or_inf(0.75, 3)), float(ldexp_or_inf(-1.0, 2000))
    (6.0, -inf)
    """
    with np.errstate(all="ignore"):
        return np.ldexp(v, n)


# -- powers --------------------------------------------------------------------------------------------------


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
        if type(z) is float and z and isinstance(x, (np.ndarray, np.float64)) and x.dtype.kind == "f":
            return z * (x ** (z - 1) if z % 1 != 0.5 or abs(z) > 4 else half_integer_power(x, z - 1))
        power = np.asarray(power_base(x, z)) ** (z - 1)
        return np.where(np.equal(z, 0) | np.isinf(z) & np.equal(power, 0), 0.0, z * power)[()]


def half_integer_power(x: Any, e: float) -> Any:
    """``x**e`` for an exponent halfway between two small integers: a square root takes a fraction of a power's time.

    >>> half_integer_power(np.array([4.0, 0.0, -0.0]), -1.5)
    array([0.125,   inf,   inf])
    """
    x = x + 0.0  # no negative zero, whose root is one, too
    root = np.sqrt(x)
    for _ in range(int(abs(e))):
        root = root * x
    return 1 / root if e < 0 else root


def power_partial_exponent(x: Any, z: Any, y: Any) -> Any:
    """``y * log(x)``: the derivative of ``y = x**z`` in ``z``; zero where ``x`` or ``y`` is zero.

    >>> float(power_partial_exponent(1.0, 3.0, 1.0)), float(power_partial_exponent(0.0, 2.0, 0.0))
    (0.0, 0.0)
    """
    with np.errstate(all="ignore"):
        return np.where(np.equal(x, 0) | np.equal(y, 0), 0.0, y * base_logarithm(x, y))[()]


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

    With ``L = log(x)``, a derivative in ``x`` takes ``x**e * p(L)`` to ``x**(e - 1) * (e * p(L) + p'(L))``.
    Terms with coefficient zero are dropped, and powers beat logarithms: at ``x`` zero, ``x**e * L**k`` is
    zero for ``e > 0``.

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


# -- functions of one number ---------------------------------------------------------------------------------


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
    ``u * f_n + n * f_(n-1) = sin(u + n * pi / 2)``; near zero, where that cancels, the Taylor series is
    summed.

    >>> float(sinc_partial(0.0)), float(sinc_partial(1.0))
    (0.0, -1.0)
    """
    half = np.result_type(x) == np.float16
    u = np.asarray(x, np.float32 if half else None) * math.pi  # powers leave the range of half precision
    near = np.abs(u) < order + 1
    v, w = np.where(near, u, 0.0), np.where(near, 1.0, u)
    series = v * 0.0
    for k in range((order + 1) // 2, order + 20):
        scale = math.factorial(2 * k) / (math.factorial(2 * k - order) * math.factorial(2 * k + 1))
        series = series + (-1) ** k * scale * v ** (2 * k - order)
    f = np.sin(w) / w
    for n in range(1, order + 1):
        f = (np.sin(w + n * math.pi / 2) - n * f) / w
    out = math.pi**order * np.where(near, series, f)
    return (out.astype(np.float16) if half else out)[()]


def real_digamma(x: float) -> float:
    """The derivative of ``math.lgamma`` at a number.

    >>> round(real_digamma(1.0), 12)
    -0.577215664902
    """
    return real_polygamma(0, x)


def real_polygamma(n: int, x: float) -> float:
    """Derivative number ``n`` of the digamma function at a number; ``nan`` at its poles.

    Reflection, recurrence and asymptotic series are 6.4.7, 6.4.6 and 6.4.11 (6.3.18 for n = 0) of Abramowitz
    and Stegun, Handbook of Mathematical Functions, 1964.

    >>> round(real_polygamma(1, 1.0), 12), round(real_polygamma(0, -0.5), 12)
    (1.644934066848, 0.036489973979)
    """
    x = float(x)  # which may be an array without axes, that is not to change
    if x == math.inf:
        return math.inf if n == 0 else 0.0
    if not x > -math.inf or x <= 0 and x == math.floor(x):
        return math.nan
    sign = 1 if n % 2 else -1
    if x < 0:
        cotangent = 1 / math.tan(math.pi * (x - round(x)))
        # d^n cot(pi x) / dx^n is a polynomial in c = cot(pi x), and c has derivative -pi (1 + c^2)
        p = [0.0, 1.0]
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


def bessel_i(n: int, x: Any) -> Any:
    """The modified Bessel function of the first kind of whole order ``n``.

    The trapezoidal rule for its integral over a period, which converges faster than any power (Abramowitz and Stegun, 9.6.19).

    >>> float(np.round(bessel_i(0, 1.0), 12)), float(np.round(bessel_i(1, 1.0), 12))
    (1.266065877752, 0.565159103992)
    """
    x = np.asarray(x)
    real = x.astype(np.result_type(x, np.float64))
    count = 32 + int(8 * np.sqrt(np.max(np.abs(real), initial=0.0)))
    angles = np.pi * (np.arange(count) + 0.5) / count
    out = np.mean(np.exp(real[..., None] * np.cos(angles)) * np.cos(n * angles), axis=-1)
    return out.astype(np.result_type(x, 0.0))[()] if x.dtype.kind == "f" else out[()]
