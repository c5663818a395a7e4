"""Operations that Numba lacks, as operations that it has.

s = x.sum(axis=1, keepdims=True)         t = x.sum(axis=1); s = np.expand_dims(t, 1)
m = np.mean(x, axis=0)            ->     t = np.sum(x, axis=0); m = t / x.shape[0]
m = np.mean(x, keepdims=True)            t = np.mean(x); m = np.full((1, 1), t)
v = np.expand_dims(t, 0)                 v = np.full((1,), t)                           for a number t
C = np.matmul(A, B)                      C = A @ B
v = x[...]                               v = x
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Pack, Program, Statement
from adjoint_compiler.ir.types import Type, is_number
from adjoint_compiler.optimize.rename import map_statements

SUMS, MEANS = ("method.sum", "numpy.sum"), ("method.mean", "numpy.mean")
OPS = {*SUMS, *MEANS, "numpy.matmul", "numpy.expand_dims", "index"}


def known_forms(program: Program, types: Types) -> Program:
    """The program in these forms (see the module's text).

    Args:
        program: a generated program.
        types: the types of its names; those of names that are added are added to it.
    """
    names, added = Names({*program.mentioned}), set(program.temporaries)

    def fresh(t: Type | None) -> str:
        name = names.fresh("t")
        added.add(name)
        if t is not None:
            types[name] = t
        return name

    def reduced(s: Bind) -> list[Statement]:
        """A sum or mean of an array along one axis, or of all; its axis put back if it is kept."""
        given = dict(s.kwargs)
        axis, kept = given.get("axis", Const(None)), given.get("keepdims", Const(False))
        base = types.get(s.args[0].id) if isinstance(s.args[0], Name) else None
        if not isinstance(axis, Const) or not isinstance(kept, Const) or len(s.args) != 1:
            return [s]
        if not {*given} <= {"axis", "keepdims"} or base is None or base.kind != "array" or not base.ndim:
            return [s]
        ndim = base.ndim
        if axis.value is None:
            if not kept.value:
                return [s]
            total = fresh(Type("scalar", base.dtype, 0) if base.dtype else None)
            shape = Pack("tuple", (Const(1),) * ndim)
            own = replace(s, target=total, kwargs=())
            return [own, Bind(s.target, "numpy.full", (shape, Name(total)), (), s.span)]
        if type(axis.value) is not int or (s.op in SUMS and not kept.value):
            return [s]
        inner = replace(base, ndim=ndim - 1) if ndim > 1 else Type("scalar", base.dtype, 0) if base.dtype else None
        total = fresh(inner)
        out: list[Statement] = [Bind(total, SUMS[1], s.args, (("axis", axis),), s.span)]
        if s.op in MEANS:
            shape_, count = fresh(None), fresh(Type("int"))
            out.append(Bind(shape_, "attribute.shape", s.args, (), s.span))
            out.append(Bind(count, "index", (Name(shape_), axis), (), s.span))
            mean = fresh(inner) if kept.value else s.target
            out.append(Bind(mean, "operator.truediv", (Name(total), Name(count)), (), s.span))
            total = mean
        return [*out, Bind(s.target, "numpy.expand_dims", (Name(total), axis), (), s.span)] if kept.value else out

    def change(s: Statement) -> list[Statement]:
        if not isinstance(s, Bind):
            return [s]
        if s.op in (*SUMS, *MEANS):
            return reduced(s)
        if s.op == "numpy.matmul" and len(s.args) == 2 and not s.kwargs:
            return [replace(s, op="operator.matmul")]
        if s.op == "numpy.expand_dims" and is_number(operand_type(s.args[0], types)):
            return [replace(s, op="numpy.full", args=(Pack("tuple", (Const(1),)), s.args[0]))]
        if s.op == "index" and s.args[1] == Const(Ellipsis):
            return [Bind(s.target, "copy", s.args[:1], (), s.span)]
        return [s]

    return replace(map_statements(program, change, OPS), temporaries=frozenset(added))


__all__ = ["known_forms"]
