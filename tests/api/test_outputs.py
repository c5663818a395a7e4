"""What is differentiated: results, mutated arguments, `of`; and which results `grad` refuses."""

import numpy as np
import pytest

import adjoint_compiler as ac


def codes(error):
    return [d.code for d in error.value.diagnostics]


def scale(a, f):
    a[1:] *= f


def scale_two(n, a, f, b):
    a[0] = f * b[1]
    b[0] = a[0] * a[1]


def test_a_single_mutated_argument_is_the_output():
    a = np.array([1.0, 2.0, 3.0])
    y, pullback = ac.vjp(scale, a, 2.0)
    np.testing.assert_array_equal(y, [1.0, 4.0, 6.0])
    a_bar, f_bar = pullback(np.array([1.0, 10.0, 100.0]))
    np.testing.assert_array_equal(a_bar, [1.0, 20.0, 200.0])
    assert f_bar == 320.0
    np.testing.assert_array_equal(a, [1.0, 2.0, 3.0])
    assert not np.shares_memory(y, a)


def test_several_mutated_arguments_are_a_tuple_in_parameter_order():
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    y, pullback = ac.vjp(scale_two, 3, a, 2.0, b)
    assert isinstance(y, tuple) and len(y) == 2
    np.testing.assert_array_equal(y[0], [8.0, 2.0])
    np.testing.assert_array_equal(y[1], [16.0, 4.0])
    n_bar, a_bar, f_bar, b_bar = pullback((np.array([1.0, 10.0]), np.array([100.0, 1000.0])))
    assert n_bar is None
    np.testing.assert_array_equal(a_bar, [0.0, 10.0 + 800.0])
    assert f_bar == (1.0 + 200.0) * 4.0
    np.testing.assert_array_equal(b_bar, [0.0, (1.0 + 200.0) * 2.0 + 1000.0])


def test_the_output_is_the_final_state_though_the_pullback_restores_it():
    def f(a):
        for _ in range(3):
            a[:] = np.sin(a)

    a = np.array([0.3, 0.4])
    y, pullback = ac.vjp(f, a)
    final = np.sin(np.sin(np.sin(a)))
    first = pullback(np.ones(2))[0]
    np.testing.assert_array_equal(y, final)
    y[:] = 0.0
    np.testing.assert_array_equal(pullback(np.ones(2))[0], first)


def test_a_mutated_integer_array_is_an_inert_output():
    def f(order, x):
        order[0] = 1
        x[0] = x[0] * x[1]

    y, pullback = ac.vjp(f, np.array([0, 1]), np.array([2.0, 3.0]))
    np.testing.assert_array_equal(y[0], [1, 1])
    np.testing.assert_array_equal(y[1], [6.0, 3.0])
    bars = pullback((None, np.array([1.0, 0.0])))
    assert bars[0] is None
    np.testing.assert_array_equal(bars[1], [3.0, 2.0])


def test_a_function_that_returns_something_has_that_as_its_output():
    def f(a):
        a[0] = a[1] * a[1]
        return a[0]

    y, pullback = ac.vjp(f, np.array([1.0, 3.0]))
    assert y == 9.0
    np.testing.assert_array_equal(pullback(1.0)[0], [0.0, 6.0])


def test_a_function_that_does_nothing():
    y, pullback = ac.vjp(lambda x: None, 2.0)
    assert y is None
    assert pullback(None) == (0.0,)


@pytest.mark.parametrize("derive", [ac.grad, ac.value_and_grad])
def test_grad_of_a_mutated_argument_needs_of(derive):
    with pytest.raises(ac.DifferentiationError) as caught:
        derive(scale)(np.ones(3), 2.0)
    assert codes(caught) == ["AC005"]
    assert 'of="a"' in str(caught.value) or "of='a'" in str(caught.value)


def test_of_names_the_output():
    a = np.array([1.0, 2.0, 3.0])
    np.testing.assert_array_equal(ac.grad(scale, of="a")(a, 2.0), [1.0, 2.0, 2.0])
    assert ac.grad(scale, wrt="f", of="a")(a, 2.0) == 5.0
    value, gradient = ac.value_and_grad(scale, wrt=(0, 1), of="a")(a, 2.0)
    assert value == 11.0 and gradient[1] == 5.0
    np.testing.assert_array_equal(a, [1.0, 2.0, 3.0])


def test_of_one_output_among_several():
    a, b = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    y, pullback = ac.vjp(scale_two, 3, a, 2.0, b, of="b")
    np.testing.assert_array_equal(y, [16.0, 4.0])
    _, a_bar, f_bar, b_bar = pullback(np.array([1.0, 0.0]))
    np.testing.assert_array_equal(a_bar, [0.0, 8.0])
    assert f_bar == 8.0
    np.testing.assert_array_equal(b_bar, [0.0, 4.0])


def test_of_wins_over_a_returned_value():
    def f(a):
        a[0] = a[1] * a[1]
        return a[0] * 100.0

    np.testing.assert_array_equal(ac.grad(f, of="a")(np.array([1.0, 3.0])), [0.0, 7.0])


def test_of_what_is_no_parameter_is_a_type_error():
    with pytest.raises(TypeError, match="of='b'"):
        ac.grad(scale, of="b")
    with pytest.raises(TypeError, match="of='b'"):
        ac.vjp(scale, np.ones(2), 1.0, of="b")


@pytest.mark.parametrize(
    "f",
    [
        lambda x: (x, x),
        lambda x: [x],
        lambda x: {"a": x},
        lambda x: None,
        lambda x: "text",
        lambda x: x * np.ones(3),
        lambda x: x * np.ones((2, 2)),
        lambda x: x * np.ones(0),
        lambda x: x > 0,
    ],
)
@pytest.mark.parametrize("argument", [2.0, np.array(2.0)])
def test_grad_of_what_is_no_scalar(f, argument):
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(f)(argument)
    assert codes(caught) == ["AC005"]
    assert "vjp" in str(caught.value)


def test_grad_of_a_shape_known_only_at_run_time():
    g = ac.grad(lambda x: x * x)
    np.testing.assert_array_equal(g(np.array([3.0])), [6.0])
    with pytest.raises(ac.DifferentiationError) as caught:
        g(np.ones(2))
    assert codes(caught) == ["AC005"]
    np.testing.assert_array_equal(g(np.array([[4.0]])), [[8.0]])
    assert g(np.array(3.0)) == 6.0


def test_the_refusal_is_made_while_compiling_when_types_tell():
    ran = []

    def note():
        ran.append(1)

    note = ac.nondifferentiable(note)

    def f(x):
        note()
        return (x, x)

    with pytest.raises(ac.DifferentiationError):
        ac.grad(f)(2.0)
    assert not ran


@pytest.mark.parametrize("z", [1j, np.complex64(1j), np.array(1j), np.array([1j])])
def test_grad_of_a_complex_result(z):
    with pytest.raises(ac.DifferentiationError, match=r"\.real") as caught:
        ac.grad(lambda z: z * z)(z)
    assert codes(caught) == ["AC015"]
    assert ac.grad(lambda z: (z * z.conjugate()).real)(2.0 + 1.0j) == 4.0 + 2.0j
