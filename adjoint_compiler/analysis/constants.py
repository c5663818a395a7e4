"""Arguments of library functions by which a definition has no derivative: refused where they depend on what is differentiated by.

    matrix = scipy_value("signal.decimate", (np.eye(n), constant(q)))      q must be a constant

A definition says so by ``constant(q)``. Whether the call's result has a derivative does not matter: what is computed for its
value only would leave out, unseen, how it changes with ``q``.
"""

from __future__ import annotations

from collections.abc import Iterable

from adjoint_compiler.analysis.activity import varied_names
from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.nodes import Bind, Program
from adjoint_compiler.ir.operands import names_in

CONSTANT = "adjoint_compiler.runtime.library_values.constant"


def constant_faults(program: Program, types: Types, inputs: Iterable[str]) -> list[Diagnostic]:
    """What is said to be constant, and depends on an input.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> from adjoint_compiler.ir.types import FLOAT
    >>> body = (Bind("q", CONSTANT, (Name("x"),)),)
    >>> [d.code for d in constant_faults(Program("f", ("x",), body), {"x": FLOAT, "q": FLOAT}, ("x",))]
    ['AC009']
    """
    said = [s for s in program.statements if isinstance(s, Bind) and s.op == CONSTANT]
    if not said:
        return []
    varied = varied_names(program, types, analyse_aliases(program, types), inputs)
    message = "calls with an active argument of this kind are not differentiated"
    return [
        Diagnostic("AC009", s.span, message, (), "pass what has no derivative: ac.stop_gradient(x)")
        for s in said
        if not varied.isdisjoint(names_in(s.args[0]))
    ]


__all__ = ["constant_faults"]
