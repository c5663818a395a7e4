"""Drop factors of one and terms of zero, and fold constants, where the result stays the same number.

x_bar = 1.0 * 5 * (2 * x)      ->      x_bar = 5.0 * (2 * x)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.memory import Memory, shared_classes
from adjoint_compiler.analysis.typing import Types, bind_type
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Statement
from adjoint_compiler.ir.types import UNKNOWN, is_discrete, is_number
from adjoint_compiler.optimize.elide_copies import COPIED
from adjoint_compiler.optimize.rename import map_statements

GUARDED = "adjoint_compiler.runtime.broadcasting.guarded"
ARITHMETIC = frozenset((GUARDED, *(f"operator.{word}" for word in ("mul", "add", "truediv", "neg"))))


def simplify_arithmetic(program: Program, types: Types) -> Program:
    """Simplify products and sums with literal operands (see the module's text).

    The primal's own statements stay: ``a * 1.0`` is a copy of ``a``.

    >>> from adjoint_compiler.ir.nodes import Name, Return
    >>> body = (Bind("t", "operator.mul", (Const(1.0), Name("x"))), Return(Name("t")))
    >>> simplify_arithmetic(Program("f", ("x",), body), {}).body[0].op
    'copy'
    """
    found: list[Memory] = []
    whole: set[str] = set()

    def is_buffer(o: Operand) -> bool:
        if not isinstance(o, Name) or is_number(types.get(o.id, UNKNOWN)):
            return False
        if not found:
            found.append(shared_classes(program, types))
        return found[0].in_stored_class(o.id)

    def may_be_whole(name: str) -> bool:
        """Whether a name of which little is known is bound to an integer somewhere."""
        if not whole:
            statements = [s for s in program.statements if isinstance(s, Bind)]
            whole.update(s.target for s in statements if bind_type(s, types).kind in ("int", "bool", "number"))
        return name in whole

    def simplified(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.target in program.primal:
            return [s]
        new = _simplified(s, types, may_be_whole)
        if (
            new is not s
            and isinstance(new, Bind)
            and new.op == "copy"
            and (is_buffer(new.args[0]) or is_buffer(Name(new.target)))
        ):
            new = replace(new, op=COPIED)  # stores leave it as it is; the copy goes where there are none
        return [new]

    return map_statements(program, simplified, ARITHMETIC)


def _simplified(s: Statement, types: Types, whole: Callable[[str], bool]) -> Statement:
    if not isinstance(s, Bind):
        return s
    if s.op == GUARDED:  # what is not zero guards nothing
        return _copy(s, s.args[1]) if _is_number(s.args[0]) and not _equals(s.args[0], 0.0) else s
    if len(s.args) != 2:
        return _negated(s) if s.op == "operator.neg" else s
    a, b = s.args
    if s.op == "operator.mul":
        if _is_number(a) and _is_number(b):
            return _copy(s, Const(a.value * b.value))  # type: ignore[union-attr]
        for x, other in ((a, b), (b, a)):
            if _equals(x, 1.0) and _stays(other, types, whole):
                return _copy(s, other)
            if _equals(x, -1.0) and _stays(other, types, whole):
                return Bind(s.target, "operator.neg", (other,), (), s.span)
    if s.op == "operator.add":
        for x, other in ((a, b), (b, a)):
            if _equals(x, 0.0) and _stays(other, types, whole):
                return _copy(s, other)
    if s.op == "operator.truediv" and _equals(b, 1.0) and _stays(a, types, whole):
        return _copy(s, a)
    return s


def _stays(o: Operand, types: Types, whole: Callable[[str], bool]) -> bool:
    """Whether a factor of 1.0 leaves the operand what it is: it makes a float of an int, and of what may be one."""
    t = operand_type(o, types)
    if t.kind in ("unknown", "number") and isinstance(o, Name):
        return not whole(o.id)
    return not is_discrete(t)


def _negated(s: Bind) -> Statement:
    return _copy(s, Const(-s.args[0].value)) if _is_number(s.args[0]) else s  # type: ignore[union-attr]


def _copy(s: Bind, o: Operand) -> Bind:
    return Bind(s.target, "copy", (o,), (), s.span)


def _is_number(o: Operand) -> bool:
    return isinstance(o, Const) and type(o.value) in (int, float) and not o.text


def _equals(o: Operand, value: float) -> bool:
    return isinstance(o, Const) and type(o.value) in (int, float) and o.value == value and not o.text
