"""The gradient of a gradient: what the compiler writes, it reads."""

import numpy as np

import adjoint_compiler as ac


@ac.grad
def second_derivative(x: float):
    v = np.zeros(4)
    v[0] = x
    for i in range(3):
        v[i + 1] = np.sin(v[i]) * x
    return v[3]


def example():
    return (0.8,)
