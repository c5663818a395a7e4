"""Functions of Numba's that compute something else than their text says, or are no functions, are refused; options of others."""

import numpy as np
import pytest

import adjoint_compiler as ac

numba = pytest.importorskip("numba")


def cube(x):
    t = x * 0.1
    return t * t * t


def test_types_of_variables_that_are_declared():
    rounded = numba.njit(locals={"t": numba.float32})(cube)
    assert rounded(1.0 / 3.0) != cube(1.0 / 3.0)
    for f in (rounded, lambda x: rounded(x) * 2.0):
        with pytest.raises(ac.DifferentiationError, match="AC006.*the types of `t` by `locals`"):
            ac.grad(f)(1.0)
        with pytest.raises(ac.DifferentiationError, match="AC006"):
            ac.jvp(f, (1.0,), (1.0,))


def test_signatures_that_round():
    rounded = numba.njit("float32(float32)")(cube)
    for f in (rounded, lambda x: rounded(x) * 2.0):
        with pytest.raises(ac.DifferentiationError, match=r"AC006.*told to round: \(float32,\) -> float32"):
            ac.vjp(f, 1.0)


def test_signatures_that_do_not():
    power = numba.njit("float64(float64, int64)")(lambda x, n: x**n)
    assert ac.grad(power)(3.0, 2) == 6.0
    assert ac.grad(power)(3, 2) == 6.0  # an int that is differentiated is a float
    assert power(3.0, 2.9) == 9.0
    with pytest.raises(ac.DifferentiationError, match="AC006.*`n` is a whole number"):
        ac.grad(power)(3.0, 2.9)


def test_stencils_and_ufuncs():
    @numba.stencil
    def mean(a):
        return 0.5 * (a[-1] + a[1])

    @numba.guvectorize("void(float64[:], float64[:])", "(n)->()")
    def total(a, out):
        out[0] = a.sum()

    for f in (lambda x: mean(x).sum(), lambda x: total(x) * 2.0):
        with pytest.raises(ac.DifferentiationError, match="AC019"):
            ac.grad(f)(np.ones(5))


def test_the_lock_of_the_interpreter_is_released_as_by_the_function():
    derivative = ac.grad(numba.njit(nogil=True)(cube))
    assert derivative.jit.options == (("nogil", True),)
    assert abs(derivative(2.0) - 0.012) < 1e-15


def test_c_functions():
    square = numba.cfunc("float64(float64)")(lambda x: x * x)
    assert ac.grad(square)(3.0) == 6.0
