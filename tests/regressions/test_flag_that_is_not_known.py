"""A rank that hangs on a flag or on text given while running is not guessed."""

import numpy as np
import pytest

from . import check, vector


def kept_or_not(a, keep):
    y = a.sum(axis=0, keepdims=keep)
    z = y @ a
    return (z * y).sum() + y.sum()


def largest(a, keep):
    return (a * np.max(a, axis=1, keepdims=keep)).sum()


def by_position(a, keep):
    return (a * np.linalg.norm(a, None, 1, keep)).sum()


def dtypes_in_turn(a, keep):
    for dtype in ("float64", "float64"):
        b = a.astype(dtype, copy=keep)
        b[0] *= a[1]
    return (a * b).sum()


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("f", [kept_or_not, largest, by_position, dtypes_in_turn])
def test_flag(f, keep):
    check(f, vector(16).reshape(4, 4), keep)
