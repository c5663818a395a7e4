"""A result whose name the reverse sweep restores: the value that comes with the gradient is that from before."""

import numpy as np

import adjoint_compiler as ac

X = np.array([0.5, 1.0, 2.0])


def total(table):
    out = 0.0
    for key, value in table.items():
        out = out + np.sum(value) * (1.0 if key == "a" else 0.4)
    return out


def returns_early(x, p):
    table = dict(p)
    if p["a"] > 3.0:
        if x[0] * 0.7 > 0.6:
            x = x * 2.0
        else:
            return x[1] + total(table)
    return total(table)


def test_the_value_of_a_function_that_returns_in_several_places():
    for a in (0.3, 4.0):
        p = {"a": a, "w": X + 1.0}
        value, (x_bar, p_bar) = ac.value_and_grad(returns_early, wrt=(0, 1))(X, p)
        assert value == returns_early(X, p)
        np.testing.assert_array_equal(x_bar, [0.0, float(a > 3.0), 0.0])
        assert p_bar["a"] == 1.0


def test_what_comes_with_the_value():
    def with_aux(x, p):
        y = returns_early(x, p)
        return y, y

    p = {"a": 0.3, "w": X + 1.0}
    _, aux = ac.grad(with_aux, has_aux=True)(X, p)
    assert aux == returns_early(X, p)
