"""What the passes of the compiler hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.ir.nodes import Program


@dataclass(frozen=True)
class State:
    """What passes hand on.

    Attributes:
        program: the program as it stands.
        request: what the derivative must return.
        form: ``joint`` or ``split``.
        free: types of free names.
        types: types of all names, once inferred.
        results: the generated programs, once differentiated.
        level: optimization level; 0 switches every rewrite off.
        ints: parameters that are ints for the caller, and differentiated as floats.
        callees: the same of each recursive function that the program calls.
        unresolved: what the types, as they were found last, cannot decide.
        faults: why the program is refused.
        lints: what may not be what was meant.
        explaining: whether all lints are wanted, not only those that are warned of, and the recording is kept.
        recording: what is recorded, and why.
        promised: whether parameter types come from annotations, so that generated code checks them on entry.
    """

    program: Program
    request: Request
    form: str = "joint"
    free: Types = field(default_factory=dict)
    types: Types = field(default_factory=dict)
    results: tuple[Program, ...] = ()
    level: int = 2
    texts: tuple[str, ...] = ()
    unresolved: tuple[Diagnostic, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    lints: tuple[Diagnostic, ...] = ()
    explaining: bool = False
    recording: Any = None
    mutated: tuple[str, ...] = ()
    bars: frozenset[str] = frozenset()
    implicit: tuple[str, ...] = ()
    callees: tuple[State, ...] = ()
    promised: bool = False
    ints: tuple[str, ...] = ()


def callee_states(programs: tuple[Program, ...], free: Types, level: int = 2) -> tuple[State, ...]:
    """The states of recursive functions, given the types of all free names."""
    request = Request((), False)
    return tuple(
        State(p, request, "internal", {n: free[n] for n in p.free if n in free}, level=level) for p in programs
    )


__all__ = ["State", "callee_states"]
