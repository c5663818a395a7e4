"""Calls of functions with rules of the user's: made ready for differentiation, and reversed.

pair = cube_fwd(x)                bars = custom_bars(cube_bwd(pair[1], y_bar), x)
y = pair[0]              ->       x_bar = bars[0]
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.stopped import stop_faults, stopped_names
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.frontend.custom import pair_fault
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Statement
from adjoint_compiler.optimize.rename import map_statements
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.user import BACKWARD, CHECKED, FORWARD, OWN, VALUE

if TYPE_CHECKING:
    from adjoint_compiler.differentiate.facts import Facts

CUSTOM_BARS = "adjoint_compiler.runtime.custom.custom_bars"


def settle_custom_calls(program: Program, types: Types) -> Program:
    """Check what types and aliasing tell about calls of the user's rules, and leave the rest to be checked while running.

    A ``fwd`` of unknown type is checked to return a pair. A result that shares memory with something that is stored into
    becomes memory of its own.

    Raises:
        DifferentiationError: ``fwd`` returns no pair, or a store goes through a result without a derivative.
    """
    custom = [s for s in program.statements if isinstance(s, Bind) and s.op in (FORWARD, VALUE)]
    stopped = stopped_names(program)
    if not custom and not stopped:
        return program
    aliases = analyse_aliases(program, types)
    faults = stop_faults(program, types, stopped, aliases.classes, aliases.stored)

    def settle(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op == FORWARD:
            call = s.args[0]
            assert isinstance(call, Const)
            fault = pair_fault(call, tuple(operand_type(a, types) for a in s.args[1:]))
            if fault:
                faults.append(Diagnostic("AC001", s.span, fault, (), "return a tuple of the value and what bwd needs"))
            return [s if fault == "" else replace(s, op=CHECKED)]
        if isinstance(s, Bind) and s.op == VALUE:
            if aliases.stored & set(aliases.levels(s.target)):
                return [replace(s, op=OWN)]
        return [s]

    out = map_statements(program, settle)
    if faults:
        raise DifferentiationError(faults)
    return out


def reverse_custom(s: Bind, g: Operand, b: Builder, f: Facts) -> None:
    """The reverse of ``custom.value``: the user's ``bwd``, called once, gives the adjoints of all arguments."""
    from adjoint_compiler.differentiate.adjoints import accumulate

    call, pair, *args = s.args
    fault = getattr(call.value.rule, "fault", "")  # type: ignore[union-attr]
    if fault:
        raise RuleError(fault)
    residuals = b.bind("index", pair, Const(1), stem="residuals")
    if not (b.is_number(Name(s.target)) and b.is_number(g)):
        g = b.bind(HELPER["as_gradient"], g, Name(s.target))
    returned = b.bind(BACKWARD, call, residuals, g, stem="bars")
    bars = b.bind(CUSTOM_BARS, returned, *args, stem="bars")
    for k, arg in enumerate(args):
        if f.is_active(arg):
            accumulate(arg, b.bind("index", bars, Const(k)), b, f)


__all__ = ["reverse_custom", "settle_custom_calls"]
