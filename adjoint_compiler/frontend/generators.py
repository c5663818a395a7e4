"""Generators, consumed where they are made or by one loop: the body of the loop runs where the `yield` stands.

def steps(x):                       k = 0
    k = 0                           while k < 3:
    while k < 3:                        a = x * k
        yield x * k      ->             s = s + a
        k += 1                          k += 1
for a in steps(x):
    s = s + a

A `break` of the loop ends the generator: it becomes a `return` after the `yield`. Lists of generators, their sums and
so on are loops that append. A generator that two loops share, or that runs later than it can be seen to, is refused.
"""

from __future__ import annotations

import builtins
import itertools
from copy import copy
from typing import Any

import gast

from adjoint_compiler.frontend import arguments, expressions, inlining, statements, written_out
from adjoint_compiler.frontend.context import Context, Frame
from adjoint_compiler.frontend.given import Given, put_at
from adjoint_compiler.frontend.iteration import as_range
from adjoint_compiler.frontend.jumps import any_jump
from adjoint_compiler.frontend.meanings import check_meanings
from adjoint_compiler.frontend.scope import Generator, LocalFunction, Scope, Value, Variable
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand

ENDED, ITEM, RESULT = "<ended>", "<item>", "<first>"  # no names of the user's
NESTED = (gast.FunctionDef, gast.AsyncFunctionDef, gast.Lambda, gast.ClassDef, gast.GeneratorExp)


class Yielded(gast.AST):  # type: ignore[misc]
    """``yield value`` as a statement; what comes of it is up to the loop that asks for the items."""

    _fields = ("value",)

    def __init__(self, value: Any, place: Any) -> None:
        super().__init__()
        self.value = value
        put_at(self, place)


def is_generator(tree: Any) -> bool:
    """Whether a function's own statements yield.

    >>> is_generator(gast.parse("def f(x):\\n    yield x").body[0]), is_generator(gast.parse("def f(x): return x").body[0])
    (True, False)
    """
    known = getattr(tree, "_yields", None)
    if known is None:
        body = getattr(tree, "body", None)
        known = isinstance(body, list) and any(map(_yields, body))
        if tree is not None:
            tree._yields = known
    return bool(known)


def may_be_one(scope: Scope, node: Any) -> bool:
    """Whether an expression may be a generator: asking what it is may lower it."""
    if isinstance(node, gast.Name):
        return isinstance(scope.lookup(node.id), Generator)
    if isinstance(node, gast.Attribute):
        return False
    return isinstance(node, (gast.GeneratorExp, Given, gast.Call))


def _yields(node: Any) -> bool:
    if isinstance(node, (gast.Yield, gast.YieldFrom)):
        return True
    return not isinstance(node, NESTED) and any(map(_yields, gast.iter_child_nodes(node)))


def made(cx: Context, function: LocalFunction, bound: dict[str, Any]) -> Generator:
    """The generator that a call of a function makes: its arguments are evaluated now."""
    kept = {p: arguments.held(cx, v, p) for p, v in bound.items()}
    return Generator(function, kept, _loops_around(cx))


def of_expression(cx: Context, scope: Scope, node: Any) -> Generator:
    """The generator of ``(e for a in v if c)``; what it runs over is evaluated now."""
    body: list[Any] = [Yielded(node.elt, node.elt)]
    for comp in reversed(node.generators):
        if comp.is_async:
            raise cx.refuse("AC016", node, scope, "`async for` is not differentiated", "use `for`")
        for test in reversed(comp.ifs):
            body = [gast.copy_location(gast.If(test, body, []), test)]
        first = comp is node.generators[0]
        body = [gast.For(comp.target, _kept(cx, scope, comp.iter) if first else comp.iter, body, [], None)]
        gast.copy_location(body[0], node)
    return _of_statements(cx, scope, node, "generator", body)


def of_sequences(cx: Context, scope: Scope, node: Any, function: Any) -> Generator:
    """The generator of ``chain(a, b)`` or ``product(a, b)``; what it runs over is evaluated now."""
    count = 1
    for k in node.keywords:
        if k.arg != "repeat" or type(getattr(k.value, "value", None)) is not int:
            raise cx.refuse("AC001", node, scope, f"`{k.arg}` must be a literal number here", "write the loops out")
        count = k.value.value
    eager = function is itertools.product
    parts = [_kept(cx, scope, a, eager) for a in node.args] * count
    return _of_statements(cx, scope, node, function.__name__, written_out.BY_NUMBER[function](parts))


def _of_statements(cx: Context, scope: Scope, node: Any, name: str, body: list[Any]) -> Generator:
    none = gast.arguments([], [], None, [], [], None, [])
    tree = gast.copy_location(gast.FunctionDef(f"<{name}>", none, body, [], None, None), node)
    for part in gast.walk(tree):
        if not hasattr(part, "lineno"):
            gast.copy_location(part, node)
    tree._yields = True
    return Generator(LocalFunction(tree, scope, name), {}, _loops_around(cx))


def _kept(cx: Context, scope: Scope, node: Any, eager: bool = False) -> Any:
    """What a generator runs over, evaluated; with ``eager`` its items are, too."""
    found = expressions.compile_time(cx, scope, node)
    if found is not None and not eager:
        return Given(found, node)
    called = expressions.compile_time(cx, scope, node.func) if isinstance(node, gast.Call) else None
    function = as_range(called.value) if isinstance(called, Value) else None
    lazy = function is builtins.range or (function in LAZY and not eager)
    if eager and not lazy:
        node = gast.copy_location(
            gast.Call(Given(Value(builtins.list, "list"), node), [Given(found, node) if found else node], []), node
        )
    if not lazy or any(isinstance(a, gast.Starred) for a in node.args):
        return Given(arguments.held(cx, expressions.lower(cx, scope, node), "sequence"), node)
    args = [_kept(cx, scope, a) for a in node.args]
    named = [gast.copy_location(gast.keyword(k.arg, _kept(cx, scope, k.value)), k) for k in node.keywords]
    return gast.copy_location(gast.Call(node.func, args, named), node)


LAZY = (builtins.range, builtins.enumerate, builtins.zip, builtins.reversed, builtins.map)


def is_endless(cx: Context, scope: Scope, node: Any) -> bool:
    """Whether an expression is the call of a function that gives items without end: it is no sequence."""
    called = expressions.compile_time(cx, scope, node.func) if isinstance(node, gast.Call) else None
    return isinstance(called, Value) and called.value in (itertools.count, itertools.repeat, itertools.cycle)


def _loops_around(cx: Context) -> tuple[Any, ...]:
    """What may run the place that is lowered more than once: loops, and the recursive functions around it."""
    return (cx.recursing, *dict.fromkeys(id(loop) for frame in cx.frames for loop in frame.loops if not loop.steps))


# -- where items are asked for -----------------------------------------------------------------------------------


def run_over(cx: Context, scope: Scope, s: Any, generator: Generator) -> None:
    """``for target in generator: body``: the function of the generator is inlined, the body at each ``yield``."""
    if generator.used or generator.loops != _loops_around(cx):
        around = "loop" if generator.loops[0] == cx.recursing else "recursive function"
        problem = "is used a second time" if generator.used else f"was made outside of the {around} that this stands in"
        raise cx.refuse("AC001", s, scope, f"this generator {problem}", "make a list of it: `list(...)`")
    generator.used = True
    consumer, caller, span, before = cx.frames[-1], cx.caller, cx.span, dict(scope.locals)
    loop = statements.enter_loop(cx)
    loop.steps = True
    jumps = any_jump(s.body)
    ends = bool(jumps & {"break", "return"})
    if ends:
        cx.assign(loop.stop, Const(False))

    def take(inner: Scope, value: Any) -> None:
        item = expressions.lower(cx, inner, value)
        callee, cx.caller = cx.caller, caller
        cx.frames.append(consumer)
        cx.span = span
        statements.assign_to(cx, scope, s.target, item)
        if "continue" in jumps:
            cx.emit(Bind(loop.skip, "copy", (Const(False),), (), span))
        statements.lower_block(cx, scope, s.body)
        check_meanings(cx, scope, s, before)
        cx.frames.pop()
        cx.caller = callee

    body = body_of(cx, generator.function, ends)
    meanings = {ENDED: Variable(loop.stop)}
    inlining.inline_generator(cx, generator.function, generator.bound, body, meanings, take)
    consumer.loops.pop()
    cx.span = span
    statements.loop_else(cx, scope, s, loop.stop if ends else None)


def body_of(cx: Context, function: LocalFunction, ends: bool) -> list[Any]:
    """The statements of a generator, or of a context manager; with ``ends`` each ``yield`` may be the last."""

    def block(statements: list[Any]) -> list[Any]:
        return [x for s in statements for x in statement(s)]

    def statement(s: Any) -> list[Any]:
        value = getattr(s, "value", None) if isinstance(s, gast.Expr) else s if isinstance(s, Yielded) else None
        if isinstance(value, gast.YieldFrom):
            item = [gast.copy_location(gast.Name(ITEM, c, None, None), s) for c in (gast.Store(), gast.Load())]
            loop = gast.For(item[0], value.value, block([Yielded(item[1], s)]), [], None)
            return [gast.copy_location(loop, s)]
        if isinstance(value, (gast.Yield, Yielded)):
            nothing = gast.copy_location(gast.Constant(None, None), s)
            leave = gast.If(gast.Name(ENDED, gast.Load(), None, None), [gast.Return(None)], [])
            for n in gast.walk(leave):
                gast.copy_location(n, s)
            return [Yielded(value.value or nothing, s), *([leave] if ends else [])]
        inside = [f for f in ("body", "orelse", "finalbody") if isinstance(getattr(s, f, None), list)]
        if isinstance(s, NESTED) or not _yields_somewhere(s):
            return [s]
        if not inside or (isinstance(s, (gast.Try, gast.With)) and not function.manager):
            word = "`yield` in this place"
            raise cx.refuse(
                "AC016", s, function.scope, f"{word} is not differentiated", "write `yield value` as a statement"
            )
        s = copy(s)
        for f in inside:
            setattr(s, f, block(getattr(s, f)))
        return [s]

    return block(inlining.body_of(function.tree))


def _yields_somewhere(node: Any) -> bool:
    if isinstance(node, (gast.Yield, gast.YieldFrom, Yielded)):
        return True
    return not isinstance(node, NESTED) and any(map(_yields_somewhere, gast.iter_child_nodes(node)))


def lower_yielded(cx: Context, scope: Scope, s: Any) -> None:
    """Hand an item to the loop that asks for it."""
    frame: Frame = cx.frames[-1]
    assert frame.take is not None
    frame.take(scope, s.value)


def as_list(node: Any, generator: Any) -> Any:
    """A list comprehension of the items of a generator."""
    item = [gast.copy_location(gast.Name(ITEM, c, None, None), node) for c in (gast.Store(), gast.Load())]
    comp = gast.comprehension(item[0], Given(generator, node), [], 0)
    return gast.copy_location(gast.ListComp(item[1], [comp]), node)


def next_of(cx: Context, scope: Scope, node: Any, generator: Generator) -> Operand:
    """``next(generator, default)``: the first item."""
    result, item = (
        {c: gast.copy_location(gast.Name(name, c(), None, None), node) for c in (gast.Store, gast.Load)}
        for name in (RESULT, ITEM)
    )
    if len(node.args) > 1:
        default = Given(arguments.held(cx, expressions.lower(cx, scope, node.args[1]), "default"), node)
        otherwise: Any = gast.Assign([result[gast.Store]], default, None)
    else:
        otherwise = gast.Raise(Given(Value(StopIteration, "StopIteration"), node), None)
    body = [gast.Assign([result[gast.Store]], item[gast.Load], None), gast.Break()]
    loop = gast.For(item[gast.Store], Given(generator, node), body, [otherwise], None)
    for part in (loop, otherwise, *body):
        gast.copy_location(part, node)
    target = cx.temporary("first")
    inner = Scope({RESULT: Variable(target)}, frozenset({ITEM}), scope.lookup_free, scope, scope.source)
    statements.lower_statement(cx, inner, loop)
    return Name(target)


__all__ = [
    "Yielded", "as_list", "body_of", "is_endless", "is_generator", "lower_yielded", "made", "may_be_one", "next_of", "of_expression",
    "of_sequences", "run_over",
]  # fmt: skip
