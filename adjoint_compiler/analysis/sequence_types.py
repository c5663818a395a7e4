"""Types of sequences that are made of others, and of what is taken out of them."""

from __future__ import annotations

import functools

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_type, operand_type
from adjoint_compiler.ir.joins import element, join, keys_of
from adjoint_compiler.ir.nodes import Const, Name, Operand
from adjoint_compiler.ir.types import MIXED, REAL, UNKNOWN, Type


def as_list(args: tuple[Operand, ...], types: dict[str, Type]) -> Type:
    """The type of ``list(x)``."""
    base = operand_type(args[0], types)
    if base.kind == "dict":
        return Type("list", items=keys_of(base))
    if base.kind in ("list", "tuple"):
        return Type("list", items=base.items)
    if (base.kind == "array" and base.ndim) or base.kind == "real":
        return Type("list", items=(index_type(base, Const(0), types),))
    return Type("list", items=(MIXED,)) if base == MIXED else UNKNOWN


def as_tuple(args: tuple[Operand, ...], types: dict[str, Type]) -> Type:
    """The type of ``tuple(x)``."""
    base = operand_type(args[0], types)
    if base.kind == "list" and isinstance(
        args[0], Name
    ):  # how many items it has is not known: no more is that of a list
        return Type("list", items=(element(base),) if base.items else ())
    return Type("tuple", items=base.items) if base.kind in ("list", "tuple") else as_list(args, types)


def as_sequence(args: tuple[Operand, ...], types: dict[str, Type]) -> Type:
    """The type of what a loop runs over."""
    base = operand_type(args[0], types)
    if base.cls is set:
        raise rules.RuleError("a loop over a set has no order of its own; run over `sorted(...)` of it")
    return Type("list", items=keys_of(base)) if base.kind == "dict" else base


def largest(args: tuple[Operand, ...], types: dict[str, Type]) -> Type:
    """Python's ``max`` and ``min`` return one of their arguments as it is."""
    if len(args) == 1:
        base = operand_type(args[0], types)
        if base.kind == "array":
            return index_type(base, Const(0), types)
        return element(base) if base.kind in ("list", "tuple") else REAL if base.kind == "real" else UNKNOWN
    return functools.reduce(join, (operand_type(a, types) for a in args))


__all__ = ["as_list", "as_sequence", "as_tuple", "largest"]
