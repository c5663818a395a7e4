"""``try``: exceptions as jumps. What may raise is run in a ``Try`` of its own; the rest of the block waits for it.

try:                                     try until ValueError -> failed:
    y = math.log(x)                          t = math.log(x)
    a[k] = y                                 y = t
except ValueError:               ->      if failed:
    y = 0.0                                  y = 0.0
                                         else:
                                             a[k] = y

So each statement that an exception can end has run or has not, as a whole, and the reverse sweep undoes what has run.
``finally`` is what follows, whatever happened; where it prints, an exception is held until it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gast

from adjoint_compiler.frontend import expressions, statements
from adjoint_compiler.frontend.context import Context, as_block
from adjoint_compiler.frontend.jumps import always_jumps, any_jump
from adjoint_compiler.frontend.may_raise import Caught, Raising
from adjoint_compiler.frontend.meanings import merge_meanings, restore_meanings
from adjoint_compiler.frontend.scope import Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Comment,
    Const,
    Effect,
    For,
    If,
    Name,
    Statement,
    Try,
    While,
    With,
)
from adjoint_compiler.ir.walk import walk


def lower_try(cx: Context, scope: Scope, s: Any) -> None:
    """``try`` with its ``except``, ``else`` and ``finally``."""
    if not s.finalbody:
        _lower_except(cx, scope, s)
        return
    if any_jump(s.finalbody):
        raise cx.refuse("AC001", s, scope, "a jump out of `finally` is not differentiated", "jump after it")
    inner = [gast.copy_location(gast.Try(s.body, s.handlers, s.orelse, []), s)] if s.handlers else s.body
    with cx.nested() as body:
        statements.lower_block(cx, scope, inner)
    with cx.nested() as last:
        statements.lower_block(cx, scope, s.finalbody)
    if not cx.trying and not any(isinstance(x, Effect) for x in walk(tuple(last))):
        cx.block += [*body, *last]
        return
    # It must run although an exception is on its way: to a handler around this, or to the caller, who sees what is printed.
    guard = Guard(cx, [Caught((BaseException,), "BaseException")], "error")
    cx.block += [*guard.whole(tuple(body)), *last]
    if guard.used:
        again = Effect("raise", (Name(str(guard.error)),), cx.span, "")
        cx.emit(If(Name(guard.flag), (again,), (), cx.span))


def _lower_except(cx: Context, scope: Scope, s: Any) -> None:
    span = cx.span
    caught = [_caught(cx, scope, h) for h in s.handlers]
    wants_error = any(h.name is not None or _raises_again(h.body) for h in s.handlers)
    guard = Guard(cx, caught, "error" if wants_error else None)
    before = dict(scope.locals)
    cx.trying += 1
    with cx.nested() as body:
        statements.lower_block(cx, scope, s.body)
        guarded = guard.whole(tuple(body))
    cx.trying -= 1
    after = restore_meanings(scope, before)
    flags = statements.escape_flags(cx, any_jump(s.body)) if any_jump(s.body) and s.orelse else []
    with cx.nested() as otherwise:
        scope.locals.update(after)
        if flags:
            go = flags[0] if len(flags) == 1 else cx.bind("operator.or_", *flags, stem="jumped")
            with cx.nested() as rest:
                statements.lower_block(cx, scope, s.orelse)
            cx.emit(If(cx.bind("operator.not_", go, stem="go"), as_block(rest), (), span))
        else:
            statements.lower_block(cx, scope, s.orelse)
    ended = always_jumps([*s.body, *s.orelse])
    after = restore_meanings(scope, before)
    blocks = []
    for h in s.handlers:
        with cx.nested() as block:
            _lower_handler(cx, scope, h, guard)
        blocks.append(as_block(block))
        jumps = always_jumps(h.body)
        merge_meanings(cx, scope, after, ended, jumps)
        after, ended = restore_meanings(scope, before), ended and jumps
    scope.locals.update(after)
    cx.span = span
    cx.block += guarded
    if not guard.used:  # nothing in it can raise what is caught
        cx.block += otherwise
        return
    _emit_choice(cx, guard, blocks, as_block(otherwise))


def _emit_choice(cx: Context, guard: Guard, blocks: list[Block], otherwise: Block) -> None:
    """The handler of the exception, or what comes after without one."""
    if len(blocks) == 1:
        cx.emit(If(Name(guard.flag), blocks[0], otherwise, cx.span))
        return
    rest = otherwise
    for k in reversed(range(len(blocks))):
        test = cx.temporary("test")
        made = Bind(test, "operator.eq", (Name(guard.flag), Const(k + 1)), (), cx.span)
        rest = (made, If(Name(test), blocks[k], rest, cx.span))
    cx.block += rest


def _lower_handler(cx: Context, scope: Scope, h: Any, guard: Guard) -> None:
    """The block of an ``except``; the exception has a name, and may be raised again."""
    if h.name is not None:
        name = h.name.id if isinstance(h.name, gast.Name) else str(h.name)
        scope.locals[name] = Variable(str(guard.error))
    cx.caught.append(guard.error)
    statements.lower_block(cx, scope, h.body)
    cx.caught.pop()


def _raises_again(block: list[Any]) -> bool:
    return any(isinstance(n, gast.Raise) and n.exc is None for s in block for n in gast.walk(s))


def _caught(cx: Context, scope: Scope, h: Any) -> Caught:
    if h.type is None:
        return Caught((BaseException,), "BaseException")
    parts = h.type.elts if isinstance(h.type, gast.Tuple) else [h.type]
    classes = []
    for part in parts:
        found = expressions.compile_time(cx, scope, part)
        value = found.value if isinstance(found, Value) else None
        for cls in value if isinstance(value, tuple) else (value,):
            if not (isinstance(cls, type) and issubclass(cls, BaseException)):
                raise cx.refuse(
                    "AC001", part, scope, "which exceptions are caught here is not known", "name their classes"
                )
            classes.append(cls)
    names = [expressions.class_name(cx, c) for c in classes]
    return Caught(tuple(classes), names[0] if len(names) == 1 else f"({', '.join(names)})")


# -- what may raise ----------------------------------------------------------------------------------------------


class Guard(Raising):
    """The statements of a ``try``, with what may raise in a ``Try`` each.

    Attributes:
        flag: tells, in the end, which exception was caught.
        error: the name of the exception; None where that is not asked for.
        used: whether anything may raise what is caught.
    """

    def __init__(self, cx: Context, caught: list[Caught], error: str | None) -> None:
        super().__init__(cx, caught)
        self.flag = cx.temporary("failed" if len(caught) == 1 else "caught")
        self.error = cx.names.fresh(error) if error else None
        if self.error:
            cx.names.taken.add(f"{self.error}_")
        self.used = False
        self.single = False

    def whole(self, body: Block) -> list[Statement]:
        """The body of the ``try``; the flag is bound after it."""
        self.types = types_so_far(self.cx)
        self.bound = [n for s in walk(body) for n in s.bound]
        # with one place that raises, which is at the outermost level, its own flag is the flag
        places = sum(self._groups(b) for b in (body,))
        self.single = places == 1 and not any(
            s.blocks and not isinstance(s, Try) and self._may_raise_within(s) for s in body
        )
        out = self.block(body)
        if not self.used or self.single:
            return out
        start = False if len(self.caught) == 1 else 0
        first: list[Statement] = [Bind(self.flag, "copy", (Const(start),), (), self.cx.span)]
        if self.error:
            first.append(Bind(self.error, "copy", (Const(None),), (), self.cx.span))
        return [*first, *out]

    def _groups(self, body: Block) -> int:
        """How many places of a block may raise, those nested in its statements counted as one each."""
        return sum(1 for _, raises in self.pieces(body) if raises)

    def pieces(self, body: Block) -> Iterator[tuple[list[Statement], bool]]:
        """The statements in groups that have run or have not, and whether one may raise."""
        group: list[Statement] = []
        for s in body:
            if s.blocks and not isinstance(s, Try):
                if group:
                    yield group, True
                    group = []
                yield [s], self._may_raise_within(s)
                continue
            raises = self.may_raise(s)
            if not group and not raises:
                yield [s], False
                continue
            group.append(s)
            if self.lasts(s):
                yield group, True
                group = []
        if group:
            yield group, True

    def lasts(self, s: Statement) -> bool:
        """Whether a statement changes more than a temporary."""
        if not isinstance(s, Bind):
            return not isinstance(s, Comment)
        return s.target not in self.cx.temporaries or self.bound.count(s.target) > 1

    def _may_raise_within(self, s: Statement) -> bool:
        return any(self.may_raise(x) for x in walk((s,)) if not x.blocks or isinstance(x, Try))

    def block(self, body: Block) -> list[Statement]:
        """The block; what follows a place that raised is not run."""
        out: list[Statement] = []
        groups = list(self.pieces(body))
        for k, (group, raises) in enumerate(groups):
            if not raises:
                out += group
                continue
            self.used = True
            rest = tuple(s for g, _ in groups[k + 1 :] for s in g)
            inside = bool(group[0].blocks) and not isinstance(group[0], Try)
            out += self.nest(group[0]) if inside else self.attempt(group, rest)
            if rest and inside:
                go = self.cx.temporary("go")
                out.append(Bind(go, "operator.not_", (Name(self.flag),), (), self.cx.span))
                out.append(If(Name(go), tuple(self.block(rest)), (), self.cx.span))
            return out
        return out

    def attempt(self, group: list[Statement], rest: Block) -> list[Statement]:
        """One ``Try``, and what comes after it."""
        if any(isinstance(s, Call) for s in group):
            span = next(s.span for s in group if isinstance(s, Call))
            self.cx.span = span
            raise self.cx.refuse("AC001", None, None, "the call of a recursive function in `try` is not differentiated yet",  # type: ignore[arg-type]
                                 "test with `if` for what would raise")  # fmt: skip
        span = group[-1].span
        handlers = tuple(c.text for c in self.caught)
        if self.single:
            after = tuple(self.block(rest))
            made = Try(self.flag, tuple(group), handlers, self.error, span)
            if not after:
                return [made]
            go = self.cx.temporary("go")
            ahead = Bind(go, "operator.not_", (Name(self.flag),), (), span)
            return [made, ahead, If(Name(go), after, (), span)]
        own = self.cx.temporary("failed" if len(self.caught) == 1 else "caught")
        error = self.cx.temporary("error") if self.error else None
        raised: list[Statement] = [Bind(self.flag, "copy", (Name(own),), (), span)]
        if self.error and error:
            self.cx.names.taken.add(f"{error}_")
            raised.append(Bind(self.error, "copy", (Name(error),), (), span))
        test = own
        more: list[Statement] = []
        if len(self.caught) > 1:
            test = self.cx.temporary("raised")
            more.append(Bind(test, "operator.ne", (Name(own), Const(0)), (), span))
        after = tuple(self.block(rest))
        return [Try(own, tuple(group), handlers, error, span), *more, If(Name(test), tuple(raised), after, span)]

    def nest(self, s: Statement) -> list[Statement]:
        """A branch, loop or context in which something may raise: a loop ends then."""
        if isinstance(s, If):
            return [replace(s, then=tuple(self.block(s.then)), orelse=tuple(self.block(s.orelse)))]
        if isinstance(s, With):
            return [replace(s, body=tuple(self.block(s.body)))]
        assert isinstance(s, (For, While))
        before, until, body = self.ended_by(s)
        if isinstance(s, For) or not any(self.may_raise(x) for x in walk(s.header)):
            return [*before, replace(s, body=body, until=until)]
        go = self.cx.temporary("go")
        header = self.block((*s.header, Bind(go, "copy", (s.cond,), (), s.span)))
        start = Bind(go, "copy", (Const(False),), (), s.span)
        return [*before, replace(s, header=(start, *header), cond=Name(go), body=body, until=until)]

    def ended_by(self, s: For | While) -> tuple[list[Statement], str, Block]:
        """What a loop needs before it, the flag that ends it, and its body."""
        body = self.block(s.body)
        if s.until is None and len(self.caught) == 1:
            return [], self.flag, tuple(body)
        stop = self.cx.temporary("stop")
        before: list[Statement] = [Bind(stop, "copy", (Const(False),), (), s.span)]
        raised = Name(self.flag)
        last: list[Statement] = []
        if len(self.caught) > 1:
            raised = Name(self.cx.temporary("raised"))
            last.append(Bind(raised.id, "operator.ne", (Name(self.flag), Const(0)), (), s.span))
        if s.until is None:
            last.append(Bind(stop, "copy", (raised,), (), s.span))
        else:
            last.append(Bind(stop, "operator.or_", (raised, Name(s.until)), (), s.span))
        return before, stop, (*body, *last)


__all__ = ["lower_try"]
