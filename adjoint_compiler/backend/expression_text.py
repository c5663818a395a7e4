"""The text of expressions, with the parentheses that astor would write.

astor prints any tree, by way of a list of fragments and of attributes put on the nodes; this is the short way for the
kinds of expressions that generated code consists of. What else the user's source can bring in is left to astor.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from astor.op_util import Precedence, get_op_precedence, get_op_symbol

HIGHEST, COMMA = Precedence.highest, Precedence.Comma
Spell = Callable[[Any, int], str]


class ExpressionText:
    """Writes expressions.

    >>> ExpressionText(str).write(ast.parse("(a + b) * -c[1:, 0] ** 2", mode="eval").body, HIGHEST)
    '((a + b) * -c[1:, 0] ** 2)'
    """

    def __init__(self, other: Callable[[Any], str]) -> None:
        """``other`` writes nodes of other kinds; it finds the precedence around them in their attribute ``_pp``."""
        self.other = other
        self.spell: dict[type, Spell] = {
            ast.Name: lambda e, around: str(e.id),
            ast.Constant: lambda e, around: "..." if e.value is Ellipsis else repr(e.value),
            ast.Attribute: lambda e, around: f"{self.write(e.value, HIGHEST)}.{e.attr}",
            ast.List: lambda e, around: f"[{self.several(e.elts)}]",
            ast.Call: self.call,
            ast.Subscript: self.subscript,
            ast.Slice: self.slice,
            ast.Tuple: self.tuple,
            ast.BinOp: self.binary,
            ast.UnaryOp: self.unary,
            ast.Compare: self.comparison,
            ast.BoolOp: self.boolean,
        }

    def write(self, e: Any, around: int) -> str:
        """The text of an expression within one of a given precedence."""
        spell = self.spell.get(type(e))
        if spell is not None:
            return spell(e, around)
        e._pp = around
        return self.other(e)

    def several(self, items: list[Any]) -> str:
        return ", ".join([self.write(i, COMMA) for i in items])

    def call(self, e: ast.Call, around: int) -> str:
        within = COMMA if len(e.args) + len(e.keywords) > 1 else Precedence.call_one_arg
        args = [self.write(a, within) for a in e.args]
        args += [(f"{k.arg}=" if k.arg else "**") + self.write(k.value, COMMA) for k in e.keywords]
        return f"{self.write(e.func, HIGHEST)}({', '.join(args)})"

    def subscript(self, e: ast.Subscript, around: int) -> str:
        return f"{self.write(e.value, HIGHEST)}[{self.write(e.slice, Precedence.Subscript)}]"

    def slice(self, e: ast.Slice, around: int) -> str:
        parts = ["" if p is None else self.write(p, Precedence.Slice) for p in (e.lower, e.upper, e.step)]
        return ":".join(parts if e.step is not None else parts[:2])

    def tuple(self, e: ast.Tuple, around: int) -> str:
        text = self.several(e.elts) + ("," if len(e.elts) == 1 else "")
        return text if e.elts and Precedence.Tuple >= around else f"({text})"

    def binary(self, e: ast.BinOp, around: int) -> str:
        own = get_op_precedence(e.op)
        power = isinstance(e.op, ast.Pow)
        left = self.write(e.left, Precedence.Pow + 1 if power else own)
        right = self.write(e.right, Precedence.PowRHS if power else own + 1)
        text = f"{left} {get_op_symbol(e.op)} {right}"
        return text if own >= around else f"({text})"

    def unary(self, e: ast.UnaryOp, around: int) -> str:
        own, symbol = get_op_precedence(e.op), get_op_symbol(e.op)
        text = symbol + (" " if symbol.isalpha() else "") + self.write(e.operand, own)
        return text if own >= around else f"({text})"

    def comparison(self, e: ast.Compare, around: int) -> str:
        own = get_op_precedence(e.ops[0])
        text = self.write(e.left, own + 1)
        for op, right in zip(e.ops, e.comparators):
            text += f" {get_op_symbol(op)} {self.write(right, own + 1)}"
        return text if own >= around else f"({text})"

    def boolean(self, e: ast.BoolOp, around: int) -> str:
        own = get_op_precedence(e.op)
        text = f" {get_op_symbol(e.op)} ".join([self.write(v, own + 1) for v in e.values])
        return text if own >= around else f"({text})"
