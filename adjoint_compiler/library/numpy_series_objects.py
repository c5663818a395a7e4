"""Definitions of the classes of numpy.polynomial: series of each basis as objects, with a domain and a window.

    p = np.polynomial.Chebyshev(c, domain=[0, 2]); p(x)    ->    chebval(-1.0 + 1.0 * x, c)

What they compute with is in :mod:`adjoint_compiler.library.numpy_series` and in the rules of the functions of each basis.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.library import defines, defines_method
from adjoint_compiler.library.numpy_series import BASES

CLASSES = {
    "poly": "Polynomial", "cheb": "Chebyshev", "leg": "Legendre", "herm": "Hermite", "herme": "HermiteE", "lag": "Laguerre",
}  # fmt: skip


def mapped(x: Any, old: Any, new: Any) -> Any:
    """``x`` moved as the interval ``old`` is to lie on ``new``: ``polyutils.mapdomain``."""
    length = old[1] - old[0]
    offset = (old[1] * new[0] - old[0] * new[1]) / length
    scale = (new[1] - new[0]) / length
    return offset + scale * x


@defines(np.polynomial.polyutils.mapdomain)
def mapdomain(x: Any, old: Any, new: Any) -> Any:
    return mapped(np.asarray(x), np.asarray(old), np.asarray(new))


@defines(np.polynomial.polyutils.mapparms)
def mapparms(old: Any, new: Any) -> Any:
    length = old[1] - old[0]
    return (old[1] * new[0] - old[0] * new[1]) / length, (new[1] - new[0]) / length


@defines(np.polynomial.chebyshev.chebinterpolate)
def chebinterpolate(func: Any, deg: Any) -> Any:
    points = np.polynomial.chebyshev.chebpts1(deg + 1)
    values = func(points)
    c = np.polynomial.chebyshev.chebvander(points, deg).T @ values
    return np.concatenate((c[:1] / (deg + 1), c[1:] / (0.5 * (deg + 1))))


def define_class(home: Any, base: str, cls: Any) -> None:
    """The class of the series of one basis."""
    value, add, subtract, multiply = (getattr(home, base + n) for n in ("val", "add", "sub", "mul"))
    derivative, integral, power, roots_of = (getattr(home, base + n) for n in ("der", "int", "pow", "roots"))
    fitting, of_roots = getattr(home, base + "fit"), getattr(home, base + "fromroots")
    usual = tuple(float(v) for v in cls.domain)
    plain = tuple(float(v) for v in cls.window)

    @defines(cls)
    class Series:
        def __init__(self, coef: Any, domain: Any = None, window: Any = None, symbol: Any = "x") -> None:
            self.coef = np.atleast_1d(np.asarray(coef)) * 1.0
            self.domain = np.array(usual) if domain is None else np.asarray(domain) * 1.0
            self.window = np.array(plain) if window is None else np.asarray(window) * 1.0

        def __call__(self, arg: Any) -> Any:
            return value(mapped(arg, self.domain, self.window), self.coef)

        def __neg__(self) -> Any:
            return Series(-self.coef, self.domain, self.window)

        def __pos__(self) -> Any:
            return self

        def __add__(self, other: Any) -> Any:
            if isinstance(other, Series):
                return Series(add(self.coef, other.coef), self.domain, self.window)
            return Series(add(self.coef, np.atleast_1d(other)), self.domain, self.window)

        def __radd__(self, other: Any) -> Any:
            return Series(add(np.atleast_1d(other), self.coef), self.domain, self.window)

        def __sub__(self, other: Any) -> Any:
            if isinstance(other, Series):
                return Series(subtract(self.coef, other.coef), self.domain, self.window)
            return Series(subtract(self.coef, np.atleast_1d(other)), self.domain, self.window)

        def __rsub__(self, other: Any) -> Any:
            return Series(subtract(np.atleast_1d(other), self.coef), self.domain, self.window)

        def __mul__(self, other: Any) -> Any:
            if isinstance(other, Series):
                return Series(multiply(self.coef, other.coef), self.domain, self.window)
            return Series(multiply(self.coef, np.atleast_1d(other)), self.domain, self.window)

        def __rmul__(self, other: Any) -> Any:
            return Series(multiply(np.atleast_1d(other), self.coef), self.domain, self.window)

        def __truediv__(self, other: Any) -> Any:
            return Series(self.coef / other, self.domain, self.window)

        def __pow__(self, other: Any) -> Any:
            return Series(power(self.coef, other), self.domain, self.window)

        def __len__(self) -> Any:
            return len(self.coef)

        def degree(self) -> Any:
            return len(self.coef) - 1

        def copy(self) -> Any:
            return Series(self.coef, self.domain, self.window)

        def deriv(self, m: Any = 1) -> Any:
            c = self.coef
            scale = (self.window[1] - self.window[0]) / (self.domain[1] - self.domain[0])
            for _ in range(m):
                c = derivative(c * scale)
            return Series(c, self.domain, self.window)

        def integ(self, m: Any = 1) -> Any:
            c = self.coef
            scale = (self.window[1] - self.window[0]) / (self.domain[1] - self.domain[0])
            for _ in range(m):
                c = integral(c * (1 / scale))
            return Series(c, self.domain, self.window)

        def roots(self) -> Any:
            return mapped(roots_of(self.coef), self.window, self.domain)

        def linspace(self, n: Any = 100) -> Any:
            x = np.linspace(self.domain[0], self.domain[1], n)
            return x, self(x)

    @defines_method(cls, "fit")
    def fit(
        x: Any, y: Any, deg: Any, domain: Any = None, rcond: Any = None, *, w: Any = None, window: Any = None
    ) -> Any:
        points = np.asarray(x) * 1.0
        wanted = np.array(plain) if window is None else np.asarray(window) * 1.0
        if domain is None:
            whole = np.stack([np.min(points), np.max(points)])
        elif len(domain) == 0:
            whole = np.array(usual)
        else:
            whole = np.asarray(domain) * 1.0
        return Series(fitting(mapped(points, whole, wanted), y, deg, rcond, w=w), whole, wanted)

    @defines_method(cls, "fromroots")
    def from_roots(roots: Any, domain: Any = (), window: Any = None) -> Any:
        places = np.atleast_1d(np.asarray(roots)) * 1.0
        wanted = np.array(plain) if window is None else np.asarray(window) * 1.0
        if domain is None:
            whole = np.stack([np.min(places), np.max(places)])
        elif len(domain) == 0:
            whole = np.array(usual)
        else:
            whole = np.asarray(domain) * 1.0
        scale = (wanted[1] - wanted[0]) / (whole[1] - whole[0])
        return Series(of_roots(mapped(places, whole, wanted)) / scale ** len(places), whole, wanted)


for _base, _module in BASES.items():
    define_class(getattr(np.polynomial, _module), _base, getattr(np.polynomial, CLASSES[_base]))
