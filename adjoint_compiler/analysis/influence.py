"""What depends on a value in any way: through inert operations, indices and flags too.

    k = int(x); y = v[k]        y depends on x, though no derivative flows from x to it

Flow-insensitive over webs, to a fixpoint. What only reads shapes or types depends on nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Call, If, Pack, Pop, Program, Push, Statement, Store, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import binds, walk
from adjoint_compiler.rules.registry import TABLE

METADATA = frozenset(
    "attribute.shape attribute.ndim attribute.size attribute.dtype builtins.len builtins.type builtins.isinstance"
    " builtins.id builtins.hasattr builtins.callable numpy.shape numpy.ndim numpy.size numpy.zeros_like numpy.ones_like"
    " numpy.empty_like numpy.isscalar numpy.iscomplexobj numpy.isrealobj operator.is_ operator.is_not".split()
)


def influenced_names(program: Program, types: Types, memory: Memory, sources: Iterable[str]) -> frozenset[str]:
    """Names whose values depend on a source.

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import Name
    >>> body = (Bind("k", "builtins.int", (Name("x"),)), Bind("y", "index", (Name("v"), Name("k"))))
    >>> program = Program("f", ("x", "v"), body)
    >>> sorted(influenced_names(program, {}, shared_classes(program, {}), ["x"]))
    ['k', 'x', 'y']
    """
    out: dict[str, list[str]] = {}
    for a, b in (flow for s in program.statements for flow in _flows(s, types)):
        out.setdefault(a, []).append(b)
    members: dict[int, list[str]] = {}
    for n, c in memory.classes.items():
        if c in memory.stored:
            members.setdefault(c, []).append(n)
    reached: set[str] = set()
    work = list(sources)
    while work:
        n = work.pop()
        if n not in reached:
            reached.add(n)
            work.extend(out.get(n, ()))
            work.extend(members.get(memory.classes.get(n, -1), ()))
    return frozenset(reached)


def _flows(s: Statement, types: Types) -> Iterator[tuple[str, str]]:
    """Pairs (from, to): the second depends on the first."""
    if isinstance(s, Bind):
        if s.op not in METADATA:
            yield from ((n, s.target) for n in s.read)
        rule = TABLE.by_key.get(s.op)
        if rule is not None and rule.acts:  # what is written is read again, perhaps
            held = [*(s.args[:1] if rule.params[:1] == ("self",) else ()), *(v for k, v in s.kwargs if k == "file")]
            yield from ((n, m) for n in s.read for m in names_in(Pack("tuple", tuple(held))) if n != m)
    elif isinstance(s, (Store, Update, Push)):
        yield from ((n, m) for n in s.read for m in s.stored)
    elif isinstance(s, Pop):
        if s.target:
            yield s.stack, s.target
    elif isinstance(s, Call):
        reached = (*s.stored, *([s.target] if s.target else []))
        yield from ((n, m) for n in s.read for m in reached)
    elif isinstance(s, If):  # flags say which branch was taken
        flags = {n for x in walk((*s.then, *s.orelse)) for n in (binds(x),) if n}
        yield from ((n, f) for n in s.read for f in flags if types.get(f, UNKNOWN).kind == "bool")


__all__ = ["influenced_names"]
