"""Arrays held by a container that the program stores into: their adjoints were lost, the caller's arrays changed."""

import numpy as np

import adjoint_compiler as ac


def check(f, argument, expected):
    before = repr(argument)
    found = ac.grad(f)(argument)
    assert repr(found) == repr(expected)
    assert repr(ac.vjp(f, argument)[1](1.0)[0]) == repr(expected)
    assert repr(argument) == before


def test_dict_argument():
    def f(d):
        d["a"][0] = d["a"][1] * 2
        return d["a"].sum()

    check(f, {"a": np.arange(3.0)}, {"a": np.array([0.0, 3.0, 1.0])})


def test_list_argument_whose_slots_change_too():
    def f(items):
        items[0][0] = items[1][0] * 2
        items[1] = items[0] * 3
        return items[0].sum() + items[1].sum()

    check(f, [np.ones(2), np.arange(2.0)], [np.array([0.0, 4.0]), np.array([8.0, 0.0])])


def test_loop_over_a_list():
    def f(items):
        for a in items:
            a[0] = a[1] * a[1]
        return items[0].sum() + items[1].sum()

    check(f, [np.ones(2), np.ones(2)], [np.array([0.0, 3.0]), np.array([0.0, 3.0])])


def test_tuple_argument():
    def f(pair):
        a, b = pair
        a[0] = b[0] * b[1]
        return a.sum()

    check(f, (np.ones(2), np.array([1.0, 2.0])), (np.array([0.0, 1.0]), np.array([2.0, 1.0])))


def test_nested_containers():
    def f(p):
        p["in"]["a"][0] = p["in"]["a"][1] * 2
        return p["in"]["a"].sum() + p["b"][0]

    check(f, {"in": {"a": np.ones(2)}, "b": [1.0, 2.0]}, {"in": {"a": np.array([0.0, 3.0])}, "b": [1.0, 0.0]})


def test_container_that_is_an_operand_as_a_whole():
    def f(x):
        a, b, items = x.copy(), x * 2, []
        items.append(a)
        items.append(b)
        a[0] = a[1] * 5
        return np.concatenate(items).sum() + sum([item.sum() for item in items])

    check(f, np.array([1.0, 2.0]), np.array([4.0, 16.0]))


def test_container_that_is_returned():
    def f(x, n):
        u, out = x.copy(), []
        for _ in range(n):
            u[0] = u[0] * u[1]
            out.append(u)
        return out

    y, pullback = ac.vjp(f, np.array([1.0, 2.0]), 2)
    np.testing.assert_array_equal(pullback([np.ones(2), np.array([10.0, 100.0])])[0], [44.0, 145.0])


table = {"w": np.array([1.0, 2.0])}


def test_global_container():
    def f(x):
        table["w"][0] = x
        return table["w"][0] * table["w"][1]

    assert ac.grad(f)(3.0) == 2.0
    np.testing.assert_array_equal(table["w"], [1.0, 2.0])
