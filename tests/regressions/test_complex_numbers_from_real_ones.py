"""Real and complex arrays joined, in and out of recursive functions."""

import cmath

import numpy as np
import pytest

import adjoint_compiler as ac

from . import check, vector


def halves(a):
    if len(a) == 1:
        return a
    even, odd = halves(a[::2]), halves(a[1::2])
    odd = np.exp(-2j * np.pi * np.arange(len(odd)) / len(a)) * odd
    return np.concatenate([even + odd, even - odd])


def fourier(x):
    y = halves(x)
    return np.abs(y[1]) + y[2].real * y[3].imag


def joined(x):
    a = np.concatenate([x, 1j * x])
    b = np.stack([x, 1j * x]).imag
    c = np.array([x[0], 1j * x[1]])
    return abs(a[-1]) * b.sum() + (a * a).real.prod() + (c[0] * c[1]).imag


@pytest.mark.parametrize("f", [fourier, joined])
@pytest.mark.parametrize("dtype", [float, complex])
def test_functions(f, dtype):
    x = vector(4).astype(dtype)
    check(f, x if dtype is float else x + 1j * vector(4, 1))


def roots(x):
    return cmath.sqrt(-x).imag + complex(x, x * x).imag + abs(cmath.exp(1j * x) + x)


def zeros(v):
    z = np.zeros_like(v, dtype=complex)
    z[1:] = 1j * v[:-1]
    return (z * (z + v)).imag.sum() + (np.asarray(v, dtype=complex) * 1j).imag.prod()


@pytest.mark.parametrize(("f", "x"), [(roots, 2.3), (zeros, vector(4))])
def test_untyped(f, x):
    check(f, x)
    gradient = ac.grad(f)
    np.testing.assert_allclose(gradient._untyped("joint").functions[0](x), gradient(x), rtol=1e-12)
