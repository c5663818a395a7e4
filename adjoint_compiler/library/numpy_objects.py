"""Definitions of NumPy's classes: polynomials as objects."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines


def without_leading_zeros(c: Any) -> Any:
    """Coefficients from the first that is not zero on; a single zero where there is none."""
    places = np.nonzero(c)[0]
    if len(places) == 0:
        return c[-1:]
    return c[places[0] :]


@defines(np.poly1d)
class Polynomial:
    """A polynomial by its coefficients, from the highest power down."""

    def __init__(self, c_or_r: Any, r: Any = False, variable: Any = None) -> None:
        given = np.poly(c_or_r) if r else np.atleast_1d(c_or_r)
        self.coeffs = without_leading_zeros(given)

    @property
    def c(self) -> Any:
        return self.coeffs

    @property
    def coef(self) -> Any:
        return self.coeffs

    @property
    def coefficients(self) -> Any:
        return self.coeffs

    @property
    def order(self) -> Any:
        return len(self.coeffs) - 1

    @property
    def o(self) -> Any:
        return len(self.coeffs) - 1

    @property
    def roots(self) -> Any:
        return np.roots(self.coeffs)

    @property
    def r(self) -> Any:
        return np.roots(self.coeffs)

    def __call__(self, val: Any) -> Any:
        return np.polyval(self.coeffs, val)

    def __neg__(self) -> Any:
        return Polynomial(-self.coeffs)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            return Polynomial(np.polymul(self.coeffs, other.coeffs))
        return Polynomial(self.coeffs * other)

    def __rmul__(self, other: Any) -> Any:
        return Polynomial(other * self.coeffs)

    def __truediv__(self, other: Any) -> Any:
        return Polynomial(self.coeffs / other)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            return Polynomial(np.polyadd(self.coeffs, other.coeffs))
        return Polynomial(np.polyadd(self.coeffs, np.atleast_1d(other)))

    def __radd__(self, other: Any) -> Any:
        return Polynomial(np.polyadd(self.coeffs, np.atleast_1d(other)))

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Polynomial):
            return Polynomial(np.polysub(self.coeffs, other.coeffs))
        return Polynomial(np.polysub(self.coeffs, np.atleast_1d(other)))

    def __rsub__(self, other: Any) -> Any:
        return Polynomial(np.polysub(np.atleast_1d(other), self.coeffs))

    def deriv(self, m: Any = 1) -> Any:
        return Polynomial(np.polyder(self.coeffs, m=m))

    def integ(self, m: Any = 1, k: Any = 0) -> Any:
        return Polynomial(np.polyint(self.coeffs, m=m, k=k))
