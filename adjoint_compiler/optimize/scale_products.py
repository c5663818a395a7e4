"""Multiply by numbers after a product with a vector, not the matrices before it.

    y_dot = (alpha_dot * A + A_dot * alpha) @ x    ->    y_dot = alpha_dot * (A @ x) + alpha * (A_dot @ x)

Each product reads its matrix once; the sum on the left reads and writes matrices five times. Only tangents are rewritten:
the result rounds differently, and what the program itself computes stays as it is, bit for bit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.memory import Memory
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Block, Name, Operand, Program, Statement
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import is_number
from adjoint_compiler.optimize.tangents import tangent_names

MATMUL, MUL, ADD, SUB, NEG = (f"operator.{n}" for n in ("matmul", "mul", "add", "sub", "neg"))


def scale_products(program: Program, types: Types, memory: Memory, primal: frozenset[str]) -> Program:
    """Scale products with vectors (see the module's text); ``primal`` are the names of the program that is differentiated.

    >>> from adjoint_compiler.analysis.memory import shared_classes
    >>> from adjoint_compiler.ir.types import FLOAT, array_type
    >>> types = {"A_dot": array_type("float64", 2), "x": array_type("float64", 1), "c": FLOAT}
    >>> types.update(t=types["A_dot"], y_dot=types["x"])
    >>> body = (Bind("t", MUL, (Name("A_dot"), Name("c"))), Bind("y_dot", MATMUL, (Name("t"), Name("x"))))
    >>> program = Program("f", ("x", "c", "A_dot"), body)
    >>> new = scale_products(program, types, shared_classes(program, types), frozenset("xc"))
    >>> [(s.op, *(a.id for a in s.args)) for s in new.body]
    [('operator.matmul', 'A_dot', 'x'), ('operator.mul', 'c', 't2')]
    """
    if not any(isinstance(s, Bind) and s.op == MATMUL for s in program.statements):
        return program
    scaling = _Scaling(program, types, memory, primal)
    body = scaling.block(program.body)
    if body is program.body:
        return program
    return replace(program, body=body, temporaries=program.temporaries | scaling.made)


@dataclass(frozen=True)
class _Term:
    """A matrix times numbers; the sign is that of the term in the sum."""

    matrix: Name
    numbers: tuple[Operand, ...] = ()
    negative: bool = False


class _Scaling:
    def __init__(self, program: Program, types: Types, memory: Memory, primal: frozenset[str]) -> None:
        self.types, self.memory = types, memory
        self.tangents = tangent_names(program, primal)
        self.names = Names({*program.mentioned, program.name})
        self.made: set[str] = set()
        uses = Counter(n for s in program.statements for n in s.read)
        defs = Counter(n for s in program.statements for n in s.bound)
        self.once = {n for n in self.tangents if uses[n] == defs[n] == 1}

    def block(self, block: Block) -> Block:
        out: list[Statement] = []
        for s in block:
            if s.blocks:
                inner = tuple(self.block(b) for b in s.blocks)
                out.append(s if all(a is b for a, b in zip(inner, s.blocks)) else with_blocks(s, inner))
                continue
            scaled = self.scaled(s, out) if isinstance(s, Bind) and s.op == MATMUL else None
            if scaled is None:
                out.append(s)
                continue
            gone, new = scaled
            out = [*(x for x in out if not any(x is g for g in gone)), *new]
        same = len(out) == len(block) and all(a is b for a, b in zip(out, block))
        return block if same else tuple(out)

    def scaled(self, s: Bind, before: list[Statement]) -> tuple[list[Bind], list[Bind]] | None:
        """The statements that a product makes superfluous, and those that take its place; None where it stays."""
        for side, vector in ((0, s.args[1]), (1, s.args[0])):
            matrix = s.args[side]
            if self.rank(matrix) != 2 or self.rank(vector) != 1:
                continue
            gone: list[Bind] = []
            terms = self.terms(matrix, before, gone)
            if not any(t.numbers for t in terms) or self.changes(terms, before, gone):
                return None
            return gone, self.sum(terms, side, vector, s)
        return None

    def terms(self, o: Operand, before: list[Statement], gone: list[Bind]) -> list[_Term]:
        """What a matrix is the sum of, by the statements that compute it for this alone; those are put on ``gone``."""
        assert isinstance(o, Name)
        made = next((x for x in reversed(before) if isinstance(x, Bind) and x.target == o.id), None)
        if made is None or o.id not in self.once or made.kwargs:
            return [_Term(o)]
        if made.op == MUL:
            for number, other in (made.args, made.args[::-1]):
                if is_number(operand_type(number, self.types)) and self.rank(other) == 2:
                    gone.append(made)
                    return [replace(t, numbers=(number, *t.numbers)) for t in self.terms(other, before, gone)]
        if made.op in (ADD, SUB, NEG) and all(self.rank(a) == 2 for a in made.args):
            gone.append(made)
            parts = [self.terms(a, before, gone) for a in made.args]
            if made.op != ADD:
                parts[-1] = [replace(t, negative=not t.negative) for t in parts[-1]]
            return [t for part in parts for t in part]
        return [_Term(o)]

    def rank(self, o: Operand) -> int | None:
        """The rank of an array of floats; None for anything else."""
        t = operand_type(o, self.types)
        return t.ndim if isinstance(o, Name) and t.kind == "array" and t.dtype.startswith("float") else None

    def changes(self, terms: list[_Term], before: list[Statement], gone: list[Bind]) -> bool:
        """Whether what is read by the terms may have changed since."""
        read = {n for t in terms for o in (t.matrix, *t.numbers) for n in names_in(o)}
        classes = {self.memory.classes.get(n, n) for n in read}
        first = min(k for k, x in enumerate(before) if any(x is g for g in gone))
        return any(
            not read.isdisjoint({*x.bound, *x.bound_within})
            or any(self.memory.classes.get(n, n) in classes for y in (x, *x.nested) for n in y.stored)
            for x in before[first:]
        )

    def sum(self, terms: list[_Term], side: int, vector: Operand, s: Bind) -> list[Bind]:
        """The sum of the terms' products with a vector, bound to what the product was."""
        out: list[Bind] = []

        def bind(op: str, *args: Operand) -> Name:
            name = self.names.fresh("t")
            self.made.add(name)
            out.append(Bind(name, op, args, (), s.span))
            return Name(name)

        total: Operand | None = None
        for t in terms:
            part = bind(MATMUL, *((t.matrix, vector) if side == 0 else (vector, t.matrix)))
            for number in t.numbers:
                part = bind(MUL, number, part)
            if total is None:
                total = bind(NEG, part) if t.negative else part
            else:
                total = bind(SUB if t.negative else ADD, total, part)
        return [*out[:-1], replace(out[-1], target=s.target)]


__all__ = ["scale_products"]
