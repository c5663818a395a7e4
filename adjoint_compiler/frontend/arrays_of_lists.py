"""NumPy makes arrays of the lists and tuples that it is given: written out, so that derivatives meet arrays only.

    s = np.sum(items)        t = np.array(items)
                       ->    s = np.sum(t)

What takes a sequence of arrays (``np.stack``) is given it; the items that are lists themselves become arrays.
"""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import viewed
from adjoint_compiler.frontend.join_sequences import Fresh
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Statement
from adjoint_compiler.ir.types import UNKNOWN, is_discrete

LIBRARIES = ("numpy.", "scipy.")
SEQUENCES = ("list", "tuple")
# Parameters that stand for several arrays, or for what is no array.
OF_ARRAYS = frozenset(("arrays", "tup", "condlist", "choicelist", "choices", "lu_and_piv", "c_and_lower"))
# Whose derivatives ask for the dtype of series that are constants, too.
OF_SERIES = "numpy.polynomial."
MADE_ANYWAY = "array_adjoint("  # the derivative of functions that make arrays of anything
OPERATORS = frozenset(f"operator.{n}" for n in ("add", "sub", "mul", "truediv", "pow", "matmul", "mod", "floordiv"))


def with_arrays(s: Bind, types: Types, fresh: Fresh) -> tuple[list[Statement], Bind]:
    """What makes the arrays, and the operation on them in place of lists and tuples.

    >>> from adjoint_compiler.ir.types import FLOAT, Type
    >>> types = {"items": Type("list", items=(FLOAT,))}
    >>> with_arrays(Bind("s", "numpy.sum", (Name("items"),)), types, lambda stem, temporary: stem)[1].args
    (Name(id='t'),)
    """
    if not any([type(o) is not Const and (type(o) is Pack or _is_listed(o, types)) for o in s.operands]):
        return [], s
    on_arrays = s.op in OPERATORS and any(operand_type(a, types).kind == "array" for a in s.args)
    rule = rules.TABLE.by_key.get(s.op)
    if rule is None or not (on_arrays or s.op.startswith(LIBRARIES)):
        return [], s
    taken = SEQUENCES if not s.op.startswith("scipy.") else ("list",)  # SciPy's factorisations are tuples
    shown = viewed(s) if s.op != "numpy.ix_" else None
    before: list[Statement] = []

    def array_of(o: Operand) -> Operand:
        array = fresh("t", True)
        before.append(Bind(array, "numpy.array", (o,), (), s.span))
        return Name(array)

    def with_arrays_in(o: Operand) -> Operand:
        """The operand, if it is written out, with arrays of those items that are sequences of numbers."""
        if not isinstance(o, Pack) or o.kind not in SEQUENCES:
            return o
        items = tuple([array_of(x) if _is_sequence(x, types) else with_arrays_in(x) for x in o.items])
        return o if all(a is b for a, b in zip(items, o.items)) else Pack(o.kind, items, o.keys, o.cls)

    def changed(param: str, o: Operand) -> Operand:
        if o is shown and operand_type(o, types).kind in SEQUENCES:
            return array_of(o)
        if not rule.pullbacks or MADE_ANYWAY in rule.pullbacks.get(param, ""):
            return o
        if param in OF_ARRAYS:
            return with_arrays_in(o)
        plain = _is_plain(o, types) and not s.op.startswith(OF_SERIES)
        written_out = isinstance(o, Pack) and param in rule.pullbacks and not plain
        factor = s.op == "operator.matmul" and operand_type(o, types).kind in SEQUENCES  # whose adjoint has axes
        found = written_out or factor or _is_sequence(o, types)
        return array_of(o) if found and operand_type(o, types).kind in taken else o

    params = [*rule.params, *rule.params[-1:] * len(s.args)]  # the last one may stand for several
    args = tuple([changed(p.lstrip("*"), a) for p, a in zip(params, s.args)])
    kwargs = tuple([(k, changed(k, v)) for k, v in s.kwargs])
    return before, Bind(s.target, s.op, args, kwargs, s.span) if before else s


def _is_listed(o: Operand, types: Types) -> bool:
    return isinstance(o, Name) and types.get(o.id, UNKNOWN).kind in SEQUENCES


def _is_plain(o: Operand, types: Types) -> bool:
    """Whether what is written out has no derivative: constants, and what is discrete."""
    if isinstance(o, Pack):
        return all(_is_plain(i, types) for i in o.items)
    return isinstance(o, Const) or is_discrete(operand_type(o, types))


def _is_sequence(o: Operand, types: Types) -> bool:
    """Whether a name holds a list or tuple with numbers that are not whole, or arrays, in it."""
    return _is_listed(o, types) and not is_discrete(types[o.id])  # type: ignore[union-attr]


__all__ = ["OPERATORS", "with_arrays"]
