"""Arguments for cases: random, but the same every time."""

from __future__ import annotations

from typing import Any

import numpy as np

rng = np.random.default_rng(7)


def R(*shape: int) -> Any:
    """A real array without ties, zeros or tiny elements."""
    return np.asarray(rng.uniform(0.5, 1.5, shape) * rng.choice([-1, 1], shape))


def P(*shape: int) -> Any:
    """A positive array."""
    return np.abs(R(*shape))


def C(*shape: int) -> Any:
    """A complex array."""
    return np.asarray(R(*shape) + 1j * R(*shape))


def S(*shape: int) -> Any:
    """Well-conditioned square matrices (the last two lengths agree)."""
    return R(*shape) + 3 * np.eye(shape[-1])


def D(*shape: int) -> Any:
    """Symmetric positive definite matrices."""
    a = R(*shape)
    return a @ np.swapaxes(a, -1, -2) + 2 * np.eye(shape[-1])


def H(n: int) -> Any:
    """A positive definite Hermitian matrix."""
    a = C(n, n)
    return a @ a.conj().T + 2 * np.eye(n)


def F(a: Any) -> Any:
    """The array in Fortran order."""
    return np.asfortranarray(a)


MASK = np.array([[True, False, True, True], [False, True, True, False], [True, True, False, True]])
