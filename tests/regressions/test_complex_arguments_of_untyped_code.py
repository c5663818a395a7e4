"""Code generated for parameters without types is for real ones, and says so."""

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler import runtime


def modulus(x, w):
    return abs(x * w)


def run(f, *args):
    names = {n: getattr(runtime, n) for n in dir(runtime)} | {"np": np}
    exec(ac.grad(f).source, names)
    return names[f"{f.__name__}_grad"](*args)


@pytest.mark.parametrize("args", [(1j, 2.0), (2.0, 1j), (np.complex128(1j), 1.0), (2.0, np.complex64(1j))])
def test_complex_arguments(args):
    with pytest.raises(TypeError, match="must be real, not complex"):
        run(modulus, *args)


def test_real_arguments():
    assert run(modulus, -3.0, 2) == -2.0


def test_lists():
    def f(x):
        return np.sin(x).sum()

    with pytest.raises(TypeError, match="gradient of a list"):
        run(f, [1.0, 2.0])
