"""Writes adjoint statements: fresh names, types of what is written, and arithmetic that simplifies itself."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any, TypeGuard

import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.shapes import ONE as OF_LENGTH_ONE
from adjoint_compiler.analysis.shapes import Shapes
from adjoint_compiler.analysis.typing import Types, bind_type
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import NOWHERE, Bind, Const, Name, Operand, Pack, Span, Statement
from adjoint_compiler.ir.operands import EVERY, NONE
from adjoint_compiler.ir.types import is_number, is_python_scalar, may_be_complex
from adjoint_compiler.rules.expressions import METADATA, parse, resolve_function
from adjoint_compiler.rules.rule import Rule

ONE, MINUS_ONE = (1, 1.0), (-1, -1.0)
AST_OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow", ast.MatMult: "matmul",
    ast.Mod: "mod", ast.FloorDiv: "floordiv",
}  # fmt: skip
AST_COMPARISONS = {ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne"}


class Builder:
    """Appends statements to ``out``; one builder serves one fragment, that of the statement ``at`` a path."""

    def __init__(
        self, names: Names, types: Types, shapes: Shapes, span: Span = NOWHERE, at: tuple[int | str, ...] = ()
    ) -> None:
        self.names, self.types, self.shapes, self.span, self.at = names, types, shapes, span, at
        self.out: list[Statement] = []

    def emit(self, s: Statement) -> None:
        """Append a statement."""
        self.out.append(s)

    def bind(self, op: str, *args: Operand, stem: str = "t", **kwargs: Operand) -> Name:
        """Bind a fresh name to an operation and note its type and shape."""
        target = self.names.fresh(stem)
        kw = tuple(kwargs.items())
        s = Bind(target, op, args, kw, self.span)
        self.types[target] = bind_type(s, self.types)
        self.shapes.note(s)
        if op == HELPER["spread"] and not kw:
            self._note_spread(target, args)
        self.out.append(s)
        return Name(target)

    def _note_spread(self, target: str, args: tuple[Operand, ...]) -> None:
        """Remember what was spread over all axes, or over one."""
        g, of = self.type(args[0]), self.type(args[1])
        if len(args) == 4 and args[3] == Const(True) and of.kind == g.kind == "array" and g.ndim == of.ndim:
            self.shapes.spread[target] = (args[0], (), 0)  # the axes are there, with length one
            return
        axis = args[2] if len(args) == 3 else Const(None)
        axes = [a.value if isinstance(a, Const) else None for a in (axis.items if isinstance(axis, Pack) else (axis,))]
        if len(args) == 2 and self.is_number(args[0]):
            self.shapes.spread[target] = (args[0], (), 0)
        elif all(type(a) is int for a in axes) and of.kind == g.kind == "array" and of.ndim:
            over = tuple(a % of.ndim for a in axes if a is not None)
            if g.ndim == of.ndim - len(over):
                self.shapes.spread[target] = (args[0], over, of.ndim)

    def type(self, o: Operand) -> Any:
        """The type of an operand."""
        return operand_type(o, self.types)

    def is_number(self, o: Operand) -> bool:
        """Whether the operand certainly is a number."""
        return is_number(self.type(o))

    # -- arithmetic that simplifies --------------------------------------------------------------------------

    def mul(self, a: Operand, b: Operand) -> Operand:
        """``a * b`` without factors of one."""
        a, b = self._uniform(a, b), self._uniform(b, a)
        for x, other in ((a, b), (b, a)):
            if _literal(x, ONE):
                return other
            if _literal(x, MINUS_ONE):
                return self.neg(other)
        if _number(a) and _number(b):
            return Const(a.value * b.value)  # type: ignore[union-attr]
        return self.bind("operator.mul", a, b)

    def _uniform(self, a: Operand, other: Operand) -> Operand:
        """Of an array that was spread over an axis what was spread, where it meets an array of that shape."""
        return self.narrow(a) if self.shapes.same(a, other) else a

    def narrow(self, a: Operand) -> Operand:
        """Of an array that was spread over axes what was spread, with those axes of length one."""
        spread = self.shapes.spread.get(a.id) if isinstance(a, Name) else None
        if spread is None:
            return a
        g, axes, ndim = spread
        if not axes:
            return g
        parts: list[Operand] = [NONE if k in axes else EVERY for k in range(ndim)]
        while parts[-1] == EVERY and len(parts) > 1:
            parts.pop()
        return self.bind("index", g, Pack("tuple", tuple(parts)))

    def neg(self, a: Operand) -> Operand:
        """``-a``; two minus signs cancel."""
        if _number(a):
            return Const(-a.value)  # type: ignore[union-attr]
        if isinstance(a, Name) and self.out:
            last = self.out[-1]
            if isinstance(last, Bind) and last.target == a.id and last.op == "operator.neg":
                self.out.pop()
                return last.args[0]
        return self.bind("operator.neg", a)

    def div(self, a: Operand, b: Operand, by_zero: bool = False) -> Operand:
        """``a / b``; by NumPy's function where Python's own numbers would raise for a ``b`` of zero."""
        if _literal(b, ONE):
            return a
        raises = by_zero and self.is_number(a) and is_python_scalar(self.type(b))  # a seed may be Python's, too
        return self.bind("numpy.divide" if raises else "operator.truediv", a, b)

    def sum(self, a: Operand) -> Operand:
        """The sum over all of an array; that of a product of two real ones is their inner product."""
        last = self.out[-1] if self.out else None
        if isinstance(last, Bind) and a == Name(last.target) and last.op == "operator.mul":
            left, right = last.args
            types = [self.type(o) for o in last.args]
            if all(t.kind == "array" and t.dtype.startswith("float") and t.ndim for t in types):
                self.out.pop()
                if not self.shapes.same(left, right):
                    return self.bind(HELPER["sum_product"], left, right)
                return self.bind("numpy.dot" if types[0].ndim == 1 else "numpy.vdot", left, right)
        return self.bind("numpy.sum", a)

    # -- expressions of rules --------------------------------------------------------------------------------

    def expand(self, expression: str | ast.expr, rule: Rule, env: dict[str, Operand]) -> Operand:
        """Write the statements of a rule's expression; ``env`` gives the operands its names stand for."""
        tree = parse(expression) if isinstance(expression, str) else expression
        return self._expand(tree, rule, env)

    def _expand(self, e: ast.expr, rule: Rule, env: dict[str, Operand]) -> Operand:
        def sub(x: ast.expr) -> Operand:
            return self._expand(x, rule, env)

        if isinstance(e, ast.Constant):
            return Const(e.value)
        if isinstance(e, ast.Name):
            return env[e.id] if e.id in env else Const(getattr(np, e.id), f"np.{e.id}")
        if isinstance(e, ast.UnaryOp):
            return (
                self.neg(sub(e.operand)) if isinstance(e.op, ast.USub) else self.bind("operator.not_", sub(e.operand))
            )
        if isinstance(e, ast.BinOp):
            left, right = sub(e.left), sub(e.right)
            if isinstance(e.op, ast.Mult):
                return self.mul(left, right)
            if isinstance(e.op, ast.Div):
                return self.div(left, right)
            if isinstance(e.op, ast.Pow) and _literal(right, ONE):
                return left
            if isinstance(e.op, (ast.Sub, ast.Add)) and _number(left) and _number(right):
                a, c = left.value, right.value  # type: ignore[union-attr]
                return Const(a - c if isinstance(e.op, ast.Sub) else a + c)
            return self.bind(f"operator.{AST_OPERATORS[type(e.op)]}", left, right)
        if isinstance(e, ast.Compare):
            return self.bind(f"operator.{AST_COMPARISONS[type(e.ops[0])]}", sub(e.left), sub(e.comparators[0]))
        if isinstance(e, ast.Attribute):
            base = sub(e.value)
            if e.attr in METADATA and isinstance(base, Const):
                return Const(getattr(np.asarray(base.value), e.attr))
            return self.bind(f"attribute.{e.attr}", base)
        if isinstance(e, ast.Subscript):
            base = sub(e.value)
            if isinstance(base, Pack) and isinstance(e.slice, (ast.Constant, ast.Name)):
                at = sub(e.slice)
                if isinstance(at, Const) and isinstance(at.value, int):
                    return base.items[at.value]
            return self.bind("index", base, self._index(e.slice, rule, env))
        if isinstance(e, (ast.Tuple, ast.List)):
            return Pack("tuple" if isinstance(e, ast.Tuple) else "list", tuple(sub(x) for x in e.elts))
        if isinstance(e, ast.Call):
            return self._call(e, rule, env)
        raise TypeError(f"{rule.name}: {ast.dump(e)} in a rule's expression")

    def _index(self, e: ast.expr, rule: Rule, env: dict[str, Operand]) -> Operand:
        if isinstance(e, ast.Slice):
            parts = (e.lower, e.upper, e.step)
            return Pack("slice", tuple(Const(None) if p is None else self._expand(p, rule, env) for p in parts))
        if isinstance(e, ast.Tuple):
            return Pack("tuple", tuple(self._index(x, rule, env) for x in e.elts))
        return self._expand(e, rule, env)

    def _call(self, e: ast.Call, rule: Rule, env: dict[str, Operand]) -> Operand:
        args: list[Operand] = []
        for a in e.args:
            if isinstance(a, ast.Starred):
                pack = self._expand(a.value, rule, env)
                if not isinstance(pack, Pack):
                    raise TypeError(f"{rule.name}: `*` of what is no literal tuple")
                args.extend(pack.items)
            else:
                args.append(self._expand(a, rule, env))
        kwargs = {str(k.arg): self._expand(k.value, rule, env) for k in e.keywords}
        function = resolve_function(ast.unparse(e.func), rule)
        if function is np.conj or function is np.conjugate:
            if not may_be_complex(self.type(args[0])):
                return args[0]
        if function is np.real and not may_be_complex(self.type(args[0])):
            return args[0]
        target = rules.lookup(function)
        if target is None:
            raise KeyError(f"{rule.name}: no rule for {function!r}, which its expression calls")
        if target.name.endswith(".unbroadcast") and len(args) == 2:
            return self.unbroadcast(args[0], args[1])
        if target.name == HELPER["spread"] and self.is_number(args[1]) and len(args) == 2:
            return args[0]
        return self.bind(target.name, *args, **kwargs)  # type: ignore[arg-type]

    def contribution(self, g: Operand, partial: ast.expr, rule: Rule, env: dict[str, Operand], guard: bool) -> Operand:
        """``g * partial``, written as one would by hand; guarded where the partial can be infinite."""
        if isinstance(partial, ast.UnaryOp) and isinstance(partial.op, ast.USub):
            return self.neg(self.contribution(g, partial.operand, rule, env, guard))
        c = self._product(g, partial, rule, env, guard)
        return self.bind(HELPER["guarded"], g, c) if guard and c != g and not isinstance(c, Const) else c

    def _product(self, g: Operand, partial: ast.expr, rule: Rule, env: dict[str, Operand], singular: bool) -> Operand:
        if isinstance(partial, ast.BinOp) and isinstance(partial.op, ast.Div):
            left, right = self._expand(partial.left, rule, env), self._expand(partial.right, rule, env)
            return self.div(self.mul(g, left), right, singular)
        if singular and isinstance(partial, ast.Call) and ast.unparse(partial.func) == "divide":
            over, under = (self._expand(a, rule, env) for a in partial.args)
            divided = self.mul(g, over)
            never_raises = self.type(divided).kind == "array" or self.type(under).kind in ("array", "scalar")
            return self.bind("operator.truediv" if never_raises else "numpy.divide", divided, under)
        if isinstance(partial, ast.BinOp) and isinstance(partial.op, ast.Mult) and _is_reciprocal(partial.right):
            # first the quotient, which other partials of the rule share
            quotient = self.div(g, self._expand(partial.right.right, rule, env), singular)
            if isinstance(partial.left, ast.UnaryOp) and isinstance(partial.left.op, ast.USub):
                return self.neg(self.mul(quotient, self._expand(partial.left.operand, rule, env)))
            return self.mul(quotient, self._expand(partial.left, rule, env))
        return self.mul(g, self._expand(partial, rule, env))

    # -- shapes ----------------------------------------------------------------------------------------------

    def unbroadcast(self, c: Operand, like: Operand) -> Operand:
        """``c`` summed to the shape of ``like``; nothing where they certainly agree."""
        if self.is_number(like):
            if self.is_number(c):
                return c
            return self.sum(c) if self.type(c).kind == "array" else self.bind(HELPER["unbroadcast"], c, like)
        if self.shapes.same(c, like):
            return c
        last = self.out[-1] if self.out else None
        if isinstance(last, Bind) and c == Name(last.target) and last.op == "operator.neg":
            self.out.pop()  # the sign of the sum, not of every term
            return self.neg(self.unbroadcast(last.args[0], like))
        summed = self._summed(c, like)
        if summed is not None:
            return summed
        if isinstance(last, Bind) and c == Name(last.target) and last.op == "operator.mul":
            types = [self.type(o) for o in (*last.args, like)]
            if all(t.kind == "array" and t.ndim and t.dtype.startswith("float") for t in types) and types[0].ndim == 2:
                self.out.pop()
                return self.bind(HELPER["unbroadcast_product"], *last.args, like)
        kept = self._kept_sum(c, like)
        return self.bind(HELPER["unbroadcast"], c, like) if kept is None else kept

    def _summed(self, c: Operand, like: Operand) -> Operand | None:
        """The sum over the leading axes that ``c`` certainly has more than ``like``; None where that is not all."""
        mine, other = (self.shapes.of_operand(o) if isinstance(o, Name) else None for o in (c, like))
        if not mine or not other or len(mine) <= len(other) or mine[-len(other) :] != other:
            return None
        return self.bind("numpy.sum", c, axis=_axes(range(len(mine) - len(other))))

    def _kept_sum(self, c: Operand, like: Operand) -> Operand | None:
        """The sum over the axes that certainly have length one in ``like``; None where that is not all."""
        mine, other = (self.shapes.of_operand(o) if isinstance(o, Name) else None for o in (c, like))
        if not mine or not other or len(mine) != len(other):
            return None
        repeated = [k for k, (a, b) in enumerate(zip(mine, other)) if a != b]
        if any(other[k] != OF_LENGTH_ONE for k in repeated):
            return None
        return self.bind("numpy.sum", c, axis=_axes(repeated), keepdims=Const(True))


def _axes(axes: Collection[int]) -> Const:
    return Const(tuple(axes) if len(axes) > 1 else next(iter(axes)))


def _is_reciprocal(e: ast.expr) -> TypeGuard[ast.BinOp]:
    """Whether an expression of a rule is ``1 / ...``."""
    return isinstance(e, ast.BinOp) and isinstance(e.op, ast.Div) and ast.unparse(e.left) == "1"


def _literal(o: Operand, values: tuple[Any, ...]) -> bool:
    return (
        isinstance(o, Const)
        and not isinstance(o.value, bool)
        and isinstance(o.value, (int, float))
        and o.value in values
    )


def _number(o: Operand) -> bool:
    return isinstance(o, Const) and isinstance(o.value, (int, float)) and not isinstance(o.value, bool) and not o.text


HELPER = {
    name: f"adjoint_compiler.runtime.{module}.{name}"
    for name, module in {
        "guarded": "broadcasting",
        "guarded_as": "broadcasting",
        "guarded_tangent": "broadcasting",
        "let_through": "broadcasting",
        "unbroadcast": "broadcasting",
        "spread": "broadcasting",
        "unbroadcast_product": "broadcasting",
        "outline": "broadcasting",
        "sum_product": "broadcasting",
        "zeros_like": "structures",
        "shadow": "memory",
        "entry_copy": "memory",
        "as_gradient": "structures",
        "array_gradient": "structures",
        "number_gradient": "structures",
        "shaped_like": "structures",
        "listed_adjoint": "shaping",
        "copied": "memory",
        "add_structure": "structures",
        "result_of": "memory",
        "slot_adjoint": "structures",
        "scalar_seed": "structures",
        "from_shadows": "memory",
        "entry_copies": "memory",
        "scatter_add": "memory",
        "is_same_memory": "memory",
        "last_writer": "memory",
        "stretched": "broadcasting",
        "quotient_tangent": "broadcasting",
        "zero_tangent": "structures",
        "laid_out": "memory",
        "mirrored": "memory",
        "filled": "shaping",
    }.items()
}
GUARDS = (HELPER["guarded"], HELPER["guarded_as"])
