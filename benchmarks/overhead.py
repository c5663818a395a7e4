"""Fixed costs: calling a derivative, compiling one, importing the package."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

import adjoint_compiler as ac
from benchmarks.measure import median_per_call, print_table, seconds, within
from examples import quickstart

BLOCK = """\
    a{i} = np.sin(x{i}) * y + 0.5 * x{i}
    b{i} = np.exp(-a{i}) + y
    if b{i}[0] > y:
        b{i} = b{i} * 0.9
    for k in range(1, 3):
        b{i}[k] = b{i}[k - 1] * y + a{i}[k]
    s{i} = np.sum(b{i} * a{i})
    x{j} = (b{i} - a{i} / 3.0) / (1.0 + s{i} * s{i})
"""

IMPORT = """
import numpy, time
start = time.perf_counter()
import adjoint_compiler
print(time.perf_counter() - start)
"""


def public_function(source: str) -> Callable[..., Any]:
    """The function that generated source ends with: what a derivative calls in the end."""
    name = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)][-1]
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return namespace[name]


def call_overhead() -> float:
    """Microseconds that the derivative of two floats takes over its own generated code."""
    point = (2.0, 3.0)
    raw = public_function(quickstart.gradient.specialize(*point).source)
    return 1e6 * (median_per_call(quickstart.gradient, point) - median_per_call(raw, point))


def straight_program(blocks: int) -> str:
    """A function of eight lines a block, and four."""
    body = "".join(BLOCK.format(i=i, j=i + 1) for i in range(blocks))
    return f"def f(x0, y):\n{body}    total = x{blocks}.sum()\n    total = total * y\n    return total\n"


def compile_time(text: str, samples: int = 7) -> float:
    """Median milliseconds from a function of (x0, y) never seen before to its first gradient."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for sample in range(samples):
            path = Path(folder, f"text_{len(text)}_{sample}.py")
            path.write_text("import numpy as np\n\n\n" + text)
            spec = importlib.util.spec_from_file_location(path.stem, path)
            module = importlib.util.module_from_spec(spec)
            sys.modules[path.stem] = module
            spec.loader.exec_module(module)
            arguments = (np.linspace(0.1, 0.5, 5), 0.7)
            start = time.perf_counter()
            gradient = ac.grad(module.f, wrt=(0, 1))
            gradient(*arguments)
            times.append(time.perf_counter() - start - seconds(gradient, arguments))
    return 1e3 * median(times)


def compile_times() -> list[tuple[str, ...]]:
    """What functions of 100, 1,000 and 10,000 lines cost, as rows."""
    rows = []
    for blocks, samples in ((12, 7), (124, 3), (1249, 1)):
        text = straight_program(blocks)
        lines, cost = text.count("\n"), compile_time(text, samples)
        rows.append((f"{lines:,}", f"{cost:.0f}", f"{100 * cost / lines:.0f}"))
    return rows


def import_time(samples: int = 11) -> float:
    """Median milliseconds that importing the package takes once NumPy is there, in fresh interpreters."""
    command = [sys.executable, "-c", IMPORT]
    return 1e3 * median(float(subprocess.check_output(command, text=True)) for _ in range(samples))


def main() -> None:
    hundred_lines = straight_program(12)
    compile_time(hundred_lines, samples=1)  # loads what the compiler imports late
    rows = [
        ("derivative call of two floats over its raw code, us", call_overhead(), 2.0),
        ("compiling a function of 100 lines, ms", compile_time(hundred_lines), 100.0),
        ("import on top of NumPy, ms", import_time(), 60.0),
    ]
    print_table(
        "Fixed costs",
        ("cost", "measured", "budget", ""),
        [(name, f"{value:.2f}", f"{budget:g}", within(value, budget)) for name, value, budget in rows],
    )
    print_table("Compiling longer functions", ("lines", "ms", "ms per 100 lines"), compile_times())


if __name__ == "__main__":
    main()
