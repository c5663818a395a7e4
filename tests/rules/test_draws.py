"""Draws differentiate as the functions that a fixed stream of random numbers makes of them."""

import numpy as np
import pytest

from adjoint_compiler.rules import TABLE, lookup, lookup_key
from adjoint_compiler.rules.draws import DRAWS
from adjoint_compiler.rules.expressions import evaluate
from adjoint_compiler.rules.signatures import parse_signature

STEPS = [10.0**-k for k in range(2, 8)]
CASES = [
    (name, param)
    for name, params, stated in ((*parse_signature(s)[:2], p) for s, p in DRAWS.items())
    for param in params
    if param in stated and name != "multivariate_normal"
]
REFUSED = [
    key
    for key, rule in TABLE.by_key.items()
    if key.startswith(("numpy.random.", "method.")) and "not_differentiated" in str(rule.pullbacks)
]


def values_of(name, rule):
    values = {p: 0.7 + 0.3 * k for k, p in enumerate(p for p in rule.params if p not in ("self", "size"))}
    return {**values, "high": 2.5} if name == "uniform" else values


def draw(owner, name, values):
    if owner == "generator":
        return getattr(np.random.default_rng(5), name)(**values, size=4)
    np.random.seed(5)
    return getattr(np.random, name)(**values, size=4)


@pytest.mark.parametrize("owner", ["module", "generator"])
@pytest.mark.parametrize(("name", "param"), CASES)
def test_draws_match_differences(owner, name, param):
    rule = lookup_key(f"method.{name}" if owner == "generator" else f"numpy.random.{name}")
    values = values_of(name, rule)
    y = draw(owner, name, values)
    g = np.array([1.0, -0.5, 2.0, 0.3])
    found = evaluate(rule.pullbacks[param], rule, {**values, "y": y, "g": g})

    def along(h):
        return g @ draw(owner, name, {**values, param: values[param] + h})

    wanted = [(along(h) - along(-h)) / (2 * h) for h in STEPS]
    assert min(abs(w - found) / (1 + abs(found)) for w in wanted) < 1e-7


def test_every_draw_is_an_effect():
    for key, rule in TABLE.by_key.items():
        if key.startswith("numpy.random."):
            assert not rule.cheap and rule.kind in ("inert", "structural"), key


@pytest.mark.parametrize("key", REFUSED)
def test_parameters_without_a_formula_are_refused(key):
    rule = lookup_key(key)
    refused = [e for e in rule.pullbacks.values() if "not_differentiated" in e]
    with pytest.raises(NotImplementedError):
        evaluate(refused[0], rule, {"g": 1.0, "y": 1.0})


def test_nothing_random_is_left_out():
    """Every name of numpy.random has a rule, or changes its argument, or manages generators."""
    named = {n for n in vars(np.random) if n[0].islower() and callable(getattr(np.random, n))}
    kept = {n for n in named if lookup(getattr(np.random, n)) is None}
    assert kept <= {"random_integers", "test", "get_bit_generator", "set_bit_generator"}
    methods = {n for n in vars(np.random.Generator) if n[0].islower() and callable(getattr(np.random.Generator, n))}
    without = {n for n in methods if lookup(getattr(np.random.Generator, n)) is None}
    assert not without
