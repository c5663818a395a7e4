"""Loops over elements as statements: counters, elements of operands, lengths, checks, new memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from adjoint_compiler.analysis.indexing import index_parts, part_kind
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.shapes import ONE
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.numba.leaves import Leaf
from adjoint_compiler.backend.numba.loop_fits import COPIES, QUICK, UNBROADCAST, Fits
from adjoint_compiler.backend.numba.nests import Fit, Likes, Nest
from adjoint_compiler.backend.numba.tapes import dtype_name
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Effect, For, Name, Operand, Pack, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import INT, Type, array_type, is_number, scalar_type
from adjoint_compiler.ir.walk import names_bound, reads, walk


class Writing(Fits):
    """Writes loops for one program.

    Attributes:
        counters: the names of loop counters, outermost first.
        sources: for names of parts, what they are parts of.
        gone: bindings that have gone into loops.
        kept: those of them that are read elsewhere, too.
        lengths_from: for arrays that loops have made, what has the lengths of their axes.
        added: new temporaries.
    """

    def __init__(self, program: Program, types: Types, memory: Memory) -> None:
        super().__init__(program, types, memory)
        statements = walk(program.body)
        taken = {n for s in statements for n in (*reads(s), *names_bound(s))} | {*program.params, *program.free}
        self.names = Names(taken)
        self.counters: list[str] = []
        self.sources: dict[str, Leaf] = {}
        self.kept: set[str] = set()
        self.lengths_from: dict[str, Likes] = {}
        self.added: set[str] = set()
        self.gone: set[str] = set()

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
        op = "numba.choose" if s.op == "numpy.where" else QUICK.get(s.op, s.op)
        block.append(Bind(value, op, args, (), s.span))
        return Name(value)

    def repeated(self, fit: Fit, likes: Likes, s: Statement) -> list[Statement]:
        """Arrays that may be repeated along axes, as arrays that are as long as the loops along all axes that run with one."""
        out: list[Statement] = []
        for name, leaf in fit.repeated.items():
            base, ndim = leaf.base, len(leaf.index)
            if (
                leaf.base != leaf.name
                and all(isinstance(p, tuple) and p[1] == 0 for p in leaf.index)
                and not leaf.sliced
            ):
                self.forget(name)  # new axes only: the array itself is repeated
            else:
                base, ndim = name, leaf.axes
                leaf = replace(leaf, index=tuple((k, 0) for k in range(leaf.axes)))
                if name in self.folded:
                    self.kept.add(name)
            held = self.names.fresh("t")
            self.types[held] = array_type(self.types[name].dtype, ndim)
            first = len(fit.dims) - leaf.axes
            lengths: list[Operand] = []
            for axis in (p[0] for p in leaf.index if isinstance(p, tuple)):
                if leaf.dims[axis] == ONE:
                    lengths.append(Const(1))
                else:
                    before, length = self.length_of(*likes[first + axis], s)
                    out += before
                    lengths.append(Name(length))
            out.append(Bind(held, "numba.stretched_to", (Name(base), *lengths), (), s.span))
            fit.leaves[name] = replace(leaf, name=held, base=held, sliced=True)
            cls = self.memory.classes.get(name)
            if cls is not None:
                self.memory.classes[held] = cls
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
        return index_operand(tuple(parts))

    def view(self, base: str, index: Operand, s: Store | Update) -> tuple[list[Statement], Leaf] | None:
        """A part of an array that starts where is not known: by a name, which one that means the same part has already."""
        kinds = [part_kind(p, self.types) for p in index_parts(index)]
        if not set(kinds) <= {"int", "slice", "ellipsis", "newaxis"} or base not in self.types:
            return None
        ndim = self.types[base].ndim or 0
        axes = ndim - kinds.count("int") + kinds.count("newaxis")
        name, before = self.views.get((base, index)), list[Statement]()
        if name is None:
            name = self.fresh("part", array_type(self.types[base].dtype, axes))
            dims = self.shapes.of_index(Name(base), index)
            known = dims is not None and len(dims) == axes
            self.shapes.dims[name] = dims if known and dims else tuple((f"{name}.{k}", 0) for k in range(axes))
            self.memory.classes[name] = self.memory.classes[base]
            before.append(Bind(name, "index", (Name(base), index), (), s.span))
        return before, replace(self.whole(name), sliced=True)

    def note_view(self, base: Operand, index: Operand, name: str) -> None:
        """A name that means a part of an array, from here on in this block."""
        if isinstance(base, Name) and {base.id, *names_in(index)} <= self.shapes.fixed:
            self.views.setdefault((base.id, index), name)

    def lengths(self, target: Leaf, index: Operand, s: Store | Update) -> tuple[list[Statement], str]:
        """What has the lengths of the loops of a store: its target, or the part of it as a name."""
        if index == Const(Ellipsis):
            return [], s.target
        name = self.names.fresh("part")
        self.types[name] = array_type(self.types[s.target].dtype, target.axes)
        self.sources[name] = target
        return [Bind(name, "index", (Name(s.target), index), (), s.span)], name

    def ends(self, model: list[tuple[Leaf, int]], s: Statement) -> tuple[list[Statement], Likes]:
        """Names for arrays with the lengths of loops."""
        out: list[Statement] = []
        names: dict[str, str] = {}
        likes: list[tuple[str, int]] = []
        for leaf, k in model:
            whole = self.of_base(leaf, k)
            if whole is not None:
                likes.append(whole)
                continue
            if leaf.name not in names:
                before, names[leaf.name] = self.held(leaf, s)
                out += before
            likes.append((names[leaf.name], k))
        return out, tuple(likes)

    def of_base(self, leaf: Leaf, axis: int) -> tuple[str, int] | None:
        """The array, and its axis, that is as long as an axis of a part of it; None if that is cut, or a new one."""
        own = self.shapes.dims.get(leaf.base)
        at = next((k for k, p in enumerate(leaf.index) if isinstance(p, tuple) and p[0] == axis), None)
        if at is None or (leaf.base != leaf.name and (own is None or own[at] != leaf.dims[axis])):
            return None
        known = self.lengths_from.get(leaf.base)
        return (leaf.base, at) if known is None else known[at]

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

    def checks(self, fit: Fit, likes: Likes, s: Statement) -> list[Statement]:
        """Checks that arrays have the lengths of the loops."""
        out: list[Statement] = []
        for leaf in fit.checks.values():
            before, name = self.whole_part(leaf)
            if self.root(leaf.dims) == self.root(fit.dims):
                continue  # was checked before
            if self.is_whole(likes):
                out += [*before, Effect("check", (Name(likes[0][0]), Name(name)), s.span, "check_shapes")]
                self.unite(leaf.dims, fit.dims[len(fit.dims) - leaf.axes :])
            else:
                first = len(fit.dims) - leaf.axes
                fit.ends += [(leaf, k, first + k) for k in range(leaf.axes)]
        for leaf, axis, loop in fit.ends:
            if self.length(leaf.dims[axis]) == self.length(fit.dims[loop]):
                continue
            before, name = self.whole_part(leaf)
            counted, length = self.length_of(*likes[loop], s)
            out += [*before, *counted]
            out.append(Effect("check", (Name(name), Const(axis), Name(length)), s.span, "check_length"))
            self.unite((leaf.dims[axis],), (fit.dims[loop],))
        return out

    def is_whole(self, likes: Likes) -> bool:
        """Whether the loops run over one array as it is."""
        like = likes[0][0]
        return likes == tuple((like, k) for k in range(self.types[like].ndim or 0))

    def whole_part(self, leaf: Leaf) -> tuple[list[Statement], str]:
        """A name for what is read, to ask for its shape."""
        made = self.parts.get(leaf.name)
        if made is None or leaf.base == leaf.name or leaf.name not in self.folded:
            return [], leaf.name
        name = self.fresh("t", self.types[leaf.name])
        return [replace(made, target=name)], name

    def sized(
        self, target: str, likes: Sequence[tuple[str, int] | None], dtype: str, s: Statement, zeros: bool = False
    ) -> list[Statement]:
        """New memory with the lengths of some loops; None stands for an axis of one element."""
        out: list[Statement] = []
        lengths: list[Operand] = []
        for like in likes:
            if like is None:
                lengths.append(Const(1))
                continue
            counted, length = self.length_of(*like, s)
            out += counted
            lengths.append(Name(length))
        op = "numpy.zeros" if zeros else "numpy.empty"
        return [*out, Bind(target, op, (Pack("tuple", tuple(lengths)), dtype_name(dtype)), (), s.span)]

    def empty_like(self, target: str, likes: Likes, dtype: str, s: Statement) -> list[Statement]:
        """New memory with the lengths of loops."""
        like = likes[0][0]
        if not self.is_whole(likes):
            return self.sized(target, likes, dtype, s)
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
            before, length = self.length_of(*nest.like[k], where)
            out = (*before, For(self.counters[k], Const(0), Name(length), Const(1), out, None, nest.span))
        return [*nest.before, *out, *nest.after]


def index_operand(parts: tuple[Operand, ...]) -> Operand:
    return parts[0] if len(parts) == 1 else Pack("tuple", parts)
