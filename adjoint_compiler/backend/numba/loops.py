"""Loops over elements in the place of operations on whole arrays.

                                                           part = B[1:-1]
    B[1:-1] = 0.5 * (A[:-2] + A[2:])            ->         check_shapes(part, A[:-2])
                                                           for i in range(part.shape[0]):
                                                               B[i + 1] = 0.5 * (A[i] + A[i + 2])

Numba compiles a loop in a fraction of the time that it takes for an array expression, and knows strides in it. Axes are
as long as one another by their symbolic shapes, or are checked to be where arrays are cut; what may be meant to be
repeated along an axis of one element stays an operation on arrays.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.shapes import ONE, Dim
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.axis_loops import AxisLoops
from adjoint_compiler.backend.numba.leaves import Leaf
from adjoint_compiler.backend.numba.loop_fits import (
    ANY_RANK,
    DOTS,
    DTYPES,
    MATRIX_PRODUCTS,
    OPERATORS,
    PRODUCTS,
    SUMS,
    UNBROADCAST,
)
from adjoint_compiler.backend.numba.loop_writing import index_operand
from adjoint_compiler.backend.numba.nests import Access, Dims, Fit, Nest, join_nests
from adjoint_compiler.backend.numba.precision import is_low
from adjoint_compiler.backend.numba.scalarize import scalarize_arrays
from adjoint_compiler.ir.nodes import (
    REVERSE,
    Bind,
    Block,
    Const,
    Effect,
    For,
    Name,
    Operand,
    Program,
    Span,
    Statement,
    Store,
    Update,
    While,
)
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import FLOAT, array_type, is_number
from adjoint_compiler.ir.walk import walk
from adjoint_compiler.optimize.remove_dead_code import remove_dead_code


class Loops(AxisLoops):
    """Rewrites one program."""

    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        super().__init__(program, types, memory)
        self.reversing = False
        self.facts = self.found_facts()

    def block(self, block: Block) -> Block:
        """A block with loops for what can be loops; bindings that went into them are left out."""
        items: list[Nest | Statement] = []
        before, views = dict(self.equal), dict(self.views)
        known: dict[int, dict[Dim, Dim]] = {}  # at each nest
        telling: set[int] = set()
        for s in block:
            self.reversing = self.reversing or s == REVERSE
            if self.reversing:
                self.recall(s)
            if s.blocks:
                self.forget_shapes(s)
                s = with_blocks(s, tuple(self.block(b) for b in s.blocks))
            items += self.statement(s)
            if isinstance(items[-1], Nest):
                known[id(items[-1])] = dict(self.equal)
            self.forget_shapes(s)
            if isinstance(s, Bind) and s.op == "index" and s.target not in self.folded and self.lasts(s):
                self.note_view(s.args[0], s.args[1], s.target)
            if self.learn(s):
                telling.add(id(items[-1]))
        kept = [s for s in items if not (isinstance(s, Bind) and s.target in self.gone)]

        def same(a: Nest, b: Nest) -> bool:
            return self.known_as(known[id(b)], a.dims) == self.known_as(known[id(b)], b.dims)

        joined = join_nests(kept, same, self.memory.classes.get, telling)
        self.equal, self.views = before, views  # what was checked in here need not be checked where this does not run
        return tuple(x for item in joined for x in (self.written(item) if isinstance(item, Nest) else [item]))

    def statement(self, s: Statement) -> list[Nest | Statement]:
        """The loops for one statement; itself where it stays as it is."""
        nest: Nest | None = None
        if isinstance(s, Update) and (added := self.spread_over(s)) is not None:
            return added
        if isinstance(s, (Store, Update)):
            nest = self.stored(s)
        elif isinstance(s, Bind) and s.op in SUMS and (s.kwargs or len(s.args) == 2):
            return self.summed_along(s) or [s]
        elif isinstance(s, Bind) and not s.kwargs:
            t = self.types.get(s.target)
            if (s.op in SUMS and len(s.args) == 1) or (s.op in PRODUCTS and len(s.args) == 2):
                nest = self.summed(s)
            elif s.target in self.folded:
                pass
            elif s.op == UNBROADCAST and (same := self.settled(s) or self.gathered(s)) is not None:
                return same
            elif t is not None and t.kind == "array" and t.ndim:
                nest = self.bound(s) if t.dtype in DTYPES[:2] else None
        return [s if nest is None else nest]

    def settled(self, s: Bind) -> list[Nest | Statement] | None:
        """``t = unbroadcast(x, like)`` where both have one shape, or are cut and must have: ``x`` itself."""
        x, like = s.args
        one, other = self.leaf(x), self.leaf(like)
        if not isinstance(x, Name) or one is None or other is None or one.axes != other.axes:
            return None
        out: list[Nest | Statement] = []
        if self.root(one.dims) != self.root(other.dims):
            if not (one.sliced and other.sliced) or ONE in (*self.root(one.dims), *self.root(other.dims)):
                return None
            out.append(Effect("check", s.args, s.span, "check_shapes"))
            self.unite(one.dims, other.dims)
        part = self.parts.get(x.id)
        if part is not None and self.lasts(part) and s.target in self.shapes.fixed:
            self.parts[s.target] = replace(part, target=s.target)
        elif one.sliced:
            self.cut.add(s.target)
        return [*out, Bind(s.target, "copy", (x,), (), s.span)]

    def learn(self, s: Statement) -> bool:
        """Lengths that are the same where a product of arrays has not raised; whether that was not known."""
        if not isinstance(s, Bind) or s.op not in MATRIX_PRODUCTS or len(s.args) != 2 or s.kwargs:
            return False
        before = dict(self.equal)
        self.unite(*self.multiplied(s))
        return self.equal != before

    def multiplied(self, s: Bind) -> tuple[Dims, Dims]:
        """The axes that a product sums along, of vectors and matrices of known rank."""
        a, b = (self.shapes.of_operand(o) for o in s.args)
        return (a[-1:], b[-2:][:1]) if a and b and len(a) <= 2 and len(b) <= 2 else ((), ())

    def recall(self, s: Statement) -> None:
        """In the reverse code of a product, which runs only if the product did: what that product tells of lengths."""
        for a, b in self.facts.get(s.span, ()):
            self.unite((a,), (b,))

    def found_facts(self) -> dict[Span, list[tuple[Dim, Dim]]]:
        """What products tell of the lengths of arrays that are there from the beginning to the end, by their places."""
        inner = {n for s in self.program.statements for n in s.bound_within if isinstance(s, (For, While))}
        lasting = self.shapes.fixed - inner
        forward = walk(self.program.body[: self.program.reverse_at or 0])
        out: dict[Span, list[tuple[Dim, Dim]]] = {}
        for s in (s for s in forward if isinstance(s, Bind) and s.op in MATRIX_PRODUCTS):
            pairs = [p for p in zip(*self.multiplied(s)) if all(d[0].partition(".")[0] in lasting for d in p)]
            if s.span.line and s.span not in out:
                out[s.span] = pairs
            else:
                out[s.span] = []  # of two that stand in one place, either may have run
        return out

    # -- the three kinds of loops ----------------------------------------------------------------------------

    def stored(self, s: Store | Update) -> Nest | None:
        """``A[1:-1] = ...`` and ``A[1:-1] += ...``."""
        base = self.types.get(s.target)
        op = s.op if isinstance(s, Update) else "operator.add"
        if base is None or base.kind != "array" or not base.ndim or base.dtype != "float64" or op not in OPERATORS:
            return None
        index = s.index if s.index is not None else Const(Ellipsis)
        target = self.whole(s.target) if index == Const(Ellipsis) else self.target(s.target, index)
        if target is None:
            return self.stored_in_view(s, index)
        return self.stored_in(target, s, index) if target.axes else None

    def stored_in_view(self, s: Store | Update, index: Operand) -> Nest | None:
        """A store to a part that starts where is not known."""
        found = self.view(s.target, index, s)
        if found is None or not found[1].axes:
            return None
        before, target = found
        views = dict(self.views)
        self.note_view(Name(s.target), index, target.base)
        whole = replace(s, target=target.base, index=Const(Ellipsis))
        nest = self.stored_in(target, whole, Const(Ellipsis))
        if nest is None:
            self.views = views
            return None
        return replace(nest, before=(*before, *nest.before))

    def stored_in(self, target: Leaf, s: Store | Update, index: Operand) -> Nest | None:
        """A store, where its target is known."""
        fit = Fit(target.dims, target.sliced, repeats=True)
        if not self.fits(s.value, fit):
            return None
        overlap = self.overlaps(target, fit)
        if overlap and (isinstance(s, Update) or fit.operations == 0):
            return None  # buffered by a later pass, or by Numba
        before, name = self.lengths(target, index, s)
        like = tuple((name, k) for k in range(target.axes))
        before += self.repeated(fit, like, s)
        block: list[Statement] = []
        value = self.element(s.value, fit, s, block)
        checks = self.checks(fit, like, s)
        if overlap:
            held = self.fresh("t", array_type("float64", target.axes))
            counters = self.counter_operands(target.axes)
            block.append(Store(held, index_operand(counters), value, s.span))
            made = self.empty_like(held, like, "float64", s)
            last = Store(s.target, index, Name(held), s.span)
            return Nest(fit.dims, like, (*before, *checks, *made), tuple(block), self.accesses(fit), s.span, (last,))
        at = self.index_of(target, len(fit.dims), s, block)
        adds = isinstance(s, Update) and s.op in ("operator.add", "operator.sub")
        block.append(
            Store(s.target, at, value, s.span) if isinstance(s, Store) else Update(s.target, at, s.op, value, s.span)
        )
        accesses = self.accesses(fit, Access(target, "add" if adds else "store"))
        return Nest(fit.dims, like, (*before, *checks), tuple(block), accesses, s.span)

    def bound(self, s: Bind) -> Nest | None:
        """``t = a * b``: new memory, filled by loops."""
        t = self.types[s.target]
        dims = self.shapes.dims.get(s.target)
        if not self.is_elementwise(s) or dims is None or len(dims) != t.ndim:
            return None
        found = self.fit_like(dims, lambda fit: self.expands(s, fit))
        if found is None or found[0].operations == 0:
            return None
        fit, model = found
        before, like = self.ends(model, s)
        block: list[Statement] = []
        value = self.operation(s, fit, block)
        rebound = s.target in {
            *(name for name, _ in like),
            *(leaf.base for leaf in fit.leaves.values()),
        }  # y = y * x: of the old y
        target = self.fresh(s.target, t) if rebound else s.target
        block.append(Store(target, index_operand(self.counter_operands(len(dims))), value, s.span))
        checks = self.checks(fit, like, s)
        made = self.empty_like(target, like, t.dtype, s)
        if rebound:
            last = Bind(s.target, "copy", (Name(target),), (), s.span)
            return Nest(fit.dims, like, (*before, *checks, *made), tuple(block), self.accesses(fit), s.span, (last,))
        self.unite(dims, fit.dims)
        if fit.sliced:
            self.cut.add(s.target)
        if {s.target, *(name for name, _ in like)} <= self.shapes.fixed:
            self.lengths_from[s.target] = like
        accesses = self.accesses(fit, Access(self.whole(s.target), "store"))
        return Nest(fit.dims, like, (*before, *checks, *made), tuple(block), accesses, s.span)

    def summed(self, s: Bind) -> Nest | None:
        """``y = (a * b).sum()``, or an inner product: a running sum."""
        o, t = s.args[0], self.types.get(s.target)
        kind = self.types.get(o.id) if isinstance(o, Name) else None
        dims = self.shapes.dims.get(o.id) if isinstance(o, Name) else None
        if (
            kind is None
            or kind.dtype != "float64"
            or t is None
            or not is_number(t)
            or not dims
            or len(dims) != kind.ndim
        ):
            return None
        alike: list[Statement] = []
        if s.op in PRODUCTS:
            other = self.types.get(s.args[1].id) if isinstance(s.args[1], Name) else None
            if (
                other is None
                or other.kind != "array"
                or other.ndim != kind.ndim
                or (s.op not in ANY_RANK and kind.ndim != 1)
            ):
                return None
            alike = self.checked_alike(s)
        found = self.fit_like(dims, lambda fit: all([self.fits(a, fit) for a in s.args]))
        if found is None:
            return None
        fit, model = found
        if not all(self.root(x.dims) == self.root(fit.dims) or x.dims in fit.checks for x in fit.leaves.values()):
            return None
        before, like = self.ends(model, s)
        block: list[Statement] = []
        value = self.element(o, fit, s, block)
        if s.op in PRODUCTS:
            factor, value_ = value, self.fresh("t", FLOAT)
            block.append(Bind(value_, "operator.mul", (factor, self.element(s.args[1], fit, s, block)), (), s.span))
            value = Name(value_)
        total = self.names.fresh("total")
        self.types[total] = FLOAT
        more = self.fresh("t", FLOAT)
        block.append(Bind(more, "numba.plus", (Name(total), value), (), s.span))
        block.append(Bind(total, "copy", (Name(more),), (), s.span))
        start = Bind(total, "copy", (Const(0.0),), (), s.span)
        end = Bind(s.target, "copy", (Name(total),), (), s.span)
        before = [*alike, *before, *self.checks(fit, like, s), start]
        return Nest(fit.dims, like, tuple(before), tuple(block), self.accesses(fit), s.span, (end,))

    def checked_alike(self, s: Bind) -> list[Statement]:
        """The check that the arrays of an inner product have one shape, which it does not change."""
        names = [a.id for a in s.args if isinstance(a, Name) and a.id not in self.folded]
        dims = [self.shapes.dims.get(n) for n in names]
        if s.op not in ("numpy.vdot", *DOTS) or len(names) != 2 or dims[0] is None or dims[1] is None:
            return []
        if self.root(dims[0]) == self.root(dims[1]):
            return []
        self.unite(dims[1], dims[0])
        return [Effect("check", s.args, s.span, "check_shapes")]


def loops_for_arrays(program: Program, types: Types, memory: Memory) -> Program:
    """The program with loops for operations on whole arrays of double precision.

    Args:
        program: a generated program.
        types: the types of its names; those of new names are added.
        memory: which names may share memory.
    """
    if is_low(types):
        return program
    work = Loops(program, types, memory)
    body = work.block(program.body)
    program = replace(program, body=body, temporaries=program.temporaries | work.added)
    while True:  # what gave another array its shape may become a number when that has
        shorter = remove_dead_code(scalarize_arrays(program, types))
        if shorter == program:
            return program
        program = shorter
