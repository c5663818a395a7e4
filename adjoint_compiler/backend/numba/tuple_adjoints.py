"""Adjoints of tuples as tuples, which no item is stored into: under NumPy they are lists.

p_bar = zeros_like(p)                                p_bar = zeros_like(p)
p_bar[0] = add_structure(p_bar[0], x_bar)     ->     p_bar = with_item(p_bar, 0, add_structure(p_bar[0], x_bar))

Only of adjoints that nothing else refers to; what is left is refused by Numba. Where an item of a list is overwritten, its
adjoint begins as a tuple of zeros.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Const, Name, Program, Push, Statement, Store, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import Type
from adjoint_compiler.optimize.rename import map_statements

ZEROS = "adjoint_compiler.runtime.structures.zeros_like"
ZERO_TANGENT = "adjoint_compiler.runtime.structures.zero_tangent"
SUM = "adjoint_compiler.runtime.structures.add_structure"


def tuple_adjoints(program: Program, types: Types) -> Program:
    """The program with such adjoints as tuples.

    Args:
        program: a generated program.
        types: the types of its names.

    >>> p_bar, one = Name("p_bar"), Const(1.0)
    >>> body = (Bind("p_bar", ZEROS, (Name("p"),)), Store("p_bar", Const(0), one))
    >>> pair = Type("tuple", items=(Type("float"), Type("float")))
    >>> tuple_adjoints(Program("f", ("p",), body), {"p": pair}).body[1].op
    'numba.with_item'
    """
    second_names = _second_names(program.body, [*program.statements])
    kept = _adjoints_of_tuples(program, types, second_names) - {*program.params}
    for s in program.statements:
        if (
            isinstance(s, Store)
            and s.target in kept
            and not (isinstance(s.index, Const) and type(s.index.value) is int)
        ):
            kept.discard(s.target)
        if isinstance(s, (Store, Push)) or isinstance(s, Bind) and s.op == "copy" and id(s) not in second_names:
            kept -= {n for o in ((s.value,) if isinstance(s, (Store, Push)) else s.args) for n in names_in(o)}
    start = program.reverse_at or 0
    forward = {id(x) for s in program.body[:start] for x in (s, *s.nested)}
    emptied = {id(s): s for s in program.statements if id(s) not in forward and _is_emptied(s, types)}
    if not kept and not emptied:
        return program
    names, added = Names(program.mentioned), set(program.temporaries)

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Store) and s.target in kept:
            return [Bind(s.target, "numba.with_item", (Name(s.target), s.index, s.value), (), s.span)]
        if isinstance(s, Store) and id(s) in emptied:
            zero = names.fresh("t")
            added.add(zero)
            return [Bind(zero, "numba.zero_item", (Name(s.target),), (), s.span), replace(s, value=Name(zero))]
        return [s]

    return replace(map_statements(program, change), temporaries=frozenset(added))


def _adjoints_of_tuples(program: Program, types: Types, second_names: set[int]) -> set[str]:
    """The names that are bound to zeros in the form of a tuple, to sums with such, which are new, or to such, only."""
    bindings: dict[str, list[Statement]] = {}
    for s in program.statements:
        for n in s.bound:
            bindings.setdefault(n, []).append(s)
    kept = {n for n, every in bindings.items() if all(_is_new(s) or id(s) in second_names for s in every)}

    def is_one(s: Statement) -> bool:
        first = s.args[0] if isinstance(s, Bind) else None
        if not isinstance(s, Bind) or not isinstance(first, Name):
            return False
        return s.op in (ZEROS, ZERO_TANGENT) and is_tuple(types.get(first.id)) or s.op != ZEROS and first.id in kept

    while gone := {n for n in kept if not all(map(is_one, bindings[n]))}:
        kept -= gone
    return kept


def _is_new(s: Statement) -> bool:
    """Whether a statement makes zeros or a sum."""
    return isinstance(s, Bind) and s.op in (ZEROS, ZERO_TANGENT, SUM)


def _second_names(block: Block, every: list[Statement]) -> set[int]:
    """The copies, by identity, that only give a second name to what nothing is stored into as long as that is read.

    ``t_bar = s_bar; x_bar = t_bar[0]; s_bar = add_structure(...)``: tuples need not tell the two names apart. Nor need they in
    ``s_bar = t``, where t is not read any more.
    """
    out: set[int] = set()
    for k, s in enumerate(block):
        for inner in s.blocks:
            out |= _second_names(inner, every)
        if not (isinstance(s, Bind) and s.op == "copy" and isinstance(s.args[0], Name)):
            continue
        own = (s.target, s.args[0].id)
        known = {id(x) for later in block[k:] for x in (later, *later.nested)}
        read_elsewhere = any(s.target in x.read and id(x) not in known for x in every)
        end = next(
            (m for m in range(k + 1, len(block)) if own[1] in block[m].bound and not block[m].blocks), len(block)
        )
        meanwhile = [x for later in block[k + 1 : end] for x in (later, *later.nested)]
        stored = any(isinstance(x, (Store, Push, Update)) and _changed(x) in own for x in meanwhile)
        stored = stored or any(isinstance(x, (Store, Push, Update)) and _changed(x) == s.target for x in every)
        if not _used_otherwise(own[1], block[:k], s, every):
            out.add(id(s))
        elif not stored and not read_elsewhere and sum(s.target in x.bound for x in every) == 1:
            out.add(id(s))
    return out


def _used_otherwise(name: str, before: Block, copy: Statement, every: list[Statement]) -> bool:
    """Whether a name is bound more than once, or is used elsewhere than before a copy of it in the same block."""
    known = {id(copy), *(id(x) for s in before for x in (s, *s.nested))}
    own = sum(name in s.bound and id(s) in known for s in every)
    return own != 1 or any(name in (*s.read, *s.bound) and id(s) not in known for s in every)


def _changed(s: Store | Push | Update) -> str:
    return s.stack if isinstance(s, Push) else s.target


def _is_emptied(s: Statement, types: Types) -> bool:
    """Whether a statement sets an item of a list of tuples, or of what Numba may know to be one, to zero."""
    if not isinstance(s, Store) or s.value != Const(0.0):
        return False
    t = types.get(s.target)
    return t is not None and t.kind == "list" and (not t.items or t.items[0].kind == "unknown" or is_tuple(t.items[0]))


def is_tuple(t: Type | None) -> bool:
    """Whether values of a type are tuples, named or not."""
    return t is not None and (
        t.kind == "tuple" or t.kind == "record" and isinstance(t.cls, type) and issubclass(t.cls, tuple)
    )


__all__ = ["tuple_adjoints"]
