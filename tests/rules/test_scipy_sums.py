"""Rules of scipy.integrate (samples) and scipy.spatial.distance, by cases."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy import integrate  # noqa: E402
from scipy.spatial import distance  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler import rules  # noqa: E402
from adjoint_compiler.rules import TABLE, lookup  # noqa: E402
from adjoint_compiler.runtime import simpson_weights  # noqa: E402
from tests.rules.scipy_cases import check_case  # noqa: E402
from tests.rules.structural.samples import D, R  # noqa: E402

rules.optional.load_used()
CASES = []


def case(function, *args, **kwargs):
    CASES.append(pytest.param(function, args, kwargs, id=f"{function.__name__}-{len(CASES)}"))


X = np.array([0.0, 0.3, 1.1, 1.4, 2.5])
case(integrate.trapezoid, R(5), X)
case(integrate.trapezoid, R(3, 5), dx=0.3)
for options in ({}, {"initial": 0}, {"axis": 0}, {"axis": 0, "initial": 0}):
    case(integrate.cumulative_trapezoid, R(5, 5), **options)
    case(integrate.cumulative_trapezoid, R(5), **{k: v for k, v in options.items() if k != "axis"})
for n in (2, 3, 4, 5):
    case(integrate.simpson, R(n))
    case(integrate.simpson, R(n, 3), axis=0)
for metric in ("euclidean", "sqeuclidean", "cityblock"):
    case(distance.cdist, R(3, 2), 3 + R(4, 2), metric)
    case(distance.pdist, R(4, 2) + np.arange(4.0)[:, None], metric)
case(distance.squareform, R(6))
case(distance.squareform, distance.squareform(R(6)), checks=False)
case(distance.euclidean, R(3), 2 * R(3))
case(distance.sqeuclidean, R(3), 2 * R(3))
case(distance.cityblock, R(3), 2 + R(3))
case(distance.cosine, R(3), 2 + R(3))
case(distance.mahalanobis, R(3), 2 + R(3), D(3, 3))


@pytest.mark.parametrize(("function", "args", "kwargs"), CASES)
def test_pullbacks(function, args, kwargs):
    check_case(function, args, kwargs, deep=not any(isinstance(a, str) and a == "cityblock" for a in args))


def test_every_rule_is_a_case():
    covered = {lookup(p.values[0]).name for p in CASES}
    stated = {
        k
        for k, r in TABLE.by_key.items()
        if k.startswith(("scipy.integrate.", "scipy.spatial.")) and r.pullbacks and "*args" not in r.params
    }
    assert stated <= covered


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 9, 12])
def test_weights_of_simpsons_rule(n):
    rng = np.random.default_rng(n)
    x, f = np.cumsum(rng.uniform(0.1, 1, n)), rng.normal(size=(3, n))
    np.testing.assert_allclose((simpson_weights(f, x) * f).sum(-1), integrate.simpson(f, x=x), rtol=1e-13)
    np.testing.assert_allclose((simpson_weights(f, None, 0.3) * f).sum(-1), integrate.simpson(f, dx=0.3), rtol=1e-13)


def test_programs():
    def f(points, w):
        K = np.exp(-distance.cdist(points, points, "sqeuclidean"))
        total = integrate.simpson(w * w, dx=0.2) + integrate.cumulative_trapezoid(w, initial=0)[2]
        return (K @ w).sum() + distance.pdist(points).sum() * total

    ac.testing.check_grads(f, (R(4, 2) + np.arange(4.0)[:, None], R(4)), order=2, modes=("reverse",))


@pytest.mark.parametrize(
    "f",
    [
        lambda x: distance.cdist(x[:, None], x[:, None], "minkowski", p=x[0]).sum(),
        lambda x: integrate.cumulative_simpson(x, x=x).sum(),
        lambda x: distance.euclidean(x, 2 * x, w=x),
    ],
)
def test_what_has_no_formula_is_refused(f):
    with pytest.raises(ac.DifferentiationError) as fault:
        ac.grad(f)(R(5))
    assert {d.code for d in fault.value.diagnostics} == {"AC009"}
