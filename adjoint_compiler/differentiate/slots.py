"""Adjoints of items wait in the slots of their container's adjoint until what put the items there is reversed.

    d["v"] = a * b          t_bar = slot_adjoint(d_bar["v"], a)
    d["v"] = c       <-     c_bar += d_bar["v"]
                            d_bar["v"] = 0.0

A store is reversed by taking what is in the slot and leaving the number 0.0 there, which has no shape. Whoever asks next finds
a bare zero, unless something has read the item between the two stores and has added to the slot.
"""

from __future__ import annotations

from collections.abc import Iterable

from adjoint_compiler.analysis.aliasing import container_roots
from adjoint_compiler.analysis.uses import Path, labelled_blocks
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.ir.nodes import (
    DISCARD,
    Bind,
    Block,
    Const,
    Effect,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Statement,
    Store,
)
from adjoint_compiler.ir.types import Type, is_container, is_number

Slot = tuple[int, object]  # the class of a container, and a key; None for any key


def slot_key(index: Operand, t: Type) -> Operand:
    """What finds an item of a container of type ``t`` in its adjoint: a list for a tuple, a dict for any other object."""
    if t.kind != "record" or not isinstance(index, Const):
        return index
    if issubclass(t.cls, tuple):
        return Const(t.keys.index(index.value)) if index.value in t.keys else index
    return Const(index.value)


def from_slot(g: Operand, value: Operand, b: Builder, f: Facts) -> Operand:
    """An adjoint taken from a slot, as that of the value: with zeros of its shape where nothing came."""
    if isinstance(value, Pack) or (isinstance(value, Name) and is_container(b.type(value))):
        return b.bind(HELPER["slot_adjoint"], g, value)
    if isinstance(value, Name) and b.at in f.bare and not is_number(b.type(value)):
        return b.bind(HELPER["slot_adjoint"], g, Name(f.outlines.get(value.id, value.id)))
    return g


def bare_slots(program: Program, f: Facts) -> frozenset[Path]:
    """Where items are put into containers whose slots may be bare zeros when that is reversed.

    >>> from adjoint_compiler.analysis.aliasing import analyse_aliases
    >>> from adjoint_compiler.analysis.shapes import Shapes
    >>> from adjoint_compiler.ir.names import Names
    >>> from adjoint_compiler.ir.nodes import Return
    >>> from adjoint_compiler.ir.types import FLOAT, Type
    >>> made = Bind("L", "builtins.list", (Pack("list", (Name("x"),)),))
    >>> first, second = Store("L", Const(0), Name("y")), Store("L", Const(0), Name("x"))
    >>> program = Program("f", ("x", "y"), (made, first, second, Return(Name("L"))))
    >>> types = {"x": FLOAT, "y": FLOAT, "L": Type("list", items=(FLOAT,))}
    >>> aliases = analyse_aliases(program, types)
    >>> facts = Facts(types, aliases, frozenset("xyL"), Shapes(types, frozenset()), Names(()), frozenset())
    >>> sorted(bare_slots(program, facts))  # the first two items are never read
    [(0,), (1,)]
    """
    walk = _Backward(program, f)
    outside = (f.aliases.classes.get(n) for n in (*program.params, *program.free)) if f.internal else ()
    walk.block(program.body, (), {(cls, None) for cls in outside if cls is not None})
    return frozenset(walk.bare)


class _Backward:
    """Walks backward with the slots that may be emptied before anything reads their items.

    Attributes:
        bare: the paths of what is found.
        alone: the classes of containers of which there is one object, made outside of loops.
    """

    def __init__(self, program: Program, f: Facts) -> None:
        self.f, self.bare = f, set[Path]()
        made: dict[int, list[str]] = {}
        for n in (*container_roots(program), *program.params, *program.free):
            if n in f.aliases.classes:
                made.setdefault(f.aliases.classes[n], []).append(n)
        self.alone = {cls for cls, names in made.items() if len(names) == 1 and f.homes.get(names[0], ()) == ()}

    def block(self, block: Block, path: Path, emptied: set[Slot]) -> set[Slot]:
        """What may be emptied from the start of a block, given what may be from its end."""
        for k in reversed(range(len(block))):
            s, here = block[k], (*path, k)
            if not s.blocks:
                self.simple(s, here, emptied)
            elif isinstance(s, If):
                emptied = set[Slot]().union(*[self.block(b, (*here, n), set(emptied)) for n, b in labelled_blocks(s)])
            else:
                while True:
                    before = len(emptied)
                    for label, inner in reversed(labelled_blocks(s)):
                        emptied |= self.block(inner, (*here, label), set(emptied))
                    if len(emptied) == before:
                        break
        return emptied

    def simple(self, s: Statement, here: Path, emptied: set[Slot]) -> None:
        """The same of a statement without blocks."""
        if isinstance(s, Store) and self.is_container(s.target):
            slot = self.slot(s.target, s.index)
            self.put(here, (slot,), emptied)
            emptied.add(slot)
        elif isinstance(s, Push):
            self.put(here, (self.slot(s.stack),), emptied)
        elif isinstance(s, Bind) and any(isinstance(a, Pack) for a in s.args) and self.is_container(s.target):
            self.put(here, (self.slot(s.target),), emptied)
        elif isinstance(s, Bind) and s.op == "index" and isinstance(s.args[0], Name):
            slot = self.slot(s.args[0].id, s.args[1])
            if slot[0] in self.alone and slot[1] is not None and self.adds_to_slot(s.target):
                emptied.discard(slot)
        elif isinstance(s, Effect) and s.text == DISCARD:
            emptied.add(self.slot(s.stored[0], s.args[1]))
        elif not (isinstance(s, Pop) and s.target is not None and self.adds_to_slot(s.target)):
            emptied.update(self.slot(n) for n in s.stored if self.is_container(n))

    def is_container(self, name: str) -> bool:
        return self.f.aliases.kind(name) == "container"

    def adds_to_slot(self, item: str) -> bool:
        """Whether the reverse of reading an item into a name certainly adds to its slot."""
        return item in self.f.active and self.f.aliases.kind(item) == "value"

    def slot(self, name: str, index: Operand | None = None) -> Slot:
        """The slot of a name's container at a subscript; with the key None where that is not known or may count from the end."""
        key = index.value if isinstance(index, Const) else None
        known = isinstance(key, str) or (type(key) is int and key >= 0)
        return self.f.aliases.classes.get(name, -1), key if known else None

    def put(self, here: Path, slots: Iterable[Slot], emptied: set[Slot]) -> None:
        """Note where an item is put into one of the slots that may be emptied."""
        for cls, key in slots:
            if any(c == cls and (key is None or k is None or k == key) for c, k in emptied):
                self.bare.add(here)


__all__ = ["bare_slots", "from_slot", "slot_key"]
