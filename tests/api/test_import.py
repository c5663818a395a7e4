"""Importing the package is cheap, and everything public is there."""

import subprocess
import sys

import adjoint_compiler as ac

HEAVY = ("gast", "astor", "adjoint_compiler.rules", "adjoint_compiler.pipeline", "adjoint_compiler.testing")


def test_public_names():
    for name in (
        "grad", "value_and_grad", "vjp", "stop_gradient", "custom_vjp", "custom_jvp", "nondifferentiable", "testing",
        "DifferentiationError",
    ):  # fmt: skip
        assert name in dir(ac) and name in ac.__all__
        assert getattr(ac, name) is not None
    assert callable(ac.testing.check_grads)


def test_unknown_names():
    try:
        ac.spam  # noqa: B018
    except AttributeError as error:
        assert "spam" in str(error)
    else:
        raise AssertionError


def test_the_compiler_is_loaded_when_it_is_needed():
    program = (
        "import sys, numpy, adjoint_compiler as ac\n"
        "g = ac.grad(lambda x: x)\n"
        "print([m for m in sys.modules if m.startswith(('gast', 'astor', 'adjoint_compiler'))])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
    )
    assert run.returncode == 0, run.stderr
    for module in HEAVY:
        assert f"'{module}'" not in run.stdout
