"""What is taken off a list and dropped gets a name: in its place the reverse sweep puts zeros of its shape.

stack.pop()      ->      t = stack.pop()
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Pop, Program, Statement
from adjoint_compiler.optimize.rename import map_statements


def name_popped(program: Program) -> Program:
    """Name what is dropped (see the module's text); where nothing needs the name it is removed again.

    >>> name_popped(Program("f", ("stack",), (Pop(None, "stack"),))).body[0].target
    't'
    """
    if not any(isinstance(s, Pop) and s.target is None for s in program.statements):
        return program
    names = Names(program.mentioned)
    made: set[str] = set()

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Pop) or s.target is not None:
            return [s]
        made.add(name := names.fresh("t"))
        return [replace(s, target=name)]

    changed = map_statements(program, change)
    return replace(changed, temporaries=program.temporaries | made)


__all__ = ["name_popped"]
