"""Values popped off a list in a loop: all were put back as the last one when the reverse sweep needed the list."""

import numpy as np

import adjoint_compiler as ac


def emptied(x):
    stack, s = [], 0.0
    for k in range(3):
        stack.append(x[k] * x[k])
    for k in range(3):
        s = s + stack[k] * stack[(k + 1) % 3]
    while stack:
        s = s * 1.1 + stack.pop()
    return s


def replaced(x):
    stack, s = [], 0.0
    for k in range(3):
        stack.append(x[k] * x[k])
    for j in range(2):
        for k in range(3):
            s = s + stack[k] * stack[(k + 1) % 3]
        t = stack.pop()
        stack.append(t * x[j])
    while stack:
        s = s * 1.1 + stack.pop()
    return s


def test_gradients():
    for f in (emptied, replaced):
        ac.testing.check_grads(f, (np.array([1.0, 2.0, 3.0]),), order=1)
