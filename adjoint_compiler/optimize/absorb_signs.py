"""Let minus signs be absorbed by the sums that they lead to.

    t = guarded(y_bar, -(q * y))           t = guarded(y_bar, q * y)
    a_bar += t                     ->      a_bar -= t
    b_bar = -t + s                         b_bar = t + s

Changing the sign of an array costs as much as adding it. The sign moves past products, quotients, guards and sums over axes,
which all give the same number with the other sign; it moves only if everything that it reaches absorbs it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.places import Places, find_places
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.ir.nodes import Bind, Name, Program, Statement, Update
from adjoint_compiler.ir.types import UNKNOWN, Type, is_discrete, is_number
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.rename import map_block
from adjoint_compiler.optimize.tangents import tangent_names

NEG, ADD, SUB = "operator.neg", "operator.add", "operator.sub"
# Where the sign of an operand is the sign of the result, by the operand's place.
PASSES = {
    "operator.mul": (0, 1),
    "operator.truediv": (0,),
    HELPER["guarded"]: (1,),
    HELPER["unbroadcast"]: (0,),
    "numpy.sum": (0,),
}
OVER_AXES = frozenset(("axis", "keepdims"))  # other keywords, as ``initial``, may keep their sign


def absorb_signs(program: Program, types: Types, memory: Memory, primal: frozenset[str] | None = None) -> Program:
    """Remove changes of sign from the reverse sweep (see the module's text).

    In forward mode ``primal`` are the names of the program that is differentiated, and it is done to the tangents.

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import REVERSE, Return
    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (REVERSE, Bind("t", NEG, (Name("a"),)), Bind("y", ADD, (Name("t"), Name("b"))), Return(Name("y")))
    >>> program, types = Program("f", ("a", "b"), body), dict.fromkeys("abty", array_type("float64", 1))
    >>> absorb_signs(program, types, shared_classes(program, types)).body[2].op
    'operator.sub'
    """
    start = 0 if primal is not None else program.reverse_at
    if start is None:
        return program
    reverse = program.body[start:]
    negated = [s for s in walk(reverse) if isinstance(s, Bind) and s.op == NEG and isinstance(s.args[0], Name)]
    if primal is not None and negated:
        tangents = tangent_names(program, primal)
        negated = [s for s in negated if s.target in tangents]
    if not negated:
        return program
    names = {n for s in negated for n in (s.target, *s.read)}
    for x in program.statements:  # a sign may be handed on
        if isinstance(x, Bind) and x.op in PASSES and not names.isdisjoint(x.read):
            names.add(x.target)
    signs = _Signs(program, types, memory, find_places(program, names), primal is not None)
    changed: dict[int, Statement] = {}
    for s in negated:
        changed.update(signs.absorbed(s, changed) or {})
    changed = {k: new for k, new in changed.items() if id(new) != k}
    if not changed:
        return program
    return replace(program, body=map_block(program.body, lambda s: [changed.get(id(s), s)]))


@dataclass
class _Signs:
    program: Program
    types: Types
    memory: Memory
    places: dict[str, Places]
    of_tangents: bool  # which are never integers, whatever is known of their types

    def __post_init__(self) -> None:
        self.statements = self.program.statements

    def absorbed(self, s: Bind, changed: dict[int, Statement]) -> dict[int, Statement] | None:
        """The statements to be replaced if a change of sign goes, by identity; None where it must stay."""
        source = s.args[0]
        assert isinstance(source, Name)
        if id(s) in changed or not self.has_sign(s.target):
            return None
        if self.memory.in_stored_class(source.id) or len(self.places[source.id].defs) != 1:
            return None
        number = is_number(self.types.get(s.target, UNKNOWN))  # of which the sign costs little, next to a sum in memory
        out: dict[int, Statement] = {id(s): Bind(s.target, "copy", (source,), (), s.span)}
        work = [s.target]
        while work:
            name = work.pop()
            if not self.places[name].is_own() or self.memory.in_stored_class(name):
                return None
            for use in (self.statements[u] for u in self.places[name].uses):
                if id(use) in out or id(use) in changed:
                    return None
                new = self.with_sign(use, name)
                if new is None or number and isinstance(new, Update):
                    return None
                out[id(use)] = new
                if new is use:
                    assert isinstance(use, Bind)
                    work.append(use.target)
        return out

    def with_sign(self, use: Statement, name: str) -> Statement | None:
        """A statement that does the same with the other sign; the statement itself where it hands the sign on."""
        me = Name(name)
        if isinstance(use, Update) and use.op in (ADD, SUB) and use.value == me and use.target != name:
            return replace(use, op=SUB if use.op == ADD else ADD)
        if not isinstance(use, Bind) or use.read.count(name) != 1:
            return None
        if len(use.args) > 2 or not OVER_AXES.issuperset(k for k, _ in use.kwargs):
            return None
        if use.op == NEG:
            return Bind(use.target, "copy", (me,), (), use.span)
        if use.op == ADD:
            other = use.args[1] if use.args[0] == me else use.args[0]
            return replace(use, op=SUB, args=(other, me))
        if use.op == SUB and use.args[1] == me:
            return replace(use, op=ADD)
        place = use.args.index(me) if me in use.args else -1
        if place not in PASSES.get(use.op, ()):
            return None
        return use if self.has_sign(use.target) else None

    def has_sign(self, name: str) -> bool:
        """Whether a name means floating-point or complex numbers, or arrays of them."""
        t = self.types.get(name, UNKNOWN)
        return _has_sign(t) or (self.of_tangents and t.kind in ("unknown", "real"))


def _has_sign(t: Type) -> bool:
    """Whether values of a type are floating-point or complex numbers, or arrays of them."""
    if t.kind == "array":
        return t.dtype.startswith(("float", "complex"))
    return is_number(t) and not is_discrete(t)


__all__ = ["absorb_signs"]
