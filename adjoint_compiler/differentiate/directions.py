"""Many directions in one sweep: the tangents of a forward program get a leading axis of directions.

    y_dot = x_dot * np.cos(x)                 y_dot = x_dot * np.cos(x)              x_dot: (directions, n)
    s_dot = np.sum(y_dot)             ->      s_dot = np.sum(y_dot, axis=1)
    A_dot[i] = s_dot * B[i]                   A_dot[:, i] = s_dot[:, None] * B[i]

Tangents never reach the program itself, so only their statements change. An operation that is not written here with such an
axis is done for one direction after the other, and the results are stacked:

    parts = []
    for direction in range(directions):
        parts.append(np.cumsum(x_dot[direction]))
    y_dot = np.stack(parts)

What is stored into must stay a view of what it was one of; where that would be lost, each direction is left to a sweep of its
own: ``Unsupported`` says so.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.activity import STRUCTURE
from adjoint_compiler.analysis.indexing import index_parts, operand_type, part_kinds
from adjoint_compiler.analysis.shapes import BROADCASTING
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.shifted_axes import moved, reduced
from adjoint_compiler.differentiate.tangents import Tangents
from adjoint_compiler.ir.nodes import (
    NOWHERE,
    Bind,
    Block,
    Call,
    Const,
    Effect,
    For,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Span,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import EVERY, NONE, WHOLE, names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import Type, is_container, is_number
from adjoint_compiler.ir.walk import blocks_of, names_bound, names_stored, reads
from adjoint_compiler.rules import series

PRODUCTS = ("operator.matmul", "numpy.matmul", "numpy.dot")
HELPERS = "adjoint_compiler.runtime.directions."
LEADING = tuple(  # helpers whose first operand may have axes before its own
    f"adjoint_compiler.runtime.{n}"
    for n in (
        "broadcasting.spread",
        "broadcasting.spread_adjoint",
        "reductions.share_ties",
        "reductions.share_ties_adjoint",
    )
)
CUSTOM = ("custom.", "adjoint_compiler.runtime.custom.")
OF_CONTAINERS = ("builtins.list", "builtins.tuple", "operator.add", "operator.mul", "as_sequence", HELPER["copied"])
IN_STRUCTURES = (HELPER["add_structure"],)
UNCHANGED = ("copy", "method.copy", "numpy.copy", HELPER["copied"])
MOVING = ("attribute.T", "numpy.transpose", "numpy.swapaxes", "numpy.moveaxis", "numpy.expand_dims", "numpy.flip")
SERIES = series.RUNTIME
ADVANCED = ("array", "mask")


class Unsupported(Exception):
    """The program is not written with an axis of directions: ``operation`` at ``span`` has no such form here."""

    def __init__(self, operation: str = "", span: Span = NOWHERE) -> None:
        super().__init__(operation)
        self.operation, self.span = operation, span


def with_directions(program: Program, given: tuple[str, ...], f: Tangents) -> Program:
    """The forward program with a leading axis of directions on all tangents.

    Args:
        program: the function of a tangent, as it was written.
        given: the parameters that are tangents.
        f: what forward mode knows of the program.

    Raises:
        Unsupported: for a statement that has no such form here.
    """
    batched, before = set(f.dots.values()), -1
    while before != len(batched):
        before = len(batched)
        for s in program.statements:
            if not batched.isdisjoint(reads(s)) and not blocks_of(s) and not isinstance(s, Return):
                batched.update((*names_bound(s), *names_stored(s)))
            if isinstance(s, Bind) and s.op == "copy" and s.target in batched:  # of a tangent, or of zeros made for one
                batched.update(reads(s))
    if not batched.isdisjoint(f.dots):
        # a recursive call, or a rule of the user's, gives the value together with its tangent
        recursive = any(isinstance(s, Call) for s in program.statements)
        raise Unsupported("Call" if recursive else "a rule of the user's", program.span)
    writer = _Writer(f, frozenset(batched), f.names.fresh("directions"))
    arrays = [n for n in given if not is_container(f.types[n])]
    known = (Name((arrays or list(given))[0]),)
    count = Bind(writer.count, "builtins.len" if arrays else HELPERS + "count_directions", known, (), program.span)
    body = (count, *writer.block(program.body))
    return replace(program, body=body, temporaries=program.temporaries | writer.made)


class _Writer:
    """Writes the statements of tangents; ``out`` are those that a statement needs before it."""

    def __init__(self, f: Tangents, batched: frozenset[str], count: str) -> None:
        self.f, self.batched, self.count = f, batched, count
        self.out: list[Statement] = []
        self.made: set[str] = set()
        self.stacked: set[str] = set()
        self.primal = {dot: n for n, dot in f.dots.items()}

    def block(self, body: Block) -> tuple[Statement, ...]:
        done: list[Statement] = []
        for s in body:
            if blocks_of(s):
                done.append(with_blocks(s, tuple(self.block(b) for b in blocks_of(s))))
                continue
            self.out = []
            try:
                new = self.statement(s)
            except Unsupported:
                raise Unsupported(s.op if isinstance(s, (Bind, Update)) else type(s).__name__, s.span) from None
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
        if isinstance(s, Push) and touched:
            return replace(s, value=self.whole(s.value))
        if touched and not isinstance(s, (Push, Pop, Return)):
            raise Unsupported
        if isinstance(s, Effect) and s.kind == "store":
            raise Unsupported
        return s

    def binding(self, s: Bind) -> Statement:
        if s.op.startswith(CUSTOM):
            raise Unsupported
        if s.op == HELPER["mirrored"] and isinstance(s.args[0], Name) and s.args[0].id in self.stacked:
            raise Unsupported  # results that were stacked are no views
        try:
            return self.with_axis(s)
        except Unsupported:
            return self.each(s)

    def with_axis(self, s: Bind) -> Statement:
        operands = (*s.args, *(v for _, v in s.kwargs))
        if s.op.startswith(SERIES):
            return s
        if not any(map(self.is_batched, operands)):
            return self.zeros(s)
        rule = rules.TABLE.by_key.get(s.op)
        batched = [o for o in operands if self.is_batched(o)]
        if s.op in OF_CONTAINERS and self.holds(Name(s.target)) and all(map(self.holds, batched)):
            return replace(s, args=tuple(self.whole(a) if self.is_batched(a) else a for a in s.args))  # of containers
        if s.op in UNCHANGED and (isinstance(s.args[0], Pack) or not any(isinstance(o, Pack) for o in operands)):
            return replace(s, args=(self.whole(s.args[0]), *s.args[1:]))
        if s.op == HELPER["laid_out"]:
            return replace(s, op=HELPERS + "laid_out_directions")
        if s.op == HELPER["mirrored"] and all(map(self.is_batched, s.args[:2])):
            return s
        if s.op == HELPER["as_gradient"]:
            return replace(s, op="copy", args=s.args[:1])
        if s.op in IN_STRUCTURES:
            return replace(s, args=tuple(map(self.whole, s.args)))
        if s.op == HELPER["stretched"]:
            self.rank(s.args[0])
            return replace(s, op=HELPERS + "stretched_directions")
        if s.op == HELPER["unbroadcast"] and len(s.args) == 2 and not self.is_batched(s.args[1]):
            return replace(s, op=HELPERS + "unbroadcast_directions")
        if s.op == HELPER["shaped_like"]:
            return replace(s, op="copy", args=s.args[:1])
        if s.op in LEADING and not any(map(self.is_batched, operands[1:])):
            return s
        if s.op in ("numpy.reshape", "numpy.ravel") and not s.kwargs:
            shape = s.args[1:] if s.op == "numpy.reshape" else (Const(-1), *s.args[1:])
            return replace(s, op=HELPERS + "reshaped_directions", args=(s.args[0], *shape))
        if s.op in MOVING and not s.kwargs:
            return self.shifted(moved(s, self.rank(s.args[0])))
        if s.op == "index":
            return self.index(s)
        if s.op in PRODUCTS and not s.kwargs:
            return self.product(s)
        if s.op in ("numpy.sum", "numpy.mean"):
            return self.shifted(reduced(s, self.rank(s.args[0])))
        plain = rule is not None and rule.kind == "elementwise" and not any(p[0] == "*" for p in rule.params)
        if (plain or s.op in BROADCASTING) and not s.kwargs:
            rank = max(map(self.rank, s.args))
            return replace(s, args=tuple(self.lifted(a, rank) for a in s.args))
        raise Unsupported

    @staticmethod
    def shifted(s: Bind | None) -> Bind:
        if s is None:
            raise Unsupported
        return s

    def holds(self, o: Operand) -> bool:
        """Whether an operand certainly is a container."""
        return is_container(operand_type(o, self.f.types))

    def is_seen_elsewhere(self, s: Bind) -> bool:
        """Whether the result may have to show memory that is stored into, or be shown."""
        primal = self.primal.get(s.target)
        may_show = view_rule(s) is not None or self.holds(Name(s.target)) or s.op in STRUCTURE
        return may_show and primal is not None and self.f.is_stored(Name(primal))

    def each(self, s: Bind) -> Statement:
        """An operation of one direction after the other, and the results of all as one."""
        base = viewed(s)
        if self.is_seen_elsewhere(s) or (isinstance(base, Name) and base.id in self.primal and self.is_stored(base)):
            raise Unsupported
        parts, k = self.fresh("parts"), self.fresh("direction")
        outer, self.out = self.out, []
        args = tuple(self.of_direction(a, Name(k)) for a in s.args)
        kwargs = tuple((n, self.of_direction(v, Name(k))) for n, v in s.kwargs)
        one = self.fresh("part")
        body = (*self.out, Bind(one, s.op, args, kwargs, s.span), Push(parts, Name(one), s.span))
        self.out = [
            *outer, Bind(parts, "copy", (Pack("list", ()),), (), s.span),
            For(k, Const(0), Name(self.count), Const(1), body, None, s.span),
        ]  # fmt: skip
        self.stacked.add(s.target)
        return Bind(s.target, HELPERS + "stacked_directions", (Name(parts),), (), s.span)

    def of_direction(self, o: Operand, k: Name) -> Operand:
        """The part of an operand that belongs to one direction."""
        if isinstance(o, Pack):
            return Pack(o.kind, tuple(self.of_direction(i, k) for i in o.items), o.keys, o.cls)
        if not self.is_batched(o):
            return o
        t = operand_type(o, self.f.types)
        return self.bind("index" if t.kind == "array" or is_number(t) else HELPERS + "one_direction", o, k)

    def fresh(self, stem: str) -> str:
        name = self.f.names.fresh(stem)
        self.made.add(name)
        return name

    def whole(self, o: Operand) -> Operand:
        """An operand with an axis of directions: zeros for constants of zero."""
        if isinstance(o, Pack):
            return Pack(o.kind, tuple(map(self.whole, o.items)), o.keys, o.cls)
        if isinstance(o, Const) and type(o.value) in (float, complex) and o.value == 0:
            kind = (Const(complex, "complex"),) if type(o.value) is complex else ()
            return self.bind("numpy.zeros", Name(self.count), *kind)
        if o != NONE and not self.is_batched(o):
            raise Unsupported
        return o

    def zeros(self, s: Bind) -> Statement:
        """A tangent that starts at zero."""
        if s.op == "copy":
            value = self.whole(s.args[0])
            made = self.out[-1] if self.out else None
            if isinstance(made, Bind) and value == Name(made.target):
                self.out.pop()
                return replace(made, target=s.target, span=s.span)
            return replace(s, args=(value,))
        if s.op == "numpy.zeros_like":
            self.rank(s.args[0])
            return replace(s, op=HELPERS + "zero_directions", args=(s.args[0], Name(self.count)))
        if s.op in (HELPER["zero_tangent"], HELPER["as_gradient"]):
            return replace(s, op=HELPERS + "zeros_of_directions", args=(s.args[-1], Name(self.count)))
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
            return replace(s, value=self.whole(s.value))
        try:
            return self.store_with_axis(s, t)
        except Unsupported:
            if t.kind != "array" or not t.ndim:
                raise
            return self.each_store(s)

    def each_store(self, s: Store | Update) -> Statement:
        """A store for one direction after the other."""
        k = self.fresh("direction")
        outer, self.out = self.out, []
        part = self.bind("index", Name(s.target), Name(k))
        value = self.of_direction(s.value, Name(k))
        index = WHOLE if s.index is None else s.index
        body = (*self.out, replace(s, target=part.id, index=index, value=value))
        self.out = outer
        return For(k, Const(0), Name(self.count), Const(1), body, None, s.span)

    def store_with_axis(self, s: Store | Update, t: Type) -> Statement:
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


__all__ = ["Unsupported", "with_directions"]
