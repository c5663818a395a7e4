"""Calls of Python functions, inlined: parameters become variables, ``return`` binds the result."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend import arguments, expressions, generators, objects, recursion, statements
from adjoint_compiler.frontend.context import Context, Frame, TooMuch
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.jumps import always_jumps, any_jump, assigned_names, assignments
from adjoint_compiler.frontend.patterns import without_match
from adjoint_compiler.frontend.scope import CODE, LocalFunction, Scope, Value, Variable, live_lookup
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import UNKNOWN, OneOfSeveral

MAX_INLINE_DEPTH = 40
MAX_NESTED = 17  # loops, in one another, of a function and of those it calls: Python compiles no more than 20
LOOPS = (gast.For, gast.While, gast.With)
MAX_LIBRARY_CALLS = 20  # in one call of a function of Python's library: what does more than compute does many
MAX_GENERATORS = 3  # of one function inside of each other


def inline_function(cx: Context, scope: Scope, node: Any, function: Any) -> Operand:
    """Inline a call of a Python function found in globals or a closure."""
    local = local_function(cx, scope, node, function)
    return inline_local(cx, scope, node, local, key=getattr(function, "py_func", function))


def local_function(cx: Context, scope: Scope, node: Any, function: Any) -> LocalFunction:
    """The tree of a function that is live, or that a parsed class defines, its scope and its defaults."""
    if isinstance(function, LocalFunction):
        return function
    try:
        source = source_of(function, generators=True)
    except DifferentiationError as error:
        raise cx.refuse("AC006", node, scope, error.diagnostics[0].message, error.diagnostics[0].help) from None
    plain = getattr(function, "py_func", function)
    if plain is not function:
        cx.compiled.setdefault(function, cx.place(node, scope))
    lookup = live_lookup(plain, source)
    outer = Scope({}, frozenset(), lookup, None, source)
    defaults: dict[str, Any] = {}
    names = [a.id for a in (*source.tree.args.posonlyargs, *source.tree.args.args)]
    for param, value in zip(names[len(names) - len(plain.__defaults__ or ()) :], plain.__defaults__ or ()):
        defaults[param] = arguments.default_operand(cx, param, value)
    for param, value in (plain.__kwdefaults__ or {}).items():
        defaults[param] = arguments.default_operand(cx, param, value)
    return LocalFunction(source.tree, outer, plain.__name__, defaults)


def inline_local(cx: Context, scope: Scope, node: Any, function: LocalFunction, key: Any = None) -> Operand:
    """Inline a call: parameters become variables, ``return`` binds the result variable."""
    bound = arguments.bind_arguments(cx, scope, with_receiver(node, function), function)
    return inline_bound(cx, scope, node, function, bound, function.key if key is None else key)


def with_receiver(node: Any, function: LocalFunction) -> Any:
    """The call of a bound method as one of its function, the object as the first argument."""
    if function.receiver is None:
        return node
    return gast.copy_location(gast.Call(node.func, [Given(function.receiver, node), *node.args], node.keywords), node)


def inline_bound(
    cx: Context, scope: Scope, node: Any, function: LocalFunction, bound: dict[str, Any], key: Any = None
) -> Operand:
    """Inline a call whose arguments are lowered, by parameter."""
    if generators.is_generator(function.tree):
        raise cx.refuse("AC001", node, scope, f"the generator that `{function.name}` makes is used as a value",
                        "run over it with `for`, or make a list of it: `list(...)`")  # fmt: skip
    if cx.library_calls is not None:
        cx.library_calls += 1
        if cx.library_calls > MAX_LIBRARY_CALLS:
            raise TooMuch
    known = {p: v for p, v in bound.items() if isinstance(v, CODE)}
    key = recursion.key_of(function if key is None else key, known)
    if key in cx.recursive:
        return recursion.call_recursive(cx, scope, node, function, key, bound)
    if any(f.function == key and _same_closure(f, function) and not _of_other_objects(cx, f, bound) for f in cx.frames):
        raise recursion.Recursive(key)
    around = sum(len(f.loops) for f in cx.frames)
    if around and around + _nesting(function.tree) > MAX_NESTED:
        raise recursion.Recursive(key)  # a function of its own, like the recursive ones
    if len(cx.frames) > MAX_INLINE_DEPTH:
        raise cx.refuse(
            "AC001", node, scope, f"the call of `{function.name}` is nested too deeply", "call fewer functions"
        )
    return _inline(
        cx, function, bound, body_of(function.tree), Frame(key, cx.temporary("result"), closure=function.scope)
    )


def _nesting(node: Any) -> int:
    """How many loops of a function there are in one another; a call among them counts for some that it may hide.

    >>> _nesting(gast.parse("for a in x:\\n    for b in a: s = s + b"))
    2
    """
    inner = max(map(_nesting, gast.iter_child_nodes(node)), default=0)
    return inner + 1 if isinstance(node, LOOPS) else max(inner, 4) if isinstance(node, gast.Call) else inner


def _same_closure(frame: Frame, function: LocalFunction) -> bool:
    """Whether a function being lowered and one of the same text read the same variables around them."""
    return function.scope.parent is None or frame.closure is None or frame.closure is function.scope


def _of_other_objects(cx: Context, frame: Frame, bound: dict[str, Any]) -> bool:
    """Whether a function being lowered is called with objects of other types than it was: of a part of a tree, say.

    What objects hold is part of their types, so such calls come to an end where the types do.
    """
    if not objects.may_have_objects(cx):
        return False
    given = [v.operand if isinstance(v, Given) else v for v in bound.values()]
    types = types_so_far(cx)
    pairs = [
        (types.get(name, UNKNOWN), operand_type(v, types))
        for name, v in zip(frame.given, given)
        if name and isinstance(v, (Name, Pack))
    ]
    return any(b.kind == "record" and b.cls is not OneOfSeveral and a != b for a, b in pairs)


def _inline(cx: Context, function: LocalFunction, bound: dict[str, Any], body: list[Any], frame: Frame,
            own: dict[str, Any] | None = None) -> Name:  # fmt: skip
    """Lower a body with parameters that are bound to what is given; ``own`` are further names of it."""
    meanings: dict[str, Any] = dict(own or {})
    for param, value in bound.items():
        if value == Const(None) and stays_none(body, param):
            value = Value(None, "None")  # `if callback is not None: callback(x)` is decided while compiling
        known = isinstance(value, CODE)
        meanings[param] = value if known else Variable(cx.names.fresh(param))
        if not known:
            cx.assign(meanings[param].name, value)
    frame.given = tuple(m.name if isinstance(m := meanings[p], Variable) else "" for p in bound)
    with cx.called():
        return lower_function_body(cx, inner_scope(function, body, meanings), body, frame)


def inline_generator(cx: Context, function: LocalFunction, bound: dict[str, Any], body: list[Any], own: dict[str, Any],
                     take: Any) -> None:  # fmt: skip
    """Inline the function of a generator; ``take`` is what is done with its items."""
    key = recursion.key_of(function, {})
    if sum(f.function == key for f in cx.frames) > MAX_GENERATORS or len(cx.frames) > MAX_INLINE_DEPTH:
        raise cx.refuse("AC016", function.tree, function.scope, "a generator that runs over itself is not differentiated",
                        "write it as a loop, or return a list")  # fmt: skip
    _inline(cx, function, bound, body, Frame(key, cx.temporary("result"), closure=function.scope, take=take), own)


def inline_code(cx: Context, scope: Scope, node: Any, function: LocalFunction, bound: dict[str, Any]) -> Any:
    """Inline a call that returns a function, and give that function."""
    if len(cx.frames) > MAX_INLINE_DEPTH:
        raise cx.refuse(
            "AC001", node, scope, f"the call of `{function.name}` is nested too deeply", "call fewer functions"
        )
    frame = Frame(recursion.key_of(function, {}), cx.temporary("result"), closure=function.scope, makes=True)
    _inline(cx, function, bound, body_of(function.tree), frame)
    return frame.code


def return_code(cx: Context, scope: Scope, s: Any) -> None:
    """``return`` of a function by the function that makes it: which one must be certain."""
    frame = cx.frames[-1]
    found = expressions.compile_time(cx, scope, s.value)
    if found is None or frame.code is not None or frame.block is not cx.block:
        raise cx.refuse("AC019", s, scope, "which function is returned depends on a condition", "return one function,"
                        " and let it ask for the condition")  # fmt: skip
    frame.code = found


def stays_none(body: list[Any], param: str) -> bool:
    """Whether a parameter that is None is bound to nothing else, but under `if param is None`.

    >>> stays_none(gast.parse("if f is None: f = 1").body, "f"), stays_none(gast.parse("if g: f = 1").body, "f")
    (True, False)
    """
    others = [
        s
        for s in body
        if not (isinstance(s, gast.If) and not s.orelse and gast.unparse(s.test).strip("()\n ") == f"{param} is None")
    ]
    return param not in assigned_names(others)


def names_bound_in(tree: Any) -> frozenset[str]:
    """The names that a function binds, its parameters left out."""
    return assigned_names(body_of(tree))


def body_of(tree: Any) -> list[Any]:
    """The statements of a function; those of a lambda are one ``return``."""
    is_lambda = isinstance(tree, gast.Lambda)
    if is_lambda:
        return [gast.copy_location(gast.Return(tree.body), tree.body)]
    return without_match(tree.body)


def inner_scope(function: LocalFunction, body: list[Any], meanings: dict[str, Any]) -> Scope:
    """The scope of a function's body, in which its parameters mean what is given."""
    assigned, outer = assignments(body), function.scope
    bound = frozenset((*assigned, *meanings))
    rebound = frozenset(n for n, count in assigned.items() if count > 1)
    first = next((m for m in meanings if not m.startswith("<")), None)
    inner = getattr(function.tree, "_inner", False)
    return Scope(
        dict(meanings), bound, outer.lookup_free, outer, outer.source, rebound=rebound,
        assigned=frozenset(assigned), params=frozenset(meanings), first=first, inner=inner,
    )  # fmt: skip


def lower_function_body(cx: Context, scope: Scope, body: list[Any], key: Any) -> Name:
    """Lower a body whose ``return`` binds a result variable; falling off the end returns None.

    ``key`` tells the function apart, or is the frame that was made for it.
    """
    frame = key if isinstance(key, Frame) else Frame(key, cx.temporary("result"))
    frame.block, frame.scope = cx.block, scope
    cx.frames.append(frame)
    if frame.makes:
        statements.lower_block(cx, scope, body)
        cx.frames.pop()
        return Name(frame.result)
    if "return" in any_jump(body):
        frame.returned = cx.temporary("returned")
        cx.assign(frame.returned, Const(False))
    if not always_jumps(body):
        cx.assign(frame.result, Const(None))
    statements.lower_block(cx, scope, body)
    cx.frames.pop()
    return Name(frame.result)
