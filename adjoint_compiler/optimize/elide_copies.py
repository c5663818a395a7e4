"""Read memory itself in place of a copy that is used up before anything stores there.

    t = A_bar[i].copy()              v_bar += A_bar[i] * w
    A_bar[i] = 0.0              ->   A_bar[i] = 0.0
    v_bar += t * w

A store of zero that follows the copy moves behind its last use where nothing between touches that memory. Copies that
stay are written as methods of what certainly are arrays.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.loads import LoadFinder
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.places import find_places
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Const,
    Effect,
    Name,
    Operand,
    Program,
    Push,
    Return,
    Statement,
    Store,
    Update,
    With,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import walk

COPIED = "adjoint_compiler.runtime.memory.copied"


def elide_copies(program: Program, types: Types, memory: Memory) -> Program:
    """Remove needless copies (see the module's text).

    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (Bind("t", COPIED, (Name("a"),)), Bind("y", "operator.mul", (Name("t"), Name("x"))),
    ...         Store("a", Const(0), Const(0.0)), Return(Name("y")))
    >>> types = {n: array_type("float64", 1) for n in "atxy"}
    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> program = Program("f", ("a", "x"), body)
    >>> elide_copies(program, types, shared_classes(program, types)).body[0].op
    'copy'
    """
    body = _Eliding(program, types, memory).block(program.body)
    return program if body is program.body else replace(program, body=body)


def has_copies(program: Program) -> bool:
    """Whether there is anything to remove."""
    return any(isinstance(s, Bind) and s.op == COPIED for s in program.statements)


class _Eliding:
    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        self.types, self.classes = types, memory.classes
        self.places = find_places(program)
        self.finder = LoadFinder(program, types, memory.classes, self.places)

    def block(self, block: Block) -> Block:
        out: list[Statement] = list(block)
        for s in block:
            if isinstance(s, Bind) and s.op == COPIED and isinstance(s.args[0], Name):
                self.copy(out, s, s.args[0])
        out = [self.nested(s) for s in out]
        same = len(out) == len(block) and all(new is old for new, old in zip(out, block))
        return block if same else tuple(out)

    def nested(self, s: Statement) -> Statement:
        blocks = s.blocks
        new = tuple([self.block(b) for b in blocks])
        return s if all(a is b for a, b in zip(new, blocks)) else with_blocks(s, new)

    def copy(self, out: list[Statement], s: Bind, source: Name) -> None:
        """Decide one copy, in the list of its block's statements."""
        t = self.types.get(source.id, UNKNOWN)
        if t.kind != "array" or t.ndim is None or t.maybe_none:
            return
        k = next(i for i, x in enumerate(out) if x is s)
        out[k] = replace(s, op="method.copy")
        views = self.views(s)
        if views is None:
            return
        last = max((i for i, x in enumerate(out) if i > k and self.reads_any(x, views)), default=k)
        memory = {source.id} if source.id not in self.classes else {
            n for n, cls in self.classes.items() if cls == self.classes[source.id]
        }  # fmt: skip
        between = [i for i in range(k + 1, last + 1) if self.stores_into(out[i], memory)]
        if between == [k + 1] and last > k + 1 and self.can_sink(out, k, last, memory - views):
            zero = out.pop(k + 1)
            out.insert(last, zero)
        elif between and not (between == [last] and _reads_all_first(out[last])):
            return
        out[k] = replace(s, op="copy")

    def views(self, s: Bind) -> frozenset[str] | None:
        """The copy and all views of it; None where one escapes, is changed, or outlives the run of the block."""
        defs = self.places[s.target].defs
        if len(defs) != 1:
            return None
        views = self.finder.derived_views(defs[0], s.target)
        if views is None or views & self.finder.stored_names:
            return None
        for u in (u for n in views for u in self.places[n].uses):
            if u <= defs[0].number or isinstance(self.finder.statements[u], (Return, Effect, With)):
                return None
        return views

    @staticmethod
    def reads_any(s: Statement, names: frozenset[str]) -> bool:
        return any(n in names for x in walk((s,)) for n in x.read)

    @staticmethod
    def stores_into(s: Statement, memory: set[str]) -> bool:
        """Whether a statement may change memory that one of the names stands for, or what a name stands for."""
        for x in walk((s,)):
            if isinstance(x, Call) or isinstance(x, Effect) and x.kind == "store":
                return True
            if any(n in memory for n in x.stored):
                return True
        return False

    @staticmethod
    def can_sink(out: list[Statement], k: int, last: int, memory: set[str] | frozenset[str]) -> bool:
        """Whether the store right after the copy can wait until the copy's last use."""
        zero = out[k + 1]
        if not isinstance(zero, Store) or not _is_zero(zero.value):
            return False
        needed = {*names_in(zero.index), zero.target}
        for s in out[k + 2 : last + 1]:
            for x in walk((s,)):
                if any(n in memory for n in x.read) or any(n in needed for n in x.bound):
                    return False
                if isinstance(x, Push) and any(n in needed for n in x.stored):
                    return False
        return True


def _reads_all_first(s: Statement) -> bool:
    """Whether a statement reads its operands as they were before it stores: NumPy buffers updates, but not every store."""
    return isinstance(s, Update) and s.op != "scatter_add"


def _is_zero(o: Operand) -> bool:
    return isinstance(o, Const) and isinstance(o.value, (int, float)) and o.value == 0


__all__ = ["elide_copies"]
