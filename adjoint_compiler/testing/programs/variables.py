"""The variables of a program being written: what each holds, and random choices among them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from typing import Any

from adjoint_compiler.testing.programs.program import Shape
from adjoint_compiler.testing.programs.templates import HELPERS


class Variables:
    """The variables of the program being written, and random choices among them.

    Attributes:
        shapes: variables that hold floats, the one bound or stored into last at the end; () for numbers.
        limits: integer expressions; their values are at least 0 and less than this.
        values: the parameters.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.shapes: dict[str, Shape] = {}
        self.limits: dict[str, int] = {}
        self.values: dict[str, Any] = {}
        self.taken = {*HELPERS, "f", "n", "idx", "np", "math"}
        self.add_parameters()

    def add_parameters(self) -> None:
        columns, rows = self.rng.randint(3, 5), self.rng.randint(2, 4)
        if self.chance(0.3):
            rows = columns
        shapes: dict[str, Shape] = {"x": (), "y": (), "v": (columns,), "w": (columns,), "A": (rows, columns)}
        for name, shape in shapes.items():
            if name in ("x", "v") or self.chance(0.6):
                self.touch(name, shape)
                self.values[name] = self.random_values(shape)
        least = min(columns, rows)
        if self.chance(0.3):
            self.values["idx"] = [self.rng.randrange(least) for _ in range(self.rng.randint(2, 3))]
        self.values["n"] = self.rng.choice((0, 1, 2, 2, 3, 3) if least > 2 else (1, 2))

    def random_values(self, shape: Shape) -> Any:
        if not shape:
            return round(self.rng.uniform(-1.2, 1.2), 2)
        return [self.random_values(shape[1:]) for _ in range(shape[0])]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self, choices: Sequence[str]) -> str:
        return self.rng.choice(choices)

    def recent(self, names: Sequence[str]) -> str:
        """One of some variables, often the most recent."""
        return names[-1] if self.chance(0.35) else self.pick(names)

    def numbers(self) -> list[str]:
        return self.of_shape(())

    def arrays(self, rank: int | None = None, least: int = 1) -> list[str]:
        """Arrays, of a rank if one is given, with at least so many items."""
        ranks = (1, 2) if rank is None else (rank,)
        return [name for name, shape in self.shapes.items() if len(shape) in ranks and shape[0] >= least]

    def of_shape(self, shape: Shape) -> list[str]:
        return [name for name, s in self.shapes.items() if s == shape]

    def touch(self, name: str, shape: Shape | None = None) -> None:
        """Note that a variable was bound (to a value of a shape) or stored into."""
        before = self.shapes.pop(name, ())
        self.shapes[name] = before if shape is None else shape
        self.taken.add(name)

    def fresh(self, stem: str) -> str:
        """A name that the program has not used yet."""
        numbered = itertools.chain((stem,), (f"{stem}{k}" for k in itertools.count(2)))
        name = next(name for name in numbered if name not in self.taken)
        self.taken.add(name)
        return name
