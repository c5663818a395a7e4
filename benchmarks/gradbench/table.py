"""GradBench's problems, by both backends, against JAX and PyTorch: `python -m benchmarks.gradbench.table [PROBLEM ...]`.

Peers that are not installed are left out. Results are compared before anything is timed. All run on one thread.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.gradbench import Problem
from benchmarks.measure import geometric_mean, interleaved_calls, print_table

PROBLEMS = ("llsq", "lse", "ode", "det", "gmm", "kmeans", "lstm", "ba", "particle", "saddle")
BACKENDS = ("numpy", "numba")
PEERS = ("jax", "torch")


def leaves(found: Any) -> list[np.ndarray]:
    """The arrays of a result, in order."""
    if isinstance(found, (tuple, list)):
        return [a for item in found for a in leaves(item)]
    return [np.asarray(found.detach() if hasattr(found, "detach") else found)]


def others(problem: Problem) -> dict[str, Callable[[], Any]]:
    """What computes the derivative under Numba, and in each package that is installed."""
    found = {}
    for name in ("numba", *PEERS):
        try:
            module = importlib.import_module(f"benchmarks.gradbench.in_{name}")
        except ImportError:
            continue
        if (run := module.derivative(problem.name, problem.arguments)) is not None:
            found[name] = run
    return found


def row(problem: Problem) -> tuple[tuple[str, ...], dict[tuple[str, str], float]]:
    """One line of the table, and by how much each peer is slower than each backend."""
    runs = {"numpy": lambda: problem.derivative(*problem.arguments), **others(problem)}
    expected = leaves(runs["numpy"]())
    for name, run in runs.items():
        for a, b in zip(leaves(run()), expected, strict=True):
            np.testing.assert_allclose(
                a, b, rtol=1e-6, atol=1e-8 * max(1.0, np.abs(b).max()), err_msg=f"{problem.name}: {name}"
            )
    runs = {"primal": lambda: problem.function(*problem.arguments), **runs}
    found = {name: 1e3 * seconds for name, seconds in interleaved_calls(runs).items()}
    slower = {(b, p): found[p] / found[b] for b in BACKENDS for p in PEERS if b in found and p in found}
    cells = [f"{found[n]:.3f}" if n in found else "" for n in ("primal", *BACKENDS, *PEERS)]
    cells += [f"{slower['numba', n]:.2f}" if ("numba", n) in slower else "" for n in PEERS]
    return (problem.name, problem.size, *cells), slower


def main(problems: Sequence[str] = PROBLEMS) -> None:
    """Print the table of some problems, and the means."""
    rows: list[tuple[str, ...]] = []
    slower: dict[tuple[str, str], list[float]] = {}
    for name in problems:
        module = importlib.import_module(f"benchmarks.gradbench.{name}")
        for size in module.SIZES:
            cells, found = row(module.problem(*size))
            rows.append(cells)
            for pair, ratio in found.items():
                slower.setdefault(pair, []).append(ratio)
    columns = ("problem", "size", "primal", *BACKENDS, *PEERS, *(f"{p} / numba" for p in PEERS))
    print_table("GradBench: one derivative, milliseconds of processor time (primal: under NumPy)", columns, rows)
    means = [(peer, backend, str(len(every)), f"{geometric_mean(every):.2f}", f"{min(every):.2f}")
             for (backend, peer), every in slower.items()]  # fmt: skip
    columns = ("peer", "backend", "problems", "mean", "least")
    print_table("How many times as long as a backend the peers take", columns, means)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*", metavar="PROBLEM", help=f"which: {', '.join(PROBLEMS)} (default: all)")
    main(parser.parse_args().problems or PROBLEMS)
