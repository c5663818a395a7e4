"""Powers of Python numbers that may be complex are checked while the program runs.

    y = x**1.5            ->      y = x**1.5; check_power(y)

Python makes a complex number of a negative one to a fractional power, where NumPy makes nan. A value that is real by its type
must be real: programs that mean the complex power say so, with ``complex(x)**1.5``.
"""

from __future__ import annotations

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Program, Statement
from adjoint_compiler.ir.types import is_discrete
from adjoint_compiler.ir.walk import names_bound
from adjoint_compiler.optimize.rename import map_statements

POWERS = ("operator.pow", "builtins.pow")
AT_LEAST_ZERO = frozenset(
    "builtins.abs builtins.len math.sqrt math.exp math.exp2 math.cosh math.hypot math.fabs math.dist numpy.absolute numpy.sqrt numpy.exp"
    " numpy.square numpy.cosh numpy.hypot numpy.fabs numpy.linalg.norm".split()
)
KEEPING = ("operator.add", "operator.mul", "operator.truediv", "operator.pow", "builtins.float", "copy", "operator.mod")


def check_powers(program: Program, types: Types) -> Program:
    """Put checks behind the powers that need them (see the module's text).

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> power = Bind("y", "operator.pow", (Name("x"), Const(1.5)))
    >>> [type(s).__name__ for s in check_powers(Program("f", ("x",), (power,)), {"x": FLOAT}).body]
    ['Bind', 'Effect']
    """
    powers = [s for s in program.statements if isinstance(s, Bind) and s.op in POWERS and _may_be_complex(s, types)]
    if not powers:
        return program
    positive = _at_least_zero(program)

    def change(s: Statement) -> list[Statement]:
        if s not in powers or not isinstance(s, Bind) or _holds(s.args[0], positive):
            return [s]
        return [s, Effect("check", (Name(s.target),), s.span, "check_power")]

    return map_statements(program, change)


def _may_be_complex(s: Bind, types: Types) -> bool:
    """Whether both operands may be Python's real numbers, and the exponent no whole one."""
    base, exponent = (operand_type(o, types) for o in s.args[:2])
    if base.kind not in ("float", "int", "number", "real", "unknown") or is_discrete(exponent):
        return False
    if exponent.kind not in ("float", "number", "real", "unknown"):
        return False
    literal = s.args[1].value if isinstance(s.args[1], Const) else None
    return not isinstance(literal, float) or not literal.is_integer()


def _holds(o: Operand, positive: set[str]) -> bool:
    if isinstance(o, Const):
        return isinstance(o.value, (int, float)) and o.value >= 0
    return isinstance(o, Name) and o.id in positive


def _at_least_zero(program: Program) -> set[str]:
    """The names, each with one definition, that certainly are not negative."""
    defined = [n for s in program.statements for n in names_bound(s)]
    found: set[str] = set()
    for s in program.statements:
        if not isinstance(s, Bind) or defined.count(s.target) > 1 or s.target in program.params:
            continue
        square = s.op == "operator.mul" and s.args[0] == s.args[1]
        even = s.op == "operator.pow" and isinstance(s.args[1], Const) and s.args[1].value in (2, 4, 6)
        kept = s.op in KEEPING and all(_holds(o, found) for o in s.args)
        if (
            s.op in AT_LEAST_ZERO
            or square
            or even
            or kept
            or (s.op == "builtins.max" and any(_holds(o, found) for o in s.args))
        ):
            found.add(s.target)
    return found


__all__ = ["check_powers"]
