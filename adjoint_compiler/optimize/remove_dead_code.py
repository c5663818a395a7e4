"""Remove bindings that nothing needs, and control flow that does nothing.

A name is needed when something with an effect reads it, or something that binds a needed name. What only adds to itself in
a loop is not.

    for k in range(n):
        unused = unused * x[0]      ->      return x * x
    return x * x
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adjoint_compiler.ir.nodes import Bind, Block, Call, For, If, Pop, Program, Statement, Try, With
from adjoint_compiler.optimize.rename import map_statements

IMPURE = ("numpy.random.", "method", "builtins.next", "custom.forward", "custom.checked", "custom.call")


def remove_dead_code(program: Program) -> Program:
    """Remove what has no effect on the result.

    >>> from adjoint_compiler.ir.nodes import Return, Name
    >>> body = (Bind("t", "numpy.sin", (Name("x"),)), Return(Name("x")))
    >>> len(remove_dead_code(Program("f", ("x",), body)).body)
    1
    """
    needed = _needed_names(program)
    return map_statements(program, lambda s: _kept(s, needed))


def _needed_names(program: Program) -> set[str]:
    """The names that something with an effect reads, at once or through others."""
    needed: set[str] = set()
    waiting: dict[str, list[set[str]]] = {}  # what needs what, once a name turns out to be needed
    for s, around in _leaves(program.body, ()):
        read = {n for x in (s, *around) for n in x.read}
        tried = next((x for x in around if isinstance(x, Try)), None)
        if tried is not None:  # what may raise is needed where that is asked for
            for name in tried.bound:
                waiting.setdefault(name, []).append({*read, *s.bound})
        if type(s) is Bind and not s.op.startswith(IMPURE):
            waiting.setdefault(s.target, []).append(read)
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


def _kept(s: Statement, needed: set[str]) -> list[Statement]:
    if type(s) is Bind:
        return [s] if s.target in needed or s.op.startswith(IMPURE) else []
    if isinstance(s, (Pop, Call)) and s.target is not None and s.target not in needed:
        return [replace(s, target=None)]
    if isinstance(s, Try) and not s.body and needed.isdisjoint(s.bound):
        return []
    return [] if _is_empty(s) else [s]


def _is_empty(s: Statement) -> bool:
    if isinstance(s, If):
        return not s.then and not s.orelse
    return isinstance(s, (For, With)) and not s.body
