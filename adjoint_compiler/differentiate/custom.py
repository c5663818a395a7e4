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
from adjoint_compiler.rules.user import BACKWARD, CHECKED, FORWARD, INERT_CALL, OWN, VALUE

if TYPE_CHECKING:
    from adjoint_compiler.differentiate.facts import Facts

CUSTOM_BARS = "adjoint_compiler.runtime.custom.custom_bars"
OWN_RESULT = "adjoint_compiler.runtime.custom.own_result"


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


def call_functions(program: Program) -> Program:
    """Call functions with rules of the user's themselves where nothing needs what ``bwd`` would.

    So the rule is theirs where the generated code is differentiated: ``fwd`` would be a function like any other.

    >>> call_functions(Program("f", ("x",), (Bind("y", "operator.neg", (Name("x"),)),))).body[0].op
    'operator.neg'
    """
    pairs = {s.target: s for s in program.statements if isinstance(s, Bind) and s.op in (FORWARD, CHECKED)}
    reads = [n for s in program.statements for n in s.read if n in pairs]
    whole: dict[str, Operand] = {}
    for s in program.statements:
        if isinstance(s, Bind) and s.op in (VALUE, OWN):
            call, pair = s.args[:2]
            if isinstance(call, Const) and isinstance(pair, Name) and reads.count(pair.id) == 1 and call.value.whole:
                whole[pair.id] = call.value.whole
    if not whole:
        return program

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op in (FORWARD, CHECKED) and s.target in whole:
            return [replace(s, op=INERT_CALL, args=(whole[s.target], *s.args[1:]))]
        if isinstance(s, Bind) and s.op in (VALUE, OWN) and isinstance(s.args[1], Name) and s.args[1].id in whole:
            return [
                replace(s, op="copy", args=(s.args[1],))
                if s.op == VALUE
                else replace(s, op=OWN_RESULT, args=s.args[1:])
            ]
        return [s]

    return map_statements(program, change)


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


__all__ = ["call_functions", "reverse_custom", "settle_custom_calls"]
