"""Which arguments are differentiated: `wrt` by position, by name, as a tuple."""

import numpy as np
import pytest

import adjoint_compiler as ac


def product(x, y, *, scale=2.0):
    return scale * x * x * y


@pytest.mark.parametrize(
    ("wrt", "expected"),
    [
        (0, 36.0),
        (1, 18.0),
        (-1, 27.0),
        (-2, 18.0),
        (-3, 36.0),
        ("x", 36.0),
        ("y", 18.0),
        ("scale", 27.0),
        ((0,), (36.0,)),
        (("y",), (18.0,)),
        ((0, 1), (36.0, 18.0)),
        ((1, "x"), (18.0, 36.0)),
        ((), ()),
    ],
)
def test_position_name_or_tuple(wrt, expected):
    assert ac.grad(product, wrt=wrt)(3.0, 3.0) == expected
    assert ac.value_and_grad(product, wrt=wrt)(3.0, 3.0) == (54.0, expected)


@pytest.mark.parametrize("wrt", [3, -4, "z", (0, 0), ("x", 0), (0, "z"), 1.5, None, True, [0]])
def test_what_is_no_parameter_is_a_type_error(wrt):
    with pytest.raises(TypeError, match="wrt"):
        ac.grad(product, wrt=wrt)


def test_the_decorator_takes_keywords():
    @ac.grad(wrt="y")
    def f(x, y):
        return x * y

    @ac.value_and_grad
    def g(x):
        return x * x

    assert f(2.0, 5.0) == 2.0
    assert g(3.0) == (9.0, 6.0)


def test_unused_arguments_give_zeros():
    def f(x, unused, pair):
        return x * x

    gradients = ac.grad(f, wrt=(0, 1, 2))(3.0, np.ones((2, 2), np.float32), (1.0, {"k": np.ones(3)}))
    assert gradients[0] == 6.0
    assert gradients[1].dtype == np.float32
    np.testing.assert_array_equal(gradients[1], np.zeros((2, 2)))
    assert gradients[2][0] == 0.0
    np.testing.assert_array_equal(gradients[2][1]["k"], np.zeros(3))


def test_a_constant_function_has_gradient_zero():
    assert ac.grad(lambda x: 3.0)(2.0) == 0.0
    assert ac.grad(lambda x, y: y)(2.0, 1.0) == 0.0
    np.testing.assert_array_equal(ac.grad(lambda x: 3)(np.ones(2)), np.zeros(2))


def test_only_functions_have_derivatives():
    with pytest.raises(TypeError, match="function"):
        ac.grad(3.0)


def test_unknown_backends_are_refused():
    with pytest.raises(ac.DifferentiationError, match="backend"):
        ac.grad(product, backend="fortran")
    with pytest.raises(ac.DifferentiationError, match="backend"):
        ac.vjp(product, 1.0, 2.0, backend="fortran")


def test_without_optimization_the_answer_is_the_same():
    assert ac.grad(product, optimize=0)(3.0, 3.0) == 36.0
    y, pullback = ac.vjp(product, 3.0, 3.0, optimize=0)
    assert (y, pullback(1.0)) == (54.0, (36.0, 18.0))
