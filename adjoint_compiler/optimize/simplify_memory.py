"""Write what is done to memory the short way.

t = x[...]                                 t = x
x_bar = np.zeros_like(x)            ->     x_bar = np.ones_like(x)
x_bar += 1.0

The forward sweep keeps the sums that the program writes: ``a[0] = 0.0; a[0] += t`` stores another zero than ``t`` may be.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain

from adjoint_compiler.analysis.indexing import part_kinds
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Comment,
    Const,
    Effect,
    Name,
    Operand,
    Program,
    Return,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.operands import EVERY, WHOLE, names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.ir.walk import binds, walk

GONE = Comment("")  # stands where a statement was


def simplify_memory(program: Program, types: Types, memory: Memory) -> Program:
    """Shorten what is done to memory (see the module's text).

    >>> from adjoint_compiler.ir.nodes import REVERSE
    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> body = (Bind("b", "numpy.zeros_like", (Name("a"),)), Update("b", WHOLE, "operator.add", Const(1.0)))
    >>> program = Program("f", ("a",), (REVERSE, *body))
    >>> [s.op for s in simplify_memory(program, {}, shared_classes(program, {})).body[1:]]
    ['numpy.ones_like']
    """

    mentions = Counter(chain.from_iterable([(*x.read, *x.bound) for x in program.statements]))

    def block(statements: Block, primal: bool) -> Block:
        out: list[Statement] = []
        zeros: dict[str, int] = {}  # where arrays of zeros are made that nothing has mentioned since
        for s in statements:
            if isinstance(s, Update) and s.target in zeros and _is_fill(s):
                at = zeros.pop(s.target)
                out[at] = _filled(out[at], s)
                continue
            for x in (s, *s.nested) if zeros else ():
                for n in (*x.read, binds(x) or ""):
                    zeros.pop(n, None)
            if isinstance(s, Bind) and s.op == "numpy.zeros_like" and len(s.args) == 1 and not s.kwargs and not primal:
                zeros[s.target] = len(out)
            if s.blocks:
                inner = tuple(block(b, primal) for b in s.blocks)
                s = s if all(new is old for new, old in zip(inner, s.blocks)) else with_blocks(s, inner)
            out.append(_without_whole(s, types))
        if not primal:
            out = _without_resets(_subtracting(out, mentions, memory.classes), types, memory.classes)
        same = len(out) == len(statements) and all(new is old for new, old in zip(out, statements))
        return statements if same else tuple(out)

    start = len(program.body) if program.reverse_at is None else program.reverse_at
    parts = program.body[:start], program.body[start:]
    forward, reverse = block(parts[0], True), block(parts[1], False)
    if forward is parts[0] and reverse is parts[1]:
        return program
    return replace(program, body=(*forward, *reverse))


def _subtracting(block: list[Statement], mentions: dict[str, int], classes: dict[str, int]) -> list[Statement]:
    """``t = -y; x += t`` is ``x -= y``, where nothing in between changes ``y``."""
    out: list[Statement] = []
    negated: dict[str, tuple[int, str]] = {}  # where a name was bound to what with the sign changed
    for s in block:
        value = s.value if isinstance(s, Update) and s.op == "operator.add" else None
        if isinstance(s, Update) and isinstance(value, Name) and value.id in negated:
            at, name = negated.pop(value.id)
            out[at] = GONE
            out.append(replace(s, op="operator.sub", value=Name(name)))
            continue
        for x in walk((s,)) if negated else ():
            for t in negated.keys() & x.read:
                del negated[t]
            changed = {classes.get(n, n) for n in (*x.bound, *x.stored)}
            unknown = isinstance(x, (Call, Effect))
            for t in [t for t, k in negated.items() if unknown or classes.get(k[1], k[1]) in changed]:
                del negated[t]
        if isinstance(s, Bind) and s.op == "operator.neg" and isinstance(s.args[0], Name) and mentions[s.target] == 2:
            negated[s.target] = (len(out), s.args[0].id)
        out.append(s)
    return [s for s in out if s is not GONE]


def _without_resets(block: list[Statement], types: Types, classes: dict[str, int]) -> list[Statement]:
    """A part that is set to zero and then added to, with nothing in between that looks at it, is set to the sum."""
    out: list[Statement] = []
    resets: dict[str, int] = {}  # where a part was set to zero that nothing has mentioned since, by its array
    for s in block:
        at = resets.get(s.target) if isinstance(s, Update) else None
        reset = out[at] if at is not None else None
        if (
            isinstance(s, Update)
            and isinstance(reset, Store)
            and _whole(s.index) == _whole(reset.index)
            and _is_sum(s, types, classes)
        ):
            out[resets.pop(s.target)] = GONE
            out.append(Store(s.target, reset.index, s.value, s.span))
            continue
        for n in [n for n, k in resets.items() if _mentions(s, n, out[k], classes)]:
            del resets[n]
        if isinstance(s, Store) and s.value == Const(0.0) and types.get(s.target, UNKNOWN).kind == "array":
            if all(k in ("int", "slice", "ellipsis") for k in part_kinds(s.index, types)):
                resets[s.target] = len(out)
        out.append(s)
    return [s for s in out if s is not GONE]


def _whole(index: Operand | None) -> Operand | None:
    """``a[:]`` is all of an array, as is ``a[...]``."""
    return WHOLE if index == EVERY else index


def _is_sum(s: Update, types: Types, classes: dict[str, int]) -> bool:
    """Whether an update adds what shares no memory with its target."""
    own = [n for n in names_in(s.value) if classes.get(n, n) == classes.get(s.target, s.target)]
    return s.op == "operator.add" and (not own or all(is_number(types.get(n, UNKNOWN)) for n in own))


def _mentions(s: Statement, name: str, reset: Statement, classes: dict[str, int]) -> bool:
    """Whether a statement may look at the array, or change it or the subscript."""
    cls = classes.get(name, name)
    fixed = {name, *(n for o in reset.operands for n in names_in(o))}
    for x in walk((s,)):
        if isinstance(x, (Call, Effect, Return)) or any(n in fixed for n in x.bound):
            return True
        if any(classes.get(n, n) == cls for n in (*x.read, *x.bound)):
            return True
    return False


def _without_whole(s: Statement, types: Types) -> Statement:
    """``x[...]`` of an array is the array (of a number in an array it would be another thing)."""
    if isinstance(s, Bind) and s.op == "index" and s.args[1] == WHOLE and isinstance(s.args[0], Name):
        t = types.get(s.args[0].id, UNKNOWN)
        if t.kind == "array" and t.ndim:
            return replace(s, op="copy", args=s.args[:1])
    return s


def _is_fill(s: Update) -> bool:
    return s.index == WHOLE and s.op == "operator.add" and isinstance(s.value, Const) and type(s.value.value) is float


def _filled(zeros: Statement, s: Update) -> Statement:
    assert isinstance(zeros, Bind)
    if s.value == Const(1.0):
        return replace(zeros, op="numpy.ones_like")
    return replace(zeros, op="numpy.full_like", args=(*zeros.args, s.value))


__all__ = ["simplify_memory"]
