"""Compute an expression once where it is written twice and nothing it reads has changed.

    t = np.cos(x)                     t = np.cos(x)
    x_bar = y_bar * np.cos(x)   ->    x_bar = y_bar * t

Only operations whose results nobody stores into are shared; a shadow or a view of one array is the same memory
however often it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from itertools import chain
from typing import Any

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_kind, operand_type
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Block, Call, Name, Program, Return, Statement, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import map_names, with_blocks
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.optimize.at_hand import AtHand

Key = int  # the number of an expression
COMPARISONS = frozenset(f"operator.{word}" for word in ("lt", "le", "gt", "ge", "eq", "ne"))
REFERENCE = ("adjoint_compiler.runtime.memory.shadow",)


def share_subexpressions(program: Program, types: Types, memory: Memory) -> Program:
    """Share repeated expressions within each run of a block (see the module's text)."""
    body = _Sharing(program, types, memory).block(program.body)
    return program if body is program.body else replace(program, body=body)


def share_primal(program: Program, types: Types, memory: Memory) -> Program:
    """Compute once what a block of the primal computes twice: it then has one adjoint, too.

        y = q[1:] * q[1:] / q[:-1]         t = q[1:]
                                    ->     y = t * t / q[:-1]

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import Const, Return
    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (Bind("s", "index", (Name("q"), Const(0))), Bind("t", "index", (Name("q"), Const(0))))
    >>> program = Program("f", ("q",), (*body, Bind("y", "operator.mul", (Name("s"), Name("t"))), Return(Name("y"))))
    >>> types = {"q": array_type("float64", 2), "s": array_type("float64", 1), "t": array_type("float64", 1)}
    >>> [s.op for s in share_primal(program, types, shared_classes(program, types)).body[:2]]
    ['index', 'copy']
    """
    body = _Sharing(program, types, memory, primal=True).block(program.body)
    return program if body is program.body else replace(program, body=body)


class _Sharing:
    """Walks the program with the table of the expressions whose values are at hand.

    In the ``primal`` parts of arrays and elementwise results are shared, within one block (what is computed in a branch has an
    adjoint there), and a view only until its memory is stored into; but no array that the caller gets, or a container holds.
    """

    def __init__(self, program: Program, types: Types, memory: Memory, primal: bool = False) -> None:
        self.types, self.memory, self.primal = types, memory, primal
        self.table = AtHand[Key]()
        self.numbers: dict[tuple[Any, ...], Key] = {}
        statements = program.statements
        counts = Counter(chain.from_iterable([s.bound for s in statements]))
        updated = {
            s.target for s in statements if isinstance(s, Update) and s.index is None and not self.is_array(s.target)
        }
        self.single = {n for n, k in counts.items() if k == 1 and n not in updated}
        given = (n for s in statements if isinstance(s, Return) for n in names_in(s.value))
        self.kept = {*memory.held.values(), *(cls for n in given for cls in memory.levels(n))}

    def is_array(self, name: str) -> bool:
        """Whether an update without subscript changes an array in place: it binds a number anew."""
        return self.types.get(name, UNKNOWN).kind == "array"

    def block(self, block: Block) -> Block:
        """Rebuild a block; the block itself where nothing is shared."""
        table = self.table
        change: dict[str, str] = {}
        out: list[Statement] = []
        for s in block:
            if change and any(n in change for n in s.read):
                s = map_names(s, lambda n: Name(change.get(n, n)), lambda n: n)
            if isinstance(s, Bind) and self.shareable(s):
                key = self.key(s)
                holder = table.holders.get(key)
                if holder is not None:
                    change[s.target] = holder
                    out.append(Bind(s.target, "copy", (Name(holder),), (), s.span))
                    continue
                if s.target in self.single:
                    self.add(key, s)
                    out.append(s)
                    continue
            inner = s.blocks
            if inner:
                self.forget_nested(s)
                new: list[Block] = []
                for b in inner:
                    with table.emptied() if self.primal else table.restored():
                        new.append(self.block(b))
                if any(a is not b for a, b in zip(new, inner)):
                    s = with_blocks(s, tuple(new))
            self.forget(s)
            out.append(s)
        same = len(out) == len(block) and all(a is b for a, b in zip(out, block))
        return block if same else tuple(out)

    def shareable(self, s: Bind) -> bool:
        """Whether evaluating the operation again gives the same object for all purposes."""
        if s.op in REFERENCE:
            return True
        rule = rules.TABLE.by_key.get(s.op)
        if (
            rule is None
            or rule.acts
            or s.op in ("copy", "method", "attribute", "format")
            or s.op.startswith(("numpy.random", "time.", "method."))
        ):
            return False
        if s.op == "index":
            kind = index_kind(operand_type(s.args[0], self.types), s.args[1], self.types)
            return kind in ("element", "view") and (kind == "view" or is_number(self.types.get(s.target, UNKNOWN)))
        if self.primal and s.op == "attribute.T":
            return operand_type(s.args[0], self.types).kind == "array"
        if self.primal and (s.kwargs or not (rule.kind == "elementwise" or s.op in COMPARISONS)):
            return False
        if is_number(self.types.get(s.target, UNKNOWN)):
            return rule.kind in ("elementwise", "inert", "zero")
        cls = self.memory.classes.get(s.target)
        made = rule.kind == "elementwise" or s.op in COMPARISONS
        return made and cls not in self.memory.stored and cls not in self.kept

    def key(self, s: Bind) -> Key:
        """The number of the expression that a statement binds."""
        names = tuple([a.id if type(a) is Name else a for a in s.args])
        return self.numbers.setdefault((s.op, names, s.kwargs), len(self.numbers))

    def add(self, key: Key, s: Bind) -> None:
        """Note that the target of a statement holds the value of its expression."""
        depends: set[Hashable] = {s.target, *s.read}
        same = s.op == "index" and not is_number(self.types.get(s.target, UNKNOWN))
        same = same and operand_type(s.args[0], self.types).kind == "array"  # a part of a list is a copy
        if not (s.op in REFERENCE or (same and not self.primal)):  # else it is the same memory, whatever that holds
            depends.update(map(self.contents, s.read))
        self.table.add(key, s.target, depends)

    def contents(self, name: str) -> tuple[int | str]:
        """What stands for the contents of a name's memory."""
        return (self.memory.classes.get(name, name),)

    def forget(self, s: Statement) -> None:
        """Drop what a statement itself may change."""
        for name in s.bound:
            self.table.forget(name)
        for name in s.stored:
            self.table.forget(self.contents(name))
        if isinstance(s, Call) and s.summary.registry:
            self.table.clear()  # it may add to any shadow

    def forget_nested(self, s: Statement) -> None:
        """Drop what the blocks of a statement may change."""
        for name in (*s.bound_within, *s.bound):
            self.table.forget(name)
        for x in s.nested:
            if isinstance(x, Bind):
                continue
            for name in x.stored:
                self.table.forget(self.contents(name))
            if isinstance(x, Call) and x.summary.registry:
                self.table.clear()


__all__ = ["share_primal", "share_subexpressions"]
