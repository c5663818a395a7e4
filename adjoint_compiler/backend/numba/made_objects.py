"""Objects that a program makes, and the classes that its compiled derivative names: Numba knows those of named tuples.

p = Point(x, y)         as it stands, Point imported or passed to the module
c = Circle(r)           refused
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import Const, Operand, Pack, Program, Span


def refuse_made_objects(program: Program) -> None:
    """Refuse objects other than named tuples.

    Args:
        program: a generated program.

    Raises:
        DifferentiationError: AC021, where it makes one.
    """
    for s in program.statements:
        for o in s.operands:
            for cls in _classes_made(o):
                if not is_named_tuple(cls.value):
                    raise _refusal(cls.text, s.span)


def named_classes(constants: dict[str, Any], names: Iterable[str], place: Span) -> dict[str, type]:
    """The classes that generated functions name.

    Args:
        constants: objects of the program, by the names that generated code calls them by.
        names: what the functions read from their module.
        place: where the user's function is defined.

    Raises:
        DifferentiationError: AC021, one of them is neither a named tuple nor an exception.
    """
    found = {n: constants[n] for n in names if isinstance(constants.get(n), type)}
    for name, cls in found.items():
        if not is_named_tuple(cls) and not issubclass(cls, BaseException):
            raise _refusal(name, place)
    return found


def is_named_tuple(cls: Any) -> bool:
    """Whether a class is that of named tuples.

    >>> from collections import namedtuple
    >>> is_named_tuple(namedtuple("Point", "x y")), is_named_tuple(tuple)
    (True, False)
    """
    return isinstance(cls, type) and issubclass(cls, tuple) and hasattr(cls, "_fields")


def import_of(name: str, cls: type) -> str | None:
    """How a module imports a class under a name; None where it cannot: local classes, and those of a script.

    Numba keeps classes of scripts by value, so that what it has compiled would hand out another class in the next process.

    >>> from fractions import Fraction
    >>> import_of("Fraction", Fraction), import_of("F", Fraction)
    ('from fractions import Fraction', 'from fractions import Fraction as F')
    """
    module, own = cls.__module__, cls.__qualname__
    if module == "__main__" or getattr(sys.modules.get(module), own, None) is not cls:
        return None
    return f"from {module} import {own}" + ("" if own == name else f" as {name}")


def _classes_made(o: Operand) -> list[Const]:
    """The classes of the objects that an operand makes."""
    if not isinstance(o, Pack):
        return []
    own = [o.cls] if o.kind == "record" and o.cls is not None else []
    return [*own, *(c for i in o.items for c in _classes_made(i))]


def _refusal(name: str, span: Span) -> DifferentiationError:
    message = f"objects of class `{name}` are not made in compiled derivatives yet"
    advice = "pass their attributes on by themselves or in tuples, or use backend='numpy'"
    return DifferentiationError(Diagnostic("AC021", span, message, (), advice))


__all__ = ["import_of", "is_named_tuple", "named_classes", "refuse_made_objects"]
