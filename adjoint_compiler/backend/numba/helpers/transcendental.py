"""Exponentials, logarithms and hyperbolic tangents without branches and calls: LLVM vectorizes loops over them.

The error of exponentials and logarithms is about one unit in the last place, that of tangents less than three. Range
reduction and logarithm are those of Sun's fdlibm (``e_exp.c``, ``e_log.c``), the polynomial of the exponential is
Taylor's, of degree 13.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba import types

from adjoint_compiler.backend.numba.helpers.typed import inlined

__all__ = ["exp_of", "log_of", "tanh_of"]

LOG2E = 1.4426950408889634
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
ROUNDS = 6755399441055744.0  # 1.5 * 2**52: added to a number and taken off again, it leaves a whole number
ROUNDS_BITS = 4843621399236968448
ONE_BITS = 4607182418800017408
SQRT_HALF_BITS = 4604544271217802189
LEAST_NORMAL = 2.2250738585072014e-308


@inlined
def bits_of(context: Any, x: Any) -> Any:
    """The bits of a float as a whole number."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(types.int64))

    return types.int64(types.float64), generate


@inlined
def from_bits(context: Any, n: Any) -> Any:
    """The float that has the bits of a whole number."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], context.get_value_type(types.float64))

    return types.float64(types.int64), generate


@numba.njit(error_model="numpy", fastmath={"contract"})
def less_one(r: Any) -> Any:
    """``np.expm1`` of a float of size at most log(2) / 2.

    >>> float(less_one(1e-20))
    1e-20
    """
    s = r * r
    s2 = s * s
    p = (1 / 2 + r * (1 / 6)) + s * (1 / 24 + r * (1 / 120))
    q = (1 / 720 + r * (1 / 5040)) + s * (1 / 40320 + r * (1 / 362880))
    t = (1 / 3628800 + r * (1 / 39916800)) + s * (1 / 479001600 + r * (1 / 6227020800))
    return r + s * (p + s2 * (q + s2 * t))


@numba.njit(error_model="numpy", fastmath={"contract"})
def exp_of(x: Any) -> Any:
    """``np.exp`` of a float.

    >>> round(float(exp_of(1.0)), 12), float(exp_of(-800.0)), float(exp_of(800.0)), float(exp_of(np.nan))
    (2.718281828459, 0.0, inf, nan)
    """
    clipped = x if x < 710.0 else 710.0
    clipped = clipped if clipped > -746.0 else -746.0
    shifted = clipped * LOG2E + ROUNDS
    whole = shifted - ROUNDS
    k = bits_of(shifted) - ROUNDS_BITS
    r = clipped - whole * LN2_HIGH
    r = r - whole * LN2_LOW
    y = 1.0 + less_one(r)
    half = k >> 1
    y = y * from_bits(ONE_BITS + (half << 52)) * from_bits(ONE_BITS + ((k - half) << 52))
    return y if x == x else x


@numba.njit(error_model="numpy", fastmath={"contract"})
def log_of(x: Any) -> Any:
    """``np.log`` of a float.

    >>> round(float(log_of(10.0)), 12), float(log_of(0.0)), float(log_of(-1.0)), round(float(log_of(5e-324)), 9)
    (2.302585092994, -inf, nan, -744.440071921)
    """
    small = x < LEAST_NORMAL
    scaled = x * 18014398509481984.0 if small else x  # 2**54
    bits = bits_of(scaled)
    k = (bits - SQRT_HALF_BITS) >> 52
    f = from_bits(bits - (k << 52)) - 1.0
    e = float(k) - (54.0 if small else 0.0)
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    odd = z * (
        0.6666666666666735130 + w * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591))
    )
    half = 0.5 * f * f
    y = e * LN2_HIGH - ((half - (s * (half + even + odd) + e * LN2_LOW)) - f)
    y = y if x < np.inf else x
    y = y if x > 0.0 else np.nan
    y = y if x != 0.0 else -np.inf
    return y if x == x else x


@numba.njit(error_model="numpy", fastmath={"contract"})
def tanh_of(x: Any) -> Any:
    """``np.tanh`` of a float.

    >>> round(float(tanh_of(0.5)), 12), float(tanh_of(-1e3)), float(tanh_of(-0.0))
    (0.46211715726, -1.0, -0.0)
    """
    size = abs(x)
    size = size if size < 22.0 else 22.0
    shifted = 2.0 * size * LOG2E + ROUNDS
    whole = shifted - ROUNDS
    power = from_bits(ONE_BITS + ((bits_of(shifted) - ROUNDS_BITS) << 52))
    r = 2.0 * size - whole * LN2_HIGH
    r = r - whole * LN2_LOW
    p = power * less_one(r) + (power - 1.0)  # exp(2 |x|) - 1
    y = p / (p + 2.0)
    y = y if x > 0.0 else -y
    y = y if x != 0.0 else x  # which may be -0.0
    return y if x == x else x
