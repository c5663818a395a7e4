"""Bind a variable that is overwritten by a copy only, so that an operation's result has a name nothing overwrites.

    x = x / y      ->      t = x / y; x = t

The reverse of the division reads its result (``t``) although ``x`` has its old value again by then.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.uses import is_own, occurrences
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Call, Name, Program, Statement, binds, reads, walk
from adjoint_compiler.optimize.rename import map_statements


def split_definitions(program: Program) -> Program:
    """Split operations that bind a name with several definitions, or one read outside its block's run.

    >>> from adjoint_compiler.ir.nodes import Const, Return
    >>> body = (Bind("x", "operator.mul", (Name("x"), Const(2.0))), Return(Name("x")))
    >>> [s.op for s in split_definitions(Program("f", ("x",), body)).body[:-1]]
    ['operator.mul', 'copy']
    """
    occ = occurrences(program)
    names = Names(
        {n for s in walk(program.body) for n in (*reads(s), binds(s) or "")} | {*program.params, *program.free}
    )
    temporaries = set(program.temporaries)

    def split(s: Statement) -> list[Statement]:
        if not isinstance(s, (Bind, Call)) or s.target is None or is_own(occ[s.target]):
            return [s]
        if isinstance(s, Bind) and s.op == "copy":
            return [s]
        t = names.fresh("t")
        temporaries.add(t)
        return [replace(s, target=t), Bind(s.target, "copy", (Name(t),), (), s.span)]

    out = map_statements(program, split)
    return replace(out, temporaries=frozenset(temporaries))
