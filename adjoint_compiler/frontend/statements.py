"""Lowering of statements: structured control flow, assignments, effects."""

from __future__ import annotations

from typing import Any

import gast

from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.frontend import (
    arguments,
    assigned_inside,
    comprehensions,
    expressions,
    iteration,
    patterns,
    starred,
    surroundings,
)
from adjoint_compiler.frontend.assumptions import resizing, types_so_far
from adjoint_compiler.frontend.context import Context, Loop, as_block
from adjoint_compiler.frontend.jumps import always_jumps, may_jump
from adjoint_compiler.frontend.meanings import check_meanings, merge_meanings, names_code, restore_meanings
from adjoint_compiler.frontend.recovery import lower_guarded
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Variable
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Const,
    Effect,
    For,
    If,
    Name,
    Operand,
    Pack,
    Statement,
    Store,
    Update,
    While,
)
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import binds, names_stored, walk
from adjoint_compiler.rules import TABLE

OPERATORS = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv",
    gast.Mod: "mod", gast.Pow: "pow", gast.MatMult: "matmul", gast.BitAnd: "and_", gast.BitOr: "or_",
    gast.BitXor: "xor", gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip

# What has no lowering, by its class: the code it earns, how it is written, and what to write instead.
UNSUPPORTED = {
    "AsyncFor": ("AC001", "async for", "use `for`"),
    "AsyncWith": ("AC001", "async with", "do such work outside of the function"),
    "ClassDef": ("AC001", "class", "define it outside of the function"),
    "Global": ("AC011", "global", "return the value, and assign it where the function is called"),
    "Nonlocal": ("AC011", "nonlocal", "return the value, and assign it where the function is called"),
    "Try": ("AC001", "try", "test with `if` for what would raise"),
    "TryStar": ("AC001", "try", "test with `if` for what would raise"),
}


def lower_block(cx: Context, scope: Scope, statements: list[Any]) -> None:
    """Lower statements in order; code after a jump that was taken is guarded, never skipped silently."""
    for k, s in enumerate(statements):
        rest = statements[k + 1 :]
        cx.span = cx.place(s, scope)
        jumps = may_jump(s)
        if isinstance(s, gast.If) and jumps and rest and (always_jumps(s.body) or always_jumps(s.orelse)):
            # The rest of the block belongs to the branch that does not jump.
            then, orelse = (s.body, s.orelse + rest) if always_jumps(s.body) else (s.body + rest, s.orelse)
            if not lower_guarded(cx, scope, s, lambda s=s, a=then, b=orelse: _lower_if(cx, scope, s, a, b)):
                lower_block(cx, scope, rest)
            return
        lower_guarded(cx, scope, s, lambda s=s: lower_statement(cx, scope, s))
        if isinstance(s, (gast.Break, gast.Continue, gast.Return, gast.Raise)):
            return
        if jumps and rest:
            flags = _escape_flags(cx, jumps)
            with cx.nested() as body:
                lower_block(cx, scope, rest)
            go = flags[0] if len(flags) == 1 else cx.bind("operator.or_", *flags, stem="jumped")
            cx.emit(If(cx.bind("operator.not_", go, stem="go"), as_block(body), (), cx.span))
            return


def _escape_flags(cx: Context, jumps: frozenset[str]) -> list[Operand]:
    frame = cx.frames[-1]
    flags: list[Operand] = []
    if "return" in jumps and not frame.loops:
        assert frame.returned is not None
        flags.append(Name(frame.returned))
    if frame.loops:
        loop = frame.loops[-1]
        flags.append(Name(loop.stop))
        if "continue" in jumps:
            flags.append(Name(loop.skip))
        if jumps == {"continue"}:
            flags = [Name(loop.skip)]
    return flags


def lower_statement(cx: Context, scope: Scope, s: Any) -> None:
    """Lower one statement by its kind; refuse what has no lowering."""
    handler = HANDLERS.get(type(s))
    if handler is None:
        kind = type(s).__name__
        code, word, advice = UNSUPPORTED.get(kind, ("AC001", kind.lower(), "rewrite it with plain assignments"))
        what = "rebinds names outside of the function" if code == "AC011" else "is not differentiated yet"
        raise cx.refuse(code, s, scope, f"`{word}` {what}", advice)
    assigned_inside.check_named(cx, scope, s)
    handler(cx, scope, s)  # type: ignore[no-untyped-call]


def _assign(cx: Context, scope: Scope, s: Any) -> None:
    value_node = s.value
    if isinstance(value_node, gast.Lambda) and len(s.targets) == 1 and isinstance(s.targets[0], gast.Name):
        scope.locals[s.targets[0].id] = LocalFunction(value_node, scope, s.targets[0].id)
        return
    first = s.targets[0]
    if (
        len(s.targets) == 1
        and isinstance(first, (gast.Tuple, gast.List))
        and isinstance(value_node, (gast.Tuple, gast.List))
    ):
        if len(first.elts) == len(value_node.elts) and not any(
            isinstance(e, gast.Starred) for e in first.elts + value_node.elts
        ):
            values = [expressions.lower(cx, scope, e) for e in value_node.elts]
            # All right-hand sides are read before the first target is written.
            if len(values) > 1:
                values = [v if isinstance(v, Const) else cx.bind("copy", v) for v in values]
            for target, value in zip(first.elts, values):
                assign_to(cx, scope, target, value)
            return
    compile_time = expressions.compile_time(cx, scope, value_node)
    if names_code(compile_time) and all(isinstance(t, gast.Name) for t in s.targets):
        for t in s.targets:
            scope.locals[t.id] = compile_time
        return
    value = comprehensions.of_its_own(cx, scope, value_node, expressions.lower(cx, scope, value_node), s.targets)
    for target in s.targets:
        assign_to(cx, scope, target, value)


def _ann_assign(cx: Context, scope: Scope, s: Any) -> None:
    if s.value is not None:
        assign_to(cx, scope, s.target, expressions.lower(cx, scope, s.value))


def variable_for(cx: Context, scope: Scope, name: str) -> str:
    """The IR variable a source name of this scope stands for, made at its first binding."""
    known = scope.locals.get(name)
    if isinstance(known, Variable):
        return known.name
    # Names in angle brackets are made by the compiler: `<subject:3:4>`.
    fresh = cx.temporary(name.strip("<>").split(":")[0]) if name.startswith("<") else cx.names.fresh(name)
    scope.locals[name] = Variable(fresh)
    return fresh


def assign_to(cx: Context, scope: Scope, target: Any, value: Operand) -> None:
    """Bind a target (name, subscript, tuple of targets) to a value."""
    if isinstance(target, gast.Name):
        cx.assign(variable_for(cx, scope, target.id), value)
    elif isinstance(target, (gast.Tuple, gast.List)):
        if any(isinstance(e, gast.Starred) for e in target.elts):
            starred.assign_starred(cx, scope, target, value)
            return
        sequence = value if isinstance(value, Name) else cx.bind("copy", value)
        cx.emit(Effect("unpack", (sequence, Const(len(target.elts))), cx.span))
        items = [cx.bind("index", sequence, Const(k)) for k in range(len(target.elts))]
        for element, item in zip(target.elts, items):
            assign_to(cx, scope, element, item)
    elif isinstance(target, gast.Subscript):
        container = expressions.lower_name(cx, scope, target.value)
        index = expressions.lower_index(cx, scope, target.slice)
        cx.emit(Store(container.id, index, value, cx.span))
    else:
        raise cx.refuse("AC001", target, scope, "assignment to this target is not differentiated yet", "use a variable")


def _aug_assign(cx: Context, scope: Scope, s: Any) -> None:
    op = f"operator.{OPERATORS[type(s.op)]}"
    if isinstance(s.target, gast.Name):
        known = scope.lookup(s.target.id)
        if not isinstance(known, Variable):
            target = expressions.lower_name(cx, scope, s.target)
        else:
            target = Name(known.name)
        value = expressions.lower(cx, scope, s.value)
        if (
            isinstance(value, Pack)
            and value.kind == "tuple"
            and types_so_far(cx).get(target.id, UNKNOWN).kind == "tuple"
        ):
            cx.assign(target.id, cx.bind(op, target, value))  # of another length: another value
            return
        cx.emit(Update(target.id, None, op, value, cx.span))
    elif isinstance(s.target, gast.Subscript):
        container = expressions.lower_name(cx, scope, s.target.value)
        index = expressions.lower_index(cx, scope, s.target.slice)
        position = len(cx.block)
        value = expressions.lower(cx, scope, s.value)
        if _may_store_elsewhere(tuple(cx.block[position:])):
            # Python reads the element before it evaluates the value, which here may store into it.
            old = cx.temporary("old")
            cx.block.insert(position, Bind(old, "index", (container, index), (), cx.span))
            cx.emit(Update(old, None, op, value, cx.span))
            cx.emit(Store(container.id, index, Name(old), cx.span))
        else:
            cx.emit(Update(container.id, index, op, value, cx.span))
    else:
        raise cx.refuse(
            "AC001", s.target, scope, "this update is not differentiated yet", "update a name or an element"
        )


def _may_store_elsewhere(block: Block) -> bool:
    """Whether statements may change memory other than what they allocate themselves."""
    bound: dict[str | None, list[Statement]] = {}
    for x in walk(block):
        bound.setdefault(binds(x), []).append(x)

    def is_fresh(name: str, seen: tuple[str, ...] = ()) -> bool:
        return name in seen or name in bound and all(allocates(x, (*seen, name)) for x in bound[name])

    def allocates(x: Statement, seen: tuple[str, ...]) -> bool:
        if not isinstance(x, Bind):
            return False
        if x.op == "copy":
            return not isinstance(x.args[0], Name) or is_fresh(x.args[0].id, seen)
        return x.op in TABLE.by_key and view_rule(x) is None

    return any(isinstance(x, Call) or not all(map(is_fresh, names_stored(x))) for x in walk(block))


def _if(cx: Context, scope: Scope, s: Any) -> None:
    _lower_if(cx, scope, s, s.body, s.orelse)


def _lower_if(cx: Context, scope: Scope, s: Any, then: list[Any], orelse: list[Any]) -> None:
    test = patterns.settled(cx, scope, s.test)
    static = expressions.static_condition(cx, scope, test)
    if static is not None:
        lower_block(cx, scope, then if static else orelse)
        return
    span = cx.span
    cond = expressions.lower_condition(cx, scope, test)
    before = dict(scope.locals)
    with cx.nested() as a:
        lower_block(cx, scope, then)
    between = restore_meanings(scope, before)
    with cx.nested() as b:
        lower_block(cx, scope, orelse)
    merge_meanings(scope, between, always_jumps(then), always_jumps(orelse))
    cx.emit(If(cond, as_block(a), as_block(b), span))


def _enter_loop(cx: Context) -> Loop:
    loop = Loop(cx.temporary("stop"), cx.temporary("skip"))
    cx.frames[-1].loops.append(loop)
    return loop


def _lower_loop_body(cx: Context, scope: Scope, s: Any, loop: Loop, prologue: Any) -> tuple[Any, str | None]:
    """The body of a loop with its flags: ``skip`` starts false each iteration, ``stop`` ends the loop."""
    before = dict(scope.locals)
    with cx.nested() as body:
        prologue()
        inner = len(body)
        lower_block(cx, scope, s.body)
        check_meanings(cx, scope, s, before)
        if "continue" in frozenset().union(*(may_jump(x) for x in s.body)):
            body.insert(inner, Bind(loop.skip, "copy", (Const(False),), (), cx.span))
    jumps = frozenset().union(*(may_jump(x) for x in s.body)) if s.body else frozenset()
    until = loop.stop if jumps & {"break", "return"} else None
    cx.frames[-1].loops.pop()
    return as_block(body), until


def _for(cx: Context, scope: Scope, s: Any) -> None:
    span = cx.span
    known = len(cx.sequences)
    plan = iteration.plan_iteration(cx, scope, s.iter)
    sequences = tuple(cx.sequences[known:])
    loop = _enter_loop(cx)
    position = len(cx.block)
    own = isinstance(s.target, gast.Name) and plan.direct
    counter = cx.names.fresh(s.target.id if own else "k")

    def prologue() -> None:
        cx.span = span
        assign_to(cx, scope, s.target, plan.item(Name(counter)))

    body, until = _lower_loop_body(cx, scope, s, loop, prologue)
    cx.span = span
    if until:
        cx.block.insert(position, Bind(until, "copy", (Const(False),), (), span))
    cx.emit(For(counter, plan.start, plan.stop, plan.step, body, until, span))
    if sequences and any(resizing(x) and not isinstance(x, Store) for x in walk(body)):
        cx.loops.append((sequences, body, s, scope))
    _loop_else(cx, scope, s, until)


def _while(cx: Context, scope: Scope, s: Any) -> None:
    span = cx.span
    loop = _enter_loop(cx)
    position = len(cx.block)
    with cx.nested() as header:
        cond = expressions.lower_condition(cx, scope, s.test)
    body, until = _lower_loop_body(cx, scope, s, loop, lambda: None)
    cx.span = span
    if until:
        cx.block.insert(position, Bind(until, "copy", (Const(False),), (), span))
    cx.emit(While(as_block(header), cond, body, until, span))
    _loop_else(cx, scope, s, until)


def _loop_else(cx: Context, scope: Scope, s: Any, until: str | None) -> None:
    if s.orelse and until is None:
        lower_block(cx, scope, s.orelse)
    elif s.orelse:
        with cx.nested() as body:
            lower_block(cx, scope, s.orelse)
        cx.emit(If(cx.bind("operator.not_", Name(str(until)), stem="go"), as_block(body), (), cx.span))


def _break(cx: Context, scope: Scope, s: Any) -> None:
    cx.assign(cx.frames[-1].loops[-1].stop, Const(True))


def _continue(cx: Context, scope: Scope, s: Any) -> None:
    cx.assign(cx.frames[-1].loops[-1].skip, Const(True))


def _return(cx: Context, scope: Scope, s: Any) -> None:
    frame = cx.frames[-1]
    value = Const(None) if s.value is None else expressions.lower(cx, scope, s.value)
    cx.assign(frame.result, comprehensions.of_its_own(cx, scope, s.value, value))
    if frame.returned is not None:
        cx.assign(frame.returned, Const(True))
    for loop in frame.loops:
        cx.assign(loop.stop, Const(True))


def _expr(cx: Context, scope: Scope, s: Any) -> None:
    if isinstance(s.value, gast.Constant):
        return
    expressions.lower_effect(cx, scope, s.value)


def _function_def(cx: Context, scope: Scope, s: Any) -> None:
    if s.decorator_list:
        raise cx.refuse(
            "AC001", s, scope, "a decorated nested function is not differentiated yet", "drop the decorator"
        )
    scope.locals[s.name] = LocalFunction(s, scope, s.name, arguments.lower_defaults(cx, scope, s.args))


HANDLERS = {
    gast.Assign: _assign, gast.AnnAssign: _ann_assign, gast.AugAssign: _aug_assign, gast.If: _if, gast.For: _for,
    gast.While: _while, gast.Break: _break, gast.Continue: _continue, gast.Return: _return, gast.Expr: _expr,
    gast.Pass: lambda cx, scope, s: None, gast.FunctionDef: _function_def, **surroundings.HANDLERS,
    gast.Delete: lambda cx, scope, s: assigned_inside.lower_delete(cx, scope, s),
}  # fmt: skip

__all__ = ["Pack", "assign_to", "lower_block", "lower_statement", "variable_for"]
