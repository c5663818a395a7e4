"""Rules of scipy.stats: every method of every distribution in the table, and the multivariate ones by cases."""

import dataclasses

import numpy as np
import pytest

stats = pytest.importorskip("scipy.stats")

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler import rules  # noqa: E402
from adjoint_compiler.ir.nodes import Name  # noqa: E402
from adjoint_compiler.rules import TABLE, lookup, lookup_key  # noqa: E402
from adjoint_compiler.rules.expressions import evaluate, parse  # noqa: E402
from tests.rules.checker import STEPS, agrees, call, tangent, worst_gap  # noqa: E402
from tests.rules.structural.checks import explore  # noqa: E402
from tests.rules.structural.samples import D, P, R  # noqa: E402

rules.optional.load_used()
KEYS = [
    k
    for k in TABLE.by_key
    if k.startswith("scipy.stats.") and k.count(".") == 3 and TABLE.by_key[k].kind == "elementwise"
]
SHAPES = {
    "t": {"df": 3.5}, "gamma": {"a": 2.3}, "beta": {"a": 1.7, "b": 2.4}, "chi2": {"df": 3.5}, "chi": {"df": 3.5},
    "pareto": {"b": 2.6}, "lomax": {"c": 1.6}, "truncnorm": {"a": -0.7, "b": 1.9}, "vonmises": {"kappa": 1.6},
    "gennorm": {"beta": 1.7}, "wrapcauchy": {"c": 0.4}, "lognorm": {"s": 0.7}, "weibull_min": {"c": 1.8},
    "powerlaw": {"a": 1.7}, "invgamma": {"a": 2.6}, "f": {"dfn": 3.5, "dfd": 4.2}, "skewnorm": {"a": 1.3},
    "genextreme": {"c": 0.2}, "genpareto": {"c": 0.3}, "triang": {"c": 0.35}, "poisson": {"mu": 2.7}, "bernoulli": {"p": 0.3},
    "binom": {"n": 5, "p": 0.3}, "geom": {"p": 0.3}, "nbinom": {"n": 3.5, "p": 0.4}, "betabinom": {"n": 5, "a": 1.7, "b": 2.2},
    "invgauss": {"mu": 0.8}, "weibull_max": {"c": 1.8}, "dweibull": {"c": 1.8}, "exponweib": {"a": 1.2, "c": 1.4},
    "gompertz": {"c": 1.2}, "dgamma": {"a": 1.7}, "loggamma": {"c": 1.3}, "nakagami": {"nu": 1.1},
    "betaprime": {"a": 1.4, "b": 2.1}, "fisk": {"c": 2.1}, "burr12": {"c": 2.1, "d": 1.5}, "kappa3": {"a": 1.3},
    "genlogistic": {"c": 1.3}, "loguniform": {"a": 0.2, "b": 3.0}, "bradford": {"c": 1.3}, "truncexpon": {"b": 2.9},
    "johnsonsu": {"a": 0.4, "b": 1.3}, "johnsonsb": {"a": 0.4, "b": 1.3}, "foldnorm": {"c": 0.8}, "rice": {"b": 0.9},
    "alpha": {"a": 1.5}, "laplace_asymmetric": {"kappa": 1.3}, "exponnorm": {"K": 1.2},
}  # fmt: skip


def rule_of(key, moved=True):
    """The rule without what is refused; with ``loc`` and ``scale`` or without."""
    rule = lookup_key(key)
    given = {p: Name(p) for p in ("loc", "scale") if moved and p in rule.params}
    pullbacks = {p: e for p, e in rule.pullbacks_for({}, given).items() if not e.startswith("not_differentiated")}
    params = rule.params if moved else tuple(p for p in rule.params if p not in ("loc", "scale"))
    return dataclasses.replace(
        rule, params=params, pullbacks={p: e for p, e in pullbacks.items() if p in params}, specialise=None,
        defaults=rule.defaults if moved else {},
    )  # fmt: skip


def values_of(rule, seed=0, size=4):
    _, _, name, method = rule.name.split(".")
    rng = np.random.default_rng(seed)
    shapes, d = SHAPES.get(name, {}), getattr(stats, name)
    if rule.params[0] == "k":
        k = np.array([0, 0] if name == "bernoulli" else [1, 2, 4, 3])
        moved = {"loc": 1} if "loc" in rule.params else {}
        return {"k": k + moved.get("loc", 0), **shapes, **moved}
    moved = {p: v for p, v in (("loc", 0.3), ("scale", 1.7)) if p in rule.params}
    q = rng.uniform(0.1, 0.45, size) + np.array([0.0, 0.0, 0.45, 0.45])[:size]
    first = rule.params[0]
    values = {first: q if first == "q" else d.ppf(q, *shapes.values(), **moved), **shapes, **moved}
    return {p: np.full(size, v) if isinstance(v, float) and seed == 1 else v for p, v in values.items()}


@pytest.mark.parametrize("key", KEYS)
def test_partials_match_differences(key):
    for moved, seed in ((True, 1), (False, 0)):
        rule = rule_of(key, moved)
        if rule.pullbacks:
            assert agrees(worst_gap(rule, values_of(rule, seed)), 1e-6), (moved, seed)


@pytest.mark.parametrize("key", [k for k in KEYS if k.endswith((".logpdf", ".cdf", "logpmf"))])
def test_second_order(key):
    rule = rule_of(key)
    values = {p: v[0] if isinstance(v, np.ndarray) else v for p, v in values_of(rule).items()}

    def partials(moved):
        y = call(rule, moved)
        return {p: np.real(evaluate(e, rule, {**moved, "y": y})) for p, e in rule.pullbacks.items()}

    first = partials(values)
    for p, expression in rule.pullbacks.items():
        for q in rule.pullbacks:
            if not isinstance(values[q], float):
                continue
            env = {**values, "y": call(rule, values)}
            try:
                found = tangent(parse(expression), rule, env, {q: 1.0, "y": first[q]})[1]
            except NotImplementedError:
                continue
            wanted = [
                (partials({**values, q: values[q] + h})[p] - partials({**values, q: values[q] - h})[p]) / (2 * h)
                for h in STEPS[2:6]
            ]
            assert agrees(min(abs(w - found) / (1 + abs(found)) for w in wanted), 1e-5), (p, q, found, wanted)


@pytest.mark.parametrize("key", [k for k in KEYS if k.endswith(("pdf", "cdf", ".sf", "logsf"))])
def test_outside_the_support(key):
    rule = rule_of(key)
    name = key.split(".")[2]
    low, high = (
        getattr(stats, name).support(*SHAPES.get(name, {}).values(), 0.3, 1.7)
        if "scale" in rule.params
        else (0, np.inf)
    )
    with np.errstate(all="ignore"):
        for x in (low - 0.5, high + 0.5):
            if np.isfinite(x) and "scale" in rule.params:
                values = {**values_of(rule, 0, 1), "x": x}
                env = {**values, "y": call(rule, values)}
                for p, e in rule.pullbacks.items():
                    if not (p in ("x", "loc", "scale") and key.endswith(("logcdf", "logsf"))):
                        assert evaluate(e, rule, env) == 0, (p, x)


def test_methods_are_found_however_they_are_named():
    from scipy.stats import norm

    def one(x, mu):
        return stats.norm.logpdf(x, mu).sum() + norm.logpdf(x, loc=mu, scale=2.0).sum()

    ac.testing.check_grads(one, (np.array([0.3, 1.2]), 0.4), order=2, modes=("reverse",))


MVN, DIRICHLET, MULTINOMIAL = stats.multivariate_normal, stats.dirichlet, stats.multinomial
X, MEAN = R(4, 3), R(3)
COVARIANCE = D(3, 3) + np.triu(R(3, 3), 1)  # only its lower triangle is read
POINTS = np.array([[0.2, 0.3], [0.3, 0.1]])
CASES = [
    (MVN.logpdf, (X[0],), {"mean": MEAN, "cov": COVARIANCE}), (MVN.logpdf, (X,), {"mean": MEAN, "cov": COVARIANCE}),
    (MVN.logpdf, (R(2, 4, 3),), {"mean": MEAN, "cov": P(3)}), (MVN.logpdf, (X,), {"mean": MEAN, "cov": 1.7}),
    (MVN.logpdf, (X,), {"cov": COVARIANCE}), (MVN.logpdf, (R(4),), {}), (MVN.logpdf, (0.3,), {"mean": 0.7, "cov": 2.0}),
    (MVN.logpdf, (R(4),), {"mean": 0.7, "cov": np.array([[2.0]])}), (MVN.pdf, (X,), {"mean": MEAN, "cov": COVARIANCE}),
    (MVN.entropy, (), {"mean": MEAN, "cov": COVARIANCE}), (MVN.entropy, (), {"cov": COVARIANCE}),
    (MVN.entropy, (), {"mean": MEAN, "cov": 1.7}),
    (DIRICHLET.logpdf, (POINTS[0], P(3)), {}), (DIRICHLET.logpdf, (POINTS, P(3)), {}), (DIRICHLET.pdf, (POINTS, P(3)), {}),
    (MULTINOMIAL.logpmf, (np.array([1, 2, 3]), 6, np.array([0.2, 0.3, 0.5])), {}),
    (MULTINOMIAL.pmf, (np.array([[1, 2, 3], [3, 2, 1]]), 6, np.array([0.2, 0.3, 0.5])), {}),
]  # fmt: skip


CASES += [
    (f, (P(4, 3),), options)
    for f in (stats.sem, stats.zscore, stats.gmean, stats.hmean)
    for options in ({}, {"axis": 1}, {"axis": None})
]


@pytest.mark.filterwarnings("ignore:Some rows of:FutureWarning")
@pytest.mark.parametrize("case", CASES, ids=[f"{c[0].__name__}-{k}" for k, c in enumerate(CASES)])
def test_multivariate(case):
    function, args, kwargs = case
    with np.errstate(all="ignore"):
        explore(lookup(function), args, kwargs, set())


def test_frozen_distributions():
    def f(x, mu, s):
        total = stats.norm(mu, s).logpdf(x).sum() - stats.gamma(s, scale=mu * mu).logpdf(x * x).sum()
        return total + stats.multivariate_normal(mean=x, cov=s).logpdf(x * x)

    ac.testing.check_grads(f, (np.array([0.3, 1.2]), 0.4, 1.7), order=2, modes=("reverse",))

    def kept(x):
        d = stats.norm(x)
        return d.logpdf(1.0)

    with pytest.raises(ac.DifferentiationError, match=r"stats.norm.logpdf\(x, ...\)"):
        ac.grad(kept)(0.5)


def test_singular_covariances_are_refused():
    with pytest.raises(ac.DifferentiationError, match="allow_singular"):
        ac.grad(lambda x: stats.multivariate_normal.logpdf(x, cov=np.eye(2), allow_singular=True))(X[0, :2])


def test_every_parameter_of_a_density_has_a_derivative():
    """Counts apart: what is not stated is refused, and never taken for zero."""
    for key in KEYS:
        rule = lookup_key(key)
        first, *others = rule.params
        name = key.split(".")[2]
        constant = {"loc"} if first in ("k", "mu") or name == "uniform" else set()
        if key.endswith(("ppf", "isf")) and not hasattr(getattr(stats, name), "pdf"):
            constant = set(others)  # the numbers of a discrete distribution jump
        assert set(others) - rule.pullbacks.keys() <= constant, key
        if key.endswith(("pdf", "pmf")):
            refused = {p for p, e in rule.pullbacks.items() if e.startswith("not_differentiated")}
            assert refused <= {"n"}, key
