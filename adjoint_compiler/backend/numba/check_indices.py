"""Checks of indices, which compiled code does not make: one before each access that may lie outside of its array.

    for i in range(len(x)):                  for i in range(len(x)):
        y = x[i] * x[k]            ->            check_index(x, 0, k)
                                                 y = x[i] * x[k]

The forward sweep makes them; the reverse sweep uses the same indices.
"""

from __future__ import annotations

from adjoint_compiler.analysis.indexing import index_parts, part_kind
from adjoint_compiler.analysis.shapes import Shapes, symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Const, Effect, For, Name, Operand, Program, Statement, Store, Update
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_statements

CHECKED = ("int", "array", "mask")


def check_indices(program: Program, types: Types) -> Program:
    """The program with a check before each access that is not certainly inside of its array.

    Args:
        program: a program before it is differentiated.
        types: the types of its names.

    >>> from adjoint_compiler.ir.types import INT, array_type
    >>> body = (Bind("y", "index", (Name("x"), Name("k"))),)
    >>> types = {"x": array_type("float64", 1), "k": INT}
    >>> [s.text for s in check_indices(Program("f", ("x", "k"), body), types).body[:1]]
    ['check_index']
    """
    statements = walk(program.body)
    shapes = symbolic_shapes(program, types)
    loops = {s.counter: s for s in statements if isinstance(s, For) and s.counter in shapes.fixed}
    made = {s.target: s for s in statements if isinstance(s, Bind) and s.target in shapes.fixed}

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name):
            base, index = s.args[0].id, s.args[1]
        elif isinstance(s, (Store, Update)) and s.index is not None:
            base, index = s.target, s.index
        else:
            return [s]
        t = types.get(base)
        if t is None or t.kind != "array" or t.ndim is None:
            return [s]
        checks: list[Statement] = [
            Effect("check", (Name(base), Const(axis), o), s.span, "check_index")
            for axis, o in _parts(index, t.ndim, types)
            if not _is_inside(o, base, axis, shapes, loops, made)
        ]
        return [*checks, s]

    return map_statements(program, change)


def _parts(index: Operand, ndim: int, types: Types) -> list[tuple[int, Operand]]:
    """The parts of a subscript that name places, with the axes that they are places on."""
    parts = [(p, part_kind(p, types)) for p in index_parts(index)]
    used = sum(_axes_of(p, kind, types) for p, kind in parts)
    axis, out = 0, []
    for p, kind in parts:
        if kind in CHECKED:
            out.append((axis, p))
        axis += ndim - used if kind == "ellipsis" else _axes_of(p, kind, types)
    return out


def _axes_of(p: Operand, kind: str, types: Types) -> int:
    if kind in ("ellipsis", "newaxis"):
        return 0
    return (types[p.id].ndim or 1) if kind == "mask" and isinstance(p, Name) and p.id in types else 1


def _is_inside(o: Operand, base: str, axis: int, shapes: Shapes, loops: dict[str, For], made: dict[str, Bind]) -> bool:
    """Whether an index is the counter of a loop, and something more, that stays within the axis."""
    dims, more = shapes.dims.get(base), 0
    definition = made.get(o.id) if isinstance(o, Name) else None
    if definition is not None and definition.op in ("operator.add", "operator.sub"):
        left, right = definition.args
        if isinstance(right, Const) and type(right.value) is int:
            o, more = left, right.value if definition.op == "operator.add" else -right.value
        elif isinstance(left, Const) and type(left.value) is int and definition.op == "operator.add":
            o, more = right, left.value
    loop = loops.get(o.id) if isinstance(o, Name) else None
    if loop is None or dims is None or axis >= len(dims) or loop.step != Const(1) or not isinstance(loop.start, Const):
        return False
    stop = shapes.size(loop.stop)
    if stop is None or stop[0] != dims[axis][0] or loop.start.value + more < 0:
        return False
    return more <= stop[1] - dims[axis][1]
