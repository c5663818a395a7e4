"""Time of a gradient over time of its primal."""

from __future__ import annotations

from collections.abc import Sequence

import adjoint_compiler as ac
from benchmarks.cases import Case, example_cases, kernel_cases
from benchmarks.measure import geometric_mean, interleaved_medians, print_table, within

LARGEST_RATIO, LARGEST_MEAN = 4.0, 3.0
SHORTEST_PRIMAL = 1e-3  # seconds; below it a ratio says more about call overhead, and does not count


def print_ratios(title: str, cases: Sequence[Case]) -> list[float]:
    """Print one row per case; return the ratios that count."""
    rows, ratios = [], []
    for case in cases:
        try:
            primal, gradient = interleaved_medians((case.primal, case.gradient), case.arguments)
        except ac.DifferentiationError as error:
            codes = ", ".join(sorted({diagnostic.code for diagnostic in error.diagnostics}))
            rows.append((case.name, "", "", "", f"refused: {codes}"))
            continue
        ratio = gradient / primal
        counts = primal >= SHORTEST_PRIMAL
        if counts:
            ratios.append(ratio)
        verdict = within(ratio, LARGEST_RATIO) if counts else "too short"
        rows.append((case.name, f"{1e3 * primal:.2f}", f"{1e3 * gradient:.2f}", f"{ratio:.2f}", verdict))
    print_table(title, ("program", "primal ms", "gradient ms", "ratio", f"at most {LARGEST_RATIO:g}"), rows)
    return ratios


def main() -> None:
    groups = {
        "examples": print_ratios("Examples", example_cases()),
        "corpus kernels": print_ratios("Corpus kernels", kernel_cases()),
    }
    groups["all"] = [ratio for ratios in groups.values() for ratio in ratios]
    means = {name: geometric_mean(ratios) for name, ratios in groups.items() if ratios}
    print_table(
        "Geometric means of gradient over primal",
        ("programs", "count", "mean", f"at most {LARGEST_MEAN:g}"),
        [(name, str(len(groups[name])), f"{mean:.2f}", within(mean, LARGEST_MEAN)) for name, mean in means.items()],
    )


if __name__ == "__main__":
    main()
