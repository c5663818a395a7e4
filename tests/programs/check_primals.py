"""Check the corpus itself: `python -m tests.programs.check_primals [--big]`.

Each program runs once at its sample point. Its result is finite and the same on a second run, its
arguments share no memory, central differences over two step sizes agree (so it is smooth
there), and so does the complex step where the program says that it applies. `--big` runs and
times the large sizes too.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import combinations
from typing import Any

import numpy as np

from . import Program, all_programs

STEPS = (2e-5, 1e-5)
TOLERANCE = 1e-6
FAULTS = (ArithmeticError, AttributeError, LookupError, NameError, TypeError, ValueError, Warning)


def floating(leaf: Any) -> bool:
    return isinstance(leaf, (float, complex)) or (
        isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind in "fc"
    )


def arrays(value: Any) -> Iterator[Any]:
    """The leaves of a structure, numbers and arrays, in order."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        for item in value:
            yield from arrays(item)
    else:
        yield value


def rebuild(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same structure with every floating leaf changed; what is not floating stays."""
    if isinstance(value, dict):
        return {key: rebuild(item, change) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(rebuild(item, change) for item in value)
    return change(value) if floating(value) else value


def moved(entry: Program, step: complex) -> tuple[Any, ...]:
    """Fresh arguments, moved by `step` along a fixed random direction; complex if the step is."""
    rng = np.random.default_rng(1)

    def move(leaf: Any) -> Any:
        change = step * rng.standard_normal(np.shape(leaf))
        if isinstance(leaf, np.ndarray):
            if isinstance(step, complex):
                leaf = leaf.astype(complex)
            leaf += change  # in place, to keep the memory layout
            return leaf
        return type(step)(leaf + change)

    def widen(leaf: Any) -> Any:
        return leaf.astype(complex) if isinstance(leaf, np.ndarray) else leaf

    args = list(entry.example())
    for position, argument in enumerate(args):
        if position in entry.positions:
            args[position] = rebuild(argument, move)
        elif isinstance(step, complex):
            args[position] = rebuild(argument, widen)
    return tuple(args)


def outcome(entry: Program, args: tuple[Any, ...]) -> list[np.ndarray]:
    """Run the program; the floating leaves of what came out."""
    with contextlib.redirect_stdout(io.StringIO()):
        result = entry.function(*args)
    if entry.of_position is not None:
        result = args[entry.of_position]
    return [np.array(leaf) for leaf in arrays(result) if floating(leaf)]


def weighted(leaves: list[np.ndarray]) -> complex:
    rng = np.random.default_rng(2)
    return sum(np.sum(rng.standard_normal(leaf.shape) * leaf) for leaf in leaves)


def problems(entry: Program) -> Iterator[str]:
    """What is wrong with a program, in words."""
    args = entry.example()
    for position in entry.positions:
        leaves = list(arrays(args[position]))
        if not any(floating(leaf) for leaf in leaves):
            yield f"argument {position} has nothing to differentiate by"
    every = [leaf for leaf in arrays(list(args)) if isinstance(leaf, np.ndarray)]
    if any(np.shares_memory(one, other) for one, other in combinations(every, 2)):
        yield "arguments overlap"
    if entry.raises is not None:
        try:
            outcome(entry, args)
        except entry.raises:
            return
        yield f"does not raise {entry.raises.__name__}"
        return

    first = outcome(entry, args)
    if not first or not all(np.isfinite(leaf).all() for leaf in first):
        yield "the outcome is not finite, or there is none"
        return
    second = outcome(entry, entry.example())
    if not all(np.array_equal(one, other) for one, other in zip(first, second, strict=True)):
        yield "two runs differ"

    slopes = []
    for step in STEPS:
        ahead = weighted(outcome(entry, moved(entry, step)))
        behind = weighted(outcome(entry, moved(entry, -step)))
        slopes.append((ahead - behind) / (2 * step))
    scale = max(1.0, abs(slopes[0]), abs(weighted(first)))
    if not abs(slopes[0] - slopes[1]) <= TOLERANCE * scale:
        yield f"central differences disagree: {slopes[0]} and {slopes[1]}"
    if entry.complex_step:
        exact = weighted(outcome(entry, moved(entry, 1e-30j))).imag / 1e-30
        if not abs(exact - slopes[1]) <= TOLERANCE * scale:
            yield f"the complex step gives {exact}, differences give {slopes[1]}"


def check_big(entry: Program) -> tuple[float, bool]:
    """Milliseconds that the large size takes (best of three), and whether it stays finite."""
    best = np.inf
    for _ in range(3):
        args = entry.big_example()
        start = time.perf_counter()
        entry.function(*args)
        best = min(best, time.perf_counter() - start)
    finite = all(np.isfinite(leaf).all() for leaf in arrays(list(args)) if floating(leaf))
    return 1e3 * best, finite


def main() -> int:
    programs = all_programs()
    bad = 0
    for entry in programs:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore" if "warns" in entry.tags else "error")
            try:
                found = list(problems(entry))
            except FAULTS as error:
                found = [f"{type(error).__name__}: {error}"]
        if "--big" in sys.argv[1:] and entry.big is not None:
            milliseconds, finite = check_big(entry)
            print(f"{entry.id:40s} {milliseconds:8.2f} ms")
            if not finite:
                found.append("not finite at the large size")
        for problem in found:
            line = inspect.getsourcelines(entry.function)[1]
            print(f"{entry.kind}.py:{line}: {entry.name}: {problem}")
        bad += bool(found)
    print(f"{len(programs)} programs, {bad} with problems")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
