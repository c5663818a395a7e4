"""Time of a tangent, and of the product of a Hessian and a vector, over the time of the primal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of
from benchmarks.cases import (
    advection_arguments,
    logistic_arguments,
    mlp_arguments,
    trajectory_arguments,
)
from benchmarks.measure import Arguments, geometric_mean, interleaved_medians, print_table, within
from examples import advection, logistic, mlp, newton, trajectory
from tests.programs import all_programs

LARGEST_JVP, LARGEST_HVP = 2.5, 8.0
SHORTEST_PRIMAL = 1e-3  # seconds


@dataclass(frozen=True)
class Case:
    """A primal, the positions of what it is differentiated by, and the argument that is its output, if one is."""

    name: str
    primal: Callable[..., Any]
    arguments: Arguments
    wrt: tuple[int, ...] = (0,)
    of: str | None = None


def ones(value: Any) -> Any:
    """A direction in the structure of an argument."""
    if isinstance(value, dict):
        return {k: ones(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [ones(v) for v in value]
    if isinstance(value, (int, np.integer)) or (isinstance(value, np.ndarray) and value.dtype.kind not in "fc"):
        return None
    return np.ones_like(value) if isinstance(value, np.ndarray) else 1.0


def cases() -> list[Case]:
    """The examples, and the kernels of the corpus at their large size."""
    schemes = [scheme for loops, slices, _ in advection.SCHEMES.values() for scheme in (loops, slices)]
    return [
        Case("logistic", logistic.loss, logistic_arguments),
        Case("mlp", mlp.loss, mlp_arguments),
        *(Case(f"advection.{s.__name__}", s, advection_arguments, of="q") for s in schemes),
        Case("trajectory", trajectory.miss, trajectory_arguments),
        Case("newton", newton.mean_distance, lambda: (0.6, 3000)),
        *(
            Case(p.id, p.function, p.big_example, p.positions, p.of)
            for p in all_programs()
            if p.big is not None
        ),
    ]  # fmt: skip


def along(function: Any, case: Case, tangents: tuple[Any, ...], of: str | None) -> Callable[..., Any]:
    """The derivative of a function along a direction, as a function of the primal's arguments."""
    forward = forward_of(function, None, None)
    return lambda *args: forward.call(args, tangents[: len(args)], {}, of=of)


def main(names: tuple[str, ...] = ()) -> None:
    rows, jvps, hvps = [], [], []
    for case in cases():
        if names and case.name not in names:
            continue
        args = case.arguments()
        tangents = tuple(ones(a) if k in case.wrt else None for k, a in enumerate(args))
        jvp = along(case.primal, case, tangents, case.of)
        hvp = along(ac.grad(case.primal, wrt=case.wrt, of=case.of), case, tangents, None)
        try:
            primal, tangent = interleaved_medians((case.primal, jvp), case.arguments)
        except ac.DifferentiationError as error:
            rows.append((case.name, "", "", "", f"refused: {error.diagnostics[0].code}"))
            continue
        try:
            second = interleaved_medians((hvp,), case.arguments)[0] / primal
            shown = f"{second:.2f}"
        except ac.DifferentiationError as error:
            second, shown = float("nan"), f"refused: {error.diagnostics[0].code}"
        ratio = tangent / primal
        counts = primal >= SHORTEST_PRIMAL
        jvps += [ratio] if counts else []
        hvps += [second] if counts and second == second else []
        rows.append((
            case.name, f"{1e3 * primal:.2f}", f"{ratio:.2f}", shown,
            within(max(ratio / LARGEST_JVP, second / LARGEST_HVP if second == second else 0.0), 1.0) if counts else "too short",
        ))  # fmt: skip
    print_table(
        "Forward mode",
        ("program", "primal ms", "jvp / primal", "hvp / primal", f"{LARGEST_JVP:g} and {LARGEST_HVP:g}"),
        rows,
    )
    means = [("jvp", jvps, LARGEST_JVP), ("hvp", hvps, LARGEST_HVP)]
    print_table(
        "Geometric means",
        ("derivative", "count", "over primal", "at most"),
        [(n, str(len(r)), f"{geometric_mean(r):.2f}", within(geometric_mean(r), most)) for n, r, most in means if r],
    )


if __name__ == "__main__":
    main()
