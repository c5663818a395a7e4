"""GradBench's problems against JAX and PyTorch: `python -m benchmarks.gradbench.table [PROBLEM ...]`.

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

PROBLEMS = ("llsq", "lse", "ode", "det", "gmm", "kmeans", "lstm", "ba")
PEERS = ("jax", "torch")


def leaves(found: Any) -> list[np.ndarray]:
    """The arrays of a result, in order."""
    if isinstance(found, (tuple, list)):
        return [a for item in found for a in leaves(item)]
    return [np.asarray(found.detach() if hasattr(found, "detach") else found)]


def peers(problem: Problem) -> dict[str, Callable[[], Any]]:
    """What computes the derivative in each package that is installed."""
    found = {}
    for name in PEERS:
        try:
            module = importlib.import_module(f"benchmarks.gradbench.in_{name}")
        except ImportError:
            continue
        if (run := module.derivative(problem.name, problem.arguments)) is not None:
            found[name] = run
    return found


def row(problem: Problem) -> tuple[tuple[str, ...], dict[str, float]]:
    """One line of the table, and by how much the peers are slower."""
    runs = {"ours": lambda: problem.derivative(*problem.arguments), **peers(problem)}
    expected = leaves(runs["ours"]())
    for name, run in runs.items():
        for a, b in zip(leaves(run()), expected, strict=True):
            np.testing.assert_allclose(
                a, b, rtol=1e-6, atol=1e-8 * max(1.0, np.abs(b).max()), err_msg=f"{problem.name}: {name}"
            )
    runs = {"primal": lambda: problem.function(*problem.arguments), **runs}
    found = {name: 1e3 * seconds for name, seconds in interleaved_calls(runs).items()}
    slower = {name: found[name] / found["ours"] for name in PEERS if name in found}
    cells = [f"{found[n]:.2f}" for n in ("primal", "ours")] + [f"{found['ours'] / found['primal']:.2f}"]
    cells += [f"{found[n]:.2f}" if n in found else "" for n in PEERS]
    cells += [f"{slower[n]:.2f}" if n in slower else "" for n in PEERS]
    return (problem.name, problem.size, *cells), slower


def main(problems: Sequence[str] = PROBLEMS) -> None:
    """Print the table of some problems, and the means."""
    rows: list[tuple[str, ...]] = []
    slower: dict[str, list[float]] = {name: [] for name in PEERS}
    for name in problems:
        module = importlib.import_module(f"benchmarks.gradbench.{name}")
        for size in module.SIZES:
            cells, found = row(module.problem(*size))
            rows.append(cells)
            for peer, ratio in found.items():
                slower[peer].append(ratio)
    columns = (
        "problem",
        "size",
        "primal ms",
        "ours ms",
        "over primal",
        "jax ms",
        "torch ms",
        "jax / ours",
        "torch / ours",
    )
    print_table("GradBench: one derivative, milliseconds of processor time", columns, rows)
    means = [(peer, str(len(ratios)), f"{geometric_mean(ratios):.2f}") for peer, ratios in slower.items() if ratios]
    print_table("How many times longer the peers take, geometric means", ("peer", "problems", "times"), means)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problems", nargs="*", metavar="PROBLEM", help=f"which: {', '.join(PROBLEMS)} (default: all)")
    main(parser.parse_args().problems or PROBLEMS)
