"""Which lists are tapes: what they hold is only what is put on them, and taken off again."""

from __future__ import annotations

from collections.abc import Iterable

from adjoint_compiler.ir.nodes import Bind, Pack, Pop, Push, Statement
from adjoint_compiler.ir.operands import names_in

EMPTY = (Pack("list", ()),)  # what a tape begins as


def own_tapes(statements: Iterable[Statement]) -> set[str]:
    """The tapes that begin empty, and that entries are only put on and taken off, in the program itself.

    >>> from adjoint_compiler.ir.nodes import Const, Name
    >>> body = (Bind("t", "copy", (Pack("list", ()),)), Push("t", Name("x")), Pop("y", "t"))
    >>> own_tapes(body), own_tapes((*body, Bind("z", "index", (Name("t"), Const(0)))))
    ({'t'}, set())
    """
    pushed: set[str] = set()
    others: set[str] = set()
    made: set[str] = set()
    for s in statements:
        if isinstance(s, (Push, Pop)):
            pushed.add(s.stack)
            others.update(names_in(s.value) if isinstance(s, Push) else s.bound)
        elif isinstance(s, Bind) and s.args == EMPTY and s.target not in made:
            made.add(s.target)
        else:
            others.update(s.read, s.bound)
    return (pushed & made) - others


__all__ = ["own_tapes"]
