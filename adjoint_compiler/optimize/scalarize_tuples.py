"""Replace tuples whose structure is known by their items.

t = (a, b)               t_0 = a; t_1 = b
x = t[1]          ->     x = t_1
"""

from __future__ import annotations

from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Pop, Program, Push, Statement, Store, Update
from adjoint_compiler.ir.walk import binds, reads, walk
from adjoint_compiler.optimize.rename import map_statements, rename_reads


def scalarize_tuples(program: Program) -> Program:
    """Split every variable that only ever holds literal tuples of one length (see the module's text).

    >>> from adjoint_compiler.ir.nodes import Return
    >>> body = (Bind("t", "copy", (Pack("tuple", (Name("a"), Name("b"))),)), Bind("x", "index", (Name("t"), Const(1))))
    >>> [s.target for s in scalarize_tuples(Program("f", ("a", "b"), (*body, Return(Name("x"))))).body[:-1]]
    ['t_0', 't_1', 'x']
    """
    while True:
        found = _candidates(program)
        if not found:
            return map_statements(program, lambda s: [_take_item(s)])
        names = Names({n for s in walk(program.body) for n in (*reads(s), binds(s) or "")} | set(program.params))
        parts = {t: [names.fresh(f"{t}_{k}") for k in range(n)] for t, n in found.items()}

        def split(s: Statement, parts: dict[str, list[str]] = parts) -> list[Statement]:
            if isinstance(s, Bind) and s.target in parts:
                pack = s.args[0]
                assert isinstance(pack, Pack)
                return [Bind(p, "copy", (item,), (), s.span) for p, item in zip(parts[s.target], pack.items)]
            return [s]

        program = map_statements(program, split)
        packs: dict[str, Operand] = {t: Pack("tuple", tuple(Name(p) for p in ps)) for t, ps in parts.items()}
        program = map_statements(rename_reads(program, packs), lambda s: [_take_item(s)])


def _take_item(s: Statement) -> Statement:
    if isinstance(s, Bind) and s.args and isinstance(s.args[0], Pack) and s.args[0].kind == "tuple":
        items = s.args[0].items
        if s.op == "index" and isinstance(s.args[1], Const) and isinstance(s.args[1].value, int):
            if -len(items) <= s.args[1].value < len(items):
                return Bind(s.target, "copy", (items[s.args[1].value],), (), s.span)
        if s.op == "builtins.len":
            return Bind(s.target, "copy", (Const(len(items)),), (), s.span)
    return s


def _candidates(program: Program) -> dict[str, int]:
    lengths: dict[str, int] = {}
    barred = set(program.params) | set(program.free)
    for s in walk(program.body):
        target = binds(s)
        if target is not None:
            pack = s.args[0] if isinstance(s, Bind) and s.op == "copy" else None
            if (
                isinstance(pack, Pack)
                and pack.kind == "tuple"
                and lengths.get(target, len(pack.items)) == len(pack.items)
            ):
                lengths[target] = len(pack.items)
            else:
                barred.add(target)
        if isinstance(s, (Store, Update)):
            barred.add(s.target)
        if isinstance(s, (Push, Pop)):
            barred.add(s.stack)
    return {t: n for t, n in lengths.items() if t not in barred}
