"""Methods of lists, written out as appends, stores and loops; those of dicts are in ``dict_methods``.

L.extend(M)                for k in range(len(M)): L.append(M[k])
L.insert(0, x)      ->     L.append(x); for k in range(n, 0, -1): L[k] = L[k - 1]; L[0] = x

What a list holds moves by stores, so that its shadow moves with it.
"""

from __future__ import annotations

from collections.abc import Callable

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.frontend.dict_methods import DICT_METHODS
from adjoint_compiler.frontend.join_sequences import Fresh, extend, operation
from adjoint_compiler.frontend.list_parts import delete_each, insert_item, replace_part
from adjoint_compiler.ir.nodes import Bind, Const, For, Name, Operand, Pack, Pop, Push, Span, Statement, Store
from adjoint_compiler.ir.types import INT

ORDER_OF = "adjoint_compiler.runtime.ordering.order_of"
ITERATED = ("list", "tuple", "array", "real", "dict")


def container_method(s: Bind, types: Types, fresh: Fresh) -> list[Statement] | None:
    """The statements of a call of a container's method; None where it is none of those known here."""
    if s.op != "method" or not isinstance(s.args[0], Name) or not isinstance(s.args[1], Const):
        return None
    kind, name = operand_type(s.args[0], types).kind, s.args[1].value
    known = {"list": LIST_METHODS, "dict": DICT_METHODS}.get(kind, {})
    method = known.get(name) if isinstance(name, str) else None
    return None if method is None else method(s, s.args[0], s.args[2:], types, fresh)


def _none(s: Bind) -> Statement:
    return Bind(s.target, "copy", (Const(None),), (), s.span)


def _extend(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) != 1 or s.kwargs or operand_type(args[0], types).kind not in ITERATED:
        return None
    if operand_type(args[0], types).kind != "dict":
        return [*extend(base.id, args[0], s.span, fresh), _none(s)]
    out: list[Statement] = []
    keys = operation("builtins.list", args[0], span=s.span, fresh=fresh, out=out, stem="keys")
    return [*out, *extend(base.id, keys, s.span, fresh), _none(s)]


def _copy(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    return None if args or s.kwargs else [Bind(s.target, "builtins.list", (base,), (), s.span)]


def _reverse(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if args or s.kwargs:
        return None
    out: list[Statement] = []
    old = operation("builtins.list", base, span=s.span, fresh=fresh, out=out, stem="items")
    length = operation("builtins.len", old, span=s.span, fresh=fresh, out=out, stem="n")
    last = operation("operator.sub", length, Const(1), span=s.span, fresh=fresh, out=out, stem="last")
    counter, body = fresh("k", False), []  # type: tuple[str, list[Statement]]
    place = operation("operator.sub", last, Name(counter), span=s.span, fresh=fresh, out=body)
    item = operation("index", old, place, span=s.span, fresh=fresh, out=body, stem="item")
    body.append(Store(base.id, Name(counter), item, s.span))
    return [*out, For(counter, Const(0), length, Const(1), tuple(body), None, s.span), _none(s)]


def _sort(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    """Every place gets what is next in the order, which is found first and recorded."""
    reverse = dict(s.kwargs).get("reverse", Const(False))
    if args or not {k for k, _ in s.kwargs} <= {"reverse"}:
        return None
    out: list[Statement] = []
    old = operation("builtins.list", base, span=s.span, fresh=fresh, out=out, stem="items")
    order = operation(ORDER_OF, old, reverse, span=s.span, fresh=fresh, out=out, stem="order")
    length = operation("builtins.len", old, span=s.span, fresh=fresh, out=out, stem="n")
    counter, body = fresh("k", False), []  # type: tuple[str, list[Statement]]
    place = operation("index", order, Name(counter), span=s.span, fresh=fresh, out=body, stem="place")
    item = operation("index", old, place, span=s.span, fresh=fresh, out=body, stem="item")
    body.append(Store(base.id, Name(counter), item, s.span))
    return [*out, For(counter, Const(0), length, Const(1), tuple(body), None, s.span), _none(s)]


def _shifted(base: Name, start: Operand, stop: Operand, step: int, from_: str, span: Span, fresh: Fresh) -> Statement:
    """``for k in range(start, stop, step): L[k] = L[k +- 1]``."""
    counter, body = fresh("k", False), []  # type: tuple[str, list[Statement]]
    place = operation(from_, Name(counter), Const(1), span=span, fresh=fresh, out=body)
    item = operation("index", base, place, span=span, fresh=fresh, out=body, stem="item")
    body.append(Store(base.id, Name(counter), item, span))
    return For(counter, start, stop, Const(step), tuple(body), None, span)


def _insert(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) != 2 or s.kwargs:
        return None
    if not _is_natural(args[0]):
        at_int = operand_type(args[0], types).kind == "int"
        return [*insert_item(base.id, args[0], args[1], s.span, fresh), _none(s)] if at_int else None
    out: list[Statement] = []
    length = operation("builtins.len", base, span=s.span, fresh=fresh, out=out, stem="n")
    place: Operand = args[0]
    if place != Const(0):
        place = operation("builtins.min", place, length, span=s.span, fresh=fresh, out=out, stem="place")
    out.append(Push(base.id, args[1], s.span))
    out.append(_shifted(base, length, place, -1, "operator.sub", s.span, fresh))
    return [*out, Store(base.id, place, args[1], s.span), _none(s)]


def _pop(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) != 1 or s.kwargs or operand_type(args[0], types).kind != "int":
        return None
    if args[0] == Const(-1):
        return [Pop(s.target, base.id, s.span)]
    out: list[Statement] = [Bind(s.target, "index", (base, args[0]), (), s.span)]
    length = operation("builtins.len", base, span=s.span, fresh=fresh, out=out, stem="n")
    last = operation("operator.sub", length, Const(1), span=s.span, fresh=fresh, out=out, stem="last")
    place: Operand = args[0]
    if not _is_natural(place):
        place = operation("operator.mod", place, length, span=s.span, fresh=fresh, out=out, stem="place")
    out.append(_shifted(base, place, last, 1, "operator.add", s.span, fresh))
    return [*out, Pop(None, base.id, s.span)]


def _remove(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    if len(args) != 1 or s.kwargs:
        return None
    out: list[Statement] = []
    place = operation("builtins.list.index", base, args[0], span=s.span, fresh=fresh, out=out, stem="place")
    popped = Bind(fresh("item", True), "method", (base, Const("pop"), place), (), s.span)
    return [*out, *(_pop(popped, base, (place,), {**types, place.id: INT}, fresh) or ()), _none(s)]


def _clear(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    whole = Pack("slice", (Const(None),) * 3)
    cleared = replace_part(base.id, whole, Pack("list", ()), types, s.span, fresh)
    return None if args or s.kwargs or cleared is None else [*cleared, _none(s)]


def _delete(s: Bind, base: Name, args: tuple[Operand, ...], types: Types, fresh: Fresh) -> list[Statement] | None:
    """``del L[k]``, ``del L[i:j]``, or ``del L[i:j:step]``."""
    part = args[0]
    if not isinstance(part, Pack):
        return _pop(s, base, args, types, fresh)
    if part.kind != "slice":
        return None
    if part.items[2] not in (Const(None), Const(1)):
        return [*delete_each(base.id, part, s.span, fresh), _none(s)]
    deleted = replace_part(base.id, part, Pack("list", ()), types, s.span, fresh)
    return None if deleted is None else [*deleted, _none(s)]


def _is_natural(place: Operand) -> bool:
    return isinstance(place, Const) and type(place.value) is int and place.value >= 0


Method = Callable[[Bind, Name, tuple[Operand, ...], Types, Fresh], "list[Statement] | None"]
LIST_METHODS: dict[str, Method] = {
    "__delitem__": _delete, "clear": _clear, "copy": _copy, "extend": _extend, "insert": _insert, "pop": _pop,
    "remove": _remove, "reverse": _reverse, "sort": _sort,
}  # fmt: skip
ADVICE = {
    "record": "in functions that call themselves, pass what changes as a dict or list: objects that change are not followed there",
    "list": "lists have append, clear, copy, count, extend, index, insert, pop, remove, reverse and sort",
    "dict": "dicts have clear, copy, get, pop, popitem, setdefault and update; keep keys(), values() and items() as lists: `list(d.items())`",
}

__all__ = ["ADVICE", "container_method"]
