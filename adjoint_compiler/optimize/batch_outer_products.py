"""Sum outer products as one matrix product, which costs what one of them does.

    for t in reversed(range(n)):              for t in reversed(range(n)):
        W_bar += np.outer(h_bar, x)    ->         W_lefts.append(h_bar)
                                                  W_rights.append(x)
                                              W_bar += outer_sum(W_lefts, W_rights)

That is right where the loop does nothing else with ``W_bar`` than to add to it. Factors whose memory may change before
the loop ends are copied; those of a product that is added to a part of ``W_bar`` are filled up with zeros.

Only the reverse sweep is rewritten: a matrix product rounds differently, and the forward sweep computes what the program
does, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adjoint_compiler.analysis.indexing import index_parts
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
    Comment,
    Const,
    For,
    Name,
    Operand,
    Pack,
    Program,
    Push,
    Statement,
    Store,
    Update,
    While,
)
from adjoint_compiler.ir.operands import EVERY, WHOLE
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN
from adjoint_compiler.ir.walk import binds, blocks_of, names_bound, names_stored, reads, walk
from adjoint_compiler.optimize.rename import map_block

OUTER, OUTER_SUM = "numpy.outer", "adjoint_compiler.runtime.contractions.outer_sum"
REVERSE = Comment("reverse sweep")


def batch_outer_products(program: Program, types: Types, memory: Memory) -> Program:
    """Gather outer products that are added to one matrix (see the module's text).

    >>> from adjoint_compiler.ir.types import array_type
    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> body = (Bind("t", OUTER, (Name("a"), Name("b"))), Update("w", WHOLE, "operator.add", Name("t")))
    >>> loop = For("i", Const(0), Name("n"), Const(1), body)
    >>> program = Program("f", ("w", "a", "b", "n"), (Comment("reverse sweep"), loop))
    >>> types = {n: array_type("float64", k) for n, k in {"w": 2, "t": 2, "a": 1, "b": 1}.items()}
    >>> [type(s).__name__ for s in batch_outer_products(program, types, shared_classes(program, types)).body]
    ['Comment', 'Bind', 'Bind', 'For', 'Bind', 'Update']
    """
    start = next((k for k, s in enumerate(program.body) if s == REVERSE), None)
    if start is None:
        return program
    batching = _Batching(program, types, memory, program.body[start:])
    return replace(program, body=(*program.body[:start], *batching.block(program.body[start:])))


class _Batching:
    def __init__(self, program: Program, types: Types, memory: Memory, reverse: Block) -> None:
        self.types, self.memory = types, memory
        mentioned = {n for s in walk(program.body) for n in (*reads(s), *names_bound(s))}
        self.names = Names({*mentioned, *program.params, *program.free, program.name})
        uses: dict[str, int] = {}
        defs: dict[str, int] = {}
        self.outer: dict[str, Bind] = {}
        for s in walk(program.body):
            for n in reads(s):
                uses[n] = uses.get(n, 0) + 1
            for n in names_bound(s):
                defs[n] = defs.get(n, 0) + 1
        for s in walk(reverse):
            if isinstance(s, Bind) and s.op == OUTER and self.is_outer(s):
                self.outer[s.target] = s
        self.outer = {n: s for n, s in self.outer.items() if uses.get(n) == defs.get(n) == 1}

    def is_outer(self, s: Bind) -> bool:
        """Whether a product is one of two real vectors."""
        types = [self.types.get(a.id, UNKNOWN) if isinstance(a, Name) else UNKNOWN for a in s.args]
        return len(types) == 2 and all(t.kind == "array" and t.ndim == 1 and t.dtype.startswith("float") for t in types)

    def block(self, block: Block) -> Block:
        """Outer loops first: they gather most."""
        out: list[Statement] = []
        for s in self.pairs(block) if self.outer else block:
            before: list[Statement] = []
            after: list[Statement] = []
            for target, terms in self.targets(s).items() if isinstance(s, (For, While)) else ():
                s, first, last = self.batch(s, target, terms)
                before += first
                after += last
            if blocks_of(s):
                s = with_blocks(s, tuple(self.block(b) for b in blocks_of(s)))
            out += [*before, s, *after]
        return tuple(out)

    # -- loops -----------------------------------------------------------------------------------------------

    def targets(self, loop: For | While) -> dict[str, dict[str, Update]]:
        """Matrices made outside of the loop to which it adds outer products, and does nothing else; the updates by product."""
        inside = tuple(walk((loop,)))
        bound = {n for s in inside for n in names_bound(s)}
        found: dict[str, dict[str, Update]] = {}
        for s in inside:
            product = self.product(s) if isinstance(s, Update) else None
            if isinstance(s, Update) and product is not None and s.target not in bound:
                found.setdefault(s.target, {})[product.target] = s
        return {n: terms for n, terms in found.items() if self.is_only_added_to(n, inside)}

    def product(self, s: Update) -> Bind | None:
        """The outer product that an update adds to all of a matrix, or to a block of it."""
        if s.op != "operator.add" or s.index is None or not isinstance(s.value, Name):
            return None
        t = self.types.get(s.target, UNKNOWN)
        parts = index_parts(s.index)
        plain = s.index == WHOLE or len(parts) <= 2 and all(isinstance(p, Pack) and p.kind == "slice" for p in parts)
        fits = t.kind == "array" and t.ndim == 2 and t.dtype.startswith("float")
        return self.outer.get(s.value.id) if plain and fits else None

    def is_only_added_to(self, name: str, inside: tuple[Statement, ...]) -> bool:
        cls = self.memory.classes.get(name)
        same = {n for n, c in self.memory.classes.items() if c == cls} if cls is not None else {name}
        for s in inside:
            if isinstance(s, Update) and s.target in same and s.op == "operator.add":
                if same.intersection(reads(s)) - {s.target}:
                    return False
            elif isinstance(s, Bind) and s.op == "index" and s.target in same:
                continue  # a view; what is done with it is looked at, too
            elif same.intersection((*reads(s), *names_bound(s), *names_stored(s))):
                return False
        return True

    def batch(
        self, loop: Statement, target: str, terms: dict[str, Update]
    ) -> tuple[Statement, list[Statement], list[Statement]]:
        """The loop with its outer products put on lists, what goes before it, and what goes behind."""
        stem = target.removesuffix("_bar")
        lefts, rights = self.names.fresh(f"{stem}_lefts"), self.names.fresh(f"{stem}_rights")
        stored = {self.memory.classes.get(n) for s in walk((loop,)) for n in names_stored(s)} - {None}
        dropped = {id(s) for s in terms.values()}

        def change(s: Statement) -> list[Statement]:
            if isinstance(s, Bind) and s.target in terms:
                return list(self.pushes(s, terms[s.target], lefts, rights, stored))
            return [] if id(s) in dropped else [s]

        new = with_blocks(loop, tuple(map_block(b, change) for b in blocks_of(loop)))
        for n in terms:
            del self.outer[n]
        total = self.names.fresh("t")
        before: list[Statement] = [Bind(n, "copy", (Pack("list", ()),)) for n in (lefts, rights)]
        after: list[Statement] = [
            Bind(total, OUTER_SUM, (Name(lefts), Name(rights))),
            Update(target, WHOLE, "operator.add", Name(total)),
        ]
        return new, before, after

    def pushes(self, s: Bind, update: Update, lefts: str, rights: str, stored: set[int | None]) -> Iterator[Statement]:
        """What puts the factors of a product on the two lists."""
        parts = () if update.index is None or update.index == WHOLE else index_parts(update.index)
        for axis, (factor, stack) in enumerate(zip(s.args, (lefts, rights))):
            assert isinstance(factor, Name)
            part = parts[axis] if axis < len(parts) else EVERY
            held: Operand = factor
            if part != EVERY:
                padded, size, shape = (self.names.fresh(n) for n in ("padded", "t", "t"))
                yield Bind(shape, "attribute.shape", (Name(update.target),), (), s.span)
                yield Bind(size, "index", (Name(shape), Const(axis)), (), s.span)
                yield Bind(padded, "numpy.zeros", (Name(size),), (), s.span)
                yield Store(padded, part, factor, s.span)
                held = Name(padded)
            elif self.memory.classes.get(factor.id) in stored:
                copy = self.names.fresh("t")
                yield Bind(copy, "method.copy", (factor,), (), s.span)
                held = Name(copy)
            yield Push(stack, held, s.span)

    # -- sums of two -----------------------------------------------------------------------------------------

    def pairs(self, block: Block) -> Block:
        """``np.outer(a, b) + np.outer(c, d)`` in one product."""
        out = list(block)
        for s in block:
            if not isinstance(s, Bind) or s.op != "operator.add" or s.args[0] == s.args[1]:
                continue
            products = [self.outer[a.id] for a in s.args if isinstance(a, Name) and a.id in self.outer]
            places = [k for k, x in enumerate(out) if any(x is y for y in (*products, s))]
            if (
                len(products) < 2
                or len(places) < 3
                or any(self.changes(out[out.index(p) + 1 : places[2]], p) for p in products)
            ):
                continue
            lefts, rights = (Pack("tuple", pair) for pair in zip(*(p.args for p in products)))
            out[places[2]] = replace(s, op=OUTER_SUM, args=(lefts, rights))
            out = [x for x in out if not any(x is y for y in products)]
            for p in products:
                del self.outer[p.target]
        return tuple(out)

    def changes(self, between: list[Statement], product: Bind) -> bool:
        """Whether statements may change a factor."""
        factors = {a.id for a in product.args if isinstance(a, Name)}
        classes = {self.memory.classes.get(n, n) for n in factors}
        return any(
            binds(x) in factors or any(self.memory.classes.get(n, n) in classes for n in names_stored(x))
            for s in between
            for x in walk((s,))
        )


__all__ = ["batch_outer_products"]
