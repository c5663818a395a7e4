"""Helpers of emitted code for programs that use ``scipy.special``: partials that SciPy has no function for.

Most are families that contain their own derivatives: of order ``n``, of all orders.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = [
    "dawsn_slope",
    "erfcx_slope",
    "exp_integral",
    "exp_moment",
    "exp_share",
    "gammainc_by_order",
    "log_moment",
    "multidigamma",
    "orthogonal_polynomial",
    "ratio_or_zero",
    "reciprocal_gamma_slope",
    "spherical_bessel",
]


def ratio_or_zero(x: Any, z: Any) -> Any:
    """``x / z``, and zero where both are zero.

    >>> float(ratio_or_zero(0.0, 0.0)), float(ratio_or_zero(1.0, 0.0)), float(ratio_or_zero(1.0, 4.0))
    (0.0, inf, 0.25)
    """
    with np.errstate(all="ignore"):
        return np.divide(x, np.where(np.equal(x, 0) & np.equal(z, 0), 1, z))[()]


def exp_share(a: Any, y_: Any) -> Any:
    """``exp(a - y_)``: the part of ``exp(y_)`` that ``exp(a)`` is; one for equal ones, zero where both are ``-inf``.

    >>> float(exp_share(0.0, 0.0)), float(exp_share(-np.inf, -np.inf)), float(exp_share(np.inf, np.inf))
    (1.0, 0.0, 1.0)
    """
    with np.errstate(all="ignore"):
        share = np.exp(np.where(np.equal(a, y_), 0, np.subtract(a, y_)))
        return np.where(np.equal(a, -np.inf), np.zeros_like(share), share)[()]


def exp_moment(x: Any, n: int) -> Any:
    """The integral of ``s**n * exp(x * s)`` over ``s`` from 0 to 1: derivative number ``n`` of ``(exp(x) - 1) / x``.

    Integration by parts gives ``x * M(n) = exp(x) - n * M(n - 1)``; near zero, where that cancels, the Taylor
    series is summed.

    >>> float(exp_moment(0.0, 1)), round(float(exp_moment(1.0, 0)), 12)
    (0.5, 1.718281828459)
    """
    x = np.asarray(x)
    near = np.abs(x) < n + 2
    v, w = np.where(near, x, 0), np.where(near, 1, x)
    series, term = v * 0.0, v * 0.0 + 1.0
    for k in range(50):
        series = series + term / (k + n + 1)
        term = term * v / (k + 1)
    with np.errstate(all="ignore"):
        moment = np.expm1(w) / w
        for k in range(1, n + 1):
            moment = (np.exp(w) - k * moment) / w
        return np.where(near, series, moment)[()]


def log_moment(u: Any, n: int) -> Any:
    """The integral of ``s**n / (1 + u * s)**(n + 1)`` over ``s`` from 0 to 1; ``log1p(u) / u`` for ``n`` zero.

    It is ``(log1p(u) - sum(t**k / k for k = 1..n)) / u**(n + 1)`` with ``t = u / (1 + u)``; near zero, where
    that cancels, the series is summed.

    >>> float(log_moment(0.0, 0)), round(float(log_moment(1.0, 0)), 12)
    (1.0, 0.69314718056)
    """
    u = np.asarray(u)
    near = np.abs(u) < 0.5
    v, w = np.where(near, u, 0), np.where(near, 1, u)
    series, term = v * 0.0, v * 0.0 + 1.0
    for k in range(60 + 4 * n):
        series = series + term / (k + n + 1)
        term = -term * v * (n + k + 1) / (k + 1)
    with np.errstate(all="ignore"):
        t = w / (1 + w)
        closed = (np.log1p(w) - sum(t**k / k for k in range(1, n + 1))) / w ** (n + 1)
        return np.where(near, series, closed)[()]


def multidigamma(a: Any, d: int, n: int = 0) -> Any:
    """Derivative number ``n + 1`` of ``scipy.special.multigammaln(a, d)``: a sum of polygamma functions.

    >>> round(float(multidigamma(3.0, 1)), 12)
    0.922784335098
    """
    return sum(scipy.special.polygamma(n, a - 0.5 * j) for j in range(int(d)))


def gammainc_by_order(a: Any, x: Any) -> Any:
    """The derivative of ``scipy.special.gammainc(a, x)`` by ``a``, to about 1e-13 absolutely.

    ``gammainc(a, x)`` is the sum of ``t(k) = x**(a + k) * exp(-x) / gamma(a + k + 1)`` (DLMF 8.7.1), of which each
    term has the derivative ``t(k) * (log(x) - psi(a + k + 1))``. Terms far from the largest one are left out. It is zero where
    ``x`` is many deviations ``sqrt(a)`` away from ``a``, and nan near ``a`` where both are above 1e8: the terms are too many.

    >>> round(float(gammainc_by_order(1.0, 1.0)), 12)
    -0.431729710635
    """
    dtype = np.result_type(np.float32, *([v for v in (a, x) if hasattr(v, "dtype")] or [1.0, np.float64]))
    a, x = np.broadcast_arrays(np.asarray(a, float), np.asarray(x, float))
    with np.errstate(invalid="ignore"):
        far = np.abs(x - a) > 40 * np.sqrt(np.maximum(x, a)) + 800
    inside = (x > 0) & (a > 0) & ~far & (np.maximum(x, a) < 1e8)
    b, v = np.where(inside, a, 1.0), np.where(inside, x, 1.0)
    width = 12 * np.sqrt(v) + 60
    b = b + np.floor(np.maximum(v - b - width, 0.0))
    logarithm, psi = np.log(v), scipy.special.psi(b + 1)
    term = np.exp(b * logarithm - v - scipy.special.gammaln(b + 1))
    total = np.zeros_like(term)
    for _ in range(int(2 * np.max(width, initial=0.0)) + 60):
        total = total + term * (logarithm - psi)
        b = b + 1
        psi = psi + 1 / b
        term = term * v / b
    edge = np.where((a >= 0) & (x >= 0) & (far | (np.maximum(x, a) < 1e8) | np.isinf(a) | np.isinf(x)), 0.0, np.nan)
    return np.where(inside, total, edge).astype(dtype)[()]


def reciprocal_gamma_slope(x: Any) -> Any:
    """The derivative of ``1 / gamma(x)``, which is ``(-1)**n * n!`` at the poles ``x = -n`` of the gamma function.

    >>> float(reciprocal_gamma_slope(-2.0)), round(float(reciprocal_gamma_slope(1.0)), 12)
    (2.0, 0.577215664902)
    """
    with np.errstate(all="ignore"):
        pole = np.less_equal(np.real(x), 0) & np.equal(x, np.rint(np.real(x)))
        at_pole = np.where(np.equal(np.real(x) % 2, 0), 1.0, -1.0) * scipy.special.gamma(
            1 - np.where(pole, np.real(x), 0)
        )
        y = scipy.special.rgamma(x)
        plain = np.where(np.equal(y, 0) & ~pole, 0.0, -y * scipy.special.psi(x))
        return np.where(pole, at_pole, plain).astype(np.result_type(plain))[()]


def erfcx_slope(x: Any) -> Any:
    """``2 * x * erfcx(x) - 2 / sqrt(pi)``; for large ``x``, where that cancels, the asymptotic series (DLMF 7.12.1).

    >>> round(float(erfcx_slope(0.0)), 12), float(erfcx_slope(1e8)) < 0
    (-1.128379167096, True)
    """
    plain = 2 * x * scipy.special.erfcx(x) - 1.1283791670955126
    if np.iscomplexobj(plain):
        return plain
    far = np.greater(x, 30)
    r = 0.5 / np.square(np.where(far, x, 1))
    return np.where(far, -1.1283791670955126 * r * (1 - r * (3 - r * (15 - 105 * r))), plain)[()]


def dawsn_slope(x: Any) -> Any:
    """``1 - 2 * x * dawsn(x)``; for large ``x``, where that cancels, the asymptotic series (DLMF 7.12.1).

    >>> float(dawsn_slope(0.0)), round(1e16 * float(dawsn_slope(1e8)), 12)
    (1.0, -0.5)
    """
    plain = 1 - 2 * x * scipy.special.dawsn(x)
    if np.iscomplexobj(plain):
        return plain
    far = np.abs(x) > 30
    r = 0.5 / np.square(np.where(far, x, 1))
    return np.where(far, -r * (1 + r * (3 + r * (15 + 105 * r))), plain)[()]


def exp_integral(n: Any, x: Any) -> Any:
    """``scipy.special.expn(n, x)``, continued to negative ``n`` by the incomplete gamma function (DLMF 8.19.1).

    >>> round(float(exp_integral(-1, 1.0)), 12)
    0.735758882343
    """
    m = 1 - np.minimum(n, 0)
    with np.errstate(all="ignore"):
        below = scipy.special.gammaincc(m, x) * scipy.special.gamma(m) / np.power(x, m)
    return np.where(np.less(n, 0), below, scipy.special.expn(np.maximum(n, 0), x))[()]


def spherical_bessel(kind: str, n: Any, z: Any, order: int) -> Any:
    """A derivative of ``scipy.special.spherical_jn`` (``kind`` is ``jn``), of any order (DLMF 10.51).

    >>> round(float(spherical_bessel("jn", 0, 1.0, 1)), 12)
    -0.30116867894
    """
    if order == 0:
        return getattr(scipy.special, f"spherical_{kind}")(n, z)
    below = {"jn": 1, "yn": 1, "in": 1, "kn": -1}[kind]
    above = {"jn": -1, "yn": -1, "in": 1, "kn": -1}[kind]
    lower = spherical_bessel(kind, np.maximum(n - 1, 0), z, order - 1)
    upper = spherical_bessel(kind, n + 1, z, order - 1)
    return (below * n * lower + above * (n + 1) * upper) / (2 * n + 1)


def orthogonal_polynomial(family: str, n: Any, x: Any, order: int, a: Any = 0, b: Any = 0) -> Any:
    """A derivative by ``x`` of an orthogonal polynomial, of any order (DLMF 18.9.15 to 28).

    Where ``n`` is a whole number it is zero past the degree; functions of other ``n`` go on.

    >>> float(orthogonal_polynomial("legendre", 2, 0.5, 1)), float(orthogonal_polynomial("hermite", 2, 0.5, 3))
    (1.5, 0.0)
    """
    reflected, sign = {"legendre": (-n - 1, 1.0), "chebyt": (-n, 1.0), "chebyu": (-n - 2, -1.0)}.get(family, (n, 1.0))
    negative = np.less(n, 0) & (np.floor(n) == n)  # those degrees stand for others
    n, factor = np.where(negative, reflected, n)[()], np.where(negative, sign, 1.0)[()]
    found, m = family, n
    for _ in range(order):
        found, more, a, b = {
            "legendre": ("jacobi", 0.5 * (m + 1), 1, 1),
            "jacobi": ("jacobi", 0.5 * (m + a + b + 1), a + 1, b + 1),
            "gegenbauer": ("gegenbauer", 2.0 * a, a + 1, 0),
            "chebyt": ("chebyu", 1.0 * m, 0, 0),
            "chebyu": ("gegenbauer", 2.0, 2, 0),
            "hermite": ("hermite", 2.0 * m, 0, 0),
            "hermitenorm": ("hermitenorm", 1.0 * m, 0, 0),
            "laguerre": ("genlaguerre", -1.0, 1, 0),
            "genlaguerre": ("genlaguerre", -1.0, a + 1, 0),
        }[found]
        factor, m = factor * more, m - 1
    parameters = {"genlaguerre": (a,), "gegenbauer": (a,), "jacobi": (a, b)}.get(found, ())
    ends = (np.floor(n) == n) & np.less(m, 0) & np.greater_equal(n, 0)
    return np.where(
        ends, 0 * x, factor * getattr(scipy.special, f"eval_{found}")(np.where(ends, 0, m), *parameters, x)
    )[()]
