"""Remove bindings that nothing needs, and control flow that does nothing.

A name is needed when something with an effect reads it, or something that binds a needed name. What only adds to itself in
a loop is not; nor is what the reverse sweep computes again, and only it reads.

    for k in range(n):
        unused = unused * x[0]      ->      return x * x
    return x * x
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adjoint_compiler.analysis.places import find_places, size
from adjoint_compiler.analysis.tapes import own_tapes
from adjoint_compiler.ir.nodes import Bind, Block, Call, For, If, Pop, Program, Push, Statement, Try, With
from adjoint_compiler.optimize.rename import map_block
from adjoint_compiler.rules.draws import acts

Apart = dict[str, str]  # names of the reverse sweep that stand for other values than before, and what tells them apart
IMPURE = ("numpy.random.", "method", "builtins.next", "custom.forward", "custom.checked", "custom.call")


def remove_dead_code(program: Program) -> Program:
    """Remove what has no effect on the result.

    >>> from adjoint_compiler.ir.nodes import Return, Name
    >>> body = (Bind("t", "numpy.sin", (Name("x"),)), Return(Name("x")))
    >>> len(remove_dead_code(Program("f", ("x",), body)).body)
    1
    """
    start = program.reverse_at
    parts: list[tuple[Block, Apart]] = [(program.body, {})]
    if start is not None:
        parts = [(program.body[:start], {}), (program.body[start:], _computed_again(program, start))]
    needed = _needed_names(parts)
    kept = [map_block(block, lambda s, apart=apart: _kept(s, needed, apart)) for block, apart in parts]  # type: ignore[misc]
    if all(new is old for new, (old, _) in zip(kept, parts)):
        return program
    shorter = replace(program, body=tuple([s for block in kept for s in block]))
    return shorter if start is None else _without_idle_tapes(shorter)


def _without_idle_tapes(program: Program) -> Program:
    """A generated program without the tapes of which it takes nothing that it needs, and without what went onto them."""
    tapes = [s for s in program.statements if isinstance(s, (Push, Pop))]
    idle = {s.stack for s in tapes if isinstance(s, Pop)} - {s.stack for s in tapes if s.bound}
    idle = idle & own_tapes(program.statements) if idle else idle
    if not idle:
        return program

    def change(s: Statement) -> list[Statement]:
        gone = isinstance(s, (Push, Pop)) and s.stack in idle or isinstance(s, Bind) and s.target in idle
        return [] if gone else [s]

    return remove_dead_code(replace(program, body=map_block(program.body, change)))


def _computed_again(program: Program, start: int) -> Apart:
    """The names that the reverse sweep binds anew before it reads them: what the forward sweep bound is another value."""
    forward, reverse = program.body[:start], program.body[start:]
    first = size(forward)
    before = {n for s in forward for n in (*s.bound, *s.bound_within)}
    again = before.intersection(n for s in reverse for n in (*s.bound, *s.bound_within))
    out: Apart = {}
    for name, places in find_places(program, again).items():
        defs = [d for d in places.defs if d.number >= first]
        if all(any(d.number < u < d.end for d in defs) for u in places.uses if u >= first):
            out[name] = f"{name} of the reverse sweep"
    return out


def _needed_names(parts: list[tuple[Block, Apart]]) -> set[str]:
    """The names that something with an effect reads, at once or through others."""
    needed: set[str] = set()
    waiting: dict[str, list[set[str]]] = {}  # what needs what, once a name turns out to be needed
    for block, apart in parts:
        for s, around in _leaves(block, ()):
            names = (*s.read, *(n for x in around for n in x.read)) if around else s.read
            read = {apart.get(n, n) for n in names} if apart else set(names)
            tried = next((x for x in around if isinstance(x, Try)), None) if around else None
            if tried is not None:  # what may raise is needed where that is asked for
                for name in tried.bound:
                    waiting.setdefault(apart.get(name, name), []).append({*read, *(apart.get(n, n) for n in s.bound)})
            if type(s) is Bind and not _stays(s.op):
                waiting.setdefault(apart.get(s.target, s.target), []).append(read)
            else:
                needed |= read
    work = list(needed)
    while work:
        for read in waiting.pop(work.pop(), ()):
            work += read - needed
            needed |= read
    return needed


def _leaves(block: Block, around: tuple[Statement, ...]) -> Iterator[tuple[Statement, tuple[Statement, ...]]]:
    """Every statement that does something itself, with the control flow that it stands in."""
    for s in block:
        inner = s.blocks
        if not inner or not isinstance(s, (For, If, With, Try)):
            yield s, around  # whether a `while` ends is not known: it stays
        for b in inner:
            yield from _leaves(b, (*around, s))


def _kept(s: Statement, needed: set[str], apart: Apart) -> list[Statement]:
    if type(s) is Bind:
        return [s] if apart.get(s.target, s.target) in needed or _stays(s.op) else []
    if isinstance(s, (Pop, Call)) and s.target is not None and apart.get(s.target, s.target) not in needed:
        return [replace(s, target=None)]
    if isinstance(s, Try) and not s.body and needed.isdisjoint(apart.get(n, n) for n in s.bound):
        return []
    return [] if _is_empty(s) else [s]


def _stays(op: str) -> bool:
    """Whether an operation is more than its result: it draws or prints, or may store into what it is given."""
    return op.startswith(IMPURE) or acts(op)


def _is_empty(s: Statement) -> bool:
    if isinstance(s, If):
        return not s.then and not s.orelse
    return isinstance(s, (For, With)) and not s.body
