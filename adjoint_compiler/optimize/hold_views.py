"""Take a part of an array once where the reverse sweep's loops ask for it again and again, and change it in place.

    for t in reversed(range(n)):                 u_bar_part = u_bar[1:]
        u_bar[1:] += v_bar                 ->    for t in reversed(range(n)):
        w_bar[t, 1:] += v_bar                        u_bar_part += v_bar
                                                     w_bar_part = w_bar[t, 1:]
                                                     w_bar_part += v_bar

``a[1:] += b`` takes the part, adds to it, and then copies it onto itself, which costs as much as the sum of short arrays.
A view is the same memory however often it is asked for, so only the names in a subscript need to stay what they are. What
moves in front of a loop has slices only: they ask for no element that may not be there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from adjoint_compiler.analysis.indexing import index_kind, index_parts, operand_type, part_kinds
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    For,
    Name,
    Operand,
    Pack,
    Program,
    Statement,
    Store,
    Try,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.operands import NONE, WHOLE, names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import INT, UNKNOWN
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.at_hand import AtHand

Part = tuple[str, Operand]  # an array's name and a subscript


def hold_views(program: Program, types: Types) -> Program:
    """Hold parts of arrays (see the module's text).

    >>> from adjoint_compiler.ir.nodes import REVERSE
    >>> from adjoint_compiler.ir.types import array_type
    >>> part = Pack("slice", (Const(1), NONE, NONE))
    >>> loop = For("i", Const(0), Const(3), Const(1), (Update("u", part, "operator.add", Name("v")),))
    >>> program = Program("f", ("u", "v"), (REVERSE, loop))
    >>> new = hold_views(program, {"u": array_type("float64", 1), "v": array_type("float64", 1)}).body
    >>> [type(s).__name__ for s in new], new[2].body[0].target
    (['Comment', 'Bind', 'For'], 'u_part')
    """
    start = program.reverse_at
    if start is None or not any(isinstance(s, (For, While)) for s in walk(program.body[start:])):
        return program
    holding = _Holding(program, types)
    forward, reverse = program.body[:start], program.body[start:]
    defined = (*program.params, *program.free, *(n for s in forward for n in s.bound))
    holding.define(defined)
    new = holding.block(reverse, ())
    return program if new is reverse else replace(program, body=(*forward, *new))


@dataclass
class _Loop:
    """A loop around what is looked at.

    Attributes:
        changed: the names that it binds.
        start: what comes later is not certain to be bound before it.
        before: what goes in front of it.
        held: the parts that are held from there on, by subscript.
    """

    changed: frozenset[str]
    start: int
    before: list[Statement] = field(default_factory=list)
    held: dict[Part, str] = field(default_factory=dict)


class _Holding:
    def __init__(self, program: Program, types: Types) -> None:
        self.types = types
        statements = program.statements
        counts = Counter(n for s in statements for n in s.bound)
        self.single = {n for n, k in counts.items() if k == 1}
        self.maybe_none = {s.target for s in statements if isinstance(s, Bind) and s.args == (NONE,) and s.op == "copy"}
        self.names = Names({*program.mentioned, program.name})
        self.at_hand = AtHand[Part]()
        self.defined: dict[str, int] = {}  # what certainly is bound here, by when it came to be

    def block(self, block: Block, loops: tuple[_Loop, ...]) -> Block:
        """Rebuild a block; what it defines and holds is not certain after it."""
        out: list[Statement] = []
        mine: list[str] = []
        with self.at_hand.restored():
            for s in block:
                if isinstance(s, (For, While)):
                    out += self.loop(s, loops)
                elif isinstance(s, Try):
                    out.append(s)  # what may raise stays where it is
                elif s.blocks:
                    inner = tuple([self.block(b, loops) for b in s.blocks])
                    out.append(s if all(a is b for a, b in zip(inner, s.blocks)) else with_blocks(s, inner))
                    if isinstance(s, With):
                        mine += self.define(n for x in s.body for n in x.bound)
                else:
                    out += self.simple(s, loops) if loops else [s]
                self.forget((*s.bound, *s.bound_within))
                if isinstance(s, Bind) and s.op == "index" and s.target in self.single and isinstance(s.args[0], Name):
                    part = (s.args[0].id, s.args[1])
                    if part not in self.at_hand.holders:
                        self.keep(part, s.target)
                if not isinstance(s, (For, While)):
                    mine += self.define(s.bound)
        for n in mine:
            del self.defined[n]
        same = len(out) == len(block) and all(a is b for a, b in zip(out, block))
        return block if same else tuple(out)

    def define(self, names: Iterable[str]) -> list[str]:
        """Note that names are bound from here on; those that were not before."""
        new = [n for n in dict.fromkeys(names) if n not in self.defined]
        for n in new:
            self.defined[n] = len(self.defined)
        return new

    def keep(self, part: Part, holder: str) -> None:
        """Note that a name holds a part."""
        self.at_hand.add(part, holder, {part[0], holder, *names_in(part[1])})

    def forget(self, names: Iterable[str]) -> None:
        """Drop the parts of, by and in names that change."""
        for n in names:
            self.at_hand.forget(n)

    def loop(self, s: For | While, loops: tuple[_Loop, ...]) -> list[Statement]:
        """A loop, after what it need not do in every round."""
        changed = {*s.bound, *s.bound_within}
        changed.update(x.target for x in s.nested if isinstance(x, Update) and x.index is None)
        around = _Loop(frozenset(changed), len(self.defined))
        with self.at_hand.restored():
            self.forget(changed)
            counter = self.define((s.counter,)) if isinstance(s, For) else []
            blocks = tuple([self.block(b, (*loops, around)) for b in s.blocks])
            for n in counter:
                del self.defined[n]
        new = s if all(a is b for a, b in zip(blocks, s.blocks)) else with_blocks(s, blocks)
        for part, holder in around.held.items():
            self.keep(part, holder)
        return [*around.before, new]

    def simple(self, s: Statement, loops: tuple[_Loop, ...]) -> list[Statement]:
        """A statement of a loop, by way of a held part where that is shorter."""
        if isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name):
            name = self.hold(s.args[0].id, s.args[1], loops)
            return [s] if name is None else [Bind(s.target, "copy", (Name(name),), (), s.span)]
        if isinstance(s, Store):
            name = self.hold(s.target, s.index, loops)
            return [s] if name is None else [Store(name, WHOLE, s.value, s.span)]
        if isinstance(s, Update) and s.index is not None and s.op != "scatter_add" and self.is_view(s.target, s.index):
            name = self.hold(s.target, s.index, loops)
            if name is not None:
                return [Update(name, WHOLE, s.op, s.value, s.span)]
            name = self.names.fresh(f"{s.target}_part")
            self.keep((s.target, s.index), name)
            taken = Bind(name, "index", (Name(s.target), s.index), (), s.span)
            return [taken, Update(name, WHOLE, s.op, s.value, s.span)]
        return [s]

    def hold(self, target: str, index: Operand, loops: tuple[_Loop, ...]) -> str | None:
        """The name that holds a part, taken in front of a loop if it can be; None where there is none."""
        part = (target, index)
        if not self.is_view(target, index):
            return None
        if part in self.at_hand.holders:
            return self.at_hand.holders[part]
        read = {target, *names_in(index)}
        free = len(loops)
        while free and not read & loops[free - 1].changed and self.defined_before(read, loops[free - 1]):
            free -= 1
        if free == len(loops) or not self.is_safe(target, index):
            return None
        loop = loops[free]
        if part not in loop.held:
            loop.held[part] = self.names.fresh(f"{target}_part")
            loop.before.append(Bind(loop.held[part], "index", (Name(target), index)))
        return loop.held[part]

    def defined_before(self, names: set[str], loop: _Loop) -> bool:
        """Whether names certainly are bound where a loop begins, and not to None."""
        return all(self.defined.get(n, loop.start) < loop.start and n not in self.maybe_none for n in names)

    def is_view(self, target: str, index: Operand) -> bool:
        """Whether a subscript certainly gives a view of an array, and not all of it."""
        t = self.types.get(target, UNKNOWN)
        return t.kind == "array" and bool(t.ndim) and index != WHOLE and index_kind(t, index, self.types) == "view"

    def is_safe(self, target: str, index: Operand) -> bool:
        """Whether a subscript cannot fail, whatever the array's shape."""
        slices = [p for p in index_parts(index) if isinstance(p, Pack) and p.kind == "slice"]
        bounds = [o for p in slices for o in p.items[:2]]
        return (
            set(part_kinds(index, self.types)) <= {"slice", "ellipsis", "newaxis"}
            and len(slices) <= (self.types[target].ndim or 0)
            and all(o == NONE or operand_type(o, self.types) == INT for o in bounds)
            and all(_is_step(p.items[2]) for p in slices)
        )


def _is_step(o: Operand) -> bool:
    return o == NONE or isinstance(o, Const) and type(o.value) is int and o.value != 0


__all__ = ["hold_views"]
