"""Medians, and the one way in which all benchmarks print."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from math import exp, log
from statistics import median
from typing import Any

Arguments = Callable[[], tuple[Any, ...]]


def seconds(function: Callable[..., Any], arguments: tuple[Any, ...]) -> float:
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def interleaved_medians(
    functions: Sequence[Callable[..., Any]], arguments: Arguments, budget: float = 1.5, most: int = 25
) -> list[float]:
    """Median seconds of each function, called in turn so that all of them see the same machine.

    Every call gets fresh arguments, made outside the clock. There are at least three rounds after a warm-up;
    more, up to `most`, while they stay within a budget in seconds.
    """
    for function in functions:
        function(*arguments())
    rounds: list[list[float]] = []
    end = time.perf_counter() + budget
    while len(rounds) < 3 or (len(rounds) < most and time.perf_counter() < end):
        rounds.append([seconds(function, arguments()) for function in functions])
    return [median(times) for times in zip(*rounds, strict=True)]


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
