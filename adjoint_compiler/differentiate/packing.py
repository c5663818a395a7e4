"""What a primal puts on its tape: copies of what the caller can see, and may change before the pullback is called.

return y, (x.copy(), n)                     a value, by itself
memory = detached((row_tape, rows))         what is stored into, all of it together: lists, dicts and objects have their
return y, (memory[0], memory[1])            shadows by identity, so that one that is held twice must stay one
"""

from __future__ import annotations

from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Statement
from adjoint_compiler.ir.types import UNKNOWN, Type, is_number

DETACHED = "adjoint_compiler.runtime.memory.detached"


def is_mutable(t: Type) -> bool:
    """Whether what has a type may be changed in place.

    >>> from adjoint_compiler.ir.types import FLOAT, array_type
    >>> is_mutable(FLOAT), is_mutable(array_type("float64", 1))
    (False, True)
    """
    return not is_number(t) and t.kind not in ("str", "none", "function")


def packed(
    tape: list[str], owners: frozenset[int], held: dict[str, frozenset[int]], f: Facts
) -> tuple[list[Statement], list[Operand]]:
    """The statements that copy what must be copied, and the operands of the tape.

    Args:
        tape: the names that the adjoint reads.
        owners: the memory that belongs to the caller.
        held: the memory that names hold.
        f: what is known of the program.
    """
    out: list[Statement] = []
    seen = [n for n in tape if held.get(n, frozenset()) & owners and is_mutable(f.types.get(n, UNKNOWN))]
    shared = [n for n in seen if held[n] & f.aliases.stored]
    names: dict[str, Operand] = {}
    if shared:
        memory = f.names.fresh("memory")
        out.append(Bind(memory, DETACHED, (Pack("tuple", tuple(map(Name, shared))),)))
        for k, n in enumerate(shared):
            part = f.names.fresh("t")
            out.append(Bind(part, "index", (Name(memory), Const(k))))
            names[n] = Name(part)
    for n in seen:
        if n not in names:
            copy = f.names.fresh("t")
            out.append(Bind(copy, HELPER["copied"], (Name(n),)))
            names[n] = Name(copy)
    return out, [names.get(n, Name(n)) for n in tape]


__all__ = ["DETACHED", "is_mutable", "packed"]
