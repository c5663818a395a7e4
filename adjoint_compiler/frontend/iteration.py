"""What ``for`` loops run over: how many items there are, and how to get number k."""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast

from adjoint_compiler.frontend import arguments, expressions, iterators, starred
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.scope import Scope, Value
from adjoint_compiler.ir.nodes import Const, Effect, If, Name, Operand, Pack

Sequence = tuple[Any, Callable[[Operand], Operand]]  # the length is None where there is no end


@dataclass
class Iteration:
    """A counted loop: ``item(counter)`` gives the loop variable's value (``direct``: the counter itself).

    ``parallel`` says that the trips may run in any order.
    """

    start: Operand
    stop: Operand
    step: Operand
    item: Callable[[Operand], Operand]
    direct: bool = False
    parallel: bool = False


def plan_iteration(cx: Context, scope: Scope, node: Any) -> Iteration:
    """How ``for ... in node`` counts."""
    node = iterators.transposed(cx, scope, node) if iterators.is_transposed(scope, node) else node
    node = starred.without_stars(cx, scope, node) if isinstance(node, gast.Call) else node
    function = _function(cx, scope, node)
    if function is builtins.range:
        return Iteration(*_range(cx, scope, node), lambda k: k, direct=True, parallel=_is_parallel(cx, scope, node))
    if function is builtins.reversed and len(node.args) == 1:
        length, item = sequence(cx, scope, node.args[0])
        last = cx.bind("operator.sub", length, Const(1))
        return Iteration(last, Const(-1), Const(-1), item, direct=False)
    length, item = sequence(cx, scope, node)
    if length is None:
        raise cx.refuse("AC001", node, scope, "a loop over this has no end of its own", "use `while True`")
    return Iteration(Const(0), length, Const(1), item)


def sequence(cx: Context, scope: Scope, node: Any) -> Sequence:
    """The length of an iterable and how to get item number k, evaluated once before the loop."""
    node = iterators.transposed(cx, scope, node) if iterators.is_transposed(scope, node) else node
    node = starred.without_stars(cx, scope, node) if isinstance(node, gast.Call) else node
    special = SEQUENCES.get(_function(cx, scope, node))
    if special is not None:
        return special(cx, scope, node)
    if iterators.iterated(scope, node) is not node:
        return sequence(cx, scope, iterators.iterated(scope, node))
    called = isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and not node.args
    if called and node.func.attr in ("items", "values", "keys") and not expressions.compile_time(cx, scope, node.func):
        return _of_dict(cx, scope, node)
    operand = expressions.lower(cx, scope, node)
    held = cx.bind("copy", operand, stem="sequence")
    items = cx.bind("as_sequence", held, stem="sequence")
    cx.sequences.append(held.id)
    return cx.bind("builtins.len", items, stem="n"), lambda k: cx.bind("index", items, k)


def _function(cx: Context, scope: Scope, node: Any) -> Any:
    """The builtin that an iterable is a call of; None for other iterables."""
    found = expressions.compile_time(cx, scope, node.func) if isinstance(node, gast.Call) else None
    return as_range(found.value) if isinstance(found, Value) and isinstance(found.value, type) else None


def _is_parallel(cx: Context, scope: Scope, node: Any) -> bool:
    found = expressions.compile_time(cx, scope, node.func)
    return isinstance(found, Value) and found.value is not builtins.range


def as_range(function: Any) -> Any:
    """What stands for a function that a loop runs over: ``range`` for ``numba.prange``, whose trips may run in any order.

    >>> as_range(range)
    <class 'range'>
    """
    module = getattr(function, "__module__", None) or ""
    return builtins.range if getattr(function, "__name__", "") == "prange" and module.startswith("numba.") else function


def _range(cx: Context, scope: Scope, node: Any) -> tuple[Operand, Operand, Operand]:
    args, _ = arguments.lower_arguments(cx, scope, node)
    return (Const(0), *args, Const(1)) if len(args) == 1 else (*args, Const(1))[:3]  # type: ignore[return-value]


def _of_range(cx: Context, scope: Scope, node: Any) -> Sequence:
    start, stop, step = _range(cx, scope, node)
    length = cx.bind("range_length", start, stop, step, stem="n")
    if start == Const(0) and step == Const(1):
        return length, lambda k: k
    return length, lambda k: cx.bind("operator.add", start, cx.bind("operator.mul", k, step))


def _of_enumerate(cx: Context, scope: Scope, node: Any) -> Sequence:
    length, item = sequence(cx, scope, node.args[0])
    keywords = {k.arg: expressions.lower(cx, scope, k.value) for k in node.keywords}
    first = expressions.lower(cx, scope, node.args[1]) if len(node.args) > 1 else keywords.get("start", Const(0))
    number = (lambda k: k) if first == Const(0) else lambda k: cx.bind("operator.add", first, k)
    return length, lambda k: Pack("tuple", (number(k), item(k)))


def _of_zip(cx: Context, scope: Scope, node: Any) -> Sequence:
    strict = {k.arg: getattr(k.value, "value", None) for k in node.keywords}.pop("strict", False)
    if len(node.keywords) > 1 or strict not in (True, False):
        raise cx.refuse("AC001", node, scope, "these keywords of zip are not differentiated yet", "strict=True")
    parts = [sequence(cx, scope, a) for a in node.args]
    lengths = [length for length, _ in parts if length is not None]
    if len(lengths) < len(parts) and (strict or not lengths):
        raise cx.refuse("AC001", node, scope, "this `zip` has no end", "leave `strict` out, or give it a sequence")
    for k, length in enumerate(lengths[1:] if strict else (), 1):
        _check_strict(cx, k, lengths[0], length)
    length = lengths[0] if len(lengths) == 1 else cx.bind("builtins.min", *lengths, stem="n")
    return length, lambda k: Pack("tuple", tuple(item(k) for _, item in parts))


def _of_zip_longest(cx: Context, scope: Scope, node: Any) -> Sequence:
    """``itertools.zip_longest(a, b, fillvalue=x)``: what has ended gives the value that fills."""
    fill = next((expressions.lower(cx, scope, k.value) for k in node.keywords if k.arg == "fillvalue"), Const(None))
    fill = arguments.held(cx, fill, "fill")
    parts = [sequence(cx, scope, a) for a in node.args]
    lengths = [length for length, _ in parts if length is not None]
    if len(lengths) < len(parts) or not parts:
        raise cx.refuse("AC001", node, scope, "this `zip_longest` has no end", "give it sequences")

    def filled(length: Operand, item: Callable[[Operand], Operand], k: Operand) -> Operand:
        target = cx.temporary("item")
        with cx.nested() as then:
            cx.assign(target, item(k))
        with cx.nested() as orelse:
            cx.assign(target, fill)
        test = cx.bind("operator.lt", k, length, stem="test")
        cx.emit(If(test, as_block(then), as_block(orelse), cx.span))
        return Name(target)

    longest = lengths[0] if len(lengths) == 1 else cx.bind("builtins.max", *lengths, stem="n")
    return longest, lambda k: Pack("tuple", tuple(filled(n, item, k) for n, (_, item) in zip(lengths, parts)))


def _check_strict(cx: Context, k: int, first: Operand, length: Operand) -> None:
    """Raise what ``zip(strict=True)`` raises when its argument number ``k`` has another length than the first."""
    others = "argument 1" if k == 1 else f"arguments 1-{k}"
    for op, word in (("lt", "shorter"), ("gt", "longer")):
        message = Const(f"zip() argument {k + 1} is {word} than {others}")
        fault = Effect("raise", (message,), cx.span, "ValueError")
        cx.emit(If(cx.bind(f"operator.{op}", length, first, stem="differs"), (fault,), (), cx.span))


def _of_map(cx: Context, scope: Scope, node: Any) -> Sequence:
    """``map(f, xs, ys)``: the function is called when an item is wanted."""
    if len(node.args) < 2 or node.keywords:
        raise cx.refuse("AC001", node, scope, "this form of `map` is not differentiated yet", "map(f, items)")
    length, item = _of_zip(cx, scope, gast.copy_location(gast.Call(node.func, node.args[1:], []), node))

    def call(k: Operand) -> Operand:
        pack = item(k)
        assert isinstance(pack, Pack)
        given = [Given(x, node) for x in pack.items]
        return expressions.lower(cx, scope, gast.copy_location(gast.Call(node.args[0], given, []), node))

    return length, call


def _of_count(cx: Context, scope: Scope, node: Any) -> Sequence:
    """``itertools.count(start, step)``, which has no end."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    first = args[0] if args else keywords.get("start", Const(0))
    step = args[1] if len(args) > 1 else keywords.get("step", Const(1))
    if first == Const(0) and step == Const(1):
        return None, lambda k: k
    return None, lambda k: cx.bind("operator.add", first, cx.bind("operator.mul", k, step))


def _of_repeat(cx: Context, scope: Scope, node: Any) -> Sequence:
    """``itertools.repeat(value, times)``; without times it has no end."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    value = arguments.held(cx, args[0], "repeated")
    times = args[1] if len(args) > 1 else keywords.get("times")
    return None if times is None else cx.bind("range_length", Const(0), times, Const(1), stem="n"), lambda k: value


def _of_reversed(cx: Context, scope: Scope, node: Any) -> Sequence:
    length, item = sequence(cx, scope, node.args[0])
    last = cx.bind("operator.sub", length, Const(1))
    return length, lambda k: item(cx.bind("operator.sub", last, k))


def _of_dict(cx: Context, scope: Scope, node: Any) -> Sequence:
    """``d.items()``, ``d.values()`` or ``d.keys()``."""
    holder = expressions.lower_name(cx, scope, node.func.value)
    keys = cx.bind("builtins.list", holder, stem="keys")

    def entry(k: Operand) -> Operand:
        key = cx.bind("index", keys, k, stem="key")
        if node.func.attr == "keys":
            return key
        value = cx.bind("index", holder, key)
        return value if node.func.attr == "values" else Pack("tuple", (key, value))

    return cx.bind("builtins.len", keys, stem="n"), entry


SEQUENCES = {
    builtins.range: _of_range, builtins.enumerate: _of_enumerate, builtins.zip: _of_zip,
    builtins.reversed: _of_reversed, builtins.map: _of_map, itertools.count: _of_count, itertools.repeat: _of_repeat,
    itertools.zip_longest: _of_zip_longest,
}  # fmt: skip
