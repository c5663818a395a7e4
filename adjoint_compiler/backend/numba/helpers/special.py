"""Derivatives of the logarithm of the gamma function, at numbers."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.backend.numba.helpers.typed import compiled_as, is_number

__all__ = ["real_digamma", "real_polygamma"]

real_digamma, real_polygamma = runtime.real_digamma, runtime.real_polygamma


@numba.njit
def derivative_of_digamma(n: Any, x: Any) -> Any:
    """Derivative number ``n`` of the digamma function: an asymptotic series, further to the right than 12 (DLMF 5.15.8).

    >>> round(derivative_of_digamma(1, 1.0), 12) == round(np.pi**2 / 6, 12)
    True
    """
    if x == math.inf:
        return math.inf if n == 0 else 0.0
    if not x > -math.inf or x <= 0 and x == math.floor(x):
        return math.nan
    sign = 1.0 if n % 2 else -1.0
    reflected, factor = 0.0, 1.0
    if x < 0:  # by the reflection formula, of which derivatives are polynomials in the cotangent
        cotangent = 1.0 / math.tan(math.pi * (x - math.floor(x + 0.5)))
        p = np.zeros(n + 2)
        p[1] = 1.0
        for _ in range(n):
            slope = np.zeros(n + 2)
            for k in range(1, n + 2):
                slope[k - 1] -= math.pi * k * p[k]
                if k + 1 < n + 2:
                    slope[k + 1] -= math.pi * k * p[k]
            p = slope
        for k in range(n + 2):
            reflected -= math.pi * p[k] * cotangent**k
        factor, x = -sign, 1.0 - x
    factorial = 1.0
    for k in range(2, n + 1):
        factorial *= k
    shift = 0.0
    while x < n + 12:
        shift += factorial / x ** (n + 1)
        x += 1.0
    r = 1.0 / x
    bernoulli = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
    tail = r ** (n + 1) * factorial / 2
    for k in range(1, 9):
        scale = 1.0 / (2 * k) if n == 0 else 1.0  # (2 k + n - 1)! / (2 k)!
        for j in range(2 * k + 1, 2 * k + n):
            scale *= j
        tail += bernoulli[k - 1] * scale * r ** (2 * k + n)
    lead = -math.log(x) if n == 0 else factorial / n * r**n
    return reflected + factor * sign * (lead + tail + shift)


@compiled_as(real_digamma)
def _real_digamma(x: Any) -> Any:
    return (lambda x: derivative_of_digamma(0, x * 1.0)) if is_number(x) else None


@compiled_as(real_polygamma)
def _real_polygamma(n: Any, x: Any) -> Any:
    return (lambda n, x: derivative_of_digamma(n, x * 1.0)) if is_number(x) else None
