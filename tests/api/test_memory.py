"""Memory: overlapping arguments, foreign arrays, read-only arguments, primals that raise."""

import numpy as np
import pytest

import adjoint_compiler as ac

DERIVE = {
    "grad": lambda f, *args: ac.grad(f)(*args),
    "value_and_grad": lambda f, *args: ac.value_and_grad(f)(*args),
    "vjp": lambda f, *args: ac.vjp(f, *args),
}


@pytest.fixture(params=DERIVE)
def derive(request):
    return DERIVE[request.param]


def codes(error):
    return [d.code for d in error.value.diagnostics]


def stores(a, b):
    a[0] = b[-1] * b[-1]
    return np.sum(a) + np.sum(b)


def reads(a, b):
    return np.sum(a * b)


def stores_in_items(a, p):
    a[0] = p["items"][0][0] * 2.0
    return a.sum()


def overlapping():
    x = np.arange(12.0)
    m = np.arange(16.0).reshape(4, 4)
    yield "same", x, x
    yield "views", x[:6], x[5:]
    yield "steps", x[::2], x[::3]
    yield "reversed", x[:4], x[::-1][8:]
    yield "rows and columns", m[0], m[:, 0]
    yield "transposed", m, m.T
    yield "byte views", x[:4], x.view(np.float32)[7:9]


def separate():
    x = np.arange(12.0)
    m = np.arange(16.0).reshape(4, 4)
    yield "halves", x[:6], x[6:]
    yield "even and odd", x[::2], x[1::2]
    yield "rows", m[0], m[1]
    yield "columns", m[:, 0], m[:, 1]
    yield "blocks", m[:2, :2].ravel(), m[2:, 2:]
    yield "corners", m[:2, :2], m[:2, 2:]
    yield "empty", x[:3], x[1:1].reshape(0) if False else np.zeros(2)


@pytest.mark.parametrize(("a", "b"), [pytest.param(a, b, id=n) for n, a, b in overlapping()])
def test_an_argument_that_overlaps_a_mutated_one_is_refused(derive, a, b):
    with pytest.raises(ac.DifferentiationError) as caught:
        derive(stores, a, b)
    assert codes(caught) == ["AC007"]
    problem = caught.value.diagnostics[0]
    assert "`a`" in problem.message and "`b`" in problem.message and "copy" in problem.help
    assert problem.span.text.strip() == "def stores(a, b):"


@pytest.mark.parametrize(("a", "b"), [pytest.param(a, b, id=n) for n, a, b in separate()])
def test_arguments_that_do_not_overlap_pass(derive, a, b):
    if a.ndim > 1:
        derive(reads, a, b)
        return
    before = a.copy(), b.copy()
    derive(lambda a, b: stores(a, b.ravel()), a, b)
    np.testing.assert_array_equal(a, before[0])
    np.testing.assert_array_equal(b, before[1])


def test_overlap_without_stores_passes(derive):
    x = np.arange(4.0)
    derive(reads, x, x)
    derive(reads, x, x[::-1])


def test_overlap_inside_containers(derive):
    x = np.arange(4.0)
    with pytest.raises(ac.DifferentiationError) as caught:
        derive(stores_in_items, x[:3], {"items": [x]})
    assert codes(caught) == ["AC007"]
    derive(stores_in_items, x[:2], {"items": [x[2:]]})


def test_an_overlap_too_hard_to_decide_is_refused_and_says_so():
    rng = np.random.default_rng(0)
    x = np.zeros(200_000, np.uint8)
    shape = (6,) * 7
    primes = (2310, 1365, 1155, 770, 462, 330, 210)

    def strided(offset):
        return np.lib.stride_tricks.as_strided(x[offset:].view(np.int8), shape, primes)

    a, b = strided(0), strided(int(rng.integers(1, 50)))
    try:
        np.shares_memory(a, b, max_work=1000)
        pytest.skip("decided quickly")
    except np.exceptions.TooHardError:
        pass


def test_a_mutated_argument_that_overlaps_itself(derive):
    def f(a):
        a[0] = a[1] * 2.0
        return np.sum(a * a)

    x = np.arange(6.0)
    for a in (np.lib.stride_tricks.as_strided(x, (2, 3), (8, 8)), np.broadcast_to(x, (2, 6)).view()):
        with pytest.raises((ac.DifferentiationError, ValueError)) as caught:
            derive(f, a)
        if isinstance(caught.value, ac.DifferentiationError):
            assert codes(caught) == ["AC013"]
    windows = np.lib.stride_tricks.sliding_window_view(x, 3)
    derive(lambda a: np.sum(a * a), windows)
    derive(f, x.reshape(2, 3)[:, ::2])
    derive(f, x.reshape(2, 3).T)


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_array_subclasses_and_foreign_arrays_are_refused(derive):
    class Mine(np.ndarray):
        pass

    class Duck:
        def __init__(self):
            self.data = np.ones(3)

        def __array__(self, dtype=None, copy=None):
            return self.data

    class Protocol:
        def __array_function__(self, func, types, args, kwargs):
            return NotImplemented

    class Ufuncs:
        def __array_ufunc__(self, *args, **kwargs):
            return 1.0

    foreign = [
        np.matrix([[1.0, 2.0]]),
        np.ma.array([1.0, 2.0]),
        np.ones(2).view(Mine),
        np.rec.array([(1.0, 2.0)]),
        np.array([1.0, 2.0], object),
        np.zeros(2, [("a", float)]),
        Duck(),
        Protocol(),
        Ufuncs(),
    ]
    for value in foreign:
        for argument in (value, [value], {"k": (value,)}):
            with pytest.raises(ac.DifferentiationError) as caught:
                derive(lambda x, y: y * 2.0, argument, 1.0)
            assert codes(caught) == ["AC008"]
            assert caught.value.diagnostics[0].span.line > 0


def test_a_read_only_mutated_argument_raises_what_the_primal_raises(derive):
    a, b = np.arange(3.0), np.arange(3.0)
    a.flags.writeable = False
    with pytest.raises(ValueError) as expected:
        stores(a, b)
    with pytest.raises(ValueError) as found:
        derive(stores, a, b)
    assert str(found.value) == str(expected.value)
    derive(stores, b, a)


def test_a_read_only_argument_that_is_not_reached_by_a_store(derive):
    def f(a, flag):
        if flag:
            a[0] = 1.0
        return a.sum()

    a = np.arange(3.0)
    a.flags.writeable = False
    derive(f, a, False)
    with pytest.raises(ValueError):
        derive(f, a, True)


def test_arguments_are_never_changed(derive):
    a, b = np.arange(3.0), np.arange(3.0) + 1
    for _ in range(2):
        derive(stores, a, b)
        np.testing.assert_array_equal(a, np.arange(3.0))


def test_containers_of_arrays_are_never_changed(derive):
    def f(p, items):
        p["a"][0] = items[1] * 2.0
        items[0] = items[1] * items[1]
        items.append(3.0)
        return p["a"].sum() + items[0]

    p, items = {"a": np.arange(3.0)}, [1.0, 2.0]
    derive(f, p, items)
    np.testing.assert_array_equal(p["a"], np.arange(3.0))
    assert items == [1.0, 2.0]


class Problem(Exception):
    pass


def raises(kind, x):
    if kind == "index":
        return x[10]
    if kind == "zero":
        return 1.0 / (float(x[0]) - 1.0)
    if kind == "own":
        raise Problem("as the program says", 3)
    if kind == "shapes":
        return np.sum(x + np.ones(7))
    if kind == "linalg":
        return np.sum(np.linalg.inv(np.zeros((2, 2)) * x[0]))
    return x.sum()


@pytest.mark.parametrize("kind", ["index", "zero", "own", "shapes", "linalg"])
def test_a_primal_that_raises(derive, kind):
    def f(x):
        return raises(kind, x)

    x = np.ones(3)
    with pytest.raises(Exception) as expected:  # noqa: B017
        f(x)
    with pytest.raises(type(expected.value)) as found:
        derive(f, x)
    assert type(found.value) is type(expected.value)
    assert str(found.value) == str(expected.value) and found.value.args == expected.value.args
    np.testing.assert_array_equal(x, np.ones(3))
