"""Lists and tuples that NumPy takes for arrays are made arrays first, as NumPy does.

np.mean(losses)          ->      t = np.array(losses); np.mean(t)

So rules know arrays only, and a view of such an array is a view of nothing that the program names. Functions that take a
sequence of arrays (`np.stack`) take it as it is, and functions that make arrays make theirs.
"""

from __future__ import annotations

from collections.abc import Callable

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import viewed
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Statement
from adjoint_compiler.ir.types import is_discrete
from adjoint_compiler.rules.rule import Rule

SEQUENCES = frozenset({"arrays", "tup", "args", "operands", "xi", "choices", "choicelist", "condlist", "object"})
MAKING = frozenset(
    {"numpy.array", "numpy.asarray", "numpy.asanyarray", "numpy.asarray_chkfinite", "numpy.require", "numpy.copy"}
)


def make_arrays(s: Bind, types: Types, fresh: Callable[[str], str]) -> list[Statement]:
    """The statement, after those that make arrays of what NumPy takes for such.

    >>> from adjoint_compiler.ir.types import FLOAT, Type
    >>> mean = Bind("m", "numpy.mean", (Name("losses"),))
    >>> [x.op for x in make_arrays(mean, {"losses": Type("list", items=(FLOAT,))}, lambda stem: stem)]
    ['numpy.array', 'numpy.mean']
    """
    if not s.op.startswith(("numpy.", "scipy.")) or s.op == "numpy.ix_":
        return [s]
    rule = rules.TABLE.by_key.get(s.op)
    base = viewed(s)
    taken = [] if rule is None or s.op in MAKING else _taken_for_arrays(s, rule)
    kinds = ("list", "tuple") if s.op.startswith("numpy.") else ("list",)  # SciPy's factorisations are tuples
    changed: dict[int, Operand] = {}
    out: list[Statement] = []
    for o in (*s.args, *(v for _, v in s.kwargs)):
        if operand_type(o, types).kind not in kinds:
            continue
        if o is base or (any(o is x for x in taken) and not _is_plain(o, types)):
            array = fresh("t")
            out.append(Bind(array, "numpy.array", (o,), (), s.span))
            changed[id(o)] = Name(array)
    if not out:
        return [s]
    args = tuple(changed.get(id(a), a) for a in s.args)
    return [*out, Bind(s.target, s.op, args, tuple((k, changed.get(id(v), v)) for k, v in s.kwargs), s.span)]


def _taken_for_arrays(s: Bind, rule: Rule) -> list[Operand]:
    """The operands of a call that have derivatives, and are not sequences of arrays."""
    given = [*zip(rule.params, s.args), *s.kwargs]
    return [o for p, o in given if p in rule.pullbacks and p not in SEQUENCES]


def _is_plain(o: Operand, types: Types) -> bool:
    """Whether a list has no derivative: one of constants, or of what is discrete."""
    if isinstance(o, Pack):
        return all(_is_plain(i, types) for i in o.items)
    return isinstance(o, Const) or is_discrete(operand_type(o, types))


__all__ = ["make_arrays"]
