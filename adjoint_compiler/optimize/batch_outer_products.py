"""Sum outer products as one matrix product, which costs what one of them does.

    for t in reversed(range(n)):              for t in reversed(range(n)):
        W_bar += np.outer(h_bar, x)    ->         W_lefts.append(h_bar)
                                                  W_rights.append(x)
                                              W_bar += outer_sum(W_lefts, W_rights)

That is right where the loop does nothing else with ``W_bar`` than to add to it. Products that are added behind the loop go
onto the same lists, as long as nothing looks at ``W_bar``; where it is made of zeros just before, it is made of the sum:
``W_bar = outer_sum(W_lefts, W_rights, W)``. Factors whose memory may change before that are copied; those of a product that
is added to a part of ``W_bar`` are filled up with zeros.

Only the reverse sweep is rewritten: a matrix product rounds differently, and the forward sweep computes what the program
does, bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adjoint_compiler.analysis.indexing import index_parts
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import (
    Bind,
    Block,
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
from adjoint_compiler.ir.walk import binds, walk
from adjoint_compiler.optimize.rename import map_block

OUTER, OUTER_SUM = "numpy.outer", "adjoint_compiler.runtime.contractions.outer_sum"


def batch_outer_products(program: Program, types: Types, memory: Memory) -> Program:
    """Gather outer products that are added to one matrix (see the module's text).

    >>> from adjoint_compiler.ir.nodes import REVERSE
    >>> from adjoint_compiler.ir.types import array_type
    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> body = (Bind("t", OUTER, (Name("a"), Name("b"))), Update("w", WHOLE, "operator.add", Name("t")))
    >>> loop = For("i", Const(0), Name("n"), Const(1), body)
    >>> program = Program("f", ("w", "a", "b", "n"), (REVERSE, loop))
    >>> types = {n: array_type("float64", k) for n, k in {"w": 2, "t": 2, "a": 1, "b": 1}.items()}
    >>> [type(s).__name__ for s in batch_outer_products(program, types, shared_classes(program, types)).body]
    ['Comment', 'Bind', 'Bind', 'For', 'Bind', 'Update']
    """
    start = program.reverse_at
    if start is None:
        return program
    batching = _Batching(program, types, memory, program.body[start:])
    return replace(program, body=(*program.body[:start], *batching.block(batching.ordered(program.body[start:]))))


@dataclass
class _Gathering:
    """The outer products that go onto two lists.

    Attributes:
        last: the number, in its block, of the last statement that adds one.
        lefts, rights: the lists of their factors.
        terms: the updates, by the name of the product.
        stored: memory that is stored into before the sum is taken.
        fresh: whether the matrix is zero before, so that the sum can take its place.
    """

    last: int
    lefts: str
    rights: str
    terms: dict[str, Update]
    stored: frozenset[int]
    fresh: bool


class _Batching:
    def __init__(self, program: Program, types: Types, memory: Memory, reverse: Block) -> None:
        self.types, self.memory = types, memory
        mentioned = program.mentioned
        self.names = Names({*mentioned, *program.params, *program.free, program.name})
        uses: dict[str, int] = {}
        defs: dict[str, int] = {}
        self.outer: dict[str, Bind] = {}
        for s in program.statements:
            for n in s.read:
                uses[n] = uses.get(n, 0) + 1
            for n in s.bound:
                defs[n] = defs.get(n, 0) + 1
        for s in walk(reverse):
            if isinstance(s, Bind) and s.op == OUTER and self.is_outer(s):
                self.outer[s.target] = s
        self.outer = {n: s for n, s in self.outer.items() if uses.get(n) == defs.get(n) == 1}
        self.updates = {s.value.id: s for s in walk(reverse) if isinstance(s, Update) and self.product(s) is not None}  # type: ignore[union-attr]

    def is_outer(self, s: Bind) -> bool:
        """Whether a product is one of two real vectors."""
        types = [self.types.get(a.id, UNKNOWN) if isinstance(a, Name) else UNKNOWN for a in s.args]
        return len(types) == 2 and all(t.kind == "array" and t.ndim == 1 and t.dtype.startswith("float") for t in types)

    def ordered(self, block: Block) -> Block:
        """A block with products behind what binds the names of the part that they are added to, where factors stay as they are.

        Factors are padded where the product is: what cannot stand there is left as it is.
        """
        out = [with_blocks(s, tuple(map(self.ordered, s.blocks))) if s.blocks else s for s in block]
        for update in block:
            product = self.product(update) if isinstance(update, Update) else None
            if product is None:
                continue
            first, last = (next((k for k, s in enumerate(out) if s is x), -1) for x in (product, update))
            between = out[first + 1 : last]
            if first >= 0 and not any(
                {*s.bound, *s.bound_within}.intersection(update.read) - {product.target} for s in between
            ):
                continue
            if first < 0 or self.changes(between, product):
                del self.outer[product.target]
            else:
                out[first:last] = [*between, product]
        return tuple(out)

    def block(self, block: Block) -> Block:
        """Outer loops first: they gather most."""
        rest = self.pairs(block) if self.outer else block
        out: list[Statement] = []
        gathering: dict[str, _Gathering] = {}
        for k, s in enumerate(rest):
            for target in self.targets(s) if self.outer else ():
                g = self.gathering(target, rest, k, out)
                if g is not None:
                    gathering[target] = g
                    out += [Bind(n, "copy", (Pack("list", ()),)) for n in (g.lefts, g.rights)]
            for new in self.gathered((s,), gathering):
                out.append(with_blocks(new, tuple(self.block(b) for b in new.blocks)) if new.blocks else new)
            for target in [n for n, g in gathering.items() if g.last == k]:
                out += self.closing(target, gathering.pop(target), out)
        return tuple(out)

    # -- loops, and what is around them -----------------------------------------------------------------------

    def targets(self, s: Statement) -> list[str]:
        """Matrices made before a statement to which it adds outer products, or the one that it makes, and does nothing else."""
        if isinstance(s, Bind):
            return [self.updates[s.target].target] if s.target in self.outer and s.target in self.updates else []
        inside = (s, *s.nested) if isinstance(s, (For, While)) else ()
        bound = {*s.bound, *s.bound_within}
        added = dict.fromkeys(x.target for x in inside if isinstance(x, Update) and self.product(x) is not None)
        return [n for n in added if n not in bound and self.is_only_added_to(n, inside)]

    def gathering(self, target: str, block: Block, start: int, before: list[Statement]) -> _Gathering | None:
        """The products that are added to a matrix until something else is done with it, if some of them are in a loop."""
        terms: dict[str, Update] = {}
        last, whole, looped, mentions = start, True, False, 0
        within: list[Statement] = []
        for k in range(start, len(block)):
            s = block[k]
            inside = (s, *s.nested)
            if not self.is_only_added_to(target, inside):
                break
            within += inside
            for x in inside:
                product = self.product(x) if isinstance(x, Update) and x.target == target else None
                if isinstance(x, Update) and product is not None and any(product is y for y in within):
                    terms[product.target] = x
                    last, whole, looped = k, whole and x.index == WHOLE, looped or isinstance(s, (For, While))
                    mentions = len(within)
        if not looped:
            return None
        del within[mentions:]
        same = self.memory.classes.get(target, target)
        touched = [x for x in within if not any(x is t for t in terms.values()) and self.mentions(x, same)]
        dtypes = {self.types.get(n, UNKNOWN).dtype for n in (target, *terms)}
        fresh = whole and not touched and len(dtypes) == 1 and self.zeros(target, before) is not None
        for n in terms:
            del self.outer[n]
        stem = target.removesuffix("_bar")
        stored = frozenset(self.memory.classes[n] for x in within for n in x.stored if n in self.memory.classes)
        return _Gathering(
            last, self.names.fresh(f"{stem}_lefts"), self.names.fresh(f"{stem}_rights"), terms, stored, fresh,
        )  # fmt: skip

    def mentions(self, s: Statement, cls: int | str) -> bool:
        """Whether a statement itself does anything with memory of a class."""
        return any(self.memory.classes.get(n, n) == cls for n in (*s.read, *s.bound, *s.stored))

    def zeros(self, target: str, before: list[Statement]) -> Bind | None:
        """The statement of a block that makes a matrix of zeros, if none has done anything with it since."""
        cls = self.memory.classes.get(target, target)
        s = next((s for s in reversed(before) if any(self.mentions(x, cls) for x in (s, *s.nested))), None)
        made = isinstance(s, Bind) and s.target == target and s.op == "numpy.zeros_like" and len(s.operands) == 1
        return s if made else None  # type: ignore[return-value]

    def gathered(self, block: Block, gathering: dict[str, _Gathering]) -> Block:
        """A block whose products are put on lists."""

        def change(s: Statement) -> list[Statement]:
            for g in gathering.values():
                if isinstance(s, Bind) and s.target in g.terms:
                    return list(self.pushes(s, g.terms[s.target], g))
                if any(s is update for update in g.terms.values()):
                    return []
            return [s]

        return map_block(block, change) if gathering else block

    def closing(self, target: str, g: _Gathering, out: list[Statement]) -> list[Statement]:
        """What sums the products; zeros that the sum takes the place of are removed."""
        lists = Name(g.lefts), Name(g.rights)
        zeros = self.zeros(target, out) if g.fresh else None
        if zeros is not None:
            out[:] = [s for s in out if s is not zeros]
            return [Bind(target, OUTER_SUM, (*lists, zeros.args[0]))]
        total = self.names.fresh("t")
        return [Bind(total, OUTER_SUM, lists), Update(target, WHOLE, "operator.add", Name(total))]

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
                if same.intersection(s.read) - {s.target}:
                    return False
            elif isinstance(s, Bind) and s.op == "index" and s.target in same:
                continue  # a view; what is done with it is looked at, too
            elif same.intersection((*s.read, *s.bound, *s.stored)):
                return False
        return True

    def pushes(self, s: Bind, update: Update, g: _Gathering) -> Iterator[Statement]:
        """What puts the factors of a product on the two lists."""
        parts = () if update.index is None or update.index == WHOLE else index_parts(update.index)
        for axis, (factor, stack) in enumerate(zip(s.args, (g.lefts, g.rights))):
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
            elif self.memory.classes.get(factor.id) in g.stored:
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
            binds(x) in factors or any(self.memory.classes.get(n, n) in classes for n in x.stored)
            for s in between
            for x in walk((s,))
        )


__all__ = ["batch_outer_products"]
