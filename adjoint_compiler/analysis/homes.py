"""The home of a name: the innermost block it lives in, so that its value never enters from before.

for i in range(n):
    t = x[i]            t lives in the body: each iteration has its own
    s = s + t           s lives outside
"""

from __future__ import annotations

from adjoint_compiler.analysis.aliasing import block_at
from adjoint_compiler.analysis.uses import Occurrences, Path, block_of, common_block, is_own
from adjoint_compiler.ir.nodes import For, If, Program, Statement, While
from adjoint_compiler.ir.walk import binds


def home_blocks(program: Program, occ: dict[str, Occurrences]) -> dict[str, Path]:
    """The home block of every name."""
    return {n: home_block(program, n, o) for n, o in occ.items()}


def home_block(program: Program, name: str, o: Occurrences) -> Path:
    """The innermost block a name lives in: its definitions and uses are inside, and no value enters from before."""
    if () in o.defs:
        return ()
    home = block_of(o.defs[0]) if is_own(o) else common_block([*o.defs, *o.uses])
    while home and home[-1] in ("body", "header") and _exposed(block_at(program.body, home), name)[0]:
        home = home[:-2]
    return home


def _exposed(block: tuple[Statement, ...], name: str) -> tuple[bool, bool]:
    """Whether the block may read the name before binding it, and whether it certainly binds it."""
    for s in block:
        if isinstance(s, For) and s.counter == name:
            return False, False
        if name in s.read and not isinstance(s, While):
            return True, False
        inner = [_exposed(b, name) for b in s.blocks]
        if any(e for e, _ in inner) or (isinstance(s, While) and name in s.read and not inner[0][1]):
            return True, False
        if binds(s) == name or (isinstance(s, If) and inner and all(d for _, d in inner)):
            return False, True
        if isinstance(s, While) and inner[0][1]:
            return False, True
    return False, False


__all__ = ["home_blocks"]
