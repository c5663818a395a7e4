"""A Python tree to text: astor's generator, with comments, and lines that a formatter would leave alone."""

from __future__ import annotations

import ast
import re
from typing import Any

import astor
from astor.op_util import Precedence, get_op_symbol

from adjoint_compiler.backend.emit import COMMENT
from adjoint_compiler.backend.expression_text import HIGHEST, ExpressionText

WIDTH = 100
RETURN_IN_BRACKETS = re.compile(r"^( *return) \((\w+)\)$", re.MULTILINE)


class _Generator(astor.code_gen.SourceGenerator):  # type: ignore[misc]
    """Prints the marker statements that stand for comments as comments, and most expressions the short way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expressions = ExpressionText(_by_astor)

    def visit(self, node: Any) -> None:
        if type(node) in self.expressions.spell:
            self.write(self.expressions.write(node, getattr(node, "_pp", HIGHEST)))
        else:
            super().visit(node)

    def visit_Assign(self, node: Any) -> None:
        sides = [self.expressions.write(e, Precedence.Assign) for e in (*node.targets, node.value)]
        self.newline(node)
        self.write(" = ".join(sides))

    def visit_AugAssign(self, node: Any) -> None:
        target, value = (self.expressions.write(e, Precedence.AugAssign) for e in (node.target, node.value))
        self.newline(node)
        self.write(f"{target} {get_op_symbol(node.op)}= {value}")

    def visit_Expr(self, node: Any) -> None:
        value = node.value
        text = getattr(value, "value", None)
        if isinstance(text, str) and text.startswith(COMMENT):
            self.newline(extra=0)
            self.write("# " + text[len(COMMENT) :])
            return
        super().visit_Expr(node)

    def visit_JoinedStr(self, node: Any) -> None:
        self.write(ast.unparse(node))


def _by_astor(node: Any) -> str:
    """The text of an expression of a kind that is not common."""
    generator = _Generator("    ")
    generator.visit(node)
    return "".join(generator.result)


def _pretty_source(parts: list[str]) -> str:
    return "".join(parts)


def to_text(functions: list[Any]) -> str:
    """The text of function definitions, two blank lines between them."""
    pieces = []
    for function in functions:
        text = astor.to_source(
            function, indent_with="    ", pretty_source=_pretty_source, source_generator_class=_Generator
        )
        pieces.append(_tidy(text))
    return "\n\n".join(pieces)


def _tidy(text: str) -> str:
    lines = [line.rstrip() for line in text.strip("\n").split("\n")]
    out = [line for line in lines if line]
    return RETURN_IN_BRACKETS.sub(r"\1 \2", "\n".join(out)) + "\n"
