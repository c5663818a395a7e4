"""Call what certainly are arrays directly, not by way of NumPy's functions that first ask what they are given.

    t = np.sum(x, axis=0)              t = x.sum(axis=0)
    s = np.dot(a, b)          ->       s = a.dot(b)
    r = np.flip(a)                     r = a[::-1]
    m = np.outer(a, b)                 m = a[:, None] * b

The numbers are the same, bit for bit; for short arrays the functions take longest to find out that they have nothing to do.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Program, Statement
from adjoint_compiler.ir.operands import EVERY, NONE
from adjoint_compiler.optimize.rename import map_statements

METHODS = {f"numpy.{name}": f"method.{name}" for name in ("sum", "mean", "prod", "max", "min", "dot", "cumsum")}
WRITTEN_SHORT = {*METHODS, "numpy.flip", "numpy.outer"}
KEYWORDS = {"axis", "keepdims"}
BACKWARDS = Pack("slice", (NONE, NONE, Const(-1)))
COLUMN = Pack("tuple", (EVERY, NONE))


def prefer_methods(program: Program, types: Types) -> Program:
    """Write operations on certain arrays the short way (see the module's text).

    >>> from adjoint_compiler.ir.types import array_type
    >>> program = Program("f", ("x",), (Bind("t", "numpy.sum", (Name("x"),)),))
    >>> prefer_methods(program, {"x": array_type("float64", 1)}).body[0].op
    'method.sum'
    """
    names = Names(program.mentioned)
    columns: set[str] = set()

    def changed(s: Statement) -> list[Statement]:
        if not isinstance(s, Bind) or not s.args or not _rank(s.args[0], types):
            return [s]
        ranks = [_rank(a, types) for a in s.args]
        plain = {k for k, _ in s.kwargs} <= KEYWORDS
        if s.op in METHODS and plain and (s.op != "numpy.dot" or all(ranks)):
            return [replace(s, op=METHODS[s.op])]
        if s.op == "numpy.flip" and ranks == [1] and not s.kwargs:
            return [replace(s, op="index", args=(s.args[0], BACKWARDS))]
        if s.op == "numpy.outer" and ranks == [1, 1] and not s.kwargs:
            column = names.fresh("column")
            columns.add(column)
            taken = Bind(column, "index", (s.args[0], COLUMN), (), s.span)
            return [taken, replace(s, op="operator.mul", args=(Name(column), s.args[1]))]
        return [s]

    new = map_statements(program, changed, WRITTEN_SHORT)
    return new if not columns else replace(new, temporaries=new.temporaries | columns)


def _rank(o: Operand, types: Types) -> int:
    """The number of axes of what certainly is an array; 0 for all else."""
    t = operand_type(o, types) if isinstance(o, Name) else None
    return t.ndim or 0 if t is not None and t.kind == "array" and not t.maybe_none else 0


__all__ = ["prefer_methods"]
