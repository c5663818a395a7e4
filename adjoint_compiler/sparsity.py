"""Sparse Jacobians and Hessians: where the entries are, and all of them by few sweeps.

The pattern is found by running the dependency program, which carries sets of inputs where forward mode carries tangents.
Columns that share no row have one colour and are computed together, in the sum of their directions.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint_compiler.analysis.activity import varied_names
from adjoint_compiler.analysis.aliasing import analyse_aliases
from adjoint_compiler.analysis.decisions import deciding_names
from adjoint_compiler.analysis.memory import shared_classes
from adjoint_compiler.colouring import colour_columns, colour_symmetric
from adjoint_compiler.derivative import Derivative
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.objects import fields_of, is_record
from adjoint_compiler.jacobians import Jacobian
from adjoint_compiler.leaves import differentiable, leaves_of, rebuilt
from adjoint_compiler.levels import Optimize
from adjoint_compiler.pullback import pairs_of
from adjoint_compiler.pushforward import forward_of

INPUTS = 1024  # that one run of the dependency program follows
KEPT = 8  # patterns that a function keeps


@dataclass(frozen=True, eq=False)
class Pattern:
    """Where a Jacobian may have entries, and which of its columns, or rows, one sweep computes.

    Attributes:
        matrix: one for each entry, as a ``scipy.sparse.csr_array``; pass it to SciPy as ``jac_sparsity``.
        colours: the colour of each column, or row.
        by_rows: whether rows are coloured, for reverse mode.
        symmetric: whether it is one of a Hessian, whose entries are found at one of two places.
    """

    matrix: Any
    colours: Any
    by_rows: bool
    symmetric: bool

    @property
    def sweeps(self) -> int:
        """The number of colours: of directions, or adjoints, that are propagated."""
        return int(self.colours.max()) + 1 if self.colours.size else 0

    def covers(self, matrix: Any) -> bool:
        """Whether the pattern has all entries of another one."""
        return bool((matrix - matrix.multiply(self.matrix)).nnz == 0)

    def entries(self, compressed: Any) -> Any:
        """The matrix from its sums of columns (or rows) of one colour, one behind the other."""
        from scipy.sparse import csr_array

        rows, columns = self.matrix.nonzero()
        if self.by_rows:
            data = compressed[self.colours[rows], columns]
        else:
            own = self.colours[columns]
            data = compressed[own, rows]
            if self.symmetric:
                shared = _shared(rows, own, self.sweeps)
                data = np.where(shared, compressed[self.colours[rows], columns], data)
        return csr_array((data, (rows, columns)), shape=self.matrix.shape)

    def __repr__(self) -> str:
        m, n = self.matrix.shape
        return f"<pattern of {m} x {n} with {self.matrix.nnz} entries, {self.sweeps} colours of {'rows' if self.by_rows else 'columns'}>"


def _shared(rows: Any, colours: Any, count: int) -> Any:
    """For each entry whether its row has another one of its colour."""
    keys = rows.astype(np.int64) * max(count, 1) + colours
    _, place, times = np.unique(keys, return_inverse=True, return_counts=True)
    return times[place] > 1


def coloured(matrix: Any, mode: str, symmetric: bool) -> Pattern:
    """A pattern with the colouring of fewest colours that the mode allows."""
    if symmetric:
        colours = colour_symmetric(matrix)
        rows, columns = matrix.nonzero()
        count = int(colours.max()) + 1 if colours.size else 0
        here = _shared(rows, colours[columns], count)
        there = _shared(columns, colours[rows], count)
        if not np.any(here & there):
            return Pattern(matrix, colours, False, True)
        raise AssertionError("a star colouring hides an entry: this is a bug of the compiler")
    columns = None if mode == "reverse" else Pattern(matrix, colour_columns(matrix), False, False)
    rows = None if mode == "forward" else Pattern(matrix, colour_columns(matrix.T.tocsr()), True, False)
    found = min((p for p in (columns, rows) if p is not None), key=lambda p: p.sweeps)
    assert isinstance(found, Pattern)
    return found


@dataclass(frozen=True)
class Known:
    """A pattern, and what it was found with: compiled code, shapes, and copies of what decides."""

    pattern: Pattern
    compiled: Any
    shapes: Any
    deciding: tuple[tuple[int, Any], ...]
    reusable: bool

    def holds(self, compiled: Any, values: tuple[Any, ...]) -> bool:
        """Whether the pattern is that for these arguments, too."""
        return (
            self.reusable
            and compiled is self.compiled
            and self.shapes == tuple(map(outline, values))
            and all(same(values[k], v) for k, v in self.deciding)
        )


class SparseJacobian:
    """The sparse Jacobian of a function, as :func:`adjoint_compiler.sparse_jacobian` returns it."""

    def __init__(
        self, function: Any, *, wrt: Any = 0, mode: str = "auto", of: str | None = None, symmetric: bool = False,
        optimize: Optimize = None,
    ) -> None:  # fmt: skip
        self.jacobian = Jacobian(function, wrt=wrt, mode=mode, of=of, optimize=optimize)
        self.target = self.jacobian.target
        if self.jacobian.stars:
            message = "sparse Jacobians of functions with *args or **kwargs are not available"
            raise DifferentiationError(Diagnostic("AC001", self.target.place(), message, (), "name the parameters"))
        functools.update_wrapper(self, self.target.function, updated=())
        self.function, self.wrt, self.mode, self.of = function, wrt, mode, of
        self.symmetric, self.optimize = symmetric, optimize
        self.known: list[Known] = []

    def __call__(self, *args: Any, pattern: Pattern | None = None, **kwargs: Any) -> Any:
        """The Jacobian at the arguments, a ``scipy.sparse.csr_array``: a row for each element of the result, a column for each
        element of what is differentiated by.

        Args:
            args, kwargs: the function's arguments.
            pattern: the entries to compute; they are checked against those found here, if these may be others.

        Raises:
            ValueError: the pattern given lacks entries that the Jacobian may have at these arguments.
        """  # fmt: skip
        values, given, leaves = self._bound(args, kwargs)
        found = self._pattern(values, given, leaves, pattern)
        if pattern is not None and not pattern.covers(found.matrix):
            raise ValueError("the pattern lacks entries that the Jacobian may have at these arguments; leave it out")
        return self._swept(values, given, leaves, pattern or found)

    def pattern(self, *args: Any, **kwargs: Any) -> Pattern:
        """The pattern at the arguments."""
        return self._pattern(*self._bound(args, kwargs))

    def jac_sparsity(self, *args: Any, **kwargs: Any) -> Any:
        """The pattern at the arguments as SciPy takes it: ``solve_ivp(..., jac_sparsity=...)``, ``least_squares``."""
        return self.pattern(*args, **kwargs).matrix

    def _bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any, list[Any]]:
        j = self.jacobian
        values, given, leaves = j.bound(args, kwargs)
        if any(np.iscomplexobj(v) for v in leaves):
            message = "sparse Jacobians by complex numbers are not available"
            advice = "take real and imaginary parts, or ac.jacobian(..., holomorphic=True)"
            raise DifferentiationError(Diagnostic("AC015", self.target.place(), message, (), advice))
        return values, given, leaves

    # -- where the entries are ---------------------------------------------------------------------------------

    def _pattern(
        self, values: tuple[Any, ...], given: Any, leaves: list[Any], stated: Pattern | None = None
    ) -> Pattern:
        forward = forward_of(self.function, "numpy", self.optimize)
        compiled = forward.compiled(values, self.jacobian.positions, 0, self.of, companion="dependencies")
        if compiled.has_effects:
            message = "the function draws random numbers or has other effects, which each sweep would repeat"
            advice = "draw before the call and pass the numbers"
            raise DifferentiationError(Diagnostic("AC001", self.target.place(), message, (), advice))
        for known in self.known:
            if known.holds(compiled, values):
                return known.pattern
        matrix = self._found(forward, compiled, values, given, leaves)
        kept = next((k.pattern for k in self.known if _equal(k.pattern.matrix, matrix)), None)
        if kept is None and stated is not None and stated.covers(matrix) and _equal(stated.matrix, matrix):
            kept = stated
        pattern = kept or coloured(matrix, self.mode, self.symmetric)
        names, reusable = self._deciding(compiled)
        places = [k for k, n in enumerate(compiled.state.program.params) if n in names]
        deciding = tuple((k, copy.deepcopy(values[k])) for k in places) if reusable else ()
        self.known = [Known(pattern, compiled, tuple(map(outline, values)), deciding, reusable), *self.known][:KEPT]
        return pattern

    def _deciding(self, compiled: Any) -> tuple[frozenset[str], bool]:
        """The parameters whose contents decide where entries are, and whether nothing outside of them does."""
        state = compiled.state
        program, types = state.program, state.types
        aliases = analyse_aliases(program, types)
        wrt = [program.params[k] for k in self.jacobian.positions]
        varied = varied_names(program, types, aliases, wrt)
        outside = [n for n in program.free if types.get(n) is None or types[n].kind not in ("function", "module")]
        names = deciding_names(program, shared_classes(program, types), varied, [*program.params, *outside])
        return names, names.isdisjoint(outside) and not state.callees

    def _found(self, forward: Any, compiled: Any, values: tuple[Any, ...], given: Any, leaves: list[Any]) -> Any:
        """The pattern as the dependency program finds it."""
        from scipy.sparse import csr_array

        count = sum(map(np.size, leaves))
        rows: list[Any] = []
        columns: list[Any] = []
        height = 0
        for start in range(0, max(count, 1), INPUTS):
            inputs = iter(range(count))
            dots = [sets_of(v, inputs, start) for v in ([given] if self.jacobian.single else given)]
            y, sets = forward.run(compiled, values, dots)
            found = [s for leaf in output_sets(sets, y) for s in leaf]
            height = len(found)
            i, j = entries_of(found)
            rows.append(i)
            columns.append(j + start)
        i, j = np.concatenate(rows), np.concatenate(columns)
        matrix = csr_array((np.ones(i.size, np.int8), (i, j)), shape=(height, count))
        if not self.symmetric:
            return matrix
        both = csr_array(matrix + matrix.T + csr_array((np.ones(count, np.int8), (range(count),) * 2)))
        both.data[:] = 1
        return both

    # -- the entries -------------------------------------------------------------------------------------------

    def _swept(self, values: tuple[Any, ...], given: Any, leaves: list[Any], pattern: Pattern) -> Any:
        args = values[len(self.target.owner) :]
        if pattern.by_rows:
            return pattern.entries(self._by_rows(args, given, pattern))
        shapes = [np.shape(v) for v in leaves]
        ends = np.cumsum([np.size(v) for v in leaves])

        def block(start: int, stop: int) -> list[Any]:
            chosen = (pattern.colours == np.arange(start, stop)[:, None]).astype(float)
            parts = np.split(chosen, ends[:-1], axis=1)
            return [
                p.reshape(stop - start, *s).astype(np.asarray(v).dtype)
                for p, s, v in zip(parts, shapes, leaves, strict=True)
            ]

        y, tangents = self.jacobian.along(args, given, leaves, pattern.sweeps, block)
        count = max(pattern.sweeps, 1)
        return pattern.entries(np.concatenate([np.reshape(t, (count, -1)) for t in tangents], axis=1))

    def _by_rows(self, args: tuple[Any, ...], given: Any, pattern: Pattern) -> Any:
        pairs = pairs_of(self.function, None, self.optimize)
        y, pullback = pairs.call_bound((*self.target.owner, *args), self.of, self.optimize, None)
        outputs = leaves_of(y)
        ends = np.cumsum([np.size(v) for v in outputs])[:-1]
        out = []
        for colour in range(pattern.sweeps):
            parts = np.split((pattern.colours == colour).astype(float), ends)
            seeds = (p.reshape(np.shape(v)) for p, v in zip(parts, outputs, strict=True))
            bars = pullback(
                rebuilt(y, iter([s if isinstance(v, np.ndarray) else s[()] for s, v in zip(seeds, outputs)]))
            )
            chosen = [bars[k - len(self.target.owner)] for k in self.jacobian.positions]
            found = leaves_of(chosen[0] if self.jacobian.single else tuple(chosen), given)
            out.append(np.concatenate([np.ravel(v) for v in found]))
        return np.stack(out) if out else np.zeros((1, pattern.matrix.shape[1]))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: position 0 is the first argument after ``self``."""
        if instance is None:
            return self
        function = self.function.__get__(instance, owner)
        return SparseJacobian(
            function, wrt=self.wrt, mode=self.mode, of=self.of, symmetric=self.symmetric, optimize=self.optimize
        )

    def __repr__(self) -> str:
        what = "Hessian" if self.symmetric else "Jacobian"
        return f"<sparse {what} of {getattr(self.target.function, '__qualname__', self.target.function)}, wrt={self.wrt!r}>"


def sparse_hessian_of(function: Any, wrt: Any, of: str | None, optimize: Optimize) -> SparseJacobian:
    """The sparse Hessian: the Jacobian of the gradient, with a colouring that knows it is symmetric."""
    gradient = Derivative(function, wrt=wrt, of=of, optimize=optimize)
    return SparseJacobian(gradient, wrt=wrt, mode="forward", symmetric=True, optimize=optimize)


# -- sets of inputs, and what patterns are found with ------------------------------------------------------------


def sets_of(x: Any, inputs: Iterator[int], start: int) -> Any:
    """For each number in ``x`` that has a derivative the set of itself: the bits from the input ``start`` on.

    >>> sets_of((1.0, [2.0], 3), iter(range(9)), 0)
    (1, [2], 0)
    """

    def one(k: int) -> int:
        return 1 << (k - start) if start <= k < start + INPUTS else 0

    if isinstance(x, np.ndarray):
        out = np.empty(x.shape, object)
        out[...] = 0
        if x.dtype.kind in "fc":
            out.reshape(-1)[:] = [one(next(inputs)) for _ in range(x.size)]
        return out
    if is_record(x) and not isinstance(x, tuple):
        return {n: sets_of(getattr(x, n), inputs, start) for n in fields_of(x)}
    if isinstance(x, (tuple, list)):
        items = [sets_of(v, inputs, start) for v in x]
        return items if isinstance(x, list) else tuple(items)
    if isinstance(x, dict):
        return {k: sets_of(v, inputs, start) for k, v in x.items()}
    return one(next(inputs)) if differentiable(x) else 0


def output_sets(sets: Any, y: Any) -> Iterator[list[int]]:
    """For each leaf of a result that has a derivative the sets of its elements."""
    if isinstance(y, dict):
        for k, v in y.items():
            yield from output_sets(sets[k] if isinstance(sets, dict) else sets, v)
    elif is_record(y) and not isinstance(y, tuple):
        for n in fields_of(y):
            yield from output_sets(sets[n] if isinstance(sets, dict) else sets, getattr(y, n))
    elif isinstance(y, (tuple, list)):
        for k, v in enumerate(y):
            yield from output_sets(sets[k] if isinstance(sets, (tuple, list, np.ndarray)) else sets, v)
    elif differentiable(y):
        yield [s or 0 for s in np.broadcast_to(np.array(sets, dtype=object), np.shape(y)).ravel().tolist()]


def entries_of(sets: list[int]) -> tuple[Any, Any]:
    """Rows and columns of the ones in rows of bits.

    >>> entries_of([0b101, 0, 0b10])
    (array([0, 0, 2]), array([0, 2, 1]))
    """
    size = INPUTS // 8
    rows, columns = [np.zeros(0, int)], [np.zeros(0, int)]
    for first in range(0, len(sets), 4096):
        packed = b"".join(s.to_bytes(size, "little") for s in sets[first : first + 4096])
        bits = np.unpackbits(np.frombuffer(packed, np.uint8).reshape(-1, size), axis=1, bitorder="little")
        i, j = np.nonzero(bits)
        rows.append(i + first)
        columns.append(j)
    return np.concatenate(rows), np.concatenate(columns)


def outline(x: Any) -> Any:
    """The shapes in a structure.

    >>> outline([1.0, np.zeros((2, 3)), {"a": None}])
    [(), (2, 3), {'a': None}]
    """
    if isinstance(x, (tuple, list)):
        return [outline(v) for v in x]
    if isinstance(x, dict):
        return {k: outline(v) for k, v in x.items()}
    if is_record(x):
        return {n: outline(getattr(x, n)) for n in fields_of(x)}
    return (
        None if x is None else np.shape(x) if isinstance(x, (np.ndarray, np.generic, int, float, complex)) else type(x)
    )


def same(a: Any, b: Any) -> bool:
    """Whether two arguments have the same contents; what cannot be told has not.

    >>> same([1.0, np.ones(2)], [1.0, np.ones(2)]), same(1.0, 2.0), same(object(), object())
    (True, False, False)
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if is_record(a):
        return all(same(getattr(a, n), getattr(b, n)) for n in fields_of(a))
    return (
        a is None
        or (isinstance(a, (int, float, complex, str, np.generic)) and bool(a == b))
        or (callable(a) and a is b)
    )


def _equal(a: Any, b: Any) -> bool:
    return a.shape == b.shape and a.nnz == b.nnz and bool((a != b).nnz == 0)


__all__ = ["Pattern", "SparseJacobian", "sparse_hessian_of"]
