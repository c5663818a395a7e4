"""Lowering of statements: structured control flow, assignments, effects."""

from __future__ import annotations

from copy import copy
from typing import Any

import gast

from adjoint_compiler.frontend import (
    arguments,
    assigned_inside,
    attempts,
    changing_sets,
    closures,
    comprehensions,
    expressions,
    flat_items,
    generators,
    held_iterators,
    inlining,
    iteration,
    iterators,
    made_functions,
    managers,
    object_items,
    object_operators,
    objects,
    operators,
    patterns,
    starred,
    surroundings,
    texts,
    updates,
    written_loops,
)
from adjoint_compiler.frontend.assumptions import fresh_lists, replaces_part, resizing
from adjoint_compiler.frontend.context import Context, Loop, as_block
from adjoint_compiler.frontend.given import Given
from adjoint_compiler.frontend.jumps import always_jumps, may_jump
from adjoint_compiler.frontend.meanings import check_meanings, merge_meanings, names_code, restore_meanings
from adjoint_compiler.frontend.recovery import lower_guarded
from adjoint_compiler.frontend.scope import Generator, LocalFunction, Scope, Several, Value, Variable
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Effect,
    For,
    If,
    Name,
    Operand,
    Pack,
    Store,
    While,
)
from adjoint_compiler.ir.walk import walk

OPERATORS = {
    gast.Add: "add", gast.Sub: "sub", gast.Mult: "mul", gast.Div: "truediv", gast.FloorDiv: "floordiv",
    gast.Mod: "mod", gast.Pow: "pow", gast.MatMult: "matmul", gast.BitAnd: "and_", gast.BitOr: "or_",
    gast.BitXor: "xor", gast.LShift: "lshift", gast.RShift: "rshift",
}  # fmt: skip

# What has no lowering, by its class: the code it earns, how it is written, and what to write instead.
UNSUPPORTED = {
    "AsyncFunctionDef": ("AC001", "async def", "define it with `def`"),
    "AsyncFor": ("AC001", "async for", "use `for`"),
    "AsyncWith": ("AC001", "async with", "do such work outside of the function"),
    "ClassDef": ("AC001", "class", "define it outside of the function"),
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
            flags = escape_flags(cx, jumps)
            with cx.nested() as body:
                lower_block(cx, scope, rest)
            go = flags[0] if len(flags) == 1 else cx.bind("operator.or_", *flags, stem="jumped")
            cx.emit(If(cx.bind("operator.not_", go, stem="go"), as_block(body), (), cx.span))
            return


def escape_flags(cx: Context, jumps: frozenset[str]) -> list[Operand]:
    """The flags that tell whether some jump was taken."""
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
        raise cx.refuse(code, s, scope, f"`{word}` is not differentiated yet", advice)
    around, cx.statement = cx.statement, s
    try:
        handler(cx, scope, s)
    finally:
        cx.statement = around


def _assign(cx: Context, scope: Scope, s: Any) -> None:
    value_node = closures.as_growing(cx, scope, changing_sets.as_changing(scope, s.value, s.targets), s.targets)
    value_node = held_iterators.as_held(cx, scope, value_node, s.targets)
    first = s.targets[0]
    if (
        len(s.targets) == 1
        and isinstance(first, (gast.Tuple, gast.List))
        and isinstance(value_node, (gast.Tuple, gast.List))
    ):
        if len(first.elts) == len(value_node.elts) and not any(
            isinstance(e, gast.Starred) for e in first.elts + value_node.elts
        ):
            _assign_pairs(cx, scope, first.elts, value_node.elts)
            return
    if iterators.is_transposed(scope, value_node):
        count = len(first.elts) if isinstance(first, (gast.Tuple, gast.List)) and len(s.targets) == 1 else -1
        value_node = iterators.columns(cx, scope, value_node, count)
    if isinstance(first, (gast.Tuple, gast.List)):
        value_node = object_items.with_items(cx, scope, value_node)
        value_node = iterators.as_list(value_node) if comprehensions.is_view_of_dict(value_node) else value_node
    found = expressions.compile_time(cx, scope, value_node) or iterators.as_generator(cx, scope, value_node)
    if names_code(found) and all(isinstance(t, gast.Name) for t in s.targets):
        for t in s.targets:
            scope.locals[t.id] = found
        return
    if isinstance(found, Several) and len(s.targets) == 1 and isinstance(first, (gast.Tuple, gast.List)):
        written_loops.bind_item(cx, scope, first, found)
        return
    if isinstance(found, Generator):  # unpacked
        value_node = generators.as_list(value_node, found)
    elif names_code(found):
        if all(map(objects.keeps_function(cx, scope, found), s.targets)):
            return
        held = closures.is_function(found) and not any(
            isinstance(t, (gast.Name, gast.Tuple, gast.List)) for t in s.targets
        )
        value_node = Given(closures.as_object(cx, scope, value_node, found) if held else found, value_node)
    value = comprehensions.of_its_own(cx, scope, value_node, expressions.lower(cx, scope, value_node), s.targets)
    for target in s.targets:
        assign_to(cx, scope, target, value)


def _assign_pairs(cx: Context, scope: Scope, targets: list[Any], nodes: list[Any]) -> None:
    """``a, b = x, y``; the names of functions are known while compiling."""
    values: list[Any] = []
    for target, node in zip(targets, nodes):
        node = closures.as_growing(cx, scope, changing_sets.as_changing(scope, node, [target]), [target])
        node = held_iterators.as_held(cx, scope, node, [target])
        found = expressions.compile_time(cx, scope, node) if isinstance(target, gast.Name) else None
        lower = closures.lower_held if isinstance(target, gast.Subscript) else expressions.lower
        values.append(found if names_code(found) else lower(cx, scope, node))
    # All right-hand sides are read before the first target is written.
    if len(values) > 1:
        values = [v if isinstance(v, Const) or names_code(v) else cx.bind("copy", v) for v in values]
    for target, value in zip(targets, values):
        if names_code(value):
            scope.locals[target.id] = value
        else:
            assign_to(cx, scope, target, value)


def _ann_assign(cx: Context, scope: Scope, s: Any) -> None:
    if s.value is not None:
        _assign(cx, scope, gast.copy_location(gast.Assign([s.target], s.value, None), s))


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
    elif isinstance(target, (gast.Subscript, gast.Attribute)) and flat_items.store_flat(cx, scope, target, value):
        pass
    elif isinstance(target, gast.Subscript):
        container = expressions.lower_name(cx, scope, target.value)
        index = expressions.lower_index(cx, scope, target.slice)
        if object_operators.special(cx, scope, target, container, "setitem", index, value) is None:
            cx.emit(Store(container.id, index, value, cx.span))
    elif isinstance(target, gast.Attribute):
        objects.store_attribute(cx, scope, target, value)
    else:
        raise cx.refuse("AC001", target, scope, "assignment to this target is not differentiated yet", "use a variable")


def _if(cx: Context, scope: Scope, s: Any) -> None:
    _lower_if(cx, scope, s, s.body, s.orelse)


def _lower_if(cx: Context, scope: Scope, s: Any, then: list[Any], orelse: list[Any]) -> None:
    test = patterns.settled(cx, scope, s.test)
    static = operators.static_condition(cx, scope, test)
    if static is not None:
        lower_block(cx, scope, then if static else orelse)
        return
    span = cx.span
    cond = operators.lower_condition(cx, scope, test)
    before = dict(scope.locals)
    with cx.nested() as a:
        lower_block(cx, scope, then)
    between = restore_meanings(scope, before)
    with cx.nested() as b:
        lower_block(cx, scope, orelse)
    merge_meanings(cx, scope, between, always_jumps(then), always_jumps(orelse), cond, (a, b))
    cx.emit(If(cond, as_block(a), as_block(b), span))


def enter_loop(cx: Context) -> Loop:
    """Begin a loop of the function that is lowered."""
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
    s = copy(s)
    s.iter = object_items.with_items(cx, scope, s.iter)
    if isinstance(s.iter, gast.Call) and isinstance(s.iter.func, gast.Name):
        called = scope.lookup(s.iter.func.id)
        s.iter = object_items.asked_for_items(cx, scope, s.iter, called) if isinstance(called, Value) else s.iter
    made = expressions.compile_time(cx, scope, s.iter) if generators.may_be_one(scope, s.iter) else None
    if isinstance(made, Generator):
        generators.run_over(cx, scope, s, made)
        return
    sequence = written_loops.written(cx, scope, s.iter)
    if sequence is not None:
        written_loops.run_over(cx, scope, s, sequence)
        return
    plan = iteration.plan_iteration(cx, scope, s.iter)
    sequences = tuple(cx.sequences[known:])
    loop = enter_loop(cx)
    position = len(cx.block)
    own = isinstance(s.target, gast.Name) and plan.direct
    counter = cx.names.fresh(s.target.id.strip("<>").split(":")[0] if own else "k")
    cx.counters.add(counter)

    def prologue() -> None:
        cx.span = span
        assign_to(cx, scope, s.target, plan.item(Name(counter)))

    body, until = _lower_loop_body(cx, scope, s, loop, prologue)
    cx.span = span
    if until:
        cx.block.insert(position, Bind(until, "copy", (Const(False),), (), span))
    cx.emit(For(counter, plan.start, plan.stop, plan.step, body, until, span, parallel=plan.parallel))
    if sequences and any(resizing(x) and (replaces_part(x) or not isinstance(x, Store)) for x in walk(body)):
        cx.loops.append((sequences, body, s, scope, fresh_lists(cx.block[:-1], body)))
    loop_else(cx, scope, s, until)


def _while(cx: Context, scope: Scope, s: Any) -> None:
    span = cx.span
    loop = enter_loop(cx)
    position = len(cx.block)
    with cx.nested() as header:
        cond = operators.lower_condition(cx, scope, s.test)
    body, until = _lower_loop_body(cx, scope, s, loop, lambda: None)
    cx.span = span
    if until:
        cx.block.insert(position, Bind(until, "copy", (Const(False),), (), span))
    cx.emit(While(as_block(header), cond, body, until, span))
    loop_else(cx, scope, s, until)


def loop_else(cx: Context, scope: Scope, s: Any, until: str | None) -> None:
    """What follows a loop that no ``break`` ended."""
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
    if frame.makes:
        inlining.return_code(cx, scope, s)
        return
    lower = expressions.lower if len(cx.frames) == 1 else closures.lower_held
    value = Const(None) if s.value is None else lower(cx, scope, s.value)
    cx.assign(frame.result, comprehensions.of_its_own(cx, scope, s.value, value))
    if frame.returned is not None:
        cx.assign(frame.returned, Const(True))
    for loop in frame.loops:
        cx.assign(loop.stop, Const(True))


def _expr(cx: Context, scope: Scope, s: Any) -> None:
    if isinstance(s.value, gast.Constant):
        return
    texts.lower_effect(cx, scope, s.value)


def _function_def(cx: Context, scope: Scope, s: Any) -> None:
    function = LocalFunction(s, scope, s.name, arguments.lower_defaults(cx, scope, s.args), block=cx.block)
    scope.locals[s.name] = (
        made_functions.decorated(cx, scope, s.decorator_list, function) if s.decorator_list else function
    )


HANDLERS: dict[Any, Any] = {
    gast.Assign: _assign, gast.AnnAssign: _ann_assign, gast.AugAssign: updates.lower_update, gast.If: _if, gast.For: _for,
    gast.While: _while, gast.Break: _break, gast.Continue: _continue, gast.Return: _return, gast.Expr: _expr,
    gast.Pass: lambda cx, scope, s: None, gast.FunctionDef: _function_def, **surroundings.HANDLERS, **managers.HANDLERS,
    generators.Yielded: lambda cx, scope, s: generators.lower_yielded(cx, scope, s),
    gast.Try: lambda cx, scope, s: attempts.lower_try(cx, scope, s),
    gast.TypeAlias: lambda cx, scope, s: None,
    gast.Delete: lambda cx, scope, s: assigned_inside.lower_delete(cx, scope, s),
}  # fmt: skip

__all__ = ["Pack", "assign_to", "lower_block", "lower_statement", "variable_for"]
