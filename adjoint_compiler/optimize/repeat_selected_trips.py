"""A loop that looks for something is not differentiated: the trip that found it is run once more, and that is.

    for j in range(n):                      last = -1
        d = (c[j] - p) ** 2                 nearest2 = nearest
        if d < nearest:                     for j in range(n):
            nearest = d                         d = (c[j] - p) ** 2
                                                if d < nearest2:
                                    ->              nearest2 = d
                                                    last = j
                                            if last >= 0:
                                                nearest = (c[last] - p) ** 2

The loop then only finds a number: nothing of it is recorded, and there is no reverse loop. That is so where a trip depends on
those before it by the choice alone: what it chooses is computed of the counter and of what no trip changes.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import chain

from adjoint_compiler import rules
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.uses import exposed
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Const, Effect, For, If, Name, Operand, Program, Statement
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import INT, UNKNOWN, is_discrete, is_number
from adjoint_compiler.optimize.remove_dead_code import IMPURE
from adjoint_compiler.optimize.rename import map_block, rename_block
from adjoint_compiler.rules.draws import acts


def repeat_selected_trips(program: Program, types: Types, varied: Callable[[], frozenset[str]]) -> Program:
    """Repeat the trips that loops choose (see the module's text); the program itself where there are none.

    Args:
        program: the primal.
        types: the types of its names.
        varied: gives the names that depend on an input; asked only where there is something to repeat.

    >>> from adjoint_compiler.ir.nodes import Return
    >>> from adjoint_compiler.ir.types import FLOAT
    >>> body = (Bind("t", "index", (Name("x"), Name("k"))), Bind("test", "operator.lt", (Name("t"), Name("m"))),
    ...         If(Name("test"), (Bind("m", "copy", (Name("t"),)),)))
    >>> loop = For("k", Const(0), Const(9), Const(1), body)
    >>> program = Program("f", ("x", "m"), (loop, Return(Name("m"))))
    >>> new = repeat_selected_trips(program, {"m": FLOAT}, lambda: frozenset("xtm"))
    >>> [type(s).__name__ for s in new.body]
    ['Bind', 'Bind', 'For', 'Bind', 'If', 'Return']
    """
    if not any(isinstance(s, For) for s in program.statements):
        return program
    repeating = _Repeating(program, types, varied)
    body = repeating.block(program.body, {*program.params, *program.free})
    if body is program.body:
        return program
    return replace(program, body=body, temporaries=program.temporaries | repeating.temporaries)


@dataclass(frozen=True)
class _Choice:
    """A block of a loop that runs in the trips that are chosen.

    Attributes:
        path: the statements of such a trip up to the last of the binds, in the blocks around them.
        binds: those that give names the values that are chosen.
    """

    path: tuple[Statement, ...]
    binds: tuple[Bind, ...]


class _Repeating:
    def __init__(self, program: Program, types: Types, varied: Callable[[], frozenset[str]]) -> None:
        self.types, self.varied = ChainMap({}, types), varied
        self.names = Names(program.mentioned)
        self.primal_temporaries, self.temporaries = program.temporaries, set[str]()
        self.reads = Counter(chain.from_iterable([s.read for s in program.statements]))

    def block(self, statements: Block, bound: set[str]) -> Block:
        """Rebuild a block; ``bound`` are the names that are bound before it, and grows by those that it binds."""
        out: list[Statement] = []
        for s in statements:
            old = s
            if s.blocks:
                inner = [self.block(b, bound | set(s.bound)) for b in s.blocks]
                s = with_blocks(s, tuple(inner)) if any(a is not b for a, b in zip(inner, s.blocks)) else s
            out += self.loop(s, old, bound, out) if isinstance(s, For) else [s]
            if not s.blocks:
                bound.update(s.bound)
        same = len(out) == len(statements) and all(a is b for a, b in zip(out, statements))
        return statements if same else tuple(out)

    def loop(self, loop: For, old: Statement, bound: set[str], before: list[Statement]) -> list[Statement]:
        """What replaces a loop; ``old`` is the loop as it was, ``bound`` are the names that are bound before it."""
        chosen = self.chosen(loop, old)
        first, _ = exposed(loop.body)
        seen = {n: self.fresh(n) for n in sorted(chosen) if n in first}
        if not chosen or not bound.issuperset(seen) or self.varied().isdisjoint(chosen):
            return [loop]
        after: list[Statement] = []
        marks: dict[int, list[Statement]] = {}
        start: list[Statement] = []
        for choice in {id(c): c for c in chosen.values()}.values():
            found = self.repeated(loop, choice)
            if found is None:
                return [loop]
            again, saved, last = found
            span = choice.binds[0].span
            start += [Bind(n, "copy", (Const(-1 if n == last else 0),), (), loop.span) for n in (last, *saved.values())]
            marks[id(choice.binds[-1])] = [
                Bind(new, "copy", (Name(n),), (), span) for n, new in ((loop.counter, last), *saved.items())
            ]
            test = self.names.fresh("found")
            self.temporaries.add(test)
            after += [Bind(test, "operator.ge", (Name(last), Const(0)), (), span), If(Name(test), again, (), span)]
        inner = {n: seen.get(n) or self.fresh(n) for n in chosen}
        body = rename_block(_marked(loop.body, marks), inner)
        start += [Bind(new, "copy", (_value_before(n, before),), (), loop.span) for n, new in seen.items()]
        return [*start, replace(loop, body=body), *after]

    def chosen(self, loop: For, old: Statement) -> dict[str, _Choice]:
        """The names whose values a loop chooses from those that its trips compute, if it does nothing else."""
        steady = (
            loop.until is None and not loop.parallel and isinstance(loop.start, Const) and isinstance(loop.step, Const)
            and isinstance(loop.start.value, int) and loop.start.value >= 0 and loop.step.value > 0
        )  # fmt: skip
        if not steady or not all(map(_is_plain, loop.nested)):
            return {}
        first, _ = exposed(loop.body)
        inside = Counter(chain.from_iterable([s.read for s in old.nested]))
        leaving = {
            n for n in loop.bound_within
            if (n in first or self.reads[n] > inside[n]) and not is_discrete(self.types.get(n, UNKNOWN))
        }  # fmt: skip
        if not leaving:
            return {}
        counts = Counter(n for s in loop.nested for n in s.bound)
        found: dict[str, _Choice] = {}
        _choices(loop.body, (), leaving, found)
        # in the loop the value that was found last is a number
        numbers = all(is_number(self.types.get(n, UNKNOWN)) for n in leaving & first)
        return found if numbers and found.keys() == leaving and all(counts[n] == 1 for n in leaving) else {}

    def repeated(self, loop: For, choice: _Choice) -> tuple[Block, dict[str, str], str] | None:
        """A chosen trip once more: its block, what is kept of the trip for it, and the name of its counter's value."""
        within = set(loop.bound_within)
        saved: set[str] = set()
        while True:
            part = self.part(loop, choice, saved)
            block = tuple([choice.path[k] for k in part])
            carried = (exposed(block)[0] & within) - saved
            if not all(map(self.is_whole, carried)):
                return None
            if not carried:
                break
            saved |= carried
        if any(not _is_repeatable(x) for s in block for x in (s, *s.nested)):
            return None
        for n in saved:  # its value at the end of the trip must be what the statements read
            binding = [k for k, s in enumerate(choice.path) if n in s.bound or n in s.bound_within]
            reading = [k for k, s in zip(part, block) if n in s.read or any(n in x.read for x in s.nested)]
            if binding and reading and max(binding) >= min(reading):
                return None
        last = self.names.fresh("last")
        self.types[last] = INT
        keeping = {n: self.fresh(n) for n in sorted(saved)}
        given = {s.target for s in choice.binds}
        fresh = {n: self.fresh(n) for s in block for n in (*s.bound, *s.bound_within) if n not in given}
        block = map_block(block, lambda s: [] if isinstance(s, Effect) else [s])  # they had none in that trip
        self.temporaries.update(new for n, new in fresh.items() if n in self.primal_temporaries)
        return rename_block(block, {**fresh, **keeping, loop.counter: last}), keeping, last

    def part(self, loop: For, choice: _Choice, saved: set[str]) -> list[int]:
        """The numbers of the statements of the path that compute what is chosen; ``saved`` names are at hand."""
        counts = Counter(n for s in loop.nested for n in s.bound)
        needed = {s.target for s in choice.binds}
        out: list[int] = []
        for k, s in reversed([*enumerate(choice.path)]):
            made = needed.intersection((*s.bound, *s.bound_within)) - saved
            if any(not (self.is_whole(n) and (counts[n] > 1 or s.blocks)) for n in made):
                out.insert(0, k)
                needed.update(s.read, *(x.read for x in s.nested))
        return out

    def fresh(self, name: str) -> str:
        """Another name for what a name stands for."""
        new = self.names.fresh("t" if name in self.primal_temporaries else name)
        self.types[new] = self.types.get(name, UNKNOWN)
        return new

    def is_whole(self, name: str) -> bool:
        """Whether a name is a number without derivative: its value can be kept."""
        t = self.types.get(name, UNKNOWN)
        return is_number(t) and is_discrete(t)


def _value_before(name: str, before: list[Statement]) -> Operand:
    """What a name stands for after some statements: a constant, where they tell."""
    for s in reversed(before):
        if name in s.bound or name in s.bound_within:
            return s.args[0] if isinstance(s, Bind) and s.op == "copy" and isinstance(s.args[0], Const) else Name(name)
    return Name(name)


def _choices(block: Block, before: Block, names: Iterable[str], found: dict[str, _Choice]) -> None:
    """The blocks of branches in which names are bound."""
    for k, s in enumerate(block):
        for branch in s.blocks if isinstance(s, If) else ():
            around = (*before, *block[:k])
            places = [k for k, x in enumerate(branch) if isinstance(x, Bind) and x.target in names]
            if places:
                choice = _Choice((*around, *branch[: places[-1] + 1]), tuple([branch[k] for k in places]))  # type: ignore[misc]
                found.update(dict.fromkeys([x.target for x in choice.binds], choice))
            _choices(branch, around, names, found)


def _marked(block: Block, marks: dict[int, list[Statement]]) -> Block:
    """The block with statements after those that are given by their identity."""
    out: list[Statement] = []
    for s in block:
        if isinstance(s, If):
            s = If(s.cond, _marked(s.then, marks), _marked(s.orelse, marks), s.span)
        out += [s, *marks.get(id(s), [])]
    return tuple(out)


def _is_plain(s: Statement) -> bool:
    """Whether a statement only computes: it changes no memory, and ends no loop."""
    if isinstance(s, Bind):
        return not s.op.startswith(("method", "builtins.next", "custom."))
    return (
        isinstance(s, If) or (isinstance(s, For) and s.until is None) or (isinstance(s, Effect) and s.kind != "store")
    )


def _is_repeatable(s: Statement) -> bool:
    """Whether a statement computes the same once more."""
    if not isinstance(s, Bind):
        return True
    known = s.op in rules.TABLE.by_key or s.op.startswith("attribute.")
    return known and not (s.op.startswith((*IMPURE, "time.")) or acts(s.op))


__all__ = ["repeat_selected_trips"]
