"""The frontend's entry: a live Python function to an IR program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gast

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.frontend import calls, expressions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.jumps import assigned_names
from adjoint_compiler.frontend.scope import Free, Scope, Value, Variable, live_lookup
from adjoint_compiler.frontend.source import source_of, span_of
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Program, Return
from adjoint_compiler.ir.types import Type


@dataclass(frozen=True)
class Lowered:
    """A program and what its free names are.

    Attributes:
        program: the IR.
        free: for each free name of the program, where its value is read.
        constants: classes and other objects the emitted code names (exception classes).
    """

    program: Program
    free: dict[str, Free]
    constants: dict[str, Any]


def lower_function(function: Any, types: dict[str, Type], functions: dict[str, Any] | None = None) -> Lowered:
    """Lower a live function.

    Args:
        function: a Python function.
        types: what is known of its parameters.
        functions: parameters that are functions, by name: inlined where they are called.

    Raises:
        DifferentiationError: with every construct that is outside the language.
    """
    plain = getattr(function, "py_func", function)
    source = source_of(function)
    return lower_tree(source, live_lookup(plain, source), plain.__name__, types, functions or {}, plain)


def helper_names() -> frozenset[str]:
    """Names that generated code gives to helpers: the user's variables of the same name are renamed."""
    from adjoint_compiler import runtime

    return frozenset(n for n in dir(runtime) if callable(getattr(runtime, n)))


def lower_tree(source: Any, lookup: Any, name: str, types: dict[str, Type], functions: dict[str, Any], key: Any) -> Lowered:
    """Lower a function's tree with the given meaning of free names."""
    tree = source.tree
    args = tree.args
    names = Names(helper_names())
    cx = Context(names)
    params = tuple(a.id for a in (*args.posonlyargs, *args.args, *args.kwonlyargs))
    for node, what in ((args.vararg, "*"), (args.kwarg, "**")):
        if node is not None:
            message = f"`{what}{node.id}` is not differentiated yet"
            raise DifferentiationError([Diagnostic("AC001", span_of(node, source), message, (), "name the parameters")])
    is_lambda = isinstance(tree, gast.Lambda)
    body = [gast.copy_location(gast.Return(tree.body), tree.body)] if is_lambda else tree.body
    scope = Scope({}, assigned_names(body) | frozenset(params), lookup, None, source)
    for p in params:
        scope.locals[p] = Value(functions[p], p) if p in functions else Variable(names.fresh(p))
    if is_lambda:
        name = "f"
    names.taken.add(name)
    result = calls.lower_function_body(cx, scope, body, key, expressions)
    if cx.diagnostics:
        raise DifferentiationError(cx.diagnostics)
    cx.emit(Return(result, cx.span))
    doc = gast.get_docstring(tree) if not is_lambda else None
    renamed = {scope.locals[p].name: p for p in params if isinstance(scope.locals[p], Variable)}
    program = Program(
        name=name,
        params=tuple(scope.locals[p].name if isinstance(scope.locals[p], Variable) else p for p in params),
        body=tuple(cx.block),
        types={ir: types[p] for ir, p in renamed.items() if p in types},
        free=tuple(cx.free),
        span=span_of(tree, source),
        doc=doc or "",
        temporaries=frozenset(cx.temporaries),
    )
    return Lowered(program, cx.free, cx.constants)
