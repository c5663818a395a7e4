"""Functions of NumPy, SciPy and Python themselves as what is differentiated: ``ac.grad(np.tanh)``."""

from __future__ import annotations

import functools
import math
import operator

import numpy as np
import pytest
from scipy import optimize, special

import adjoint_compiler as ac

X = np.array([1.0, 2.0, 0.5])
A = np.eye(3) + 0.1 * np.arange(9.0).reshape(3, 3)


@pytest.mark.parametrize(
    ("function", "args"),
    [
        (np.tanh, (0.5,)), (math.sin, (0.5,)), (abs, (-2.0,)), (pow, (2.0, 3.0)), (operator.mul, (1.5, 2.0)), (max, (1.0, 2.0)),
        (np.sum, (X,)), (np.linalg.det, (A,)), (np.dot, (X, X + 1)), (np.linalg.norm, (X,)), (np.linalg.norm, (X, 1)),
        (np.trapezoid, (X, np.array([0.0, 1.0, 3.0]))), (special.gammaln, (1.5,)), (special.logsumexp, (X,)),
        (optimize.rosen, (X,)), (np.var, (X,)),
    ],
)  # fmt: skip
def test_gradient_is_that_of_a_function_that_calls_it(function, args) -> None:
    expected = ac.grad(lambda *a: function(*a))(*args)
    np.testing.assert_array_equal(ac.grad(function)(*args), expected)


def test_keywords_and_other_modes() -> None:
    np.testing.assert_array_equal(ac.grad(np.var)(X, ddof=1), ac.grad(lambda x: np.var(x, ddof=1))(X))
    y, y_dot = ac.jvp(np.sin, (X,), (X,))
    np.testing.assert_array_equal(y_dot, np.cos(X) * X)
    np.testing.assert_array_equal(ac.jacobian(np.cumsum)(X), np.tril(np.ones((3, 3))))
    np.testing.assert_allclose(ac.hessian(optimize.rosen)(X), optimize.rosen_hess(X))
    assert ac.grad(ac.grad(math.exp))(0.5) == math.exp(0.5)
    assert ac.grad(functools.partial(math.hypot, 3.0))(4.0) == 0.8


def test_generated_code_reads_as_if_it_had_been_called() -> None:
    assert "math.cos(x)" in ac.grad(math.sin).specialize(0.5).source


def test_too_many_arguments_are_refused_as_python_does() -> None:
    with pytest.raises(TypeError, match="positional argument"):
        ac.grad(math.sin)(0.5, 1.0)


def test_what_has_no_rule_is_refused_by_name() -> None:
    with pytest.raises(ac.DifferentiationError, match="`reduce` is a library function"):
        ac.grad(functools.reduce)(X)
