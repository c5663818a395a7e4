"""How a part of an array is read element by element: which of its axes run with which loop, and from where.

A[1:-1, 2]      ->      A[i + 1, 2]
x[:, None]      ->      x[i]
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.analysis.indexing import index_parts, part_kind
from adjoint_compiler.analysis.shapes import ONE, Dim, Shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack
from adjoint_compiler.ir.operands import EVERY


@dataclass(frozen=True)
class Leaf:
    """An array, or a part of one.

    Attributes:
        name: what stands for it in the program.
        base: the array that is indexed.
        index: for each axis of the base the number of the part's own axis that runs along it, and where that starts; or
            an integer of the program's.
        axes: how many axes the part has.
        dims: its symbolic shape; unknown axes are like no other.
        sliced: whether some axis is cut, so that no axis of one element can be meant to be repeated.
    """

    name: str
    base: str
    index: tuple[tuple[int, int] | Operand, ...]
    axes: int
    dims: tuple[Dim, ...]
    sliced: bool

    def at(self, counters: tuple[Operand, ...]) -> tuple[tuple[Operand, int] | Operand, ...]:
        """The index of the element for counters of the part's axes: integers, or a counter and what is added to it."""
        return tuple(
            p if not isinstance(p, tuple) else (counters[p[0]], p[1]) if counters[p[0]] != Const(0) else Const(p[1])
            for p in self.index
        )


def whole(name: str, types: Types, shapes: Shapes) -> Leaf:
    """An array as it is."""
    ndim = types[name].ndim or 0
    index = tuple((k, 0) for k in range(ndim))
    return Leaf(name, name, index, ndim, _dims(name, ndim, shapes), False)


def _dims(name: str, ndim: int, shapes: Shapes) -> tuple[Dim, ...]:
    found = shapes.dims.get(name)
    if found is not None and len(found) == ndim:
        return found
    return tuple((f"{name}?{k}", 0) for k in range(ndim))


def part(name: str, base: str, index: Operand, types: Types, shapes: Shapes) -> Leaf | None:
    """``base[index]``, if loops can run over it: integers, slices of step one that start at a literal, new axes.

    Args:
        name: what stands for it in the program; "" for the target of a store.
        base: an array.
        index: the subscript.
    """
    ndim = types[base].ndim
    parts = _expanded(index, ndim or 0, types)
    if ndim is None or parts is None:
        return None
    at: list[tuple[int, int] | Operand] = []
    axes, sliced = 0, False
    for p, kind in parts:
        if kind == "int":
            at.append(p)
            continue
        if kind == "slice":
            start = _start(p)
            if start is None:
                return None
            at.append((axes, start))
            sliced = sliced or p != EVERY
        axes += 1
    dims = shapes.of_index(Name(base), index)
    if dims is None or len(dims) != axes:
        dims = tuple((f"{base}[{index}]?{k}", 0) for k in range(axes))
        dims = tuple(ONE if kind == "newaxis" else d for d, kind in zip(dims, _own_axes(parts)))
    return Leaf(name, base, tuple(at), axes, dims, sliced)


def _own_axes(parts: list[tuple[Operand, str]]) -> list[str]:
    return [kind for _, kind in parts if kind != "int"]


def _expanded(index: Operand, ndim: int, types: Types) -> list[tuple[Operand, str]] | None:
    """The parts of a subscript with their kinds, one for each axis; none for index arrays."""
    parts = [(p, part_kind(p, types)) for p in index_parts(index)]
    kinds = [kind for _, kind in parts]
    if not set(kinds) <= {"int", "slice", "ellipsis", "newaxis"}:
        return None
    missing = ndim - sum(k in ("int", "slice") for k in kinds)
    at = kinds.index("ellipsis") if "ellipsis" in kinds else len(parts)
    if missing < 0:
        return None
    return [*parts[:at], *[(EVERY, "slice")] * missing, *parts[at + 1 :]]


def _start(p: Operand) -> int | None:
    """Where a slice of step one starts, if that is a literal that does not count from the end."""
    if not isinstance(p, Pack) or p.items[2] not in (Const(None), Const(1)):
        return None
    start = p.items[0]
    if start == Const(None):
        return 0
    return start.value if isinstance(start, Const) and type(start.value) is int and start.value >= 0 else None


def leaf_of(o: Operand, parts: dict[str, Bind], types: Types, shapes: Shapes) -> Leaf | None:
    """How an operand that is an array is read; None if it is no array with a known number of axes.

    Args:
        o: an operand.
        parts: the bindings of parts of arrays that mean the same wherever they are read.
        types, shapes: of all names.
    """
    t = types.get(o.id) if isinstance(o, Name) else None
    if not isinstance(o, Name) or t is None or t.kind != "array" or not t.ndim:
        return None
    made = parts.get(o.id)
    if made is not None and isinstance(made.args[0], Name):
        base = types.get(made.args[0].id)
        if base is None or base.kind != "array":
            return None
        found = part(o.id, made.args[0].id, made.args[1], types, shapes)
        return found if found is not None else replace(whole(o.id, types, shapes), sliced=True)
    return whole(o.id, types, shapes)
