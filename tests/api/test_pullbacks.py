"""Pullbacks: re-entrant, strict about the structure of seeds, careful with types."""

import threading

import numpy as np
import pytest

import adjoint_compiler as ac


def smooth(u, k, n):
    """In-place steps over a copy: the reverse sweep restores the buffer."""
    v = u.copy()
    for _ in range(n):
        v[1:-1] = v[1:-1] + k * v[:-2] * v[2:]
    return v


def stepped(u, k):
    """The same on the argument itself."""
    for _ in range(3):
        u[1:-1] += k * u[:-2] * u[2:]
    return u, u[1:3], u.sum()


def test_the_same_answer_any_number_of_times():
    u = np.linspace(0.1, 1.0, 6)
    y, pullback = ac.vjp(smooth, u, 0.3, 4)
    seeds = [np.ones(6), np.arange(6.0)]
    first = [pullback(s) for s in seeds]
    for _ in range(3):
        for s, (u_bar, k_bar, n_bar) in zip(seeds, first, strict=True):
            again = pullback(s)
            np.testing.assert_array_equal(again[0], u_bar)
            assert again[1] == k_bar and n_bar is None and again[2] is None


def test_linear_in_the_seed():
    u = np.linspace(0.1, 1.0, 6)
    _, pullback = ac.vjp(smooth, u, 0.3, 4)
    a, b = np.arange(6.0), np.ones(6)
    np.testing.assert_allclose(pullback(2 * a + b)[0], 2 * pullback(a)[0] + pullback(b)[0], rtol=1e-13)


def test_after_the_caller_changed_everything():
    u = np.linspace(0.1, 1.0, 6)
    y, pullback = ac.vjp(stepped, u.copy(), 0.3)
    seed = (np.ones(6), np.array([2.0, 3.0]), 4.0)
    expected = pullback(seed)

    mine = u.copy()
    y, pullback = ac.vjp(stepped, mine, 0.3)
    mine[:] = np.nan
    y[0][:] = np.nan
    y[1][:] = np.nan
    for _ in range(2):
        s = (np.ones(6), np.array([2.0, 3.0]), 4.0)
        found = pullback(s)
        s[0][:] = np.nan
        np.testing.assert_array_equal(found[0], expected[0])
        assert found[1] == expected[1]
        found[0][:] = np.nan


@pytest.mark.parametrize(
    "f",
    [
        lambda x, p: x * p["w"] * p["items"][0],
        lambda x, p: np.exp(x) * p["items"][0].T,
        lambda x, p: x @ p["w"] * np.ones(3),
        lambda x, p: p["w"][::-1] * x * x,
    ],
)
def test_arguments_inside_containers_may_change(f):
    def arguments():
        return np.arange(3.0) + 1, {"w": np.arange(3.0) + 2, "items": [np.arange(3.0) + 3]}

    x, p = arguments()
    expected = ac.vjp(f, *arguments())[1](np.ones(3))
    y, pullback = ac.vjp(f, x, p)
    x[:] = 0.0
    p["w"][:] = 0.0
    p["items"][0][:] = 0.0
    p["items"].clear()
    y[:] = 0.0
    found = pullback(np.ones(3))
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1]["w"], expected[1]["w"])
    np.testing.assert_array_equal(found[1]["items"][0], expected[1]["items"][0])


def test_an_index_array_may_change():
    x, at = np.array([1.0, 2.0, 3.0]), np.array([0, 2, 2])
    _, pullback = ac.vjp(lambda x, at: x[at] * x[at], x, at)
    at[:] = 1
    np.testing.assert_array_equal(pullback(np.ones(3))[0], [2.0, 0.0, 12.0])


def test_several_threads():
    u = np.linspace(0.1, 1.0, 50)
    _, pullback = ac.vjp(smooth, u, 0.01, 20)
    seeds = [np.random.default_rng(k).standard_normal(50) for k in range(8)]
    expected = [pullback(s) for s in seeds]
    wrong = []

    def work(k):
        for _ in range(20):
            found = pullback(seeds[k])
            if not (np.array_equal(found[0], expected[k][0]) and found[1] == expected[k][1]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_python_floats_stay_python_floats():
    y, pullback = ac.vjp(lambda x, z: x * z + 1.0, 2.0, 3.0)
    assert y == 7.0 and type(y) is float
    bars = pullback(1.0)
    assert bars == (3.0, 2.0) and [type(b) for b in bars] == [float, float]
    assert [type(b) for b in pullback(np.float32(1.0))] == [float, float]
    assert pullback(2) == (6.0, 4.0)


def test_seeds_are_cast():
    x = np.ones(2, np.float32)
    y, pullback = ac.vjp(lambda x: x * x, x)
    for seed in (np.ones(2), np.ones(2, np.int64), np.ones(2, np.float16)):
        (bar,) = pullback(seed)
        assert bar.dtype == np.float32
        np.testing.assert_array_equal(bar, [2.0, 2.0])


def test_complex_pairing():
    z, w = 1.0 + 2.0j, 3.0 - 1.0j
    y, pullback = ac.vjp(lambda z: z * w, z)
    assert y == z * w and pullback(1.0j) == (np.conj(w) * 1j,)
    y, pullback = ac.vjp(lambda x: x * w, 2.0)
    assert pullback(1.0 + 1.0j) == ((np.conj(w) * (1 + 1j)).real,)
    assert type(pullback(1.0)[0]) is float


STRUCTURED = [
    (lambda x: x * 1.0, [np.ones(2), np.ones((3, 1)), 1.0, None, (np.ones(3),), [1.0, 1.0, 1.0], "abc", {}]),
    (lambda x: x.sum(), [np.ones(3), np.ones(1), None, (1.0,), "a"]),
    (lambda x: x[0] * 2.0, [np.ones(3), [1.0], None]),
    (lambda x: (x, x.sum()), [np.ones(3), (np.ones(3),), (np.ones(3), 1.0, 1.0), (1.0, np.ones(3)), None, 1.0]),
    (lambda x: {"a": x, "b": 2}, [np.ones(3), {"a": np.ones(3)}, {"a": np.ones(2), "b": None}, {"b": None}, None]),
    (lambda x: [x, (x[0],)], [[np.ones(3)], [np.ones(3), 1.0], [np.ones(3), ()]]),
]


@pytest.mark.parametrize(("f", "seed"), [(f, s) for f, seeds in STRUCTURED for s in seeds])
def test_a_seed_that_does_not_match_is_a_type_error(f, seed):
    _, pullback = ac.vjp(f, np.arange(3.0))
    with pytest.raises(TypeError, match="adjoint"):
        pullback(seed)


def test_arguments_passed_by_keyword_are_inert():
    y, pullback = ac.vjp(lambda x, scale: x * scale, 2.0, kwargs={"scale": 3.0})
    assert y == 6.0 and pullback(1.0) == (3.0,)
    with pytest.raises(TypeError):
        ac.vjp(lambda x: x, 2.0, kwargs={"spam": 3.0})


def test_each_positional_argument_has_an_entry():
    def f(a, b, c=2.0, *, d=3.0):
        return a * b * c * d

    assert ac.vjp(f, 1.0, 2)[1](1.0) == (12.0, None)
    assert ac.vjp(f, 1.0, 2.0, 5.0)[1](1.0) == (30.0, 15.0, 6.0)


def test_a_function_without_parameters():
    y, pullback = ac.vjp(lambda: 3.0)
    assert y == 3.0 and pullback(1.0) == ()


rate, table = 2.0, np.array([1.0, 2.0, 3.0])


def test_globals_are_those_of_the_call(monkeypatch):
    def f(x):
        return x * x * rate + table * x

    x = np.array([1.0, 2.0, 3.0])
    _, pullback = ac.vjp(f, x)
    expected = 2 * x * rate + table
    monkeypatch.setitem(globals(), "rate", 100.0)
    table[:] += 100.0
    try:
        np.testing.assert_array_equal(pullback(np.ones(3))[0], expected)
    finally:
        table[:] -= 100.0


def test_what_a_loop_records_is_private():
    def f(x, n):
        out = []
        for _ in range(n):
            x = np.sin(x)
            out.append(x)
        return out

    def seed():
        return [np.ones(2), np.array([2.0, 3.0]), np.array([4.0, 5.0])]

    x = np.array([0.3, 0.4])
    expected = ac.vjp(f, x, 3)[1](seed())[0]
    mine = x.copy()
    y, pullback = ac.vjp(f, mine, 3)
    mine[:] = np.nan
    for item in y:
        item[:] = np.nan
    np.testing.assert_array_equal(pullback(seed())[0], expected)
    y.clear()
    np.testing.assert_array_equal(pullback(seed())[0], expected)


def test_what_a_loop_records_of_a_global_is_private():
    def f(x, n):
        y = table
        for _ in range(n):
            y = y * x
        return y

    x = np.array([2.0, 3.0, 4.0])
    expected = ac.vjp(f, x, 2)[1](np.ones(3))[0]
    _, pullback = ac.vjp(f, x, 2)
    table[:] += 100.0
    try:
        np.testing.assert_array_equal(pullback(np.ones(3))[0], expected)
    finally:
        table[:] -= 100.0


def test_a_returned_container_of_stored_arrays():
    def f(x):
        a = x.copy()
        a[0] = a[1] * 3.0
        items = [a, a[1:]]
        return items

    y, pullback = ac.vjp(f, np.array([1.0, 2.0, 3.0]))
    seed = [np.ones(3), np.array([10.0, 100.0])]
    expected = [0.0, 14.0, 101.0]
    np.testing.assert_array_equal(pullback(seed)[0], expected)
    y[0][:] = np.nan
    y[1][:] = np.nan
    np.testing.assert_array_equal(pullback(seed)[0], expected)
