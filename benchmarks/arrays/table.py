"""Gradients of array programs: `python -m benchmarks.arrays.table [PROGRAM ...]`.

Peers that are not installed are left out. Results are compared before anything is timed. All run on one thread.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import adjoint_compiler as ac
from benchmarks.arrays import programs
from benchmarks.arrays.peers import PEERS
from benchmarks.measure import geometric_mean, interleaved_calls, print_table


def runs(name: str, arguments: tuple[Any, ...]) -> dict[str, Callable[[], Any]]:
    """What computes the gradient: ours, and the peers that are installed."""
    gradient = ac.grad(getattr(programs, name), wrt=tuple(range(programs.COUNTS[name])))
    found: dict[str, Callable[[], Any]] = {"ours": lambda: gradient(*arguments)}
    for peer, make in PEERS.items():
        try:
            found[peer] = make(name, arguments)
        except ImportError:
            continue
    return found


def check(name: str, every: dict[str, Callable[[], Any]]) -> None:
    """Raise unless all come to the same gradients."""
    expected = every["ours"]()
    for peer, run in every.items():
        for a, b in zip(run(), expected, strict=True):
            np.testing.assert_allclose(np.asarray(a), b, rtol=1e-6, atol=1e-9, err_msg=f"{name}: {peer}")


def main(names: Sequence[str] = tuple(programs.SIZES)) -> None:
    """Print the table of some programs, and the means."""
    rows: list[tuple[str, ...]] = []
    times: dict[str, list[float]] = {peer: [] for peer in PEERS}
    short: dict[str, list[float]] = {peer: [] for peer in PEERS}
    for name in names:
        for size in programs.SIZES[name]:
            every = runs(name, programs.arguments(name, size))
            check(name, every)
            found = {peer: 1e3 * seconds for peer, seconds in interleaved_calls(every).items()}
            rows.append(
                (name, str(size), f"{found['ours']:.3f}", *(f"{found[p]:.3f}" if p in found else "" for p in PEERS),
                 *(f"{found[p] / found['ours']:.2f}" if p in found else "" for p in PEERS))
            )  # fmt: skip
            for peer in PEERS.keys() & found:
                times[peer].append(found[peer] / found["ours"])
                if found["ours"] < 1.0:
                    short[peer].append(found[peer] / found["ours"])
    header = ("program", "batch", "ours ms", *(f"{p} ms" for p in PEERS), *(f"{p} / ours" for p in PEERS))
    print_table("Gradients of array programs, milliseconds of processor time", header, rows)
    means = [
        (peer, f"{geometric_mean(every):.2f}", f"{geometric_mean(short[peer]):.2f}" if short[peer] else "")
        for peer, every in times.items() if every
    ]  # fmt: skip
    print_table(
        "How many times longer the peers take, geometric means", ("peer", "all", "where ours takes under 1 ms"), means
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "programs", nargs="*", metavar="PROGRAM", help=f"which: {', '.join(programs.SIZES)} (default: all)"
    )
    main(parser.parse_args().programs or tuple(programs.SIZES))
