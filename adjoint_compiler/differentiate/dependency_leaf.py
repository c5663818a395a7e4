"""On which inputs a variable may depend, as forward mode computes tangents: sets of inputs beside each variable.

    y = x[1:] * np.sin(x[:-1])      ->      y = x[1:] * np.sin(x[:-1])
                                            y_deps = joined_sets(y, x_deps[1:], x_deps[:-1])

What is stored, viewed, branched on and looped over is so for both. Which operands an operation depends on is what its
rule has pullbacks for; how, :mod:`adjoint_compiler.rules.dependencies` says. Partials that happen to be zero count.
"""

from __future__ import annotations

import functools

from adjoint_compiler import rules
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.differentiate.builder import Builder
from adjoint_compiler.differentiate.forward_custom import CUSTOM
from adjoint_compiler.differentiate.forward_leaf import asks_for_layout
from adjoint_compiler.differentiate.operands import chosen_pullbacks, rule_environment
from adjoint_compiler.differentiate.tangents import Companion, Tangents, tangent
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Pack, Statement, Update
from adjoint_compiler.ir.operands import NONE, WHOLE
from adjoint_compiler.ir.types import INT, is_container, is_number, may_be_complex
from adjoint_compiler.rules import dependencies as table
from adjoint_compiler.rules.expressions import RuleError, expression_reads
from adjoint_compiler.rules.rule import Rule

HELPER = "adjoint_compiler.runtime.dependencies."
NOTHING = Const(0)
SHADOW = "adjoint_compiler.runtime.memory.shadow"
PARTS = ("attribute.real", "attribute.imag", "numpy.real", "numpy.imag")


def no_sets(o: Operand, b: Builder) -> Operand:
    """What depends on nothing."""
    t = b.type(o)
    if is_number(t):
        return NOTHING
    if isinstance(o, Const) or t.kind in ("str", "none", "function", "module", "object"):
        return NONE
    return b.bind(HELPER + "no_sets", o)


def sets_of_operation(s: Bind, y: Name, b: Builder, f: Tangents) -> Operand:
    """Write the sets of a binding's result.

    Raises:
        RuleError: the operation is not differentiated, or gives a view whose sets cannot be followed.
    """
    rule = rules.TABLE.by_key[s.op]
    env = rule_environment(s, rule)
    pullbacks = chosen_pullbacks(s, rule, b)
    carrying = {*rule.pullbacks, *rule.linear, *rule.bilinear, *rule.tangents}
    active = [p for p, o in env.items() if p in carrying and f.is_active(o)]
    for p in active:
        if "not_differentiated(" in pullbacks.get(p, ""):
            raise RuleError(f"`{s.op}` is not differentiated by `{p}`")
    if not active:
        return no_sets(y, b)
    if _holds_the_same(s, b):
        return b.bind(s.op, *(a if is_number(b.type(a)) else tangent(a, b, f) for a in s.args))
    if s.op in table.MOVED and rule.linear.issuperset(active) and not asks_for_layout(rule, env):
        return _moved(s, rule, b, f)
    if s.op in table.ALIASED and active == [table.ALIASED[s.op]]:
        x = env[active[0]]
        return b.bind(HELPER + "aliased_sets", y, tangent(x, b, f), x)
    if s.op in PARTS and not may_be_complex(b.type(env[active[0]])) and s.op.endswith("real"):
        return b.bind(HELPER + "aliased_sets", y, tangent(env[active[0]], b, f), env[active[0]])
    if s.op == SHADOW:
        return b.bind(HELPER + "shadow_sets", tangent(env["shadows"], b, f), env["x"])
    if "shadows" in active:
        raise RuleError(f"what depends on what is not followed through `{s.op}`")
    c = _computed(s, y, rule, env, active, b, f)
    base = viewed(s)
    if view_rule(s) is None or not f.is_stored(Name(s.target)):
        return c
    if rule.view_kind != "maybe" or not isinstance(base, Name) or s.op in PARTS:
        raise RuleError(
            f"what depends on what is not followed through the memory of `{s.op}`; take a copy: np.array(...)"
        )
    return b.bind(HELPER + "sets_of_copy", c, y, base, *([Name(f.dot(base.id))] if base.id in f.active else []))


def _holds_the_same(s: Bind, b: Builder) -> bool:
    """Whether a new sequence holds what the operands hold, not copies of that: so do the sets."""
    if s.op in ("builtins.list", "builtins.tuple"):
        return True
    return s.op in ("operator.add", "operator.mul") and any(is_container(b.type(a)) for a in s.args)


def _computed(
    s: Bind, y: Name, rule: Rule, env: dict[str, Operand], active: list[str], b: Builder, f: Tangents
) -> Operand:
    """The sets of a result that has memory of its own."""
    expression = table.DEPENDENCIES.get(s.op)
    if expression is not None and expression_reads(expression).issuperset(active):
        return b.expand(expression, rule, {**_sets(env, rule, b, f), "y": y})
    sets = [tangent(item, b, f) for p in active for item in _items(env, p) if f.is_active(item)]
    joined = table.is_joined(rule) or s.op in PARTS
    if joined and b.is_number(y) and all(b.type(o) == INT for o in sets):
        return functools.reduce(lambda one, other: b.bind("operator.or_", one, other), dict.fromkeys(sets))
    return b.bind(HELPER + ("joined_sets" if joined else "all_sets"), y, *sets)


def _items(env: dict[str, Operand], param: str) -> tuple[Operand, ...]:
    """The operands of a parameter: several of ``*operands``."""
    operand = env[param]
    return operand.items if f"*{param}" in env and isinstance(operand, Pack) else (operand,)


def _sets(env: dict[str, Operand], rule: Rule, b: Builder, f: Tangents) -> dict[str, Operand]:
    """What the names of an expression of the table stand for."""
    out: dict[str, Operand] = {}
    for p, o in env.items():
        out[f"{p}_"], out[p] = o, o
        if p in rule.pullbacks:
            parts = [tangent(i, b, f) if f.is_active(i) else NONE for i in _items(env, p)]
            out[p] = Pack("tuple", tuple(parts)) if f"*{p}" in env else parts[0]
    return out


def _moved(s: Bind, rule: Rule, b: Builder, f: Tangents) -> Operand:
    """The operation itself, of the sets."""

    def turned(param: str, o: Operand) -> Operand:
        return _arrays(tangent(o, b, f), o, b) if param in rule.linear and o != NONE else o

    star = next((k for k, p in enumerate(rule.params) if p.startswith("*")), len(rule.params))
    args = tuple(turned(rule.params[min(k, star)].lstrip("*"), a) for k, a in enumerate(s.args))
    kwargs = {k: turned(k, v) for k, v in s.kwargs}
    return b.bind(s.op, *args, **kwargs)  # type: ignore[arg-type]


def _arrays(sets: Operand, o: Operand, b: Builder) -> Operand:
    """Sets as arrays of objects, which those of numbers are not."""
    if isinstance(sets, Pack) and isinstance(o, Pack):
        return Pack(sets.kind, tuple(_arrays(i, j, b) for i, j in zip(sets.items, o.items, strict=True)), sets.keys)
    return sets if b.type(o).kind == "array" else b.bind(HELPER + "sets_as_array", sets)


def in_own_memory(c: Operand, s: Bind, y: Name, b: Builder, f: Tangents) -> Operand:
    """The sets in memory that relates to other sets as the result's memory does to that of the operands."""
    if is_number(b.type(Name(s.target))) or isinstance(c, Const) or s.op not in table.MOVED or _holds_the_same(s, b):
        return c  # what the helpers return is laid out like the result
    if not f.is_stored(Name(s.target)) and not any(f.is_stored(Name(n)) for n in s.read):
        return c
    rule, base = view_rule(s), viewed(s)
    if rule is None:
        return b.bind(HELPER + "copied_sets", c, y)
    if rule.view_kind == "maybe":
        if not isinstance(base, Name) or base.id not in f.active or is_container(b.type(base)):
            return b.bind(HELPER + "copied_sets", c, y)
        return b.bind("adjoint_compiler.runtime.memory.mirrored", c, Name(f.dot(base.id)), y, base)
    return c


def sets_of_update(s: Update, index: Operand | None, b: Builder, f: Tangents) -> list[Statement]:
    """The sets of a part are joined with those of what is added to it."""
    target, sets = f.dot(s.target), tangent(s.value, b, f)
    if s.op == "scatter_add":
        args = (Name(target), WHOLE if index is None else index, sets)
        return [*b.out, Effect("store", args, s.span, "scatter_sets")]
    return [*b.out, Update(target, index, "operator.or_", sets, s.span)]


def sets_of_custom(s: Bind, b: Builder, f: Tangents) -> list[Statement]:
    """A function with a rule of the user's: all of its result depends on all of its arguments."""
    y = Name(s.target)
    if s.op in CUSTOM[:2]:
        return [s]
    sets = [tangent(a, b, f) for a in s.args[2:] if f.is_active(a)]
    c = b.bind(HELPER + "all_sets", y, *sets)
    return [s, *b.out, Bind(f.dot(s.target), "copy", (c,), (), s.span)]


DEPENDENCIES = Companion(
    "dependencies", "deps", no_sets, NOTHING, sets_of_operation, in_own_memory, table.sets_type, HELPER + "sets_as_array",
    HELPER + "sets_laid_out", None, sets_of_update, sets_of_custom,
)  # fmt: skip

__all__ = ["DEPENDENCIES"]
