"""The operands that the parameters of a rule stand for, and which of its pullbacks apply."""

from __future__ import annotations

import ast
import functools

from adjoint_compiler.differentiate.builder import Builder
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Operand,
    Pack,
)
from adjoint_compiler.rules.rule import Rule


def chosen_pullbacks(s: Bind, rule: Rule, b: Builder) -> dict[str, str]:
    """The pullbacks for the arguments at hand: specialised, by rank, or the general ones."""
    given: dict[str, Operand] = {}
    for k, param in enumerate(rule.params):
        if param.startswith("*"):
            given[param[1:]] = Pack("tuple", s.args[k:])
            break
        if k < len(s.args):
            given[param] = s.args[k]
    given.update(dict(s.kwargs))
    return rule.pullbacks_for({p: b.type(o) for p, o in given.items()}, given)


@functools.cache
def _default(text: str) -> Const:
    return Const(ast.literal_eval(text))


def rule_environment(s: Bind, rule: Rule) -> dict[str, Operand]:
    """The operands that a rule's parameter names stand for; absent ones are their defaults."""
    env: dict[str, Operand] = {}
    for param in rule.params:
        if param in rule.defaults:
            env[param] = _default(rule.defaults[param])
    for k, param in enumerate(rule.params):
        if param.startswith("*"):
            env[param] = env[param[1:]] = Pack("tuple", s.args[k:])
            break
        if k < len(s.args):
            env[param] = s.args[k]
    env.update(dict(s.kwargs))
    return env
