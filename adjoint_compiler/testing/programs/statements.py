"""Random statements, line by line: blocks, bindings, stores and updates."""

from __future__ import annotations

import random

from adjoint_compiler.testing.programs.expressions import Expressions, tidy
from adjoint_compiler.testing.programs.program import Shape
from adjoint_compiler.testing.programs.templates import (
    FRESH,
    HELPER_LINES,
    MAX_LINES,
    OVERLAPPING,
    OVERLAPPING_COLUMNS,
    OVERLAPPING_SQUARE,
    STATEMENTS,
    UPDATES,
)


class Statements(Expressions):
    """Writes statements, one a method; a method returns False if it finds nothing to write.

    Attributes:
        lines: what is written so far.
        helpers: the functions called, in order.
        depth: how deeply the next line is indented.
        loops: how many loops are around it.
    """

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lines: list[str] = []
        self.helpers: list[str] = []
        self.depth, self.loops = 1, 0

    # lines and blocks

    def room(self) -> int:
        return MAX_LINES - 4 - sum(HELPER_LINES[name] for name in self.helpers) - len(self.lines)

    def emit(self, *lines: str) -> bool:
        self.lines += ["    " * self.depth + line for line in lines]
        return True

    def statement(self) -> None:
        kinds, weights = list(STATEMENTS), list(STATEMENTS.values())
        while self.room() > 0:
            if getattr(self, self.rng.choices(kinds, weights)[0])():
                return

    def block(self, head: str, *first: str, limits: dict[str, int] | None = None) -> None:
        """A nested block; names first bound in it are forgotten after it, since it may not have run."""
        known, outer = set(self.shapes), self.limits
        self.limits = {**outer, **(limits or {})}
        self.emit(head)
        self.depth += 1
        start = len(self.lines)
        self.emit(*first)
        for _ in range(self.rng.randint(1, 3)):
            self.statement()
        if len(self.lines) == start:
            self.emit("pass")
        self.depth -= 1
        self.shapes = {name: shape for name, shape in self.shapes.items() if name in known}
        self.limits = outer

    def loop_block(self, head: str, *first: str, limits: dict[str, int] | None = None) -> bool:
        self.loops += 1
        jump: tuple[str, ...] = ()
        if self.chance(0.3):
            counters = [f"{name} == 1" for name in limits or () if name.isidentifier()]
            test = self.pick(counters) if counters and self.chance(0.5) else self.comparison()
            jump = (f"if {test}:", "    " + self.pick(("break", "continue")))
        self.block(head, *first, *jump, limits=limits)
        self.loops -= 1
        return True

    # binding names

    def target(self, shape: Shape) -> str:
        """A name to bind: a variable of that shape, or a new one."""
        known = self.of_shape(shape)
        stems = (("s", "t", "r"), ("u", "z"), ("B", "C"))[len(shape)]
        return self.pick(known) if known and self.chance(0.5) else self.fresh(self.pick(stems))

    def bind(self, shape: Shape, value: str) -> bool:
        name, value = self.target(shape), tidy(value)
        if name == value:
            return False
        self.touch(name, shape)
        return self.emit(f"{name} = {value}")

    def bind_two(self, shape: Shape, values: str) -> bool:
        first, second = self.fresh("p"), self.fresh("q")
        self.touch(first, shape)
        self.touch(second, shape)
        return self.emit(f"{first}, {second} = {values}")

    def bind_scalar(self) -> bool:
        return self.bind((), self.scalar())

    def bind_array(self) -> bool:
        name = self.pick(self.arrays())
        fresh = self.pick(FRESH).format(a=name)
        return self.bind(self.shapes[name], fresh if self.chance(0.3) else self.array(self.shapes[name]))

    def bind_view(self) -> bool:
        text, shape = self.view(self.recent(self.arrays()))
        return self.bind(shape, text)

    def unpack(self) -> bool:
        if self.chance(0.6):
            return self.bind_two((), f"{tidy(self.scalar(1))}, {tidy(self.scalar(1))}")
        name = self.pick(self.arrays(least=2))
        return self.bind_two(self.shapes[name][1:], name if self.shapes[name][0] == 2 else f"{name}[:2]")

    def choose(self) -> bool:
        """A name that means one thing or another."""
        first = self.pick(list(self.shapes))
        shape = self.shapes[first]
        others = [name for name in self.of_shape(shape) if name != first]
        if others and self.chance(0.7):
            second = self.pick(others)
        else:
            second = tidy(self.array(shape, 1) if shape else self.scalar(1))
        test = self.comparison()
        if self.chance(0.5) or self.room() < 4:
            return self.bind(shape, f"{first} if {test} else {second}")
        target = self.target(shape)
        self.touch(target, shape)
        return self.emit(f"if {test}:", f"    {target} = {first}", "else:", f"    {target} = {second}")

    def swap(self) -> bool:
        name = self.pick(list(self.shapes))
        others = [other for other in self.of_shape(self.shapes[name]) if other != name]
        if others and self.chance(0.7):
            other = self.pick(others)
        elif self.shapes[name]:
            name, other = f"{name}[0]", f"{name}[-1]"
        else:
            return False
        return self.emit(f"{name}, {other} = {other}, {name}")

    # stores and updates

    def change(self, name: str, statement: str) -> bool:
        """Write a statement that changes a variable."""
        self.touch(name)
        return self.emit(statement)

    def store(self, name: str, place: str, value: str) -> bool:
        return self.change(name, f"{place} = {tidy(value)}")

    def update(self, name: str, place: str, value: str) -> bool:
        operator, _, value = self.pick(UPDATES).format(e=value, c=self.constant()).partition(" ")
        return self.change(name, f"{place} {operator} {tidy(value)}")

    def place(self, name: str) -> tuple[str, Shape]:
        """A view that can stand on the left of ``=``."""
        text, shape = self.view(name)
        return (text if text.endswith("]") else f"{text}[{self.pick((':', '...'))}]"), shape

    def value(self, shape: Shape, scalar: float) -> str:
        """A value to store into a place of a shape: with some probability a number."""
        return self.scalar() if not shape or self.chance(scalar) else self.array(shape, 1)

    def update_scalar(self) -> bool:
        names = self.numbers()
        return bool(names) and self.update(name := self.recent(names), name, self.scalar())

    def update_array(self) -> bool:
        name = self.recent(self.arrays())
        return self.update(name, name, self.value(self.shapes[name], 0.3))

    def store_item(self) -> bool:
        name = self.recent(self.arrays())
        write = self.update if self.chance(0.4) else self.store
        return write(name, self.item(name), self.scalar())

    def store_view(self) -> bool:
        name = self.recent(self.arrays())
        place, shape = self.place(name)
        return self.store(name, place, self.value(shape, 0.2))

    def update_view(self) -> bool:
        name = self.recent(self.arrays())
        place, shape = self.place(name)
        return self.update(name, place, self.value(shape, 0.3))

    def store_overlapping(self) -> bool:
        name = self.recent(self.arrays())
        shape = self.shapes[name]
        forms = OVERLAPPING + (OVERLAPPING_COLUMNS if len(shape) == 2 else ())
        forms += OVERLAPPING_SQUARE if len(shape) == 2 and shape[0] == shape[1] else ()
        return self.change(name, self.pick(forms).format(a=name, c=self.constant()))

    def scatter(self) -> bool:
        name = self.recent(self.arrays())
        size, rest = self.shapes[name][0], self.shapes[name][1:]
        count = self.rng.randint(2, 3)
        places = self.places(name, count)
        if "idx" in self.values and max(self.values["idx"]) < size and self.chance(0.6):
            places, count = "idx", len(self.values["idx"])
        write = self.update if self.chance(0.5) else self.store
        return write(name, f"{name}[{places}]", self.value((count, *rest), 0.4))
