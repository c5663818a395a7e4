"""An attribute or item that is None at first, and a number later, has an adjoint of its own at second order, too."""

from __future__ import annotations

from typing import Any

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler import testing


class Filter:
    """A filter of the first order whose state is not known at first."""

    def __init__(self, a: Any) -> None:
        self.a = a
        self.state = None

    def step(self, x: Any) -> Any:
        if self.state is None:
            self.state = x
        else:
            self.state = self.a * self.state + (1.0 - self.a) * x
        return self.state


def filtered(a: float, x: Any) -> Any:
    f = Filter(a)
    total = 0.0
    for k in range(len(x)):
        total += np.sin(f.step(x[k])) ** 2
    return total


def last_of_a_list(a: float, x: Any) -> Any:
    held = [None]
    total = 0.0
    for k in range(len(x)):
        held[0] = x[k] if held[0] is None else a * held[0] * x[k]
        total += held[0] * a
    return total


def test_to_second_order() -> None:
    x = np.array([0.3, -0.8, 1.1, 0.4])
    testing.check_grads(filtered, (0.7, x), order=2)
    testing.check_grads(last_of_a_list, (0.7, x), order=2)


def test_value_and_gradient() -> None:
    x = np.array([0.3, -0.8, 1.1, 0.4])
    value, _ = ac.value_and_grad(filtered)(0.7, x)
    assert value == filtered(0.7, x)
