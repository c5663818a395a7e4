"""Forward mode under Numba: tangents, products of a Hessian and a vector, Jacobians; against those of the NumPy backend."""

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")

X = np.array([0.4, -1.2, 0.7, 2.0, 0.1])
V = np.array([1.0, 0.5, -2.0, 0.25, 3.0])


@numba.njit
def relax(x, n):
    total = 0.0
    for i in range(len(x)):
        t = x[i]
        for k in range(n):
            t = 0.3 * t * t + np.sin(t)
        total += t / (1.0 + x[0] * x[0])
    return total


def advect(q, c, n):
    for k in range(n):
        q[1:-1] = q[1:-1] - c * (q[2:] - q[:-2]) / (1.0 + q[1:-1] ** 2)


def test_a_compiled_function_has_compiled_tangents():
    y, y_dot = ac.jvp(relax, (X, 3), (V, None))
    expected = ac.jvp(relax.py_func, (X, 3), (V, None))
    np.testing.assert_allclose((y, y_dot), expected, rtol=1e-12)
    assert type(y) is float  # as compiled code returns it


@pytest.mark.parametrize("layout", ["C", "reversed", "rows"])
def test_tangents_of_what_is_overwritten(layout):
    q, q_dot = X.copy(), V.copy()
    if layout == "reversed":
        q = q[::-1]
    if layout == "rows":
        q, q_dot = np.asfortranarray(np.stack([X, V, X])), np.stack([V, X, V])
    before = q.copy()
    found = ac.jvp(advect, (q, 0.1, 3), (q_dot, 1.0, None), backend="numba")
    expected = ac.jvp(advect, (q, 0.1, 3), (q_dot, 1.0, None), backend="numpy")
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
    np.testing.assert_array_equal(q, before)


def test_hessians():
    for product, args in ((ac.hvp(relax), (X, V, 3)), (ac.hessian(relax), (X, 3))):
        expected = (ac.hvp(relax.py_func) if len(args) == 3 else ac.hessian(relax.py_func))(*args)
        np.testing.assert_allclose(product(*args), expected, rtol=1e-10, atol=1e-13)


def test_second_derivatives_of_what_arrays_are_added_to():
    @numba.njit
    def bodies(place, speed, n):
        p, v = place.copy(), speed.copy()
        pull = np.zeros_like(p)
        for _ in range(n):
            pull[:] = 0.0
            for i in range(len(p)):
                for j in range(i):
                    pull[i] += p[j] * p[i]
                    pull[j] -= v[i]
            v += 0.1 * pull
            p += 0.1 * v
        return np.sum(p * p)

    for k in (0, 1):
        found, expected = (ac.hvp(bodies, wrt=k, backend=b)(X[:3], V[:3], X[1:4], 3) for b in (None, "numpy"))
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-13)


def quotient(x, z):
    return np.sum(x / z)


def test_a_zero_tangent_of_an_infinite_quotient():
    x, z = np.array([1.0, 0.0, 2.0]), np.array([1.0, 0.0, 4.0])
    with np.errstate(all="ignore"):
        for tangents in ((np.ones(3), None), (np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.0, 2.0]))):
            found = ac.jvp(quotient, (x, z), tangents, backend="numba")
            np.testing.assert_array_equal(found, ac.jvp(quotient, (x, z), tangents, backend="numpy"))


def test_low_precision_stays_low():
    x, v = X.astype(np.float32), V.astype(np.float32)

    def scaled(x):
        return x * 2.0 + np.exp(x)

    y, y_dot = ac.jvp(scaled, (x,), (v,), backend="numba")
    assert y.dtype == y_dot.dtype == np.float32
    np.testing.assert_allclose(y_dot, ac.jvp(scaled, (x,), (v,))[1], rtol=1e-6)


@numba.njit(parallel=True)
def smoothed(x, y):
    for i in numba.prange(1, len(x) - 1):
        y[i] = x[i] * (x[i - 1] + x[i + 1])
    return y.sum()


def test_tangents_of_parallel_loops():
    x = np.linspace(-1.0, 2.0, 50)
    tangents = (np.cos(x), np.sin(x))
    expected = ac.jvp(smoothed.py_func, (x, x * 0.5), tangents, backend="numpy")
    threads = numba.get_num_threads()
    try:
        for n in (1, min(2, threads)):
            numba.set_num_threads(n)
            np.testing.assert_allclose(ac.jvp(smoothed, (x, x * 0.5), tangents), expected, rtol=1e-12)
    finally:
        numba.set_num_threads(threads)


def potential(x, w):
    return 1.0 / np.sqrt(x[0] ** 2 + (x[1] - w) ** 2)


def moved(w):
    x, v = np.array([0.5, 2.0]), np.array([0.75, 0.0])
    for _ in range(5):
        _, first = ac.jvp(potential, (x, w), (np.array([1.0, 0.0]), None))
        _, second = ac.jvp(potential, (x, w), (np.array([0.0, 1.0]), None))
        x = x + 0.1 * v
        v = v - 0.1 * np.array([first, second])
    return (x * x).sum()


@pytest.mark.parametrize("derive", [ac.grad, ac.jacfwd])
def test_a_derivative_of_directions_in_a_loop(derive):
    assert derive(moved, backend="numba")(0.3) == pytest.approx(derive(moved)(0.3), rel=1e-12)


def test_a_direction_of_another_shape_is_refused():
    def f(x, n):
        _, slope = ac.jvp(potential, (x, 0.1), (np.ones(n), None))
        return slope

    with pytest.raises(TypeError, match="shape"):
        ac.grad(f, backend="numba")(np.array([0.5, 2.0]), 3)


def test_integers_that_active_values_are_stored_into_are_refused():
    def f(x, like):
        a = np.zeros(2, like.dtype)
        a[0] = x
        return a[0] * 2.0

    assert ac.grad(f, backend="numba")(1.5, np.zeros(1)) == 2.0
