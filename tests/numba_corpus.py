"""The corpus under Numba, as a table: `python -m tests.numba_corpus [--modes reverse forward second] [KIND or KIND.NAME ...]`.

For each program: whether Numba compiles the program itself (and the functions that it calls, each as `@njit`), and what becomes
of its gradient: `same` as that of the NumPy backend, `refused` with a code, or `wrong`, `error`, `crash` (which fail the
command), `long`. Modes: `reverse`; `forward`, its tangent; `second`, a product with its Hessian; `compiled`, the gradient of
the program after `@njit`.

It takes hours of processor time, and is no part of the suite; `backend/test_numba.py` checks a sample. What came of each program
can be kept in a file (`--table results.jsonl`): what stands there is not checked again. Programs are taken from all kinds in
turn, and run in a process of their own that is replaced when it dies.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import signal
import sys
import tempfile
import time
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of
from tests.programs import Program, all_programs
from tests.programs.check_primals import arrays, floating
from tests.programs.checking import like, scalarized_of, seeds
from tests.programs.test_forward import tangents_of

RTOL, ATOL = 1e-9, 1e-12


LONGEST = 300  # seconds of processor time for one program and mode


class TooLong(BaseException):
    """A program takes too long."""


def compiled_of(function: Any) -> Any:
    """The function as Numba compiles it, with all Python functions that it reads from outside compiled, too."""
    import numba

    made: dict[Any, Any] = {}

    def plain(value: Any) -> bool:
        return isinstance(value, types.FunctionType) and value.__module__.startswith("tests.")

    def compiled(f: Any) -> Any:
        if f not in made:
            scope = dict(f.__globals__)
            copy = types.FunctionType(f.__code__, scope, f.__name__, f.__defaults__, f.__closure__)
            copy.__kwdefaults__ = f.__kwdefaults__
            made[f] = numba.njit(copy)
            read = {n for code in codes(f.__code__) for n in code.co_names}
            scope.update({n: compiled(v) for n, v in f.__globals__.items() if n in read and plain(v)})
            cells = [cell_of(c, compiled, plain) for c in f.__closure__ or ()]
            if cells:
                made[f] = numba.njit(types.FunctionType(f.__code__, scope, f.__name__, f.__defaults__, tuple(cells)))
        return made[f]

    return compiled(function)


def codes(code: types.CodeType) -> Iterator[types.CodeType]:
    """A code object and those of the functions in it."""
    yield code
    for value in code.co_consts:
        if isinstance(value, types.CodeType):
            yield from codes(value)


def cell_of(cell: Any, change: Any, wanted: Any) -> Any:
    """A cell with a function changed."""
    return types.CellType(change(cell.cell_contents)) if wanted(cell.cell_contents) else cell


def compiles(entry: Program) -> bool:
    """Whether Numba compiles the program as it stands, with the functions that it calls."""
    try:
        with quiet():
            compiled_of(entry.function)(*entry.example())
    except TooLong:
        raise
    except Exception as fault:
        return entry.raises is not None and isinstance(fault, entry.raises)
    return True


def quiet() -> contextlib.ExitStack:
    """Nothing printed, nothing warned of."""
    stack = contextlib.ExitStack()
    stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
    stack.enter_context(warnings.catch_warnings())
    warnings.simplefilter("ignore")
    return stack


def derivative(entry: Program, backend: str) -> list[Any]:
    """The value and all adjoints, as a list of leaves; the exception's class where the program raises."""
    try:
        with quiet():
            if scalarized_of(entry):
                transform = ac.grad if entry.of else ac.value_and_grad
                return list(
                    arrays(
                        [transform(entry.function, wrt=entry.positions, of=entry.of, backend=backend)(*entry.example())]
                    )
                )
            args = entry.example()
            y, pullback = ac.vjp(entry.function, *args, of=entry.of, backend=backend)
            leaves = [np.array(leaf) for leaf in arrays(y) if floating(leaf)]
            return [*leaves, *arrays(list(pullback(like(y, seeds(leaves)))))]
    except Exception as fault:
        if entry.raises is None or not isinstance(fault, entry.raises):
            raise
        return [type(fault)]


def forward_derivative(entry: Program, backend: str) -> list[Any]:
    """The value and its tangent in the direction of the corpus, as a list of leaves; as above."""
    try:
        with quiet():
            found = forward_of(entry.function, backend, None).call(entry.example(), tangents_of(entry), {}, of=entry.of)
            return list(arrays(list(found)))
    except Exception as fault:
        if entry.raises is None or not isinstance(fault, entry.raises):
            raise
        return [type(fault)]


def second_derivative(entry: Program, backend: str) -> list[Any]:
    """The product of the Hessian and the direction of the corpus, as a list of leaves; of programs with a real scalar result."""
    k = entry.positions[0]
    args = entry.example()
    along = tangents_of(entry)[k]
    with quiet():
        product = ac.hvp(entry.function, wrt=k, of=entry.of, backend=backend)
        return list(arrays([product(*args[:1], along, *args[1:])]))


def compiled_derivative(entry: Program, backend: str) -> list[Any]:
    """The value and all adjoints; under Numba those of the program as Numba compiles it."""
    if backend == "numpy":
        return derivative(entry, backend)
    return derivative(replace(entry, function=compiled_of(entry.function)), backend)


MODES = {
    "reverse": derivative,
    "forward": forward_derivative,
    "second": second_derivative,
    "compiled": compiled_derivative,
}


def differs(found: list[Any], expected: list[Any]) -> str:
    """What is different between two lists of leaves; nothing if they agree to round-off."""
    if len(found) != len(expected):
        return f"{len(found)} leaves, not {len(expected)}"
    for one, other in zip(found, expected, strict=True):
        if isinstance(one, (type, str)) or isinstance(other, type) or one is None or other is None:
            if one is not other and one != other:
                return f"{one}, not {other}"
        elif np.shape(one) != np.shape(other) or np.asarray(one).dtype != np.asarray(other).dtype:
            return f"{np.shape(one)} {np.asarray(one).dtype}, not {np.shape(other)} {np.asarray(other).dtype}"
        elif not np.allclose(
            one, other, rtol=RTOL, atol=ATOL * (1 + np.abs(np.asarray(other)).max(initial=0)), equal_nan=True
        ):
            return f"{one}, not {other}"
    return ""


def outcome_of(entry: Program, leaves: Any = derivative) -> tuple[str, str]:
    """A word for what became of a program's gradient (or tangent) under Numba, and what is to be said of it."""
    try:
        expected = leaves(entry, "numpy")
    except TooLong:
        raise
    except Exception as fault:
        return "no", f"derivative under NumPy: {type(fault).__name__}"
    try:
        found = leaves(entry, "numba")
    except TooLong:
        raise
    except ac.DifferentiationError as refusal:
        d = refusal.diagnostics[0]
        return "refused", f"{d.code} line {d.span.line}: {d.message}"
    except Exception as fault:
        return "error", f"{type(fault).__name__}: {fault}"
    wrong = differs(found, expected)
    return ("wrong", wrong) if wrong else ("same", "")


def row_of(entry: Program, mode: str, longest: int) -> dict[str, Any]:
    """What came of a program in a mode, as a row of the table."""

    def stop(*_: object) -> None:
        raise TooLong

    row = {"id": entry.id, "mode": mode, "primal": False, "word": "long", "remark": ""}
    start = time.perf_counter()
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, longest)
    try:
        row["primal"] = compiles(entry)
        if row["primal"]:
            row["word"], remark = outcome_of(entry, MODES[mode])
            row["remark"] = " ".join(remark.split())[:600]
        else:
            row["word"] = "skipped"
    except TooLong:
        pass
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return {**row, "seconds": round(time.perf_counter() - start, 1)}


def in_turn(entries: list[Program]) -> list[Program]:
    """One program of each kind, then the next of each."""
    kinds: dict[str, list[Program]] = {}
    for entry in entries:
        kinds.setdefault(entry.kind, []).append(entry)
    return [e for row in zip_longest(*kinds.values()) for e in row if e is not None]


def run(tasks: list[tuple[Program, str]], table: Path, longest: int) -> None:
    """Append the rows of all tasks to the table; a task in which the process dies is a `crash`."""
    while tasks:
        child = os.fork()
        if not child:
            for entry, mode in tasks:
                row = row_of(entry, mode, longest)
                with table.open("a") as file:
                    file.write(json.dumps(row) + "\n")
                print(
                    f"{row['id']:48} {mode:8} {row['word']:8} {row['seconds']:6} s  {row['remark'][:200]}", flush=True
                )
            os._exit(0)
        _, status = os.waitpid(child, 0)
        done = {(r["id"], r["mode"]) for r in rows_of(table)}
        tasks = [t for t in tasks if (t[0].id, t[1]) not in done]
        if status and tasks:
            entry, mode = tasks.pop(0)
            row = {
                "id": entry.id,
                "mode": mode,
                "primal": True,
                "word": "crash",
                "remark": f"status {status}",
                "seconds": 0,
            }
            with table.open("a") as file:
                file.write(json.dumps(row) + "\n")


def rows_of(table: Path) -> list[dict[str, Any]]:
    """What stands in a table."""
    return [json.loads(line) for line in table.read_text().splitlines()] if table.exists() else []


def main() -> int:
    """Print the table; the number of programs that are wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chosen", nargs="*", metavar="KIND or KIND.NAME")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=["reverse"])
    parser.add_argument("--table", type=Path)
    parser.add_argument(
        "--longest", type=int, default=LONGEST, help="seconds of processor time for one program and mode"
    )
    given = parser.parse_args()
    entries = [e for e in all_programs() if not given.chosen or e.kind in given.chosen or e.id in given.chosen]
    with tempfile.TemporaryDirectory() as place:
        table = given.table or Path(place) / "table.jsonl"
        done = {(r["id"], r["mode"]) for r in rows_of(table)}
        run([(e, m) for e in in_turn(entries) for m in given.modes if (e.id, m) not in done], table, given.longest)
        rows = rows_of(table)
    for mode in sorted({r["mode"] for r in rows}):
        print(mode, dict(Counter(r["word"] for r in rows if r["mode"] == mode)))
    return sum(r["word"] in ("wrong", "error", "crash") for r in rows)


if __name__ == "__main__":
    sys.exit(min(main(), 100))
