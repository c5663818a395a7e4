"""Named tuples that a program makes and keeps to itself, as tuples: a module of compiled functions knows no class.

points.append(Point(x, y))                 points.append((x, y))
p = points[k]                       ->     p = points[k]
s = s + p.x * p.y                          s = s + p[0] * p[1]
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.inference import infer_types
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Program,
    Push,
    Return,
    Span,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.types import UNKNOWN, Type
from adjoint_compiler.optimize.rename import map_statements

FIELD = "field"


def plain_tuples(program: Program, free: Types) -> Program:
    """The program with tuples for the named tuples that it makes (see the module's text).

    Args:
        program: a generated program.
        free: types of the names that it reads from outside.

    Raises:
        DifferentiationError: AC021, where it makes objects of other classes, or hands named tuples out.
    """
    made = [(s, c) for s in program.statements for o in s.operands if (c := _class_made(o)) is not None]
    if not made:
        return program
    for s, c in made:
        if not (isinstance(c.value, type) and issubclass(c.value, tuple)):
            _refuse(c, s.span)
    types = infer_types(program, free)
    last = program.body[-1]
    if isinstance(last, Return) and _holds_record(operand_type(last.value, types)):
        _refuse(made[0][1], made[0][0].span)

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op == FIELD and isinstance(s.args[0], Name) and isinstance(s.args[1], Const):
            keys = _keys(types.get(s.args[0].id, UNKNOWN))
            if s.args[1].value in keys:
                return [replace(s, op="index", args=(s.args[0], Const(keys.index(s.args[1].value))))]
        if isinstance(s, Bind):
            kwargs = tuple([(k, _plain(o)) for k, o in s.kwargs])
            return [replace(s, args=tuple(map(_plain, s.args)), kwargs=kwargs)]
        if isinstance(s, (Store, Update, Push)):
            return [replace(s, value=_plain(s.value))]
        return [replace(s, args=tuple(map(_plain, s.args)))] if isinstance(s, Effect) else [s]

    return map_statements(program, change)


def _keys(t: Type) -> tuple[str, ...]:
    """The names of a named tuple's items."""
    named = t.kind == "record" and not t.maybe_none and isinstance(t.cls, type) and issubclass(t.cls, tuple)
    return tuple(t.keys) if named else ()


def _plain(o: Operand) -> Operand:
    """An operand without named tuples.

    >>> _plain(Pack("list", (Pack("record", (Name("x"),), ("a",), Const(None, "P")),)))
    Pack(kind='list', items=(Pack(kind='tuple', items=(Name(id='x'),), keys=(), cls=None),), keys=(), cls=None)
    """
    if not isinstance(o, Pack):
        return o
    items = tuple(map(_plain, o.items))
    return Pack("tuple", items) if o.kind == "record" else replace(o, items=items)


def _class_made(o: Operand) -> Const | None:
    """The class of an object that an operand makes."""
    if not isinstance(o, Pack):
        return None
    if o.kind == "record":
        return o.cls
    return next((c for i in o.items if (c := _class_made(i)) is not None), None)


def _holds_record(t: Type) -> bool:
    return t.kind == "record" or any(map(_holds_record, t.items))


def _refuse(made: Const, span: Span) -> None:
    message = f"objects of class `{made.text}` are not made in compiled derivatives yet"
    advice = "pass their attributes on by themselves or in tuples, or use backend='numpy'"
    raise DifferentiationError(Diagnostic("AC021", span, message, (), advice))


__all__ = ["plain_tuples"]
