"""Objects without a derivative: locks from outside, files left by exceptions, pullbacks that must not run them again."""

import contextlib
import io
import threading

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.diagnostics import DifferentiationError

lock = threading.Lock()


class Held:
    def __init__(self):
        self.lock = threading.RLock()


held = Held()


def locked(x):
    with lock:
        if x > 10.0:
            raise ValueError("too large")
        x = x * x
    return x * x


def test_locks_from_outside():
    assert ac.grad(locked)(2.0) == 32.0
    with pytest.raises(ValueError, match="too large"):
        ac.grad(locked)(11.0)
    assert not lock.locked()
    assert "with lock:" in ac.grad(locked).source


def test_files_are_read_once_and_closed(tmp_path):
    path = tmp_path / "rates.txt"
    path.write_text("2.0\n3.0\nnone\n")

    def g(x, n):
        with open(path) as file:
            for _ in range(n):
                x = x * x * float(next(file))
        return x

    y, pullback = ac.vjp(g, 1.5, 2)
    path.write_text("7.0\n")
    assert y == 3.0 * (2.0 * 1.5**2) ** 2
    assert pullback(1.0)[0] == pullback(1.0)[0] == pytest.approx(3.0 * 4.0 * 4.0 * 1.5**3)
    path.write_text("2.0\nnone\n")
    with pytest.raises(ValueError, match="could not convert"):
        ac.grad(g)(1.5, 2)
    path.write_text("2.0\n")
    with pytest.raises(StopIteration):
        ac.grad(g)(1.5, 3)


def test_columns_of_jacobians_share_what_is_read():
    source = io.StringIO("2.0\n3.0\n4.0\n5.0\n")

    def f(v):
        return v * v * float(source.readline())

    assert np.all(ac.jacobian(f)(np.ones(3)) == 4.0 * np.eye(3))
    assert source.readline() == "3.0\n"


def test_bytes_are_refused():
    def f(x):
        with open("rates.bin", "rb") as file:
            return x * file.read()[0]

    with pytest.raises(DifferentiationError, match="open files as text"):
        ac.grad(f)(2.0)


def test_stacks_that_are_used_otherwise():
    def f(x):
        with contextlib.ExitStack() as stack:
            other = stack
            other.enter_context(lock)
            return x

    def g(x, files):
        with contextlib.ExitStack() as stack:
            if x > 1.0:
                stack.enter_context(lock)
            return x

    for h, args in ((f, (2.0,)), (g, (2.0, ()))):
        with pytest.raises(DifferentiationError, match="which contexts `stack` enters"):
            ac.grad(h)(*args)


def test_numba_refuses_them():
    pytest.importorskip("numba")
    with pytest.raises(DifferentiationError) as caught:
        ac.grad(locked, backend="numba")(2.0)
    assert [d.code for d in caught.value.diagnostics] == ["AC021"]
