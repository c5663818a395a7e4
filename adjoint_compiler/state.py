"""What the passes of the compiler hand on."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from adjoint_compiler.analysis.activity import varied_names
from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.jit import Jit
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, internal_error
from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.differentiate.tangents import ForwardCall
from adjoint_compiler.ir.nodes import NOWHERE, Program, Span
from adjoint_compiler.ir.printer import print_program
from adjoint_compiler.rules.expressions import RuleError


@dataclass(frozen=True)
class State:
    """What passes hand on.

    Attributes:
        program: the program as it stands.
        request: what the derivative must return.
        form: ``joint``, ``split`` or ``forward``.
        free: types of free names.
        types: types of all names, once inferred.
        typed: the program that they were inferred for, if that was without tolerance.
        results: the generated programs, once differentiated.
        left_out: names of the passes that are left out.
        ints: parameters that are ints for the caller, and differentiated as floats.
        callees: the same of each recursive function that the program calls.
        unresolved: what the types, as they were found last, cannot decide.
        faults: why the program is refused.
        lints: what may not be what was meant.
        reached: whether what is differentiated by reaches the result.
        derives: whether the program calls derivatives, which are constants at times.
        explaining: whether all lints are wanted, not only those that are warned of, and the recording is kept.
        recording: what is recorded, and why.
        known: types found last, by generated program.
        settled: types of the primal's values that generated programs give no others.
        detaching: adjoints under Numba that must be called with a copy of their tape.
        jit: how the derivative is compiled under Numba; None: it runs under NumPy.
        forward_calls: how the forward modes of recursive functions are called.
        promised: whether parameter types come from annotations, so that generated code checks them on entry.
    """

    program: Program
    request: Request
    form: str = "joint"
    free: Types = field(default_factory=dict)
    types: Types = field(default_factory=dict)
    typed: Program | None = None
    results: tuple[Program, ...] = ()
    left_out: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()
    unresolved: tuple[Diagnostic, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    lints: tuple[Diagnostic, ...] = ()
    reached: bool = True
    derives: bool = False
    explaining: bool = False
    recording: Any = None
    mutated: tuple[str, ...] = ()
    bars: frozenset[str] = frozenset()
    implicit: tuple[str, ...] = ()
    callees: tuple[State, ...] = ()
    promised: bool = False
    ints: tuple[str, ...] = ()
    forward_calls: dict[str, ForwardCall] = field(default_factory=dict)
    known: dict[str, Types] = field(default_factory=dict)
    settled: Types = field(default_factory=dict)
    jit: Jit | None = None
    detaching: frozenset[str] = frozenset()


def callee_states(
    programs: tuple[Program, ...], free: Types, left_out: frozenset[str] = frozenset(), jit: Jit | None = None
) -> tuple[State, ...]:
    """The states of recursive functions, given the types of all free names."""
    request = Request((), False)
    return tuple(
        State(p, request, "internal", {n: free[n] for n in p.free if n in free}, left_out=left_out, jit=jit)
        for p in programs
    )


def state_text(state: State) -> str:
    """The programs as they stand, as text."""
    if state.texts:
        return "\n\n".join(state.texts)
    programs = [p for s in (*state.callees, state) for p in s.results or (s.program,)]
    return "\n\n".join(map(print_program, programs)) + "\n"


def faults_of(fault: Exception, state: State) -> list[Diagnostic]:
    """What an exception says of the user's program; nothing where it is the compiler's own."""
    if isinstance(fault, DifferentiationError):
        return fault.diagnostics
    if isinstance(fault, RuleError):
        return [fault.diagnostic(state.program.span)]
    return []


def varied_in(state: State) -> frozenset[str]:
    """The names that depend on what is differentiated by."""
    inputs = state.program.params if state.form == "internal" else state.request.wrt
    return varied_names(state.program, state.types, analyse_aliases(state.program, state.types), inputs)


@contextmanager
def blamed(seen: list[State], span: Callable[[], Span] = lambda: NOWHERE) -> Iterator[None]:
    """Tell any exception of the ``with`` that is none for the user as a fault of the compiler, with the last program seen.

    Raises:
        DifferentiationError: AC017, or what was raised.
    """
    try:
        yield
    except (DifferentiationError, Unsupported, RecursionError, MemoryError, Warning):
        raise
    except Exception as fault:
        place = traceback.extract_tb(fault.__traceback__)[-1]
        where = f"{os.path.basename(place.filename)}, line {place.lineno}"
        ir = state_text(seen[-1]).rstrip() if seen else ""
        raise internal_error(f"{type(fault).__name__}: {fault} ({where})", span(), ir) from fault


__all__ = ["State", "blamed", "callee_states", "faults_of", "state_text", "varied_in"]
