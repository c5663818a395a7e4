"""Write in-place updates that are not sums as what they are: read, compute, store.

    A[i] *= v      ->      t = A[i]; t2 = t * v; A[i] = t2

Sums stay: their reverse needs neither the old value nor a store of zero.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import index_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_discrete
from adjoint_compiler.optimize.rename import map_statements

LINEAR = ("operator.add", "operator.sub", "scatter_add")


def expand_updates(program: Program, types: Types) -> Program:
    """Expand updates that are not linear, and those of items of containers (see the module's text)."""
    types = dict(types)
    names = Names(program.mentioned)
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
        index = Const(Ellipsis) if s.index is None else s.index
        old = fresh()
        if is_container(t) and index_type(t, index, types).kind == "array":
            # An item that is an array is updated in place, then put where it was.
            types[old] = index_type(t, index, types)
            return [
                Bind(old, "index", (Name(s.target), index), (), s.span),
                *expand(Update(old, None, s.op, s.value, s.span)),
                Store(s.target, index, Name(old), s.span),
            ]
        new = fresh()
        return [
            Bind(old, "index", (Name(s.target), index), (), s.span),
            Bind(new, s.op, (Name(old), s.value), (), s.span),
            Store(s.target, index, Name(new), s.span),
        ]

    out = map_statements(program, expand)
    return out if out is program else replace(out, temporaries=frozenset(temporaries))
