"""The reverse of what is stored: the shadow's part is taken, set to zero, and given to what was stored there."""

from __future__ import annotations

from adjoint_compiler.analysis.indexing import index_kind, part_kinds
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.differentiate.adjoints import ZERO, accumulate, fit, has_shadow, shadow_of
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.slots import from_slot, slot_key
from adjoint_compiler.ir.nodes import (
    Name,
    Operand,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import WHOLE
from adjoint_compiler.ir.types import UNKNOWN


def reverse_store(s: Store, b: Builder, f: Facts) -> None:
    if f.aliases.kind(s.target) == "container":
        _reverse_slot_store(s, b, f)
        return
    target = shadow_of(s.target, b, f)
    if f.is_active(s.value):
        g = _taken(target, s.index, b, f)
        b.emit(Store(target, s.index, ZERO, s.span))
        accumulate(s.value, _fitted(g, s.value, b, f), b, f)
    else:
        b.emit(Store(target, s.index, ZERO, s.span))


def _taken(target: str, index: Operand, b: Builder, f: Facts) -> Operand:
    """A copy of the shadow's part; where an index repeats, only the last writer's."""
    g: Operand = b.bind("index", Name(target), index)
    if may_repeat(index, f.types):
        mask = b.bind(HELPER["last_writer"], Name(target), index, stem="last")
        return b.bind("numpy.where", mask, g, ZERO)
    kind = index_kind(f.types.get(target, UNKNOWN), index, f.types)
    return g if kind in ("element", "gather") else b.bind(HELPER["copied"], g)


def _fitted(g: Operand, value: Operand, b: Builder, f: Facts) -> Operand:
    """The adjoint of a stored region as that of the value broadcast into it."""
    if b.is_number(g):
        return g
    return fit(g, value, b, f) if isinstance(value, Name) else g


def _reverse_slot_store(s: Store, b: Builder, f: Facts) -> None:
    holder, at = shadow_of(s.target, b, f), slot_key(s.index, f.types.get(s.target, UNKNOWN))
    if f.is_active(s.value) and not has_shadow(s.value, f):
        g = from_slot(b.bind("index", Name(holder), at), s.value, b, f)
        b.emit(Store(holder, at, ZERO, s.span))
        accumulate(s.value, g, b, f, held=True)
    else:
        b.emit(Store(holder, at, ZERO, s.span))


def reverse_update(s: Update, b: Builder, f: Facts) -> None:
    """``A[i] += v`` leaves A's adjoint; v receives the part that it was added to."""
    if not f.is_active(s.value):
        return
    target = shadow_of(s.target, b, f)
    index = WHOLE if s.index is None else slot_key(s.index, f.types.get(s.target, UNKNOWN))
    if s.op == "scatter_add":
        g: Operand = b.bind("index", Name(target), index)
    else:
        g = _taken(target, index, b, f)
    if s.op == "operator.sub":
        g = b.neg(g)
    accumulate(s.value, _fitted(g, s.value, b, f), b, f)


def may_repeat(index: Operand, types: Types) -> bool:
    """Whether a subscript can address a place twice: integer arrays (and what is not known)."""
    return any(k in ("array", "unknown") for k in part_kinds(index, types))
