"""What decides which way values take through a program: conditions, trip counts, indices, masks, shapes.

    k = int(n); y = x[k:]         the contents of n decide; those of x do not

Where nothing that decides depends on the contents of an argument, what depends on what is the same for all its values.
A name is reached by contents, by shape, or by both; flow-insensitive over webs, to a fixpoint. What is decided by a
condition needs no flow of its own: the condition is a decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adjoint_compiler import rules
from adjoint_compiler.analysis.influence import METADATA
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.ir.nodes import (
    Bind,
    Call,
    Effect,
    For,
    If,
    Operand,
    Pop,
    Program,
    Push,
    Statement,
    Store,
    Try,
    Update,
    While,
)
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.walk import names_stored, walk
from adjoint_compiler.rules.dependencies import DEPENDENCIES, MOVED

Node = tuple[str, bool]  # a name, and whether it is its shape
OF_SHAPE = ("numpy.zeros_like", "numpy.ones_like", "numpy.empty_like")
# whose result has as many elements as their arguments' contents say
CONTENTS_GIVE_SHAPE = frozenset(
    "numpy.unique numpy.unique_values numpy.unique_all numpy.unique_counts numpy.unique_inverse numpy.union1d"
    " numpy.intersect1d numpy.setdiff1d numpy.setxor1d adjoint_compiler.runtime.moving.trimmed_bounds".split()
)
# inert operations whose result has the shape of their operands
KEEPS_SHAPE = (
    "operator.",
    "numpy.isnan",
    "numpy.isinf",
    "numpy.isfinite",
    "numpy.logical_",
    "numpy.signbit",
    "numpy.sign",
)
COMPARISONS = frozenset(f"numpy.{n}" for n in "equal not_equal less less_equal greater greater_equal".split())
CONTRACTIONS = frozenset(op for op, e in DEPENDENCIES.items() if e.startswith(("contracted", "dotted")))


def deciding_names(program: Program, memory: Memory, varied: frozenset[str], sources: Iterable[str]) -> frozenset[str]:
    """Those of the sources whose contents may decide on which inputs something depends.

    Args:
        program: the program.
        memory: which of its names may share memory.
        varied: names that depend on what is differentiated by.
        sources: parameters and names from outside.

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.nodes import Name
    >>> body = (Bind("k", "builtins.int", (Name("n"),)), Bind("y", "index", (Name("x"), Name("k"))))
    >>> program = Program("f", ("x", "n"), body)
    >>> sorted(deciding_names(program, shared_classes(program, {}), frozenset("x"), ["x", "n"]))
    ['n']
    """
    into: dict[Node, set[Node]] = {}
    decisions: set[Node] = set()
    for s in walk(program.body):
        for a, b in _flows(s):
            into.setdefault(b, set()).add(a)
        decisions.update(_decisions(s, varied))
    members: dict[int, list[str]] = {}
    for n, c in memory.classes.items():
        if c in memory.stored:
            members.setdefault(c, []).append(n)
    reached: set[Node] = set()
    work = [*decisions, *((n, True) for s in walk(program.body) for n in s.bound)]
    while work:
        node = work.pop()
        if node in reached:
            continue
        reached.add(node)
        work.extend(into.get(node, ()))
        name, of_shape = node
        if not of_shape:
            work.extend((m, False) for m in members.get(memory.classes.get(name, -1), ()))
    return frozenset(n for n in sources if (n, False) in reached)


def _flows(s: Statement) -> Iterator[tuple[Node, Node]]:
    """Pairs (from, to)."""
    if isinstance(s, Bind):
        t = s.target
        if s.op in METADATA:
            yield from (((n, True), (t, s.op in OF_SHAPE)) for n in s.read)
            return
        for n in s.read:
            yield (n, False), (t, False)
            yield (n, True), (t, True)
            yield (n, True), (t, False)
        yield from (((n, False), (t, True)) for n in _giving_shape(s))
    elif isinstance(s, (Store, Update, Push)) or (isinstance(s, Effect) and s.kind == "store"):
        yield from (((n, k), (m, False)) for n in s.read for m in names_stored(s) for k in (False, True))
    elif isinstance(s, Pop):
        if s.target:
            yield from (((s.stack, k), (s.target, k)) for k in (False, True))
    elif isinstance(s, Call):
        reached = (*names_stored(s), *([s.target] if s.target else []))
        yield from (((n, False), (m, k)) for n in s.read for m in reached for k in (False, True))
    elif isinstance(s, For):
        yield from (((n, False), (s.counter, False)) for n in s.read)
    elif isinstance(s, Try):
        read = {n for x in s.nested for n in x.read}
        yield from (((n, k), (s.flag, False)) for n in read for k in (False, True))


def _giving_shape(s: Bind) -> Iterator[str]:
    """The names whose contents may give the result its shape."""
    rule = rules.TABLE.by_key.get(s.op)
    if s.op == "index":
        yield from names_in(s.args[1])
    elif s.op in ("copy", "field") or (rule is not None and rule.kind in ("elementwise", "zero")):
        return
    elif s.op in COMPARISONS or (rule is not None and rule.kind == "inert" and s.op.startswith(KEEPS_SHAPE)):
        return
    elif rule is None or rule.kind == "inert" or s.op in CONTENTS_GIVE_SHAPE:
        yield from s.read
    else:
        yield from (n for o in _inert_operands(s, rule) for n in names_in(o))


def _inert_operands(s: Bind, rule: rules.Rule) -> Iterator[Operand]:
    """The operands without a pullback."""
    star = next((k for k, p in enumerate(rule.params) if p.startswith("*")), len(rule.params))
    for k, a in enumerate(s.args):
        if not rule.params or rule.params[min(k, star, len(rule.params) - 1)].lstrip("*") not in rule.pullbacks:
            yield a
    yield from (v for p, v in s.kwargs if p not in rule.pullbacks)


def _decisions(s: Statement, varied: frozenset[str]) -> Iterator[Node]:
    """The names whose contents a statement lets decide."""
    if isinstance(s, (If, While, For)):
        yield from ((n, False) for n in s.read)
    elif isinstance(s, Call):
        yield from ((n, False) for n in s.read)
    elif isinstance(s, (Store, Update)) and s.index is not None:
        yield from ((n, False) for n in names_in(s.index))
    elif isinstance(s, Effect) and s.kind == "store":
        yield from ((n, False) for o in s.args[1:2] for n in names_in(o))
    elif isinstance(s, Bind):
        rule = rules.TABLE.by_key.get(s.op)
        if s.op in ("index", "field"):
            yield from ((n, False) for n in names_in(s.args[1]))
        elif s.op in CONTRACTIONS:
            yield from ((n, False) for o in s.operands for n in names_in(o) if n not in varied)
        elif rule is not None and (s.op in MOVED or s.op in DEPENDENCIES):
            yield from ((n, False) for o in _inert_operands(s, rule) for n in names_in(o))


__all__ = ["deciding_names"]
