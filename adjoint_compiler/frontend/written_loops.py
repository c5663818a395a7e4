"""Loops over sequences of which each item is known while compiling are written out: functions, objects of several classes.

for f in (np.sin, np.cos):              s += np.sin(x)
    s += f(x)                    ->     s += np.cos(x)

for shape in [Disk(x), Square(y)]:      shape = Disk(x); s += the area of a disk
    s += shape.area()            ->     shape = Square(y); s += the area of a square
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Any

import gast

from adjoint_compiler.frontend import (
    constructors,
    enumerations,
    expressions,
    held_functions,
    iteration,
    objects,
    statements,
)
from adjoint_compiler.frontend.assumptions import known_items
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.jumps import any_jump
from adjoint_compiler.frontend.meanings import merge_meanings
from adjoint_compiler.frontend.scope import CODE, Free, Scope, Several, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.joins import element
from adjoint_compiler.ir.nodes import Bind, Const, If, Name, Operand, Pack
from adjoint_compiler.ir.types import OneOfSeveral, Type, type_of

MAX_TRIPS = 64


@dataclass
class Written:
    """The items of a sequence: operands, or what is known while compiling; ``count`` where fewer of them may be met."""

    items: list[Any]
    count: Operand | None = None


def written(cx: Context, scope: Scope, node: Any) -> Written | None:
    """The items of a sequence whose loop is to be written out; None for others, of which nothing is lowered."""
    if not _is_written(cx, scope, node):
        return None
    found = _written(cx, scope, node)
    if len(found.items) > MAX_TRIPS:
        raise cx.refuse("AC001", node, scope, f"a loop over {len(found.items)} functions or objects is written out",
                        "use a list of objects of one class, or a function with an `if`")  # fmt: skip
    return found


def _is_written(cx: Context, scope: Scope, node: Any) -> bool:
    if isinstance(node, gast.Call):
        if _function(cx, scope, node) is not None:
            return any(_is_written(cx, scope, a) for a in node.args)
        return _view(cx, scope, node) is not None
    if isinstance(node, (gast.List, gast.Tuple)):
        return held_functions.holds_functions(cx, scope, node) or len(_classes(cx, scope, node)) > 1
    return (
        _several(cx, scope, node) is not None
        or _differ(cx, scope, node)
        or enumerations.members(cx, scope, node) is not None
    )


def _function(cx: Context, scope: Scope, node: Any) -> Any:
    """The builtin of sequences that is called; None for other calls."""
    found = scope.lookup(node.func.id) if isinstance(node.func, gast.Name) else None
    known = found.value if isinstance(found, Value) else None
    return known if known in (builtins.zip, builtins.enumerate, builtins.reversed) else None


def _view(cx: Context, scope: Scope, node: Any) -> Several | None:
    """The dict with functions of which a call asks ``items`` or ``values``."""
    func = node.func
    if not isinstance(func, gast.Attribute) or func.attr not in ("items", "values") or node.args:
        return None
    found = _several(cx, scope, func.value)
    return found if found is not None and found.keys is not None else None


def _several(cx: Context, scope: Scope, node: Any) -> Several | None:
    if not isinstance(node, (gast.Name, gast.Attribute, gast.Subscript)):
        return None
    found = expressions.compile_time(cx, scope, node)
    return found if isinstance(found, Several) else None


def _classes(cx: Context, scope: Scope, node: Any) -> set[Any]:
    """The classes of the objects that are made in a display."""
    out: set[Any] = set()
    for e in node.elts:
        found = scope.lookup(e.func.id) if isinstance(e, gast.Call) and isinstance(e.func, gast.Name) else None
        if type(found) is Value and constructors.is_class_of_objects(found.value):
            out.add(found.value)
        elif isinstance(e, gast.Name) and isinstance(known := scope.lookup(e.id), Variable):
            t = types_so_far(cx).get(known.name) if objects.may_have_objects(cx) else None
            out |= {t.cls} if t is not None and t.kind == "record" else set()
    return out


def _differ(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression is a sequence of known length that holds objects of several classes, or in tuples functions."""
    if not isinstance(node, (gast.Name, gast.Attribute)):
        return False
    if isinstance(node, gast.Name) and isinstance(found := scope.lookup(node.id), Free):
        return _mixes_classes(type_of(found.value))
    if not objects.may_have_objects(cx):
        return False
    held = objects.object_named(cx, scope, node, any_type=True)
    t = types_so_far(cx).get(held.id) if isinstance(held, Name) else None
    return t is not None and _mixes_classes(t)


def _mixes_classes(t: Type) -> bool:
    """Whether the items are objects of several classes, or hold such in one place."""
    if t.kind not in ("tuple", "list") or len(t.items) < 2:
        return False
    return _is_several(element(t))


def _is_several(t: Type) -> bool:
    return t.cls is OneOfSeveral or (t.kind in ("tuple", "record") and any(map(_is_several, t.items)))


def _written(cx: Context, scope: Scope, node: Any) -> Written:
    function = _function(cx, scope, node) if isinstance(node, gast.Call) else None
    if function is builtins.zip:
        return _zipped(cx, scope, node)
    if function is builtins.enumerate:
        inner = _written(cx, scope, node.args[0])
        given = [*node.args[1:], *(k.value for k in node.keywords)]
        first = expressions.lower(cx, scope, given[0]) if given else Const(0)
        numbers = [
            Const(first.value + k) if isinstance(first, Const) else cx.bind("operator.add", first, Const(k))
            for k in range(len(inner.items))
        ]
        return Written([Several(pair) for pair in zip(numbers, inner.items, strict=True)], inner.count)
    if function is builtins.reversed:
        inner = _written(cx, scope, node.args[0])
        if inner.count is not None:
            raise cx.refuse("AC001", node, scope, "a loop over this from its end is not written out", "make a list")
        return Written(inner.items[::-1])
    if isinstance(node, gast.Call):
        several = _view(cx, scope, node)
        assert several is not None and several.keys is not None
        if node.func.attr == "values":
            return Written(list(several.items))
        return Written([Several((Const(k), i)) for k, i in zip(several.keys, several.items, strict=True)])
    found = enumerations.members(cx, scope, node)
    if found is not None:
        return Written(found)
    several = expressions.compile_time(cx, scope, node)
    if isinstance(several, Several):
        return Written([*map(Const, several.keys)] if several.keys is not None else list(several.items))
    operand = expressions.lower(cx, scope, node)
    items = known_items(cx, scope, node, operand)
    assert items is not None
    return Written(list(items))


def _zipped(cx: Context, scope: Scope, node: Any) -> Written:
    """``zip`` of what is known and of other sequences."""
    if node.keywords:
        raise cx.refuse("AC001", node, scope, "these keywords of zip are not differentiated here", "leave them out")
    parts: list[Any] = []
    lengths: list[Operand] = []
    for a in node.args:
        if _is_written(cx, scope, a):
            parts.append(_written(cx, scope, a))
            lengths += [parts[-1].count] if parts[-1].count is not None else []
        else:
            length, item = iteration.sequence(cx, scope, a)
            parts.append(item)
            lengths += [length] if length is not None else []
    trips = min(len(p.items) for p in parts if isinstance(p, Written))
    rows = [[p.items[k] if isinstance(p, Written) else _later(p, k) for p in parts] for k in range(trips)]
    count = cx.bind("builtins.min", *lengths, Const(trips), stem="n") if lengths else None
    return Written([Several(tuple(row)) for row in rows], count)


def _later(item: Any, k: int) -> Any:
    """An item that is read where its trip begins."""
    return lambda: item(Const(k))


# -- loops -------------------------------------------------------------------------------------------------------


def run_over(cx: Context, scope: Scope, s: Any, sequence: Written) -> None:
    """A ``for`` over such a sequence: its body once for each item."""
    span = cx.span
    jumps = any_jump(s.body)
    loop = statements.enter_loop(cx)
    until = loop.stop if jumps & {"break", "return"} else None
    if until:
        cx.assign(until, Const(False))
    for k, item in enumerate(sequence.items):
        cx.span = span
        tests: list[Operand] = []
        if until and k:
            tests.append(cx.bind("operator.not_", Name(until), stem="go"))
        if sequence.count is not None:
            tests.append(cx.bind("operator.lt", Const(k), sequence.count, stem="test"))
        _guarded(cx, scope, s, item, tests, loop.skip if "continue" in jumps else None)
    cx.frames[-1].loops.pop()
    cx.span = span
    statements.loop_else(cx, scope, s, until)


def _guarded(cx: Context, scope: Scope, s: Any, item: Any, tests: list[Operand], skip: str | None) -> None:
    """One trip, where the tests hold."""
    if not tests:
        if skip:
            cx.emit(Bind(skip, "copy", (Const(False),), (), cx.span))
        bind_item(cx, scope, s.target, item)
        statements.lower_block(cx, scope, s.body)
        return
    before, span = dict(scope.locals), cx.span
    with cx.nested() as body:
        _guarded(cx, scope, s, item, tests[1:], skip)
    after = dict(scope.locals)
    for name in [*scope.locals]:
        if name in before:
            scope.locals[name] = before[name]
        elif not isinstance(scope.locals[name], Variable):
            del scope.locals[name]
    for name in {n.id for n in gast.walk(s.target) if isinstance(n, gast.Name)}:
        scope.locals[name] = after[name]  # bound anew in each trip
    merge_meanings(cx, scope, after, False, False, tests[0])
    cx.emit(If(tests[0], as_block(body), (), span))


def bind_item(cx: Context, scope: Scope, target: Any, item: Any) -> None:
    """Bind the target of a loop to an item that is known while compiling, or to an operand."""
    if callable(item):
        item = item()
    if (
        isinstance(target, (gast.Tuple, gast.List))
        and isinstance(item, (Several, Pack))
        and not getattr(item, "keys", None)
    ):
        if any(isinstance(e, gast.Starred) for e in target.elts) or len(target.elts) != len(item.items):
            raise cx.refuse("AC001", target, scope, "these items cannot be unpacked into these names",
                            "write as many names as there are items")  # fmt: skip
        for e, i in zip(target.elts, item.items, strict=True):
            bind_item(cx, scope, e, i)
    elif isinstance(target, gast.Name) and isinstance(item, Several) and not _has_code(item):
        statements.assign_to(cx, scope, target, _plain(item))
    elif isinstance(target, gast.Name) and isinstance(item, (*CODE, Free)):
        scope.locals[target.id] = item
    elif isinstance(item, CODE):
        raise cx.refuse("AC001", target, scope, "a function is bound to this target", "use a name")
    elif isinstance(target, gast.Name) and _is_object(cx, item):
        own = scope.locals[target.id] = Variable(cx.names.fresh(target.id))  # another one for each class
        cx.assign(own.name, item)
    else:
        statements.assign_to(cx, scope, target, item)


def _has_code(item: Any) -> bool:
    return any(_has_code(i) for i in item.items) if isinstance(item, Several) else isinstance(item, CODE)


def _plain(item: Any) -> Operand:
    if callable(item):
        return item()  # type: ignore[no-any-return]
    return Pack("tuple", tuple(map(_plain, item.items))) if isinstance(item, Several) else item


def _is_object(cx: Context, item: Any) -> bool:
    if isinstance(item, Pack):
        return item.kind == "record"
    t = types_so_far(cx).get(item.id) if isinstance(item, Name) else None
    return t is not None and t.kind == "record"


__all__ = ["Written", "run_over", "written"]
