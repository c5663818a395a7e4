"""The tangent of one operation, from the rule that reverse mode is derived from, too.

An elementwise operation contributes ``partial * x_dot`` for each operand; a linear one is applied to the tangents; what
is linear in each operand alone, in turn; of everything else the pullback is transposed.
"""

from __future__ import annotations

import ast

from adjoint_compiler import rules
from adjoint_compiler.analysis.shapes import BROADCASTING
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.leaves import certainly_finite, refuse_sparse, tame_power
from adjoint_compiler.differentiate.operands import chosen_pullbacks, rule_environment
from adjoint_compiler.differentiate.tangents import ZERO, Companion, Tangents, tangent, zero_of
from adjoint_compiler.differentiate.transpose import opened, transposed
from adjoint_compiler.ir.joins import tangent_type
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack
from adjoint_compiler.ir.operands import NONE, names_in
from adjoint_compiler.ir.types import holds_objects, is_container, is_number, is_python_scalar
from adjoint_compiler.rules.expressions import RuleError, parse
from adjoint_compiler.rules.rule import Rule

FRESH = ("numpy.zeros_like", HELPER["zero_tangent"], HELPER["guarded"])  # what gives memory of its own


def tangent_of_operation(s: Bind, y: Name, b: Builder, f: Tangents) -> Operand:
    """Write the tangent of a binding's result, which is known as ``y`` where it is read.

    Raises:
        RuleError: the operation, or this form of it, has no forward mode.
    """
    rule = rules.TABLE.by_key[s.op]
    env = rule_environment(s, rule)
    refuse_sparse(s, env, b)
    given = [p for p, o in env.items() if not p.startswith("*") and f.is_active(o)]
    active = [p for p in given if p in rule.pullbacks]
    applies = rule.linear.intersection(given) and rule.linear.issuperset(active)
    applies = applies and not (rule.tangents and holds_objects(b.type(y)))  # whose tangents are dicts
    if rule.kind == "structural" and applies and (f.is_stored(Name(s.target)) or not asks_for_layout(rule, env)):
        return _applied(s, rule, b, f)
    env.update(y=y)
    pullbacks = chosen_pullbacks(s, rule, b)
    total: Operand | None = None
    if rule.together and len(active) == len(rule.pullbacks):
        total = _together(rule, env, b, f)
        active = [] if total is not None else active
    for param in active:
        for c in _contributions(param, s, rule, pullbacks, env, b, f):
            total = c if total is None else _sum(total, c, b)
    fault = opened(b.out)
    if fault is not None:
        what = fault.args[0].value if isinstance(fault.args[0], Const) else "this"
        raise RuleError(f"{what} are not differentiated; pass what has no derivative: ac.stop_gradient(x)")
    if total is None and view_rule(s) is not None and f.is_active(viewed(s) or NONE):
        raise RuleError(f"forward mode of `{s.op}` is not available")
    if total is None:
        return zero_of(y, b)
    return _shaped(total, s, y, b, f) if rule.kind == "elementwise" else total


def _together(rule: Rule, env: dict[str, Operand], b: Builder, f: Tangents) -> Operand | None:
    """The tangent that all operands give together, if the rule states one; Python's own quotients raise where it is not finite."""
    expression = rule.together_for({p: b.type(o) for p, o in env.items()})
    if expression is None:
        return None
    dots = {f"{p}_dot": tangent(env[p], b, f) for p in rule.pullbacks}
    if rule.name == "operator.truediv" and all(is_python_scalar(b.type(env[p])) for p in ("x", "z")):
        return b.div(b.bind("operator.sub", dots["x_dot"], b.mul(dots["z_dot"], env["y"])), env["z"])
    return b.expand(expression, rule, {**env, **dots})


def asks_for_layout(rule: Rule, env: dict[str, Operand]) -> bool:
    """Whether elements may be taken in the order that they have in memory: tangents of values may be laid out otherwise."""
    if env.get("strides", NONE) != NONE:
        return True
    if not any("reshape_" in pullback for pullback in rule.pullbacks.values()):
        return False
    order = env.get("order", NONE)
    return not isinstance(order, Const) or order.value not in (None, "C", "F")


def _sum(a: Operand, c: Operand, b: Builder) -> Operand:
    """``a + c``; a minus sign of ``c`` makes it ``a - c``."""
    if isinstance(a, Pack) or isinstance(c, Pack) or is_container(b.type(a)):
        return b.bind(HELPER["add_structure"], a, c)
    last = b.out[-1] if b.out else None
    if isinstance(last, Bind) and c == Name(last.target) and last.op == "operator.neg":
        b.out.pop()
        return b.bind("operator.sub", a, last.args[0])
    return b.bind("operator.add", a, c)


def _contributions(
    param: str, s: Bind, rule: Rule, pullbacks: dict[str, str], env: dict[str, Operand], b: Builder, f: Tangents
) -> list[Operand]:
    operand = env[param]
    if f"*{param}" in env and isinstance(operand, Pack):
        out = []
        for k, item in enumerate(operand.items):
            expression = pullbacks.get(f"{param}[{k}]", pullbacks.get(param))
            if not f.is_active(item) or expression is None:
                continue
            if param in rule.bilinear:
                out.append(_replaced(s, rule, param, tangent(item, b, f), b, k))
            else:
                out.append(transposed(expression, rule, {**env, "k": Const(k)}, tangent(item, b, f), b))
        return out
    if param not in pullbacks:
        return []
    x_dot = tangent(operand, b, f)
    if param in rule.tangents:
        return [b.expand(rule.tangents[param], rule, {**env, "t": x_dot})]
    if rule.kind == "elementwise":
        return [_product(param, pullbacks[param], x_dot, rule, env, b)]
    if param in rule.bilinear:
        return [_replaced(s, rule, param, x_dot, b)]
    return [transposed(pullbacks[param], rule, env, x_dot, b)]


def _product(param: str, pullback: str, x_dot: Operand, rule: Rule, env: dict[str, Operand], b: Builder) -> Operand:
    tree: ast.expr = parse(pullback)
    tame = tame_power(rule, param, env)
    singular = param in rule.singular and tame is None and not certainly_finite(rule, env, b)
    return b.contribution(x_dot, tame if tame is not None else tree, rule, env, singular)


def _replaced(s: Bind, rule: Rule, param: str, new: Operand, b: Builder, k: int = 0) -> Operand:
    """The operation with one operand replaced: that of a parameter, or number ``k`` of those of ``*param``."""
    place = rule.params.index(f"*{param}") + k if f"*{param}" in rule.params else rule.params.index(param)
    args = tuple(new if j == place else a for j, a in enumerate(s.args))
    kwargs = {n: new if n == param else v for n, v in s.kwargs}
    return b.bind(s.op, *args, **kwargs)  # type: ignore[arg-type]


def _applied(s: Bind, rule: Rule, b: Builder, f: Tangents) -> Operand:
    """A linear operation of the tangents."""
    loose = s.op in BROADCASTING

    def turned(param: str, o: Operand) -> Operand:
        if param not in rule.linear or o == NONE:
            return o
        if loose and not f.is_active(o):
            return ZERO
        return _numeric(tangent(o, b, f), o, b)

    star = next((k for k, p in enumerate(rule.params) if p.startswith("*")), len(rule.params))
    args = tuple(turned(rule.params[min(k, star)].lstrip("*"), a) for k, a in enumerate(s.args))
    kwargs = {k: turned(k, v) for k, v in s.kwargs}
    c = b.bind(s.op, *args, **kwargs)  # type: ignore[arg-type]
    return _shaped(c, s, Name(s.target), b, f) if loose else c


def _numeric(t: Operand, o: Operand, b: Builder) -> Operand:
    """Zeros where an operand in the place of a number or array has no tangent, as arrays of ints."""
    return ZERO if t == NONE and b.is_number(o) else t


def _shaped(c: Operand, s: Bind, y: Name, b: Builder, f: Tangents) -> Operand:
    """``c`` in the shape of the result, where constant operands may have a larger one."""
    if b.is_number(y) or b.shapes.same(c, y):
        return c
    wanted = {o.id for o in (*s.args, *(v for _, v in s.kwargs)) if isinstance(o, Name) and not b.is_number(o)}
    if any(isinstance(o, Pack) for o in s.args):
        wanted.add("")
    if wanted <= _shapes_in(c, y, b, f, wanted):
        return c
    return b.bind(HELPER["stretched"], c, y)


def _shapes_in(c: Operand, y: Name, b: Builder, f: Tangents, wanted: set[str]) -> set[str]:
    """The variables whose shapes the shape of ``c`` is broadcast from."""
    made = {s.target: s for s in b.out if isinstance(s, Bind)}
    primal = {d: n for n, d in f.dots.items()}
    out: set[str] = set()
    work = list(names_in(c))
    while work:
        n = work.pop()
        if n == y.id:
            return {*out, *wanted}
        s = made.get(n)
        if s is None:
            out.add(primal.get(n, n))
            continue
        rule = rules.TABLE.by_key.get(s.op)
        if s.op in BROADCASTING or (rule is not None and rule.kind == "elementwise"):
            work += [m for o in (*s.args, *(v for _, v in s.kwargs)) for m in names_in(o)]
    return out


def in_own_memory(c: Operand, s: Bind, y: Name, b: Builder, f: Tangents) -> Operand:
    """The tangent in memory that relates to other tangents as the result's memory does to that of the operands."""
    if is_number(b.type(Name(s.target))) or isinstance(c, Const):
        return c
    base = viewed(s)
    if not f.is_stored(Name(s.target)) and not any(f.is_stored(Name(n)) for n in s.read):
        return c
    rule = view_rule(s)
    made = next((x for x in reversed(b.out) if isinstance(x, Bind) and c == Name(x.target)), None)
    if rule is None:
        fresh = made is not None and (made.op.startswith("operator.") or made.op in (s.op, *FRESH))
        c = c if fresh else b.bind(HELPER["copied"], c)
        if f.is_stored(Name(s.target)) and b.type(y).kind == "array" and s.target in f.reshaped:
            c = b.bind(HELPER["laid_out"], c, y)
        return c
    if rule.view_kind == "maybe" and isinstance(base, Name) and not is_container(b.type(base)):
        if base.id in f.active and made is not None and made.op == s.op:
            return b.bind(HELPER["mirrored"], c, Name(f.dot(base.id)), y, base)
        return b.bind(HELPER["copied"], c)
    return c


TANGENTS = Companion(
    "jvp", "dot", zero_of, ZERO, tangent_of_operation, in_own_memory, tangent_type, "numpy.asarray", HELPER["laid_out"],
    HELPER["as_gradient"],
)  # fmt: skip

__all__ = ["TANGENTS", "asks_for_layout", "in_own_memory", "tangent_of_operation"]
