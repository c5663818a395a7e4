"""Decide what the forward sweep records, what the reverse sweep recomputes, and what it restores.

Reverse code reads primal names; each must hold the value it had when its statement ran. In straight-line code names
are never overwritten, so nothing is done. Otherwise:

* a name that is an iteration's own is *recomputed* where that is cheap and its operands are intact, else *recorded*
  at the end of the iteration;
* a name or buffer that is overwritten is *saved* before and restored in the reverse sweep, if its old value is still
  going to be read there (Hascoet, Naumann, Pascual 2005: "to be recorded" analysis).

    for i in range(n):                 for i in range(n):
        x = np.sin(x)         ->           x_tape.append(x); x = np.sin(x)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from adjoint_compiler import rules
from adjoint_compiler.analysis.uses import Path, block_of, is_own, occurrences
from adjoint_compiler.differentiate.builder import HELPER
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.fragment import Fragment, FragmentBlock
from adjoint_compiler.differentiate.operands import rule_environment
from adjoint_compiler.ir.kept import keep
from adjoint_compiler.ir.nodes import Bind, Operand, Program, Statement
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, is_number
from adjoint_compiler.ir.walk import walk

Need = tuple[str, bool]  # a name, and whether its contents are read (not only its shape or identity)
MEMORY = "memory of class "
# Helpers that take the form of a list, which changes with what it holds, from what was the operand of a statement.
OF_LISTS = (".array_adjoint", ".each_gets", ".share_at", ".pick_at", ".list_items", ".list_factors")


def needs_of(s: Statement) -> tuple[Need, ...]:
    """What a statement of reverse code reads of primal names; kept with it, as it is asked for several times.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> needs_of(Bind("z", "numpy.zeros_like", (Name("x"),)))
    (('x', False),)
    """
    known: tuple[Need, ...] | None = getattr(s, "_needs", None)
    return keep(s, "_needs", tuple(_needs_of(s))) if known is None else known


def _needs_of(s: Statement) -> Iterator[Need]:
    if isinstance(s, Bind):
        if s.op in ("zero", "numpy.zeros_like", HELPER["zeros_like"], HELPER["shadow"]):
            yield from ((n, False) for o in s.args for n in names_in(o))
            return
        rule = rules.TABLE.by_key.get(s.op)
        if s.op in ("attribute.shape", "attribute.ndim", "attribute.size", "attribute.dtype"):
            yield from ((n, False) for o in s.args for n in names_in(o))
            return
        if rule is not None and rule.shape_only:
            for param, operand in rule_environment(s, rule).items():
                for n in names_in(operand):
                    yield n, param.lstrip("*") not in rule.shape_only or rule.name.endswith(OF_LISTS)
            return
    for n in s.read:
        yield n, True


@dataclass(frozen=True)
class Region:
    """A part of a buffer, and the statements that compute the bounds in its subscript."""

    target: str
    index: Operand
    setup: tuple[Bind, ...] = ()

    def names(self) -> set[str]:
        """What must be intact where the region is saved and restored, but for the buffer's contents."""
        made = {s.target for s in self.setup}
        read = {n for s in self.setup for o in s.args for n in names_in(o)}
        return (read | set(names_in(self.index))) - made


Regions = dict[tuple[Path, int], tuple[Region, ...]]


@dataclass
class Recording:
    """The state of one decision: needs by name, and what was decided.

    ``regions`` says, by statement and memory class, what is saved there at once (see :mod:`regions`): what the round
    before decided; ``chosen`` is what this one does, and what is ``refused`` is not tried again. ``restored`` are the names by
    which memory is put back, which must mean that memory itself.
    """

    program: Program
    facts: Facts
    top: FragmentBlock
    saved_paths: set[Path] = field(default_factory=set)
    needs: dict[str, list[tuple[Path, bool]]] = field(default_factory=dict)
    tapes: dict[str, str] = field(default_factory=dict)
    initial: dict[Path, set[str]] = field(default_factory=dict)
    early: set[tuple[str, Path]] = field(default_factory=set)
    references: set[str] = field(default_factory=set)
    regions: Regions = field(default_factory=dict)
    chosen: Regions = field(default_factory=dict)
    readers: dict[str, set[str]] = field(default_factory=dict)
    recomputed_from: set[str] = field(default_factory=set)
    restored: set[str] = field(default_factory=set)
    refused: frozenset[tuple[Path, int]] = frozenset()
    memory_reads: dict[str, list[Path]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.statements = {fr.path: fr.statement for block in self.top.walk() for fr in block.fragments}
        self.occ = occurrences(self.program)
        self.primal = frozenset(self.occ)
        self.homes = self.facts.homes
        self.own = frozenset(n for n, o in self.occ.items() if is_own(o) and self.homes[n] == block_of(o.defs[0]))

    def tape(self, name: str, holds_references: bool | None = None, part: str = "") -> str:
        """The tape of a name, or of a kind of its parts: what one tape holds is all of one type.

        ``references`` notes those that hold buffers, not values.
        """
        key = f"{name}[{part}]" if part else name
        if key not in self.tapes:
            stem = f"{name}s" if name.endswith("_tape") else f"{name}_tape"
            self.tapes[key] = self.facts.reserve(("tape", key), stem)
        if holds_references is None:
            t = self.facts.types.get(name, UNKNOWN)
            holds_references = bool(self.facts.aliases.stored_levels(name)) and not is_number(t)
        if holds_references:
            self.references.add(self.tapes[key])
        return self.tapes[key]

    def readers_of(self, name: str) -> set[str]:
        """The operations of reverse code that read a name (not the recomputation of other names)."""
        if not self.readers:
            for block in self.top.walk():
                for s in walk((*block.enter, *(x for fr in block.fragments for x in fr.reverse))):
                    for n in s.read:
                        self.readers.setdefault(n, set()).add(s.op if isinstance(s, Bind) else type(s).__name__)
        return self.readers.get(name, set())

    def need(self, path: Path, name: str, contents: bool) -> None:
        """Note that reverse code at ``path`` reads a primal name; how many items a list has is part of its contents."""
        if name in self.primal:
            aliases = self.facts.aliases
            contents = contents or (aliases.kind(name) == "container" and aliases.in_stored_class(name))
            self.needs.setdefault(name, []).append((path, contents))


def memory_flag(cls: int) -> str:
    """How the memory of a class is written among names."""
    return f"{MEMORY}{cls}"


def needs_by_path(r: Recording) -> dict[Path, set[str]]:
    out: dict[Path, set[str]] = {}
    for n, entries in r.needs.items():
        number = is_number(r.facts.types.get(n, UNKNOWN))
        memory = [] if number else [memory_flag(c) for c in r.facts.aliases.stored_levels(n)]
        for p, contents in entries:
            here = out.setdefault(p, set())
            here.add(n)
            if contents:
                here.update(memory)
                for flag in memory:
                    r.memory_reads.setdefault(flag, []).append(p)
    return out


def has_reverse(fragment: Fragment) -> bool:
    """Whether anything of a fragment runs in the reverse sweep."""
    if fragment.reverse or fragment.restore:
        return True
    return any(block_has_reverse(b) for b in fragment.blocks.values())


def block_has_reverse(block: FragmentBlock) -> bool:
    """Whether anything of a block runs in the reverse sweep."""
    return any(has_reverse(fr) for fr in block.fragments)


def any_saved(r: Recording, fragment: Fragment) -> bool:
    n = len(fragment.path)
    return any(p[:n] == fragment.path for p in r.saved_paths)


__all__ = [
    "MEMORY",
    "Recording",
    "any_saved",
    "block_has_reverse",
    "has_reverse",
    "memory_flag",
    "needs_by_path",
    "needs_of",
]
