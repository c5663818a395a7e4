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

from dataclasses import dataclass, field, replace

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.shapes import ONE, Shapes, symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.fold import foldable
from adjoint_compiler.backend.numba.leaves import Leaf, leaf_of, part, whole
from adjoint_compiler.backend.numba.precision import is_low
from adjoint_compiler.backend.numba.tapes import dtype_name
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Const, Effect, For, Name, Operand, Pack, Program, Statement, Store, Update
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import FLOAT, INT, Type, array_type, is_number, scalar_type
from adjoint_compiler.ir.walk import names_bound, reads, walk

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
        "negative", "maximum", "minimum", "isfinite", "isnan", "greater", "less", "greater_equal", "less_equal",
    )
) | {f"{RUNTIME}broadcasting.guarded", f"{RUNTIME}broadcasting.let_through", f"{RUNTIME}broadcasting.divide_or_zero"}  # fmt: skip
COPIES = ("copy", "method.copy", "numpy.copy", UNBROADCAST)
SUMS = ("method.sum", "numpy.sum")
DTYPES = ("float64", "bool", "int64")


@dataclass
class Nest:
    """One expression as a nest of loops, while it is put together.

    Attributes:
        dims: the symbolic shape that the loops run over.
        sliced: whether the array that gives the loops their lengths is cut.
        leaves: the arrays that are read.
        checks: those whose lengths are not known to be those of the loops.
        operations: how many operations on arrays there are.
    """

    dims: tuple[object, ...]
    sliced: bool
    leaves: dict[str, Leaf] = field(default_factory=dict)
    checks: dict[object, Leaf] = field(default_factory=dict)
    operations: int = 0


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
        self.counters: list[str] = []
        self.added: set[str] = set()
        self.gone: set[str] = set()

    def block(self, block: Block) -> Block:
        """A block with loops for what can be loops; bindings that went into them are left out."""
        made: list[list[Statement]] = []
        for s in reversed(block):  # what uses a temporary comes before it
            if isinstance(s, Bind) and s.target in self.gone:
                continue
            if s.blocks:
                s = with_blocks(s, tuple(self.block(b) for b in s.blocks))
            made.append(self.statement(s) or [s])
        return tuple(s for group in reversed(made) for s in group)

    def statement(self, s: Statement) -> list[Statement] | None:
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

    def stored(self, s: Store | Update) -> list[Statement] | None:
        """``A[1:-1] = ...`` and ``A[1:-1] += ...``."""
        base = self.types.get(s.target)
        op = s.op if isinstance(s, Update) else "operator.add"
        if base is None or base.kind != "array" or not base.ndim or base.dtype != "float64" or op not in OPERATORS:
            return None
        index = s.index if s.index is not None else Const(Ellipsis)
        target = whole(s.target, self.types, self.shapes) if index == Const(Ellipsis) else self.target(s.target, index)
        if target is None or not target.axes:
            return None
        nest = Nest(target.dims, target.sliced)
        if not self.fits(s.value, nest):
            return None
        overlap = self.overlaps(target, nest)
        if overlap and (isinstance(s, Update) or nest.operations == 0):
            return None  # buffered by a later pass, or by Numba
        before, length = self.lengths(target, index, s)
        value_block, value = self.element(s.value, nest, s)
        at = self.index_of(target, len(nest.dims), s, value_block)
        if overlap:
            return [*before, *self.by_way_of_copy(target, s, nest, value_block, value, length)]
        last = Store(s.target, at, value, s.span) if isinstance(s, Store) else Update(s.target, at, s.op, value, s.span)
        return [*before, *self.checks(nest, length, s), *self.loops([*value_block, last], length, target.axes, s)]

    def by_way_of_copy(
        self, target: Leaf, s: Store | Update, nest: Nest, block: list[Statement], value: Operand, like: str
    ) -> list[Statement]:
        """The loops that compute into new memory, and a store of that: the two sides may overlap."""
        held = self.fresh("t", array_type("float64", target.axes))
        made = self.empty_like(held, like, "float64", s)
        counters = self.counter_operands(target.axes)
        computing = [*block[: self.value_end], Store(held, _index(counters), value, s.span)]
        index = s.index if s.index is not None else Const(Ellipsis)
        return [
            *made, *self.checks(nest, like, s), *self.loops(computing, like, target.axes, s),
            Store(s.target, index, Name(held), s.span),
        ]  # fmt: skip

    def bound(self, s: Bind) -> list[Statement] | None:
        """``t = a * b``: new memory, filled by loops."""
        t = self.types[s.target]
        dims = self.shapes.dims.get(s.target)
        if not self.is_elementwise(s) or dims is None or len(dims) != t.ndim:
            return None
        nest = Nest(dims, False)
        if not self.expands(s, nest) or nest.operations == 0:
            return None
        model = next((x for x in nest.leaves.values() if x.dims == dims), None)
        if model is None:
            return None
        nest = Nest(dims, model.sliced)
        if not self.expands(s, nest):
            return None
        before, like = self.held(model, s)
        block, value = self.element_of(s, nest)
        counters = self.counter_operands(len(dims))
        made = self.empty_like(s.target, like, t.dtype, s)
        loops = self.loops([*block, Store(s.target, _index(counters), value, s.span)], like, len(dims), s)
        return [*before, *made, *self.checks(nest, like, s), *loops]

    def summed(self, s: Bind) -> list[Statement] | None:
        """``y = (a * b).sum()``: a running sum."""
        o, t = s.args[0], self.types.get(s.target)
        made = self.folded.get(o.id) if isinstance(o, Name) else None
        dims = self.shapes.dims.get(o.id) if isinstance(o, Name) else None
        kind = self.types.get(o.id) if isinstance(o, Name) else None
        if made is None or made.op == "index" or not self.is_elementwise(made) or dims is None or t is None:
            return None
        if kind is None or kind.dtype != "float64" or not is_number(t) or len(dims) != kind.ndim or not dims:
            return None
        nest = Nest(dims, False)
        if not self.fits(o, nest):
            return None
        model = next((x for x in nest.leaves.values() if x.dims == dims), None)
        nest = Nest(dims, model is not None and model.sliced)
        if model is None or not self.fits(o, nest):
            return None
        before, like = self.held(model, s)
        block, value = self.element(o, nest, s)
        total = self.names.fresh("total")
        self.types[total] = FLOAT
        start = Bind(total, "copy", (Const(0.0),), (), s.span)
        add_up = self.fresh("t", FLOAT)
        block = [*block, Bind(add_up, "operator.add", (Name(total), value), (), s.span),
                 Bind(total, "copy", (Name(add_up),), (), s.span)]  # fmt: skip
        end = Bind(s.target, "copy", (Name(total),), (), s.span)
        return [*before, *self.checks(nest, like, s), start, *self.loops(block, like, len(dims), s), end]

    # -- what fits into loops --------------------------------------------------------------------------------

    def target(self, name: str, index: Operand) -> Leaf | None:
        """What a store goes to."""
        return part("", name, index, self.types, self.shapes)

    def is_elementwise(self, s: Bind) -> bool:
        """Whether an operation acts on each element by itself."""
        return not s.kwargs and (s.op in OPERATORS or s.op in FUNCTIONS or s.op in COPIES)

    def fits(self, o: Operand, nest: Nest) -> bool:
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
            return self.expands(made, nest)
        leaf = leaf_of(o, self.folded, self.types, self.shapes)
        return leaf is not None and self.aligned(leaf, nest)

    def expands(self, s: Bind, nest: Nest) -> bool:
        """Whether all that an operation reads fits."""
        nest.operations += s.op not in ("copy",)
        if s.op == UNBROADCAST:
            like = leaf_of(s.args[1], self.folded, self.types, self.shapes)
            own = self.types.get(s.args[0].id) if isinstance(s.args[0], Name) else None
            if like is None or own is None or own.ndim != like.axes or like.axes != len(nest.dims):
                return False
            return self.alike(like, nest) and self.fits(s.args[0], nest)
        return all(self.fits(a, nest) for a in s.args)

    def alike(self, leaf: Leaf, nest: Nest) -> bool:
        """Whether an array that is not read has the lengths of the loops, or will be checked to have."""
        if leaf.dims == nest.dims:
            return True
        if leaf.sliced and nest.sliced and ONE not in (*leaf.dims, *nest.dims):
            nest.checks.setdefault(leaf.dims, leaf)
            return True
        return False

    def aligned(self, leaf: Leaf, nest: Nest) -> bool:
        """Whether the loops can run over an array."""
        dims = nest.dims[len(nest.dims) - leaf.axes :]
        if leaf.axes > len(nest.dims):
            return False
        if not all(own in (ONE, other) for own, other in zip(leaf.dims, dims)):
            if not (leaf.sliced and nest.sliced) or ONE in dims:
                return False
            nest.checks.setdefault(leaf.dims, leaf)
        nest.leaves[leaf.name] = leaf
        return True

    def overlaps(self, target: Leaf, nest: Nest) -> bool:
        """Whether loops may read an element that they have already stored."""
        own = self.memory.classes.get(target.base)
        return any(
            (leaf.base == target.base or own is not None and self.memory.classes.get(leaf.base) == own)
            and not (leaf.base == target.base and leaf.index == target.index and leaf.axes == target.axes)
            for leaf in nest.leaves.values()
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

    def element(self, o: Operand, nest: Nest, s: Statement) -> tuple[list[Statement], Operand]:
        """Statements that compute one element of an operand, and the operand for it."""
        block: list[Statement] = []
        value = self._element(o, nest, s, block)
        self.value_end = len(block)
        return block, value

    def element_of(self, s: Bind, nest: Nest) -> tuple[list[Statement], Operand]:
        """The same for the result of an operation."""
        block: list[Statement] = []
        return block, self._operation(s, nest, block)

    def _element(self, o: Operand, nest: Nest, s: Statement, block: list[Statement]) -> Operand:
        if not isinstance(o, Name) or is_number(self.types[o.id]):
            return o
        made = self.folded.get(o.id)
        if made is not None and self.is_elementwise(made):
            self.gone.add(o.id)
            return self._operation(made, nest, block)
        leaf = nest.leaves[o.id]
        if made is not None and leaf.base != o.id:
            self.gone.add(o.id)
        at = self.index_of(leaf, len(nest.dims), s, block)
        value = self.fresh("t", scalar_type(self.types[leaf.base].dtype))
        block.append(Bind(value, "index", (Name(leaf.base), at), (), s.span))
        return Name(value)

    def _operation(self, s: Bind, nest: Nest, block: list[Statement]) -> Operand:
        if s.op in COPIES:
            if s.op == UNBROADCAST and isinstance(s.args[1], Name):
                self.forget(s.args[1].id)
            return self._element(s.args[0], nest, s, block)
        args = tuple(self._element(a, nest, s, block) for a in s.args)
        value = self.fresh("t", scalar_type(self.types[s.target].dtype or "float64"))
        block.append(Bind(value, s.op, args, (), s.span))
        return Name(value)

    def forget(self, name: str) -> None:
        """A part that only gave its shape, which is known, is taken no more."""
        made = self.folded.get(name)
        if made is not None and made.op == "index":
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
        return [Bind(name, "index", (Name(s.target), index), (), s.span)], name

    def held(self, leaf: Leaf, s: Statement) -> tuple[list[Statement], str]:
        """A name for a part of an array."""
        made = self.folded.get(leaf.name)
        if made is None or leaf.base == leaf.name:
            return [], leaf.name
        name = self.names.fresh("part")
        self.types[name] = self.types[leaf.name]
        return [replace(made, target=name)], name

    def checks(self, nest: Nest, like: str, s: Statement) -> list[Statement]:
        """Checks that arrays have the lengths of the loops."""
        out: list[Statement] = []
        for leaf in nest.checks.values():
            made = self.folded.get(leaf.name)
            name = leaf.name
            if made is not None and leaf.base != leaf.name:
                name = self.fresh("t", self.types[leaf.name])
                out.append(replace(made, target=name))
            out.append(Effect("check", (Name(like), Name(name)), s.span, "check_shapes"))
        return out

    def empty_like(self, target: str, like: str, dtype: str, s: Statement) -> list[Statement]:
        """New memory of the shape of an array."""
        shape = self.fresh("t", Type("tuple", items=(INT,) * (self.types[like].ndim or 1)))
        return [
            Bind(shape, "attribute.shape", (Name(like),), (), s.span),
            Bind(target, "numpy.empty", (Name(shape), dtype_name(dtype)), (), s.span),
        ]

    def loops(self, body: list[Statement], like: str, depth: int, s: Statement) -> list[Statement]:
        """The nest of loops."""
        out = body
        for k in reversed(range(depth)):
            counter = self.counters[k]
            shape = self.fresh("t", Type("tuple", items=(INT,) * depth))
            length = self.fresh("t", INT)
            out = [
                Bind(shape, "attribute.shape", (Name(like),), (), s.span),
                Bind(length, "index", (Name(shape), Const(k)), (), s.span),
                For(counter, Const(0), Name(length), Const(1), tuple(out), None, s.span),
            ]
        return out


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
    return replace(program, body=body, temporaries=program.temporaries | work.added)
