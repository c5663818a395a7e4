"""Kernels of the corpus: compiled gradients against JAX `jit(grad)`, with loops as `lax` control flow.

`python -m benchmarks.kernels_table [KERNEL ...]`

Results are compared before anything is timed. All run on one thread.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from copy import deepcopy

import numba
import numpy as np

import adjoint_compiler as ac
from benchmarks.kernels_in_jax import KERNELS, derivative
from benchmarks.measure import geometric_mean, interleaved_calls, print_table
from tests.programs import Program, all_programs

LEAST_MEAN = 10.0


def row(entry: Program) -> tuple[tuple[str, ...], float]:
    """One line of the table, and how many times as long JAX takes."""
    arguments = entry.big_example()
    compiled = ac.grad(numba.njit(entry.function), wrt=entry.wrt, of=entry.of)
    by_jax = derivative(entry, deepcopy(arguments))
    found = compiled(*deepcopy(arguments))
    for ours, theirs in zip(found if isinstance(found, tuple) else (found,), by_jax(), strict=True):
        scale = max(1.0, np.abs(np.asarray(theirs)).max())
        np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9 * scale, err_msg=entry.id)
    times = interleaved_calls({"numba": lambda: compiled(*arguments), "jax": by_jax}, budget=3.0)
    ratio = times["jax"] / times["numba"]
    return (entry.name, f"{1e3 * times['numba']:.3f}", f"{1e3 * times['jax']:.3f}", f"{ratio:.1f}"), ratio


def main(chosen: Sequence[str] = ()) -> None:
    """Print one row per kernel, and the mean."""
    rows, ratios = [], []
    for entry in all_programs():
        if entry.name in KERNELS and entry.big is not None and (not chosen or entry.name in chosen):
            cells, ratio = row(entry)
            print(cells, file=sys.stderr, flush=True)
            rows.append(cells)
            ratios.append(ratio)
    print_table("Gradients of kernels, milliseconds of processor time", ("kernel", "numba", "jax", "jax / numba"), rows)
    mean = geometric_mean(ratios)
    verdict = "ok" if mean >= LEAST_MEAN else "UNDER"
    print_table("Mean", ("kernels", "mean", f"at least {LEAST_MEAN:g}"), [(str(len(rows)), f"{mean:.1f}", verdict)])


if __name__ == "__main__":
    main(sys.argv[1:])
