"""The adjoints of names: where contributions go, and how an adjoint is taken when its name is reversed.

A value's adjoint is bound and added to; a buffer's is its shadow, which every view of the buffer has a view of; a
container's is a structure like it.
"""

from __future__ import annotations

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.slots import from_slot, slot_key
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Update,
)
from adjoint_compiler.ir.operands import WHOLE
from adjoint_compiler.ir.types import MIXED, UNKNOWN, may_be_complex, may_be_container, nesting_of

ZERO = Const(0.0)


def fit(c: Operand, o: Operand, b: Builder, f: Facts, narrowed: bool = False) -> Operand:
    """``c`` summed to the shape of operand ``o``.

    The adjoint of an elementwise temporary that is used once may stay in the shape it was broadcast to: what *it* was
    computed from is summed instead. Of others only the shape is needed, so a view of the same shape serves.

    ``narrowed``: ``c`` may be smaller than ``o``, where it repeats.
    """
    same_rank = not b.is_number(o) and b.type(o).ndim == b.type(c).ndim is not None
    if isinstance(o, Name) and o.id in f.lazy and same_rank and not narrowed:
        if isinstance(c, Name) and c.id in f.shapes.dims:
            f.shapes.dims[f.bar(o.id)] = f.shapes.dims[c.id]
        return c
    if isinstance(o, Name) and o.id in f.lazy and o.id in f.shapes.dims:
        f.shapes.dims[f.bar(o.id)] = f.shapes.dims[o.id]
    if isinstance(o, Name) and not b.is_number(o) and not f.shapes.same(c, o):
        o = Name(f.outlines.get(o.id, o.id))
    return b.unbroadcast(c, o)


def has_shadow(o: Operand, f: Facts) -> bool:
    """Whether an operand receives its adjoint through memory, wherever it is held: a buffer, or a container like one."""
    return isinstance(o, Name) and (f.aliases.kind(o.id) == "buffer" or f.aliases.is_dynamic(o.id))


def depths_of(name: str, b: Builder, f: Facts) -> Pack:
    """How deep in a container there is what has a shadow of its own, as an operand.

    Raises:
        DifferentiationError: for containers that may hold containers like themselves, to any depth.
    """
    nesting = nesting_of(f.types.get(name, UNKNOWN))
    if nesting is None and f.aliases.is_recursive(name):
        message = f"`{name}` may hold containers like itself, and they are changed in place"
        raise DifferentiationError(
            Diagnostic("AC001", b.span, message, (), "keep the arrays in variables of their own")
        )
    known = f.aliases.shadow_depths(name, nesting)
    return Pack("tuple", tuple(Const(d) for d in known))


def shadow_of(name: str, b: Builder, f: Facts) -> str:
    """The name of a shadow, derived from its root's where that is not already bound."""
    if f.aliases.is_dynamic(name):
        target = f.bar(name)
        b.emit(Bind(target, HELPER["shadow"], (Name(f.registry), Name(name)), (), b.span))
        return target
    view = f.views.get(name)
    if view is not None:
        base = view.args[0]
        assert isinstance(base, Name)
        root = shadow_of(base.id, b, f)
        b.emit(Bind(f.bar(name), view.op, (Name(root), *view.args[1:]), view.kwargs, b.span))
    return f.bar(name)


def take(name: str, b: Builder, f: Facts) -> Operand:
    """The adjoint of a name that is being reversed; a name with several definitions starts again from zero."""
    g = f.bar(name)
    if name not in f.multi:
        return Name(g)
    held = b.names.fresh(g)
    b.types[held] = f.types.get(name, UNKNOWN)
    b.emit(Bind(held, "copy", (Name(g),), (), b.span))
    b.emit(Bind(g, "zero", (Name(name),), (), b.span))
    return Name(held)


def accumulate(o: Operand, c: Operand, b: Builder, f: Facts, held: bool = False, slots: bool = False) -> None:
    """Add contribution ``c`` to the adjoint of operand ``o``.

    ``held``: the operand is an item of a container, or its items are another container's; what has a shadow received its adjoint
    through that.
    ``slots``: the operand is written out, and its items' adjoints are in slots that may be reset.
    """
    if isinstance(o, Pack):
        for k, item in enumerate(o.items):
            if f.is_active(item) and not (held and has_shadow(item, f)):
                key = slot_key(Const(o.keys[k]), b.type(o)) if o.keys else Const(k)
                part = b.bind("index", c, key)
                accumulate(item, from_slot(part, item, b, f) if slots else part, b, f, held)
        return
    if not isinstance(o, Name) or o.id not in f.active:
        return
    kind = f.aliases.kind(o.id)
    if kind == "inert":
        return
    if not may_be_complex(b.type(o)) and may_be_complex(b.type(c)):
        c = b.bind("numpy.real", c)
    elif kind == "buffer" and may_be_complex(b.type(c)) and f.is_real_at_times(o.id):
        c = b.bind("adjoint_compiler.runtime.indexing.cast_adjoint", c, o)
    if kind == "buffer" and f.aliases.classes[o.id] in f.replicated:
        # A broadcast view shows one place many times: what it receives is summed there.
        b.emit(Effect("store", (Name(f.registry), o, c, Pack("tuple", (Const(0),))), b.span, "to_shadows"))
    elif kind == "buffer":
        b.emit(Update(shadow_of(o.id, b, f), WHOLE, "operator.add", c, b.span))
    elif kind == "container":
        g = f.bar(o.id)
        if f.aliases.shadow_depths(o.id) and f.registry:  # what is stored into receives its adjoint through its shadow
            depths = depths_of(o.id, b, f)
            if held:  # by a list of the same items, whose shadows have what is in ``c``
                depths = Pack("tuple", depths.items[:1] if depths.items == (Const(0),) else ())
            if depths.items:
                b.emit(Effect("store", (Name(f.registry), o, c, depths), b.span, "to_shadows"))
        if g in f.given:
            b.emit(Effect("store", (Name(g), c), b.span, "add_to_slots"))
        elif not f.aliases.is_dynamic(o.id):
            b.emit(Bind(g, HELPER["add_structure"], (Name(g), c), (), b.span))
    else:
        if isinstance(c, Name) and o.id in f.once:
            if c.id in f.shapes.spread:
                f.shapes.spread[f.bar(o.id)] = f.shapes.spread[c.id]
                if c.id in f.shapes.dims:
                    f.shapes.dims[f.bar(o.id)] = f.shapes.dims[c.id]
        t = b.type(o)
        at_times = may_be_container(t) and o.id in f.multi  # another name of a container, or of an array
        if at_times and f.registry and not held and f.aliases.stored_depths(o.id):
            b.emit(Effect("store", (Name(f.registry), o, c, depths_of(o.id, b, f)), b.span, "to_shadows"))
        partly = t == MIXED or t.maybe_none or held and t == UNKNOWN  # None may stand for zero
        op = HELPER["add_structure"] if partly else "accumulate"
        b.emit(Bind(f.bar(o.id), op, (Name(f.bar(o.id)), c), (), b.span))
