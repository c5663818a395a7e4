"""Shapes that are those of arrays which are there anyway are not recorded.

t_tape.append(t.shape)                                    (t has the shape of `total`, whatever the trip)
g = unbroadcast(s_bar, np.empty(t_tape.pop()))      ->    g = unbroadcast(s_bar, np.empty((total.shape[0],)))
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.shapes import ONE, Dim, symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    For,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    While,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import INT, Type
from adjoint_compiler.optimize.rename import map_statements


def without_known_shapes(program: Program, types: Types) -> Program:
    """The program without tapes of shapes that can be told from arrays which are bound once, outside of loops.

    Args:
        program: a generated program, with its forward and its reverse sweep.
        types: the types of its names; those of new names are added.
    """
    pushes: dict[str, list[Operand]] = {}
    popped = {s.stack for s in program.statements if isinstance(s, Pop)}
    for s in program.statements:
        if isinstance(s, Push) and s.stack in popped:
            pushes.setdefault(s.stack, []).append(s.value)
    last = program.body[-1]
    returned = set(names_in(last.value)) if isinstance(last, Return) else set()
    pushes = {
        t: values for t, values in pushes.items() if t not in returned and all(_is_shape(v, types) for v in values)
    }
    if not pushes:
        return program
    shapes = symbolic_shapes(program, types)
    inner = {n for s in program.statements if isinstance(s, (For, While)) for n in (*s.bound, *s.bound_within)}
    lasting = shapes.fixed - inner
    known: dict[str, tuple[Dim, ...]] = {}
    for tape, values in pushes.items():
        found = {shapes.shapes.get(v.id) for v in values if isinstance(v, Name)}
        dims = found.pop() if len(found) == 1 else None
        if dims and all(d == ONE or not d[1] and _array(d) in lasting and _array(d) in shapes.dims for d in dims):
            known[tape] = dims
    names, added = Names(program.mentioned), set(program.temporaries)

    def fresh(t: Type) -> str:
        name = names.fresh("t")
        types[name] = t
        added.add(name)
        return name

    def length(d: Dim, s: Pop, before: list[Statement]) -> Operand:
        if d == ONE:
            return Const(1)
        shape, size = fresh(Type("tuple", items=(INT,) * len(shapes.dims[_array(d)]))), fresh(INT)
        before.append(Bind(shape, "attribute.shape", (Name(_array(d)),), (), s.span))
        before.append(Bind(size, "index", (Name(shape), Const(int(d[0].rpartition(".")[2]))), (), s.span))
        return Name(size)

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Push) and s.stack in known:
            return []
        if isinstance(s, Pop) and s.stack in known:
            before: list[Statement] = []
            lengths = tuple(length(d, s, before) for d in known[s.stack])
            return [*before, Bind(s.target, "copy", (Pack("tuple", lengths),), (), s.span)] if s.target else []
        return [s]

    return replace(map_statements(program, change), temporaries=frozenset(added)) if known else program


def _is_shape(o: Operand, types: Types) -> bool:
    return isinstance(o, Name) and o.id in types and types[o.id].kind == "tuple" and set(types[o.id].items) == {INT}


def _array(d: Dim) -> str:
    """The array whose length along an axis a symbol stands for."""
    name, _, axis = d[0].rpartition(".")
    return name if axis.isdigit() else ""


__all__ = ["without_known_shapes"]
