"""Where names are defined and used: counts, blocks, and whether a name is a block's own.

A *path* names a position: ``(3, 'body', 1)`` is statement 1 of the body of statement 3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from adjoint_compiler.ir.kept import keep
from adjoint_compiler.ir.nodes import NESTING, Block, For, If, Program, Statement, Try, While, With

Path = tuple[int | str, ...]


def labelled_blocks(s: Statement) -> tuple[tuple[str, Block], ...]:
    """The nested blocks of a statement with their labels, in execution order."""
    if isinstance(s, If):
        return (("then", s.then), ("orelse", s.orelse))
    if isinstance(s, While):
        return (("header", s.header), ("body", s.body))
    if isinstance(s, (For, With, Try)):
        return (("body", s.body),)
    return ()


def walk_paths(block: Block, prefix: Path = ()) -> Iterator[tuple[Path, Statement]]:
    """Every statement with its path, in program order."""
    for k, s in enumerate(block):
        path = (*prefix, k)
        yield path, s
        if type(s) in NESTING:
            for label, inner in labelled_blocks(s):
                yield from walk_paths(inner, (*path, label))


@dataclass
class Occurrences:
    """Paths of the definitions and of the uses of one name."""

    defs: list[Path] = field(default_factory=list)
    uses: list[Path] = field(default_factory=list)

    @cached_property
    def own(self) -> bool:
        """What :func:`is_own` says, once all are known."""
        if len(self.defs) != 1 or self.defs[0] == ():
            return False
        home = block_of(self.defs[0])
        at = int(self.defs[0][-1])
        return all(inside(home, u) and statement_index(home, u) > at for u in self.uses)


def occurrences(program: Program) -> dict[str, Occurrences]:
    """Definitions and uses of every name; parameters and free names are defined at the empty path.

    Programs are frozen, so the answer is kept with them, and not to be changed.
    """
    known: dict[str, Occurrences] | None = getattr(program, "_occurrences", None)
    if known is None:
        known = keep(program, "_occurrences", _occurrences(program))
    return known


def _occurrences(program: Program) -> dict[str, Occurrences]:
    out: defaultdict[str, Occurrences] = defaultdict(Occurrences)
    for p in (*program.params, *program.free):
        out[p].defs.append(())
    for path, s in walk_paths(program.body):
        for n in s.read:
            out[n].uses.append(path)
        for target in s.bound:
            where = (*path, "body", -1) if isinstance(s, For) else path
            out[target].defs.append(where)
    return dict(out)


def block_of(path: Path) -> Path:
    """The path of the block that holds a statement.

    >>> block_of((3, "body", 1))
    (3, 'body')
    """
    return path[:-1]


def common_block(paths: list[Path]) -> Path:
    """The innermost block that holds all the statements."""
    blocks = [block_of(p) for p in paths]
    out: list[int | str] = []
    for parts in zip(*blocks):
        if any(p != parts[0] for p in parts):
            break
        out.append(parts[0])
    # A block path has even length: statement number, label, ...
    return tuple(out[: len(out) - len(out) % 2])


def is_loop_label(program_block: Block, path: Path) -> bool:
    """Whether a block path lies in the body (or header) of some loop."""
    block = program_block
    for number, label in zip(path[::2], path[1::2]):
        s = block[int(number)]
        if isinstance(s, (For, While)):
            return True
        block = dict(labelled_blocks(s))[str(label)]
    return False


def statement_index(block_path: Path, path: Path) -> int:
    """The number, in the given block, of the statement that is or contains the one at ``path``."""
    return int(path[len(block_path)])


def inside(block_path: Path, path: Path) -> bool:
    """Whether a statement lies in a block or in one nested in it."""
    return path[: len(block_path)] == block_path and len(path) > len(block_path)


def is_own(o: Occurrences) -> bool:
    """Whether the name has one definition and all its uses follow it in the same run of the same block.

    Such a name of a loop body is the iteration's own.
    """
    return o.own


def exposed(block: Block) -> tuple[set[str], set[str]]:
    """The names that a block may read before it binds them (loop bodies run more than once), and those that it certainly binds.

    >>> from adjoint_compiler.ir.nodes import Bind, Name
    >>> exposed((Bind("t", "copy", (Name("x"),)), Bind("y", "copy", (Name("t"),))))[0]
    {'x'}
    """
    read: set[str] = set()
    bound: set[str] = set()
    for s in block:
        read.update([n for n in s.read if n not in bound])
        if not s.blocks:
            bound.update(s.bound)
            continue
        inner = [exposed(b) for b in s.blocks]
        own = s.bound if isinstance(s, For) else ()
        for names, _ in inner:
            read |= names.difference(bound, own)
        if isinstance(s, If):
            bound |= inner[0][1] & inner[1][1]
        elif isinstance(s, With):
            bound |= inner[0][1]
        if not isinstance(s, For):
            bound.update(s.bound)
    return read, bound
