"""Definitions for the bases of numpy.polynomial: what is made of the basis polynomials, of products and of fits."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines
from adjoint_compiler.library.numpy_linalg import lstsq
from adjoint_compiler.runtime import machine_epsilon, series_value, valued

BASES = {
    "poly": "polynomial", "cheb": "chebyshev", "leg": "legendre", "herm": "hermite", "herme": "hermite_e", "lag": "laguerre",
}  # fmt: skip


def define_products(home: Any, base: str, prefix: str) -> None:
    """Powers, series with given roots, and companion matrices."""
    mul, line = getattr(home, f"{base}mul"), getattr(home, f"{base}line")
    power_name, roots_name, companion_name = (f"{prefix}{n}" for n in ("pow", "fromroots", "companion"))

    @defines(getattr(home, f"{base}pow"))
    def power(c: Any, pow: Any) -> Any:
        if pow == 0:
            return np.ones_like(c[:1])
        out = np.asarray(c)
        for _ in range(1, pow):
            out = mul(out, c)
        return valued(out, series_value(power_name, (c, pow)))

    @defines(getattr(home, f"{base}fromroots"))
    def from_roots(roots: Any) -> Any:
        if len(roots) == 0:
            return np.ones(1)
        out = line(-roots[0], 1.0)
        for k in range(1, len(roots)):
            out = mul(out, line(-roots[k], 1.0))
        return valued(out, series_value(roots_name, (roots,)))

    @defines(getattr(home, f"{base}companion"))
    def companion(c: Any) -> Any:
        last = np.zeros(len(c))
        last[-1] = 1.0
        plain = series_value(companion_name, (last,))
        weights = (series_value(companion_name, (np.ones(len(c)),)) - plain)[:, -1]
        series = np.asarray(c)
        out = np.zeros((len(c) - 1, len(c) - 1), np.result_type(series, 1.0))
        out[:, -1] = weights * (series[:-1] / series[-1])
        return valued(out + plain, series_value(companion_name, (c,)))


def define_quotients(home: Any, base: str, prefix: str) -> None:
    """Long division, and roots as the eigenvalues of the companion matrix."""
    mul, companion = getattr(home, f"{base}mul"), getattr(home, f"{base}companion")
    quotient_name, roots_name = f"{prefix}div", f"{prefix}roots"

    @defines(getattr(home, f"{base}div"))
    def divide(c1: Any, c2: Any) -> Any:
        rest = np.asarray(c1)
        below = np.asarray(c2)
        found = series_value(quotient_name, (c1, c2))
        steps = len(rest) - len(below)
        if steps < 0:
            return valued(rest[:1] * 0, found[0]), valued(rest, found[1])
        if len(below) == 1:
            return valued(rest / below[-1], found[0]), valued(rest[:1] * 0, found[1])
        parts = []
        for k in range(steps, -1, -1):
            unit = np.zeros(k + 1)
            unit[-1] = 1.0
            product = mul(unit, below)
            part = rest[-1] / product[-1]
            parts.append(part)
            rest = rest[:-1] - part * product[:-1]
        return valued(np.stack(parts)[::-1], found[0]), valued(rest[: len(found[1])], found[1])

    @defines(getattr(home, f"{base}roots"))
    def roots(c: Any) -> Any:
        if len(c) < 2:
            return np.zeros(0, np.result_type(np.asarray(c), 1.0))
        found = np.sort(np.linalg.eigvals(companion(np.asarray(c))[::-1, ::-1]))
        return valued(found, series_value(roots_name, (c,)))


def define_values(home: Any, base: str, prefix: str) -> None:
    """Series in two and three variables, by the basis polynomials at the points."""
    vander = getattr(home, f"{base}vander")
    names = {n: f"{prefix}{n}" for n in ("val2d", "val3d", "grid2d", "grid3d")}
    val2d_name, val3d_name, grid2d_name, grid3d_name = names.values()

    @defines(getattr(home, f"{base}val2d"))
    def value_2d(x: Any, y: Any, c: Any) -> Any:
        both = vander(x, c.shape[0] - 1)[..., :, None] * vander(y, c.shape[1] - 1)[..., None, :]
        return valued(np.sum(both * c, axis=(-2, -1)), series_value(val2d_name, (x, y, c)))

    @defines(getattr(home, f"{base}val3d"))
    def value_3d(x: Any, y: Any, z: Any, c: Any) -> Any:
        both = vander(x, c.shape[0] - 1)[..., :, None] * vander(y, c.shape[1] - 1)[..., None, :]
        every = both[..., None] * vander(z, c.shape[2] - 1)[..., None, None, :]
        return valued(np.sum(every * c, axis=(-3, -2, -1)), series_value(val3d_name, (x, y, z, c)))

    @defines(getattr(home, f"{base}grid2d"))
    def grid_2d(x: Any, y: Any, c: Any) -> Any:
        i = vander(np.ravel(x), c.shape[0] - 1)
        sums = np.einsum("ai,bj,ij->ab", i, vander(np.ravel(y), c.shape[1] - 1), c)
        return valued(np.reshape(sums, np.shape(x) + np.shape(y)), series_value(grid2d_name, (x, y, c)))

    @defines(getattr(home, f"{base}grid3d"))
    def grid_3d(x: Any, y: Any, z: Any, c: Any) -> Any:
        i = vander(np.ravel(x), c.shape[0] - 1)
        j = vander(np.ravel(y), c.shape[1] - 1)
        sums = np.einsum("ai,bj,dk,ijk->abd", i, j, vander(np.ravel(z), c.shape[2] - 1), c)
        return valued(
            np.reshape(sums, np.shape(x) + np.shape(y) + np.shape(z)), series_value(grid3d_name, (x, y, z, c))
        )

    @defines(getattr(home, f"{base}vander2d"))
    def vander_2d(x: Any, y: Any, deg: Any) -> Any:
        both = vander(x, deg[0])[..., :, None] * vander(y, deg[1])[..., None, :]
        return np.reshape(both, np.shape(x) + (-1,))

    @defines(getattr(home, f"{base}vander3d"))
    def vander_3d(x: Any, y: Any, z: Any, deg: Any) -> Any:
        both = vander(x, deg[0])[..., :, None] * vander(y, deg[1])[..., None, :]
        return np.reshape(both[..., None] * vander(z, deg[2])[..., None, None, :], np.shape(x) + (-1,))


def define_calculus(home: Any, base: str, prefix: str) -> None:
    """Derivatives and integrals with a scale, a lower bound and constants; series at places that belong to them."""
    value, derivative, integral = (getattr(home, base + n) for n in ("val", "der", "int"))
    integral_name = f"{prefix}int"

    @defines(derivative)
    def slope(c: Any, m: Any = 1, scl: Any = 1, axis: Any = 0) -> Any:
        check_one(c)
        out = np.asarray(c) * 1.0
        for _ in range(m):
            out = derivative(out * scl)
        return out

    @defines(integral)
    def area(c: Any, m: Any = 1, k: Any = (), lbnd: Any = 0, scl: Any = 1, axis: Any = 0) -> Any:
        check_one(c)
        out = np.asarray(c) * 1.0
        constants = np.atleast_1d(k)
        for j in range(m):
            out = integral(out * scl)
            constant = constants[j] if j < len(constants) else 0.0
            out = np.concatenate((out[:1] + (constant - value(lbnd, out)), out[1:]))
        return valued(out, series_value(integral_name, (c, m, k, lbnd, scl)))

    @defines(value)
    def value_at(x: Any, c: Any, tensor: Any = True) -> Any:
        check_one(c)
        return value(x, c)


def check_one(c: Any) -> None:
    """Refuse several series at once."""
    if np.ndim(c) > 1:
        raise NotImplementedError("numpy.polynomial: the coefficients of one series are differentiated")


def define_fits(home: Any, base: str) -> None:
    """Least squares."""
    vander = getattr(home, f"{base}vander")

    @defines(getattr(home, f"{base}fit"))
    def fit(x: Any, y: Any, deg: Any, rcond: Any = None, *, w: Any = None) -> Any:
        if np.ndim(deg) > 0:
            raise NotImplementedError("fits by polynomials of chosen degrees only")
        points = np.asarray(x) + 0.0
        left = vander(points, deg).T
        right = (np.asarray(y) + 0.0).T
        if w is not None:
            weights = np.asarray(w) + 0.0
            left = left * weights
            right = right * weights
        cut = len(points) * machine_epsilon(points) if rcond is None else rcond
        scale = np.sqrt(np.sum(np.square(left), axis=1))
        c, _, _, _ = lstsq(left.T / scale, right.T, cut)
        return (c.T / scale).T


for _base, _module in BASES.items():
    _home = getattr(np.polynomial, _module)
    define_products(_home, _base, f"{_module}.{_base}")
    define_quotients(_home, _base, f"{_module}.{_base}")
    define_values(_home, _base, f"{_module}.{_base}")
    define_calculus(_home, _base, f"{_module}.{_base}")
    define_fits(_home, _base)


@defines(np.polynomial.polynomial.polyvalfromroots)
def polyvalfromroots(x: Any, r: Any) -> Any:
    return np.prod(np.asarray(x)[..., None] - r, axis=-1)
