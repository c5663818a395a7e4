"""Do not fill with zeros what is overwritten as a whole next.

    y_bar = np.zeros_like(y)
    y_bar += x_bar * 2.0           ->      y_bar = x_bar * 2.0

That holds where both certainly have one shape, so that nothing is repeated or summed; sums of the reverse sweep only. Where
the order of the elements in memory may matter, and under Numba, whose loops write where they are told to, the values go
into memory that is not filled.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.shapes import Shapes, symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.ir.nodes import Bind, Block, Comment, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import WHOLE, names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.remove_dead_stores import finds_memory
from adjoint_compiler.optimize.reuse_memory import makes_array

EMPTY = {"numpy.zeros": "numpy.empty", "numpy.zeros_like": "numpy.empty_like"}
GONE = Comment("")  # stands where a statement was


def fill_once(program: Program, types: Types, memory: Memory, compiled: bool = False) -> Program:
    """Bind, or make memory that is not filled with zeros, where it is overwritten at once (see the module's text).

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import REVERSE
    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (REVERSE, Bind("b", "numpy.zeros_like", (Name("a"),)), Update("b", WHOLE, "operator.add", Name("a")))
    >>> program, types = Program("f", ("a",), body), {n: array_type("float64", 1) for n in "ab"}
    >>> [s.op for s in fill_once(program, types, shared_classes(program, types)).body[1:]]
    ['method.copy']
    >>> [type(s).__name__ for s in fill_once(program, types, shared_classes(program, types), compiled=True).body]
    ['Comment', 'Bind', 'Store']
    """
    start = program.reverse_at
    if start is None:
        return program
    work = _Filling(program, types, memory, compiled)
    reverse = work.block(program.body[start:])
    return replace(program, body=(*program.body[:start], *reverse)) if work.changed else program


class _Filling:
    def __init__(self, program: Program, types: Types, memory: Memory, compiled: bool) -> None:
        self.program, self.types, self.memory, self.compiled = program, types, memory, compiled
        self.changed = False
        self._shapes: Shapes | None = None
        self._ordered: set[int | None] | None = None

    def block(self, block: Block) -> Block:
        """A block; the block itself where nothing changes."""
        out: list[Statement] = []
        zeros: dict[str, int] = {}  # where arrays of zeros are made that nothing has mentioned since
        for s in block:
            if isinstance(s, Update) and s.target in zeros and self.is_first(s):
                at = zeros[s.target]
                out[at], s = self.filled(out[at], s)
                self.changed = True
            for x in (s, *s.nested) if zeros else ():
                for n in (*x.read, *x.bound):
                    zeros.pop(n, None)
            if isinstance(s, Bind) and s.op in EMPTY:
                zeros[s.target] = len(out)
            out.append(with_blocks(s, tuple(map(self.block, s.blocks))) if s.blocks else s)
        return tuple(s for s in out if s is not GONE) if self.changed else block

    def is_first(self, s: Update) -> bool:
        """Whether an update of zeros adds to each of them what has their type."""
        own, value = self.types.get(s.target, UNKNOWN), operand_type(s.value, self.types)
        if s.op != "operator.add" or s.index not in (None, WHOLE) or own.kind != "array" or not own.ndim:
            return False
        if (
            not isinstance(s.value, Name)
            or s.target in names_in(s.value)
            or is_number(value)
            or own.dtype != value.dtype
        ):
            return False
        if self._shapes is None:
            self._shapes = symbolic_shapes(self.program, self.types)
        return self._shapes.same(Name(s.target), s.value)

    def filled(self, made: Statement, s: Update) -> tuple[Statement, Statement]:
        """What stands where the zeros were made, and where they were added to."""
        assert isinstance(made, Bind) and isinstance(s.value, Name)
        own, other = (self.memory.classes.get(n) for n in (s.target, s.value.id))
        if self.is_ordered(own) or self.compiled and (own is None or own != other):
            return replace(made, op=EMPTY[made.op]), Store(s.target, WHOLE, s.value, s.span)
        return GONE, Bind(s.target, "copy" if self.is_taken_over(s.value) else "method.copy", (s.value,), (), s.span)

    def is_ordered(self, cls: int | None) -> bool:
        """Whether the order of elements in a class of memory may matter: a view of it depends on that, or it is compared."""
        if self._ordered is None:
            bases = [viewed(s) for s in self.program.statements if isinstance(s, Bind) and _depends_on_order(s)]
            self._ordered = {self.memory.classes.get(n) for o in bases if o is not None for n in names_in(o)}
            if finds_memory(self.program.body):
                self._ordered.update(self.memory.classes.values())
        return cls in self._ordered

    def is_taken_over(self, value: Name) -> bool:
        """Whether an array is new memory that nothing else mentions."""
        mentions = Counter(n for x in walk(self.program.body) for n in (*x.read, *x.bound))
        made = [x for x in walk(self.program.body) if value.id in x.bound]
        return mentions[value.id] == 2 and any(isinstance(x, Bind) and makes_array(x, self.types) for x in made)


def _depends_on_order(s: Bind) -> bool:
    rule = view_rule(s)
    return rule is not None and rule.view_kind == "maybe"


__all__ = ["fill_once"]
