"""Expressions of rules: what the names in them mean, and what they read."""

from __future__ import annotations

import ast
import cmath
import functools
import importlib
import math
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.nodes import Span

if TYPE_CHECKING:
    from adjoint_compiler.rules.rule import Rule

METADATA = frozenset({"shape", "ndim", "size", "dtype"})
# Modules whose functions expressions call by dotted names.
MODULES = {name: f"numpy.{name}" for name in ("linalg", "fft", "lib", "polynomial")} | {"special": "scipy.special"}


class RuleError(ValueError):
    """A rule that cannot be right (unknown names, parameters without meaning, duplicates), or a form of its operation
    that it does not cover; ``span`` is the place in the user's program, where there is one."""

    span: Any = None

    def diagnostic(self, span: Span) -> Diagnostic:
        """The refusal of an operation in a program."""
        message, _, advice = str(self).partition("; ")
        return Diagnostic("AC009", self.span or span, message, (), advice or "use a supported form")


@functools.cache
def parse(expression: str) -> ast.expr:
    """The expression of a rule as a Python tree."""
    return ast.parse(expression, mode="eval").body


@functools.cache
def expression_reads(expression: str) -> frozenset[str]:
    """Names whose contents an expression reads; ``x.shape`` and the like read no contents."""
    metadata = {id(n.value) for n in ast.walk(parse(expression)) if isinstance(n, ast.Attribute) and n.attr in METADATA}
    functions = [n.func for n in ast.walk(parse(expression)) if isinstance(n, ast.Call)]
    calls = {id(f.value if isinstance(f, ast.Attribute) else f) for f in functions}
    return frozenset(
        n.id
        for n in ast.walk(parse(expression))
        if isinstance(n, ast.Name) and id(n) not in metadata and id(n) not in calls and n.id != "g"
    )


def resolve_function(name: str, rule: Rule) -> Any:
    """What a function name in a rule's expression means: helper, then the rule's own module, then NumPy."""
    first, *rest = name.split(".")
    return functools.reduce(getattr, rest, _meaning(first, rule))


def _meaning(name: str, rule: Rule) -> Any:
    if callable(rule.scope.get(name)) or isinstance(rule.scope.get(name), ModuleType):
        return rule.scope[name]
    if name in MODULES:
        return importlib.import_module(MODULES[name])
    if callable(getattr(runtime, name, None)):
        return getattr(runtime, name)
    module: ModuleType = _STANDARD.get(rule.module) or importlib.import_module(rule.module)
    # scipy.stats has functions of its own called exp, log and abs, of random variables
    for holder in (np, module) if rule.module == "scipy.stats" else (module, np):
        if hasattr(holder, name):
            return getattr(holder, name)
    raise RuleError(f"{rule.name}: nothing is called {name!r}")


def evaluate(expression: str, rule: Rule, values: dict[str, Any]) -> Any:
    """Evaluate a rule's expression on numbers, as generated code would (used by the rule tests).

    >>> from adjoint_compiler.rules import lookup_key
    >>> rule = lookup_key("numpy.sin")
    >>> float(evaluate(rule.pullbacks["x"], rule, {"x": 0.0}))
    1.0
    """
    return eval(expression, _Namespace(rule, values))  # noqa: S307  (the table's own expressions)


_STANDARD = {"math": math, "cmath": cmath, "numpy": np}


class _Namespace(dict):  # type: ignore[type-arg]
    def __init__(self, rule: Rule, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.rule = rule

    def __missing__(self, name: str) -> Any:
        return resolve_function(name, self.rule)
