"""The command line: checks programs by their seeds, and tells which fail."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from adjoint_compiler.testing.programs import checking
from adjoint_compiler.testing.programs.generation import generate
from adjoint_compiler.testing.programs.shrinking import shrink


def main(arguments: Sequence[str] | None = None) -> int:
    """Check programs by their seeds; prints those that fail, and returns 1 if any does."""
    parser = argparse.ArgumentParser(prog="python -m adjoint_compiler.testing.programs", description=main.__doc__)
    parser.add_argument("--count", type=int, default=300, help="how many programs (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="the first one's seed (default: 0)")
    parser.add_argument("--shrink", action="store_true", help="delete what the failures do not need")
    parser.add_argument("--show", action="store_true", help="print the programs and check nothing")
    options = parser.parse_args(arguments)
    failures: dict[str, list[int]] = {}
    for seed in range(options.seed, options.seed + options.count):
        program = generate(seed)
        if options.show:
            print(f"# seed {seed}\n{program.listing()}\n")
            continue
        report = checking.check_program(program)
        if report.ok:
            continue
        failures.setdefault(report.kind, []).append(seed)
        if options.shrink:
            program = shrink(program)
            report = checking.check_program(program)
        print(f"# seed {seed}: {report.kind}\n{program.listing()}\n\n{report.text}\n", flush=True)
    if not options.show:
        print(f"{options.count - sum(map(len, failures.values()))} of {options.count} programs agree")
        for kind, seeds in failures.items():
            print(f"{kind}: {len(seeds)}, seeds {', '.join(map(str, seeds))}")
    return 1 if failures else 0
