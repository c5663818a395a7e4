"""Parts of a buffer that a loop overwrites as a whole are copied where they are read, if that is less to record.

What a loop overwrites must be put back before reverse code reads it: `A -= np.outer(c, A[k])` in a loop over `k` would
record the matrix in each trip, for the sake of a row. A copy of the row is a value: it is recorded as it is, and nothing
puts the matrix back.

    for k in range(n):                          for k in range(n):
        A -= np.outer(c, A[k])          ->          row = A[k].copy()
                                                    A -= np.outer(c, row)

Sizes are compared by orders: an axis and a trip of a loop count alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adjoint_compiler.analysis.typing import Types, bind_type
from adjoint_compiler.analysis.uses import Path, labelled_blocks
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.fragment import Fragment
from adjoint_compiler.differentiate.recording import Recording, needs_of
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Const, For, Name, Program, Push, Statement, Store, Update, While
from adjoint_compiler.ir.rebuild import map_names, with_blocks
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.ir.walk import walk


def copy_read_parts(program: Program, types: Types, r: Recording) -> tuple[Program, frozenset[str]]:
    """The primal with copies of parts that are read, and what is to be recorded; the program itself where nothing is saved.

    Args:
        program: the primal.
        types: the types of its names; those of the copies are added.
        r: what would be recorded of it.
    """
    if r.program is not program:
        return program, frozenset()
    copied: dict[Path, set[str]] = {}
    again: set[str] = set()
    # a number costs what its copy costs
    largest = {cls: saved for cls, saved in _largest_saved(r).items() if saved > 1}
    reads = _reads(r) if largest else {}
    for cls, saved in sorted(largest.items()):
        found = reads.get(cls, [])
        if found is not None and all(order < saved for *_, order in found):
            again.update(n for path, n, _ in found if path is None)
            for path, n, _ in found:
                if path is not None:
                    copied.setdefault(path, set()).add(n)
    if not copied:
        return program, frozenset(again)
    names = Names(program.mentioned)
    added: set[str] = set()

    def block(statements: Block, path: Path) -> Block:
        out: list[Statement] = []
        for k, s in enumerate(statements):
            here = (*path, k)
            if s.blocks:
                s = with_blocks(s, tuple([block(b, (*here, label)) for label, b in labelled_blocks(s)]))
            held = {n: names.fresh(n) for n in sorted(copied.get(here, ()))}
            for n, copy in held.items():
                types[copy] = types[n]
                out.append(Bind(copy, HELPER["copied"], (Name(n),), (), s.span))
            added.update(held.values())
            if held:
                s = _reading(s, held)
            out.append(s)
        return tuple(out)

    return replace(program, body=block(program.body, ()), temporaries=program.temporaries | added), frozenset(again)


def _reading(s: Statement, copies: dict[str, str]) -> Statement:
    return map_names(s, lambda n: Name(copies.get(n, n)), lambda n: n)


def largest_saved(r: Recording) -> int:
    """The largest order of what is recorded of any memory."""
    return max(_largest_saved(r).values(), default=0)


Read = tuple["Path | None", str, int]


def _reads(r: Recording) -> dict[int, list[Read] | None]:
    """What reverse code reads of memory, by its class; None if nothing could be recorded in its place.

    Either an operand of the statement at a path, or (without a path) a result that is computed again; with its order.
    """
    out: dict[int, list[Read] | None] = {}

    def add(cls: int, read: Read) -> None:
        known = out.setdefault(cls, [])
        if known is not None:
            known.append(read)

    for block in r.top.walk():
        for fragment in block.fragments:
            for s in (*fragment.locate, *fragment.prepare):
                if isinstance(s, Bind):
                    for cls in _classes_read(r, (s,)).keys() - r.facts.aliases.stored_levels(s.target):
                        add(cls, (None, s.target, _order(r, fragment.path, s.target)))
            primal = fragment.statement
            for cls, own in _classes_read(r, walk(tuple(fragment.reverse))).items():
                for n in sorted(own):
                    t = r.facts.types.get(n, UNKNOWN)
                    if not isinstance(primal, Bind) or Name(n) not in primal.args or t.kind != "array" or not t.ndim:
                        out[cls] = None
                    add(cls, (fragment.path, n, _order(r, fragment.path, n)))
        for cls in _classes_read(r, (*block.enter, *block.prepare)):
            out[cls] = None
    return out


def _classes_read(r: Recording, statements: Iterable[Statement]) -> dict[int, set[str]]:
    """The classes of stored memory whose contents statements read, each with the names by which they do."""
    out: dict[int, set[str]] = {}
    for s in statements:
        for n, contents in needs_of(s):
            if contents and n in r.primal and not is_number(r.facts.types.get(n, UNKNOWN)):
                for cls in r.facts.aliases.stored_levels(n):
                    out.setdefault(cls, set()).add(n)
    return out


def _largest_saved(r: Recording) -> dict[int, int]:
    """The order of the largest part of memory of each class that is recorded in a loop."""
    out: dict[int, int] = {}
    for block in r.top.walk():
        for fragment in block.fragments if block.in_loop else ():
            if any(isinstance(s, Push) for s in fragment.save):
                for cls, order in _saved_by(r, fragment):
                    out[cls] = max(order, out.get(cls, order))
    return out


def _saved_by(r: Recording, fragment: Fragment) -> list[tuple[int, int]]:
    out = []
    for s in fragment.restore:
        cls = r.facts.aliases.classes.get(s.target) if isinstance(s, (Store, Update)) else None
        if isinstance(s, (Store, Update)) and cls in r.facts.aliases.stored and cls is not None:
            index = Const(Ellipsis) if s.index is None else s.index
            part = bind_type(Bind(s.target, "index", (Name(s.target), index)), r.facts.types)
            out.append((cls, _depth(r, fragment.path) + (part.ndim or 0)))
    return out


def _order(r: Recording, path: Path, name: str) -> int:
    return _depth(r, path) + (r.facts.types.get(name, UNKNOWN).ndim or 0)


def _depth(r: Recording, path: Path) -> int:
    """In how many loops a statement stands."""
    outer = (path[:k] for k in range(1, len(path), 2))
    return sum(isinstance(r.statements.get(p), (For, While)) for p in outer)


__all__ = ["copy_read_parts", "largest_saved"]
