"""The classes of numpy.polynomial: series as objects, made of coefficients, of roots and of fits."""

from __future__ import annotations

import numpy as np
import pytest

import adjoint_compiler as ac
from tests.rules.matrix import outcome, outcome_of
from tests.sampling import sampled

_rng = np.random.default_rng(3)
C, X, Y = _rng.uniform(0.5, 1.5, 4), np.sort(_rng.uniform(0.0, 3.0, 6)), _rng.uniform(0.5, 1.5, 6)
CLASSES = ["Polynomial", "Chebyshev", "Legendre", "Hermite", "HermiteE", "Laguerre"]
CALLS = [
    ("P(c)(x)", {"c": C, "x": X}),
    ("P([1, 2, 3])(x)", {"x": 0.4}),
    ("P(c).deriv()(0.3) + P(c).integ()(0.3) * P(c).deriv(2)(0.1)", {"c": C}),
    ("(P(c) * P([1, 2.0]) + 1 - 2 * P(c) / 3)(x)", {"c": C, "x": 0.4}),
    ("(P(c) ** 2 - P(x[:2]))(0.1)", {"c": C, "x": X}),
    ("P(c, domain=[0, 2], window=[-1, 3]).deriv()(x)", {"c": C, "x": X}),
    ("P(c, domain=[0, 2]).integ()(x)", {"c": C, "x": X}),
    ("(-P(c)).coef * P(c).degree() + P(c).domain[1]", {"c": C}),
    ("P(c).roots()", {"c": C}),
    ("P.fit(x, y, 2)(0.5)", {"x": X, "y": Y}),
    ("P.fit(x, y, 1, domain=[0, 2], w=y).coef", {"x": X, "y": Y}),
    ("P.fit(x, y, 2, domain=[]).deriv()(x)", {"x": X, "y": Y}),
    ("P.fromroots(c)(0.5)", {"c": C}),
    ("np.polynomial.polyutils.mapdomain(x, P([1]).domain, c[:2])", {"c": C, "x": X}),
    ("np.polynomial.polyutils.mapparms(x[:2], c[:2])", {"c": C, "x": X}),
]
FUNCTIONS = {
    "polynomial": "poly",
    "chebyshev": "cheb",
    "legendre": "leg",
    "hermite": "herm",
    "hermite_e": "herme",
    "laguerre": "lag",
}
KEYWORDS = [
    "der(c, 2, axis=0)",
    "der(c, scl=2.0)",
    "int(c, lbnd=0.5)",
    "int(c, 2, [1.0, x], lbnd=x, scl=2)",
    "int(c, 1, x)",
    "val(x, c, tensor=False)",
]
NEWTON = """
def f(c, x):
    p = np.polynomial.Chebyshev(c)
    for k in range(3):
        x = x - p(x) / p.deriv()(x)
        p = p * 1.1
    return x + p(0.2)
"""


@pytest.mark.parametrize(("text", "args"), CALLS, ids=[c[0] for c in CALLS])
@pytest.mark.parametrize("name", sampled([*CLASSES], 3))
def test_calls(name, text, args):
    assert outcome(text, args, {"np": np, "P": getattr(np.polynomial, name)}) == "right"


@pytest.mark.parametrize("text", KEYWORDS)
@pytest.mark.parametrize("module", sampled([*FUNCTIONS], 3))
def test_keywords(module, text):
    args = {"c": C, "x": 0.7} if "x" in text else {"c": C}
    assert outcome(f"np.polynomial.{module}.{FUNCTIONS[module]}{text}", args, {"np": np}) == "right"


def test_in_a_loop():
    assert outcome_of(NEWTON, {"c": C, "x": 0.3}, {"np": np}) == "right"
    ac.testing.check_grads(lambda c: np.polynomial.Legendre(c).deriv()(C).sum() ** 2, (C,), order=2)


def test_a_series_that_interpolates_a_function():
    ac.testing.check_grads(
        lambda a: np.polynomial.chebyshev.chebinterpolate(lambda u: np.exp(-a * u), 4), (1.5,), order=2
    )
