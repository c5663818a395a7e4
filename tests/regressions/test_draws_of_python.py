"""Draws of Python's `random`: held fixed, once and in order, in every mode; regular expressions are inert."""

import random
import re
import warnings

import numpy as np
import pytest

import adjoint_compiler as ac


def drawn(x, n):
    random.seed(7)
    s = 0.0
    order = list(range(n))
    random.shuffle(order)
    for k in order:
        s = s * x + random.uniform(x, 2.0 * x * k + 3.0) * random.choice([1.0, x, x * x])
        if random.randint(0, 3) == k:
            s = s + random.gauss(x, x * x) * random.normalvariate(0.0, sigma=x)
    return s * random.random() + random.expovariate(x)


def test_gradients_of_what_is_drawn():
    state = random.getstate()
    ac.testing.check_grads(drawn, (1.3, 5), order=2)
    assert ac.value_and_grad(drawn)(1.3, 5)[0] == drawn(1.3, 5)
    random.setstate(state)


def test_draws_go_on_from_where_they_were():
    def f(x):
        return x * random.random()

    random.seed(3)
    expected = [random.random() for _ in range(4)]
    random.seed(3)
    assert [ac.grad(f)(2.0), ac.jvp(f, (2.0,), (1.0,))[1], ac.vjp(f, 2.0)[1](1.0)[0], random.random()] == expected


def test_comparison_with_a_probability_is_warned_of():
    def f(p):
        return 3.0 * p if random.random() < p else p

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ac.grad(f)(0.5)
    assert [w.message.diagnostic.code for w in caught] == ["ACW07"]


TERM = re.compile(r"([+-]?\d+)\*x\^(\d+)")


def polynomial(x, text):
    s = 0.0
    for part in re.split(r"\s+", text):
        found = TERM.fullmatch(part)
        if found is None:
            s = s + float(re.sub("[a-z]", "", part))
            continue
        factor, power = found.group(1, 2)
        s = s + float(factor) * x ** int(power) * len(found.group())
    return s * float(re.findall(r"\d+", text)[0])


def test_regular_expressions():
    ac.testing.check_grads(lambda x: polynomial(x, "3*x^2 -1*x^4 c7"), (1.3,), order=2)
    assert ac.grad(polynomial)(1.0, "2*x^1 a1") == 2.0 * 2.0 * 5.0


def test_functions_of_pythons_library_that_do_more_are_refused_at_once():
    import argparse

    def f(x):
        parser = argparse.ArgumentParser()
        return x * parser.parse_args([]).rate

    with pytest.raises(ac.DifferentiationError, match="`argparse.ArgumentParser` of Python's library does more"):
        ac.grad(f)(2.0)
    assert np.isfinite(ac.grad(lambda x: x * x)(2.0))
