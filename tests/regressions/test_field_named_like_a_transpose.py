"""``s.T = ...`` rebinds a dataclass's field (and raises for an array); it is no store into the field's array."""

from dataclasses import dataclass

import numpy as np

import adjoint_compiler as ac

from . import vector


@dataclass
class State:
    T: np.ndarray


def field_assigned(s):
    old = s.T
    s.T = s.T * 2.0
    return (old * s.T).sum()


def field_stored_into(s):
    s.T[0] = s.T[1] * 3.0
    return (s.T * s.T).sum()


def test_fields():
    x = vector(3)
    np.testing.assert_allclose(ac.grad(field_assigned)(State(x)).T, 4.0 * x, rtol=1e-14)
    gradient = ac.grad(field_stored_into)(State(x)).T
    np.testing.assert_allclose(gradient, [0.0, 20.0 * x[1], 2.0 * x[2]], rtol=1e-14)
