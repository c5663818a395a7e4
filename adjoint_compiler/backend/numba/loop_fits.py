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
from adjoint_compiler.backend.numba.part_tapes import FROM, ONTO
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
) | frozenset(
    f"{RUNTIME}broadcasting.{w}" for w in ("guarded", "let_through", "divide_or_zero", "guarded_tangent", "quotient_tangent")
)  # fmt: skip
# in loops that stand for operations on arrays, which are vectorized; where a loop is not, calls are quicker
QUICK = {f"numpy.{word}": f"numba.{word}_of" for word in ("exp", "log", "tanh")}
COPIES = ("copy", "method.copy", "numpy.copy", UNBROADCAST)
SUMS = ("method.sum", "numpy.sum")
ANY_RANK = ("numpy.vdot", f"{RUNTIME}broadcasting.sum_product")  # of arrays of one shape
DOTS = ("numpy.dot", "method.dot", "operator.matmul", "numpy.inner")  # of vectors
PRODUCTS = (*ANY_RANK, *DOTS)
MATRIX_PRODUCTS = ("operator.matmul", "numpy.matmul", "numpy.dot", "method.dot")
DTYPES = ("float64", "bool", "int64")


def _name_of(d: Dim) -> str:
    """The name of the array whose length a symbol stands for."""
    return re.split(r"[.?\[]", str(d[0]))[0]


class Fits:
    """Answers questions about one program.

    Attributes:
        folded: bindings that are written where they are used, by name.
        parts: parts of arrays that mean the same wherever they are read.
        equal: lengths that were found to be the same as others.
        cut: names of arrays whose lengths are those of parts of others.
        views: names of parts that start where is not known, by the array and the subscript.
    """

    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        self.program, self.types, self.memory = program, types, memory
        self.shapes: Shapes = symbolic_shapes(program, types)
        statements = walk(program.body)
        for s in statements:
            if isinstance(s, Bind) and s.op in (ONTO, FROM):
                self.shapes.dims[s.target] = self.shapes.of_operand(s.args[1]) or self.shapes.dims[s.target]
        candidates = foldable(program, {n: memory.levels(n) for n in memory.classes})
        self.folded = {s.target: s for s in statements if isinstance(s, Bind) and s.target in candidates}
        self.parts = {s.target: s for s in statements if isinstance(s, Bind) and s.op == "index" and self.lasts(s)}
        self.parts |= {n: s for n, s in self.folded.items() if s.op == "index"}
        self.equal: dict[Dim, Dim] = {}
        self.cut: set[str] = set()
        self.views: dict[tuple[str, Operand], str] = {}

    def lasts(self, s: Bind) -> bool:
        """Whether a part of an array is the same part wherever it is read."""
        return {s.target, *s.read} <= self.shapes.fixed

    def root(self, dims: Dims) -> Dims:
        """One shape for all that are known, or were checked, to be the same."""
        return tuple(map(self.length, dims))

    def length(self, d: Dim) -> Dim:
        """One symbol for all lengths that are known, or were checked, to be the same."""
        while True:
            if d in self.equal:
                d = self.equal[d]
            elif d[1] and (d[0], 0) in self.equal:
                symbol, cut = self.equal[d[0], 0]
                d = (symbol, cut + d[1])
            else:
                return d

    def unite(self, a: Dims, b: Dims) -> None:
        """Two shapes are the same from here on: of two symbols the one that is sorted first stands for both."""
        for pair in zip(map(self.length, a), map(self.length, b)):
            kept, gone = sorted(pair, key=lambda d: (d[0] != ONE[0], *d))
            if kept[0] != gone[0]:
                self.equal[gone] = kept

    def known_as(self, known: dict[Dim, Dim], dims: Dims) -> Dims:
        """:meth:`root`, by the lengths that were known to be the same at some place."""
        now, self.equal = self.equal, known
        found = self.root(dims)
        self.equal = now
        return found

    def forget_shapes(self, s: Statement) -> None:
        """What was checked of arrays that a statement rebinds holds no longer."""
        names = {*s.bound, *s.bound_within} - self.shapes.fixed
        if names and self.equal:
            self.equal = {a: b for a, b in self.equal.items() if names.isdisjoint((_name_of(a), _name_of(b)))}

    def fit_like(
        self, dims: Dims, fits: Callable[[Fit], bool], stretches: bool = False
    ) -> tuple[Fit, list[tuple[Leaf, int]]] | None:
        """How loops over a shape compute an expression, and arrays with its lengths along an axis; None where they cannot.

        Where arrays that are cut meet, none of them is repeated: each of them has the lengths of the result.

        Args:
            dims: the shape.
            fits: whether all that is read fits.
            stretches: whether arrays that are not cut may meet others that are: their lengths are asked for.
        """
        trial = Fit(dims, True, trial=True)
        if not fits(trial):
            return None
        every = [*trial.leaves.values(), *trial.likes]
        whole = next((x for x in every if self.root(x.dims) == self.root(dims)), None)
        if whole is not None:
            fit = Fit(whole.dims, whole.sliced, stretches=stretches)
            return (fit, [(whole, k) for k in range(whole.axes)]) if fits(fit) else None
        model = [end for k, d in enumerate(dims) if (end := self.end(d, k - len(dims), every)) is not None]
        if len(model) < len(dims):
            return None
        cut = any(self.length(x.dims[k]) != self.length(d) for (x, k), d in zip(model, dims))
        fit = Fit(tuple(x.dims[k] for x, k in model), cut, stretches=stretches)
        return (fit, model) if fits(fit) else None

    def end(self, d: Dim, back: int, every: list[Leaf]) -> tuple[Leaf, int] | None:
        """An array, and its axis, that gives a loop its length: one that certainly has it, else one that is cut.

        Args:
            d: the length.
            back: the number of the loop, counted from the last one.
            every: the arrays that are read.
        """
        along = [(x, x.axes + back) for x in every if x.axes + back >= 0]
        anywhere = [(x, k) for x in every for k in range(x.axes)]
        same = next(((x, k) for x, k in (*along, *anywhere) if self.length(x.dims[k]) == self.length(d)), None)
        return same or next(((x, k) for x, k in along if x.sliced and x.dims[k] != ONE), None)

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
        made = self.parts.get(found.base) if found is not None else None
        if found is not None and made is not None and isinstance(made.args[0], Name):
            found = replace(found, base=self.views.get((made.args[0].id, made.args[1]), found.base))
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
            before = fit.repeats, fit.stretches
            fit.repeats = fit.stretches = False  # what is larger than its operand is summed, not repeated
            fits = self.fits(s.args[0], fit)
            fit.repeats, fit.stretches = before
            return fits
        return all(self.fits(a, fit) for a in s.args)

    def alike(self, leaf: Leaf, fit: Fit) -> bool:
        """Whether an array that is not read has the lengths of the loops, or will be checked to have."""
        if fit.trial or self.root(leaf.dims) == self.root(fit.dims):
            return True
        if leaf.sliced and fit.sliced and ONE not in (*leaf.dims, *fit.dims):
            fit.checks.setdefault(leaf.dims, leaf)
            return True
        return False

    def aligned(self, leaf: Leaf, fit: Fit) -> bool:
        """Whether the loops can run over an array."""
        if leaf.axes > len(fit.dims):
            return False
        first = len(fit.dims) - leaf.axes
        dims, owns = self.root(fit.dims[first:]), self.root(leaf.dims)
        other = [k for k in range(leaf.axes) if owns[k] not in (ONE, dims[k])]
        if other and not fit.trial:
            if leaf.sliced and fit.sliced and ONE not in dims:
                if ONE in owns:
                    fit.ends += [(leaf, k, first + k) for k in other]
                else:
                    fit.checks.setdefault(leaf.dims, leaf)
            elif fit.stretches and fit.sliced and not leaf.sliced:
                fit.ends += [(leaf, k, first + k) for k in other]
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
