"""Tidy reverse code while it is still in fragments: drop dead adjoints, let first contributions bind.

x_bar = zero                                 x_bar = y_bar * cos(x)
x_bar accumulates y_bar * cos(x)     ->
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.fragment import Fragment, FragmentBlock
from adjoint_compiler.ir.nodes import Bind, Const, For, If, Name, Pop, Push, Statement, Store, Try, Update, While
from adjoint_compiler.ir.operands import NONE, WHOLE
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import ANY_REAL, UNKNOWN, is_number
from adjoint_compiler.ir.walk import binds

GONE = Bind("_", "copy", (NONE,))  # in place of a statement that is not needed any more


def remove_dead_adjoints(block: FragmentBlock, live: set[str]) -> set[str]:
    """Remove reverse bindings nobody reads afterwards; returns what is live where the block's reverse begins.

    Walking the fragments forward is walking their reverse code backward.
    """
    for fragment in block.fragments:
        if not fragment.blocks:
            fragment.reverse, live = _sweep(fragment.reverse, live)
            continue
        mentioned = set[str]().union(*map(_mentions, fragment.blocks.values()))
        inside = _remove_nested(fragment, live & mentioned)
        live -= mentioned  # the other names live through
        live |= inside
    block.enter, live = _sweep(block.enter, live)
    return live


def _remove_nested(fragment: Fragment, live: set[str]) -> set[str]:
    """The same in the blocks of a fragment, of the names that they mention."""
    s = fragment.statement
    if isinstance(s, (For, While)):
        blocks = [fragment.blocks[label] for label in ("header", "body") if label in fragment.blocks]
        while True:
            inner = set(live)
            for nested in blocks:
                inner = remove_dead_adjoints_dry(nested, inner)
            if inner <= live:
                break
            live |= inner
        inner = set(live)
        for nested in blocks:
            inner = remove_dead_adjoints(nested, inner)
        return live | inner
    after = set(live)
    live = set(live) if isinstance(s, (If, Try)) else set()
    for nested in fragment.blocks.values():
        live |= remove_dead_adjoints(nested, set(after))
    return live


def remove_dead_adjoints_dry(block: FragmentBlock, live: set[str]) -> set[str]:
    """What would be live, without removing anything (for the fixpoint of loops)."""
    for fragment in block.fragments:
        if not fragment.blocks:
            live = _sweep(fragment.reverse, live)[1]
        else:
            union = set(live)
            for inner in fragment.blocks.values():
                union |= remove_dead_adjoints_dry(inner, set(union))
            live = union
    return _sweep(block.enter, live)[1]


def _sweep(statements: list[Statement], live: set[str]) -> tuple[list[Statement], set[str]]:
    """The statements that bind what is live, or do more than bind; ``live`` becomes what is live before them."""
    kept: list[Statement] = []
    for s in reversed(statements):
        if isinstance(s, Bind):
            if s.target not in live:
                continue
            live.discard(s.target)
        elif isinstance(s, If):
            live |= {n for x in s.nested for n in x.read}
        live.update(s.read)
        kept.append(s)
    kept.reverse()
    return kept, live


def bind_first_contributions(block: FragmentBlock, accumulated: frozenset[str]) -> None:
    """Turn "zero, then accumulate" into one binding where nothing can come between."""
    for inner in block.walk():
        _bind_first(inner, accumulated)


def _bind_first(block: FragmentBlock, accumulated: frozenset[str]) -> None:
    """``order`` is the block's own reverse code as it runs; nested blocks are barriers for the names they mention."""
    order: list[tuple[list[Statement], int] | FragmentBlock] = []
    order += [(block.enter, k) for k in range(len(block.enter))]
    for fragment in reversed(block.fragments):
        if fragment.blocks:
            order += list(fragment.blocks.values())
        else:
            order += [(fragment.reverse, k) for k in range(len(fragment.reverse))]
    pending: dict[str, tuple[list[Statement], int]] = {}
    for entry in order:
        if isinstance(entry, FragmentBlock):
            for n in _mentions(entry):
                pending.pop(n, None)
            continue
        holder, k = entry
        s = holder[k]
        if isinstance(s, Bind) and s.op == "zero" and s.target not in accumulated:
            pending[s.target] = entry
            continue
        if isinstance(s, Bind) and s.op in ("accumulate", HELPER["add_structure"]) and s.target in pending:
            if s.read[:1] == (s.target,) and type(s.args[0]) is Name and s.target not in s.read[1:]:
                where, at = pending.pop(s.target)
                where[at] = GONE
                holder[k] = Bind(s.target, "copy", s.args[1:], (), s.span)
                continue
        for x in (s, *s.nested) if pending else ():
            for n in (*x.read, binds(x) or "", getattr(x, "target", None) or ""):
                pending.pop(n, None)
    for statements in (block.enter, *(fr.reverse for fr in block.fragments)):
        statements[:] = [s for s in statements if s is not GONE]


def _mentions(block: FragmentBlock) -> set[str]:
    code = (s for inner in block.walk() for s in _reverse_code(inner))
    return {n for s in code for n in (*s.read, binds(s) or "", getattr(s, "target", None) or "")}


def in_place_adjoints(block: FragmentBlock) -> frozenset[str]:
    """Adjoints that some statement updates in place (scatters, pushes): they must be arrays or lists of their own."""
    out: set[str] = set()
    for inner in block.walk():
        for s in _reverse_code(inner):
            if isinstance(s, (Store, Update)):
                out.add(s.target)
            elif isinstance(s, (Push, Pop)):
                out.add(s.stack)
    return frozenset(out)


def owned_sums(block: FragmentBlock, f: Facts) -> frozenset[str]:
    """Adjoints of arrays that start from new zeros wherever they start, and so can be added to in place.

    >>> owned_sums(FragmentBlock((), [], False), None)
    frozenset()
    """
    starts: dict[str, list[Statement]] = {}
    other: set[str] = set()
    for inner in block.walk():
        for s in _reverse_code(inner):
            if isinstance(s, Bind) and s.op == "zero":
                starts.setdefault(s.target, []).append(s)
            elif not (isinstance(s, Bind) and s.op == "accumulate") and (name := binds(s)) is not None:
                other.add(name)

    def owned(s: Statement) -> bool:
        name = s.args[0] if isinstance(s, Bind) else None
        if not isinstance(name, Name) or name.id in f.lazy:  # what is lazy may have the shape of what it is part of
            return False
        t = f.types.get(name.id, UNKNOWN)
        return t.kind == "array" and bool(t.ndim)

    return frozenset(n for n, every in starts.items() if n not in other and all(map(owned, every)))


def summed_in_loops(block: FragmentBlock) -> frozenset[str]:
    """Adjoints that a loop adds to and does not begin: sums that better start from zeros, to which every trip adds in place.

    >>> summed_in_loops(FragmentBlock((), [], False))
    frozenset()
    """
    out: set[str] = set()
    for inner in block.walk():
        for fragment in inner.fragments:
            if isinstance(fragment.statement, (For, While)):
                own = [s for b in fragment.blocks.values() for x in b.walk() for s in _reverse_code(x)]
                added, begun = (
                    {s.target for s in own if isinstance(s, Bind) and s.op == op} for op in ("accumulate", "zero")
                )
                out |= added - begun
    return frozenset(out)


def _reverse_code(block: FragmentBlock) -> Iterator[Statement]:
    """The reverse code of a block's own statements, and what is nested in it."""
    for statements in (block.enter, *(fr.reverse for fr in block.fragments)):
        for s in statements:
            yield s
            if s.nested:
                yield from s.nested


def settle(block: FragmentBlock, accumulated: frozenset[str], f: Facts) -> None:
    """Replace the abstract ``zero`` and ``accumulate`` by real operations."""

    def settled(s: Statement, in_loop: bool) -> list[Statement]:
        if s.blocks:
            inner = (tuple(y for x in b for y in settled(x, in_loop)) for b in s.blocks)
            return [with_blocks(s, tuple(inner))]
        new = settled_one(s)
        if (
            in_loop
            and isinstance(new, Bind)
            and isinstance(s, Bind)
            and s.op == "zero"
            and new.op == "numpy.zeros_like"
        ):
            return _plain_zeros(new, f)
        if isinstance(new, Bind) and new.op == "numpy.zeros_like" and isinstance(new.args[0], Name):
            if f.types.get(new.args[0].id, UNKNOWN).dtype == ANY_REAL:  # of what may be integers, too, floats
                shape = f.names.fresh("t")
                return [
                    Bind(shape, "attribute.shape", new.args, (), s.span),
                    replace(new, op="numpy.zeros", args=(Name(shape),)),
                ]
        return [new]

    def settled_one(s: Statement) -> Statement:
        if not isinstance(s, Bind):
            return s
        if s.op == "accumulate":
            if s.target in accumulated:
                return Update(s.target, WHOLE, "operator.add", s.args[1], s.span)
            return Bind(s.target, "operator.add", s.args, (), s.span)
        if s.op == "zero":
            name = s.args[0]
            assert isinstance(name, Name)
            t = f.types.get(name.id, UNKNOWN)
            if is_number(t):
                return replace(s, op="copy", args=(Const(0j if "complex" in (t.kind, t.dtype[:7]) else 0.0),))
            if t.kind == "array" or s.target in accumulated and t.kind == "real":
                return replace(s, op="numpy.zeros_like", args=(Name(f.outlines.get(name.id, name.id)),))
            return replace(s, op=HELPER["zeros_like"])
        return s

    for inner in block.walk():
        inner.enter = [x for s in inner.enter for x in settled(s, inner.in_loop)]
        for fragment in inner.fragments:
            fragment.reverse = [x for s in fragment.reverse for x in settled(s, inner.in_loop)]


def _plain_zeros(s: Bind, f: Facts) -> list[Statement]:
    """``np.zeros(x.shape)`` takes a fifth of the time of ``np.zeros_like(x)``; the layout of a value does not matter."""
    name = s.args[0]
    t = f.types.get(name.id, UNKNOWN) if isinstance(name, Name) else UNKNOWN
    if t.kind != "array" or t.dtype != "float64" or not t.ndim or name.id in f.multi:  # type: ignore[union-attr]
        return [s]
    shape = f.reserve(("shape of", name), f"{s.target}_shape")
    return [Bind(shape, "attribute.shape", (name,), (), s.span), replace(s, op="numpy.zeros", args=(Name(shape),))]
