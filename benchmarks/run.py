"""Print every table: `python -m benchmarks.run`, or some: `python -m benchmarks.run overhead memory`."""

from __future__ import annotations

import argparse

from benchmarks import directions, forward, hessian, memory, overhead, ratios
from benchmarks.arrays import table as arrays
from benchmarks.gradbench import table as gradbench

TABLES = {
    "overhead": overhead.main,
    "memory": memory.main,
    "ratios": ratios.main,
    "forward": forward.main,
    "directions": directions.main,
    "hessian": hessian.main,
    "gradbench": gradbench.main,
    "arrays": arrays.main,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"which: {', '.join(TABLES)} (default: all)")
    chosen = parser.parse_args().tables or list(TABLES)
    if unknown := set(chosen) - TABLES.keys():
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    for name in chosen:
        TABLES[name]()


if __name__ == "__main__":
    main()
