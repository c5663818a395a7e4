"""Compute an expression once where it is written twice and nothing it reads has changed.

    t = np.cos(x)                     t = np.cos(x)
    x_bar = y_bar * np.cos(x)   ->    x_bar = y_bar * t

Only operations whose results nobody stores into are shared; a shadow or a view of one array is the same memory
however often it is asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
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
        self.table = _Known(self)
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
                key = table.key(s)
                holder = table.holders.get(key)
                if holder is not None:
                    change[s.target] = holder
                    out.append(Bind(s.target, "copy", (Name(holder),), (), s.span))
                    continue
                if s.target in self.single:
                    table.add(key, s)
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

    def forget(self, s: Statement) -> None:
        """Drop what a statement itself may change."""
        for name in s.bound:
            self.table.forget_name(name)
        for name in s.stored:
            self.table.forget_memory(name)
        if isinstance(s, Call) and s.summary.registry:
            self.table.clear()  # it may add to any shadow

    def forget_nested(self, s: Statement) -> None:
        """Drop what the blocks of a statement may change."""
        for name in (*s.bound_within, *s.bound):
            self.table.forget_name(name)
        for x in s.nested:
            if isinstance(x, Bind):
                continue
            for name in x.stored:
                self.table.forget_memory(name)
            if isinstance(x, Call) and x.summary.registry:
                self.table.clear()


class _Known:
    """The expressions at hand, found again by the names and by the memory that they read.

    What is added and dropped within a block is noted, and undone at its end.
    """

    def __init__(self, sharing: _Sharing) -> None:
        self.sharing = sharing
        self.numbers: dict[tuple[Any, ...], Key] = {}
        self.holders: dict[Key, str] = {}
        self.by_name: dict[str, list[Key]] = {}
        self.by_memory: dict[int | str, list[Key]] = {}
        self.trail: list[tuple[Key, str | None]] = []  # an expression and what held it before
        self.depth = 0  # how many blocks deep the walk is

    def key(self, s: Bind) -> Key:
        """The number of the expression that a statement binds."""
        names = tuple([a.id if type(a) is Name else a for a in s.args])
        return self.numbers.setdefault((s.op, names, s.kwargs), len(self.numbers))

    def add(self, key: Key, s: Bind) -> None:
        """Note that the target of a statement holds the value of its expression."""
        self._set(key, s.target)
        for n in {s.target, *s.read}:
            self.by_name.setdefault(n, []).append(key)
        types = self.sharing.types
        same = s.op == "index" and not is_number(types.get(s.target, UNKNOWN))
        same = same and operand_type(s.args[0], types).kind == "array"  # a part of a list is a copy
        if s.op in REFERENCE or (same and not self.sharing.primal):
            return  # the same memory, whatever it holds
        classes = self.sharing.memory.classes
        for n in set(s.read):
            self.by_memory.setdefault(classes.get(n, n), []).append(key)

    def forget_name(self, name: str) -> None:
        """Drop the expressions that read a name or are held by it."""
        self._drop(self.by_name, name)

    def forget_memory(self, name: str) -> None:
        """Drop the expressions that read the contents of a name's memory."""
        self._drop(self.by_memory, self.sharing.memory.classes.get(name, name))

    def _drop(self, found_by: dict[Any, list[Key]], what: Any) -> None:
        for key in found_by.get(what, ()):
            self._set(key, None)
        if not self.depth:  # nothing will bring them back
            found_by.pop(what, None)

    def clear(self) -> None:
        """Drop all expressions."""
        for key in list(self.holders):
            self._set(key, None)

    def _set(self, key: Key, holder: str | None) -> None:
        before = self.holders.get(key)
        if before == holder:
            return
        self.trail.append((key, before))
        if holder is None:
            del self.holders[key]
        else:
            self.holders[key] = holder

    @contextmanager
    def restored(self) -> Iterator[None]:
        """What is added and dropped meanwhile is undone."""
        mark = len(self.trail)
        self.depth += 1
        yield
        self.depth -= 1
        while len(self.trail) > mark:
            key, before = self.trail.pop()
            if before is None:
                self.holders.pop(key, None)
            else:
                self.holders[key] = before

    @contextmanager
    def emptied(self) -> Iterator[None]:
        """Meanwhile there is nothing at hand."""
        held, mark = self.holders, len(self.trail)
        self.holders, self.depth = {}, self.depth + 1
        yield
        self.holders, self.depth = held, self.depth - 1
        del self.trail[mark:]
