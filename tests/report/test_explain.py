"""`explain`: what is active, what is recorded, for whom, and how large."""

import json
import re

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler.cli import main

PROGRAM = """
import numpy as np


def f(x, rate, n):
    y = x
    unused = x * 3.0
    for k in range(n):
        y = np.sin(y) * rate
    for k in range(n):
        if y[0] > 0.5:
            y = y * y
    return y.sum()
"""


def f(x, rate, n):
    y = x
    for k in range(n):
        y = np.sin(y) * rate
    for k in range(n):
        if y[0] > 0.5:
            y = y * y
    return y.sum()


def line_of(text):
    lines = open(__file__, encoding="utf-8").read().splitlines()
    return max(k for k, line in enumerate(lines, 1) if line == text)


def test_names_and_reasons():
    found = ac.grad(f).explain(np.ones(3), 0.5, 4)
    assert found.wrt == ("x",)
    assert dict(found.active) == {"x": "float64[:]", "y": "float64[:]"}
    assert dict(found.inert)["rate"] == "not in wrt" and dict(found.inert)["n"] == "int"


def test_what_is_recorded_and_for_whom():
    sine, branch, square = ac.grad(f).explain(np.ones(3), 0.5, 4).recorded
    at = line_of("        y = np.sin(y) * rate")
    assert (sine.name, sine.loop, sine.readers, sine.bytes) == ("y", at - 1, (at,), "8*x.shape[0] bytes")
    assert (branch.name, branch.bytes) == ("`y[0] > 0.5`", "8 bytes") and "which branch" in branch.why
    assert square.in_branch and line_of("            y = y * y") in square.readers


def test_the_size_is_that_of_the_tape():
    def g(x, n):
        for _ in range(n):
            x = np.exp(x[1:] * x[:-1])
        return x.sum()

    (entry,) = ac.grad(g).explain(np.ones(9), 3).recorded
    assert re.search(r"x_tape\.append\(x\)", ac.grad(g).specialize(np.ones(9), 3).source)
    assert entry.bytes == "" or "shape[0]" in entry.bytes  # the vector gets shorter each time


def test_parts_of_buffers_and_temporaries():
    def g(v):
        u = v * 1.0
        u[1:] = np.sin(u[:-1]) * u[1:]
        return (u * u).sum()

    (entry,) = ac.grad(g).explain(np.ones(5)).recorded
    assert entry.name == "part of u" and entry.bytes == "8*(v.shape[0] - 1) bytes" and entry.loop == 0


def test_linear_programs_record_nothing():
    found = ac.grad(lambda x: (3.0 * x).sum()).explain(np.ones(3))
    assert found.recorded == () and "recorded: nothing" in str(found) and not found.lints


def test_without_arguments_the_types_are_those_of_annotations():
    def g(x: float, n: int):
        for _ in range(n):
            x = x * x
        return x

    (entry,) = ac.grad(g).explain().recorded
    assert entry.bytes == "32 bytes"


def test_methods_and_derivatives_of_derivatives():
    class Model:
        def __init__(self):
            self.rate = 2.0

        @ac.grad
        def loss(self, x):
            return self.rate * x * x

    assert Model().loss.explain(3.0).wrt == ("x",)
    assert ac.grad(ac.grad(lambda x: x**3)).explain(2.0).wrt == ("x",)


def test_on_the_command_line(tmp_path, capsys):
    path = tmp_path / "m.py"
    path.write_text(PROGRAM, encoding="utf-8")
    words = ["explain", f"{path}:f", "--signature", "x: float64[:], rate: float, n: int"]
    assert main(words) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "f at m.py:5, by x\nactive: x (float64[:]), y (float64[:])\ninert: rate (not in wrt), n (int)"
    )
    assert "note[ACW02]" in text and "read by the reverse of line 9" in text
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["active"] == {"x": "float64[:]", "y": "float64[:]"} and found["lints"][0]["severity"] == "note"
    assert found["recorded"][0] == {
        "name": "y", "when": "before line 9, in each iteration of the loop at line 8", "loop": 8, "read_by": [9],
        "bytes": "8*x.shape[0] bytes",
    }  # fmt: skip


def test_lints_are_told_by_emit(tmp_path, capsys):
    path = tmp_path / "m.py"
    path.write_text("def f(x):\n    return int(x) * x\n", encoding="utf-8")
    assert main(["emit", f"{path}:f"]) == 0
    out, err = capsys.readouterr()
    assert "def f_grad" in out and err.startswith("m.py:2:12: warning[ACW04]: ")


def test_what_is_computed_again():
    def f(q, k):
        total = 0.0
        for i in range(1, len(q)):
            d = q[i] - q[i - 1]
            total += np.sin(d) * k
        return total

    found = ac.grad(f).explain(np.ones(3), 2.0)
    first = f.__code__.co_firstlineno
    assert found.recomputed["d"] == (first + 4,)
    assert f"d, for the reverse of line {first + 4}" in found.text()
    assert found.to_dict()["recomputed"]["d"] == [first + 4]
