"""What makes compiled derivatives quick changes no numbers: room on tapes, loops left out, quick functions, ties as loops."""

import math

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")


def source(f, *args, wrt=0):
    return ac.grad(f, wrt=wrt, backend="numba").specialize(*args).source


def same(f, *args, wrt=0):
    found, expected = ac.grad(f, wrt=wrt, backend="numba")(*args), ac.grad(f, wrt=wrt)(*args)
    np.testing.assert_allclose(found, expected, rtol=1e-11)
    return source(f, *args, wrt=wrt)


def nested(x, n: int, m: int):
    total = 0.0
    for i in range(n):
        t = x[0]
        for j in range(1, 2 * m, 2):
            t = t * x[i] + x[j] * x[0]
        total += t * t
    return total


def triangle(x, n: int):
    t = 0.5
    for i in range(n):
        for j in range(i, -1, -1):
            t = t * x[j] + x[i]
    return t


def two_places(x, n: int):
    t = x[0]
    for i in range(n):
        t = t * t * 0.5
        for j in range(3):
            t = t * x[j] + 0.1
        t = math.sin(t) * x[i]
    return t


def with_break(x, n: int):
    t = 1.0
    for i in range(n):
        if t > 3.0:
            break
        t = t * x[i] + t
    return t


def some_trips(x, n: int):
    t = 1.0
    for i in range(n):
        if i % 3 == 1:
            t = t * x[i] + t * t * 0.1
    return t


@pytest.mark.parametrize("sizes", [(0, 0), (1, 1), (5, 3), (80, 2)])
def test_room_for_nested_loops_is_made_once(sizes):
    n, m = sizes
    x = np.linspace(0.1, 0.3, max(n, 2 * m, 1))
    text = same(nested, x, n, m)
    assert text.count("with_room(") == 1 and "grown" not in text  # before both loops


@pytest.mark.parametrize("n", [0, 1, 5, 90])
def test_room_that_is_made_in_the_outer_loop(n):
    text = same(triangle, np.linspace(0.1, 0.3, max(n, 1)), n)
    assert "with_room(" in text and "grown" not in text


@pytest.mark.parametrize("n", [0, 3, 70])
def test_a_tape_that_is_filled_at_several_places(n):
    same(two_places, np.linspace(0.1, 0.9, max(n, 3)), n)


@pytest.mark.parametrize("f", [with_break, some_trips])
def test_tapes_of_unknown_length_grow(f):
    assert "grown" in same(f, np.linspace(0.01, 0.1, 200), 200)


def second_nearest(centres, points):
    total = 0.0
    for i in range(points.shape[0]):
        least = second = 1e9
        for j in range(centres.shape[0]):
            distance = 0.0
            for a in range(points.shape[1]):
                distance += (centres[j, a] - points[i, a]) ** 2
            if distance < least:
                second = least
                least = distance
        total += second
    return total


def test_loops_without_effect_are_left_out():
    rng = np.random.default_rng(0)
    text = same(second_nearest, rng.random((4, 3)), rng.random((20, 3)))
    assert "_bar != 0.0:" in text


def test_what_hangs_on_a_zero_adjoint_has_a_second_derivative():
    inner = ac.grad(second_nearest)

    def curvature(centres, points):
        return np.sum(inner(centres, points) ** 2)

    rng = np.random.default_rng(0)
    same(curvature, rng.random((4, 3)), rng.random((20, 3)))


def extremes(x):
    return np.max(x) * 2.0 + np.min(x) * np.max(x)


@pytest.mark.parametrize("x", [[3.0, 1.0, 2.0], [2.0, 2.0, 1.0, 1.0], [1.0], [1.0, np.nan, 2.0, np.nan]], ids=str)
def test_ties_share(x):
    same(extremes, np.array(x))
    same(extremes, np.array([x, x]))


def transcendental(x):
    total = 0.0
    for i in range(len(x)):
        total += np.exp(x[i]) * np.tanh(x[i]) + math.log(abs(x[i]) + 0.5) * math.tanh(0.1 * x[i])
    return total + np.sum(np.log(x * x + 0.1) * np.exp(-x) + np.tanh(x))


def test_quick_functions():
    x = np.linspace(-3.0, 3.0, 101)
    text = same(transcendental, x)
    assert "exp_of(" in text and "log_of(" in text and "tanh_of(" in text


EDGES = [
    0.0,
    -0.0,
    np.inf,
    -np.inf,
    np.nan,
    5e-324,
    1e-310,
    709.7,
    709.8,
    -745.1,
    -745.2,
    -708.5,
    1.0,
    1e308,
    -21.9,
    22.1,
]


@pytest.mark.parametrize("word, units", [("exp", 1.1), ("log", 1.1), ("tanh", 3.0)])
def test_errors_of_quick_functions(word, units):
    from adjoint_compiler.backend.numba.helpers import transcendental as helpers

    quick, exact = getattr(helpers, f"{word}_of"), getattr(np, word)
    rng = np.random.default_rng(0)
    x = rng.uniform(-25, 25, 4000) if word == "tanh" else rng.uniform(-707, 709, 4000)
    x = np.exp(x) if word == "log" else np.concatenate([x, x / 1e3])
    expected = exact(x.astype(np.longdouble))
    found = np.array([quick(v) for v in x])
    assert np.max(np.abs(found - expected) / np.spacing(np.abs(expected.astype(float)))) < units
    with np.errstate(all="ignore"):
        for v in EDGES:
            np.testing.assert_allclose(quick(v), float(exact(v)), rtol=7e-16)
            assert math.copysign(1.0, quick(v)) == math.copysign(1.0, exact(v)) or math.isnan(exact(v))
