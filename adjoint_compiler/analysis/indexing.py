"""What a subscript does: pick an element, make a view, gather a copy, or take an item of a container."""

from __future__ import annotations

from adjoint_compiler.ir.joins import element, field_type
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import (
    ANY_REAL,
    MAYBE_COMPLEX,
    MIXED,
    REAL,
    UNKNOWN,
    OneOfSeveral,
    Type,
    array_type,
    is_container,
    is_number,
    may_be_complex,
    scalar_type,
    type_of,
)

SLICE = Type("slice")


def operand_type(operand: Operand, types: dict[str, Type]) -> Type:
    """The type of an operand."""
    if isinstance(operand, Name):
        return types.get(operand.id, UNKNOWN)
    if isinstance(operand, Const):
        return SLICE if isinstance(operand.value, slice) else type_of(operand.value)
    if operand.kind == "slice":
        return SLICE
    cls = None if operand.cls is None else operand.cls.value
    return Type(operand.kind, items=tuple(operand_type(i, types) for i in operand.items), keys=operand.keys, cls=cls)


def index_parts(index: Operand) -> tuple[Operand, ...]:
    """The comma-separated parts of a subscript."""
    return index.items if isinstance(index, Pack) and index.kind == "tuple" else (index,)


def part_kind(part: Operand, types: dict[str, Type]) -> str:
    """One of int, slice, ellipsis, newaxis, array (integer array or list), mask, unknown."""
    if isinstance(part, Const):
        if part.value is Ellipsis:
            return "ellipsis"
        if part.value is None:
            return "newaxis"
        if isinstance(part.value, bool):
            return "mask"
        return "int" if isinstance(part.value, int) else "unknown"
    if isinstance(part, Pack):
        if part.kind == "list":
            kinds = {part_kind(i, types) for i in part.items}
            return "mask" if kinds == {"mask"} else "array"
        return "slice" if part.kind == "slice" else "unknown"
    t = types.get(part.id, UNKNOWN)
    if t.kind == "int" or (t.kind in ("scalar", "number") and t.dtype.startswith(("int", "uint"))):
        return "int"
    if t.kind == "slice":
        return "slice"
    if t.kind in ("array", "scalar"):
        return "mask" if t.dtype == "bool" else "unknown" if t.dtype == ANY_REAL else "array"
    if t.kind == "bool":
        return "mask"
    if t.kind == "list":
        return "mask" if t.items and element(t).kind == "bool" else "array"
    if t.kind == "none":
        return "newaxis"
    return "unknown"


def part_kinds(index: Operand, types: dict[str, Type]) -> list[str]:
    """The kinds of a subscript's parts; a name that holds a tuple is looked into."""
    if isinstance(index, Name) and types.get(index.id, UNKNOWN).kind == "tuple":
        items = types[index.id].items
        return [part_kind(Name("_"), {"_": item}) for item in items]
    return [part_kind(p, types) for p in index_parts(index)]


def index_kind(base: Type, index: Operand, types: dict[str, Type]) -> str:
    """What ``base[index]`` is: ``element``, ``view``, ``gather``, ``item``, or ``unknown``.

    >>> from adjoint_compiler.ir.nodes import Pack, Const
    >>> index_kind(array_type("float64", 2), Pack("tuple", (Const(0), Const(1))), {})
    'element'
    >>> index_kind(array_type("float64", 2), Const(0), {})
    'view'
    """
    if is_container(base):
        return "item"
    kinds = part_kinds(index, types)
    if any(k in ("array", "mask") for k in kinds):
        return "gather"
    if "unknown" in kinds:
        # An integer of unknown provenance is the common case (a loop variable over an untyped array).
        return "unknown"
    if any(k in ("slice", "ellipsis", "newaxis") for k in kinds):
        return "view"
    if base.kind == "array" and base.ndim is not None:
        return "element" if base.ndim == len(kinds) else "view"
    return "unknown"


def index_type(base: Type, index: Operand, types: dict[str, Type]) -> Type:
    """The type of ``base[index]``."""
    if is_container(base):
        return _item_type(base, index, types)
    if base == MIXED:
        return MIXED
    if base.kind not in ("array", "real"):
        return MAYBE_COMPLEX if may_be_complex(base) else UNKNOWN
    if base.kind == "real":
        return REAL
    kinds = part_kinds(index, types)
    kind = index_kind(base, index, types)
    if kind == "element":
        return scalar_type(base.dtype)
    if base.ndim is None or kind == "unknown":
        return array_type(base.dtype, None) if kind in ("view", "gather") else _element_or_view(base)
    if len(index_parts(index)) != len(kinds):
        return array_type(base.dtype, None)
    ndim = base.ndim
    arrays = 0
    for part, k in zip(index_parts(index), kinds):
        if k == "int":
            ndim -= 1
        elif k == "newaxis":
            ndim += 1
        elif k in ("array", "mask"):
            t = operand_type(part, types)
            rank = _depth(t) if t.kind == "list" else t.ndim
            if rank is None:
                return array_type(base.dtype, None)
            if k == "mask":
                ndim -= max(rank, 0)
                arrays = max(arrays, 1)
            else:
                ndim -= 1
                arrays = max(arrays, rank)
    total = ndim + arrays
    if "ellipsis" not in kinds and kind != "gather" and total == 0:
        return scalar_type(base.dtype)
    return array_type(base.dtype, total)


def _depth(t: Type) -> int | None:
    """How many axes an array has that is made of a nested list; None when unknown."""
    if t.kind in ("list", "tuple"):
        inner = _depth(element(t)) if t.items else 0
        return None if inner is None else 1 + inner
    return 0 if is_number(t) else t.ndim if t.kind == "array" else None


def _element_or_view(base: Type) -> Type:
    if base.dtype.startswith("float"):
        return REAL
    return MAYBE_COMPLEX if may_be_complex(base) else UNKNOWN


def _item_type(base: Type, index: Operand, types: dict[str, Type]) -> Type:
    if isinstance(index, Const):
        if base.kind in ("dict", "record"):
            others = base.cls if base.kind == "dict" and base.cls is not None else UNKNOWN
            if base.kind == "record" and isinstance(index.value, int):  # of a named tuple
                return base.items[index.value] if -len(base.items) <= index.value < len(base.items) else UNKNOWN
            held = field_type(base, index.value) if base.cls is OneOfSeveral else None
            if held is not None:
                return held
            return base.items[base.keys.index(index.value)] if index.value in base.keys else others
        if isinstance(index.value, int) and len(base.items) > 1 or base.kind == "tuple":
            k = index.value
            return base.items[k] if isinstance(k, int) and -len(base.items) <= k < len(base.items) else UNKNOWN
    if isinstance(index, Pack) and index.kind == "slice":
        parts = index.items
        if base.kind == "tuple" and all(isinstance(p, Const) for p in parts):
            return Type("tuple", items=base.items[slice(*(p.value for p in parts))])  # type: ignore[union-attr]
        return Type("list", items=(element(base),)) if base.kind == "list" else UNKNOWN
    return element(base)
