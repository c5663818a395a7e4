"""``+`` and ``*`` of tuples and lists: what they join, and the type of the result."""

from __future__ import annotations

from adjoint_compiler.ir.joins import element, join
from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type, is_discrete

JOINS = ("operator.add", "operator.mul")


def joined_type(op: str, args: tuple[Operand, ...], types: list[Type]) -> Type | None:
    """The type of a sum or multiple of tuples or lists; None where arithmetic is meant, or nothing at all.

    The length of a list is not part of what is known of it, unless nothing in it can have a derivative.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> one, two = Type("tuple", items=(FLOAT,)), Type("list", items=(FLOAT, FLOAT))
    >>> str(joined_type("operator.mul", (Const(()), Const(3)), [one, Type("int")]))
    'tuple[float, float, float]'
    >>> str(joined_type("operator.add", (Const(()), Const(())), [two, two]))
    'list[float]'
    """
    if op not in JOINS or len(types) != 2 or all(map(is_discrete, types)):
        return None
    left, right = types
    if op == "operator.add":
        if left.kind != right.kind or left.kind not in ("tuple", "list"):
            return None
        if left.kind == "tuple":
            return Type("tuple", items=(*left.items, *right.items))
        return join(_any_length(left), _any_length(right))
    times, (sequence, count) = args[1], types
    if sequence.kind not in ("tuple", "list"):
        times, (count, sequence) = args[0], types
    if count.kind not in ("int", "bool") or sequence.kind not in ("tuple", "list"):
        return None
    if sequence.kind == "list":
        return _any_length(sequence)
    known = isinstance(times, Const) and isinstance(times.value, int)
    return Type("tuple", items=sequence.items * times.value) if known else None  # type: ignore[union-attr]


def grown_type(t: Type, added: Type) -> Type | None:
    """The type of a list after ``+=``; None where Python does not append: of an array, it makes a sum.

    >>> str(grown_type(Type("list"), Type("tuple", items=(Type("float"),))))
    'list[float]'
    """
    if added.kind not in ("list", "tuple"):
        return None
    item = element(added) if added.items else element(t)
    return Type("list", items=(join(element(t), item) if t.items else item,))


def _any_length(t: Type) -> Type:
    return Type("list", items=(element(t),) if t.items else ())
