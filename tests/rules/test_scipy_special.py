"""Rules of scipy.special: the elementwise ones because they are in the table, the others by cases."""

import dataclasses

import numpy as np
import pytest

special = pytest.importorskip("scipy.special")

from adjoint_compiler import rules  # noqa: E402
from adjoint_compiler.rules import TABLE, lookup, lookup_key  # noqa: E402
from adjoint_compiler.rules.expressions import evaluate, parse  # noqa: E402
from tests.rules.checker import STEPS, agrees, call, contribution, defaults, sample, tangent, worst_gap  # noqa: E402
from tests.rules.forward import check_forward  # noqa: E402
from tests.rules.structural.checks import chosen, explore  # noqa: E402
from tests.rules.structural.samples import C, P, R  # noqa: E402

rules.optional.load_used()
ELEMENTWISE = [
    k for k, r in TABLE.by_key.items()
    if r.kind == "elementwise" and k.startswith(("scipy.special.", "adjoint_compiler.runtime.scipy_special."))
]  # fmt: skip
# What SciPy itself widens: polygamma, and functions of a Python number and of single precision.
WIDENING = set("psi reciprocal_gamma_slope multigammaln binom comb stdtr stdtrit pdtr pdtrc bdtr bdtrc".split())
# Arguments that are no samples of an interval.
GIVEN = {"n": 3, "m": 1, "d": 2, "family": "jacobi", "kind": "jn", "order": 1, "exact": False, "derivative": False}
OWN = {
    "pdtr": {"j": 2.0}, "pdtrc": {"j": 2.0}, "bdtr": {"j": 1.0}, "bdtrc": {"j": 1.0}, "nbdtr": {"j": 2}, "nbdtrc": {"j": 2},
}  # fmt: skip


def rule_of(key):
    """The rule without the parameters that are refused."""
    rule = lookup_key(key)
    return dataclasses.replace(
        rule, pullbacks={p: e for p, e in rule.pullbacks.items() if not e.startswith("not_differentiated")}
    )


def values_of(rule, seed, shape=(), dtype=float, imaginary=0.0):
    short = rule.name.rpartition(".")[2]
    own = {**GIVEN, **OWN.get(short, {})}
    given = {p: own[p] for p in rule.params if own.get(p) is not None and p not in rule.pullbacks}
    fixed = dataclasses.replace(rule, params=tuple(p for p in rule.params if p not in given))
    drawn = sample(fixed, seed, shape, dtype, imaginary)
    return {**{p: v if p in rule.pullbacks else np.real(v) for p, v in drawn.items()}, **given}


def ordered(rule, values):
    return {p: values[p] for p in rule.params if p in values}


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_partials_match_differences(key):
    rule = rule_of(key)
    if not rule.pullbacks:
        pytest.skip("all parameters are refused")
    for seed in range(3):
        assert agrees(worst_gap(rule, ordered(rule, values_of(rule, seed, (5,)))))
    if len(rule.pullbacks) > 1:
        assert agrees(worst_gap(rule, ordered(rule, values_of(rule, 0, ((4, 3), (3,))))))
        assert agrees(worst_gap(rule, ordered(rule, values_of(rule, 1, ((1, 3), (4, 1))))))


def accepts_complex(key):
    rule = rule_of(key)
    if rule.specialise is not None or not rule.pullbacks or key.endswith("by_order"):
        return False
    try:
        return bool(np.all(np.isfinite(call(rule, ordered(rule, values_of(rule, 0, (2,), imaginary=1.0))))))
    except (TypeError, ValueError):
        return False


HOLOMORPHIC = [k for k in ELEMENTWISE if accepts_complex(k)]


def test_complex_functions_are_found():
    names = {k.rpartition(".")[2] for k in HOLOMORPHIC}
    assert {"gamma", "erf", "wofz", "jv", "iv", "hankel1", "exp1", "lambertw", "loggamma", "spence"} <= names


@pytest.mark.parametrize("key", HOLOMORPHIC)
def test_complex_partials_match_differences(key):
    rule = rule_of(key)
    for seed in range(2):
        assert agrees(worst_gap(rule, ordered(rule, values_of(rule, seed, (4,), imaginary=1.0))), 1e-6)


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_float32_is_kept(key):
    rule = rule_of(key)
    values = ordered(rule, values_of(rule, 0, (3,), np.float32))
    y = call(rule, values)
    if y.dtype != np.float32 or key.rpartition(".")[2] in WIDENING:
        return
    for param in rule.pullbacks:
        assert contribution(rule, param, values, y, np.ones(3, np.float32)).dtype == np.float32, param


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_second_order(key):
    rule = rule_of(key)
    values = {p: v[()] if isinstance(v, np.ndarray) else v for p, v in values_of(rule, 3).items()}
    values = {**defaults(rule), **ordered(rule, values)}
    if np.iscomplexobj(call(rule, values)) or key.endswith("voigt_profile"):
        pytest.skip("complex numbers in between: tested as a program")

    def partials(moved):
        y = call(rule, moved)
        return {p: np.real(evaluate(e, rule, {**moved, "y": y})) for p, e in rule.pullbacks.items()}

    first = partials(values)
    for p, expression in rule.pullbacks.items():
        for q in rule.pullbacks:
            env = {**values, "y": call(rule, values)}
            try:
                found = tangent(parse(expression), rule, env, {q: 1.0, "y": first[q]})[1]
            except NotImplementedError:
                assert "by_order" in expression or "by_order" in key
                continue
            wanted = [
                (partials({**values, q: values[q] + h})[p] - partials({**values, q: values[q] - h})[p]) / (2 * h)
                for h in STEPS
            ]
            assert agrees(min(abs(w - found) / (1 + abs(found)) for w in wanted), 1e-6), (p, q, found, wanted)


CASES = [
    (special.airy, (R(3),), {}), (special.airy, (C(3),), {}), (special.sici, (P(3),), {}),
    (special.shichi, (P(3),), {}), (special.fresnel, (R(3),), {}), (special.fresnel, (C(3),), {}),
    (special.ellipj, (R(3), np.array([0.2, 0.5, 0.7])), {}), (special.ellipj, (4 * P(2, 1), np.array([0.2, 0.7])), {}),
    (special.softmax, (R(3, 4),), {}), (special.softmax, (R(3, 4),), {"axis": 1}),
    (special.softmax, (R(3, 4),), {"axis": (0, 1)}), (special.log_softmax, (R(3, 4),), {}),
    (special.log_softmax, (R(3, 4),), {"axis": -1}),
    (special.logsumexp, (R(3, 4),), {}), (special.logsumexp, (R(3, 4),), {"axis": 0}),
    (special.logsumexp, (R(3, 4),), {"axis": (0, 1), "keepdims": True}), (special.logsumexp, (R(3, 4),), {"axis": -1, "b": P(3, 4)}),
    (special.logsumexp, (R(3, 4),), {"b": P(4)}), (special.logsumexp, (R(4),), {"axis": 1, "b": P(3, 4), "keepdims": True}),
    (special.logsumexp, (R(3, 4),), {"axis": 0, "b": R(3, 4), "return_sign": True}),
    (special.logsumexp, (R(3, 4),), {"axis": 1, "return_sign": True}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[f"{c[0].__name__}-{k}" for k, c in enumerate(CASES)])
def test_pullbacks(case):
    function, args, kwargs = case
    with np.errstate(all="ignore"):
        rule = lookup(function)
        explore(dataclasses.replace(rule, pullbacks=chosen(rule, args, kwargs), specialise=None), args, kwargs, set())
        check_forward(rule, args, kwargs, exact=False)


@pytest.mark.parametrize("kind", ["jn", "yn", "in", "kn"])
@pytest.mark.parametrize("n", [0, 1, 4])
def test_spherical_bessel_functions(kind, n):
    from adjoint_compiler.runtime import spherical_bessel

    f, z = getattr(special, f"spherical_{kind}"), 1.3
    np.testing.assert_allclose(spherical_bessel(kind, n, z, 1), f(n, z, True), rtol=1e-12)
    np.testing.assert_allclose(
        spherical_bessel(kind, n, z, 2), (f(n, z + 1e-5, True) - f(n, z - 1e-5, True)) / 2e-5, rtol=1e-8
    )


@pytest.mark.parametrize("family", "legendre jacobi gegenbauer chebyt chebyu hermite hermitenorm laguerre".split())
def test_derivatives_of_polynomials(family):
    from adjoint_compiler.runtime import orthogonal_polynomial

    for order in (1, 2, 3):
        for n in range(4):
            lower = [orthogonal_polynomial(family, n, 0.3 + h, order - 1, 0.7, 0.4) for h in (1e-4, -1e-4)]
            np.testing.assert_allclose(
                orthogonal_polynomial(family, n, 0.3, order, 0.7, 0.4),
                (lower[0] - lower[1]) / 2e-4,
                rtol=1e-6,
                atol=1e-7,
            )


def test_slopes_far_out():
    from adjoint_compiler.runtime import dawsn_slope, erfcx_slope

    for f, slope in ((special.erfcx, erfcx_slope), (special.dawsn, dawsn_slope)):
        for x in (29.0, 31.0, 1e4, 1e8):
            h = 1e-4 * x
            # four-point differences
            d = (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h)
            np.testing.assert_allclose(slope(x), d, rtol=1e-9)


def test_the_incomplete_gamma_function_by_its_order():
    from adjoint_compiler.runtime import gammainc_by_order

    for a, x in ((0.1, 0.01), (2.0, 30.0), (50.0, 40.0), (500.0, 520.0), (3.0, 1e4), (1e4, 9.9e3)):
        h = 1e-3 * a
        f = special.gammainc
        d = (8 * (f(a + h, x) - f(a - h, x)) - (f(a + 2 * h, x) - f(a - 2 * h, x))) / (12 * h)
        np.testing.assert_allclose(gammainc_by_order(a, x), d, rtol=1e-4, atol=1e-9)
    assert gammainc_by_order(1.0, 0.0) == 0.0 == gammainc_by_order(1.0, np.inf)
    assert np.isnan(gammainc_by_order(1.0, -1.0))
