"""Rename variables so that each name is one web of definitions and uses.

    x = np.sin(x)            x_2 = np.sin(x)
    x = x * x         ->     x_3 = x_2 * x_2

Definitions that can reach a common use share a name (loop-carried variables, joins of branches); all others get names
of their own, so straight-line code overwrites nothing.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Block,
    For,
    If,
    Name,
    Program,
    Statement,
    While,
    With,
    map_names,
    names_bound,
    reads,
    walk,
)

Definition = tuple[str, int]
Reaching = dict[str, frozenset[Definition]]


class _Webs:
    def __init__(self) -> None:
        self.parent: dict[Definition, Definition] = {}

    def find(self, d: Definition) -> Definition:
        while self.parent.setdefault(d, d) != d:
            self.parent[d] = self.parent[self.parent[d]]
            d = self.parent[d]
        return d

    def union(self, a: Definition, b: Definition) -> None:
        a, b = self.find(a), self.find(b)
        if a != b:
            first, second = (a, b) if a[1] <= b[1] else (b, a)
            self.parent[second] = first


def rename_webs(program: Program, last_of: frozenset[str] | None = None) -> Program:
    """Give every web of definitions its own name (see the module's text).

    Args:
        program: the program.
        last_of: rename only these names, and let the last web keep the name, not the first; the others become
            temporaries (for adjoints, whose last value is the one that counts).

    >>> from adjoint_compiler.ir.nodes import Bind, Return
    >>> body = (Bind("x", "numpy.sin", (Name("x"),)), Bind("x", "operator.mul", (Name("x"), Name("x"))), Return(Name("x")))
    >>> [s.target for s in rename_webs(Program("f", ("x",), body)).body[:2]]
    ['x2', 'x3']
    """
    webs = _Webs()
    # Statements are identified by position; make every object distinct first.
    body = _distinct(program.body)
    ids = {id(s): k for k, s in enumerate(walk(body), start=1)}
    used: dict[int, dict[str, Definition]] = {}
    start: Reaching = {p: frozenset({(p, 0)}) for p in (*program.params, *program.free)}
    _flow(body, start, webs, ids, used)

    names = Names()
    names.taken |= {n for s in walk(body) for n in (*reads(s), *names_bound(s))} | {*program.params, program.name}
    chosen: dict[Definition, str] = {(p, 0): p for p in (*program.params, *program.free)}
    taken = set(chosen.values())

    if last_of is not None:
        chosen |= {root: root[0] for root in _last_webs(webs, ids, body, set(chosen.values()))}
        taken = set(chosen.values())

    def name_of(d: Definition) -> str:
        if last_of is not None and d[0] not in last_of:
            return d[0]
        root = webs.find(d)
        if root not in chosen:
            chosen[root] = root[0] if root[0] not in taken else names.fresh(root[0])
            taken.add(chosen[root])
        return chosen[root]

    def rebuild(block: Block) -> Block:
        return tuple(rebuilt(s) for s in block)

    def rebuilt(s: Statement) -> Statement:
        k = ids[id(s)]
        at = used.get(k, {})

        def read(n: str) -> Name:
            return Name(name_of(at[n])) if n in at else Name(n)

        def bind(n: str) -> str:
            return name_of((n, k))

        new = map_names(s, read, bind)
        if isinstance(new, If):
            return replace(new, then=rebuild(new.then), orelse=rebuild(new.orelse))
        if isinstance(new, While):
            return replace(new, header=rebuild(new.header), body=rebuild(new.body))
        if isinstance(new, (For, With)):
            return replace(new, body=rebuild(new.body))
        return new

    out = replace(program, body=rebuild(body))
    if last_of is None:
        return out
    split = {n for root, n in chosen.items() if n != root[0]}
    return replace(out, temporaries=program.temporaries | split)


def _last_webs(webs: _Webs, ids: dict[int, int], body: Block, fixed: set[str]) -> list[Definition]:
    """For every name but the fixed ones, the web of its last definition."""
    last: dict[str, int] = {}
    for s in walk(body):
        for target in names_bound(s):
            if target not in fixed:
                last[target] = ids[id(s)]
    return [webs.find((n, k)) for n, k in last.items()]


def _distinct(block: Block) -> Block:
    out: list[Statement] = []
    for s in block:
        if isinstance(s, If):
            s = replace(s, then=_distinct(s.then), orelse=_distinct(s.orelse))
        elif isinstance(s, While):
            s = replace(s, header=_distinct(s.header), body=_distinct(s.body))
        elif isinstance(s, (For, With)):
            s = replace(s, body=_distinct(s.body))
        else:
            s = replace(s)
        out.append(s)
    return tuple(out)


def _read(
    s: Statement, env: Reaching, webs: _Webs, ids: dict[int, int], used: dict[int, dict[str, Definition]]
) -> None:
    here = used.setdefault(ids[id(s)], {})
    for n in reads(s):
        defs = env.get(n)
        if not defs:
            continue
        first = min(defs, key=lambda d: d[1])
        for d in defs:
            webs.union(first, d)
        if n in here:
            webs.union(first, here[n])
        here[n] = first


def _flow(
    block: Block, env: Reaching, webs: _Webs, ids: dict[int, int], used: dict[int, dict[str, Definition]]
) -> Reaching:
    env = dict(env)
    for s in block:
        k = ids[id(s)]
        if isinstance(s, If):
            _read(s, env, webs, ids, used)
            env = _merge(_flow(s.then, env, webs, ids, used), _flow(s.orelse, env, webs, ids, used))
        elif isinstance(s, With):
            env = _flow(s.body, env, webs, ids, used)
        elif isinstance(s, (For, While)):
            if isinstance(s, For):
                _read(s, env, webs, ids, used)
            while True:
                inside = dict(env)
                if isinstance(s, For):
                    inside[s.counter] = frozenset({(s.counter, k)})
                else:
                    inside = _flow(s.header, inside, webs, ids, used)
                    _read(s, inside, webs, ids, used)
                after = _flow(s.body, inside, webs, ids, used)
                if s.until:
                    _read(s, after, webs, ids, used)
                merged = _merge(env, after)
                if isinstance(s, For):
                    merged[s.counter] = merged.get(s.counter, frozenset()) | {(s.counter, k)}
                if merged == env:
                    break
                env = merged
            if isinstance(s, While):
                env = _merge(inside, env)
        else:
            _read(s, env, webs, ids, used)
            for target in names_bound(s):
                env[target] = frozenset({(target, k)})
    return env


def _merge(a: Reaching, b: Reaching) -> Reaching:
    return {n: a.get(n, frozenset()) | b.get(n, frozenset()) for n in {**a, **b}}
