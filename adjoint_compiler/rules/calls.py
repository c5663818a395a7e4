"""Calls in the expressions of rules: what the rules of the functions called say about their arguments."""

from __future__ import annotations

import ast
import copy
import functools
import re
from typing import TYPE_CHECKING

from adjoint_compiler.rules.expressions import RuleError, expression_reads, parse, resolve_function
from adjoint_compiler.rules.registry import TABLE

if TYPE_CHECKING:
    from adjoint_compiler.rules.rule import Rule


def contents_read(expression: str, rule: Rule) -> frozenset[str]:
    """``expression_reads`` without the names that only stand where a function reads nothing but a shape.

    >>> from adjoint_compiler.rules import lookup_key
    >>> sorted(contents_read("spread(g, a, axis) * conj(y)", lookup_key("numpy.prod")))
    ['axis', 'y']
    """
    tree = copy.deepcopy(parse(expression))
    for node in ast.walk(tree):
        callee = callee_of(node, rule) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and callee is not None:
            starred = callee.params[-1:] if callee.params[-1:] and callee.params[-1].startswith("*") else ()
            params = callee.params + starred * len(node.args)
            kept = [a for a, p in zip(node.args, params) if p not in callee.shape_only or not isinstance(a, ast.Name)]
            node.args = kept
    return expression_reads(ast.unparse(tree))


def callee_of(node: ast.Call, rule: Rule) -> Rule | None:
    """The rule of the function that a call in a rule's expression calls."""
    try:
        return TABLE.find(resolve_function(ast.unparse(node.func), rule))
    except RuleError:
        return None


# functions with defaults that the oldest NumPy which is supported has not: what is left out for others is written for them
NEWER_DEFAULTS = ("numpy.take_along_axis",)


@functools.lru_cache(maxsize=4096)
def trim(expression: str, rule: Rule, absent: frozenset[tuple[str, str]], arrays: frozenset[str] = frozenset()) -> str:
    """An expression of a rule without the arguments that repeat a default of the function called.

    The shapes of what is known to be an array are its attributes.

    >>> from adjoint_compiler.rules import lookup_key
    >>> trim("spread(g, a, axis, keepdims)", lookup_key("numpy.sum"), frozenset({("keepdims", "False")}))
    'spread(g, a, axis)'
    >>> trim("reshape(g, shape(a))", lookup_key("numpy.sum"), frozenset(), frozenset({"a"}))
    'reshape(g, a.shape)'
    """
    defaults = dict(absent)

    def text(node: ast.expr) -> str:
        return defaults.get(node.id, "") if isinstance(node, ast.Name) else ast.unparse(node)

    tree = ast.parse(expression, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            callee = callee_of(node, rule)
            if callee is None or callee.name in NEWER_DEFAULTS:
                continue
            node.keywords = [k for k in node.keywords if callee.defaults.get(k.arg or "") != text(k.value)]
            while node.args and not node.keywords and len(node.args) <= len(callee.params):
                if callee.defaults.get(callee.params[len(node.args) - 1]) != text(node.args[-1]):
                    break
                node.args.pop()
    return re.sub(r"\bshape\((\w+)\)", lambda m: f"{m[1]}.shape" if m[1] in arrays else m[0], ast.unparse(tree))
