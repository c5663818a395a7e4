"""Operands of statements: names, constants, and packs of operands; and the places they come from.

operand   ::= Name(id) | Const(value) | Pack(kind, items)    kind: tuple, list, slice, dict, record
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from adjoint_compiler.ir.kept import node


@node(frozen=True)
class Span:
    """A place in the user's source; columns count characters from 0, ``end_col`` belongs to ``end_line``.

    Attributes:
        text: its first line.
        more: its other lines.
        caller: where the function that it stands in was called, for functions that others call.
        statement: the statement around it, for parts of one.
    """

    file: str = "<unknown>"
    line: int = 0
    col: int = 0
    end_col: int = 0
    text: str = ""
    end_line: int = 0
    caller: Span | None = None
    statement: Span | None = None
    more: tuple[str, ...] = ()


NOWHERE = Span()


@node(frozen=True)
class Name:
    """A variable."""

    id: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Name) and self.id == other.id

    def __hash__(self) -> int:
        return hash(self.id)


@node(frozen=True)
class Const:
    """A literal; compared by type and value, so that 1, 1.0 and True stay apart.

    ``text`` is how a constant that is no plain literal is written (``np.pi``, ``np.float32``).
    """

    value: Any
    text: str = ""

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Const) and type(self.value) is type(other.value) and repr(self.value) == repr(other.value)
        )

    def __hash__(self) -> int:
        return hash((type(self.value), repr(self.value)))


@node(frozen=True)
class Pack:
    """A literal tuple, list, slice or dict of operands, used in place (indices, shapes, argument lists).

    A ``record`` is a new object of class ``cls``, with ``keys`` as the names of its attributes.
    """

    kind: str
    items: tuple[Operand, ...]
    keys: tuple[Any, ...] = ()
    cls: Const | None = None


Operand = Name | Const | Pack


def field_of(name: str) -> Const:
    """The subscript that stands for an attribute of an object: it is written ``.name``."""
    return Const(name, f".{name}")


def is_field(index: Operand | None) -> bool:
    """Whether a subscript stands for an attribute.

    >>> is_field(field_of("x")), is_field(Const("x"))
    (True, False)
    """
    return isinstance(index, Const) and index.text.startswith(".")


NONE = Const(None)
WHOLE = Const(Ellipsis)  # the subscript of all of an array
EVERY = Pack("slice", (NONE, NONE, NONE))  # of all along one axis


def names_in(operand: Operand | None) -> Iterator[str]:
    """The variables an operand mentions, left to right.

    >>> list(names_in(Pack("tuple", (Name("i"), Const(1), Name("j")))))
    ['i', 'j']
    """
    if isinstance(operand, Name):
        yield operand.id
    elif isinstance(operand, Pack):
        for item in operand.items:
            yield from names_in(item)


def map_operand(operand: Operand, change: Callable[[str], Operand]) -> Operand:
    """The operand with every variable replaced by ``change(name)``."""
    if isinstance(operand, Name):
        return change(operand.id)
    if isinstance(operand, Pack):
        return Pack(operand.kind, tuple(map_operand(i, change) for i in operand.items), operand.keys, operand.cls)
    return operand
