"""Statements made anew from others: with other names, or with other blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.ir.kept import keep
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Effect,
    For,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Push,
    Return,
    Statement,
    Store,
    Try,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.operands import map_operand

Change = Callable[[Operand], Operand]
Rename = Callable[[str], str]


def with_blocks(s: Statement, blocks: tuple[Block, ...]) -> Statement:
    """The statement with its nested blocks replaced."""
    if isinstance(s, If):
        return If(s.cond, blocks[0], blocks[1], s.span)
    if isinstance(s, While):
        return replace(s, header=blocks[0], body=blocks[1])
    if isinstance(s, For):
        return For(s.counter, s.start, s.stop, s.step, blocks[0], s.until, s.span, s.backward, s.parallel)
    return replace(s, body=blocks[0]) if isinstance(s, (With, Try)) else s


def map_names(s: Statement, read: Callable[[str], Operand], bind: Rename) -> Statement:
    """The statement itself (not its nested blocks) with names replaced.

    ``read`` gives the operand for a name that is read, ``bind`` the new name of one that is bound. Names that are
    stored into, pushed onto or popped from must map to names.
    """

    def ref(name: str) -> str:
        new = read(name)
        if not isinstance(new, Name):
            raise TypeError(f"{name} is changed in place and cannot become {new}")
        return new.id

    def op(o: Operand) -> Operand:
        return map_operand(o, read)

    if isinstance(s, Bind):
        return _map_bind(s, read, bind)
    if isinstance(s, (If, For, While, With, Try)):
        return _map_nest(s, op, ref, bind)
    if isinstance(s, Store):
        value = op(s.value)
        return Store(ref(s.target), op(s.index), value, s.span)
    if isinstance(s, Update):
        return Update(ref(s.target), None if s.index is None else op(s.index), s.op, op(s.value), s.span)
    if isinstance(s, Call):
        return replace(s, args=tuple(map(op, s.args)), target=s.target and bind(s.target), tape=s.tape and bind(s.tape))
    if isinstance(s, Effect):
        return replace(s, args=tuple(map(op, s.args)))
    if isinstance(s, Push):
        return replace(s, stack=ref(s.stack), value=op(s.value))
    if isinstance(s, Pop):
        return replace(s, stack=ref(s.stack), target=s.target and bind(s.target))
    return replace(s, value=op(s.value)) if isinstance(s, Return) else s


def _map_bind(s: Bind, read: Callable[[str], Operand], bind: Rename) -> Bind:
    args = tuple([read(a.id) if type(a) is Name else map_operand(a, read) for a in s.args])
    kwargs = tuple([(k, map_operand(v, read)) for k, v in s.kwargs]) if s.kwargs else ()
    new = Bind(bind(s.target), s.op, args, kwargs, s.span)
    if not kwargs and all([type(a) is type(b) is not Pack for a, b in zip(args, s.args)]):
        # names for names: its type is as it was for operands of these types
        keep(new, "_type", getattr(s, "_type", None))
    return new


def _map_nest(s: If | For | While | With | Try, op: Change, ref: Rename, bind: Rename) -> Statement:
    if isinstance(s, If):
        return If(op(s.cond), s.then, s.orelse, s.span)
    if isinstance(s, While):
        return replace(s, cond=op(s.cond), until=s.until and ref(s.until))
    if isinstance(s, With):
        return replace(s, context=op(s.context))
    if isinstance(s, Try):
        return replace(s, flag=bind(s.flag), error=s.error and bind(s.error))
    start, stop, step, counter = op(s.start), op(s.stop), op(s.step), bind(s.counter)
    return For(counter, start, stop, step, s.body, s.until and ref(s.until), s.span, s.backward, s.parallel)
