"""A predicate is recorded also when all that its branches do in reverse is to restore a reference."""

import numpy as np
import pytest

from . import check, vector


def only_rebinds(x, flags):
    u = x * 2.0
    v = x * x
    for k in range(len(flags)):
        if flags[k]:
            u, v = v, u
        u[0] = u[1] * v[2]
    return (u * v).sum()


def only_copies(x, w):
    best = x[0]
    for k in range(len(w)):
        if w[k] > 1.0:
            best = x[k]
        x[0] = best * x[1]
    return x[0] * best


@pytest.mark.parametrize("flags", [[], [True], [False, True, True], [True, True, False, True]])
def test_rebinding(flags):
    check(only_rebinds, vector(3), np.array(flags, dtype=bool))


def test_copies():
    check(only_copies, vector(3), np.array([0.3, 1.4, 1.2]))
    check(only_copies, vector(3), np.array([0.3, 0.4, 0.2]))
