"""Forward mode of calls of functions with rules of the user's.

pair = cube_fwd(x)                        pair = cube_jvp((x,), (x_dot,))
y = pair[0]                     ->        y = pair[0]
                                          y_dot = custom_tangent(pair[1], y)
"""

from __future__ import annotations

from adjoint_compiler.differentiate.builder import Builder
from adjoint_compiler.differentiate.custom import CUSTOM_BARS
from adjoint_compiler.differentiate.tangents import Tangents, tangent, zero_of
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Program, Statement
from adjoint_compiler.ir.types import holds_objects, may_be_complex
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.scipy_solvers import SolverRule
from adjoint_compiler.rules.user import BACKWARD, CHECKED, FORWARD, OWN, VALUE

CUSTOM = (FORWARD, CHECKED, VALUE, OWN)
TANGENT = "adjoint_compiler.runtime.custom.custom_tangent"


def replaced_pairs(program: Program, f: Tangents) -> frozenset[str]:
    """What ``fwd`` functions return where the ``jvp`` of the rule takes their place: only values with tangents read it."""
    pairs = {
        s.target for s in program.statements
        if isinstance(s, Bind) and s.op in (FORWARD, CHECKED) and isinstance(s.args[0], Const)
        and getattr(s.args[0].value.rule, "jvp", None) is not None and any(map(f.is_active, s.args[1:]))
    }  # fmt: skip
    if not pairs:
        return frozenset()
    for s in program.statements:
        if not (isinstance(s, Bind) and s.op in (VALUE, OWN) and s.target in f.active):
            pairs.difference_update(s.read)
    return frozenset(pairs)


def forward_custom(s: Bind, b: Builder, f: Tangents) -> list[Statement]:
    """The statements of such a call with those of its tangent.

    Raises:
        RuleError: the rule is one for reverse mode.
    """
    y, call = Name(s.target), s.args[0]
    assert isinstance(call, Const)
    if s.op in (FORWARD, CHECKED):
        return [] if s.target in f.replaced else [s]
    args = s.args[2:]
    if not any(map(f.is_active, args)):
        zero = zero_of(y, b)
        return [s, *b.out, Bind(f.dot(s.target), "copy", (zero,), (), s.span)]
    if (
        call.value.jvp is None
        and isinstance(call.value.rule, SolverRule)
        and b.is_number(y)
        and not may_be_complex(b.type(y))
    ):
        total = _paired(s, call, b, f)
        return [s, *b.out, Bind(f.dot(s.target), "copy", (total,), (), s.span)]
    if call.value.jvp is None:
        name = getattr(call.value.rule, "__name__", "function")
        raise RuleError(
            f"`{name}` states its derivative for reverse mode only; state it for forward mode: ac.custom_jvp"
        )
    if any(map(holds_objects, map(b.type, args))):
        raise RuleError("a custom_jvp is not given the tangents of objects; pass it what it reads of them")
    dots = Pack("tuple", tuple(tangent(a, b, f) for a in args))
    pair = b.bind(FORWARD, call.value.jvp, Pack("tuple", args), dots, stem="pair")
    b.emit(Bind(s.target, "index", (pair, Const(0)), (), s.span))
    part = b.bind("index", pair, Const(1))
    b.emit(Bind(f.dot(s.target), TANGENT, (part, y), (), s.span))
    return b.out


def _paired(s: Bind, call: Const, b: Builder, f: Tangents) -> Operand:
    """The tangent of a solver's result that is one number: its gradient, paired with the tangents of the arguments."""
    pair, args = s.args[1], s.args[2:]
    residuals = b.bind("index", pair, Const(1), stem="residuals")
    returned = b.bind(BACKWARD, call, residuals, Const(1.0), stem="bars")
    bars = b.bind(CUSTOM_BARS, returned, *args, stem="bars")
    total: Operand | None = None
    for k, arg in enumerate(args):
        if f.is_active(arg):
            c = b.mul(b.bind("index", bars, Const(k)), tangent(arg, b, f))
            c = c if b.is_number(arg) else b.bind("numpy.sum", c)
            total = c if total is None else b.bind("operator.add", total, c)
    assert total is not None
    return total


__all__ = ["CUSTOM", "forward_custom", "replaced_pairs"]
