"""Store what is added to parts of adjoints that still are zero.

    a_bar = np.zeros_like(a)                     a_bar = np.zeros_like(a)
    for i in reversed(range(n)):                 for i in reversed(range(n)):
        a_bar[i] += y_bar * b[i]          ->         a_bar[i] = y_bar * b[i]

That holds where all that was added or stored before went to other parts, or was overwritten by zeros since. Loops whose
trips may run together keep sums, which trips can take apart.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.accesses import ALL, Access, Accesses, Site
from adjoint_compiler.analysis.indexing import index_kind, part_kinds
from adjoint_compiler.analysis.meetings import is_covered, meetings
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, For, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import WHOLE, names_in
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.optimize.remove_dead_stores import MOST, finds_memory
from adjoint_compiler.optimize.rename import map_block

ADD, SUB = "operator.add", "operator.sub"
ZEROS = ("numpy.zeros", "numpy.zeros_like")


def store_first_sums(program: Program, types: Types, memory: Memory) -> Program:
    """Store instead of adding to zero (see the module's text).

    >>> from adjoint_compiler.ir.nodes import REVERSE
    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.types import array_type
    >>> zeros, sum_ = Bind("a", "numpy.zeros", (Const(3),)), Update("a", Const(0), "operator.add", Const(1.0))
    >>> program, types = Program("f", (), (REVERSE, zeros, sum_)), {"a": array_type("float64", 1)}
    >>> [type(s).__name__ for s in store_first_sums(program, types, shared_classes(program, types)).body]
    ['Comment', 'Bind', 'Store']
    """
    start = program.reverse_at
    if start is None or finds_memory(program.body):
        return program
    forward, reverse = program.body[:start], program.body[start:]
    accesses = Accesses(types)
    accesses.add_earlier(forward)
    accesses.add(reverse)
    first = _FirstSums(accesses, memory).find()
    if not first:
        return program
    names = Names(program.mentioned)
    made: set[str] = set()

    def changed(s: Statement) -> list[Statement]:
        if id(s) not in first or not isinstance(s, Update) or s.index is None:
            return [s]
        if s.op == ADD:
            return [Store(s.target, s.index, s.value, s.span)]
        value = names.fresh("t")
        made.add(value)
        return [Bind(value, "operator.neg", (s.value,), (), s.span), Store(s.target, s.index, Name(value), s.span)]

    stored = map_block(reverse, changed)
    return replace(program, body=(*forward, *stored), temporaries=program.temporaries | made)


class _FirstSums:
    def __init__(self, accesses: Accesses, memory: Memory) -> None:
        self.accesses, self.classes, self.types = accesses, memory.classes, accesses.types
        self.writes: dict[int | None, list[Access | None]] = {}  # by class, those of other things than zero
        self.zeros: dict[int | None, list[Access]] = {}
        self.sums: list[Access] = []

    def find(self) -> set[int]:
        """The sums that can be stores, by identity."""
        for site in self.accesses.sites:
            s = site.statement
            for n in s.stored:
                index = s.index if isinstance(s, (Store, Update)) and s.index is not None else WHOLE
                found = self.accesses.access(n, index, site)
                if isinstance(s, Store) and s.value == Const(0.0):
                    self.zeros.setdefault(self.classes.get(n), []).extend([found] if found else [])
                    continue
                self.writes.setdefault(self.classes.get(n), []).append(found)
                together = any(isinstance(x.statement, For) and x.statement.parallel for x in site.loops)
                if isinstance(s, Update) and found is not None and self.is_sum(s) and not together:
                    self.sums.append(found)
        if len(self.sums) * max(map(len, self.writes.values()), default=0) > MOST:
            return set()
        first = {a.site for a in self.sums if self.is_first(a)}
        others = {
            id(site.statement) for site in self.accesses.sites if site not in first
        }  # one may stand in several places
        return {id(site.statement) for site in first} - others

    def is_sum(self, s: Update) -> bool:
        """Whether an update adds to a part of an array what shares no memory with it."""
        own = [n for n in names_in(s.value) if self.classes.get(n, n) == self.classes.get(s.target, s.target)]
        return (
            (s.op == ADD or s.op == SUB and self.is_element(s))
            and s.index not in (None, WHOLE)
            and s.target in self.classes
            and all(is_number(self.types.get(n, UNKNOWN)) for n in own)
            and set(part_kinds(s.index, self.types)) <= {"int", "slice", "ellipsis", "newaxis"}
        )

    def is_element(self, s: Update) -> bool:
        """Whether an update changes one number."""
        t = self.types.get(s.target, UNKNOWN)
        return s.index is not None and index_kind(t, s.index, self.types) == "element"

    def is_first(self, sum_: Access) -> bool:
        """Whether a part certainly is zero where something is added to it."""
        made = self.accesses.defs.get(sum_.root, [])
        if len(made) != 1:
            return False
        s, cls = made[0].statement, self.classes.get(sum_.root)
        writes = self.writes[cls]
        if not (isinstance(s, Bind) and s.op in ZEROS):
            writes = [*writes, self.whole(made[0], sum_)]
        for write in writes:
            cases = meetings(write, sum_, self.accesses)
            if cases is None:
                return False
            assert write is not None
            zeros = self.zeros.get(cls, ())
            if not all(any(is_covered(write, sum_, case, zero) for zero in zeros) for case in cases):
                return False
        return True

    @staticmethod
    def whole(made: Site, like: Access) -> Access:
        """What making an array writes."""
        return Access(made, like.root, (ALL,) * len(like.ranges), True)


__all__ = ["store_first_sums"]
