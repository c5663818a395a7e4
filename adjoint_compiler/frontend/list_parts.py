"""Parts of lists that are replaced or taken out, written out as appends, pops and stores.

L[i:j] = M                 tail = L[j:]; L.pop() until i are left; L.extend(M); L.extend(tail)
L[::2] = M          ->     for k in range(len(M)): L[2 * k] = M[k]
del L[i:j]                 L[i:j] = []
del L[::2]                 the items are taken out, and those that stay are appended again
L *= 3                     the items it has now are appended twice

What a list holds moves by appends and pops, so that its shadow moves with it.
"""

from __future__ import annotations

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.frontend.join_sequences import Fresh, extend
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Effect,
    For,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Push,
    Span,
    Statement,
    Store,
)

ITERATED = ("list", "tuple", "array", "real")
NOTHING = Const(None)


class _Writer:
    """Collects statements."""

    def __init__(self, span: Span, fresh: Fresh) -> None:
        self.span, self.fresh = span, fresh
        self.out: list[Statement] = []

    def bind(self, op: str, *args: Operand, stem: str = "t") -> Name:
        target = self.fresh(stem, True)
        self.out.append(Bind(target, op, args, (), self.span))
        return Name(target)

    def clamped(self, place: Operand, length: Operand, default: Operand) -> Operand:
        """The place that a bound of a slice means in a list of that length."""
        if place == NOTHING:
            return default
        if isinstance(place, Const) and type(place.value) is int:
            if place.value >= 0:
                return place if place.value == 0 else self.bind("builtins.min", place, length, stem="place")
            below = self.bind("operator.add", length, place)
            return self.bind("builtins.max", below, Const(0), stem="place")
        at = self.bind("copy", place, stem="place")
        test = self.bind("operator.lt", place, Const(0), stem="test")
        under = self.fresh("t", True)
        moved = (
            Bind(under, "operator.add", (place, length), (), self.span),
            Bind(at.id, "builtins.max", (Name(under), Const(0)), (), self.span),
        )
        self.out.append(If(test, moved, (), self.span))
        return self.bind("builtins.min", at, length, stem="place")

    def loop(self, start: Operand, stop: Operand, *body: Statement, counter: str | None = None) -> None:
        self.out.append(For(counter or self.fresh("k", False), start, stop, Const(1), body, None, self.span))


def replace_part(
    base: str, part: Pack, value: Operand, types: Types, span: Span, fresh: Fresh
) -> list[Statement] | None:
    """The statements of ``base[part] = value`` for a list; None where that is not known."""
    if not isinstance(value, Pack) and operand_type(value, types).kind not in ITERATED:
        return None
    w = _Writer(span, fresh)
    start, stop, step = part.items
    values = w.bind("builtins.list", value, stem="values")
    length = w.bind("builtins.len", Name(base), stem="n")
    if step not in (NOTHING, Const(1)):
        return _store_each(w, base, part, values, length)
    first = w.clamped(start, length, Const(0))
    last = w.clamped(stop, length, length)
    if last is not length and first != Const(0):
        last = w.bind("builtins.max", first, last, stem="place")
    tail = None
    if last is not length:
        rest = w.bind("index", Name(base), Pack("slice", (last, NOTHING, NOTHING)), stem="tail")
        tail = w.bind("builtins.list", rest, stem="tail")
    w.loop(first, length, Pop(None, base, span))
    return [*w.out, *extend(base, values, span, fresh), *(extend(base, tail, span, fresh) if tail else [])]


def _store_each(w: _Writer, base: str, part: Pack, values: Name, length: Name) -> list[Statement] | None:
    """``base[start:stop:step] = values``, as many as there are places."""
    start, stop, step = part.items
    if not isinstance(step, Const) or type(step.value) is not int or step.value == 0:
        return None
    if step.value > 0:
        first, last = w.clamped(start, length, Const(0)), w.clamped(stop, length, length)
    elif (start, stop) == (NOTHING, NOTHING):
        first, last = w.bind("operator.sub", length, Const(1), stem="last"), Const(-1)
    else:
        return None
    count, given = w.bind("range_length", first, last, step, stem="n"), w.bind("builtins.len", values, stem="n")
    text = w.fresh("text", True)
    template = Const("attempt to assign sequence of size {} to extended slice of size {}")
    w.out.append(If(w.bind("operator.ne", given, count, stem="differs"), (
        Bind(text, "format", (template, given, count), (), w.span),
        Effect("raise", (Name(text),), w.span, "ValueError"),
    ), (), w.span))  # fmt: skip
    k, moved, place, item = w.fresh("k", False), w.fresh("t", True), w.fresh("place", True), w.fresh("item", True)
    w.loop(
        Const(0), count,
        Bind(moved, "operator.mul", (Name(k), step), (), w.span),
        Bind(place, "operator.add", (first, Name(moved)), (), w.span),
        Bind(item, "index", (values, Name(k)), (), w.span),
        Store(base, Name(place), Name(item), w.span), counter=k,
    )  # fmt: skip
    return w.out


def delete_each(base: str, part: Pack, span: Span, fresh: Fresh) -> list[Statement]:
    """The statements of ``del base[start:stop:step]``: all items go, and those between come again."""
    w = _Writer(span, fresh)
    items = w.bind("builtins.list", Name(base), stem="items")
    length = w.bind("builtins.len", items, stem="n")
    numbers = w.bind("builtins.list", w.bind("builtins.range", length), stem="numbers")
    gone = w.bind("index", numbers, part, stem="gone")
    w.loop(Const(0), length, Pop(None, base, span))
    k, test, item = w.fresh("k", False), w.fresh("test", True), w.fresh("item", True)
    w.loop(
        Const(0), length,
        Bind(test, "operator.contains", (gone, Name(k)), (), span),
        If(Name(test), (), (Bind(item, "index", (items, Name(k)), (), span), Push(base, Name(item), span)), span),
        counter=k,
    )  # fmt: skip
    return w.out


def insert_item(base: str, place: Operand, value: Operand, span: Span, fresh: Fresh) -> list[Statement]:
    """The statements of ``base.insert(place, value)`` at any place."""
    w = _Writer(span, fresh)
    length = w.bind("builtins.len", Name(base), stem="n")
    at = w.clamped(place, length, length)
    rest = w.bind("index", Name(base), Pack("slice", (at, NOTHING, NOTHING)), stem="tail")
    tail = w.bind("builtins.list", rest, stem="tail")
    w.loop(at, length, Pop(None, base, span))
    return [*w.out, *extend(base, Pack("list", (value,)), span, fresh), *extend(base, tail, span, fresh)]


def repeat_items(base: str, count: Operand, span: Span, fresh: Fresh) -> list[Statement]:
    """The statements of ``base *= count``."""
    w = _Writer(span, fresh)
    items = w.bind("builtins.list", Name(base), stem="items")
    length = w.bind("builtins.len", items, stem="n")
    pop = For(fresh("k", False), Const(0), length, Const(1), (Pop(None, base, span),), None, span)
    w.out.append(If(w.bind("operator.le", count, Const(0), stem="test"), (pop,), (), span))
    w.loop(Const(1), count, *extend(base, items, span, fresh))
    return w.out


__all__ = ["delete_each", "insert_item", "repeat_items", "replace_part"]
