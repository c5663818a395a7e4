"""What elements share that are largest, as operations on elements, which go into loops with others.

t = share_ties(g, x, y)            ->     share = tied_share(g, x, y)
                                          t = np.where(x == y, share, np.where(x != x, nan_share(g, x, y), 0.0))
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Statement
from adjoint_compiler.ir.types import FLOAT, Type, array_type, is_number
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_statements

SHARE_TIES = "adjoint_compiler.runtime.reductions.share_ties"


def spell_ties(program: Program, types: Types) -> Program:
    """The program with shares of whole arrays written out.

    Args:
        program: a generated program.
        types: the types of its names; those of new names are added.
    """
    statements = walk(program.body)
    if not any(isinstance(s, Bind) and s.op == SHARE_TIES for s in statements):
        return program
    names = Names({n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free})
    added: set[str] = set()

    def bind(op: str, args: tuple[Operand, ...], t: Type, s: Bind, out: list[Statement]) -> Name:
        name = names.fresh("t")
        added.add(name)
        types[name] = t
        out.append(Bind(name, op, args, (), s.span))
        return Name(name)

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Bind) or s.op != SHARE_TIES or s.kwargs or len(s.args) != 3:
            return [s]
        g, x, y = s.args
        known = [types.get(a.id) if isinstance(a, Name) else None for a in (x, y)]
        if (
            known[0] is None
            or known[0].dtype != "float64"
            or not known[0].ndim
            or known[1] is None
            or not is_number(known[1])
        ):
            return [s]
        real, truth = array_type("float64", known[0].ndim), array_type("bool", known[0].ndim)
        out: list[Statement] = []
        share = bind("numba.tied_share", (g, x, y), FLOAT, s, out)
        other = bind("numba.nan_share", (g, x, y), FLOAT, s, out)
        tied = bind("operator.eq", (x, y), truth, s, out)
        unordered = bind("operator.ne", (x, x), truth, s, out)
        rest = bind("numpy.where", (unordered, other, Const(0.0)), real, s, out)
        return [*out, replace(s, op="numpy.where", args=(tied, share, rest))]

    changed = map_statements(program, change)
    return replace(changed, temporaries=changed.temporaries | added)
