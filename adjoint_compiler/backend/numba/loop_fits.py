"""What loops over elements can compute: which expressions fit into loops over a shape, and what they read.

Axes are as long as one another by their symbolic shapes, or are checked to be where arrays are cut; what may be meant to be
repeated along an axis of one element does not fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.shapes import ONE, Dim, Shapes, symbolic_shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.fold import foldable
from adjoint_compiler.backend.numba.leaves import Leaf, leaf_of, part, whole
from adjoint_compiler.backend.numba.nests import Dims, Fit
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Statement
from adjoint_compiler.ir.types import is_number
from adjoint_compiler.ir.walk import walk

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
# in loops that stand for operations on arrays, which are vectorized; where a loop is not, calls are quicker
QUICK = {f"numpy.{word}": f"numba.{word}_of" for word in ("exp", "log", "tanh")}
COPIES = ("copy", "method.copy", "numpy.copy", UNBROADCAST)
SUMS = ("method.sum", "numpy.sum")
PRODUCTS = ("numpy.vdot", f"{RUNTIME}broadcasting.sum_product")
DTYPES = ("float64", "bool", "int64")


def _name_of(d: Dim) -> str:
    """The name of the array whose length a symbol stands for."""
    return re.split(r"[.?\[]", str(d[0]))[0]


class Fits:
    """Answers questions about one program.

    Attributes:
        folded: bindings that are written where they are used, by name.
        parts: parts of arrays that mean the same wherever they are read.
        equal: shapes that were found to be the same as others.
        cut: names of arrays whose lengths are those of parts of others.
    """

    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        self.program, self.types, self.memory = program, types, memory
        self.shapes: Shapes = symbolic_shapes(program, types)
        statements = walk(program.body)
        candidates = foldable(program, {n: memory.levels(n) for n in memory.classes})
        self.folded = {s.target: s for s in statements if isinstance(s, Bind) and s.target in candidates}
        self.parts = {s.target: s for s in statements if isinstance(s, Bind) and s.op == "index" and self.lasts(s)}
        self.parts |= {n: s for n, s in self.folded.items() if s.op == "index"}
        self.equal: dict[Dims, Dims] = {}
        self.cut: set[str] = set()

    def lasts(self, s: Bind) -> bool:
        """Whether a part of an array is the same part wherever it is read."""
        return {s.target, *s.read} <= self.shapes.fixed

    def root(self, dims: Dims) -> Dims:
        """One shape for all that are known, or were checked, to be the same."""
        while dims in self.equal:
            dims = self.equal[dims]
        return dims

    def unite(self, a: Dims, b: Dims) -> None:
        """Two shapes are the same from here on."""
        if self.root(a) != self.root(b):
            self.equal[self.root(a)] = self.root(b)

    def forget_shapes(self, s: Statement) -> None:
        """What was checked of arrays that a statement rebinds holds no longer."""
        names = {*s.bound, *s.bound_within} - self.shapes.fixed
        if names and self.equal:
            self.equal = {a: b for a, b in self.equal.items() if not any(_name_of(d) in names for d in (*a, *b))}

    def fit_like(self, dims: Dims, fits: Callable[[Fit], bool]) -> tuple[Fit, list[tuple[Leaf, int]]] | None:
        """How loops over a shape compute an expression, and arrays with its lengths along an axis; None where they cannot.

        Where arrays that are cut meet, none of them is repeated: each of them has the shape of the result.
        """
        trial = Fit(dims, True)
        if not fits(trial):
            return None
        every = [*trial.leaves.values(), *trial.likes]
        model = next((x for x in every if self.root(x.dims) == self.root(dims)), None)
        if model is None:
            model = next((x for x in every if x.sliced and x.axes == len(dims) and ONE not in x.dims), None)
        if model is not None:
            fit = Fit(model.dims, model.sliced)
            return (fit, [(model, k) for k in range(model.axes)]) if fits(fit) else None
        ends = [next(((x, k) for x in every for k, own in enumerate(x.dims) if own == d), None) for d in dims]
        fit = Fit(dims, False)  # as of an outer product
        known = [end for end in ends if end is not None]
        return (fit, known) if len(known) == len(dims) and fits(fit) else None

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
