"""The table of derivative rules: one line an elementwise operation, a short template a structural one."""

import numpy as np

from adjoint_compiler.rules import (  # noqa: F401
    builtin_functions,
    checks,
    complex_parts,
    constructors,
    contractions,
    dependencies,
    draws,
    fourier,
    helpers,
    indexing,
    inert,
    kinks,
    library_values,
    linalg,
    memory,
    methods,
    moving,
    operators,
    optional,
    partials,
    polynomials,
    primitives,
    reductions,
    scalar_math,
    shaping,
    stated,
    ufunc_methods,
    ufuncs,
    user,
)
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.stated import elementwise

dependencies.check()


def lookup_key(key: str) -> Rule:
    """The rule of an IR operation; raises ``KeyError`` when there is none."""
    return TABLE.by_key[key]


def lookup(function: object) -> Rule | None:
    """The rule of a library function, by identity."""
    ufunc = getattr(function, "__self__", None)
    if isinstance(ufunc, np.ufunc):
        return TABLE.by_key.get(f"numpy.{ufunc.__name__}.{getattr(function, '__name__', '')}")
    found = TABLE.find(function)
    if found is None:
        optional.load_used()
        found = TABLE.find(function)
    return found


__all__ = ["TABLE", "Rule", "RuleError", "elementwise", "lookup", "lookup_key"]
