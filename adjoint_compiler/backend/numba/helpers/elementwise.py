"""Helpers that act on each element by itself: functions of numbers, which Numba broadcasts as it does ufuncs."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_absent, is_array

__all__ = [
    "base_logarithm", "cast_adjoint", "choose", "clip_share", "component_over_square", "divide_or_zero", "finite_share", "guarded", "guarded_as",
    "half_integer_power", "larger_share", "ldexp_or_inf", "let_through", "logaddexp_share", "plus", "power_base", "power_derivative",
    "power_partial_base",
    "power_partial_exponent", "reciprocal_or_inf", "sign_pullback", "sinc_partial", "smaller_share",
]  # fmt: skip

base_logarithm, component_over_square, divide_or_zero = (
    runtime.base_logarithm, runtime.component_over_square, runtime.divide_or_zero,
)  # fmt: skip
finite_share, guarded, half_integer_power = runtime.finite_share, runtime.guarded, runtime.half_integer_power
guarded_as, power_derivative = runtime.guarded_as, runtime.power_derivative
larger_share, smaller_share, let_through = runtime.larger_share, runtime.smaller_share, runtime.let_through
logaddexp_share, power_base, power_partial_base = (
    runtime.logaddexp_share,
    runtime.power_base,
    runtime.power_partial_base,
)
power_partial_exponent, reciprocal_or_inf = runtime.power_partial_exponent, runtime.reciprocal_or_inf
sign_pullback, sinc_partial, ldexp_or_inf = runtime.sign_pullback, runtime.sinc_partial, runtime.ldexp_or_inf
clip_share, cast_adjoint = runtime.clip_share, runtime.cast_adjoint


def _real(*given: Any) -> bool:
    """Whether no argument is complex."""
    kinds = (t.dtype if is_array(t) else t for t in given)
    return not any(isinstance(t, types.Complex) for t in kinds)


@compiled_as(guarded)
def _guarded(g: Any, c: Any) -> Any:
    if not is_array(g) and not is_array(c):
        if isinstance(c, types.Complex):
            return lambda g, c: c if g != 0 or (math.isfinite(c.real) and math.isfinite(c.imag)) else 0.0 * g
        return lambda g, c: c if abs(c) < math.inf or g != 0 else 0.0 * g  # quicker than to ask ``isfinite``
    zero = np.dtype(str(c.dtype if is_array(c) else c)).type(0)
    return lambda g, c: np.where((g == 0) & ~np.isfinite(c), zero, c)


@compiled_as(guarded_as)
def _guarded_as(g: Any, c: Any, p: Any, checked: Any) -> Any:
    return lambda g, c, p, checked: guarded(g, c)


@compiled_as(let_through)
def _let_through(g: Any, c: Any) -> Any:
    if not is_array(g) and not is_array(c):
        if isinstance(c, types.Complex):
            return lambda g, c: 0.0 if g == 0 and not np.isfinite(c) else 1.0
        return lambda g, c: 1.0 if abs(c) < math.inf or g != 0 else 0.0
    return lambda g, c: np.where((g == 0) & ~np.isfinite(c), 0.0, 1.0)


@numba.njit(inline="always")
def choose(condition: Any, x: Any, z: Any) -> Any:
    """``np.where`` of numbers.

    >>> choose(True, 1.0, 2.0)
    1.0
    """
    return x if condition else z


@numba.njit(fastmath={"reassoc"})
def plus(a: Any, b: Any) -> Any:
    """The sum of two numbers; several such sums may be taken in any order, so that they can be vectorized.

    >>> plus(1.0, 2.0)
    3.0
    """
    return a + b


# -- quotients and powers ----------------------------------------------------------------------------------------


@numba.vectorize
def _divide_or_zero_number(a: Any, b: Any) -> Any:
    return a / b if b != 0 else 0 * a / 1.0


@compiled_as(divide_or_zero)
def _divide_or_zero(a: Any, b: Any) -> Any:
    return lambda a, b: _divide_or_zero_number(a, b)


@compiled_as(reciprocal_or_inf)
def _reciprocal_or_inf(x: Any) -> Any:
    return lambda x: math.inf if x == 0 else 1 / x


@numba.vectorize
def _over_square_number(a: Any, b: Any) -> Any:
    length = np.hypot(a, b)
    return a / length / length if length != 0 else 0 * a / 1.0


@compiled_as(component_over_square)
def _component_over_square(a: Any, b: Any) -> Any:
    return lambda a, b: _over_square_number(a, b)


@compiled_as(ldexp_or_inf)
def _ldexp_or_inf(v: Any, n: Any) -> Any:
    return lambda v, n: v * 2.0**n


@compiled_as(power_base)
def _power_base(x: Any, z: Any) -> Any:
    return (lambda x, z: x) if _real(x, z) else None


@numba.vectorize
def _power_partial_base_number(x: Any, z: Any) -> Any:
    return z * x ** (z - 1.0) if z != 0 else 0.0 * x


@compiled_as(power_partial_base)
def _power_partial_base(x: Any, z: Any) -> Any:
    return (lambda x, z: _power_partial_base_number(x, z)) if _real(x, z) else None


@numba.njit
def derivative_of_power(x: Any, z: Any, n: Any, m: Any) -> Any:
    """The derivative of ``x**z``, ``n`` times in ``x`` and ``m`` times in ``z``: a polynomial in ``log(x)`` times a power.

    >>> derivative_of_power(4.0, 0.5, 2, 0)
    -0.03125
    """
    factors = np.zeros(m + 1)
    factors[m] = 1.0
    for j in range(n):
        for k in range(m + 1):
            factors[k] = (z - j) * factors[k] + ((k + 1) * factors[k + 1] if k < m else 0.0)
    if m and x == 0 and (n == 0 or z > n):
        return 0.0 * x
    total, power = 0.0 * x, x ** (z - float(n))
    for k in range(m + 1):
        if factors[k] != 0.0:
            total = factors[k] * power if k == 0 else total + factors[k] * power * np.log(x) ** k
    return total


@numba.vectorize
def _power_derivative_number(x: Any, z: Any, n: Any, m: Any) -> Any:
    return derivative_of_power(x, z, n, m)


@compiled_as(power_derivative)
def _power_derivative(x: Any, z: Any, n: Any, m: Any) -> Any:
    return (lambda x, z, n, m: _power_derivative_number(x * 1.0, z, n, m)) if _real(x, z) else None


@compiled_as(half_integer_power)
def _half_integer_power(x: Any, e: Any) -> Any:
    return (lambda x, e: (x + 0.0) ** e) if _real(x, e) else None


@numba.vectorize
def _power_partial_exponent_number(x: Any, z: Any, y: Any) -> Any:
    return y * np.log(x) if x != 0 else 0.0 * z


@compiled_as(power_partial_exponent)
def _power_partial_exponent(x: Any, z: Any, y: Any) -> Any:
    return (lambda x, z, y: _power_partial_exponent_number(x, 0.0, y)) if _real(x, z, y) else None


@numba.vectorize
def _logarithm_number(x: Any) -> Any:
    return np.log(x) if x != 0 else 0.0


@compiled_as(base_logarithm)
def _base_logarithm(x: Any, y: Any) -> Any:
    return (lambda x, y: _logarithm_number(x)) if _real(x, y) else None


@numba.vectorize
def _logaddexp_share_number(x: Any, z: Any) -> Any:
    return 1 / (1 + np.exp(z - x)) if x != z else 0.5


@compiled_as(logaddexp_share)
def _logaddexp_share(x: Any, z: Any) -> Any:
    return lambda x, z: _logaddexp_share_number(x, z)


@numba.vectorize
def _sinc_partial_number(x: Any) -> Any:
    u = x * np.pi
    if abs(u) < 0.5:
        s = u * u
        return np.pi * u * (-1 / 3 + s * (1 / 30 - s * (1 / 840 - s * (1 / 45360 - s * (1 / 3991680 - s / 518918400)))))
    return np.pi * (np.cos(u) - np.sin(u) / u) / u


@compiled_as(sinc_partial)
def _sinc_partial(x: Any, order: Any = 1) -> Any:
    if isinstance(order, types.Omitted) or order == 1:
        return lambda x, order=1: _sinc_partial_number(x)
    return lambda x, order=1: _sinc_derivative_number(x, order)


@numba.vectorize
def _sinc_derivative_number(x: Any, order: Any) -> Any:
    return derivative_of_sinc(x, order)


@numba.njit
def derivative_of_sinc(x: Any, order: Any) -> Any:
    """The derivative of ``np.sinc``, ``order`` times: a series near zero, else by the one before.

    >>> round(derivative_of_sinc(0.0, 2), 12) == round(-(np.pi**2) / 3, 12)
    True
    """
    u, out = x * np.pi, 0.0
    if abs(u) < order + 1:
        for k in range((order + 1) // 2, order + 20):
            scale = (-1.0) ** k / (2 * k + 1)
            for j in range(1, 2 * k - order + 1):
                scale /= j
            out += scale * u ** (2 * k - order)
    else:
        out = np.sin(u) / u
        for n in range(1, order + 1):
            out = (np.sin(u + n * np.pi / 2) - n * out) / u
    return np.pi**order * out


# -- shares at kinks ---------------------------------------------------------------------------------------------


@numba.vectorize
def _larger_share_number(v: Any, x: Any, z: Any) -> Any:
    return v / 2 if x == z else v * 1.0 if x > z or x != x else v * 0.0


@compiled_as(larger_share)
def _larger_share(v: Any, x: Any, z: Any) -> Any:
    return lambda v, x, z: _larger_share_number(v, x, z)


@compiled_as(smaller_share)
def _smaller_share(v: Any, x: Any, z: Any) -> Any:
    return lambda v, x, z: _larger_share_number(v, -x, -z)


@numba.vectorize
def _finite_share_number(v: Any, x: Any) -> Any:
    return v * 1.0 if np.isfinite(x) else 0.0


@compiled_as(finite_share)
def _finite_share(v: Any, x: Any) -> Any:
    return (lambda v, x: _finite_share_number(v, x)) if _real(v, x) else None


@compiled_as(sign_pullback)
def _sign_pullback(v: Any, x: Any) -> Any:
    if not _real(v, x):
        return None if is_array(v) or is_array(x) else _turned
    if is_array(v) or is_array(x):
        return lambda v, x: np.zeros_like(v * x)
    zero = np.float32(0.0) if str(v) == str(x) == "float32" else 0.0
    return lambda v, x: zero


def _turned(v: Any, x: Any) -> Any:
    """What a complex number receives from ``x / |x|``."""
    size = abs(x)
    if size == 0.0:
        return 0j
    turn = 1j * x / size
    return turn * (np.conj(v) * turn).real / size


@numba.vectorize
def _below_number(v: Any, x: Any, low: Any, high: Any) -> Any:
    return v * 1.0 if x <= low and not (x >= high or low >= high) else 0.0


@numba.vectorize
def _above_number(v: Any, x: Any, low: Any, high: Any) -> Any:
    return v * 1.0 if x >= high or low >= high else 0.0


@numba.vectorize
def _inside_number(v: Any, x: Any, low: Any, high: Any) -> Any:
    return 0.0 if x <= low or x >= high or low >= high else v * 1.0


@compiled_as(clip_share, prefer_literal=True)
def _clip_share(part: Any, v: Any, x: Any, a_min: Any, a_max: Any, low: Any = None, high: Any = None) -> Any:
    word = getattr(part, "literal_value", None)
    if not (is_absent(low) and is_absent(high)) or is_absent(a_min) or is_absent(a_max):
        return None
    if word == "inside":
        return lambda part, v, x, a_min, a_max, low=None, high=None: _inside_number(v, x, a_min, a_max)
    if word == "below":
        return lambda part, v, x, a_min, a_max, low=None, high=None: _below_number(v, x, a_min, a_max)
    if word == "above":
        return lambda part, v, x, a_min, a_max, low=None, high=None: _above_number(v, x, a_min, a_max)
    return None


@compiled_as(cast_adjoint)
def _cast_adjoint(g: Any, y: Any) -> Any:
    if _real(g, y) or not _real(y):
        return lambda g, y: g
    return lambda g, y: g.real
