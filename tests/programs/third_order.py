"""Derivatives of the corpus to third order, in both modes, against differences: `python -m tests.programs.third_order [ID ...]`.

It takes about an hour of processor time, and is no part of the suite. What is refused, at compile time or while running, is
listed with the order at which it is: derivatives are exact or refused.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import warnings
from collections import Counter
from typing import Any

import adjoint_compiler as ac

from . import Program, all_programs

ORDER = 3
LONGEST = 120  # seconds of processor time for one program
# whose kinks lie closer than the steps that are taken by default: a tent map stretches them eightfold
STEPS = {"control.tent_map": 1e-5}
LIMITS = ("read its items, or give it a name of its own", "first operand must be array", "cannot be told")
PROGRAMS = [p for p in all_programs() if p.raises is None]


class TooLong(Exception):
    """A program takes too long."""


def check(entry: Program) -> str:
    """What comes of a program: ``ok``, or at which order it is refused, and why.

    Raises:
        AssertionError: a derivative is wrong.
    """
    refusal = refusal_at(entry, ORDER)
    if not refusal:
        return "ok"
    order = next(k for k in range(1, ORDER + 1) if k == ORDER or refusal_at(entry, k))
    return f"order {order} is refused: {refusal}"


def refusal_at(entry: Program, order: int) -> str:
    """Why derivatives up to an order are refused; nothing where they are right."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ac.testing.check_grads(entry.function, entry.example(), order=order, eps=STEPS.get(entry.id))
    except ac.DifferentiationError as error:
        return error.diagnostics[0].message
    except TypeError as error:
        if not any(limit in str(error) for limit in LIMITS):
            raise
        return str(error)
    return ""


def _stop(*_: Any) -> None:
    raise TooLong


def main(names: list[str]) -> None:
    counts: Counter[str] = Counter()
    signal.signal(signal.SIGVTALRM, _stop)
    for entry in PROGRAMS:
        if names and entry.id not in names:
            continue
        signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
        try:
            found = check(entry)
        except TooLong:
            found = "takes too long"
        except Exception as error:  # noqa: BLE001  (all programs are looked at)
            found = f"WRONG: {type(error).__name__}: {str(error).splitlines()[0]}"
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        counts[found.split(":")[0]] += 1
        if found != "ok":
            print(f"{entry.id}: {found}", flush=True)
    print(dict(counts))


if __name__ == "__main__":
    main(sys.argv[1:])
