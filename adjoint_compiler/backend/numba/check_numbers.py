"""Checks of what Python's numbers raise for, and compiled ones do not.

y = 1.0 / x             check_divisor(x)
z = math.log(y)   ->    y = 1.0 / x
                        z = math.log(y)
                        check_domain(z, y)
"""

from __future__ import annotations

from itertools import zip_longest

from adjoint_compiler.analysis.indexing import index_parts, part_kind
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.check_indices import check_indices
from adjoint_compiler.backend.numba.hoist_checks import hoist_checks
from adjoint_compiler.backend.numba.jit import Jit
from adjoint_compiler.backend.numba.suit import may_read_what_it_wrote
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import Bind, Const, Effect, Name, Operand, Program, Statement, Update
from adjoint_compiler.ir.types import PYTHON_NUMBERS, Type, is_number, is_python_scalar
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_statements

DIVISIONS = ("operator.truediv", "operator.floordiv", "operator.mod")
POLES = frozenset(f"math.{f}" for f in ("log", "log2", "log10", "log1p", "atanh", "gamma", "lgamma"))
IDENTITY = ("operator.is_", "operator.is_not")
CHECK = "check"


def check_numbers(program: Program, types: Types, jit: Jit) -> Program:
    """The program with checks before divisions and powers of Python's numbers, and after functions of ``math``.

    Args:
        program: a program before it is differentiated: what its reverse sweep divides by is never checked.
        types: the types of its names.
        jit: whose meaning it has; Numba's own numbers raise for divisions only, and only with ``error_model="python"``.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> body = (Bind("y", "operator.truediv", (Const(1.0), Name("x"))),)
    >>> [s.text for s in check_numbers(Program("f", ("x",), body), {"x": FLOAT, "y": FLOAT}, Jit()).body[:1]]
    ['check_divisor']
    """

    def of(o: Operand) -> Type | None:
        return types.get(o.id) if isinstance(o, Name) else PYTHON_NUMBERS.get(type(getattr(o, "value", None)))

    def python(s: Bind) -> bool:
        kinds = [of(a) for a in s.args]
        wanted = is_number if jit.compiled else is_python_scalar
        return all(t is not None and wanted(t) and t.kind != "complex" for t in kinds)

    def checked(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and s.op in IDENTITY and not jit.compiled:
            return [_identity(s, [of(a) for a in s.args])]
        if not isinstance(s, Bind) or not s.args or not python(s):
            return [s]
        if s.op in DIVISIONS and jit.raises and not _nonzero(s.args[1]):
            return [Effect(CHECK, (s.args[1],), s.span, "check_divisor"), s]
        if jit.compiled:
            return [s]
        if s.op == "operator.pow" and not _harmless(s.args[1]):
            return [Effect(CHECK, s.args, s.span, "check_exponent"), s, _finite(s)]
        real = s.op.startswith("math.") and of(Name(s.target)) == of(Const(1.0))
        return [s, _finite(s)] if s.op == "operator.pow" or real else [s]

    return map_statements(program, checked)


def _identity(s: Bind, kinds: list[Type | None]) -> Statement:
    """Whether two names are one object: NumPy's numbers are none of Python's constants, which Numba takes them for."""
    constants = [o.value for o in s.args if isinstance(o, Const)]
    if None in constants or all(t is not None and t.kind == "bool" for t in kinds):
        return s
    if any(type(c) is bool for c in constants) and any(t is not None and t.kind in ("scalar", "array") for t in kinds):
        return Bind(s.target, "copy", (Const(s.op == "operator.is_not"),), (), s.span)
    message = "`is` asks for the identity of objects, which compiled numbers do not have"
    raise DifferentiationError(Diagnostic("AC021", s.span, message, (), "compare with =="))


def _finite(s: Bind) -> Statement:
    check = "check_domain" if s.op in POLES and len(s.args) == 1 else "check_range"
    return Effect(CHECK, (Name(s.target), *s.args), s.span, check)


def _nonzero(o: Operand) -> bool:
    return isinstance(o, Const) and o.value != 0


def _harmless(o: Operand) -> bool:
    """Whether any number has a real and finite power of this exponent, as far as it does not overflow."""
    return isinstance(o, Const) and isinstance(o.value, int) and o.value >= 0


def _refuse_running_updates(program: Program, types: Types) -> None:
    """Refuse updates of compiled functions that read what they have already written, as Numba runs them."""
    memory = shared_classes(program, types)
    made = {s.target: s for s in walk(program.body) if isinstance(s, Bind)}
    for s in walk(program.body):
        if isinstance(s, Update) and may_read_what_it_wrote(s, types, memory) and isinstance(s.value, Name):
            source = made.get(s.value.id)
            same = source is not None and source.op == "index" and source.args[0] == Name(s.target)
            if not same or not _one_or_apart(source.args[1], s.index, types):  # type: ignore[union-attr]
                message = "Numba runs this update element by element, and may read what it has already written"
                advice = "write it as a = a + b of parts, which is computed first and then stored, or as a loop"
                raise DifferentiationError(Diagnostic("AC021", s.span, message, (), advice))


def _one_or_apart(a: Operand, b: Operand | None, types: Types) -> bool:
    """Whether two subscripts certainly show the same part of an array, or parts that do not meet: they differ in integers only.

    >>> _one_or_apart(Name("i"), Name("j"), {"i": Type("int"), "j": Type("int")})
    True
    """
    if a == b:
        return True
    if b is None:
        return False
    pairs = [*zip_longest(index_parts(a), index_parts(b))]
    return all(p == q or None not in (p, q) and part_kind(p, types) == part_kind(q, types) == "int" for p, q in pairs)


def _refuse_stated_rules(program: Program) -> None:
    """Refuse calls of functions with rules of the user's: their names are bound when a module is loaded."""
    for s in walk(program.body):
        if isinstance(s, Bind) and s.op.startswith(("user.", "custom.")):
            called = f"`{s.op.rpartition('.')[2]}`" if s.op.startswith("user.") else "what is called here"
            message = f"{called} has a rule of its own, which is not compiled by Numba yet"
            raise DifferentiationError(Diagnostic("AC021", s.span, message, (), "use backend='numpy'"))


def with_checks(program: Program, types: Types, jit: Jit | None) -> Program:
    """:func:`check_numbers` and ``check_indices`` for what Numba compiles; anything else stays as it is."""
    if jit is None:
        return program
    _refuse_stated_rules(program)
    if jit.compiled:
        _refuse_running_updates(program, types)
    program = check_numbers(program, types, jit)
    return program if jit.compiled else hoist_checks(check_indices(program, types), types)


__all__ = ["check_numbers", "with_checks"]
