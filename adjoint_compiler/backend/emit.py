"""IR to a Python tree."""

from __future__ import annotations

import ast
from typing import Any

from adjoint_compiler.backend import spelling
from adjoint_compiler.backend.fold import Classes, foldable
from adjoint_compiler.backend.spelling import LOAD, STORE
from adjoint_compiler.ir.nodes import (
    DISCARD,
    Bind,
    Block,
    Call,
    Comment,
    Const,
    Effect,
    For,
    If,
    Name,
    Operand,
    Pack,
    Pop,
    Program,
    Push,
    Return,
    Statement,
    Store,
    Try,
    Update,
    While,
    With,
)  # fmt: skip
from adjoint_compiler.ir.operands import is_field
from adjoint_compiler.rules.draws import acts


class Emitter:
    """Writes one function."""

    def __init__(self, program: Program, classes: Classes) -> None:
        self.program = program
        self.folded = foldable(program, classes)
        self.expressions: dict[str, Any] = {}
        self.read = {n for s in program.statements for n in s.read}

    def function(self) -> Any:
        """The whole function definition."""
        args = [ast.arg(p, None) for p in self.program.params]
        defaults = [ast.parse(d, mode="eval").body for d in self.program.defaults.values()]
        statements, last = self.program.body, self.program.body[-1]
        if isinstance(last, Return) and last.value == Const(None):
            statements = statements[:-1]  # as falling off the end
        body = self.block(statements) or [ast.Pass()]
        if self.program.doc:
            body.insert(0, ast.Expr(ast.Constant(self.program.doc)))
        arguments = ast.arguments([], args, None, [], [], None, defaults)
        return ast.FunctionDef(self.program.name, arguments, body, [], None, None)

    # -- operands --------------------------------------------------------------------------------------------

    def operand(self, o: Operand) -> Any:
        """An operand; a folded temporary is its expression."""
        if isinstance(o, Name):
            return self.expressions[o.id] if o.id in self.folded and o.id in self.expressions else spelling.name(o.id)
        if isinstance(o, Const):
            return spelling.constant(o.value, o.text)
        items = [self.operand(i) for i in o.items]
        if o.kind == "dict":
            return ast.Dict([ast.Constant(k) for k in o.keys], items)
        if o.kind == "slice":
            return spelling.call(spelling.name("slice"), items, [])
        if o.cls is not None:
            return spelling.made(o.cls, o.keys, items)
        return (ast.Tuple if o.kind == "tuple" else ast.List)(items, LOAD)

    def index(self, o: Operand) -> Any:
        """What stands between the brackets of a subscript."""
        if isinstance(o, Pack) and o.kind == "slice":
            parts = [None if p == Const(None) else self.operand(p) for p in o.items]
            return ast.Slice(*parts)
        if isinstance(o, Pack) and o.kind == "tuple" and o.items:
            return ast.Tuple([self.index(i) for i in o.items], LOAD)
        return self.operand(o)

    def place(self, base: Any, index: Operand, context: Any) -> Any:
        """An item or attribute of something."""
        if is_field(index):
            return ast.Attribute(base, index.value, context)  # type: ignore[union-attr]
        return ast.Subscript(base, self.index(index), context)

    def expression(self, s: Bind) -> Any:
        """The right-hand side of a binding."""
        if s.op == "index":
            made: Any = self.place(self.operand(s.args[0]), s.args[1], LOAD)
        else:
            args = [self.operand(a) for a in s.args]
            made = spelling.operation(s.op, args, [(k, self.operand(v)) for k, v in s.kwargs], list(s.args))
        if s.op != "copy":
            made.span = s.span
        return made

    # -- statements ------------------------------------------------------------------------------------------

    def block(self, block: Block) -> list[Any]:
        """The statements of a block."""
        out: list[Any] = []
        for s in block:
            for node in self.statement(s):
                node.span = s.span  # for `backend.origins`
                if not (out and self.merge(out, node)):
                    out.append(node)
        return _without_empty_sections(out)

    @staticmethod
    def merge(out: list[Any], node: Any) -> bool:
        """``t = a; if t: t = b`` is ``t = a and b``."""
        last = out[-1]
        if not (isinstance(node, ast.If) and isinstance(node.test, ast.Name) and isinstance(last, ast.Assign)):
            return False
        target = last.targets[0]
        if not (isinstance(target, ast.Name) and target.id == node.test.id):
            return False
        for body, other, word in ((node.body, node.orelse, ast.And), (node.orelse, node.body, ast.Or)):
            plain = [b for b in other if not isinstance(b, ast.Pass)]
            if len(body) == 1 and not plain and isinstance(body[0], ast.Assign):
                inner = body[0]
                if isinstance(inner.targets[0], ast.Name) and inner.targets[0].id == target.id:
                    last.value = spelling.boolean(word, last.value, inner.value)
                    return True
        return False

    def statement(self, s: Statement) -> list[Any]:
        """One statement; none for a temporary that is folded into its use."""
        if isinstance(s, Bind):
            if s.target in self.folded:
                self.expressions[s.target] = self.expression(s)
                return []
            if s.target not in self.read and acts(s.op):  # it only happens
                return [ast.Expr(self.expression(s))]
            return [ast.Assign([spelling.name(s.target, True)], self.expression(s), None)]
        if isinstance(s, Store):
            target = self.place(self.operand(Name(s.target)), s.index, STORE)
            return [ast.Assign([target], self.operand(s.value), None)]
        if isinstance(s, Update):
            return [self.update(s)]
        if isinstance(s, If):
            return [self.conditional(s)]
        if isinstance(s, For):
            return [self.counted(s)]
        if isinstance(s, While):
            return self.loop(s)
        if isinstance(s, With):
            context = ast.parse(s.text, mode="eval").body if s.text else self.operand(s.context)
            return [ast.With([ast.withitem(context, None)], self.block(s.body), None)]
        if isinstance(s, Try):
            return [self.attempt(s)]
        if isinstance(s, Call):
            value = spelling.call(spelling.name(s.callee), [self.operand(a) for a in s.args], [])
            if s.tape:
                both = [spelling.name(s.target or "_", True), spelling.name(s.tape, True)]
                return [ast.Assign([ast.Tuple(both, STORE)], value, None)]
            if s.target in self.folded:
                self.expressions[str(s.target)] = value
                return []
            return [ast.Assign([spelling.name(s.target, True)], value, None) if s.target else ast.Expr(value)]
        if isinstance(s, Push):
            append = ast.Attribute(self.operand(Name(s.stack)), "append", LOAD)
            return [ast.Expr(spelling.call(append, [self.operand(s.value)], []))]
        if isinstance(s, Pop):
            value = spelling.call(ast.Attribute(self.operand(Name(s.stack)), "pop", LOAD), [], [])
            if s.target in self.folded:
                self.expressions[str(s.target)] = value
                return []
            return [ast.Assign([spelling.name(s.target, True)], value, None) if s.target else ast.Expr(value)]
        if isinstance(s, Comment):
            return [ast.Expr(ast.Constant(COMMENT + s.text))]
        if isinstance(s, Effect):
            return [self.effect(s)]
        assert isinstance(s, Return)
        return [ast.Return(self.operand(s.value))]

    def update(self, s: Update) -> Any:
        value = self.operand(s.value)
        target: Any = self.operand(Name(s.target))
        if s.op == "scatter_add":
            at = self.operand(s.index) if s.index is not None else ast.Constant(Ellipsis)
            return ast.Expr(spelling.call(spelling.dotted("np.add.at"), [target, at, value], []))
        index = Const(Ellipsis) if s.index is None else s.index
        whole = index == Const(Ellipsis)
        if whole and isinstance(target, ast.Name):
            place: Any = ast.Name(target.id, STORE)
        else:
            place = self.place(target, index, STORE)
        return ast.AugAssign(place, spelling.BINARY[s.op.split(".")[1]](), value)

    def conditional(self, s: If) -> Any:
        then, orelse = self.block(s.then), self.block(s.orelse)
        test = self.operand(s.cond)
        if not then:
            if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
                return ast.If(test.operand, orelse or [ast.Pass()], [])
            return ast.If(spelling.negated(test), orelse or [ast.Pass()], [])
        return ast.If(test, then, orelse)

    def attempt(self, s: Try) -> Any:
        several = len(s.handlers) > 1
        handlers = []
        for k, text in enumerate(s.handlers, 1):
            raised = self.assigned(s.flag, k if several else True)
            error = f"{s.error}_" if s.error else None  # Python deletes the name after the handler
            kept = [ast.Assign([spelling.name(s.error, True)], spelling.name(error), None)] if s.error and error else []
            handlers.append(ast.ExceptHandler(ast.parse(text, mode="eval").body, error, [raised, *kept]))
        ended = [self.assigned(s.flag, 0 if several else False)]
        ended += [self.assigned(s.error, None)] if s.error else []
        return ast.Try([*self.block(s.body), *ended], handlers, [], [])

    @staticmethod
    def assigned(name: str, value: Any) -> Any:
        return ast.Assign([spelling.name(name, True)], ast.Constant(value), None)

    def counted(self, s: For) -> Any:
        args = [self.operand(o) for o in (s.start, s.stop, s.step)]
        if s.step == Const(1):
            args = args[:2] if s.start != Const(0) else args[1:2]
        iterable = spelling.call(spelling.name("range"), args, [])
        if s.backward:
            iterable = spelling.call(spelling.name("reversed"), [iterable], [])
        body = self.block(s.body) or [ast.Pass()]
        if s.until:
            body.append(ast.If(self.operand(Name(s.until)), [ast.Break()], []))
        return ast.For(spelling.name(s.counter, True), iterable, body, [], None)

    def loop(self, s: While) -> list[Any]:
        header = self.block(s.header)
        test = self.operand(s.cond)
        body = self.block(s.body)
        if s.until:
            body.append(ast.If(self.operand(Name(s.until)), [ast.Break()], []))
        if not header:
            return [ast.While(test, body or [ast.Pass()], [])]
        leave = ast.If(spelling.negated(test), [ast.Break()], [])
        return [ast.While(ast.Constant(True), [*header, leave, *body], [])]

    def effect(self, s: Effect) -> Any:
        args = [self.operand(a) for a in s.args]
        if s.kind == "assert":
            return ast.Assert(args[0], args[1] if len(args) > 1 else None)
        if s.kind == "raise" and not s.text:  # what was caught
            return ast.Raise(args[0], None)
        if s.kind == "raise":
            return ast.Raise(spelling.call(spelling.dotted(s.text), args, []), None)
        if s.kind == "print":
            extra = ast.parse(f"print({s.text})", mode="eval").body.keywords if s.text else []  # type: ignore[attr-defined]
            return ast.Expr(ast.Call(spelling.name("print"), args, extra))
        if s.kind == "unpack":
            length = spelling.call(spelling.name("len"), [args[0]], [])
            wrong = ast.Compare(length, [ast.NotEq()], [args[1]])
            message = ast.Constant(f"expected {s.args[1].value} values to unpack")  # type: ignore[union-attr]
            return ast.If(wrong, [ast.Raise(spelling.call(spelling.name("ValueError"), [message], []), None)], [])
        if s.text == DISCARD:
            return ast.Expr(spelling.call(ast.Attribute(args[0], "pop", LOAD), args[1:], []))
        if s.kind in ("check", "store"):
            return ast.Expr(spelling.call(spelling.name(s.text), args, []))
        raise TypeError(s.kind)


def _without_empty_sections(nodes: list[Any]) -> list[Any]:
    """Statements without comments that no code is under: a line's ends at any comment, a sweep's heading at the next one."""
    kept: list[Any] = []
    code = below = False  # whether there is code before the next comment, and before the next heading
    for n in reversed(nodes):
        if not is_comment(n):
            code = below = True
        elif n.span.line:
            if not code:
                continue
            code = False
        else:
            if not below:
                continue
            code = below = False
        kept.append(n)
    return kept[::-1]


def is_comment(node: Any) -> bool:
    """Whether a statement stands for a comment."""
    value = getattr(getattr(node, "value", None), "value", None)
    return isinstance(node, ast.Expr) and isinstance(value, str) and value.startswith(COMMENT)


COMMENT = "\0#"
