"""stop_gradient: the value itself, derivative exactly zero."""

import numpy as np
import pytest

import adjoint_compiler as ac


def both(f, *args):
    gradient = ac.grad(f)(*args)
    np.testing.assert_allclose(ac.vjp(f, *args)[1](1.0)[0], gradient, rtol=1e-14)
    return gradient


def test_it_is_the_identity():
    x = np.ones(2)
    assert ac.stop_gradient(x) is x


def test_its_result_is_constant():
    assert both(lambda x: x * ac.stop_gradient(x), 3.0) == 3.0
    assert both(lambda x: ac.stop_gradient(x * x), 3.0) == 0.0
    np.testing.assert_array_equal(
        both(lambda x: np.sum(x * ac.stop_gradient(x)[::-1]), np.array([1.0, 2.0])), [2.0, 1.0]
    )


def test_of_containers():
    def f(p):
        q = ac.stop_gradient(p)
        return p["a"] * q["b"][0] + q["a"]

    assert ac.grad(f)({"a": 2.0, "b": (3.0,)}) == {"a": 3.0, "b": (0.0,)}


def test_views_of_it_and_of_what_it_was_taken_from():
    def f(x):
        a = x.copy()
        s = ac.stop_gradient(a)
        row = s[1:]
        a[0] = a[1] * 2.0
        a[1] = a[2] * a[2]
        return np.sum(row * a[1:]) + np.sum(s)

    x = np.array([1.0, 2.0, 3.0])
    # a = (2 x1, x2**2, x2); row is a[1:], constant
    np.testing.assert_array_equal(both(f, x), [0.0, 0.0, 9.0 * 6.0 + 3.0])


def test_of_a_view():
    def f(x):
        a = x.copy()
        s = ac.stop_gradient(a[:2])
        a[:2] = a[1:] * 3.0
        return np.sum(s * a[1:])

    x = np.array([1.0, 2.0, 3.0])
    # a = (3 x1, 3 x2, x2); s = a[:2]
    np.testing.assert_array_equal(both(f, x), [0.0, 0.0, 6.0 * 3.0 + 9.0])


def test_in_a_loop():
    def f(x, n):
        for _ in range(n):
            x = x * ac.stop_gradient(x) + 1.0
        return x

    values = [1.5]
    for _ in range(3):
        values.append(values[-1] ** 2 + 1.0)
    assert both(f, 1.5, 3) == pytest.approx(values[0] * values[1] * values[2])


@pytest.mark.parametrize(
    "store",
    [
        "y = ac.stop_gradient(a)\n    y[0] = a[1]",
        "y = ac.stop_gradient(a)\n    y += 1.0",
        "y = ac.stop_gradient(a)[1:]\n    y[0] = a[1]",
        "y = ac.stop_gradient(a)\n    y.T[0] = a[1]",
        "ac.stop_gradient(a)[0] = a[1]",
        "y = ac.stop_gradient([a])\n    y[0][0] = 1.0",
    ],
)
def test_a_store_through_it_is_refused(store, tmp_path):
    import importlib.util

    file = tmp_path / "program.py"
    file.write_text(
        f"import adjoint_compiler as ac\ndef f(x):\n    a = x * 2.0\n    {store}\n    return (a * a).sum()\n"
    )
    spec = importlib.util.spec_from_file_location("program", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(module.f)(np.ones(3))
    assert [d.code for d in caught.value.diagnostics] == ["AC010"]
    assert "copy" in str(caught.value)


def test_a_copy_of_it_may_be_stored_into():
    def f(x):
        y = ac.stop_gradient(x * 2.0).copy()
        y[0] = x[1]
        return np.sum(x * y)

    np.testing.assert_array_equal(both(f, np.array([1.0, 2.0])), [2.0, 4.0 + 1.0])


def test_second_order():
    def f(x):
        return x * x * ac.stop_gradient(x * x)

    # f' = 2 x s, f'' = 2 s with s = x**2
    assert ac.grad(ac.grad(f))(3.0) == 18.0
    assert ac.grad(ac.grad(lambda x: x * ac.stop_gradient(x)))(3.0) == 0.0
