"""What the forward sweep keeps for the reverse sweep, read off the decision that was made: where, for whom, how large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint_compiler.analysis.typing import bind_type
from adjoint_compiler.analysis.uses import Path
from adjoint_compiler.differentiate.recording import Recording, memory_flag
from adjoint_compiler.ir.nodes import Bind, For, If, Name, Operand, Push, Span, Statement, Store, Update, While
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import ANY_REAL, UNKNOWN, Type

# Numbers on a tape are objects; a list holds 8 bytes for each, the objects the rest (CPython, 64 bits).
NUMBERS = {"float": 32, "int": 36, "complex": 40, "bool": 8, "none": 8}
SCALAR_OVERHEAD = 24 + 8
END = 1 << 30  # behind every statement of a block


@dataclass(frozen=True)
class Recorded:
    """One thing that is recorded.

    Attributes:
        name: the name, or the expression, whose value is kept.
        when: at which point of the forward sweep.
        loop: the line of the loop around it; 0 outside of loops.
        each_time: whether every iteration records one.
        in_branch: whether only a branch of the iteration does.
        readers: the lines whose reverse reads it.
        why: that in words.
        bytes: its size, as a formula; empty when that is not known.
    """

    name: str
    when: str
    loop: int
    each_time: bool
    in_branch: bool
    readers: tuple[int, ...]
    why: str
    bytes: str

    def to_dict(self) -> dict[str, Any]:
        """What is recorded, for machines."""
        return {
            "name": self.name, "when": self.when, "loop": self.loop, "read_by": list(self.readers), "bytes": self.bytes,
        }  # fmt: skip


def recorded_in(r: Recording) -> Iterator[Recorded]:
    """Everything that a decision records, in program order."""
    found: list[tuple[tuple[int, int], Recorded]] = []
    for block in r.top.walk():
        loop = _loop_around(r, block.path)
        for s in block.record:
            if isinstance(s, Push):
                key = _key(r, s.stack)
                found.append(((_line(r, block.path), 1), _entry(r, key, "", loop, (*block.path, END), s.value)))
        for fragment in block.fragments:
            for s in fragment.save:
                if isinstance(s, Bind):
                    r.facts.types[s.target] = bind_type(s, r.facts.types)
                    r.facts.shapes.note(s)
                kept = s.value if isinstance(s, Push) else None
                if isinstance(s, Bind) and not any(isinstance(x, Push) for x in fragment.save):
                    kept = Name(s.target) if s is fragment.save[-1] else None
                if kept is not None:
                    key = _key(r, s.stack) if isinstance(s, Push) else _overwritten(fragment.statement)
                    at = fragment.statement.span
                    line = (at.statement or at).line
                    found.append(((line, 0), _entry(r, key, f"before line {line}", loop, fragment.path, kept)))
    for _, entry in sorted(found, key=lambda pair: pair[0]):
        yield entry


def recomputed_in(r: Recording) -> dict[str, tuple[int, ...]]:
    """The values, as the user knows them, that the reverse sweep computes again; and the lines whose reverse reads them."""
    found: dict[str, set[int]] = {}
    for block in r.top.walk():
        own = [(block.prepare, _line(r, block.path))] if block.path else []
        for fragment in block.fragments:
            at = fragment.statement.span
            own.append((fragment.prepare, (at.statement or at).line))
        for statements, line in own:
            for s in statements:
                shown = _shown(r, s.target) if isinstance(s, Bind) else ""
                if line and shown and shown not in r.program.temporaries:
                    found.setdefault(shown, set()).add(line)
    return {name: tuple(sorted(lines)) for name, lines in sorted(found.items(), key=lambda pair: min(pair[1]))}


def _key(r: Recording, tape: str) -> str:
    return next((key for key, name in r.tapes.items() if name == tape), tape)


def _overwritten(s: Statement) -> str:
    return f"{s.target}[part]" if isinstance(s, (Store, Update)) else str(getattr(s, "target", "") or "")


def _entry(r: Recording, key: str, before: str, loop: Span | None, path: Path, value: Operand) -> Recorded:
    name, _, part = key.partition("[")
    line = loop.line if loop else 0
    inside = f"in each iteration of the loop at line {line}" if line else ""
    readers, branches = _readers(r, name, bool(part), path)
    reasons = [f"read by the reverse of {in_words(readers)}"] if readers else []
    reasons += [f"says which branch was taken at {in_words(branches)}"] if branches else []
    shown = ("part of " if part else "") + _shown(r, name)
    return Recorded(
        shown, ", ".join(w for w in (before, inside) if w) or "once", line, bool(line), path[-2:-1] != ("body",),
        readers or branches, "; ".join(reasons), _bytes(r, name, part, value),
    )  # fmt: skip


def _loop_around(r: Recording, path: Path) -> Span | None:
    """The innermost loop around a block."""
    for k in range(len(path), 0, -1):
        s = r.statements.get(path[:k])
        if isinstance(s, (For, While)):
            return s.span
    return None


def _line(r: Recording, path: Path) -> int:
    return next((s.span.line for k in range(len(path), 0, -1) if (s := r.statements.get(path[:k]))), 0)


def _readers(r: Recording, name: str, memory: bool, at: Path) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Lines whose reverse reads what a name (or the memory it stands for) held at a place; and branches that it decides."""
    paths = [path for path, contents in r.needs.get(name, ()) if contents]
    cls = r.facts.aliases.classes.get(name)
    if memory and cls is not None:
        paths += r.memory_reads.get(memory_flag(cls), [])
    values: set[int] = set()
    branches: set[int] = set()
    for path in paths:
        s = r.statements.get(path)
        if s is not None and s.span.line and _runs_before(r, path, at):
            decides = isinstance(s, If) and name in names_in(s.cond)
            (branches if decides else values).add((s.span.statement or s.span).line)
    return tuple(sorted(values)), tuple(sorted(branches))


def _runs_before(r: Recording, path: Path, at: Path) -> bool:
    """Whether the statement at ``path`` may run before the place ``at``: it stands before it, or in a loop around both."""
    common = next((k for k, (a, b) in enumerate(zip(path, at)) if a != b), min(len(path), len(at)))
    if any(isinstance(r.statements.get(at[:k]), (For, While)) for k in range(1, common + 1)):
        return True
    one, other = path[common : common + 1], at[common : common + 1]
    return not (one and other and isinstance(one[0], int) and isinstance(other[0], int) and one[0] > other[0])


def in_words(numbers: tuple[int, ...]) -> str:
    """``line 3``, ``lines 3, 5``."""
    word = "line" if len(numbers) == 1 else "lines"
    return f"{word} {', '.join(map(str, numbers[:5]))}{', ...' if len(numbers) > 5 else ''}"


def _shown(r: Recording, name: str) -> str:
    """A name as the user knows it: for a temporary, the expression it holds."""
    if name not in r.program.temporaries:
        return name
    for s in r.statements.values():
        if isinstance(s, Bind) and s.target == name and s.span.statement is not None and not s.span.more:
            return f"`{s.span.text[s.span.col : s.span.end_col]}`"
    return name


# -- sizes -----------------------------------------------------------------------------------------------------


def _bytes(r: Recording, name: str, part: str, value: Operand) -> str:
    """The size of what is kept, as a formula over shapes; empty when it is not known."""
    kept = next(iter(names_in(value)), "")
    t = r.facts.types.get(kept, UNKNOWN)
    if t.kind == "unknown" and not part:
        t = r.facts.types.get(name, UNKNOWN)
    if t.kind in NUMBERS:
        return f"{NUMBERS[t.kind]} bytes"
    if t.kind == "scalar" and t.dtype == "bool":
        return "8 bytes"  # there are only two of them
    if t.kind == "scalar":
        return f"{np.dtype(t.dtype).itemsize + SCALAR_OVERHEAD} bytes"
    dims = r.facts.shapes.dims.get(kept) or (None if part else r.facts.shapes.dims.get(name))
    return _array_bytes(r, t, dims) if t.kind == "array" and dims is not None else ""


def _array_bytes(r: Recording, t: Type, dims: tuple[tuple[str, int], ...]) -> str:
    factors = ["8" if t.dtype == ANY_REAL else str(np.dtype(t.dtype).itemsize)]
    for symbol, less in dims:
        base, _, axis = symbol.rpartition(".")
        if not base:
            continue  # a dimension of one
        size = f"{_shown(r, base).strip('`')}.shape[{axis}]"
        factors.append(f"({size} - {less})" if less else size)
    return "*".join(factors) + " bytes"


__all__ = ["Recorded", "in_words", "recomputed_in", "recorded_in"]
