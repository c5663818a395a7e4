"""Taylor coefficients, as forward mode computes tangents: those of orders 1, 2, ... along a leading axis beside each variable.

    y = np.exp(x) * x       ->      t_coef = exp_series(t, x, x_coef)
                                    y_coef = product_series(y, t, t_coef, x, x_coef)

A linear operation is done to the coefficients of each order as to tangents of several directions; others have recurrences,
which :mod:`adjoint_compiler.rules.series` states.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.differentiate.builder import Builder
from adjoint_compiler.differentiate.forward_custom import CUSTOM
from adjoint_compiler.differentiate.forward_leaf import TANGENTS, tangent_of_operation
from adjoint_compiler.differentiate.operands import chosen_pullbacks, rule_environment
from adjoint_compiler.differentiate.tangents import Tangents, tangent
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Statement
from adjoint_compiler.ir.operands import NONE
from adjoint_compiler.rules import series as table
from adjoint_compiler.rules.expressions import RuleError


def series_of_operation(s: Bind, y: Name, b: Builder, f: Tangents) -> Operand:
    """Write the coefficients of a binding's result.

    Raises:
        RuleError: there is no recurrence for the operation.
    """
    rule = rules.TABLE.by_key[s.op]
    env = rule_environment(s, rule)
    chosen_pullbacks(s, rule, b)  # refuses what has no derivative
    active = [p for p, o in env.items() if p in {*rule.pullbacks, *rule.linear, *rule.bilinear} and f.is_active(o)]
    operands = [*s.args, *dict(s.kwargs).values()]
    count = sum(map(f.is_active, operands))
    if not active or table.is_linear(rule, active, count):
        return tangent_of_operation(s, y, b, f)
    recurrence = table.recurrence(s.op)
    if recurrence is not None:
        stated = dict(zip(rule.params, ("x", "z")))  # whatever the operation calls its first two operands
        env = {stated.get(p, p): o for p, o in env.items()}
        given = {f"{p}_": tangent(o, b, f) if f.is_active(o) else NONE for p, o in env.items()}
        return b.expand(recurrence, rule, {**env, **given, "y": y})
    if rule.bilinear.issuperset(active) and s.op.startswith(("numpy.", "operator.")):
        name = "numpy.matmul" if rule.function is None else s.op
        function = Const(rules.TABLE.by_key[name].function, name.replace("numpy", "np", 1))
        pairs = [p for o in operands for p in (o, tangent(o, b, f) if f.is_active(o) else NONE)]
        named = Pack("tuple", tuple(Const(n) for n, _ in s.kwargs))
        return b.bind(f"{table.RUNTIME}.multilinear_series", y, function, named, *pairs)
    raise RuleError(
        f"Taylor mode knows no recurrence for `{s.op}`; write it with functions that it knows, or nest ac.jvp"
    )


def series_of_custom(s: Bind, b: Builder, f: Tangents) -> list[Statement]:
    """Functions with rules of the user's state a first derivative, which is not enough."""
    if s.op in CUSTOM[:2] or not any(map(f.is_active, s.args[2:])):
        return (
            [s]
            if s.op in CUSTOM[:2]
            else [s, Bind(f.dot(s.target), "copy", (f.how.zero(Name(s.target), b),), (), s.span)]
        )
    raise RuleError("Taylor mode goes through no function with a rule of its own: that is one of first derivatives")


SERIES = replace(TANGENTS, suffix="taylor", stem="coef", operation=series_of_operation, custom=series_of_custom)

__all__ = ["SERIES"]
