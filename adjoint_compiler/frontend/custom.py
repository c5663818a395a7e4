"""Calls of functions with rules of the user's: bound to the operations of :mod:`adjoint_compiler.rules.user`.

    y = cube(x)      ->      pair = custom.forward(cube_fwd, x); y = custom.value(cube_bwd, pair, x)

The user's functions are called by name. They are looked through while compiling, to see that they leave their arguments
alone and to know the type of what they return; that costs nothing when it fails, only knowledge.
"""

from __future__ import annotations

import inspect
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.resolve import resolve
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.frontend.webs import rename_webs
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Return, Store, Update
from adjoint_compiler.ir.types import NONE, UNKNOWN, Type, type_of
from adjoint_compiler.optimize.propagate_copies import propagate_copies
from adjoint_compiler.optimize.scalarize_tuples import scalarize_tuples
from adjoint_compiler.rules.custom_jvp import TransposedRule, transposed_rule
from adjoint_compiler.rules.scipy_solvers import SolverRule
from adjoint_compiler.rules.user import FORWARD, INERT_CALL, USER_RULES, VALUE, CustomJvp, CustomVjp, UserRule

CHANGING_METHODS = ("fill", "sort", "partition", "put", "resize", "itemset", "setfield", "append", "extend", "insert",
                    "pop", "remove", "clear", "update", "setdefault", "popitem", "reverse", "__setitem__")  # fmt: skip


def user_rule(function: Any) -> UserRule | None:
    """The user's rule of a function, if there is one."""
    return USER_RULES.find(function)


def lower_custom_call(cx: Context, scope: Scope, node: Any, rule: UserRule, stem: str) -> Operand:
    """Lower a call of a function with a user's rule."""
    return bind_custom_call(cx, scope, node, rule, _arguments(cx, scope, node, rule), stem)


def bind_custom_call(cx: Context, scope: Any, node: Any, rule: UserRule, args: list[Operand], stem: str) -> Operand:
    """The statements of such a call, once its arguments are lowered."""
    name, stated = str(getattr(rule, "__name__", "function")), rule
    if isinstance(rule, CustomJvp):
        if rule.jvp is None:
            raise cx.refuse("AC002", node, scope, f"`{name}` is a custom_jvp without a rule yet",
                            f"state it: {name}.defjvp(jvp)")  # fmt: skip
        known = types_so_far(cx)
        types = tuple(operand_type(a, known) for a in args)
        rule = transposed_rule(rule, types, result_type(rule, rule.function, types))
    if not isinstance(rule, CustomVjp):
        _refuse_mutation(cx, scope, node, name, rule, rule.function)
        # generated code calls the rule, not its function, so that it stays inert where that code is differentiated
        called = rule.function if rule.stated_for_library else rule
        return cx.bind(INERT_CALL, named_function(cx, rule, called, name), *args, stem=stem)
    if rule.fwd is None:
        raise cx.refuse("AC002", node, scope, f"`{name}` is a custom_vjp without a rule yet",
                        f"state it: {name}.defvjp(fwd, bwd)")  # fmt: skip
    _refuse_mutation(cx, scope, node, f"the fwd of `{name}`", rule, rule.fwd)
    _refuse_mutation(cx, scope, node, f"the bwd of `{name}`", rule, rule.bwd)
    own = name if name.isidentifier() else "function"  # of a lambda, and what np.frompyfunc makes
    pair = cx.bind(FORWARD, named_function(cx, rule, rule.fwd, f"{own}_fwd"), *args, stem=f"{own}_pair")
    backward = named_function(cx, rule, rule.bwd, f"{own}_bwd")
    if isinstance(rule, (TransposedRule, SolverRule)) and rule.jvp is not None:
        backward.value.jvp = named_function(cx, rule, rule.jvp, f"{own}_jvp")
    if not isinstance(rule, SolverRule):
        whole = stated.function if stated.stated_for_library else stated
        backward.value.whole = named_function(cx, stated, whole, name)
    return cx.bind(VALUE, backward, pair, *args, stem=stem)


def named_function(cx: Context, rule: UserRule, function: Any, text: str) -> Const:
    """The function as an operand: a constant whose text is the name that generated code calls it by."""
    own = str(getattr(function, "__name__", ""))
    wanted = own if own.isidentifier() and function is not rule.function else text
    known = next((n for n, value in cx.constants.items() if value is function), None)
    name = known or cx.names.fresh(wanted if wanted.isidentifier() else "function")
    cx.constants[name] = function
    return Const(Called(rule, function), name)


class Called:
    """A function of a user's rule as the value of a constant; ``jvp`` is that of the rule, ``whole`` what has the rule, if it is there."""

    def __init__(self, rule: UserRule, function: Any) -> None:
        self.rule, self.function = rule, function
        self.jvp: Const | None = None
        self.whole: Const | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns."""
        return self.function(*args, **kwargs)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Called) and self.rule is other.rule and self.function is other.function

    def __hash__(self) -> int:
        return hash((id(self.rule), id(self.function)))

    def __repr__(self) -> str:
        return f"<function {getattr(self.function, '__name__', '')} at {id(self.function)}>"


def _arguments(cx: Context, scope: Scope, node: Any, rule: UserRule) -> list[Operand]:
    """All arguments in parameter order, defaults filled in; of library functions those that are given."""
    from adjoint_compiler.frontend import arguments, expressions

    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise cx.refuse("AC001", node, scope, "starred arguments are not differentiated yet", "write the arguments out")

    def lower(expression: Any) -> Operand:
        found = expressions.compile_time(cx, scope, expression)
        if isinstance(found, LocalFunction):
            raise cx.refuse("AC001", expression, scope, "a nested function cannot be passed to a function with a rule of "
                            "its own", "define it at the top of the module")  # fmt: skip
        if isinstance(found, Value) and callable(found.value):
            return named_function(cx, rule, found.value, str(getattr(found.value, "__name__", "function")))
        return expressions.lower(cx, scope, expression)

    positional = [lower(a) for a in node.args]
    named = {k.arg: lower(k.value) for k in node.keywords}
    if rule.stated_for_library:
        if named:
            raise cx.refuse("AC009", node, scope, "keywords of a library function are not passed on to a rule of the user's",
                            "pass them by position")  # fmt: skip
        return positional
    signature = inspect.signature(rule.function)
    try:
        bound = signature.bind(*positional, **named)
    except TypeError as fault:
        raise cx.refuse("AC001", node, scope, f"this call does not fit: {fault}", "fix the call") from None
    out: list[Operand] = []
    for name, parameter in signature.parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            if bound.arguments.get(name):
                raise cx.refuse(
                    "AC001", node, scope, "star parameters are not differentiated yet", "name the parameters"
                )
        elif name in bound.arguments:
            out.append(bound.arguments[name])
        else:
            default = arguments.default_operand(cx, name, parameter.default)
            out.append(named_function(cx, rule, default.value, name) if isinstance(default, Value) else default)
    return out


# -- looking through the user's functions ------------------------------------------------------------------------


def _refuse_mutation(cx: Context, scope: Any, node: Any, what: str, rule: UserRule, function: Any) -> None:
    changed = None if isinstance(rule, SolverRule) else mutated_parameter(rule, function)
    if changed is not None:
        raise cx.refuse("AC001", node, scope, f"{what} stores into its argument `{changed}`",
                        "a function with a rule of its own must leave its arguments alone: store into a copy")  # fmt: skip


def mutated_parameter(rule: UserRule, function: Any) -> str | None:
    """A parameter that a user's function stores into, as far as its text tells."""
    key = ("mutated", id(function))
    if key not in rule.facts:
        rule.facts[key] = None  # what it calls may lead back here
        program = _lowered(function)
        if program is not None:
            rule.facts[key] = _stored_parameter(propagate_copies(rename_webs(program)))
    found: str | None = rule.facts[key]
    return found


def _lowered(
    function: Any, types: dict[str, Type] | None = None, functions: dict[str, Any] | None = None
) -> Program | None:
    """The function's program, as far as the compiler reads it."""
    from adjoint_compiler.frontend.lower import lower_function

    try:
        return lower_function(function, types or {}, functions).program
    except DifferentiationError:
        return None


def _stored_parameter(program: Program) -> str | None:
    from adjoint_compiler.analysis.aliasing import analyse_aliases
    from adjoint_compiler.analysis.inference import infer_types

    aliases = analyse_aliases(program, infer_types(program, tolerant=True))
    stored = set(aliases.stored)
    for s in program.statements:
        if (
            isinstance(s, Bind)
            and s.op == "method"
            and isinstance(s.args[1], Const)
            and s.args[1].value in CHANGING_METHODS
        ):
            if isinstance(s.args[0], Name) and s.args[0].id in aliases.classes:
                stored.add(aliases.classes[s.args[0].id])
    held = {aliases.classes.get(s.target) for s in program.statements if isinstance(s, (Store, Update))} | stored
    return next((p for p in program.params if aliases.classes.get(p, -1) in held), None)


def result_type(rule: UserRule, function: Any, args: tuple[Type, ...]) -> Type:
    """The type of what a user's function returns for arguments of the given types."""
    key, busy = ("type", id(function), args), ("busy", id(function))
    if key not in rule.facts:
        if rule.facts.get(busy):  # what it calls has led back here
            return UNKNOWN
        rule.facts[busy] = True
        rule.facts[key] = inferred(function, args)
        rule.facts[busy] = False
    found: Type = rule.facts[key]
    return found


def inferred(function: Any, args: tuple[Type, ...]) -> Type:
    """The type of what a function returns for arguments of the given types; unknown where its text does not tell."""
    from adjoint_compiler.analysis.indexing import operand_type
    from adjoint_compiler.analysis.inference import infer_types
    from adjoint_compiler.frontend.lower import lower_function

    try:
        names = tuple(inspect.signature(function).parameters)
        functions = {
            n: getattr(t.cls, "function", t.cls) for n, t in zip(names, args, strict=True) if t.kind == "function"
        }
        lowered = lower_function(function, dict(zip(names, args, strict=True)), functions)
    except (DifferentiationError, ValueError):
        return UNKNOWN
    if lowered.faults:
        return UNKNOWN
    free = {n: type_of(f.value) for n, f in lowered.free.items()}
    program = lowered.program
    for _ in range(2):
        program = propagate_copies(scalarize_tuples(rename_webs(program)))
        types = infer_types(program, free, tolerant=True)
        program, faults = resolve(program, types)
        if faults:
            return UNKNOWN
    types = infer_types(propagate_copies(scalarize_tuples(rename_webs(program))), free, tolerant=True)
    last = program.body[-1]
    return (
        operand_type(last.value, infer_types(program, free, tolerant=True))
        if isinstance(last, Return) and types
        else UNKNOWN
    )


def value_type(call: Const, args: tuple[Type, ...]) -> Type:
    """The type of the value that a custom_vjp returns: what its ``fwd`` says, else what the function itself says."""
    rule = call.value.rule
    if isinstance(rule, SolverRule):
        return rule.result
    pair = result_type(rule, rule.fwd, args)
    if pair.kind == "tuple" and len(pair.items) == 2 and pair.items[0].kind != "unknown":
        return pair.items[0]
    return result_type(rule, rule.function, args)


def pair_fault(call: Const, args: tuple[Type, ...]) -> str | None:
    """What is wrong with what ``fwd`` returns; empty if nothing is, None when only running it tells."""
    if isinstance(call.value.rule, SolverRule):
        return ""
    t = result_type(call.value.rule, call.value.function, args)
    if t.kind in ("unknown", "real", "object"):
        return None
    if t.kind == "tuple" and len(t.items) == 2:
        return ""
    return f"fwd must return a pair (y, residuals), not {'None' if t == NONE else f'a {t}'}"


__all__ = [
    "Called",
    "bind_custom_call",
    "inferred",
    "lower_custom_call",
    "named_function",
    "pair_fault",
    "user_rule",
    "value_type",
]
