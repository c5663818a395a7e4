"""What many directions in one sweep cost: times of sweeps of k directions over that of the primal.

The programs are kernels of the corpus at their large size, and examples, of those that are written with an axis of directions. A
Jacobian of n inputs by k-wide sweeps costs n / k times the number in the column of k.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.leaves import leaves_of, seeded
from adjoint_compiler.pushforward import forward_of
from benchmarks.forward import SHORTEST_PRIMAL, Case, cases
from benchmarks.measure import geometric_mean, interleaved_medians, print_table

WIDTHS = (1, 8, 64)
MOST = 2**24  # numbers that the tangents of all arguments together may have


def sweep(case: Case, width: int) -> Any:
    """The sweep of so many directions as a function of the primal's arguments; None where there is none."""
    forward = forward_of(case.primal, None, None)
    args = case.arguments()
    chosen = tuple(k for k in case.wrt if leaves_of(args[k]))
    if sum(np.size(v) for k in chosen for v in leaves_of(args[k])) * width > MOST:
        return None
    try:
        compiled = forward.compiled(args, chosen, None, case.of, True)
    except Unsupported:
        return None
    rng = np.random.default_rng(0)
    dots = []
    for k in chosen:
        parts = iter([rng.standard_normal((width, *np.shape(v))) for v in leaves_of(args[k])])
        dots.append(seeded(args[k], parts, width))
    return lambda *given: forward.run(compiled, given, dots)


def main() -> None:
    rows = []
    ratios: dict[int, list[float]] = {w: [] for w in WIDTHS}
    for case in cases():
        runs = {w: run for w in WIDTHS if (run := sweep(case, w)) is not None}
        if not runs:
            continue
        primal, *found = interleaved_medians((case.primal, *runs.values()), case.arguments, budget=1.0, most=7)
        if primal < SHORTEST_PRIMAL:
            continue
        of = {w: seconds / primal for w, seconds in zip(runs, found, strict=True)}
        for w, ratio in of.items():
            ratios[w].append(ratio)
        rows.append((case.name, f"{1e3 * primal:.2f}", *(f"{of[w]:.1f}" if w in of else "" for w in WIDTHS)))
    print_table("Sweeps of many directions, over the primal", ("program", "primal ms", *map(str, WIDTHS)), rows)
    means = [
        (str(w), str(len(r)), f"{geometric_mean(r):.1f}", f"{geometric_mean(r) / w:.2f}")
        for w, r in ratios.items()
        if r
    ]
    print_table("Geometric means", ("directions", "count", "over primal", "for each direction"), means)


if __name__ == "__main__":
    main()
