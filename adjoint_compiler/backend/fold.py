"""Find the temporaries that can be written back into the expression that uses them.

t = np.cos(x)
x_bar = y_bar * t      ->      x_bar = y_bar * np.cos(x)
"""

from __future__ import annotations

from collections import Counter
from itertools import chain

from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Call,
    Comment,
    Effect,
    For,
    If,
    Name,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Try,
    Update,
    While,
    With,
)
from adjoint_compiler.ir.walk import binds
from adjoint_compiler.rules.draws import acts

Classes = dict[str, tuple[int, ...]]
UNFOLDABLE = ("numpy.random.", "time.", "custom.forward", "custom.checked", "custom.call")


def foldable(program: Program, classes: Classes) -> frozenset[str]:
    """Temporaries with one definition and one use, between which nothing they read changes.

    Args:
        program: the program to be printed.
        classes: the alias classes of its names, those of what containers hold after their own; names without any
            share no memory that is stored into.
    """
    statements = program.statements
    defs, uses = (
        Counter(chain.from_iterable(names)) for names in ([s.bound for s in statements], [s.read for s in statements])
    )
    given = {*program.params, *program.free}
    single = {n for n in program.temporaries if defs[n] == 1 == uses[n] and n not in given}
    out: set[str] = set()
    _block(program.body, None, single, classes, out)
    return frozenset(out)


def _block(
    block: Block, cond: Statement | None, single: set[str], classes: Classes, out: set[str], tried: bool = False
) -> None:
    """Fold within one block; a while loop's condition counts as the last statement of its header.

    In a ``tried`` block what may raise is not moved behind what changes something for good.
    """
    for s in block:
        if isinstance(s, While):
            _block(s.header, s, single, classes, out)
            _block(s.body, None, single, classes, out)
        elif s.blocks:
            for inner in s.blocks:
                _block(inner, None, single, classes, out, isinstance(s, Try))
    sequence = [*block, *([cond] if cond else [])]
    depends: dict[str, set[str]] = {}
    for i, s in enumerate(block):
        target = binds(s)
        if target not in single or not isinstance(s, (Bind, Pop, Call)):
            continue
        if isinstance(s, Call) and (s.tape or s.summary.mutates):
            continue  # what it stores into may be read by the statement around it, before or after
        if isinstance(s, Bind) and (s.op.startswith(UNFOLDABLE) or acts(s.op)):
            continue
        sources = set(s.read)
        sources |= {m for n in sources for m in depends.get(n, ())}
        memory = {c for n in sources for c in classes.get(n, ())}
        for j in range(i + 1, len(sequence)):
            use = sequence[j]
            if _reads_directly(use, target, use is cond):
                if isinstance(s, (Pop, Call)) and j != i + 1:
                    break
                if not isinstance(use, (Comment,)):
                    out.add(target)
                    depends[target] = sources
                break
            if tried and not (isinstance(use, Comment) or (isinstance(use, Bind) and use.target in single)):
                break
            if type(use) is Bind:
                if use.target in sources:
                    break
                continue
            inside = (use, *use.nested)
            effect = not isinstance(s, Bind)
            if any([_interferes(x, sources, memory, classes, effect) or target in x.read for x in inside]):
                break


def _reads_directly(s: Statement, name: str, is_condition: bool) -> bool:
    if name not in s.read or (isinstance(s, While) and not is_condition):
        return False
    if isinstance(s, (Store, Update)) and s.target == name or isinstance(s, (Push, Pop)) and s.stack == name:
        return False
    return not isinstance(s, (For, While)) or s.until != name


def _interferes(s: Statement, sources: set[str], memory: set[int], classes: Classes, effect: bool) -> bool:
    if binds(s) in sources:
        return True
    if type(s) is Bind:
        return False
    if isinstance(s, Call) and s.summary.registry:
        return True  # it may add to any shadow
    if any(n in sources or memory.intersection(classes.get(n, ())[:1]) for n in s.stored):
        return True
    return effect and isinstance(s, (Call, Effect))


__all__ = ["For", "If", "Name", "With", "foldable"]
