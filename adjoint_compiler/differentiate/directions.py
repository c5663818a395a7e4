"""Many directions in one sweep: the tangents of a forward program get a leading axis of directions.

    y_dot = x_dot * np.cos(x)                 y_dot = x_dot * np.cos(x)              x_dot: (directions, n)
    s_dot = np.sum(y_dot)             ->      s_dot = np.sum(y_dot, axis=1)
    A_dot[i] = s_dot * B[i]                   A_dot[:, i] = s_dot[:, None] * B[i]

Tangents never reach the program itself, so only their statements change. What is not written here with such an axis is left
to one sweep for each direction: ``Unsupported`` says so.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_parts, operand_type, part_kinds
from adjoint_compiler.analysis.shapes import BROADCASTING
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.tangents import Tangents
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import EVERY, NONE, WHOLE, names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import is_container, is_number
from adjoint_compiler.ir.walk import blocks_of, names_bound, names_stored, reads

PRODUCTS = ("operator.matmul", "numpy.matmul", "numpy.dot")
UNCHANGED = ("copy", "method.copy", "numpy.copy", HELPER["copied"])
TURNED = ("attribute.T", "numpy.transpose")
ADVANCED = ("array", "mask")


class Unsupported(Exception):
    """The program is not written with an axis of directions."""


def with_directions(program: Program, given: tuple[str, ...], f: Tangents) -> Program:
    """The forward program with a leading axis of directions on all tangents.

    Args:
        program: the function of a tangent, as it was written.
        given: the parameters that are tangents.
        f: what forward mode knows of the program.

    Raises:
        Unsupported: for a statement that has no such form here.
    """
    batched = set(f.dots.values())
    before = -1
    while before != len(batched):
        before = len(batched)
        for s in program.statements:
            if not batched.isdisjoint(reads(s)) and not blocks_of(s) and not isinstance(s, Return):
                batched.update((*names_bound(s), *names_stored(s)))
    writer = _Writer(f, frozenset(batched), f.names.fresh("directions"))
    count = Bind(writer.count, "builtins.len", (_first_array(given, f),), (), program.span)
    body = (count, *writer.block(program.body))
    return replace(program, body=body, temporaries=program.temporaries | writer.made)


def _first_array(given: tuple[str, ...], f: Tangents) -> Operand:
    for n in given:
        if not is_container(f.types[n]):
            return Name(n)
    raise Unsupported


class _Writer:
    """Writes the statements of tangents; ``out`` are those that a statement needs before it."""

    def __init__(self, f: Tangents, batched: frozenset[str], count: str) -> None:
        self.f, self.batched, self.count = f, batched, count
        self.out: list[Statement] = []
        self.made: set[str] = set()
        self.primal = {dot: n for n, dot in f.dots.items()}

    def block(self, body: Block) -> tuple[Statement, ...]:
        done: list[Statement] = []
        for s in body:
            if blocks_of(s):
                done.append(with_blocks(s, tuple(self.block(b) for b in blocks_of(s))))
                continue
            self.out = []
            new = self.statement(s)
            done += [*self.out, new]
        return tuple(done)

    def is_batched(self, o: Operand) -> bool:
        return any(n in self.batched for n in names_in(o))

    def rank(self, o: Operand) -> int:
        """The rank of an operand without the axis of directions."""
        t = operand_type(o, self.f.types)
        if is_number(t):
            return 0
        if t.kind != "array" or t.ndim is None:
            raise Unsupported
        return t.ndim

    def bind(self, op: str, *args: Operand) -> Name:
        name = self.f.names.fresh("t")
        self.made.add(name)
        self.out.append(Bind(name, op, args))
        return Name(name)

    def lifted(self, o: Operand, rank: int) -> Operand:
        """A tangent with axes of length one behind that of directions, so that it meets arrays of a higher rank."""
        if not self.is_batched(o):
            return o
        missing = rank - self.rank(o)
        if missing <= 0 or not isinstance(o, Name):
            if missing > 0:
                raise Unsupported
            return o
        return self.bind("index", o, Pack("tuple", (EVERY, *(NONE,) * missing)))

    def statement(self, s: Statement) -> Statement:
        touched = not self.batched.isdisjoint((*reads(s), *names_bound(s)))
        if isinstance(s, Bind) and touched:
            return self.binding(s)
        if isinstance(s, (Store, Update)) and s.target in self.batched:
            return self.store(s)
        if touched and not isinstance(s, (Push, Pop, Return)):
            raise Unsupported
        if isinstance(s, Effect) and s.kind == "store":
            raise Unsupported
        return s

    def binding(self, s: Bind) -> Statement:
        operands = (*s.args, *(v for _, v in s.kwargs))
        if not any(map(self.is_batched, operands)):
            return self.zeros(s)
        rule = rules.TABLE.by_key.get(s.op)
        if s.op in UNCHANGED and not any(isinstance(o, Pack) and not self._same(o) for o in operands):
            return s
        if s.op == HELPER["laid_out"]:
            return replace(s, op=HELPER["copied"], args=s.args[:1])
        if s.op == HELPER["stretched"]:
            self.rank(s.args[0])
            return replace(s, op="adjoint_compiler.runtime.broadcasting.stretched_directions")
        if s.op == "index":
            return self.index(s)
        if s.op in PRODUCTS and not s.kwargs:
            return self.product(s)
        if s.op in ("numpy.sum", "numpy.mean"):
            return self.reduction(s)
        if s.op in TURNED and len(operands) == 1 and self.rank(s.args[0]) == 2:
            return replace(s, op="numpy.swapaxes", args=(s.args[0], Const(-1), Const(-2)))
        plain = rule is not None and rule.kind == "elementwise" and not any(p[0] == "*" for p in rule.params)
        if (plain or s.op in BROADCASTING) and not s.kwargs:
            rank = max(map(self.rank, s.args))
            return replace(s, args=tuple(self.lifted(a, rank) for a in s.args))
        raise Unsupported

    def _same(self, o: Pack) -> bool:
        """Whether all items of a container have an axis of directions."""
        return all(self.is_batched(i) if not isinstance(i, Pack) else self._same(i) for i in o.items)

    def zeros(self, s: Bind) -> Statement:
        """A tangent that starts at zero."""
        if s.op == "copy" and isinstance(s.args[0], Const) and s.args[0].value == 0 and type(s.args[0].value) is float:
            return replace(s, op="numpy.zeros", args=(Name(self.count),))
        if s.op == "numpy.zeros_like":
            self.rank(s.args[0])
            op = "adjoint_compiler.runtime.broadcasting.zero_directions"
            return replace(s, op=op, args=(s.args[0], Name(self.count)))
        raise Unsupported

    def subscript(self, base: Operand, at: Operand) -> Pack:
        """A subscript behind the axis of directions; arrays in it must stand side by side."""
        kinds = part_kinds(at, self.f.types)
        parts = index_parts(at)
        if "unknown" in kinds or len(kinds) != len(parts) or self.is_batched(at):
            raise Unsupported
        places = [k for k, kind in enumerate(kinds) if kind in ("int", *ADVANCED)]
        if any(kind in ADVANCED for kind in kinds) and places != list(range(places[0], places[-1] + 1)):
            raise Unsupported
        self.rank(base)
        return Pack("tuple", (EVERY, *parts))

    def index(self, s: Bind) -> Statement:
        base, at = s.args
        if isinstance(base, Name) and is_container(operand_type(base, self.f.types)):
            return s
        if not isinstance(base, Name):
            raise Unsupported
        moved = self.subscript(base, at)
        if is_number(operand_type(Name(s.target), self.f.types)) and self.is_stored(base):
            part = self.bind("index", base, moved)  # an element is no view; with an axis of directions it would be one
            return replace(s, op=HELPER["copied"], args=(part,))
        return replace(s, args=(base, moved))

    def is_stored(self, o: Name) -> bool:
        """Whether what a tangent belongs to is stored into, or is not known."""
        primal = self.primal.get(o.id)
        return primal is None or self.f.is_stored(Name(primal))

    def store(self, s: Store | Update) -> Statement:
        t = operand_type(Name(s.target), self.f.types)
        if is_container(t):
            if not self.is_batched(s.value):
                raise Unsupported
            return s
        if isinstance(s, Update) and s.op not in ("operator.add", "operator.sub"):
            raise Unsupported
        rank = self.rank(Name(s.target))
        index = WHOLE if s.index is None else s.index
        kinds = part_kinds(index, self.f.types)
        at = self.subscript(Name(s.target), index)
        if self.is_batched(s.value):
            if any(k in ADVANCED for k in kinds):
                region = -1
            else:
                region = rank - kinds.count("int") + kinds.count("newaxis")
            own = self.rank(s.value)
            if region < 0 and own == 0 or region >= 0 and own > region:
                raise Unsupported
            value = s.value if region < 0 else self.lifted(s.value, region)
        else:
            value = s.value
        if isinstance(s, Update) and is_number(t):  # numbers are rebound
            return Bind(s.target, s.op, (Name(s.target), value), (), s.span)
        if isinstance(s, Update) and s.index is None:
            return replace(s, value=value)
        return replace(s, index=WHOLE if index == WHOLE else at, value=value)

    def product(self, s: Bind) -> Statement:
        a, b = s.args
        ranks = self.rank(a), self.rank(b)
        if self.is_batched(a) and self.is_batched(b) or not all(1 <= r <= 2 for r in ranks):
            raise Unsupported
        if self.is_batched(b) and ranks[1] == 1:  # a vector for each direction: a row of a matrix
            other = a if ranks[0] == 1 else self.bind("attribute.T", a)
            return replace(s, op="operator.matmul", args=(b, other))
        return replace(s, op="operator.matmul")

    def reduction(self, s: Bind) -> Statement:
        named = dict(s.kwargs)
        axis = named.pop("axis", s.args[1] if len(s.args) == 2 else NONE)
        keepdims = named.pop("keepdims", Const(False))
        if named or len(s.args) > 2 or not isinstance(axis, (Const, Pack)) or keepdims != Const(False):
            raise Unsupported
        rank = self.rank(s.args[0])
        axes = axis.items if isinstance(axis, Pack) else (axis,)
        if not rank:
            return replace(s, op="copy", args=s.args[:1], kwargs=())
        values = range(rank) if axis == NONE else [a.value if isinstance(a, Const) else None for a in axes]
        if not all(type(v) is int for v in values):
            raise Unsupported
        moved = tuple(int(v) % rank + 1 for v in values if v is not None)
        over = Const(moved[0]) if len(moved) == 1 else Const(moved)
        return replace(s, args=s.args[:1], kwargs=(("axis", over),))


__all__ = ["Unsupported", "with_directions"]
