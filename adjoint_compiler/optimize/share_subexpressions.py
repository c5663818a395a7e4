"""Compute an expression once where it is written twice and nothing it reads has changed.

    t = np.cos(x)                     t = np.cos(x)
    x_bar = y_bar * np.cos(x)   ->    x_bar = y_bar * t

Only operations whose results nobody stores into are shared; a shadow or a view of one array is the same memory
however often it is asked for.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.aliasing import Aliases
from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Name,
    Operand,
    Program,
    Statement,
    binds,
    blocks_of,
    map_names,
    names_bound,
    names_in,
    names_stored,
    walk,
    with_blocks,
)  # fmt: skip
from adjoint_compiler.ir.types import UNKNOWN, is_number

Key = tuple[str, tuple[Operand, ...], tuple[tuple[str, Operand], ...]]
REFERENCE = ("adjoint_compiler.runtime.memory.shadow",)


def share_subexpressions(program: Program, types: Types, aliases: Aliases) -> Program:
    """Share repeated expressions within each run of a block (see the module's text)."""
    return replace(program, body=_Sharing(program, types, aliases).block(program.body, {}))


class _Sharing:
    def __init__(self, program: Program, types: Types, aliases: Aliases) -> None:
        self.types, self.aliases = types, aliases
        self.program = program
        counts: dict[str, int] = {}
        for s in walk(program.body):
            target = binds(s)
            if target is not None:
                counts[target] = counts.get(target, 0) + 1
        self.single = {n for n, k in counts.items() if k == 1}

    def block(self, block: Block, known: dict[Key, str]) -> Block:
        """Rebuild a block; ``known`` holds the expressions whose values are at hand, and by which name."""
        table = _Known(self, known)
        change: dict[str, str] = {}
        out: list[Statement] = []
        for s in block:
            s = map_names(s, lambda n: Name(change.get(n, n)), lambda n: n)
            if isinstance(s, Bind) and self.shareable(s):
                key = (s.op, s.args, s.kwargs)
                if key in table.holders:
                    change[s.target] = table.holders[key]
                    out.append(Bind(s.target, "copy", (Name(table.holders[key]),), (), s.span))
                    continue
                if s.target in self.single:
                    table.add(key, s.target)
                    out.append(s)
                    continue
            inner = blocks_of(s)
            if inner:
                for x in walk(tuple(y for b in inner for y in b)):
                    self.forget(table, x)
                target = binds(s)
                if target is not None:
                    table.forget_name(target)
                s = with_blocks(s, tuple(self.block(b, table.holders) for b in inner))
            self.forget(table, s)
            out.append(s)
        return tuple(out)

    def shareable(self, s: Bind) -> bool:
        """Whether evaluating the operation again gives the same object for all purposes."""
        if s.op in REFERENCE:
            return True
        rule = rules.TABLE.by_key.get(s.op)
        if (
            rule is None
            or s.op in ("copy", "method", "attribute", "format")
            or s.op.startswith(("numpy.random", "method."))
        ):
            return False
        if s.op == "index":
            kind = index_kind(operand_type(s.args[0], self.types), s.args[1], self.types)
            return kind in ("element", "view") and (kind == "view" or is_number(self.types.get(s.target, UNKNOWN)))
        if is_number(self.types.get(s.target, UNKNOWN)):
            return rule.kind in ("elementwise", "inert", "zero")
        return rule.kind == "elementwise" and self.aliases.classes.get(s.target) not in self.aliases.stored

    def forget(self, table: _Known, s: Statement) -> None:
        """Drop what a statement may change."""
        for name in names_bound(s):
            table.forget_name(name)
        for name in names_stored(s):
            table.forget_memory(name)
        if isinstance(s, Call) and s.summary.registry:
            table.holders.clear()  # it may add to any shadow


class _Known:
    """The expressions at hand, found again by the names and by the memory that they read."""

    def __init__(self, sharing: _Sharing, holders: dict[Key, str]) -> None:
        self.sharing = sharing
        self.holders: dict[Key, str] = {}
        self.by_name: dict[str, set[Key]] = {}
        self.by_memory: dict[int | str, set[Key]] = {}
        for key, holder in holders.items():
            self.add(key, holder)

    def add(self, key: Key, holder: str) -> None:
        """Note that ``holder`` holds the value of an expression."""
        self.holders[key] = holder
        read = {n for o in (*key[1], *(v for _, v in key[2])) for n in names_in(o)}
        for n in (holder, *read):
            self.by_name.setdefault(n, set()).add(key)
        if key[0] in REFERENCE or (key[0] == "index" and not is_number(self.sharing.types.get(holder, UNKNOWN))):
            return  # the same memory, whatever it holds
        for n in read:
            self.by_memory.setdefault(self.sharing.aliases.classes.get(n, n), set()).add(key)

    def forget_name(self, name: str) -> None:
        """Drop the expressions that read a name or are held by it."""
        for key in self.by_name.pop(name, ()):
            self.holders.pop(key, None)

    def forget_memory(self, name: str) -> None:
        """Drop the expressions that read the contents of a name's memory."""
        for key in self.by_memory.pop(self.sharing.aliases.classes.get(name, name), ()):
            self.holders.pop(key, None)
