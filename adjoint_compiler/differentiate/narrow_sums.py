"""Add what is the same along an axis without repeating it first: NumPy repeats it while it adds.

    t = spread(g, x, 1, True)
    x_bar accumulates t            ->     x_bar accumulates g

Only where the adjoint has all of its shape already, from a contribution before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.fragment import FragmentBlock
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Statement, Update
from adjoint_compiler.ir.operands import EVERY, NONE, WHOLE
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.ir.walk import walk


def narrow_sums(top: FragmentBlock, f: Facts) -> None:
    """Replace repeated contributions by what they repeat (see the module's text), once first contributions are bound.

    >>> narrow_sums(FragmentBlock((), [], False), None)
    """
    lists = [x for b in top.walk() for x in (b.enter, *(fr.reverse for fr in b.fragments))]
    uses = Counter(n for statements in lists for s in walk(tuple(statements)) for n in s.read)
    bars = {f.bar(n): n for n in f.active if n not in f.lazy} if any(lists) else {}
    for statements in lists:
        spreads = {s.target: s for s in statements if isinstance(s, Bind) and s.op == HELPER["spread"] and not s.kwargs}
        if spreads:
            statements[:] = _narrowed(statements, spreads, uses, bars, f)


def _narrowed(
    statements: list[Statement], spreads: dict[str, Bind], uses: Counter[str], bars: dict[str, str], f: Facts
) -> list[Statement]:
    out: list[Statement] = []
    dropped: set[str] = set()
    for s in statements:
        new = _narrow(s, spreads, uses, bars, f) if isinstance(s, (Bind, Update)) else []
        if new:
            dropped.update(s.read)
        out += new or [s]
    return [s for s in out if not (isinstance(s, Bind) and s.target in dropped and s is spreads.get(s.target))]


def _narrow(
    s: Bind | Update, spreads: dict[str, Bind], uses: Counter[str], bars: dict[str, str], f: Facts
) -> list[Statement]:
    """What adds the same as a statement without a spread array; nothing where there is no such thing."""
    value, primal = _added(s), bars.get(s.target)
    spread = spreads.get(value.id) if isinstance(value, Name) and uses[value.id] == 1 else None
    if spread is None or primal is None or (isinstance(s, Update) and f.aliases.kind(primal) != "buffer"):
        return []
    g = _repeated(spread, f.types.get(primal, UNKNOWN).ndim, f)
    if g is None:
        return []
    operand = Name(g.target) if isinstance(g, Bind) else g
    new = replace(s, args=(s.args[0], operand)) if isinstance(s, Bind) else replace(s, value=operand)
    return [g, new] if isinstance(g, Bind) else [new]


def _added(s: Bind | Update) -> Operand | None:
    """What a statement adds to an adjoint."""
    if isinstance(s, Bind):
        return s.args[1] if s.op == "accumulate" else None
    return s.value if s.index == WHOLE and s.op == "operator.add" else None


def _repeated(spread: Bind, ndim: int | None, f: Facts) -> Operand | Bind | None:
    """What a spread array repeats, shaped so that it repeats by itself; None where that cannot be told."""
    if len(spread.args) > 4:
        return None  # a mask leaves places out
    g, x, axis, keepdims = (*spread.args, *(Const(None), Const(False))[len(spread.args) - 2 :])[:4]
    of, given = operand_type(x, f.types), operand_type(g, f.types)
    if of.kind != "array" or not of.ndim or of.ndim != ndim:
        return None
    if axis == Const(None) and is_number(given):
        return g
    if given.kind != "array" or not isinstance(keepdims, Const):
        return None
    if keepdims.value is True:
        return g if given.ndim == of.ndim else None
    axes = [a.value if isinstance(a, Const) else None for a in (axis.items if isinstance(axis, Pack) else (axis,))]
    if any(type(a) is not int for a in axes) or given.ndim != of.ndim - len(axes):
        return None
    over = {a % of.ndim for a in axes if a is not None}
    parts: list[Operand] = [NONE if k in over else EVERY for k in range(of.ndim)]
    return replace(spread, op="index", args=(g, Pack("tuple", tuple(parts))))


__all__ = ["narrow_sums"]
