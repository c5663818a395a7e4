"""Derivatives of the corpus to third order, in both modes, against differences: `python -m tests.programs.third_order [ID ...]`.

It takes about twenty minutes of processor time, and is no part of the suite; `test_third_order.py` checks a sample. What came of each
program can be kept in a file (`--table results.jsonl`): what stands there is not checked again, so that a run may be stopped and
resumed, and runs may share the work (`--shard 1/2`). What is refused, at compile time or while running, is listed with the
order at which it is: derivatives are exact or refused. Nothing of the corpus is known to be refused.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import signal
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import adjoint_compiler as ac

from . import Program, all_programs

ORDER = 3
LONGEST = 300  # seconds of processor time for one program
# whose kinks, or ends, lie closer than the steps that are taken by default: a tent map stretches them eightfold
STEPS = {"control.tent_map": 1e-5, "generators.endless": 1e-3}
# of which only the first argument may be changed: with a tolerance below zero they run for ever
ONLY_FIRST = ("control.newton_square_root",)
# which take more than ten seconds
SLOW = (
    "collections_used.dicts_made_in_a_dict", "collections_used.held_by_an_object", "dict_views.iterators_of_views",
    "functions_as_data.callbacks_of_an_object", "functions_as_data.functions_in_a_list_that_grows",
    "held_functions.objects_of_several_classes_in_a_list", "held_iterators.groups_by_a_key",
    "late_attributes.layers_that_remember", "object_items.linked_nodes", "objects.bodies_in_a_system",
    "objects.properties_that_are_set", "sets_and_heaps.set_of_an_object", "several_classes.best_so_far",
    "several_classes.changed_by_methods", "several_classes.changed_by_methods_otherwise",
    "several_classes.held_in_a_list_that_grows", "several_classes.made_by_a_factory_in_a_loop",
    "several_classes.operators_of_either", "several_classes.operators_of_either_otherwise",
    "updated_records.attributes_that_are_objects_later", "updated_records.bodies_that_attract_each_other",
    "updated_records.the_best_so_far",
)  # fmt: skip
LIMITS = ("read its items, or give it a name of its own", "cannot be told")
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


def function_and_arguments(entry: Program) -> tuple[Any, tuple[Any, ...]]:
    """The program and its arguments; where only the first may be changed, a function of that alone."""
    function, args = entry.function, entry.example()
    if entry.id not in ONLY_FIRST:
        return function, args
    first, *rest = args
    return lambda x: function(x, *rest), (first,)


def refusal_at(entry: Program, order: int) -> str:
    """Why derivatives up to an order are refused; nothing where they are right."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ac.testing.check_grads(*function_and_arguments(entry), order=order, eps=STEPS.get(entry.id))
    except ac.DifferentiationError as error:
        return error.diagnostics[0].message
    except TypeError as error:
        if not any(limit in str(error) for limit in LIMITS):
            raise
        return str(error)
    return ""


def outcome(entry: Program) -> str:
    """What comes of a program, of one that is wrong or takes too long, too."""

    def stop(*_: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        return check(entry)
    except TooLong:
        return "takes too long"
    except Exception as error:  # noqa: BLE001  (all programs are looked at)
        return f"WRONG: {type(error).__name__}: {(str(error) or '?').splitlines()[0]}"
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def kept(path: Path | None) -> dict[str, str]:
    """What a file says of programs; of one that stands in it twice, the last."""
    if path is None or not path.exists():
        return {}
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {line["program"]: line["found"] for line in lines}


def print_table(found: dict[str, str]) -> None:
    """Counts by group of the corpus, and every program that is not ``ok``."""
    kinds = ("ok", "order 1", "order 2", "order 3", "takes too long", "WRONG")
    counts = Counter((name.split(".")[0], next(k for k in kinds if text.startswith(k))) for name, text in found.items())
    print(f"{'group':22}" + "".join(f"{k:>16}" for k in kinds))
    for group in (*dict.fromkeys(name.split(".")[0] for name in found), "all"):
        row = [sum(n for (g, k), n in counts.items() if k == kind and group in (g, "all")) for kind in kinds]
        print(f"{group:22}" + "".join(f"{n or '':>16}" for n in row))
    for name, text in found.items():
        if text != "ok":
            print(f"{name}: {text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("programs", nargs="*", metavar="ID")
    parser.add_argument("--table", type=Path, help="file of what was found, a line for each program")
    parser.add_argument("--again", action="store_true", help="check again what is in the table and was not ok")
    parser.add_argument("--shard", default="1/1", help="k/n: every n-th program, from the k-th on")
    given = parser.parse_args()
    first, step = map(int, given.shard.split("/"))
    found = kept(given.table)
    for entry in PROGRAMS[first - 1 :: step]:
        if given.programs and entry.id not in given.programs:
            continue
        if entry.id in found and not (given.again and found[entry.id] != "ok"):
            continue
        start = time.process_time()
        found[entry.id] = text = outcome(entry)
        seconds = time.process_time() - start
        if given.table is not None:
            with given.table.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"program": entry.id, "found": text, "seconds": round(seconds, 1)}) + "\n")
        if text != "ok":
            print(f"{entry.id} ({seconds:.0f} s): {text}", flush=True)
    print_table(found)


if __name__ == "__main__":
    main()
