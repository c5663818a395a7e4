"""Write in-place updates that are not sums as what they are: read, compute, store.

    A[i] *= v      ->      t = A[i]; t2 = t * v; A[i] = t2

Sums stay: their reverse needs neither the old value nor a store of zero.
"""

from __future__ import annotations

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Program, Statement, Store, Update, binds, reads, walk
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_discrete
from adjoint_compiler.optimize.rename import map_statements
from dataclasses import replace

LINEAR = ("operator.add", "operator.sub", "scatter_add")


def expand_updates(program: Program, types: Types) -> Program:
    """Expand updates that are not linear, and those of items of containers (see the module's text)."""
    names = Names({n for s in walk(program.body) for n in (*reads(s), binds(s) or "")} | {*program.params, *program.free})
    temporaries = set(program.temporaries)

    def fresh() -> str:
        name = names.fresh("t")
        temporaries.add(name)
        return name

    def expand(s: Statement) -> list[Statement]:
        if not isinstance(s, Update):
            return [s]
        t = types.get(s.target, UNKNOWN)
        if is_discrete(t) or (s.op in LINEAR and not is_container(t)):
            return [s]
        old, new = fresh(), fresh()
        index = Const(Ellipsis) if s.index is None else s.index
        return [
            Bind(old, "index", (Name(s.target), index), (), s.span),
            Bind(new, s.op, (Name(old), s.value), (), s.span),
            Store(s.target, index, Name(new), s.span),
        ]

    out = map_statements(program, expand)
    return replace(out, temporaries=frozenset(temporaries))
