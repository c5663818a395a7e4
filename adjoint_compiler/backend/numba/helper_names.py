"""Variables that have the names of helpers which compiled code alone calls get other names.

trips_tape = with_room(trips_tape, trips_top, trips(0, n, 1))         ...
trips = 0                                                      ->     trips2 = 0
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Program
from adjoint_compiler.optimize.rename import rename_all

PREFIX = "numba."
WRITTEN = ("backwards", "numba")  # what the emitter may write


def apart_from_helpers(program: Program, types: Types) -> Program:
    """The program with such names; the types are those of the new names, too.

    >>> from adjoint_compiler.ir.nodes import Name, Return
    >>> body = (Bind("trips", "numba.trips", (Name("n"),)), Return(Name("trips")))
    >>> apart_from_helpers(Program("f", ("n",), body), {}).body[1].value.id
    'trips2'
    """
    called = {s.op[len(PREFIX) :] for s in program.statements if isinstance(s, Bind) and s.op.startswith(PREFIX)}
    clashing = sorted(program.mentioned.intersection({*called, *WRITTEN}) - {*program.free})
    if not clashing:
        return program
    names = Names({*program.mentioned, *called, *WRITTEN})
    change = {n: names.fresh(n) for n in clashing}
    types.update((new, types[old]) for old, new in change.items() if old in types)
    renamed = rename_all(program, change)
    return replace(
        renamed,
        params=tuple(change.get(p, p) for p in program.params),
        types={change.get(p, p): t for p, t in program.types.items()},
        temporaries=frozenset(change.get(n, n) for n in program.temporaries),
        primal=frozenset(change.get(n, n) for n in program.primal),
    )


__all__ = ["apart_from_helpers"]
