"""Put fragments together: the forward sweep in program order, the reverse sweep backwards.

for i in range(n): A                  for i in range(n): A
B                              ->     B
                                      reverse of B
                                      for i in reversed(range(n)): reverse of A
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.differentiate.fragment import Fragment, FragmentBlock
from adjoint_compiler.differentiate.recording import Recording, block_has_reverse
from adjoint_compiler.ir.nodes import (
    Bind,
    Comment,
    Const,
    For,
    If,
    Name,
    Operand,
    Pop,
    Push,
    Statement,
    Try,
    While,
    With,
)
from adjoint_compiler.ir.walk import binds, walk


@dataclass
class Sweeps:
    """Forward and reverse statements of a block."""

    forward: list[Statement]
    reverse: list[Statement]


def assemble(r: Recording, block: FragmentBlock) -> Sweeps:
    """The two sweeps of a block; trip counts are added where a loop may end early."""
    forward: list[Statement] = list(block.start)
    reverse_parts: list[list[Statement]] = []
    for fragment in block.fragments:
        ahead, back = _fragment(r, block, fragment)
        forward += fragment.save + ahead
        if back or fragment.restore or fragment.prepare:
            undone = [*fragment.restore, *fragment.prepare, *back]
            if isinstance(fragment.statement, (Push, Pop)):  # a shadow made here has as many items as the list has now
                undone = [*fragment.prepare, *back, *fragment.restore]
            reverse_parts.append([*_comment(fragment), *fragment.locate, *undone])
    forward += block.record
    reverse = [*block.recall, *block.prepare, *block.enter]
    line = 0
    for part in reversed(reverse_parts):
        if isinstance(part[0], Comment):
            if part[0].span.line == line:
                part = part[1:]
            else:
                line = part[0].span.line
        reverse += part
    return Sweeps(forward, reverse)


def _comment(fragment: Fragment) -> list[Statement]:
    span = fragment.statement.span
    span = span.statement or span
    return [Comment(f"{span.line}: {span.text.strip()}", span)] if span.line else []


def _fragment(r: Recording, block: FragmentBlock, fragment: Fragment) -> tuple[list[Statement], list[Statement]]:
    s = fragment.statement
    if not fragment.blocks:
        return [s], fragment.reverse
    sweeps = {label: assemble(r, b) for label, b in fragment.blocks.items()}
    if isinstance(s, If):
        then, orelse = sweeps["then"], sweeps["orelse"]
        ahead: Statement = replace(s, then=tuple(then.forward), orelse=tuple(orelse.forward))
        if not then.reverse and not orelse.reverse:
            return [ahead], []
        cond, held = _held_condition(r, block, s)
        return [*held, ahead], [If(cond, tuple(then.reverse), tuple(orelse.reverse), s.span)]
    if isinstance(s, With):
        return [replace(s, body=tuple(sweeps["body"].forward))], sweeps["body"].reverse
    if isinstance(s, Try):
        body, back = sweeps["body"], sweeps["body"].reverse
        ahead = replace(s, body=tuple(_recorded_last(r, body.forward)))
        return [ahead], [If(Name(s.flag), (), tuple(back), s.span)] if back else []
    if isinstance(s, For):
        return _for(r, block, s, sweeps["body"], fragment)
    assert isinstance(s, While)
    return _while(r, block, s, sweeps, fragment)


def _recorded_last(r: Recording, body: list[Statement]) -> list[Statement]:
    """The body of a try with what goes on tapes held until nothing can raise any more: what did not happen is not undone."""
    tapes = set(r.tapes.values())
    out: list[Statement] = []
    last: list[Statement] = []
    for s in body:
        if not isinstance(s, Push) or s.stack not in tapes:
            out.append(s)
            continue
        held = r.facts.names.fresh("held")
        out.append(Bind(held, "copy", (s.value,), (), s.span))
        last.append(replace(s, value=Name(held)))
    return [*out, *last]


def _held_condition(r: Recording, block: FragmentBlock, s: If) -> tuple[Operand, list[Statement]]:
    """The condition as it was when the branch was taken: held apart where a branch rebinds its name."""
    if not isinstance(s.cond, Name) or not any(binds(x) == s.cond.id for x in walk((*s.then, *s.orelse))):
        return s.cond, []
    taken = r.facts.names.fresh("taken")
    if block.in_loop:
        tape = r.tape(taken)
        block.record.append(Push(tape, Name(taken)))
        block.recall.insert(0, Pop(taken, tape))
    return Name(taken), [Bind(taken, "copy", (s.cond,), (), s.span)]


def _for(
    r: Recording, block: FragmentBlock, s: For, body: Sweeps, fragment: Fragment
) -> tuple[list[Statement], list[Statement]]:
    ahead: Statement = replace(s, body=tuple(body.forward))
    if not body.reverse:
        return [ahead], []
    if s.until is None:
        return [ahead], [replace(s, body=tuple(body.reverse), backward=True)]
    trips, count = _count(r, block)
    ahead = replace(s, body=(count, *body.forward))
    back: list[Statement] = []
    if s.start == Const(0) and s.step == Const(1):
        back.append(For(s.counter, Const(0), Name(trips), Const(1), tuple(body.reverse), None, s.span, True))
    else:
        trip, scaled = r.facts.names.fresh("trip"), r.facts.names.fresh("t")
        counter: list[Statement] = [
            Bind(scaled, "operator.mul", (Name(trip), s.step)),
            Bind(s.counter, "operator.add", (s.start, Name(scaled))),
        ]
        back.append(For(trip, Const(0), Name(trips), Const(1), (*counter, *body.reverse), None, s.span, True))
    return [Bind(trips, "copy", (Const(0),), (), s.span), ahead], back


def _while(
    r: Recording, block: FragmentBlock, s: While, sweeps: dict[str, Sweeps], fragment: Fragment
) -> tuple[list[Statement], list[Statement]]:
    header, body = sweeps["header"], sweeps["body"]
    if not header.reverse and not body.reverse:
        return [replace(s, header=tuple(header.forward), body=tuple(body.forward))], []
    trips, count = _count(r, block)
    ahead = replace(s, header=tuple(header.forward), body=(count, *body.forward))
    counter = r.facts.names.fresh("trip")
    back: list[Statement] = []
    if header.reverse:
        # The header ran once more than the body, unless a jump ended the loop.
        once: tuple[Statement, ...] = tuple(header.reverse)
        back += [If(Name(s.until), (), once, s.span)] if s.until else list(once)
    inner = (*body.reverse, *header.reverse)
    back.append(For(counter, Const(0), Name(trips), Const(1), inner, None, s.span, True))
    return [Bind(trips, "copy", (Const(0),), (), s.span), ahead], back


def _count(r: Recording, block: FragmentBlock) -> tuple[str, Statement]:
    """A trip counter for a loop of the block; in an outer loop it is recorded like any value."""
    trips = r.facts.names.fresh("trips")
    if block.in_loop:
        tape = r.tape(trips)
        block.record.append(Push(tape, Name(trips)))
        block.recall.insert(0, Pop(trips, tape))
    return trips, Bind(trips, "operator.add", (Name(trips), Const(1)))


__all__ = ["Sweeps", "assemble", "block_has_reverse"]
