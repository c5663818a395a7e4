"""Bind a variable that is overwritten by a copy only, so that an operation's result has a name nothing overwrites.

    x = x / y      ->      t = x / y; x = t

The reverse of the division reads its result (``t``) although ``x`` has its old value again by then.

The bounds of a loop whose body binds them anew get names of their own, too: the reverse loop runs over the same range.

    for i in range(n): n = n - 1      ->      t = n; for i in range(t): n = n - 1
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.uses import is_own, occurrences
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Call, For, Name, Operand, Pack, Program, Statement
from adjoint_compiler.ir.walk import binds, walk
from adjoint_compiler.optimize.rename import map_statements


def split_definitions(program: Program) -> Program:
    """Split operations that bind a name with several definitions, or one read outside its block's run.

    >>> from adjoint_compiler.ir.nodes import Const, Return
    >>> body = (Bind("x", "operator.mul", (Name("x"), Const(2.0))), Return(Name("x")))
    >>> [s.op for s in split_definitions(Program("f", ("x",), body)).body[:-1]]
    ['operator.mul', 'copy']
    """
    occ = occurrences(program)
    names = Names(program.mentioned)
    temporaries = set(program.temporaries)

    def hold(s: For) -> list[Statement]:
        bound = {binds(x) for x in walk(s.body)} | {s.counter}
        held: list[Statement] = []
        for part in ("start", "stop", "step"):
            operand = getattr(s, part)
            if isinstance(operand, Name) and operand.id in bound:
                t = names.fresh("t")
                temporaries.add(t)
                held.append(Bind(t, "copy", (operand,), (), s.span))
                s = replace(s, **{part: Name(t)})  # type: ignore[arg-type]
        return [*held, s]

    def split(s: Statement) -> list[Statement]:
        if isinstance(s, For):
            return hold(s)
        if not isinstance(s, (Bind, Call)) or s.target is None or is_own(occ[s.target]):
            return [s]
        if isinstance(s, Bind) and s.op == "copy" and not _makes_container(s.args[0]):
            return [s]
        t = names.fresh("t")
        temporaries.add(t)
        return [replace(s, target=t), Bind(s.target, "copy", (Name(t),), (), s.span)]

    out = map_statements(program, split)
    return out if out is program else replace(out, temporaries=frozenset(temporaries))


def _makes_container(o: Operand) -> bool:
    """Whether an operand is a new container that may be changed in place: the reverse asks for its shadow."""
    return isinstance(o, Pack) and o.kind in ("list", "dict", "record")
