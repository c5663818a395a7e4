"""The program's names win: generated code calls its helpers by names that the program does not use."""

import numpy as np

from adjoint_compiler import runtime

from . import check, vector


def spread_and_guarded(x):
    spread = x * x
    guarded = np.sqrt(spread + 1.0)
    unbroadcast = guarded / spread
    return (guarded * unbroadcast).sum()


def copied_and_detached(x, n):
    copied = x.copy()
    detached = copied[1:]
    for shadow in range(n):
        detached[shadow] = detached[shadow] * copied[0]
    shadows = (copied * copied).sum()
    return shadows


def parameters(entry_copy, as_gradient):
    entry_copy[0] = entry_copy[1] * as_gradient
    return (entry_copy * entry_copy).sum()


def names_of_adjoints(x, x_bar):
    y_bar = x * x_bar
    x_dot = y_bar * y_bar
    result_bar = x_dot + x
    y = result_bar * x_dot
    return y


def name_of_the_tape(x, y):
    tape = x * y
    return tape * tape


def helper_called_spread(x):
    def spread(y):
        return y * y

    return spread(np.sum(x)) + np.mean(x)


def test_helpers_exist():
    assert all(hasattr(runtime, n) for n in ("spread", "guarded", "unbroadcast", "copied", "shadow"))


def test_locals():
    check(spread_and_guarded, vector(3))
    check(copied_and_detached, vector(4), 3)


def test_parameters():
    check(parameters, vector(3), 1.2)


def test_names_of_the_derivative():
    check(names_of_adjoints, 1.2, 0.7)
    check(name_of_the_tape, 1.2, 0.7)


def test_functions():
    check(helper_called_spread, vector(3))
