"""Memory that Toon's advection scheme keeps between the forward and the reverse sweep."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import adjoint_compiler as ac
from benchmarks.measure import print_table, within
from examples import advection

STEPS = 2000
LARGEST_RATIO = 1.2


def kept_bytes(make: Callable[[], Any]) -> int:
    """Bytes that stay allocated while the result of a call lives."""
    make()  # compile, fill caches
    gc.collect()
    tracemalloc.start()
    result = make()
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del result
    return kept


def main() -> None:
    q, c = advection.initial_state(), advection.COURANT_NUMBER
    reference = STEPS * q.nbytes
    rows = []
    for scheme in (advection.toon_slices, advection.toon_loops):
        kept = kept_bytes(lambda scheme=scheme: ac.vjp(scheme, q, c, STEPS))
        ratio = kept / reference
        rows.append((scheme.__name__, f"{kept / 1e6:.2f}", f"{ratio:.2f}", within(ratio, LARGEST_RATIO)))
    one_array_each = kept_bytes(lambda: [q.copy() for _ in range(STEPS)])
    rows.append(("a list of copies of q", f"{one_array_each / 1e6:.2f}", f"{one_array_each / reference:.2f}", ""))
    print_table(
        f"Tape of {STEPS} steps: q once per step is {reference / 1e6:.2f} MB",
        ("program", "kept MB", "ratio", f"at most {LARGEST_RATIO:g}"),
        rows,
    )


if __name__ == "__main__":
    main()
