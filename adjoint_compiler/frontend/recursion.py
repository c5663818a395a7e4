"""Recursive functions: programs of their own, which the others call.

Every Python function is inlined where it is called. When inlining meets a function that it is in the middle of,
lowering starts again with that function known to be recursive: its calls stay calls.

    def power(x, n):                          def power_inner(x, n):
        ...                                       ...
        half = power(x, n // 2)       ->          half = call power_inner(x, n // 2)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import gast
import numpy as np

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.frontend import inlining
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.held_parts import pass_held_parts
from adjoint_compiler.frontend.scope import CODE, LocalFunction, Scope, Value, Variable
from adjoint_compiler.frontend.source import span_of
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    NOWHERE,
    Block,
    Call,
    Name,
    Operand,
    Pack,
    Program,
    Return,
    Statement,
)
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.rename import map_block, rename_all

MAX_CALLEES = 20
MAX_RESTARTS = 60
CHANGEABLE = ("list", "dict", "record")  # what the callee may change, and so needs a name
GENERATED = "<adjoint_compiler"  # how the file names of generated functions begin
Lowering = TypeVar("Lowering")


class Same:
    """A value compared by identity, and kept alive."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


class Recursive(Exception):
    """Lowering met the call of a function that it is in the middle of."""

    def __init__(self, key: Any) -> None:
        super().__init__(key)
        self.key = key


@dataclass(eq=False)
class Callee:
    """A recursive function; ``body`` is there once it is lowered."""

    name: str
    params: tuple[str, ...]
    tree: Any
    source: Any
    body: Block = ()


class MetLate(Exception):
    """Lowering met names that turned out to be objects only further down: ``best = None`` above a loop that binds it."""

    def __init__(self, types: dict[str, Any]) -> None:
        super().__init__(types)
        self.types = types


def restarted(lower: Callable[[frozenset[Any], dict[str, Any]], Lowering]) -> Lowering:
    """The result of ``lower``, which is given the keys of the functions that are known to be recursive, and types met late."""
    known: frozenset[Any] = frozenset()
    late: dict[str, Any] = {}
    for _ in range(MAX_RESTARTS):
        try:
            return lower(known, late)
        except Recursive as found:
            known |= {found.key}
        except MetLate as found:
            late = {**late, **found.types}
    message = "a recursive function is differentiated anew in each of its calls"
    raise DifferentiationError(Diagnostic("AC001", NOWHERE, message, (), "make the derivative once, outside of it"))


def key_of(function: Any, known: dict[str, Any]) -> Any:
    """What tells functions apart: the function, and the functions it is given as arguments (``known``).

    ``function`` is a live function, or a nested one, which is told by its place.
    """

    def place(f: Any) -> Any:
        if not isinstance(f, LocalFunction):
            return Same(f.value if isinstance(f, Value) else f)
        return (f.scope.source.file, f.tree.lineno, f.tree.col_offset, f.name)

    return (place(function), tuple((p, place(f)) for p, f in known.items()))


def call_recursive(
    cx: Context, scope: Scope, node: Any, function: LocalFunction, key: Any, bound: dict[str, Any]
) -> Operand:
    """Write the call of a recursive function; ``bound`` gives its arguments and compile-time values by parameter."""
    if function.scope.source.file.startswith(GENERATED) and function.name.endswith(("_primal", "_adjoint")):
        raise cx.refuse("AC001", node, scope, "derivatives of derivatives of recursive functions are not compiled yet",
                        "write the recursion as a loop, or take differences of the gradient")  # fmt: skip
    known = {p: v for p, v in bound.items() if isinstance(v, CODE)}
    scopes = [f.scope for f in (function, *known.values()) if isinstance(f, LocalFunction)]
    variant = (key, tuple(Same(s) for s in scopes if s.parent is not None or s.locals))
    callee = cx.callees.get(variant)
    if callee is None:
        if len(cx.callees) == MAX_CALLEES:
            raise cx.refuse("AC001", node, scope, f"`{function.name}` calls itself with a new function each time",
                            "pass numbers and arrays instead")  # fmt: skip
        callee = cx.callees[variant] = Callee(
            _program_name(cx, function), tuple(cx.names.fresh(p) for p in bound if p not in known),
            function.tree, function.scope.source,
        )  # fmt: skip
        meanings = {**known, **{p: Variable(n) for p, n in zip((p for p in bound if p not in known), callee.params)}}
        _lower_body(cx, function, key, callee, meanings)
    target = cx.temporary("result")
    given = (bound[p] for p in bound if p not in known)
    args = tuple(cx.bind("copy", a) if isinstance(a, Pack) and a.kind in CHANGEABLE else a for a in given)
    cx.emit(Call(target, callee.name, args, cx.span))
    return Name(target)


def _lower_body(cx: Context, function: LocalFunction, key: Any, callee: Callee, meanings: dict[str, Any]) -> None:
    outer = cx.block, cx.frames
    cx.enclosing.append(cx.block)  # what it reads of the functions around it is known from there
    cx.block, cx.frames = [], []
    cx.recursing += 1
    body = inlining.body_of(function.tree)
    inner = inlining.inner_scope(function, body, meanings)
    with cx.called():
        result = inlining.lower_function_body(cx, inner, body, key)
        callee.body = (*cx.block, Return(result, cx.span))
    cx.block, cx.frames = outer
    cx.enclosing.pop()
    cx.recursing -= 1


def _program_name(cx: Context, function: LocalFunction) -> str:
    """A name for the function; its primal and its adjoint are named after it."""
    stem = "inner" if isinstance(function.tree, gast.Lambda) else function.name
    for name in _candidates(stem):
        three = {name, f"{name}_primal", f"{name}_adjoint"}
        if not three & cx.names.taken:
            cx.names.taken |= three
            return name
    raise AssertionError("names are endless")


def _candidates(stem: str) -> Iterator[str]:
    yield stem
    number = 1
    while True:
        yield f"{stem}_inner{number if number > 1 else ''}"
        number += 1


# -- closing ---------------------------------------------------------------------------------------------------


def close(cx: Context, program: Program, reserved: frozenset[str]) -> tuple[Program, tuple[Program, ...]]:
    """The outermost program and those of the recursive functions, all reading nothing but parameters and free numbers.

    What a recursive function reads of the functions around it, and arrays that are neither arguments nor its own,
    become further parameters. Its variables get the names that the user gave them.
    """
    callees = {c.name: c for c in cx.callees.values()}
    program = pass_held_parts(cx, program, callees)
    extra: dict[str, tuple[str, ...]] = dict.fromkeys(callees, ())
    while True:
        before = dict(extra)
        for c in callees.values():
            extra[c.name] = tuple(_unbound(c.params, passed(c.body, extra), _numbers(cx)))
        if extra == before:
            break
    if not callees:
        return program, ()
    taken = reserved | {m for n in (program.name, *callees) for m in (n, f"{n}_primal", f"{n}_adjoint", f"{n}_grad")}
    main = replace(program, body=passed(program.body, extra))
    return _tidied(cx, main, taken), tuple(_program(cx, c, extra, taken) for c in callees.values())


def passed(block: Block, extra: dict[str, tuple[str, ...]]) -> Block:
    """The block with further arguments, by callee, at the end of its calls."""

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Call):
            return [s]
        return [replace(s, args=(*s.args, *(Name(n) for n in extra[s.callee])))]

    return map_block(block, change)


def _numbers(cx: Context) -> frozenset[str]:
    """Free names that recursive functions read as globals: what holds no memory that could be stored into."""
    simple = (bool, int, float, complex, str, np.generic, type(None))
    return frozenset(n for n, f in cx.free.items() if isinstance(f.value, simple))


def _unbound(params: tuple[str, ...], block: Block, free: frozenset[str]) -> dict[str, None]:
    bound = {*params, *(n for s in walk(block) for n in names_bound(s))}
    return dict.fromkeys(n for s in walk(block) for n in reads(s) if n not in bound and n not in free)


def _program(cx: Context, c: Callee, extra: dict[str, tuple[str, ...]], taken: frozenset[str]) -> Program:
    body, params = passed(c.body, extra), (*c.params, *extra[c.name])
    read = {n for s in walk(body) for n in reads(s)}
    free = tuple(n for n in cx.free if n in read and n not in params)
    program = Program(
        c.name, params, body, free=free, span=span_of(c.tree, c.source), temporaries=frozenset(cx.temporaries)
    )
    return _tidied(cx, program, taken)


def _tidied(cx: Context, program: Program, taken: frozenset[str]) -> Program:
    """The program, its names numbered anew: lowering numbered those of all programs together."""
    names, change = Names(taken | set(program.free)), {}
    for n in dict.fromkeys((*program.params, *(n for s in program.statements for n in (*reads(s), *names_bound(s))))):
        if n not in program.free:
            change[n] = names.fresh(cx.names.stems.get(n, n))
    return replace(
        rename_all(program, change), params=tuple(change[p] for p in program.params),
        types={change[p]: t for p, t in program.types.items()},
        temporaries=frozenset(change[n] for n in program.temporaries if n in change),
    )  # fmt: skip


__all__ = ["MetLate", "Recursive", "call_recursive", "close", "key_of", "restarted"]
