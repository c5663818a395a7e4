"""Medians, and the one way in which all benchmarks print."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from math import exp, log
from statistics import median
from typing import Any

import numpy as np

Arguments = Callable[[], tuple[Any, ...]]


def seconds(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    """Seconds of processor time that a call takes: what else the machine does meanwhile hardly counts."""
    start = time.process_time()
    function(*arguments)
    return time.process_time() - start


def interleaved_medians(
    functions: Sequence[Callable[..., Any]], arguments: Arguments, budget: float = 1.5, most: int = 25
) -> list[float]:
    """Median seconds of each function, called in turn so that all of them see the same machine.

    Every call gets the same arguments, those that a function changes as fresh copies, made outside the clock. There are
    at least three rounds after a warm-up; more, up to `most`, while they stay within a budget in seconds.
    """
    given, used = arguments(), arguments()
    for function in functions:
        function(*used)
    changed = [not _same(a, b) for a, b in zip(given, used, strict=True)]

    def fresh() -> tuple[Any, ...]:
        return tuple(deepcopy(a) if differs else a for a, differs in zip(given, changed, strict=True))

    rounds: list[list[float]] = []
    end = time.perf_counter() + budget
    while len(rounds) < 3 or (len(rounds) < most and time.perf_counter() < end):
        rounds.append([seconds(function, fresh()) for function in functions])
    return [median(times) for times in zip(*rounds, strict=True)]


def interleaved_calls(runs: dict[str, Callable[[], Any]], budget: float = 2.0, most: int = 25) -> dict[str, float]:
    """Median seconds of processor time of calls without arguments, in turn; batches of calls where one is short."""
    batches = {}
    for name, run in runs.items():
        run()
        batches[name] = max(1, int(2e-3 / max(seconds(run, ()), 1e-6)))
    times: dict[str, list[float]] = {name: [] for name in runs}
    end = time.perf_counter() + budget
    while len(times[next(iter(runs))]) < 3 or (len(times[next(iter(runs))]) < most and time.perf_counter() < end):
        for name, run in runs.items():
            start = time.process_time()
            for _ in range(batches[name]):
                run()
            times[name].append((time.process_time() - start) / batches[name])
    return {name: median(every) for name, every in times.items()}


def _same(a: Any, b: Any) -> bool:
    """Whether two arguments, or what containers of them hold, are equal."""
    if isinstance(a, (tuple, list)):
        return all(map(_same, a, b))
    if isinstance(a, dict):
        return all(_same(a[k], b[k]) for k in a)
    return a is b or np.array_equal(a, b)


def median_per_call(function: Callable[..., Any], arguments: tuple[Any, ...], calls: int = 50_000) -> float:
    """Median seconds per call of a function that is too quick for the clock, over seven batches of calls."""

    def batch() -> None:
        for _ in range(calls):
            function(*arguments)

    return median(seconds(batch, ()) for _ in range(7)) / calls


def geometric_mean(values: Sequence[float]) -> float:
    return exp(sum(map(log, values)) / len(values))


def within(value: float, budget: float) -> str:
    """The last column of a table."""
    return "ok" if value <= budget else "OVER"


def print_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A title and aligned columns: text to the left, all others to the right."""
    lines = [tuple(header), *map(tuple, rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"\n{title}")
    for line in lines:
        name, *cells = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join([line[0].ljust(len(name)), *cells]))
