"""Which statements may raise what a `try` catches: a coarse table, in doubt they may."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint_compiler.analysis.indexing import index_type, operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.ir.nodes import (
    Bind,
    Comment,
    Const,
    Effect,
    Name,
    Operand,
    Pop,
    Push,
    Statement,
    Store,
    Try,
    Update,
)
from adjoint_compiler.ir.types import is_number, is_python_scalar
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.rules.registry import TABLE

HARMLESS = ("copy", "operator.not_", "operator.is_", "operator.is_not", "as_sequence", "builtins.bool", "refused")
DIVIDING = frozenset(("truediv", "floordiv", "mod", "pow", "divmod", "round"))
READING = (Store, Update, Pop, Push)


@dataclass
class Caught:
    """One ``except`` clause: its classes, how they are written, and its number, from 1 on."""

    classes: tuple[type[BaseException], ...]
    text: str


class Raising:
    """What is caught, and the types of what statements read.

    Attributes:
        caught: the `except` clauses.
        types: types of names, as far as they are known.
    """

    def __init__(self, cx: Context, caught: list[Caught]) -> None:
        self.cx, self.caught = cx, caught
        self.types: Types = {}

    def may_raise(self, s: Statement) -> bool:
        """Whether a statement may raise something that is caught."""
        if isinstance(s, Effect) and s.kind in ("raise", "assert"):
            cls = AssertionError if s.kind == "assert" else self.raised_class(s)
            return cls is None or any(self.related(cls, c) for c in self.classes())
        if isinstance(s, Try):
            return any(self.may_raise(x) for x in walk(s.body))
        if isinstance(s, Comment) or (isinstance(s, Bind) and s.op in HARMLESS):
            return False
        return any(self.may_be(s, c) for c in self.classes())

    def classes(self) -> Iterator[type[BaseException]]:
        """All that is caught."""
        for c in self.caught:
            yield from c.classes

    @staticmethod
    def related(raised: type, caught: type) -> bool:
        """Whether an exception of a class, or of one below it, may be of another."""
        return issubclass(raised, caught) or issubclass(caught, raised)

    def raised_class(self, s: Effect) -> Any:
        """The class that a ``raise`` names; None where it raises what was caught."""
        if s.text in self.cx.constants:
            return self.cx.constants[s.text]
        found: Any = {"np": np}.get(s.text.split(".")[0], builtins)
        for part in s.text.removeprefix("np.").split("."):
            found = getattr(found, part, None)
        return found

    def may_be(self, s: Statement, cls: type[BaseException]) -> bool:
        """Whether a statement may raise an exception of the class."""
        known = self.raised_by(s)
        if known is not None:
            return any(self.related(c, cls) for c in known)
        op = s.op if isinstance(s, (Bind, Update)) else ""
        if issubclass(cls, np.linalg.LinAlgError):
            return "linalg" in op
        rule = TABLE.by_key.get(op)
        if issubclass(cls, StopIteration):
            return op.endswith(".__next__") or (op == "method" and s.args[1] == Const("__next__"))  # type: ignore[union-attr]
        if cls.__module__ != "builtins":  # one of the user's own: only `raise` does
            return cls.__module__.partition(".")[0] in sys.stdlib_module_names and rule is not None and not rule.cheap
        if issubclass(cls, ZeroDivisionError):
            return op.rpartition(".")[2] in DIVIDING
        if issubclass(cls, FloatingPointError):
            return not op.startswith(("math.", "index", "builtins."))
        if issubclass(cls, KeyError):
            return op in ("index", "method", "field") or isinstance(s, READING)
        return not issubclass(cls, (AssertionError, NotImplementedError, KeyboardInterrupt))

    def raised_by(self, s: Statement) -> tuple[type[BaseException], ...] | None:
        """What numbers and elements can raise; None for other operations."""
        if isinstance(s, (Store, Update)) and s.index is not None:
            element = is_number(index_type(operand_type(Name(s.target), self.types), s.index, self.types))
            if not element or not self.is_number(s.value):
                return None
            return (LookupError, *(self.of_numbers(s.op, (s.value,)) if isinstance(s, Update) else ()))
        if isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name):
            return (
                (LookupError,)
                if is_number(index_type(operand_type(s.args[0], self.types), s.args[1], self.types))
                else None
            )
        if isinstance(s, Bind) and s.op.startswith("operator.") and all(map(self.is_number, s.args)):
            return self.of_numbers(s.op, s.args)
        return None

    def of_numbers(self, op: str, args: tuple[Operand, ...]) -> tuple[type[BaseException], ...]:
        """What arithmetic of numbers can raise: NumPy's where it is told to."""
        dividing = (ZeroDivisionError, OverflowError) if op.rpartition(".")[2] in DIVIDING else ()
        own = all(is_python_scalar(operand_type(a, self.types)) for a in args)
        return dividing if own else (*dividing, FloatingPointError, RuntimeWarning)

    def is_number(self, o: Operand) -> bool:
        """Whether an operand certainly is a number."""
        return is_number(operand_type(o, self.types))


__all__ = ["Caught", "Raising"]
