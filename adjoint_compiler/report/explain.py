"""What the compiler found of a function: which names are active, what is recorded and why, what may not be meant.

logistic at model.py:3, by x
active: x (float64[:]), y (float64[:])
inert: n (int), rate (not in wrt)
recorded:
  y, before line 6, in each iteration of the loop at line 5: 8*x.shape[0] bytes
    read by the reverse of line 6
recomputed:
  scale, for the reverse of line 6
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from adjoint_compiler.analysis.activity import useful_names, varied_names
from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.diagnostics import Diagnostic, display_file
from adjoint_compiler.ir.nodes import Program, Return, Span
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, Type, is_discrete
from adjoint_compiler.ir.walk import binds
from adjoint_compiler.report.recorded import Recorded, in_words, recomputed_in, recorded_in

REASONS = {"varied": "does not depend on what is differentiated", "useful": "no result depends on it"}


@dataclass(frozen=True)
class Explanation:
    """What was found of one function, for given types of its arguments; printing it gives the text.

    Attributes:
        name: the function's name.
        span: where it is defined.
        wrt: the parameters it is differentiated by.
        active: names with adjoints, and their types.
        inert: names without, and why.
        recorded: what the forward sweep keeps for the reverse sweep.
        recomputed: what the reverse sweep computes again instead, and the lines whose reverse reads it.
        lints: what is differentiated right, and may not be what was meant.
    """

    name: str
    span: Span
    wrt: tuple[str, ...]
    active: tuple[tuple[str, str], ...]
    inert: tuple[tuple[str, str], ...]
    recorded: tuple[Recorded, ...] = ()
    recomputed: dict[str, tuple[int, ...]] = field(default_factory=dict)
    lints: tuple[Diagnostic, ...] = field(default=())

    def text(self, colour: bool = False) -> str:
        """The explanation as text, with ANSI colours if asked for."""
        return "\n".join(self._lines(colour)) + "\n"

    def _lines(self, colour: bool) -> Iterator[str]:
        place = f" at {display_file(self.span.file)}:{self.span.line}" if self.span.line else ""
        yield f"{self.name}{place}, by {', '.join(self.wrt)}"
        for label, listed in (("active", self.active), ("inert", self.inert)):
            yield f"{label}: " + (", ".join(f"{name} ({why})" for name, why in listed) or "nothing")
        yield "recorded:" + ("" if self.recorded else " nothing")
        for r in self.recorded:
            yield f"  {r.name}, {r.when}: {r.bytes or 'of unknown size'}"
            if r.readers:
                yield f"    {r.why}"
        for loop, total in _totals(self.recorded):
            yield f"  each iteration of the loop at line {loop}, altogether: {total}"
        if self.recomputed:
            yield "recomputed:"
        for name, lines in self.recomputed.items():
            yield f"  {name}, for the reverse of {in_words(lines)}"
        yield from (lint.render(colour) for lint in self.lints)

    def to_dict(self) -> dict[str, Any]:
        """The explanation for machines: JSON types only."""
        return {
            "name": self.name,
            "wrt": list(self.wrt),
            "active": dict(self.active),
            "inert": dict(self.inert),
            "recorded": [r.to_dict() for r in self.recorded],
            "recomputed": {name: list(lines) for name, lines in self.recomputed.items()},
            "lints": [lint.to_dict() for lint in self.lints],
        }

    def __str__(self) -> str:
        return self.text().rstrip("\n")

    __repr__ = __str__


def _totals(recorded: tuple[Recorded, ...]) -> Iterator[tuple[int, str]]:
    """For loops that record several things in each iteration: what they take together, where all sizes are known."""
    loops = dict.fromkeys(r.loop for r in recorded if r.loop and r.each_time)
    for loop in loops:
        inside = [r for r in recorded if r.loop == loop and r.each_time]
        if len(inside) > 1 and all(r.bytes for r in inside):
            most = "at most " if any(r.in_branch for r in inside) else ""
            yield loop, most + " + ".join(r.bytes.removesuffix(" bytes") for r in inside) + " bytes"


def explain(state: Any) -> Explanation:
    """The explanation of a program that was compiled with ``explaining``."""
    program, types, request = state.program, state.types, state.request
    active, inert = _activity(program, types, request)
    recording = state.recording
    return Explanation(
        program.name, program.span, tuple(request.wrt), active, inert, tuple(recorded_in(recording)),
        recomputed_in(recording), state.lints,
    )  # fmt: skip


def _activity(program: Program, types: dict[str, Type], request: Any) -> tuple[Any, Any]:
    """The user's names that are active, with their types, and the others, with reasons."""
    aliases = analyse_aliases(program, types)
    last = program.body[-1]
    ends = request.outputs or (tuple(names_in(last.value)) if isinstance(last, Return) else ())
    varied = varied_names(program, types, aliases, request.wrt)
    useful = useful_names(program, types, aliases, ends)
    names = dict.fromkeys((*program.params, *program.free, *(n for s in program.statements for n in (binds(s),) if n)))
    active, inert = [], []
    for n in names:
        t = types.get(n, UNKNOWN)
        if n in program.temporaries:
            continue
        if n in varied and n in useful:
            active.append((n, str(t)))
        elif is_discrete(t):
            inert.append((n, str(t)))
        elif n in program.params and n not in request.wrt:
            inert.append((n, "not in wrt"))
        else:
            inert.append((n, REASONS["useful" if n in varied else "varied"]))
    return tuple(active), tuple(inert)


__all__ = ["Explanation", "explain"]
