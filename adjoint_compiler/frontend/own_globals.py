"""Arrays outside the arguments that the program stores into: work on a copy, leave the caller's as it is.

buf[:] = x * x           buf_copy = entry_copy(buf)
                  ->     buf_copy[:] = x * x
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Name, Program
from adjoint_compiler.ir.types import UNKNOWN, is_container
from adjoint_compiler.optimize.rename import rename_all

ENTRY_COPY = "adjoint_compiler.runtime.memory.entry_copy"
ENTRY_COPIES = "adjoint_compiler.runtime.memory.entry_copies"


def own_globals(program: Program, types: Types) -> tuple[Program, tuple[str, ...]]:
    """Copy the free arrays that are stored into; returns the program and the names that were copied."""
    held = [n for n in program.free if is_container(t := types.get(n, UNKNOWN)) or t.kind == "array"]
    if not held:
        return program, ()
    aliases = shared_classes(program, types)
    stored = tuple(
        n for n in held if aliases.stored & set(aliases.levels(n) if is_container(types[n]) else aliases.levels(n)[:1])
    )  # fmt: skip
    if not stored:
        return program, ()
    names = Names(program.mentioned)
    change = {n: names.fresh(f"{n}_copy") for n in stored}
    body = rename_all(replace(program, params=(), free=()), change).body
    copies = tuple(
        Bind(new, ENTRY_COPIES if is_container(types.get(old, UNKNOWN)) else ENTRY_COPY, (Name(old),))
        for old, new in change.items()
    )
    return replace(program, body=(*copies, *body)), stored
