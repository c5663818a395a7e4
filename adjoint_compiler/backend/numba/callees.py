"""Compiled functions that a compiled function calls: a derivative is one module, whose functions have one meaning.

Numba compiles a function that says nothing of its ``error_model`` with that of its caller; one that says so keeps its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adjoint_compiler.backend.numba.jit import Jit
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.nodes import Span


def other_meanings(callees: Iterable[tuple[Any, Span]], jit: Jit | None) -> list[Diagnostic]:
    """What is wrong with the options of compiled functions that are called.

    Args:
        callees: Numba's dispatchers, with where they are called.
        jit: how the derivative is compiled; only that of a compiled function has the meaning of compiled functions.
    """
    if jit is None or not jit.compiled:
        return []
    own = "python" if jit.raises else "numpy"
    out: list[Diagnostic] = []
    for function, span in callees:
        given, name = function.targetoptions, function.__name__
        model = given.get("error_model", own)
        if model != own:
            message = f"`{name}` has error_model={model!r}, the function that calls it {own!r}: a derivative has one"
            out.append(Diagnostic("AC021", span, message, (), f"decorate both with error_model={model!r}"))
        if given.get("boundscheck") and not dict(jit.options).get("boundscheck"):
            message = f"`{name}` checks indices, the function that calls it does not: a derivative does so everywhere or nowhere"
            out.append(Diagnostic("AC021", span, message, (), "decorate both with boundscheck=True, or neither"))
    return out


__all__ = ["other_meanings"]
