"""Write what is done to memory the short way.

t = x[...]                                 t = x
x_bar = np.zeros_like(x)            ->     x_bar = np.ones_like(x)
x_bar += 1.0
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Const,
    Name,
    Program,
    Statement,
    Update,
    binds,
    blocks_of,
    reads,
    walk,
    with_blocks,
)  # fmt: skip
from adjoint_compiler.ir.types import UNKNOWN

WHOLE = Const(Ellipsis)


def simplify_memory(program: Program, types: Types) -> Program:
    """Replace views of all of an array by the array, and zeros that a constant is added to by an array of it.

    >>> body = (Bind("b", "numpy.zeros_like", (Name("a"),)), Update("b", WHOLE, "operator.add", Const(1.0)))
    >>> [s.op for s in simplify_memory(Program("f", ("a",), body), {}).body]
    ['numpy.ones_like']
    """

    def block(statements: Block) -> Block:
        out: list[Statement] = []
        zeros: dict[str, int] = {}  # where arrays of zeros are made that nothing has mentioned since
        for s in statements:
            if isinstance(s, Update) and s.target in zeros and _is_fill(s):
                at = zeros.pop(s.target)
                out[at] = _filled(out[at], s)
                continue
            for x in walk((s,)):
                for n in (*reads(x), binds(x) or ""):
                    zeros.pop(n, None)
            if isinstance(s, Bind) and s.op == "numpy.zeros_like" and len(s.args) == 1 and not s.kwargs:
                zeros[s.target] = len(out)
            if blocks_of(s):
                s = with_blocks(s, tuple(block(b) for b in blocks_of(s)))
            out.append(_without_whole(s, types))
        return tuple(out)

    return replace(program, body=block(program.body))


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
