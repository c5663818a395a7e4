"""`emit --backend numba`: modules that need Numba and NumPy only."""

import importlib.util
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.cli import main

pytest.importorskip("numba")

MODEL = """
import numpy as np

WEIGHTS = np.array([0.25, 0.5, 0.25])


def smooth(u: "float64[:]", n: int):
    for t in range(n):
        u[1:-1] = WEIGHTS[0] * u[:-2] + WEIGHTS[1] * u[1:-1] + WEIGHTS[2] * u[2:]
    return np.sum(u * u)


def untyped(x):
    return x * x
"""

USE = """
import sys
import numpy as np
import smooth_grad
assert not any(name.startswith("adjoint_compiler") for name in sys.modules)
print(smooth_grad.smooth_grad(np.arange(5.0), 3).tolist())
try:
    smooth_grad.smooth_grad(np.ones(5, np.float32), 3)
except TypeError as fault:
    print(fault)
"""


def test_a_module_runs_alone_and_checks_types(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)
    out = tmp_path / "smooth_grad.py"
    order = ["emit", f"{tmp_path / 'model.py'}:smooth", "--backend", "numba", "-o", str(out)]
    assert main(order) == 0
    assert main([*order, "--check"]) == 0
    ran = subprocess.run([sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, check=True)
    found, told = ran.stdout.splitlines()
    namespace = {}
    exec(MODEL, namespace)
    smooth = namespace["smooth"]
    with_differences = [
        (smooth(np.arange(5.0) + 1e-6 * e, 3) - smooth(np.arange(5.0) - 1e-6 * e, 3)) / 2e-6 for e in np.eye(5)
    ]
    np.testing.assert_allclose(eval(found), with_differences, rtol=1e-6)
    assert told == "u must be float64[:], not float32[:]"


def test_types_are_asked_for(tmp_path, capsys):
    (tmp_path / "model.py").write_text(MODEL)
    assert main(["emit", f"{tmp_path / 'model.py'}:untyped", "--backend", "numba"]) == 2
    assert "types of all parameters" in capsys.readouterr().err


FORWARD = """
import numpy as np
import smooth_jvp
y, y_dot = smooth_jvp.smooth_jvp(np.arange(5.0), 3, np.ones(5))
print([y, y_dot])
"""


def test_a_module_of_forward_mode(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)
    order = ["emit", f"{tmp_path / 'model.py'}:smooth", "--backend", "numba", "--mode", "forward"]
    assert main([*order, "-o", str(tmp_path / "smooth_jvp.py")]) == 0
    ran = subprocess.run([sys.executable, "-c", FORWARD], cwd=tmp_path, capture_output=True, text=True, check=True)
    y, y_dot = eval(ran.stdout)
    namespace = {}
    exec(MODEL, namespace)
    smooth = namespace["smooth"]
    assert y == smooth(np.arange(5.0), 3)
    by_differences = (smooth(np.arange(5.0) + 1e-6, 3) - smooth(np.arange(5.0) - 1e-6, 3)) / 2e-6
    np.testing.assert_allclose(y_dot, by_differences, rtol=1e-6)


LISTS = """
    import numpy as np


    def f(x: "float64[:]"):
        rows = [[0.0] * 2 for _ in range(2)]
        a, b = rows[0], rows[1]
        for i in range(2):
            a[i] = x[i] * x[2]
            a, b = b, a
        y = np.sort(x)
        return np.median(y) + rows[0][0] * rows[1][1] * y[0]
"""


def test_a_module_holds_what_finds_shadows_of_lists(tmp_path):
    path = tmp_path / "lists.py"
    path.write_text(textwrap.dedent(LISTS))
    assert main(["emit", f"{path}:f", "--backend", "numba", "-o", str(tmp_path / "lists_grad.py")]) == 0
    text = (tmp_path / "lists_grad.py").read_text()
    assert "from llvmlite import ir\n" in text and "adjoint_compiler." not in text.replace("adjoint_compiler.\n", "")
    space = {}
    exec(compile(text.replace("cache=True, ", ""), "lists_grad.py", "exec"), space)
    x = np.array([0.3, 0.9, 0.5])
    spec = importlib.util.spec_from_file_location("lists_of_numbers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    np.testing.assert_allclose(space["f_grad"](x), ac.grad(module.f)(x), rtol=1e-12)
