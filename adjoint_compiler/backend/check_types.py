"""Types that annotations and signatures promise are checked where a generated function begins.

def f_grad(x):                     def f_grad(x):
    x_bar = 2.0 * x          ->        check_type(x, 'float', 'x')
    return x_bar                       x_bar = 2.0 * x
                                       return x_bar
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Const, Effect, Name, Program


def check_types(program: Program, types: Types) -> Program:
    """The program with a check of every parameter whose type is known.

    Args:
        program: a generated function.
        types: the types promised, by parameter; a parameter without one is not checked.

    >>> from adjoint_compiler.ir.nodes import Return
    >>> from adjoint_compiler.ir.types import FLOAT
    >>> checked = check_types(Program("f", ("x", "y"), (Return(Name("x")),)), {"x": FLOAT})
    >>> [s.args[2].value for s in checked.body[:-1]]
    ['x']
    """
    checks = tuple(
        Effect("check", (Name(p), Const(str(types[p])), Const(p)), program.span, "check_type")
        for p in program.params
        if p in types
    )
    return replace(program, body=(*checks, *program.body))
