"""Which names are active: *varied* (they depend on an input) and *useful* (an output depends on them).

Flow-insensitive over webs, to a fixpoint. Memory is one thing: what is stored through one name of a class is seen
through all of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from adjoint_compiler import rules
from adjoint_compiler.analysis.aliasing import Aliases
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Call, Operand, Pop, Program, Push, Statement, Store, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.types import UNKNOWN, is_discrete, is_real

STRUCTURE = ("copy", "index", "field", "builtins.list", "builtins.tuple")


def active_names(
    program: Program, types: Types, aliases: Aliases, inputs: Iterable[str], outputs: Iterable[str]
) -> frozenset[str]:
    """Names whose adjoint must be computed."""
    flows = [f for s in program.statements for f in _flows(s, types)]
    varied = _close(set(inputs), flows, aliases, types)
    return varied & _close(set(outputs), [(b, a) for a, b in flows], aliases, types)


def varied_names(program: Program, types: Types, aliases: Aliases, inputs: Iterable[str]) -> frozenset[str]:
    """Names that depend on an input."""
    return _close(set(inputs), [f for s in program.statements for f in _flows(s, types)], aliases, types)


def useful_names(program: Program, types: Types, aliases: Aliases, outputs: Iterable[str]) -> frozenset[str]:
    """Names on which an output depends."""
    flows = [(b, a) for s in program.statements for a, b in _flows(s, types)]
    return _close(set(outputs), flows, aliases, types)


def differentiable_operands(s: Bind) -> list[Operand]:
    """The operands through which an operation has a derivative."""
    if s.op in STRUCTURE:
        return [s.args[0]] if s.op != "copy" else list(s.args)
    rule = rules.TABLE.by_key.get(s.op)
    if rule is None:
        return [*s.args, *(v for _, v in s.kwargs)]
    named: list[tuple[str, Operand]] = []
    star = next((k for k, p in enumerate(rule.params) if p.startswith("*")), len(rule.params))
    for k, a in enumerate(s.args):
        param = rule.params[min(k, star, len(rule.params) - 1)] if rule.params else ""
        named.append((param.lstrip("*"), a))
    named += list(s.kwargs)
    return [o for p, o in named if p in rule.pullbacks]


def is_flat(s: Bind, types: Types) -> bool:
    """Whether an operation has no derivative because what it is done to is real, as ``np.sign`` has none."""
    rule = rules.TABLE.by_key.get(s.op)
    if rule is None or rule.flat is None:
        return False
    place = rule.params.index(rule.flat)
    operand = s.args[place] if place < len(s.args) else dict(s.kwargs).get(rule.flat)
    return operand is not None and is_real(operand_type(operand, types))


def _flows(s: Statement, types: Types) -> list[tuple[str, str]]:
    """Pairs (from, to) along which a derivative flows."""
    if isinstance(s, Bind):
        if is_discrete(types.get(s.target, UNKNOWN)) or is_flat(s, types):
            return []
        return [(n, s.target) for o in differentiable_operands(s) for n in names_in(o)]
    if isinstance(s, (Store, Update)):
        return [(n, s.target) for n in names_in(s.value)]
    if isinstance(s, Push):
        return [(n, s.stack) for n in names_in(s.value)]
    if isinstance(s, Pop):
        return [(s.stack, s.target)] if s.target else []
    if isinstance(s, Call):
        reached = (*s.stored, *([s.target] if s.target else []))
        return [(n, m) for k in s.summary.carries for n in names_in(s.args[k]) for m in reached]
    return []


def _close(start: set[str], flows: list[tuple[str, str]], aliases: Aliases, types: Types) -> frozenset[str]:
    members: dict[int, list[str]] = {}
    holders: dict[int, list[str]] = {}
    for n, c in aliases.classes.items():
        members.setdefault(c, []).append(n)
        if aliases.kinds.get(n) == "container":
            for level in aliases.levels(n)[1:]:
                holders.setdefault(level, []).append(n)
    out: dict[str, list[str]] = {}
    for a, b in flows:
        out.setdefault(a, []).append(b)
    reached: set[str] = set()
    work = list(start)
    while work:
        n = work.pop()
        if n in reached or is_discrete(types.get(n, UNKNOWN)):
            continue
        reached.add(n)
        work.extend(out.get(n, ()))
        kind = aliases.kind(n)
        if kind not in ("buffer", "container"):
            continue
        # What is stored through one name is seen through all names of that memory, and in all that holds it.
        for level in aliases.stored_levels(n):
            work.extend(m for m in members[level] if aliases.kind(m) in ("buffer", "container"))
            work.extend(holders.get(level, ()))
    return frozenset(reached)
