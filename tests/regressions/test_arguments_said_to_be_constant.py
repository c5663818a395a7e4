"""What a definition needs for its value only was not differentiated by, and not refused: the gradient by it was zero."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from scipy import signal  # noqa: E402

import adjoint_compiler as ac  # noqa: E402

X = np.linspace(0.3, 1.7, 16)


def by_a_step(d, x):
    return np.sum(signal.savgol_filter(x, 5, 2, deriv=1, delta=d) ** 2)


def in_a_recursive_function(d, x, n):
    return by_a_step(d, x) if n == 0 else d * in_a_recursive_function(d, x, n - 1)


def test_they_are_refused_in_both_modes():
    for f in (by_a_step, lambda d, x: in_a_recursive_function(d, x, 2)):
        with pytest.raises(ac.DifferentiationError) as fault:
            ac.grad(f)(0.5, X)
        assert "AC009" in {d.code for d in fault.value.diagnostics}
    with pytest.raises(ac.DifferentiationError):
        ac.jvp(by_a_step, (0.5, X), (1.0, None))


def test_constants_pass():
    ac.testing.check_grads(lambda x: by_a_step(0.5, x), (X,))
