"""The programs whose gradients are timed: every example, and every kernel of the corpus at its large size.

The examples have the sizes that they run with. Kernels have sizes at which the primal takes some milliseconds, so that a table
takes a minute: time steps and small grids where a program loops over NumPy calls or over elements, matrices of hundreds to
thousands of rows where it is a few products. `mvt` has PolyBench's LARGE size, 2000, `vadv` npbench's M, 112 x 112 x 80: on
a grid of 40 x 40 x 30 the primal's arrays fit a cache that those of the gradient do not, and its ratio is 5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

import adjoint_compiler as ac
from benchmarks.measure import Arguments
from examples import advection, logistic, mlp, newton, trajectory
from tests.programs import all_programs


@dataclass(frozen=True)
class Case:
    """A primal, its gradient, which takes the same arguments, and what makes those arguments."""

    name: str
    primal: Callable[..., Any]
    gradient: Callable[..., Any]
    arguments: Arguments


def logistic_arguments() -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    features = rng.standard_normal((30_000, 100))
    return rng.standard_normal(100), 0.1, features, (features[:, 0] > 0).astype(float), 1e-3


def mlp_arguments() -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    images, labels = rng.random((4096, 64)), rng.integers(0, 10, 4096)
    return mlp.initial_parameters(64, 64, 10, rng), images, labels


def trajectory_arguments() -> tuple[Any, ...]:
    _, guess, arguments = trajectory.problem()
    return guess, *arguments


def advection_arguments() -> tuple[Any, ...]:
    return advection.initial_state(), advection.COURANT_NUMBER, 2000


def example_cases() -> list[Case]:
    """The examples at sizes where the primal takes over a millisecond; quickstart is in overhead.py."""
    schemes = [scheme for loops, slices, _ in advection.SCHEMES.values() for scheme in (loops, slices)]
    return [
        Case("logistic", logistic.loss, logistic.loss_and_gradient, logistic_arguments),
        Case("mlp", mlp.loss, mlp.loss_and_gradient, mlp_arguments),
        *(
            Case(f"advection.{scheme.__name__}", scheme, ac.grad(scheme, of="q"), advection_arguments)
            for scheme in schemes
        ),
        Case("trajectory", trajectory.miss, trajectory.miss_and_gradient, trajectory_arguments),
        Case("newton", newton.mean_distance, newton.mean_distance_gradient, lambda: (0.6, 3000)),
    ]


def kernel_cases() -> list[Case]:
    """Every program of the corpus that has a large size."""
    return [
        Case(entry.id, entry.function, ac.grad(entry.function, wrt=entry.wrt, of=entry.of), entry.big_example)
        for entry in all_programs()
        if entry.big is not None
    ]
