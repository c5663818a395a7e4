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

from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.shapes import ONE, Shapes, symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.fold import foldable
from adjoint_compiler.backend.numba.leaves import Leaf, leaf_of, part, whole
from adjoint_compiler.backend.numba.nests import Access, Dims, Fit, Nest, join_nests
from adjoint_compiler.backend.numba.precision import is_low
from adjoint_compiler.backend.numba.scalarize import scalarize_arrays
from adjoint_compiler.backend.numba.tapes import dtype_name
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    Effect,
    For,
    Name,
    Operand,
    Pack,
    Program,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import FLOAT, INT, Type, array_type, is_number, scalar_type
from adjoint_compiler.ir.walk import names_bound, reads, walk
from adjoint_compiler.optimize.remove_dead_code import remove_dead_code

RUNTIME = "adjoint_compiler.runtime."
UNBROADCAST = f"{RUNTIME}broadcasting.unbroadcast"
OPERATORS = frozenset(
    f"operator.{w}" for w in ("add", "sub", "mul", "truediv", "pow", "neg", "pos", "lt", "le", "gt", "ge", "eq", "ne")
)
FUNCTIONS = frozenset(
    f"numpy.{w}"
    for w in (
        "sin", "cos", "tan", "exp", "expm1", "log", "log1p", "log2", "log10", "sqrt", "square", "absolute", "abs", "fabs", "tanh",
        "sinh", "cosh", "arctan", "arcsin", "arccos", "arctan2", "hypot", "add", "subtract", "multiply", "divide", "true_divide",
        "negative", "maximum", "minimum", "isfinite", "isnan", "greater", "less", "greater_equal", "less_equal", "where",
    )
) | {f"{RUNTIME}broadcasting.guarded", f"{RUNTIME}broadcasting.let_through", f"{RUNTIME}broadcasting.divide_or_zero"}  # fmt: skip
COPIES = ("copy", "method.copy", "numpy.copy", UNBROADCAST)
SUMS = ("method.sum", "numpy.sum")
DTYPES = ("float64", "bool", "int64")


class Loops:
    """Rewrites one program."""

    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        self.program, self.types, self.memory = program, types, memory
        self.shapes: Shapes = symbolic_shapes(program, types)
        statements = walk(program.body)
        taken = {n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free}
        self.names = Names(taken)
        candidates = foldable(program, {n: memory.levels(n) for n in memory.classes})
        self.folded = {s.target: s for s in statements if isinstance(s, Bind) and s.target in candidates}
        self.parts = {s.target: s for s in statements if isinstance(s, Bind) and s.op == "index" and self.lasts(s)}
        self.parts |= {n: s for n, s in self.folded.items() if s.op == "index"}
        self.counters: list[str] = []
        self.sources: dict[str, Leaf] = {}
        self.equal: dict[Dims, Dims] = {}
        self.cut: set[str] = set()
        self.kept: set[str] = set()
        self.added: set[str] = set()
        self.gone: set[str] = set()

    def lasts(self, s: Bind) -> bool:
        """Whether a part of an array is the same part wherever it is read."""
        return {s.target, *s.read} <= self.shapes.fixed

    def block(self, block: Block) -> Block:
        """A block with loops for what can be loops; bindings that went into them are left out."""
        items: list[Nest | Statement] = []
        known = dict(self.equal)
        for s in block:
            if s.blocks:
                s = with_blocks(s, tuple(self.block(b) for b in s.blocks))
            items.append(self.statement(s) or s)
        kept = [s for s in items if not (isinstance(s, Bind) and s.target in self.gone)]
        joined = join_nests(kept, lambda a, b: self.root(a) == self.root(b), self.memory.classes.get)
        self.equal = known  # what was checked in here need not be checked where this does not run
        return tuple(x for item in joined for x in (self.written(item) if isinstance(item, Nest) else [item]))

    def root(self, dims: Dims) -> Dims:
        """One shape for all that are known, or were checked, to be the same."""
        while dims in self.equal:
            dims = self.equal[dims]
        return dims

    def unite(self, a: Dims, b: Dims) -> None:
        """Two shapes are the same from here on."""
        if self.root(a) != self.root(b):
            self.equal[self.root(a)] = self.root(b)

    def statement(self, s: Statement) -> Nest | None:
        """The loops for one statement; None where it stays as it is."""
        if isinstance(s, (Store, Update)):
            return self.stored(s)
        if isinstance(s, Bind) and s.target not in self.folded and not s.kwargs:
            if s.op in SUMS and len(s.args) == 1:
                return self.summed(s)
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
        before, like = self.lengths(target, index, s)
        before += self.repeated(fit, like, s)
        block: list[Statement] = []
        value = self.element(s.value, fit, s, block)
        checks = self.checks(fit, like, s)
        if overlap:
            held = self.fresh("t", array_type("float64", target.axes))
            counters = self.counter_operands(target.axes)
            block.append(Store(held, _index(counters), value, s.span))
            made = self.empty_like(held, like, "float64", s)
            last = Store(s.target, index, Name(held), s.span)
            return Nest(fit.dims, like, (*before, *checks, *made), tuple(block), (), s.span, (last,))
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
        before, like = self.held(model, s)
        block: list[Statement] = []
        value = self.operation(s, fit, block)
        rebound = s.target in {like, *(leaf.base for leaf in fit.leaves.values())}  # y = y * x: of the old y
        target = self.fresh(s.target, t) if rebound else s.target
        block.append(Store(target, _index(self.counter_operands(len(dims))), value, s.span))
        checks = self.checks(fit, like, s)
        made = self.empty_like(target, like, t.dtype, s)
        if rebound:
            last = Bind(s.target, "copy", (Name(target),), (), s.span)
            return Nest(model.dims, like, (*before, *checks, *made), tuple(block), (), s.span, (last,))
        self.unite(dims, model.dims)
        if model.sliced:
            self.cut.add(s.target)
        accesses = self.accesses(fit, Access(self.whole(s.target), "store"))
        return Nest(fit.dims, like, (*before, *checks, *made), tuple(block), accesses, s.span)

    def summed(self, s: Bind) -> Nest | None:
        """``y = (a * b).sum()``: a running sum."""
        o, t = s.args[0], self.types.get(s.target)
        made = self.folded.get(o.id) if isinstance(o, Name) else None
        dims = self.shapes.dims.get(o.id) if isinstance(o, Name) else None
        kind = self.types.get(o.id) if isinstance(o, Name) else None
        if made is None or made.op == "index" or not self.is_elementwise(made) or not dims or t is None:
            return None
        if kind is None or kind.dtype != "float64" or not is_number(t) or len(dims) != kind.ndim:
            return None
        found = self.fit_like(dims, lambda fit: self.fits(o, fit))
        if found is None:
            return None
        fit, model = found
        before, like = self.held(model, s)
        block: list[Statement] = []
        value = self.element(o, fit, s, block)
        total = self.names.fresh("total")
        self.types[total] = FLOAT
        more = self.fresh("t", FLOAT)
        block.append(Bind(more, "operator.add", (Name(total), value), (), s.span))
        block.append(Bind(total, "copy", (Name(more),), (), s.span))
        start = Bind(total, "copy", (Const(0.0),), (), s.span)
        end = Bind(s.target, "copy", (Name(total),), (), s.span)
        before = [*before, *self.checks(fit, like, s), start]
        return Nest(fit.dims, like, tuple(before), tuple(block), self.accesses(fit), s.span, (end,))

    def fit_like(self, dims: Dims, fits: Callable[[Fit], bool]) -> tuple[Fit, Leaf] | None:
        """How loops over a shape compute an expression, and an array of that shape; None where they cannot.

        Where arrays that are cut meet, none of them is repeated: each of them has the shape of the result.
        """
        trial = Fit(dims, True)
        if not fits(trial):
            return None
        every = [*trial.leaves.values(), *trial.likes]
        model = next((x for x in every if self.root(x.dims) == self.root(dims)), None)
        if model is None:
            model = next((x for x in every if x.sliced and x.axes == len(dims) and ONE not in x.dims), None)
        if model is None:
            return None
        fit = Fit(model.dims, model.sliced)
        return (fit, model) if fits(fit) else None

    # -- what fits into loops --------------------------------------------------------------------------------

    def target(self, name: str, index: Operand) -> Leaf | None:
        """What a store goes to."""
        return part("", name, index, self.types, self.shapes)

    def is_elementwise(self, s: Bind) -> bool:
        """Whether an operation acts on each element by itself."""
        if s.op == "numpy.where" and len(s.args) != 3:
            return False
        return not s.kwargs and (s.op in OPERATORS or s.op in FUNCTIONS or s.op in COPIES)

    def fits(self, o: Operand, fit: Fit) -> bool:
        """Whether an operand can be computed element by element in the loops; what it reads is noted."""
        if isinstance(o, Const):
            return type(o.value) in (int, float, bool)
        t = self.types.get(o.id) if isinstance(o, Name) else None
        if t is None or not isinstance(o, Name):
            return False
        if is_number(t):
            return t.kind != "complex" and not t.dtype.startswith("complex")
        if t.kind != "array" or not t.ndim or t.dtype not in DTYPES:
            return False
        made = self.folded.get(o.id)
        if made is not None and self.is_elementwise(made):
            return self.expands(made, fit)
        leaf = self.leaf(o)
        return leaf is not None and self.aligned(leaf, fit)

    def leaf(self, o: Operand) -> Leaf | None:
        """How an array is read."""
        found = leaf_of(o, self.parts, self.types, self.shapes)
        return replace(found, sliced=True) if found is not None and found.base in self.cut else found

    def whole(self, name: str) -> Leaf:
        """An array as it is."""
        return replace(whole(name, self.types, self.shapes), sliced=name in self.cut)

    def expands(self, s: Bind, fit: Fit) -> bool:
        """Whether all that an operation reads fits."""
        fit.operations += s.op not in ("copy",)
        if s.op == UNBROADCAST:
            like = self.leaf(s.args[1])
            own = self.types.get(s.args[0].id) if isinstance(s.args[0], Name) else None
            if like is None or own is None or own.ndim != like.axes or like.axes != len(fit.dims):
                return False
            fit.likes.append(like)
            if not self.alike(like, fit):
                return False
            repeats, fit.repeats = fit.repeats, False  # what is larger than its operand is summed, not repeated
            fits = self.fits(s.args[0], fit)
            fit.repeats = repeats
            return fits
        return all(self.fits(a, fit) for a in s.args)

    def alike(self, leaf: Leaf, fit: Fit) -> bool:
        """Whether an array that is not read has the lengths of the loops, or will be checked to have."""
        if self.root(leaf.dims) == self.root(fit.dims):
            return True
        if leaf.sliced and fit.sliced and ONE not in (*leaf.dims, *fit.dims):
            fit.checks.setdefault(leaf.dims, leaf)
            return True
        return False

    def aligned(self, leaf: Leaf, fit: Fit) -> bool:
        """Whether the loops can run over an array."""
        dims = fit.dims[len(fit.dims) - leaf.axes :]
        if leaf.axes > len(fit.dims):
            return False
        same = leaf.axes == len(fit.dims) and self.root(leaf.dims) == self.root(fit.dims)
        if not same and not all(own in (ONE, other) for own, other in zip(leaf.dims, dims)):
            if leaf.sliced and fit.sliced and ONE not in (*dims, *leaf.dims):
                fit.checks.setdefault(leaf.dims, leaf)
            elif fit.repeats:
                fit.repeated[leaf.name] = leaf
            else:
                return False
        fit.leaves[leaf.name] = leaf
        return True

    def overlaps(self, target: Leaf, fit: Fit) -> bool:
        """Whether loops may read an element that they have already stored."""
        own = self.memory.classes.get(target.base)
        return any(
            (leaf.base == target.base or own is not None and self.memory.classes.get(leaf.base) == own)
            and not (leaf.base == target.base and leaf.index == target.index and leaf.axes == target.axes)
            for leaf in fit.leaves.values()
        )

    # -- writing loops ---------------------------------------------------------------------------------------

    def fresh(self, stem: str, t: Type) -> str:
        """A new temporary."""
        name = self.names.fresh(stem)
        self.types[name] = t
        self.added.add(name)
        return name

    def counter_operands(self, n: int) -> tuple[Operand, ...]:
        """The counters of the innermost ``n`` of the loops, outermost first."""
        while len(self.counters) < n:
            name = self.names.fresh("ijkl"[len(self.counters)] if len(self.counters) < 4 else "k")
            self.types[name] = INT
            self.counters.append(name)
        return tuple(Name(c) for c in self.counters[:n])

    def element(self, o: Operand, fit: Fit, s: Statement, block: list[Statement]) -> Operand:
        """One element of an operand; the statements that compute it are added to the block."""
        if not isinstance(o, Name) or is_number(self.types[o.id]):
            return o
        made = self.folded.get(o.id)
        if made is not None and self.is_elementwise(made):
            self.gone.add(o.id)
            return self.operation(made, fit, block)
        leaf = fit.leaves[o.id]
        if leaf.base != o.id:
            self.forget(o.id)
        at = self.index_of(leaf, len(fit.dims), s, block)
        value = self.fresh("t", scalar_type(self.types[leaf.base].dtype))
        block.append(Bind(value, "index", (Name(leaf.base), at), (), s.span))
        return Name(value)

    def operation(self, s: Bind, fit: Fit, block: list[Statement]) -> Operand:
        """One element of the result of an operation."""
        if s.op in COPIES:
            if s.op == UNBROADCAST and isinstance(s.args[1], Name):
                self.forget(s.args[1].id)
            return self.element(s.args[0], fit, s, block)
        args = tuple(self.element(a, fit, s, block) for a in s.args)
        value = self.fresh("t", scalar_type(self.types[s.target].dtype or "float64"))
        op = "numba.choose" if s.op == "numpy.where" else s.op
        block.append(Bind(value, op, args, (), s.span))
        return Name(value)

    def repeated(self, fit: Fit, like: str, s: Statement) -> list[Statement]:
        """Arrays that may be repeated along axes, as arrays with the lengths of the loops."""
        out: list[Statement] = []
        for name in fit.repeated:
            held, shape = self.names.fresh("t"), self.fresh("t", Type("tuple", items=(INT,) * len(fit.dims)))
            self.types[held] = array_type(self.types[name].dtype, len(fit.dims))
            out += [
                Bind(shape, "attribute.shape", (Name(like),), (), s.span),
                Bind(held, "numpy.broadcast_to", (Name(name), Name(shape)), (), s.span),
            ]
            index = tuple((k, 0) for k in range(len(fit.dims)))
            fit.leaves[name] = Leaf(held, held, index, len(fit.dims), fit.dims, True)
            cls = self.memory.classes.get(name)
            if cls is not None:
                self.memory.classes[held] = cls
            if name in self.folded:
                self.kept.add(name)
        return out

    def forget(self, name: str) -> None:
        """A part that only gave its shape, which is known, is taken no more."""
        made = self.folded.get(name)
        if made is not None and made.op == "index" and name not in self.kept:
            self.gone.add(name)

    def index_of(self, leaf: Leaf, depth: int, s: Statement, block: list[Statement]) -> Operand:
        """The index of an element, with the statements that compute it."""
        every = self.counter_operands(depth)
        own = tuple(Const(0) if d == ONE else c for d, c in zip(leaf.dims, every[depth - leaf.axes :]))
        parts: list[Operand] = []
        for p in leaf.at(own):
            if not isinstance(p, tuple):
                parts.append(p)
            elif p[1] == 0:
                parts.append(p[0])
            else:
                shifted = self.fresh("t", INT)
                block.append(Bind(shifted, "operator.add", (p[0], Const(p[1])), (), s.span))
                parts.append(Name(shifted))
        return _index(tuple(parts))

    def lengths(self, target: Leaf, index: Operand, s: Store | Update) -> tuple[list[Statement], str]:
        """What has the lengths of the loops of a store: its target, or the part of it as a name."""
        if index == Const(Ellipsis):
            return [], s.target
        name = self.names.fresh("part")
        self.types[name] = array_type(self.types[s.target].dtype, target.axes)
        self.sources[name] = target
        return [Bind(name, "index", (Name(s.target), index), (), s.span)], name

    def held(self, leaf: Leaf, s: Statement) -> tuple[list[Statement], str]:
        """A name for a part of an array."""
        made = self.parts.get(leaf.name)
        if made is None or leaf.base == leaf.name or leaf.name not in self.folded:
            return [], leaf.name
        name = self.names.fresh("part")
        self.types[name] = self.types[leaf.name]
        self.sources[name] = leaf
        return [replace(made, target=name)], name

    def length_of(self, like: str, axis: int, s: Statement) -> tuple[list[Statement], str]:
        """The length of an array along an axis: by the array that it is a part of, where that says it."""
        source, cut = self.sources.get(like), 0
        name, at = like, axis
        if source is not None:
            at = (
                next(k for k, p in enumerate(source.index) if isinstance(p, tuple) and p[0] == axis)
                if (any(isinstance(p, tuple) and p[0] == axis for p in source.index))
                else -1
            )
            own = self.shapes.dims.get(source.base)
            if at >= 0 and own is not None and own[at][0] == source.dims[axis][0]:
                name, cut = source.base, source.dims[axis][1] - own[at][1]
            else:
                at = axis
        shape = self.fresh("t", Type("tuple", items=(INT,) * (self.types[name].ndim or 1)))
        length = self.fresh("t", INT)
        out: list[Statement] = [
            Bind(shape, "attribute.shape", (Name(name),), (), s.span),
            Bind(length, "index", (Name(shape), Const(at)), (), s.span),
        ]
        if cut:
            shorter = self.fresh("t", INT)
            out.append(Bind(shorter, "operator.sub", (Name(length), Const(cut)), (), s.span))
            length = shorter
        return out, length

    def checks(self, fit: Fit, like: str, s: Statement) -> list[Statement]:
        """Checks that arrays have the lengths of the loops."""
        out: list[Statement] = []
        for leaf in fit.checks.values():
            made = self.parts.get(leaf.name)
            name = leaf.name
            if made is not None and leaf.base != leaf.name and leaf.name in self.folded:
                name = self.fresh("t", self.types[leaf.name])
                out.append(replace(made, target=name))
            if self.root(leaf.dims) == self.root(fit.dims):
                continue  # was checked before
            out.append(Effect("check", (Name(like), Name(name)), s.span, "check_shapes"))
            if leaf.axes == len(fit.dims):
                self.unite(leaf.dims, fit.dims)
        return out

    def empty_like(self, target: str, like: str, dtype: str, s: Statement) -> list[Statement]:
        """New memory of the shape of an array."""
        shape = self.fresh("t", Type("tuple", items=(INT,) * (self.types[like].ndim or 1)))
        return [
            Bind(shape, "attribute.shape", (Name(like),), (), s.span),
            Bind(target, "numpy.empty", (Name(shape), dtype_name(dtype)), (), s.span),
        ]

    def written(self, nest: Nest) -> list[Statement]:
        """A nest as statements."""
        out = nest.body
        where = Bind("", "copy", (), (), nest.span)
        for k in reversed(range(len(nest.dims))):
            before, length = self.length_of(nest.like, k, where)
            out = (*before, For(self.counters[k], Const(0), Name(length), Const(1), out, None, nest.span))
        return [*nest.before, *out, *nest.after]


def _index(parts: tuple[Operand, ...]) -> Operand:
    return parts[0] if len(parts) == 1 else Pack("tuple", parts)


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
    return remove_dead_code(scalarize_arrays(program, types))
