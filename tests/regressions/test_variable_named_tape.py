"""A user's variable called `tape`, or like other names of generated code."""

import numpy as np

import adjoint_compiler as ac


def f(x, tape):
    result_bar = np.sin(tape)
    memory = x * tape
    gradient = memory * result_bar
    shadows = np.exp(gradient)
    x_bar = shadows * x
    saved = x_bar * 2
    for _ in range(2):
        tape = tape * x_bar * saved
    return tape * memory


def test_gradients():
    ac.testing.check_grads(f, (0.3, 0.4), order=1)
    assert ac.vjp(f, 0.3, 0.4)[1](1.0) == ac.grad(f, wrt=(0, 1))(0.3, 0.4)
