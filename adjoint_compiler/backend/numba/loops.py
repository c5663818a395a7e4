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
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.loop_fits import DTYPES, OPERATORS, PRODUCTS, SUMS
from adjoint_compiler.backend.numba.loop_writing import Writing, index_operand
from adjoint_compiler.backend.numba.nests import Access, Fit, Nest, join_nests
from adjoint_compiler.backend.numba.precision import is_low
from adjoint_compiler.backend.numba.scalarize import scalarize_arrays
from adjoint_compiler.ir.nodes import Bind, Block, Const, Effect, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import FLOAT, array_type, is_number
from adjoint_compiler.optimize.remove_dead_code import remove_dead_code


class Loops(Writing):
    """Rewrites one program."""

    def block(self, block: Block) -> Block:
        """A block with loops for what can be loops; bindings that went into them are left out."""
        items: list[Nest | Statement] = []
        known = dict(self.equal)
        for s in block:
            if s.blocks:
                self.forget_shapes(s)
                s = with_blocks(s, tuple(self.block(b) for b in s.blocks))
            items.append(self.statement(s) or s)
            self.forget_shapes(s)
        kept = [s for s in items if not (isinstance(s, Bind) and s.target in self.gone)]
        joined = join_nests(kept, lambda a, b: self.root(a) == self.root(b), self.memory.classes.get, self.folded)
        self.equal = known  # what was checked in here need not be checked where this does not run
        return tuple(x for item in joined for x in (self.written(item) if isinstance(item, Nest) else [item]))

    def statement(self, s: Statement) -> Nest | None:
        """The loops for one statement; None where it stays as it is."""
        if isinstance(s, (Store, Update)):
            return self.stored(s)
        if isinstance(s, Bind) and not s.kwargs:
            if (s.op in SUMS and len(s.args) == 1) or (s.op in PRODUCTS and len(s.args) == 2):
                return self.summed(s)
            if s.target in self.folded:
                return None
            t = self.types.get(s.target)
            if t is not None and t.kind == "array" and t.ndim and t.dtype in DTYPES[:2]:
                return self.bound(s)
        return None

    # -- the three kinds of loops ----------------------------------------------------------------------------

    def stored(self, s: Store | Update) -> Nest | None:
        """``A[1:-1] = ...`` and ``A[1:-1] += ...``."""
        base = self.types.get(s.target)
        op = s.op if isinstance(s, Update) else "operator.add"
        if base is None or base.kind != "array" or not base.ndim or base.dtype != "float64" or op not in OPERATORS:
            return None
        index = s.index if s.index is not None else Const(Ellipsis)
        target = self.whole(s.target) if index == Const(Ellipsis) else self.target(s.target, index)
        if target is None or not target.axes:
            return None
        fit = Fit(target.dims, target.sliced, repeats=True)
        if not self.fits(s.value, fit):
            return None
        overlap = self.overlaps(target, fit)
        if overlap and (isinstance(s, Update) or fit.operations == 0):
            return None  # buffered by a later pass, or by Numba
        before, name = self.lengths(target, index, s)
        like = tuple((name, k) for k in range(target.axes))
        before += self.repeated(fit, name, s)
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

    def accesses(self, fit: Fit, *more: Access) -> tuple[Access, ...]:
        """What a nest uses."""
        return (*(Access(leaf, "read") for leaf in fit.leaves.values()), *more)

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
            if other is None or other.kind != "array" or other.ndim != kind.ndim:
                return None
            alike = self.checked_alike(s)
        found = self.fit_like(dims, lambda fit: all([self.fits(a, fit) for a in s.args]))
        if found is None or not all(self.root(x.dims) == self.root(found[0].dims) for x in found[0].leaves.values()):
            return None
        fit, model = found
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
        if s.op != "numpy.vdot" or len(names) != 2 or dims[0] is None or dims[1] is None:
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
