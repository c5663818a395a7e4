"""Kernels of the corpus under Numba: time of a gradient over time of its primal, both compiled.

`python -m benchmarks.compiled [KERNEL ...]`
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import numba

import adjoint_compiler as ac
from benchmarks.cases import Case, kernel_cases
from benchmarks.measure import geometric_mean, interleaved_medians, print_table, within
from tests.programs import all_programs

LARGEST_RATIO, LARGEST_MEAN = 5.0, 2.5
SHORTEST_PRIMAL = 1e-4  # seconds


def compiled_cases() -> list[Case]:
    """The kernels that have a large size, compiled by Numba."""
    named = {entry.id: entry for entry in all_programs()}
    out = []
    for case in kernel_cases():
        entry = named[case.name]
        primal = numba.njit(entry.function)
        gradient = ac.grad(primal, wrt=entry.wrt, of=entry.of)
        out.append(Case(case.name, primal, gradient, case.arguments))
    return out


def main(chosen: Sequence[str] = ()) -> None:
    """Print one row per kernel, and the mean."""
    rows, ratios = [], []
    for case in compiled_cases():
        if chosen and case.name not in chosen and case.name.partition(".")[2] not in chosen:
            continue
        try:
            primal, gradient = interleaved_medians((case.primal, case.gradient), case.arguments)
        except (ac.DifferentiationError, numba.core.errors.NumbaError) as error:
            ours = isinstance(error, ac.DifferentiationError)
            rows.append((case.name, "", "", "", "refused" if ours else "Numba does not compile it"))
            continue
        counts = primal >= SHORTEST_PRIMAL
        if counts:
            ratios.append(gradient / primal)
        verdict = within(gradient / primal, LARGEST_RATIO) if counts else "too short"
        rows.append((case.name, f"{1e3 * primal:.3f}", f"{1e3 * gradient:.3f}", f"{gradient / primal:.2f}", verdict))
        print(rows[-1], file=sys.stderr, flush=True)
    print_table(
        "Corpus kernels under Numba",
        ("kernel", "primal ms", "gradient ms", "ratio", f"at most {LARGEST_RATIO:g}"),
        rows,
    )
    if ratios:
        mean = geometric_mean(ratios)
        verdict = within(mean, LARGEST_MEAN)
        print_table(
            "Mean", ("kernels", "mean", f"at most {LARGEST_MEAN:g}"), [(str(len(ratios)), f"{mean:.2f}", verdict)]
        )


if __name__ == "__main__":
    main(sys.argv[1:])
