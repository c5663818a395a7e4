"""Compute in the memory of an array that is not needed afterwards, instead of in new memory.

    t = np.outer(y_bar, x)             a_bar = np.outer(y_bar, x)
    s_bar = np.vdot(t, a)       ->     s_bar = np.vdot(a_bar, a)
    a_bar = t * s                      a_bar *= s

New memory for large arrays costs more than what is computed in it: the system has to clear it page by page. Only in the
reverse sweep; an array that is used just once is folded into the expression, where NumPy does the same by itself.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.places import find_places
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule
from adjoint_compiler.differentiate.builder import GUARDS
from adjoint_compiler.ir.nodes import Bind, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import WHOLE, names_in
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_block, rename_all

IN_PLACE = ("operator.mul", "operator.add", "operator.sub", "operator.truediv")
EITHER_WAY = ("operator.mul", "operator.add")
PRODUCTS = ("numpy.outer", "operator.matmul", "numpy.dot", "adjoint_compiler.runtime.contractions.outer_sum")


def reuse_memory(program: Program, types: Types, memory: Memory) -> Program:
    """Update arrays in place where they are not read again (see the module's text).

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import REVERSE, Return
    >>> from adjoint_compiler.ir.types import REAL, Type, array_type
    >>> body = (REVERSE, Bind("t", "numpy.outer", (Name("x"), Name("x"))), Bind("n", "numpy.vdot", (Name("t"), Name("t"))),
    ...         Bind("y", "operator.mul", (Name("t"), Name("s"))), Return(Name("y")))
    >>> types = {"t": array_type("float64", 2), "y": array_type("float64", 2), "s": Type("float"), "n": REAL}
    >>> program = Program("f", ("x", "s"), body)
    >>> [type(s).__name__ for s in reuse_memory(program, types, shared_classes(program, types)).body]
    ['Comment', 'Bind', 'Bind', 'Update', 'Return']
    """
    start = program.reverse_at
    if start is None:
        return program
    reverse = walk(program.body[start:])
    made = {s.target: s for s in reverse if isinstance(s, Bind) and makes_array(s, types)}
    found = [s for s in reverse if isinstance(s, Bind) and s.op in IN_PLACE and _dying(s, types) in made]
    if not found:
        return program
    return _Reusing(program, types, memory, found).change(found)


def makes_array(s: Bind, types: Types) -> bool:
    """Whether a binding certainly makes a new array of numbers that are not whole.

    A guard gives back what it looks at unless there is something to stop. Even where nothing of the program reads that any
    more, a second derivative does.
    """
    t, rule = types.get(s.target, UNKNOWN), rules.TABLE.by_key.get(s.op)
    new = s.op in PRODUCTS or (rule is not None and rule.kind == "elementwise" and s.op not in GUARDS)
    return new and t.kind == "array" and bool(t.ndim) and t.dtype.startswith(("float", "complex"))


def _dying(s: Bind, types: Types) -> str | None:
    """The array that a binding multiplies by a number, or the like, if the result is an array of the same kind."""
    for array, number in (s.args, s.args[::-1]) if s.op in EITHER_WAY else (s.args,):
        if isinstance(array, Name) and types.get(array.id, UNKNOWN) == types.get(s.target, UNKNOWN):
            if not isinstance(number, Name) or is_number(types.get(number.id, UNKNOWN)):
                return array.id
    return None


class _Reusing:
    def __init__(self, program: Program, types: Types, memory: Memory, found: list[Bind]) -> None:
        self.program, self.types = program, types
        self.places = find_places(program, {n for s in found for n in (s.target, _dying(s, types)) if n is not None})
        self.statements = program.statements
        sharing = Counter(memory.classes.values())
        self.shared = {n for n, cls in memory.classes.items() if sharing[cls] > 1 or cls in memory.held.values()}

    def change(self, found: list[Bind]) -> Program:
        """The program with those of the bindings in place that can be."""
        names: dict[str, str] = {}
        updates: dict[int, Statement] = {}
        for s in found:
            array = _dying(s, self.types)
            assert array is not None
            if array in names or s.target in names or array in names.values() or not self.is_last(array, s):
                continue
            other = next((a for a in s.args if a != Name(array)), None)
            if other is not None:
                names[array] = s.target
                updates[id(s)] = Update(array, WHOLE, s.op, other, s.span)
        if not updates:
            return self.program
        body = map_block(self.program.body, lambda s: [updates.get(id(s), s)])
        return rename_all(replace(self.program, body=body), names)

    def is_last(self, array: str, s: Bind) -> bool:
        """Whether nobody reads an array after a binding, which takes its name along, nor holds it."""
        mine, new = self.places[array], self.places[s.target]
        if array in self.shared or s.target in self.shared or not mine.is_own() or not new.is_own():
            return False
        at, made = new.defs[0], mine.defs[0]
        same_run = (at.start, at.end) == (made.start, made.end) and max(mine.uses) == at.number
        uses = [self.statements[u] for u in mine.uses]
        return same_run and len(uses) > 1 and all(_takes_nothing(u, array) for u in uses)


def _takes_nothing(s: Statement, array: str) -> bool:
    """Whether a statement reads the numbers of an array and does not hold on to it."""
    if isinstance(s, (Store, Update)):
        return s.target != array
    if not isinstance(s, Bind) or s.op not in rules.TABLE.by_key or s.op == "copy" or view_rule(s) is not None:
        return False
    return s.op not in GUARDS or array not in names_in(s.args[1])  # which it may give back


__all__ = ["makes_array", "reuse_memory"]
