"""Questions about statements: what they read, bind and store, and what is nested in them."""

from __future__ import annotations

from adjoint_compiler.ir.nodes import Bind, Block, Call, Operand, Statement


def walk(block: Block) -> list[Statement]:
    """Every statement of a block and of the blocks nested in it, in program order."""
    out: list[Statement] = []
    for s in block:
        out.append(s)
        if s.nested:
            out += s.nested
    return out


def blocks_of(s: Statement) -> tuple[Block, ...]:
    """The blocks nested directly in a statement."""
    return s.blocks


def nested(s: Statement) -> tuple[Statement, ...]:
    """Every statement of the blocks of a statement, in program order."""
    return s.nested


def bound_within(s: Statement) -> tuple[str, ...]:
    """All names that the statements nested in a statement bind, each once."""
    return s.bound_within


def operands_of(s: Statement) -> tuple[Operand, ...]:
    """The operands a statement reads itself (not those of nested blocks), in evaluation order.

    Store, Update, Push and Pop read the container they change.
    """
    return s.operands


def reads(s: Statement) -> tuple[str, ...]:
    """Names a statement reads itself."""
    return s.read


def binds(s: Statement) -> str | None:
    """The name a statement binds itself, if any (a loop binds its counter, a try its flag)."""
    if type(s) is Bind:
        return s.target
    if not s.bound:
        return None
    return s.target if isinstance(s, Call) else s.bound[0]


def names_bound(s: Statement) -> tuple[str, ...]:
    """All names a statement binds itself: its target, and the tape of a call.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> names_bound(Call("y", "f_primal", (Name("x"),), tape="y_tape"))
    ('y', 'y_tape')
    """
    return s.bound


def names_stored(s: Statement) -> tuple[str, ...]:
    """Names of the containers whose memory a statement itself changes.

    >>> from adjoint_compiler.ir.nodes import Name, Summary
    >>> names_stored(Call(None, "f", (Name("a"), Name("n")), summary=Summary(mutates=(0,))))
    ('a',)
    """
    return s.stored
