"""The corpus under Numba, as a table: `python -m tests.numba_corpus [--forward] [KIND or KIND.NAME ...]`.

For each program: whether Numba compiles the program itself, and what becomes of its gradient: `same` as that of the NumPy
backend, `refused` with a code, or `wrong`, `error` (which fail the command). With `--forward`: what becomes of its tangent.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
import warnings
from collections import Counter
from typing import Any

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler.pushforward import forward_of
from tests.programs import Program, all_programs
from tests.programs.check_primals import arrays, floating
from tests.programs.checking import like, scalarized_of, seeds
from tests.programs.test_forward import tangents_of

RTOL, ATOL = 1e-9, 1e-12


def compiles(entry: Program) -> bool:
    """Whether Numba compiles the program as it stands."""
    import numba

    try:
        with quiet():
            numba.njit(entry.function)(*entry.example())
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
    except Exception as fault:
        return "no", f"derivative under NumPy: {type(fault).__name__}"
    try:
        found = leaves(entry, "numba")
    except ac.DifferentiationError as refusal:
        d = refusal.diagnostics[0]
        return "refused", f"{d.code} line {d.span.line}: {d.message}"
    except Exception as fault:
        return "error", f"{type(fault).__name__}: {fault}"
    wrong = differs(found, expected)
    return ("wrong", wrong) if wrong else ("same", "")


def main(chosen: list[str]) -> int:
    """Print the table; the number of programs that are wrong."""
    forward = "--forward" in chosen
    chosen = [c for c in chosen if c != "--forward"]
    counts: Counter[str] = Counter()
    for entry in all_programs():
        if chosen and entry.kind not in chosen and entry.id not in chosen:
            continue
        start = time.perf_counter()
        word, remark = outcome_of(entry, forward_derivative if forward else derivative)
        primal = "compiles" if word == "same" or compiles(entry) else "-"
        counts[f"{word} ({'Numba compiles the program' if primal != '-' else 'Numba does not compile it'})"] += 1
        print(
            f"{entry.id:48} {primal:9} {word:8} {time.perf_counter() - start:5.1f} s  {' '.join(remark.split())[:300]}",
            flush=True,
        )
    for what, count in sorted(counts.items()):
        print(f"{count:5} {what}")
    return sum(n for what, n in counts.items() if what.startswith(("wrong", "error")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
