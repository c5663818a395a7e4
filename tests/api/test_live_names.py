"""Globals and closures are read at every call; their types, and functions reached through them, are watched."""

import sys
import types

import numpy as np
import pytest

import adjoint_compiler as ac

rate = 2.0
table = np.array([1.0, 2.0])
settings = {"scale": 2.0, "power": [1.0, 2.0]}
buffer = np.zeros(3)
helper_rate = 10.0


def helper(x):
    return x * helper_rate


def by_rate(x):
    return x * x * rate


def by_table(x):
    return np.sum(x * table)


def by_settings(x):
    return settings["scale"] * x * settings["power"][1]


def by_helper(x):
    return helper(x) * x


def by_buffer(x):
    buffer[:] = x * x
    buffer[0] = buffer[1] * buffer[2]
    return buffer.sum()


def gradients(f, *args):
    """Twice: by a new derivative and by the pullback."""
    joint = ac.grad(f)

    def both():
        y, pullback = ac.vjp(f, *args)
        first, second = joint(*args), pullback(np.ones_like(y) if isinstance(y, np.ndarray) else 1.0)[0]
        np.testing.assert_array_equal(first, second)
        return first

    return both


def test_values_of_globals(monkeypatch):
    g = gradients(by_rate, 3.0)
    assert g() == 12.0
    monkeypatch.setitem(globals(), "rate", 5.0)
    assert g() == 30.0
    monkeypatch.setitem(globals(), "rate", 7)
    assert g() == 42.0
    monkeypatch.setitem(globals(), "rate", np.float64(1.0))
    assert g() == 6.0


def test_arrays_in_globals(monkeypatch):
    g = gradients(by_table, np.ones(2))
    np.testing.assert_array_equal(g(), [1.0, 2.0])
    table[0] = 4.0
    np.testing.assert_array_equal(g(), [4.0, 2.0])
    table[0] = 1.0
    monkeypatch.setitem(globals(), "table", np.full((2, 2), 3.0))
    np.testing.assert_array_equal(g(), [6.0, 6.0])
    monkeypatch.setitem(globals(), "table", 8.0)
    np.testing.assert_array_equal(g(), [8.0, 8.0])


def test_containers_in_globals(monkeypatch):
    g = gradients(by_settings, 3.0)
    assert g() == 4.0
    monkeypatch.setitem(settings, "scale", 3.0)
    assert g() == 6.0
    settings["power"].append(9.0)
    try:
        assert g() == 6.0
    finally:
        settings["power"].pop()


def test_globals_of_helpers_and_helpers_themselves(monkeypatch):
    g = gradients(by_helper, 3.0)
    assert g() == 60.0
    monkeypatch.setitem(globals(), "helper_rate", 20.0)
    assert g() == 120.0
    monkeypatch.setitem(globals(), "helper", lambda x: x * x)
    assert g() == 27.0


def test_a_builtin_that_is_shadowed_later(monkeypatch):
    def f(x):
        return abs(x) * 1.0

    g = gradients(f, -3.0)
    assert g() == -1.0
    monkeypatch.setitem(globals(), "abs", lambda x: x * x)
    assert g() == -6.0


def test_modules_are_read_live(monkeypatch):
    module = types.ModuleType("tests_api_settings")
    module.rate, module.shape = 2.0, lambda x: x * x
    monkeypatch.setitem(globals(), "config", module)

    def f(x):
        return config.shape(x) * config.rate  # noqa: F821

    module.shape = helper
    g = gradients(f, 3.0)
    assert g() == 20.0
    module.rate = 3.0
    assert g() == 30.0
    module.shape = by_rate
    assert g() == 36.0


def test_closures():
    scale, inner = 2.0, None

    def f(x):
        return x * x * scale

    g = gradients(f, 3.0)
    assert g() == 12.0
    scale = 5.0
    assert g() == 30.0
    scale = np.array([1.0, 2.0])

    def h(x):
        return inner(x) * 2.0

    inner = f
    with pytest.raises(ac.DifferentiationError):
        ac.grad(h)(3.0)
    scale = 1.0
    assert ac.grad(h)(3.0) == 12.0
    k = ac.grad(h)
    assert k(3.0) == 12.0
    inner = helper
    assert k(3.0) == 20.0


def test_every_closure_has_its_own_cells():
    def make(scale):
        return lambda x: x * scale

    derivatives = [ac.grad(make(k)) for k in (2.0, 3.0)]
    assert [g(1.0) for g in derivatives] == [2.0, 3.0]
    assert [ac.vjp(make(k), 1.0)[1](1.0)[0] for k in (2.0, 3.0)] == [2.0, 3.0]


def test_a_global_that_appears_later(monkeypatch):
    def f(x):
        return x * appears_later  # noqa: F821

    g = ac.grad(f)
    with pytest.raises(ac.DifferentiationError, match="appears_later") as caught:
        g(2.0)
    assert [d.code for d in caught.value.diagnostics] == ["AC012"]
    monkeypatch.setitem(globals(), "appears_later", 4.0)
    assert g(2.0) == 4.0
    monkeypatch.delitem(globals(), "appears_later")
    with pytest.raises((ac.DifferentiationError, NameError), match="appears_later"):
        g(2.0)


def test_a_stored_global_is_left_unchanged():
    buffer[:] = [7.0, 8.0, 9.0]
    x = np.array([1.0, 2.0, 3.0])
    g = gradients(by_buffer, x)
    expected = np.array([0.0, 4.0 * (1 + 9.0), 6.0 * (1 + 4.0)])
    np.testing.assert_array_equal(g(), expected)
    np.testing.assert_array_equal(buffer, [7.0, 8.0, 9.0])
    y, pullback = ac.vjp(by_buffer, x)
    buffer[:] = 0.0
    np.testing.assert_array_equal(pullback(1.0)[0], expected)


def test_the_initial_contents_of_a_stored_global_are_constants():
    def f(x):
        buffer[0] += x
        return buffer[0] * buffer[1]

    buffer[:] = [1.0, 5.0, 0.0]
    assert gradients(f, 2.0)() == 5.0
    buffer[1] = 6.0
    assert gradients(f, 2.0)() == 6.0
    np.testing.assert_array_equal(buffer, [1.0, 6.0, 0.0])


@pytest.mark.parametrize("derive", [lambda f, x: ac.grad(f)(x), lambda f, x: ac.vjp(f, x)])
def test_an_argument_that_overlaps_a_stored_global(derive):
    buffer[:] = 1.0
    with pytest.raises(ac.DifferentiationError) as caught:
        derive(by_buffer, buffer)
    assert [d.code for d in caught.value.diagnostics] == ["AC007"]


def test_foreign_arrays_in_globals_are_refused(monkeypatch):
    monkeypatch.setitem(globals(), "table", np.ma.array([1.0, 2.0]))
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(by_table)(np.ones(2))
    assert [d.code for d in caught.value.diagnostics] == ["AC008"]


def test_a_module_that_is_reloaded():
    name = "tests_api_reloaded"
    module = types.ModuleType(name)
    sys.modules[name] = module
    try:
        module.shape = helper

        def f(x):
            from_module = module.shape(x)
            return from_module * 2.0

        g = ac.grad(f)
        assert g(1.0) == 20.0
        module.shape = by_rate
        assert g(3.0) == 24.0
    finally:
        del sys.modules[name]
