"""Random expressions of a known shape: numbers, arrays, indices, conditions."""

from __future__ import annotations

import ast
from collections.abc import Callable

from adjoint_compiler.testing.programs.program import Shape
from adjoint_compiler.testing.programs.templates import (
    ARRAY_BINARY,
    BINARY,
    BROADCASTING,
    PRODUCTS,
    REDUCTIONS,
    SCALAR_UNARY,
    UNARY,
    VIEWS,
    shape_of,
)
from adjoint_compiler.testing.programs.variables import Variables


def tidy(expression: str) -> str:
    """An expression without the parentheses it does not need.

    >>> tidy("((a)) * ((b) + (c))")
    'a * (b + c)'
    """
    return ast.unparse(ast.parse(expression, mode="eval"))


class Expressions(Variables):
    """Writes expressions of a known shape, with parentheses to spare."""

    def constant(self, low: float = -1.0, high: float = 1.0) -> str:
        """A number that is not close to 0, which would hide its operand."""
        value = round(self.rng.uniform(low, high), 2)
        return repr(value if abs(value) >= 0.1 else 0.4)

    def fill(self, template: str, operand: Callable[[int], str], depth: int) -> str:
        return template.format(a=operand(depth - 1), b=operand(depth - 1), c=self.constant())

    def scalar(self, depth: int = 2) -> str:
        """An expression whose value is a number."""
        roll = self.rng.random()
        if depth == 0 or roll < 0.2:
            return self.scalar_atom()
        if roll < 0.5:
            return self.fill(self.pick(UNARY + SCALAR_UNARY), self.scalar, depth)
        if roll < 0.8:
            return self.fill(self.pick(BINARY), self.scalar, depth)
        if roll < 0.9:
            return self.pick(REDUCTIONS).format(a=self.view(self.pick(self.arrays()))[0])
        name = self.pick(self.arrays(1))
        return self.pick(PRODUCTS).format(a=name, b=self.array(self.shapes[name], 0))

    def scalar_atom(self) -> str:
        roll = self.rng.random()
        if roll < 0.45 and self.numbers():
            return self.recent(self.numbers())
        if roll < 0.9:
            return self.item(self.pick(self.arrays()))
        if roll < 0.97 and self.limits:
            return f"0.3 * ({self.pick(list(self.limits))})"
        return self.constant()

    def index(self, size: int) -> str:
        """An integer expression that indexes an axis, often a loop's counter."""
        counters = [text for text, limit in self.limits.items() if limit <= size]
        return self.pick(counters) if counters and self.chance(0.7) else str(self.rng.randrange(-1, size))

    def item(self, name: str) -> str:
        """An element of an array."""
        separator = "][" if self.chance(0.1) else ", "
        return f"{name}[{separator.join(self.index(size) for size in self.shapes[name])}]"

    def views(self, name: str) -> list[tuple[str, Shape]]:
        """Views of an array, with their shapes."""
        shape = self.shapes[name]
        i, j = self.index(shape[0]), self.index(shape[-1])
        forms = ((form, shape_of(form, shape)) for form in VIEWS[len(shape)])
        return [(form.format(a=name, i=i, j=j), s) for form, s in forms if s is not None]

    def view(self, name: str) -> tuple[str, Shape]:
        return self.rng.choice(self.views(name))

    def array(self, shape: Shape, depth: int = 2) -> str:
        """An expression whose value is an array of a shape."""
        roll = self.rng.random()
        if depth == 0 or roll < 0.2:
            return self.array_atom(shape)
        if roll < 0.5:
            return self.fill(self.pick(UNARY), lambda d: self.array(shape, d), depth)
        if roll < 0.65:
            operands = [self.array(shape, depth - 1), self.scalar(depth - 1)]
            self.rng.shuffle(operands)
            return self.pick(BROADCASTING).format(a=operands[0], b=operands[1])
        if len(shape) == 2 and roll < 0.75:
            return f"({self.array(shape, depth - 1)}) * ({self.array(shape[1:], depth - 1)})"
        return self.fill(self.pick(BINARY + ARRAY_BINARY), lambda d: self.array(shape, d), depth)

    def array_atom(self, shape: Shape) -> str:
        found = [text for name in self.arrays() for text, s in self.views(name) if s == shape]
        found += self.vector_atoms(shape[0]) if len(shape) == 1 else self.matrix_atoms(shape)
        if not found or self.chance(0.05):
            size = str(shape[0]) if len(shape) == 1 else str(shape)
            found = [f"np.full({size}, {self.constant()})", f"{self.scalar(0)} * np.ones({size})"]
        return self.pick(found)

    def vector_atoms(self, size: int) -> list[str]:
        """Vectors that are no views: products, sums, gathers."""
        found = []
        for name in self.arrays(2):
            rows, columns = self.shapes[name]
            found += [f"{name} @ {b}" for b in self.of_shape((columns,))[-1:] if rows == size]
            found += [f"{name}.sum(axis=0)"] if columns == size else []
        for name in self.arrays(1):
            found += [f"{name}[{self.places(name, size)}]"] if self.chance(0.3) else []
            found += [f"np.cumsum({name})"] if self.shapes[name] == (size,) and self.chance(0.3) else []
        if size == len(self.values.get("idx", ())):
            found += [f"{name}[idx]" for name in self.arrays(1, least=max(self.values["idx"]) + 1)]
        if size <= 3 and self.chance(0.3):
            found.append(f"np.array([{', '.join(self.scalar(0) for _ in range(size))}])")
        return found

    def matrix_atoms(self, shape: Shape) -> list[str]:
        """Matrices that are no views: outer products."""
        rows, columns = (self.of_shape((size,))[-1:] for size in shape)
        outer = self.pick(("np.outer({a}, {b})", "{a}[:, None] * {b}"))
        return [outer.format(a=a, b=b) for a in rows for b in columns]

    def places(self, name: str, count: int) -> str:
        """A literal index array, in which places may repeat."""
        return str([self.rng.randrange(self.shapes[name][0]) for _ in range(count)])

    def comparison(self) -> str:
        """A condition; its constant is drawn blindly, since programs close to a tie are not smooth."""
        if self.limits and self.chance(0.4):
            return f"{self.pick(list(self.limits))} {self.pick(('% 2 == 0', '< 2', '== 1', '> 0'))}"
        if self.chance(0.1):
            return f"n > {self.rng.randint(0, 3)}"
        test = tidy(f"{self.scalar(1)} {self.pick(('>', '<', '>=', '<='))} {self.constant(-0.8, 0.8)}")
        if self.chance(0.15):
            return f"{test} {self.pick(('and', 'or'))} {self.comparison()}"
        return f"not {test}" if self.chance(0.1) else test
