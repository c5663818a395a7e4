"""Sums along some axes as loops: of reductions, and of adjoints of what has been repeated.

                                                  t = np.empty(x.shape[0])
                                                  for i in range(x.shape[0]):
t = (x * y).sum(axis=1)                 ->            total = 0.0
                                                      for j in range(x.shape[1]):
                                                          total = plus(total, x[i, j] * y[i, j])
                                                      t[i] = total

b_bar += unbroadcast(g * x, b)          ->        for i in range(x.shape[0]):
                                                      for j in range(x.shape[1]):
                                                          b_bar[j] += g[i, j] * x[i, j]

Where only running tells whether an array is repeated along an axis, the loops stand in a branch, beside the operation.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.shapes import ONE, Dim, known_axes
from adjoint_compiler.backend.numba.leaves import Leaf
from adjoint_compiler.backend.numba.loop_fits import UNBROADCAST
from adjoint_compiler.backend.numba.loop_writing import Writing
from adjoint_compiler.backend.numba.nests import Access, Fit, Likes, Nest
from adjoint_compiler.ir.nodes import Bind, Const, Effect, For, If, Name, Operand, Statement, Store, Update
from adjoint_compiler.ir.types import BOOL, FLOAT, INT, Type


class AxisLoops(Writing):
    """Writes such loops for one program."""

    def accesses(self, fit: Fit, *more: Access) -> tuple[Access, ...]:
        """What a nest uses."""
        return (*(Access(leaf, "read") for leaf in fit.leaves.values()), *more)

    def either(self, nest: Nest, s: Bind | Update, operands: tuple[Operand, ...]) -> list[Nest | Statement]:
        """Loops where lengths are what they must be, else the statement itself with the operands that went into the loops."""
        tests = [b for b in nest.before if isinstance(b, Effect) and b.text == "check_length"]
        if not tests:
            return [nest]
        front: list[Statement] = []
        inner = [b for b in nest.before if b not in tests]
        needed = {n for t in tests for n in t.read}
        for b in reversed(nest.before):  # what gives the lengths that are asked for
            if isinstance(b, Bind) and b.target in needed:
                needed.update(b.read)
                front.insert(0, b)
                inner.remove(b)
        fits: Name | None = None
        for test in tests:
            x, axis, length = test.args
            rank = (self.types[x.id].ndim or 1) if isinstance(x, Name) else 1
            shape = self.fresh("t", Type("tuple", items=(INT,) * rank))
            own, same = self.fresh("t", INT), self.fresh("t", BOOL)
            front.append(Bind(shape, "attribute.shape", (x,), (), s.span))
            front.append(Bind(own, "index", (Name(shape), axis), (), s.span))
            front.append(Bind(same, "operator.eq", (Name(own), length), (), s.span))
            if fits is not None:
                both = self.fresh("t", BOOL)
                front.append(Bind(both, "operator.and_", (fits, Name(same)), (), s.span))
                same = both
            fits = Name(same)
        other: list[Statement] = []
        for o in operands:
            self.unfolded(o, other)
        loops = self.written(replace(nest, before=tuple(inner)))
        return [*front, If(fits or Const(True), tuple(loops), (*other, s), s.span)]

    def unfolded(self, o: Operand, out: list[Statement]) -> None:
        """The operations that an operand stands for, as statements."""
        made = self.folded.get(o.id) if isinstance(o, Name) else None
        if made is not None and made not in out:
            for a in made.args:
                self.unfolded(a, out)
            out.append(made)

    def summed_along(self, s: Bind) -> list[Nest | Statement] | None:
        """Loops for a sum along axes; where only running tells of a length, beside the operation."""
        equal = dict(self.equal)
        nest = self.sums_along(s)
        return None if nest is None else self.forgotten(equal, self.either(nest, s, s.args[:1]))

    def forgotten(self, equal: dict[Dim, Dim], out: list[Nest | Statement]) -> list[Nest | Statement]:
        """What stands in a branch tells of no lengths that are the same."""
        if not isinstance(out[0], Nest):
            self.equal = equal
        return out

    def sums_along(self, s: Bind) -> Nest | None:
        """``t = x.sum(axis=k)``; where the axes are the last ones, a running sum for each element."""
        o, named = s.args[0], dict(s.kwargs)
        axis = named.pop("axis", s.args[1] if len(s.args) == 2 else None)
        kept = named.pop("keepdims", Const(False))
        t, kind = self.types.get(s.target), self.types.get(o.id) if isinstance(o, Name) else None
        dims = self.shapes.dims.get(o.id) if isinstance(o, Name) else None
        if named or not isinstance(kept, Const) or t is None or t.kind != "array" or kind is None or not dims:
            return None
        axes = known_axes(axis, len(dims))
        if (
            kind.dtype != "float64"
            or t.dtype != "float64"
            or not axes
            or not t.ndim
            or s.target in self.reduced_from(o)
        ):
            return None
        found = self.fit_like(dims, lambda fit: self.fits(o, fit), stretches=True)
        if found is None:
            return None
        fit, model = found
        before, like = self.ends(model, s)
        before += self.checks(fit, like, s)
        asked = any(isinstance(b, Effect) for b in before)
        over = tuple(k for k in range(len(dims)) if k not in axes)
        index = tuple((k, 0) if k in over else Const(0) for k in range(len(dims)) if k in over or kept.value)
        target = Leaf(s.target, s.target, index, len(dims), fit.dims, False)
        last = over == tuple(range(len(over))) and len(over) > 0
        before += self.memory_for(s.target, target, like, s, zeros=not last)
        if not kept.value and not asked and s.target in self.shapes.dims:
            self.unite(self.shapes.dims[s.target], tuple(fit.dims[k] for k in over))
            if {s.target, *(like[k][0] for k in over)} <= self.shapes.fixed:
                self.lengths_from[s.target] = tuple(like[k] for k in over)
        if fit.sliced:
            self.cut.add(s.target)
        if last:
            return self.running_sums(s, target, fit, like, before, len(over))
        block: list[Statement] = []
        value = self.element(o, fit, s, block)
        at = self.index_of(target, len(fit.dims), s, block)
        block.append(Update(s.target, at, "operator.add", value, s.span))
        return Nest(fit.dims, like, tuple(before), tuple(block), self.accesses(fit, Access(target, "sum")), s.span)

    def reduced_from(self, o: Operand) -> set[str]:
        """The names that an operand is computed of."""
        made = self.folded.get(o.id) if isinstance(o, Name) else None
        own = {o.id} if isinstance(o, Name) else set()
        return own if made is None else own.union(*(self.reduced_from(a) for a in made.args))

    def running_sums(self, s: Bind, target: Leaf, fit: Fit, like: Likes, before: list[Statement], outer: int) -> Nest:
        """Sums along the last axes: loops over the others, with a number in each trip."""
        block, total = self.running_sum(s.args[0], fit, like, before, outer, s)
        place = self.index_of(target, len(fit.dims), s, block)
        block.append(Store(s.target, place, Name(total), s.span))
        own = replace(target, axes=outer, dims=fit.dims[:outer])
        accesses = (*(Access(leaf, "scan") for leaf in fit.leaves.values()), Access(own, "store"))
        return Nest(fit.dims[:outer], like[:outer], tuple(before), tuple(block), accesses, s.span)

    def running_sum(
        self, value: Operand, fit: Fit, like: Likes, before: list[Statement], outer: int, s: Statement
    ) -> tuple[list[Statement], str]:
        """The loops over all but the first ``outer`` lengths that add elements up, and the name of the sum."""
        inner: list[Statement] = []
        element = self.element(value, fit, s, inner)
        total, more = self.names.fresh("total"), self.fresh("t", FLOAT)
        self.types[total] = FLOAT
        inner.append(Bind(more, "numba.plus", (Name(total), element), (), s.span))
        inner.append(Bind(total, "copy", (Name(more),), (), s.span))
        body = tuple(inner)
        for k in reversed(range(outer, len(fit.dims))):
            counted, length = self.length_of(*like[k], s)
            before += counted
            body = (For(self.counters[k], Const(0), Name(length), Const(1), body, None, s.span),)
        return [Bind(total, "copy", (Const(0.0),), (), s.span), *body], total

    def memory_for(self, name: str, target: Leaf, like: Likes, s: Statement, zeros: bool) -> list[Statement]:
        """New memory for a sum, with the lengths of the loops that remain."""
        lengths = [like[p[0]] if isinstance(p, tuple) else None for p in target.index]
        return self.sized(name, lengths, "float64", s, zeros)

    def gathered(self, s: Bind) -> list[Nest | Statement] | None:
        """``b_bar = unbroadcast(g * x, b)``: zeros, to which loops over the larger shape add."""
        like = self.leaf(s.args[1])
        if like is None or not isinstance(s.args[1], Name) or s.target in {*s.read, *self.reduced_from(s.args[0])}:
            return None
        name = s.args[1].id
        if self.types[name].dtype != "float64":
            return None
        target = replace(self.whole(s.target), dims=like.dims, sliced=like.sliced)
        equal = dict(self.equal)
        nest = self.adding(target, s.args[0], "operator.add", s, like)
        if nest is None:
            return None
        made = Bind(s.target, "numpy.zeros_like", (Name(name),), (), s.span)
        return self.forgotten(equal, self.either(replace(nest, before=(*nest.before, made)), s, s.args))

    def spread_over(self, s: Update) -> list[Nest | Statement] | None:
        """``b_bar += unbroadcast(g * x, b)``: loops over the larger shape add."""
        made = self.folded.get(s.value.id) if isinstance(s.value, Name) else None
        base = self.types.get(s.target)
        if made is None or made.op != UNBROADCAST or s.op not in ("operator.add", "operator.sub"):
            return None
        if base is None or base.kind != "array" or not base.ndim or base.dtype != "float64":
            return None
        index = s.index if s.index is not None else Const(Ellipsis)
        target = self.whole(s.target) if index == Const(Ellipsis) else self.target(s.target, index)
        like, equal = self.leaf(made.args[1]), dict(self.equal)
        if like is None:
            return None
        before: list[Statement] = []
        if target is None:
            found = self.view(s.target, index, s)
            if found is None:
                return None
            before, target = found
        nest = self.adding(target, made.args[0], s.op, s, like)
        if nest is None:
            return None
        self.gone.add(made.target)
        if isinstance(made.args[1], Name):
            self.forget(made.args[1].id)
        return self.forgotten(equal, self.either(replace(nest, before=(*before, *nest.before)), s, (s.value,)))

    def adding(self, target: Leaf, value: Operand, op: str, s: Statement, like: Leaf) -> Nest | None:
        """Loops over what is larger than a target, along axes of one element or axes that the target has not."""
        kind = self.types.get(value.id) if isinstance(value, Name) else None
        dims = self.shapes.dims.get(value.id) if isinstance(value, Name) else None
        if kind is None or kind.dtype != "float64" or not dims or len(dims) < like.axes or like.axes != target.axes:
            return None
        owns, first = self.root(like.dims), len(dims) - like.axes
        found = self.fit_like(dims, lambda fit: self.fits(value, fit))
        if found is None:
            return None
        fit, model = found
        summed = [k for k in range(len(dims)) if k < first or owns[k - first] == ONE != self.length(fit.dims[k])]
        if not summed:
            return None
        for k in range(like.axes):
            if owns[k] != ONE and owns[k] != self.length(fit.dims[first + k]):
                if ONE == self.length(fit.dims[first + k]):
                    return None
                fit.ends.append((like, k, first + k))
        own = self.memory.classes.get(target.base)
        for x in fit.leaves.values():
            if x.base == target.base or own is not None and self.memory.classes.get(x.base) == own:
                return None
        target = replace(target, dims=like.dims)
        before, ends = self.ends(model, s)
        before += self.checks(fit, ends, s)
        outer = summed[0]
        if outer and summed == list(range(outer, len(dims))):
            inner, total = self.running_sum(value, fit, ends, before, outer, s)
            at = self.index_of(target, len(fit.dims), s, inner)
            block = (*inner, Update(target.base, at, op, Name(total), s.span))
            accesses = (*(Access(leaf, "scan") for leaf in fit.leaves.values()), Access(target, "sum"))
            return Nest(fit.dims[:outer], ends[:outer], tuple(before), block, accesses, s.span)
        body: list[Statement] = []
        element = self.element(value, fit, s, body)
        at = self.index_of(target, len(fit.dims), s, body)
        body.append(Update(target.base, at, op, element, s.span))
        return Nest(fit.dims, ends, tuple(before), tuple(body), self.accesses(fit, Access(target, "sum")), s.span)


__all__ = ["AxisLoops"]
