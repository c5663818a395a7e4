"""Symbolic shapes: which arrays certainly have the same shape, so that broadcasting need not be undone between them.

A dimension is a symbol and what was cut off it: ``A[1:-1]`` and ``A[2:]`` of a vector ``A`` both have the one dimension
``A.0 - 2``, whatever the length of ``A`` (slices shorter than zero are empty on both sides).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import index_parts, operand_type, part_kind
from adjoint_compiler.analysis.tapes import own_tapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import occurrences
from adjoint_compiler.analysis.views import named_operands
from adjoint_compiler.ir.nodes import Bind, Const, For, Name, Operand, Pack, Pop, Program, Push, While
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import INT, UNKNOWN, Type, is_number
from adjoint_compiler.ir.walk import binds

Dim = tuple[str, int]  # a symbol, and how much shorter the dimension is; ("1", 0) is a dimension of one
Dims = tuple[Dim, ...]
ONE: Dim = ("1", 0)
SAME = ("numpy.zeros_like", "numpy.ones_like", "numpy.empty_like", "numpy.copy", "numpy.triu", "numpy.tril", "method.copy", "copy",
        "adjoint_compiler.runtime.memory.copied", "adjoint_compiler.runtime.memory.entry_copy")  # fmt: skip
TRIANGLES = ("numpy.triu", "numpy.tril")
RUNTIME = "adjoint_compiler.runtime.broadcasting."
REDUCTIONS = frozenset(
    f"{kind}.{word}" for kind in ("numpy", "method") for word in ("sum", "mean", "prod", "max", "min", "var", "std")
)
SHARES = "adjoint_compiler.runtime.shares."
COMPARISONS = frozenset(f"operator.{word}" for word in ("lt", "le", "gt", "ge", "eq", "ne"))
BROADCASTING = (
    "numpy.where",
    f"{RUNTIME}guarded",
    f"{RUNTIME}guarded_as",
    f"{SHARES}smaller_share",
    f"{SHARES}larger_share",
)
MADE = ("numpy.empty", "numpy.zeros", "numpy.ones", "numpy.full")  # of a shape that is the first argument
SIZED_BY = (
    "operator.add",
    "operator.sub",
    "copy",
    "index",
    "builtins.len",
)  # integers that may be a length, more or less
LIKE_SECOND = (f"{RUNTIME}unbroadcast", f"{RUNTIME}spread")


class Shapes:
    """Shapes of names that have one definition, or one shape; grows as reverse code is written.

    Attributes:
        fixed: the names that mean one thing wherever they are read.
        dims: the shape of an array.
        shapes: of a name of a shape, what it is the shape of.
        sizes: the dimension that an integer is the length of.
        spread: of an array that repeats one number, or one array along axes, what it repeats, the axes, and its rank.
    """

    def __init__(self, types: Types, fixed: frozenset[str]) -> None:
        self.types, self.fixed = types, fixed
        self.dims: dict[str, Dims] = {}
        self.shapes: dict[str, Dims] = {}
        self.sizes: dict[str, Dim] = {}
        self.spread: dict[str, tuple[Operand, tuple[int, ...], int]] = {}

    def note(self, s: Bind) -> None:
        """Find the shape of a binding's target."""
        found = self.of_bind(s)
        if found is not None:
            self.dims[s.target] = found
        if s.op == "attribute.shape" and isinstance(s.args[0], Name) and s.args[0].id in self.dims:
            self.shapes[s.target] = self.dims[s.args[0].id]
        elif s.op == "copy" and isinstance(s.args[0], Pack) and s.args[0].kind == "tuple":
            named = self.of_shape(s.args[0])
            if named:
                self.shapes[s.target] = named
        elif s.op in SIZED_BY and self.types.get(s.target, UNKNOWN) == INT:
            size = self.size_of_bind(s)
            if size is not None:
                self.sizes[s.target] = size

    def same(self, a: Operand, b: Operand) -> bool:
        """Whether both are names of arrays that certainly have the same shape."""
        if not isinstance(a, Name) or not isinstance(b, Name):
            return False
        return a.id in self.dims and self.dims[a.id] == self.dims.get(b.id)

    def fresh(self, name: str) -> Dims | None:
        """A shape known to be that of ``name`` and nothing else."""
        t = self.types.get(name, UNKNOWN)
        return tuple((f"{name}.{k}", 0) for k in range(t.ndim)) if t.kind == "array" and t.ndim is not None else None

    def of_operand(self, o: Operand) -> Dims | None:
        """The shape of an operand; None when unknown."""
        if isinstance(o, Name) and o.id in self.dims:
            return self.dims[o.id]
        return () if is_number(operand_type(o, self.types)) else None

    def of_bind(self, s: Bind) -> Dims | None:
        """The shape of a result."""
        rule = rules.TABLE.by_key.get(s.op)
        if s.op in SAME and isinstance(s.args[0], Name) and "shape" not in dict(s.kwargs):
            found = self.of_operand(s.args[0])
            if s.op in TRIANGLES and found is not None and len(found) == 1:  # a vector is repeated as rows
                found = found * 2
            return found or self.fresh(s.target)
        if s.op in MADE and s.args:
            return self.of_shape(s.args[0]) or self.fresh(s.target)
        if s.op == "numpy.reshape" and not s.kwargs and len(s.args) == 2:
            return self.of_shape(s.args[1]) or self.fresh(s.target)
        if s.op == "index":
            found = self.of_index(s.args[0], s.args[1])
            return found if found is not None else self.fresh(s.target)
        if (
            rule is not None
            and rule.kind == "elementwise"
            and not any(p.startswith("*") for p in rule.params)
            or _is_ufunc(s)
            or s.op in COMPARISONS
        ):
            found = self.broadcast([self.of_operand(a) for a in s.operands], s.target)
            return found if found is not None else self.fresh(s.target)
        if s.op in BROADCASTING:
            found = self.broadcast([self.of_operand(a) for a in s.args], s.target)
            return found if found is not None else self.fresh(s.target)
        if s.op == f"{RUNTIME}unbroadcast_product":
            return self.of_operand(s.args[2]) or self.fresh(s.target)
        if s.op in LIKE_SECOND:
            return self.of_operand(s.args[1]) or self.fresh(s.target)
        if rule is not None and rule.shape_of is not None:
            named = named_operands(s, rule)
            if named.get("axis") != Const(None):
                return self.of_operand(named[rule.shape_of]) or self.fresh(s.target)
        if s.op == "attribute.T":
            base = self.of_operand(s.args[0])
            return tuple(reversed(base)) if base is not None else self.fresh(s.target)
        if s.op in REDUCTIONS:
            found = self.reduced(s)
            return found if found is not None else self.fresh(s.target)
        if s.op == "numpy.outer" or s.op.endswith(".outer") and not s.kwargs:
            found = self.outer(*map(self.of_operand, s.args[:2]))
            return found if found is not None else self.fresh(s.target)
        if s.op == "operator.matmul":
            found = self.product(*map(self.of_operand, s.args))
            return found if found is not None else self.fresh(s.target)
        return self.fresh(s.target)

    def of_shape(self, o: Operand) -> Dims | None:
        """The shape that an operand names: what some array's ``shape`` was, an integer, or a tuple of integers."""
        if isinstance(o, Name) and o.id in self.shapes:
            return self.shapes[o.id]
        sizes = [self.size(n) for n in (o.items if isinstance(o, Pack) and o.kind in ("tuple", "list") else (o,))]
        return tuple(n for n in sizes if n is not None) if None not in sizes else None

    def size(self, o: Operand) -> Dim | None:
        """The dimension of which an integer is the length."""
        if isinstance(o, Const):
            return (ONE if o.value == 1 else ("0", -o.value)) if type(o.value) is int and o.value >= 0 else None
        if not isinstance(o, Name) or self.types.get(o.id, UNKNOWN) != INT:
            return None
        return self.sizes.get(o.id, (o.id, 0) if o.id in self.fixed else None)

    def size_of_bind(self, s: Bind) -> Dim | None:
        """The dimension of which an integer that is bound is the length."""
        first = s.args[0]
        if s.op == "copy":
            return self.size(first)
        if s.op == "builtins.len":
            dims = self.of_operand(first)
            return dims[0] if dims else None
        if s.op == "index":
            known = self.shapes.get(first.id) if isinstance(first, Name) else None
            at = s.args[1].value if isinstance(s.args[1], Const) else None
            return known[at] if known is not None and type(at) is int and -len(known) <= at < len(known) else None
        size, more = self.size(first), s.args[1]
        if size is None or size == ONE or not isinstance(more, Const) or type(more.value) is not int:
            return None
        return (size[0], size[1] + (more.value if s.op == "operator.sub" else -more.value))

    def reduced(self, s: Bind) -> Dims | None:
        """The shape of a reduction over known axes, which stay as ones of length one with ``keepdims=True``."""
        dims = self.of_operand(s.args[0])
        named = dict(s.kwargs)
        axis = named.pop("axis", s.args[1] if len(s.args) == 2 else None)
        kept = named.pop("keepdims", Const(False))
        if not dims or named or not isinstance(kept, Const) or len(s.args) > 2:
            return None
        axes = known_axes(axis, len(dims))
        if axes is None:
            return None
        reduced = [ONE if k in axes else d for k, d in enumerate(dims)]
        return tuple(d for k, d in enumerate(reduced) if kept.value or k not in axes)

    @staticmethod
    def outer(a: Dims | None, b: Dims | None) -> Dims | None:
        """The shape of an outer product of vectors."""
        return (*a, *b) if a is not None and b is not None and len(a) == len(b) == 1 else None

    @staticmethod
    def product(a: Dims | None, b: Dims | None) -> Dims | None:
        """The shape of a matrix product of vectors and matrices."""
        if a is None or b is None or not 1 <= len(a) <= 2 or not 1 <= len(b) <= 2:
            return None
        return (*a[:-1], *b[1:]) if len(b) == 2 else a[:-1]

    @staticmethod
    def broadcast(every: list[Dims | None], target: str = "") -> Dims | None:
        """The shape that operands broadcast to; an axis that is not certain is the own one of ``target``, if that has a name.

        >>> Shapes.broadcast([(("n", 0),), (), (("n", 0),)])
        (('n', 0),)
        >>> Shapes.broadcast([(("n", 0), ("m", 0)), (ONE, ("k", 0))], "t")
        (('n', 0), ('t.1', 0))
        """
        if None in every:
            return None
        known = {d for d in every if d}
        if len(known) < 2:
            return known.pop() if known else ()
        rank = max(map(len, known))
        out: list[Dim] = []
        for k in range(1, rank + 1):
            column = {d[-k] for d in known if len(d) >= k} - {ONE} or {ONE}
            if len(column) > 1 and not target:
                return None
            out.append(column.pop() if len(column) == 1 else (f"{target}.{rank - k}", 0))
        return tuple(reversed(out))

    def of_index(self, base: Operand, index: Operand) -> Dims | None:
        """The shape of ``base[index]`` for integers, slices, ellipsis and new axes."""
        dims = self.of_operand(base)
        if dims is None:
            return None
        parts = list(index_parts(index))
        kinds = [part_kind(p, self.types) for p in parts]
        if any(k not in ("int", "slice", "ellipsis", "newaxis") for k in kinds):
            return None
        used = sum(k in ("int", "slice") for k in kinds)
        if "ellipsis" not in kinds:
            parts, kinds = [*parts, Const(Ellipsis)], [*kinds, "ellipsis"]
        out: list[Dim] = []
        left = list(dims)
        for part, kind in zip(parts, kinds):
            if kind == "newaxis":
                out.append(ONE)
            elif kind == "ellipsis":
                for _ in range(len(dims) - used):
                    out.append(left.pop(0))
            elif not left:
                return None
            elif kind == "int":
                left.pop(0)
            else:
                sliced = self.of_slice(left.pop(0), part)
                if sliced is None:
                    return None
                out.append(sliced)
        return (*out, *left)

    def of_slice(self, dim: Dim, part: Operand) -> Dim | None:
        """A dimension after a slice."""
        if not isinstance(part, Pack) or any(n not in self.fixed for n in names_in(part)):
            return None
        start, stop, step = part.items
        if step in (Const(None), Const(1)):
            low = _offset(start)
            high = 0 if stop == Const(None) else -_offset(stop, -1) if _offset(stop, -1) is not None else None  # type: ignore[operator]
            if low is not None and high is not None:
                return (dim[0], dim[1] + low + high)
        if part.items == (Const(None), Const(None), Const(-1)):
            return dim
        return (f"{dim[0]}-{dim[1]}[{start}:{stop}:{step}]", 0)


def known_axes(axis: Operand | None, ndim: int) -> frozenset[int] | None:
    """The axes that a literal names; None where it is no literal, or names none.

    >>> sorted(known_axes(Pack("tuple", (Const(0), Const(-1))), 3))
    [0, 2]
    """
    if isinstance(axis, Pack) and axis.kind == "tuple":
        given: list[object] = [a.value if isinstance(a, Const) else None for a in axis.items]
    elif isinstance(axis, Const):
        given = list(axis.value) if isinstance(axis.value, tuple) else [axis.value]
    else:
        return None
    found = [k % ndim for k in given if type(k) is int and -ndim <= k < ndim]
    return frozenset(found) if given and len(found) == len(given) == len(set(found)) else None


def _is_ufunc(s: Bind) -> bool:
    """Whether an operation is a function of NumPy's that works element by element, without keywords, and gives one array."""
    function = getattr(np, s.op.removeprefix("numpy."), None) if s.op.startswith("numpy.") else None
    if not isinstance(function, np.ufunc) or function.signature is not None:
        return False
    return len(s.args) == function.nin and function.nout == 1 and not s.kwargs


def _offset(o: Operand, sign: int = 1) -> int | None:
    """The value of a literal bound that counts from the near end (``sign`` 1) or the far one; None otherwise."""
    if o == Const(None) and sign == 1:
        return 0
    if isinstance(o, Const) and type(o.value) is int and (o.value >= 0 if sign == 1 else o.value < 0):
        return o.value
    return None


def _is_kept(known: dict[str, Dims], name: str, dims: Dims, symbols: set[str]) -> bool:
    """Whether a name has the shape that it has elsewhere, or in other trips of a loop; the first one is noted."""
    return not {d[0] for d in dims} - symbols and known.setdefault(name, dims) == dims


def symbolic_shapes(program: Program, types: Types) -> Shapes:
    """The shapes of a program's names.

    A name that is bound several times, as those that trade buffers in a loop are, has a shape if every binding gives it the
    same one, which must not be another in another trip of a loop. So has one that a loop carries into its next trip. What
    comes off a tape has the shape that all entries have.

    >>> from adjoint_compiler.ir.types import array_type
    >>> t = {"x": array_type("float64", 1), "a": array_type("float64", 1), "b": array_type("float64", 1)}
    >>> cut = lambda lo, hi: Pack("slice", (Const(lo), Const(hi), Const(None)))
    >>> body = (Bind("a", "index", (Name("x"), cut(1, -1))), Bind("b", "index", (Name("x"), cut(2, None))))
    >>> symbolic_shapes(Program("f", ("x",), body), t).same(Name("a"), Name("b"))
    True
    """
    counts = dict.fromkeys((*program.params, *program.free), 1)  # bound at entry
    statements = program.statements
    looped: set[str] = set()
    for s in statements:
        target = binds(s)
        if target is not None:
            counts[target] = counts.get(target, 0) + 1
        if isinstance(s, (For, While)):
            looped.update(s.bound, s.bound_within)
    places = occurrences(program)
    once = frozenset(n for n, k in counts.items() if k == 1 and (n not in looped or places[n].own))
    lasting = {n for n in once if n not in looped}
    arrays = lasting.union(program.params, program.free)  # as they are at entry
    symbols = {f"{n}.{k}" for n in arrays for k in range(types.get(n, UNKNOWN).ndim or 0)} | lasting | {ONE[0], "0"}
    steady = set(counts) - once
    tapes = own_tapes(statements)
    while True:
        shapes = Shapes(types, once)
        entries: dict[str, Dims] = {}
        for p in (*program.params, *program.free):
            dims = shapes.fresh(p)
            if dims is not None and (p in once or p in steady):
                shapes.dims[p] = dims
        changing: set[str] = set()
        for s in statements:
            target = binds(s)
            if isinstance(s, Push) and s.stack in tapes:
                dims = shapes.of_operand(s.value)
                if not dims or not _is_kept(entries, s.stack, dims, symbols):
                    (changing.add if s.stack in entries else tapes.discard)(s.stack)
            elif target in steady and target is not None:
                found = shapes.of_bind(replace(s, target="")) if isinstance(s, Bind) else None
                if isinstance(s, Pop):
                    found = entries.get(s.stack)
                if found is None or not _is_kept(shapes.dims, target, found, symbols):
                    # what nothing was known of yet was not relied on either
                    (changing.add if target in shapes.dims else steady.discard)(target)
            elif isinstance(s, Bind) and s.target in once:
                shapes.note(s)
            elif not isinstance(s, For) and target in once and target is not None:
                dims = (entries.get(s.stack) if isinstance(s, Pop) else None) or shapes.fresh(target)
                if dims is not None:
                    shapes.dims[target] = dims
        if not changing:
            return shapes
        steady -= changing
        tapes -= changing


__all__ = ["Shapes", "Type", "known_axes", "symbolic_shapes"]
