"""What `np.where` hides has derivatives of zero to third order: products beneath a guard have guards of their own."""

import numpy as np
import pytest

import adjoint_compiler as ac

X = np.array([0.5, -1.5, 0.0, 0.25])
HIDDEN = {
    "sqrt": np.sqrt, "log": np.log, "quotient": lambda x: 1.0 / x, "power": lambda x: x**-1.5, "arctanh": lambda x: np.arctanh(x + 0.5),
    "logarithm of a root": lambda x: np.log(np.sqrt(x)), "arcsin": lambda x: np.arcsin(2 * x),
    "general power": lambda x: np.power(x, x), "quotient of roots": lambda x: np.sqrt(x) / np.log(x + 1.0),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", HIDDEN)
def test_third_derivatives(name):
    h = HIDDEN[name]

    def f(x):
        return np.sum(np.where(x > 0, h(np.where(x > 0, 0.4 * x, x)), 0.0))

    def plain(x):
        return np.sum(np.where(x > 0, h(np.where(x > 0, 0.4 * x, 0.3)), 0.0))

    w = np.array([1.0, 2.0, 3.0, 4.0])

    def second(x):
        return np.sum(ac.grad(f)(x) * w)

    def third(x):
        return np.sum(ac.grad(second)(x) * w)

    found = ac.grad(third)(X)
    wanted = ac.grad(lambda x: np.sum(ac.grad(lambda x: np.sum(ac.grad(plain)(x) * w))(x) * w))(X)
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    assert (found[1:3] == 0).all()
    inside = X != 0.0  # at the end of a domain forward mode meets slopes that are not finite
    np.testing.assert_allclose(ac.jvp(ac.grad(second), (X,), (w,))[1][inside], found[inside], rtol=1e-9)
