"""Whole programs: calls and control flow, the functions called, the result."""

from __future__ import annotations

from adjoint_compiler.testing.programs.expressions import tidy
from adjoint_compiler.testing.programs.statements import Statements
from adjoint_compiler.testing.programs.templates import CALLS, HELPER_LINES, HELPERS, REDUCTIONS


class Writer(Statements):
    """Writes a program; ``STATEMENTS`` names the methods that write a statement each."""

    def write(self) -> str:
        for _ in range(self.rng.randint(3, 9)):
            self.statement()
        self.emit(f"return {self.result()}")
        main = "\n".join([f"def f({', '.join(self.values)}):", *self.lines])
        imports = "import math\n\nimport numpy as np" if "math." in main else "import numpy as np"
        return "\n\n\n".join([imports, *(HELPERS[name][1] for name in self.helpers), main]) + "\n"

    def wrt(self) -> tuple[int, ...]:
        return tuple(k for k, name in enumerate(self.values) if name not in ("idx", "n"))

    def result(self) -> str:
        """A number that depends on the most recent variables."""
        terms = [self.pick(REDUCTIONS).format(a=name) for name in self.arrays()[-4:]]
        terms += [self.pick(("{a}", "np.sin({a})")).format(a=name) for name in self.numbers()[-3:]]
        return " + ".join(terms)

    # calls

    def call(self) -> bool:
        kind = self.rng.choices(list(CALLS), list(CALLS.values()))[0]
        helper = self.pick([name for name, (k, _) in HELPERS.items() if k == kind])
        if helper not in self.helpers:
            if self.room() <= HELPER_LINES[helper]:
                return False
            self.helpers.append(helper)
        scalar = tidy(self.scalar(1))
        if kind in ("map", "scalar", "pair"):
            name = self.pick(self.arrays() if kind == "map" and self.chance(0.5) else self.numbers() or ["0.5"])
            bind = self.bind_two if kind == "pair" else self.bind
            return bind(self.shapes.get(name, ()), f"{helper}({name}, {scalar})")
        name = self.recent(self.arrays(least=2))
        text, shape = self.view(name)
        if shape[0] < 2:
            text, shape = name, self.shapes[name]
        if kind == "pick":
            return self.bind(shape[1:], f"{helper}({text}, {self.index(shape[0])})")
        if kind == "change" and self.chance(0.6):
            return self.bind(shape, f"{helper}({text}, {scalar})")
        return self.change(name, f"{helper}({text}, {scalar})")

    # control flow

    def branch(self) -> bool:
        if self.depth > 3 or self.room() < 4:
            return False
        self.block(f"if {self.comparison()}:")
        if self.chance(0.4) and self.room() > 3:
            self.block("else:")
        return True

    def loop(self) -> bool:
        if self.loops > 1 or self.room() < 4:
            return False
        n, k, roll = self.values["n"], self.fresh(self.pick(("i", "j", "k"))), self.rng.random()
        if roll < 0.4:
            return self.loop_block(f"for {k} in range(n):", limits={k: n})
        if roll < 0.55:
            return self.loop_block(f"for {k} in range(1, n):", limits={k: n, f"{k} - 1": n})
        if roll < 0.65:
            return self.loop_block(f"for {k} in range(n - 1, -1, -1):", limits={k: n})
        name = self.pick(self.arrays())
        size, rest = self.shapes[name][0], self.shapes[name][1:]
        if roll < 0.75:
            return self.loop_block(f"for {k} in range(len({name})):", limits={k: size})
        item = self.fresh("row" if rest else "e")
        self.touch(item, rest)
        if roll < 0.85:
            self.loop_block(f"for {item} in {name}:")
        else:
            self.loop_block(f"for {k}, {item} in enumerate({name}):", limits={k: size})
        del self.shapes[item]
        return True

    def loop_while(self) -> bool:
        if self.loops > 1 or self.room() < 5:
            return False
        n, k, numbers = self.values["n"], self.fresh("k"), self.numbers()
        self.emit(f"{k} = 0")
        if self.chance(0.5) or not numbers:
            return self.loop_block(f"while {k} < n:", f"{k} += 1", limits={f"{k} - 1": n})
        s = self.pick(numbers)
        grow = f"{s} = {s} + 0.4 + 0.2 * np.sin({self.scalar_atom()})"
        limit = self.constant(0.5, 1.5)
        return self.loop_block(f"while {s} < {limit} and {k} < 4:", f"{k} += 1", grow, limits={f"{k} - 1": 4})

    def return_early(self) -> bool:
        return (
            self.room() > 2
            and len(self.lines) > 2
            and self.emit(f"if {self.comparison()}:", f"    return {self.result()}")
        )
