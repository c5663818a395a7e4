"""Faults found by different passes come together: in one statement, in two, in a helper and its caller, in nested blocks."""

import linecache

import numpy as np
import pytest

import adjoint_compiler as ac

# Faulty expressions over the vector `x`, and the codes they earn; each is found by another part of the compiler.
FAULTS = {
    "missing": ["AC012"],
    "missing(x)": ["AC012"],
    "np.bmat(x)": ["AC002"],
    "np.bmat(missing)": ["AC002", "AC012"],
    "np.no_such_function(x)": ["AC012"],
    "np.sin(x, casting='unsafe')": ["AC009"],
    "np.array(x, copy=False)": ["AC009"],
    "np.cos(x, order='K')": ["AC009"],
    "x.no_such_method()": ["AC019"],
    "x.no_such_attribute": ["AC019"],
    "np.bmat(x).real.no_such_method()[0]": ["AC002"],
    "np.clip(*x)": ["AC001"],
    "np.hypot(*missing)": ["AC012"],
    "(y := missing) * y": ["AC012"],
    "[missing for _ in range(3)][0]": ["AC012"],
    "(lambda z: z * missing)(x)": ["AC012"],
    "f'{missing}'": ["AC012"],
    "missing if np.bmat(x)[0] > 0 else x": ["AC002", "AC012"],
    "stored_through(ac.stop_gradient(x * 2.0))": ["AC010"],
}
HELPERS = """
def stored_through(z):
    z[0] = 1.0
    return z
"""
PLACES = {
    "one statement": "def f(x):\n    return np.sum(({a}) + ({b}))\n",
    "two statements": "def f(x):\n    u = {a}\n    v = {b}\n    return np.sum(u * v)\n",
    "a helper": "def h(x):\n    return {a}\n\ndef f(x):\n    return np.sum(h(x) * ({b}))\n",
    "a branch": "def f(x):\n    if x[0] > 0:\n        x = {a}\n    else:\n        x = {b}\n    return np.sum(x)\n",
    "a loop": "def f(x):\n    s = 0.0\n    for k in range(3):\n        s = s + ({a})\n    return np.sum(s * ({b}))\n",
    "a refused statement": "def f(x):\n    with open({a}, 'rb'):\n        x = {b}\n    return np.sum(x)\n",
}


def codes_of(text: str, name: str) -> list[str]:
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {"np": np, "ac": ac}
    exec(compile(text, name, "exec"), space)
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(space["f"])(np.array([0.5, 1.5]))
    places = [(d.span.file, d.span.line, d.span.col) for d in caught.value.diagnostics]
    assert places == sorted(places)
    return sorted(d.code for d in caught.value.diagnostics)


@pytest.mark.parametrize("fault", FAULTS)
def test_alone(fault):
    assert codes_of(f"{HELPERS}def f(x):\n    return np.sum({fault})\n", f"<alone {fault}>") == FAULTS[fault]


@pytest.mark.parametrize("place", PLACES)
def test_two_faults(place):
    faults = list(FAULTS)
    for a, b in ((a, faults[(k + shift) % len(faults)]) for k, a in enumerate(faults) for shift in (1, 5, 11)):
        if place in ("a branch", "a refused statement") and "stop_gradient" in a + b:
            continue  # a name that only one branch stops is a fault of its own
        if place == "a refused statement" and "np.array" in a:
            continue  # of what nothing reads no derivative is asked
        text = HELPERS + PLACES[place].format(a=a, b=b)
        expected = sorted([*FAULTS[a], *FAULTS[b], *(["AC001"] if place == "a refused statement" else [])])
        assert codes_of(text, f"<{place}: {a}, {b}>") == expected, text
