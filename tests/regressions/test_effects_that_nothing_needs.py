"""Effects whose results nothing needs were left out of derivatives: messages were not logged, files not written.

What acts happens once in each derivative, in the program's order, and is not shared between calls that look alike.
"""

import io
import logging
import sys
import warnings

import numpy as np
import pytest

import adjoint_compiler as ac

logger = logging.getLogger("adjoint_compiler.effects")


def told(x):
    logger.warning("at %g", x)
    if x > 1.0:
        for k in range(2):
            x = x * x
            logger.warning("step %d: %g", k, x)
    return x


RECORDS = ["at 2", "step 0: 4", "step 1: 16"]


@pytest.mark.parametrize(
    ("derivative", "expected"),
    [
        (lambda: ac.grad(told)(2.0), 32.0),
        (lambda: ac.value_and_grad(told)(2.0), (16.0, 32.0)),
        (lambda: ac.vjp(told, 2.0)[1](1.0), (32.0,)),
        (lambda: ac.jvp(told, (2.0,), (1.0,))[1], 32.0),
        (lambda: ac.grad(ac.grad(told))(2.0), 48.0),
        (lambda: ac.hvp(told)(2.0, 1.0), 48.0),
    ],
)
def test_messages_are_logged_once(derivative, expected, caplog):
    assert derivative() == expected
    assert [r.getMessage() for r in caplog.records] == RECORDS


def asked(x):
    first = float(input("first "))
    second = float(input("second "))
    print("between")
    for _ in range(2):
        x = x * float(input())
    return (second - first) * x * x + first * x


def test_answers_are_taken_in_order(monkeypatch, capsys):
    for derivative in (ac.grad(asked), lambda x: ac.vjp(asked, x)[1](1.0)[0], lambda x: ac.jvp(asked, (x,), (1.0,))[1]):
        monkeypatch.setattr(sys, "stdin", io.StringIO("3\n5\n2\n7\n"))
        assert derivative(1.5) == 2.0 * 14.0**2 * 2.0 * 1.5 + 3.0 * 14.0
        assert capsys.readouterr().out == "first second between\n"


def test_files_are_written(tmp_path):
    path = str(tmp_path / "values.txt")

    def f(x):
        np.savetxt(path, x)
        return (x * x).sum()

    assert np.all(ac.grad(f)(np.ones(2)) == 2.0)
    assert np.all(np.loadtxt(path) == 1.0)


def test_warnings_are_given_and_filtered():
    def f(x):
        warnings.warn("on the way")  # noqa: B028
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.warn("not heard")  # noqa: B028
        return x * x

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert ac.grad(f)(2.0) == 4.0
    assert [str(w.message) for w in caught] == ["on the way"]


def test_forward_sweeps_of_jacobians_do_not_ask_again(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("5\n7\n9\n"))
    assert np.all(ac.jacobian(lambda v: v * float(input()))(np.ones(3)) == 5.0 * np.eye(3))
