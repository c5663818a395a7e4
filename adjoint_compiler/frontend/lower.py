"""The frontend's entry: a live Python function to an IR program."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import Any

import gast

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.frontend import arguments, custom, held_functions, inlining
from adjoint_compiler.frontend.assumptions import check_assumptions, objects_met_late
from adjoint_compiler.frontend.context import Context, Refused
from adjoint_compiler.frontend.jumps import assignments
from adjoint_compiler.frontend.recovery import TOLD
from adjoint_compiler.frontend.recursion import MetLate, close, key_of, restarted
from adjoint_compiler.frontend.scope import Free, Scope, Value, Variable, Watch, live_lookup
from adjoint_compiler.frontend.source import source_of, span_of
from adjoint_compiler.ir.names import STANDARD, Names
from adjoint_compiler.ir.nodes import Bind, Name, Operand, Program, Return, Span
from adjoint_compiler.ir.types import NONE, Type
from adjoint_compiler.ir.walk import walk

MAX_LATE = 20  # names
GENERATED = ("primal", "adjoint", "grad", "jvp")  # what the names of generated functions end with


@dataclass(frozen=True)
class Lowered:
    """A program and what its free names are.

    Attributes:
        program: the IR.
        free: for each free name of the program, where its value is read.
        constants: classes and other objects the emitted code names (exception classes).
        watched: what names outside the function meant; another meaning needs another program.
        callees: the recursive functions that the program calls.
        faults: what is outside the language; for each the program has an operation ``refused``.
        gradients_met: how many calls of gradients there are.
        inlined: the derivatives that are inlined in it, compiled.
        derives: whether it calls derivatives, which are constants at times.
        compiled: the functions of Numba's that it calls, and where.
    """

    program: Program
    free: dict[str, Free]
    constants: dict[str, Any]
    watched: tuple[Watch, ...] = ()
    callees: tuple[Program, ...] = ()
    faults: tuple[Diagnostic, ...] = ()
    gradients_met: int = 0
    inlined: tuple[Any, ...] = ()
    derives: bool = False
    compiled: tuple[tuple[Any, Span], ...] = ()


def lower_function(function: Any, types: dict[str, Type], functions: dict[str, Any] | None = None, *,
                   known: dict[str, Any] | None = None, stars: dict[str, tuple[str, ...]] | None = None,
                   calls_gradients: bool = False) -> Lowered:  # fmt: skip
    """Lower a live function.

    Args:
        function: a Python function.
        types: what is known of its parameters.
        functions: parameters that are functions, by name: inlined where they are called.
        known: the meaning of free names, where it is not what the function's globals say.
        stars: the names of what parameters with stars hold.
        calls_gradients: whether calls of gradients stay calls, of functions with rules (see ``rules.gradient_calls``).

    Raises:
        DifferentiationError: when the function has no source, or parameters with stars.
    """
    plain = getattr(function, "py_func", function)
    source = source_of(function)
    live, meanings = live_lookup(plain, source), known or {}

    def lookup(name: str) -> Any:
        return meanings[name] if name in meanings else live(name)

    return lower_tree(source, lookup, plain.__name__, types, functions or {}, plain, stars, calls_gradients)


def helper_names() -> frozenset[str]:
    """Names that generated code gives to helpers: the user's variables of the same name are renamed."""
    from adjoint_compiler.rules.stated import function_words

    return _runtime_helpers() | function_words().keys()


@functools.cache
def _runtime_helpers() -> frozenset[str]:
    from adjoint_compiler import runtime

    return frozenset(n for n in dir(runtime) if callable(getattr(runtime, n)))


def lower_tree(
    source: Any, lookup: Any, name: str, types: dict[str, Type], functions: dict[str, Any], key: Any,
    stars: dict[str, tuple[str, ...]] | None = None, calls_gradients: bool = False,
) -> Lowered:  # fmt: skip
    """Lower a function's tree with the given meaning of free names."""
    kept: tuple[dict[Any, Any], dict[Any, Any]] = {}, {}
    return restarted(
        lambda recursive, late: _lower_tree(
            source, lookup, name, types, functions, key, recursive, late, stars, calls_gradients, kept
        )
    )


def _lower_tree(source: Any, lookup: Any, name: str, types: dict[str, Type], functions: dict[str, Any], key: Any,
                recursive: frozenset[Any], late: dict[str, Type], stars: dict[str, tuple[str, ...]] | None,
                calls_gradients: bool, kept: tuple[dict[Any, Any], dict[Any, Any]],
                reserved: frozenset[str] = frozenset()) -> Lowered:  # fmt: skip
    tree = source.tree
    args = tree.args
    names = Names(helper_names() | reserved)
    cx = Context(names, recursive)
    cx.late, cx.objects, cx.calls_gradients, (cx.inlined, cx.closures) = late, bool(late), calls_gradients, kept
    held = {a.id: stars[a.id] for a in (args.vararg, args.kwarg) if a is not None and stars is not None}
    first, last = (held.get(a.id, ()) if a is not None else () for a in (args.vararg, args.kwarg))
    params = (*(a.id for a in (*args.posonlyargs, *args.args)), *first, *(a.id for a in args.kwonlyargs), *last)
    is_lambda = isinstance(tree, gast.Lambda)
    body = inlining.body_of(tree)
    assigned = assignments(body)
    rebound = frozenset(n for n, count in assigned.items() if count > 1)
    scope = Scope({}, frozenset((*assigned, *params)), lookup, None, source, rebound=rebound)
    for node, what in ((args.vararg, "*"), (args.kwarg, "**")):
        if node is not None and stars is None:
            cx.refuse("AC001", node, scope, f"`{what}{node.id}` is not differentiated here", "name the parameters")
            scope.locals[node.id] = TOLD
    own: dict[str, str] = {}
    for p in params:
        own[p] = names.fresh("_".join(re.findall(r"\w+", p)))  # of what a parameter with a star holds: `args[0]`
        is_none = types.get(p) == NONE and inlining.stays_none(body, p)
        scope.locals[p] = Value(functions.get(p), p) if p in functions or is_none else Variable(own[p])
    if is_lambda:
        name = "f"
    names.taken |= {name, *(f"{name}_{form}" for form in GENERATED)}
    known = {p: m for p, m in scope.locals.items() if isinstance(m, Value)}
    cx.types = {m.name: types[p] for p, m in scope.locals.items() if isinstance(m, Variable) and p in types}
    for star, parts in held.items():
        items = tuple(m if isinstance(m := scope.locals[p], Value) else Name(m.name) for p in parts)
        keys = tuple(p[len(star) + 2 : -2] for p in parts) if args.kwarg is not None and star == args.kwarg.id else None
        scope.locals[star] = arguments.starred_parameter(cx, star, items, keys)
    result = inlining.lower_function_body(cx, scope, body, key_of(key, known))
    found = objects_met_late(cx)
    if not late.items() >= found.items() and len(late) < MAX_LATE:
        raise MetLate({n: t for n, t in found.items() if n not in late})
    if clashing := _modules_named(cx) - reserved:
        return _lower_tree(
            source, lookup, name, types, functions, key, recursive, late, stars, calls_gradients, kept, clashing
        )
    held_functions.check_result(cx, scope, tree, result)
    if (lists := check_assumptions(cx)) and len(late) < MAX_LATE:
        raise MetLate(lists)
    if (args.vararg or args.kwarg) and stars is None:  # what is passed does not fit the program's parameters
        raise DifferentiationError(cx.diagnostics)
    cx.emit(Return(result, cx.span))
    doc = gast.get_docstring(tree) if not is_lambda else None
    renamed = {own[p]: p for p in params if isinstance(scope.locals[p], Variable)}
    program = Program(
        name=name,
        params=tuple(own[p] for p in params),
        body=tuple(cx.block),
        types={ir: types[p] for ir, p in renamed.items() if p in types},
        free=tuple(cx.free),
        span=span_of(tree, source),
        doc=doc or "",
        temporaries=frozenset(cx.temporaries),
    )
    program, callees = close(cx, program, helper_names())
    return Lowered(
        program, cx.free, cx.constants, tuple(cx.watched.values()), callees, tuple(cx.diagnostics), cx.gradients_met,
        tuple(cx.inlined.values()), bool(cx.inlined or cx.gradients_met), tuple(cx.compiled.items()),
    )  # fmt: skip


def _modules_named(cx: Context) -> frozenset[str]:
    """Names of variables that are those of modules which generated code calls: `time = 2.0` beside `time.time()`."""
    blocks = (cx.block, *(c.body for c in cx.callees.values()))
    modules = {s.op.split(".")[0] for b in blocks for s in walk(tuple(b)) if isinstance(s, Bind)}
    return frozenset(modules & cx.names.stems.keys() & STANDARD)


def lower_rule(rule: Any, name: str, params: tuple[str, ...], types: dict[str, Type], functions: dict[str, Any],
               span: Span) -> Lowered:  # fmt: skip
    """A program that only calls a function with a rule of the user's."""
    names = Names(helper_names() | {name, *(f"{name}_{form}" for form in GENERATED)})
    cx = Context(names)
    cx.span = span
    own = {p: names.fresh(p) for p in params}
    args: list[Operand] = [
        custom.named_function(cx, rule, functions[p], p) if p in functions else Name(own[p]) for p in params
    ]
    try:
        result = custom.bind_custom_call(cx, None, None, rule, args, "y")
    except Refused:
        raise DifferentiationError(cx.diagnostics) from None
    cx.emit(Return(result, span))
    program = Program(
        name, tuple(own.values()), tuple(cx.block), {own[p]: t for p, t in types.items()}, tuple(cx.free), span=span,
        temporaries=frozenset(cx.temporaries),
    )  # fmt: skip
    return Lowered(program, cx.free, cx.constants)
