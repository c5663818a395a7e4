"""Remove copies that give a name the value it has.

for i in range(n):                          for i in range(n):
    t_bar = s_bar                  ->           x_bar[i] += s_bar
    s_bar = t_bar
    x_bar[i] += t_bar

That is what a sum leaves behind whose adjoint goes through a loop unchanged.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain

from adjoint_compiler.ir.nodes import Bind, Block, For, Name, Program, Statement, Update, While
from adjoint_compiler.ir.rebuild import map_names, with_blocks
from adjoint_compiler.optimize.rename import map_block


def drop_identities(program: Program) -> Program:
    """Drop ``s = t`` after ``t = s``, and let ``s`` do the work of ``t`` (see the module's text).

    >>> from adjoint_compiler.ir.nodes import Const, Return
    >>> body = (Bind("t", "copy", (Name("s"),)), Bind("s", "copy", (Name("t"),)), Bind("x", "operator.add", (Name("x"), Name("t"))))
    >>> loop = For("i", Const(0), Name("n"), Const(1), body)
    >>> p = drop_identities(Program("f", ("s", "x", "n"), (loop, Return(Name("x"))), temporaries=frozenset("t")))
    >>> [s.target for s in p.body[0].body], p.body[0].body[0].args
    (['x'], (Name(id='x'), Name(id='s')))
    """
    if not any(isinstance(s, Bind) and s.op == "copy" and isinstance(s.args[0], Name) for s in program.statements):
        return program
    work = _Identities(program)
    body = work.block(program.body)
    return program if body is program.body else replace(program, body=body)


class _Identities:
    """Rewrites one program."""

    def __init__(self, program: Program) -> None:
        statements = program.statements
        self.bound = Counter(chain.from_iterable([s.bound for s in statements]))
        self.reads = Counter(chain.from_iterable([s.read for s in statements]))
        self.free = program.temporaries - {*program.params, *program.free}
        self.moving = {s.target for s in statements if isinstance(s, Update) and s.index is None}
        self.moving |= {s.until for s in statements if isinstance(s, (For, While)) and s.until}

    def block(self, block: Block) -> Block:
        """A block; inner blocks first."""
        out: list[Statement] = []
        changed = False
        for s in block:
            if s.blocks:
                inner = tuple([self.block(b) for b in s.blocks])
                if any(new is not old for new, old in zip(inner, s.blocks)):
                    s, changed = with_blocks(s, inner), True
            out.append(s)
        for k, s in enumerate(out):
            if (pair := self.copy(s)) is not None and (rest := self.without(*pair, out[k + 1 :])) is not None:
                return self.block((*out[:k], *rest))
        return tuple(out) if changed else block

    def copy(self, s: Statement) -> tuple[str, str] | None:
        """Target and source of a copy whose target is a temporary with this value alone."""
        if not isinstance(s, Bind) or s.op != "copy" or not isinstance(s.args[0], Name):
            return None
        name, source = s.target, s.args[0].id
        if name not in self.free or self.bound[name] != 1 or {name, source} & self.moving or name == source:
            return None
        return name, source

    def without(self, name: str, source: str, rest: list[Statement]) -> list[Statement] | None:
        """The statements behind a copy with ``source`` for ``name``, if one of them gives ``source`` its own value back."""
        back = next((k for k, s in enumerate(rest) if source in s.bound or source in s.bound_within), None)
        if back is None or not (isinstance(s := rest[back], Bind) and s.op == "copy" and s.args == (Name(name),)):
            return None
        rest = rest[:back] + rest[back + 1 :]
        used = [k for k, s in enumerate(rest) if any(name in x.read for x in (s, *s.nested))]
        if sum(x.read.count(name) for s in rest for x in (s, *s.nested)) != self.reads[name] - 1:
            return None  # it is read elsewhere
        again = next((k for k, s in enumerate(rest) if source in s.bound or source in s.bound_within), len(rest))
        if used and used[-1] > again or (used and used[-1] == again and rest[again].blocks):
            return None
        self.reads[source] += self.reads[name] - 2
        self.reads[name] = 0
        self.bound[source] -= 1

        def renamed(s: Statement) -> list[Statement]:
            return [map_names(s, lambda n: Name(source if n == name else n), lambda n: n) if name in s.read else s]

        return list(map_block(tuple(rest), renamed))
