"""Functions as data: in lists that grow, under keys that show while running, in attributes that are set later.

fs = []                                      class lambda_1: its attribute is `k`, its call the text of the lambda
for k in range(n):                 ->        fs.append(lambda_1(k=k))
    fs.append(lambda z, k=k: z**k)
for f in fs: s += f(x)                       s += x**f.k

Each place where a function is written has a class, whose objects hold what the function was made with: its defaults, and what it
reads of the functions around it that are inlined. Variables of the outermost function are read where it is called, as Python does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import gast

from adjoint_compiler.frontend import calls, expressions, held_functions, made_functions
from adjoint_compiler.frontend.classes import Building
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.derivatives import Around, Nested
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.jumps import assignments
from adjoint_compiler.frontend.scope import CODE, Applied, LocalFunction, Scope, Value, Variable
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.objects import Closure

RECEIVER, FUNCTION = "receiver", "function"


@dataclass(frozen=True)
class Site:
    """A place where a function is written: the function as it was met there last, and the attributes of its objects."""

    function: Any
    defaults: tuple[str, ...] = ()
    captured: tuple[str, ...] = ()
    count: int = 0
    keywords: tuple[str, ...] = ()


def lower_held(cx: Context, scope: Scope, node: Any) -> Operand:
    """Lower an expression that a container is to hold: a function among what it gives becomes an object."""
    if isinstance(node, (gast.Tuple, gast.List)) and not any(isinstance(e, gast.Starred) for e in node.elts):
        items = tuple(lower_held(cx, scope, e) for e in node.elts)
        return Pack("tuple" if isinstance(node, gast.Tuple) else "list", items)
    if isinstance(node, gast.Dict) and held_functions.holds_functions(cx, scope, node):
        values = [Given(lower_held(cx, scope, v), v) for v in node.values]
        return expressions.lower(cx, scope, gast.copy_location(gast.Dict(node.keys, values), node))
    if made_functions.is_bound_method(scope, node):
        return as_object(cx, scope, node, made_functions.bound_method(cx, scope, node))
    if not isinstance(node, (gast.Lambda, gast.Name, gast.Attribute, gast.Call, Given, gast.Subscript)):
        return expressions.lower(cx, scope, node)
    found = expressions.compile_time(cx, scope, node)
    if is_function(found):
        return as_object(cx, scope, node, found)
    return expressions.lower(cx, scope, node if found is None else Given(found, node))


CHANGING = frozenset("append insert extend pop remove clear update setdefault popitem sort reverse".split())


def as_growing(cx: Context, scope: Scope, node: Any, targets: list[Any]) -> Any:
    """A list or dict with functions that a name is bound to, with objects for them where it changes; others as they are."""
    if not isinstance(node, (gast.List, gast.Dict)) or len(targets) != 1 or not isinstance(targets[0], gast.Name):
        return node
    if not _is_changed(getattr(scope.source, "tree", None), targets[0].id) or not held_functions.holds_functions(
        cx, scope, node
    ):
        return node
    return Given(lower_held(cx, scope, node), node)


def _is_changed(tree: Any, name: str) -> bool:
    """Whether a function changes the container of that name."""

    def named(n: Any) -> bool:
        while isinstance(n, gast.Subscript):  # what it holds
            n = n.value
        return isinstance(n, gast.Name) and n.id == name

    return isinstance(tree, gast.AST) and any(
        (isinstance(n, gast.Attribute) and n.attr in CHANGING and named(n.value))
        or (isinstance(n, gast.AugAssign) and named(n.target))
        or (isinstance(n, gast.Subscript) and not isinstance(n.ctx, gast.Load) and named(n.value))
        for n in gast.walk(tree)
    )


def is_function(found: Any) -> bool:
    """Whether a meaning is a function that is known while compiling.

    >>> is_function(Value(abs)), is_function(Value(3.0)), is_function(None)
    (True, False, False)
    """
    if isinstance(found, Value):
        return callable(found.value) and not isinstance(found.value, type)
    return isinstance(found, (LocalFunction, Applied))


def as_object(cx: Context, scope: Scope, node: Any, found: Any) -> Operand:
    """A function as an object of the class of its place."""
    cx.objects = True
    fields: dict[str, Operand] = {}
    key: tuple[Any, ...]

    def keep(field: str, part: Any) -> str:
        fields[field] = as_object(cx, scope, node, part) if is_function(part) else _operand(cx, scope, node, part)
        return field

    if isinstance(found, Value):
        around = found.value.around if isinstance(found.value, Nested) else Around()
        if not _stays(cx, around):
            raise cx.refuse("AC001", node, scope, "a derivative of a function that reads variables of the function around it is kept",
                            "keep the function, and make its derivative where it is called")  # fmt: skip
        kept = tuple(keep(p, part) for p, part in around.defaults.items())
        key, name, site = _identity(found.value), found.text.rpartition(".")[2], Site(found, kept)
    elif isinstance(found, Applied):
        for k, part in enumerate(found.args):
            keep(f"argument{k}", part)
        for word, part in found.keywords.items():
            keep(f"keyword_{word}", part)
        keep(FUNCTION, found.function)
        key, name = ("partial", fields[FUNCTION].cls.value, len(found.args), *found.keywords), "partial"  # type: ignore[union-attr]
        site = Site(found, count=len(found.args), keywords=tuple(found.keywords))
    else:
        defaults = tuple(keep(p, part) for p, part in found.defaults.items())
        captured = tuple(keep(n, part) for n, part in _captured(cx, scope, node, found).items())
        if found.receiver is not None:
            keep(RECEIVER, found.receiver)
        key, name, site = (id(found.tree), found.receiver is None), found.name, Site(found, defaults, captured)
    cls = _class(cx, key, re.sub(r"\W+", "_", name).strip("_") or "function", site)
    return Pack("record", tuple(fields.values()), tuple(fields), Const(cls, expressions.class_name(cx, cls)))


def _stays(cx: Context, around: Around) -> bool:
    """Whether all that a derivative reads of the program are variables of the outermost function: it reads them when it is called."""
    variables = {m.name for m in cx.frames[0].scope.locals.values() if isinstance(m, Variable)} if cx.frames else set()
    return all(isinstance(o, Name) and o.id in variables for o in around.captured)


def _identity(function: Any) -> tuple[Any, ...]:
    """What tells functions apart: derivatives that are made in the program are other objects whenever lowering starts again."""
    derivative = function.derivative if isinstance(function, Nested) else function
    code = getattr(getattr(getattr(derivative, "target", None), "function", None), "__code__", None)
    if code is None:
        return (id(function),)
    around = derivative.target.function.__globals__
    options = (getattr(derivative, n, None) for n in ("wrt", "of", "has_aux", "value", "mode"))
    return (type(derivative), *options, code, *(id(around.get(n)) for n in code.co_names))


def _operand(cx: Context, scope: Scope, node: Any, part: Any) -> Operand:
    """What a function was made with, as an operand."""
    if isinstance(part, Building):
        raise cx.refuse(
            "AC001", node, scope, "a method of an object that is being made is kept", "keep it after `__init__`"
        )
    if isinstance(part, CODE):
        return expressions.lower(cx, scope, Given(part, node))
    return cx.operand_of(part)  # type: ignore[no-any-return]


def _class(cx: Context, key: Any, name: str, site: Site) -> type:
    """The class of a place; the same one whenever lowering starts again."""
    known = cx.closures.get(key)
    cls = type(name, (Closure,), {}) if known is None else known[0]
    cx.closures[key] = cls, site
    return cls


def site_of(cx: Context, cls: Any) -> Site | None:
    """The place whose functions are objects of a class; None for other classes."""
    if not (isinstance(cls, type) and issubclass(cls, Closure)):
        return None
    site: Site = next(site for known, site in cx.closures.values() if known is cls)
    return site


def _captured(cx: Context, scope: Scope, node: Any, function: LocalFunction) -> dict[str, Any]:
    """What a function reads of the inlined functions around it, as it is now: it must stay so."""
    own = {a.id for a in gast.walk(function.tree.args) if isinstance(a, gast.Name)}
    own |= set(assignments(_body(function.tree)))
    own -= {name for n in gast.walk(function.tree) if isinstance(n, gast.Nonlocal) for name in n.names}
    out: dict[str, Any] = {}
    for n in gast.walk(function.tree):
        if not isinstance(n, gast.Name) or n.id in own or n.id in out:
            continue
        holder: Scope | None = function.scope
        while holder is not None and n.id not in holder.locals:
            holder = holder.parent if n.id not in holder.bound else None
        if holder is None or holder is cx.frames[0].scope:
            continue
        if _may_change(cx, holder, n.id):
            raise cx.refuse("AC019", node, scope, f"`{n.id}`, which this function reads, may be another one when it is called",
                            f"keep it as a default: `{n.id}={n.id}`")  # fmt: skip
        out[n.id] = Name(m.name) if isinstance(m := holder.locals[n.id], Variable) else m
    return out


def _body(tree: Any) -> list[Any]:
    return [tree.body] if isinstance(tree, gast.Lambda) else tree.body


def _may_change(cx: Context, holder: Scope, name: str) -> bool:
    """Whether a variable of an inlined function may be bound again after now; after the function has returned it is not."""
    tree = getattr(holder.source, "tree", None)
    if isinstance(tree, gast.AST) and any(isinstance(n, gast.Nonlocal) and name in n.names for n in gast.walk(tree)):
        return True
    frame = next((f for f in cx.frames if f.scope is holder), None)
    if frame is None:
        return holder.inner
    return name in holder.assigned and (bool(frame.loops) or name in holder.rebound or name in holder.params)


def call(cx: Context, scope: Scope, node: Any, me: Operand, site: Site) -> Operand:
    """The call of such an object: of its function, with what it holds."""

    def part(field: str) -> Name:
        return cx.bind("attribute", me, Const(field), stem=field)

    found = site.function
    if isinstance(found, Applied):
        args = [Given(part(f"argument{k}"), node) for k in range(site.count)]
        given = {k.arg for k in node.keywords}
        more = [gast.keyword(w, Given(part(f"keyword_{w}"), node)) for w in site.keywords if w not in given]
        function: Any = part(FUNCTION)
        made = gast.Call(Given(function, node), [*args, *node.args], [*more, *node.keywords])
        return expressions.lower(cx, scope, gast.copy_location(made, node))
    if isinstance(found, LocalFunction):
        inner = Scope(
            {n: Variable(part(n).id) for n in site.captured}, frozenset(site.captured), found.scope.lookup_free, found.scope,
            found.scope.source,
        )  # fmt: skip
        receiver = found.receiver if found.receiver is None else part(RECEIVER)
        found = replace(found, defaults={p: part(p) for p in site.defaults}, scope=inner, receiver=receiver)
    if isinstance(found, Value) and isinstance(found.value, Nested):
        around = replace(found.value.around, defaults={p: part(p) for p in site.defaults})
        found = Value(replace(found.value, around=around), found.text)
    made = gast.Call(Given(found, node.func), node.args, node.keywords)
    return calls.lower_call(cx, scope, gast.copy_location(made, node), "t")


__all__ = ["as_object", "call", "is_function", "lower_held", "site_of"]
