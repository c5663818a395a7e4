"""Forward mode of a rule by transposing its pullback: what is linear in the adjoint ``g`` is turned around.

    x_bar = spread(g / n, x)        ->        y_dot = np.sum(x_dot) / n

The pullback is written as statements, of which those that depend on ``g`` are gone through backwards by their own
pullbacks, from the tangent of the operand to that of the result. Both are paired by Re<a, b>, so this is exact for
complex numbers, too. Where only the shape of something that depends on ``g`` is read, the result ``y`` stands for ``g``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from adjoint_compiler import rules
from adjoint_compiler.analysis.activity import differentiable_operands
from adjoint_compiler.analysis.typing import bind_type
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.operands import chosen_pullbacks, rule_environment
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Statement, Update
from adjoint_compiler.ir.operands import NONE, map_operand, names_in
from adjoint_compiler.ir.rebuild import map_names
from adjoint_compiler.ir.types import is_container, may_be_complex
from adjoint_compiler.ir.walk import reads
from adjoint_compiler.rules.expressions import RuleError, parse
from adjoint_compiler.rules.rule import Rule

Parts = dict[int, Operand]  # adjoints of the items of a tuple


def transposed(pullback: str, rule: Rule, env: dict[str, Operand], x_dot: Operand, b: Builder) -> Operand:
    """What tangent ``x_dot`` of an operand contributes to that of the result ``env["y"]``.

    Args:
        pullback: the operand's pullback, an expression in ``g``.
        rule: the operation's rule.
        env: operands by parameter.
        x_dot: the operand's tangent.
        b: where the statements go.

    Raises:
        RuleError: a part of the pullback cannot be transposed.
    """
    y = env["y"]
    assert isinstance(y, Name)
    g = b.names.fresh("g")
    b.types[g] = b.types.get(y.id, b.type(y))
    if y.id in b.shapes.dims:
        b.shapes.dims[g] = b.shapes.dims[y.id]
    inner = Builder(b.names, b.types, b.shapes, b.span)
    end = inner.expand(pullback, rule, {**env, "g": Name(g)})
    return _Transposer(rule, g, y, inner.out, b).run(end, x_dot)


class _Transposer:
    """The adjoints of what depends on ``g``, from the end of the pullback to ``g`` itself."""

    def __init__(self, rule: Rule, g: str, y: Name, statements: list[Statement], b: Builder) -> None:
        self.rule, self.g, self.y, self.b = rule, g, y, b
        self.statements = [s for s in statements if isinstance(s, Bind)]
        self.linear = {g}
        for s in self.statements:
            if any(n in self.linear for o in differentiable_operands(s) for n in names_in(o)):
                self.linear.add(s.target)
        self.bars: dict[str, Operand | Parts] = {}
        self.stand_ins: dict[str, Operand] = {g: y}

    def run(self, end: Operand, x_dot: Operand) -> Operand:
        for s in self.statements:
            if s.target not in self.linear:
                self.put(s)
        if self.b.type(end).kind == "array" and self.b.type(x_dot).kind in ("list", "tuple"):
            x_dot = self.b.bind("numpy.array", x_dot)  # an array serves as the sequence of its items
        self.add(end, x_dot)
        for s in reversed(self.statements):
            if s.target in self.bars:
                self.turn(s, self.bars.pop(s.target))
        found = self.bars.get(self.g, NONE)
        return self.whole(found, self.y) if isinstance(found, dict) else found

    def put(self, s: Statement) -> None:
        """Append a statement; what stands for ``g`` and what depends on it replaces them."""
        for n in reads(s):
            if n in self.linear:
                self.value(n)
        self.b.emit(map_names(s, lambda n: self.stand_ins.get(n, Name(n)), lambda n: n))

    def value(self, n: str) -> Operand:
        """Something of the shape of ``n``: it with the result for ``g``."""
        if n not in self.stand_ins:
            s = next(s for s in self.statements if s.target == n)
            made = self.b.names.fresh("t")
            self.stand_ins[n] = Name(made)
            for m in reads(s):
                if m in self.linear:
                    self.value(m)
            new = map_names(s, lambda m: self.stand_ins.get(m, Name(m)), lambda m: m)
            assert isinstance(new, Bind)
            new = Bind(made, new.op, new.args, new.kwargs, new.span)
            self.b.types[made] = bind_type(new, self.b.types)
            self.b.emit(new)
        return self.stand_ins[n]

    def whole(self, parts: Parts, like: Operand) -> Operand:
        """The adjoints of items as one operand."""
        t = self.b.type(like)
        count = len(t.items) if is_container(t) and t.items else max(parts) + 1
        items: list[Operand] = []
        for k in range(count):
            if k in parts:
                items.append(parts[k])
            else:
                item = self.b.bind("index", like, Const(k))
                items.append(self.b.bind(HELPER["zero_tangent"], item))
        return Pack("tuple", tuple(items))

    # -- adjoints ----------------------------------------------------------------------------------------------

    def add(self, o: Operand, bar: Operand) -> None:
        """Add to the adjoint of an operand."""
        if isinstance(o, Pack):
            for k, item in enumerate(o.items):
                if any(n in self.linear for n in names_in(item)):
                    key = Const(o.keys[k] if o.keys else k)
                    part = bar.items[k] if isinstance(bar, Pack) else self.b.bind("index", bar, key)
                    self.add(item, part)
        elif isinstance(o, Name) and o.id in self.linear:
            bar = self.real(o, bar)
            known = self.bars.get(o.id)
            if known is None:
                self.bars[o.id] = bar
            elif isinstance(known, dict):
                raise RuleError(f"{self.rule.name}: forward mode of this form is not available")
            else:
                several = isinstance(known, Pack) or isinstance(bar, Pack) or is_container(self.b.type(o))
                op = HELPER["add_structure"] if several else "operator.add"
                self.bars[o.id] = self.b.bind(op, known, bar)

    def real(self, o: Operand, bar: Operand) -> Operand:
        """The adjoint of what certainly is real is real."""
        t = self.b.type(o)
        known = t.kind in ("float", "array", "scalar", "real", "number") and not may_be_complex(t)
        return self.b.bind("numpy.real", bar) if known and may_be_complex(self.b.type(bar)) else bar

    def add_part(self, base: Name, k: int, bar: Operand) -> None:
        """Add to the adjoint of an item of a tuple."""
        known = self.bars.setdefault(base.id, {})
        if not isinstance(known, dict):
            raise RuleError(f"{self.rule.name}: forward mode of this form is not available")
        known[k] = self.b.bind("operator.add", known[k], bar) if k in known else bar

    def turn(self, s: Bind, bar: Operand | Parts) -> None:
        """Hand the adjoint of a statement's target on to what it was computed from."""
        if s.op in ("index", "copy"):
            self.turn_index(s, bar)
            return
        inner = rules.TABLE.by_key[s.op]
        env = rule_environment(s, inner)
        pullbacks = chosen_pullbacks(s, inner, self.b)
        given = self.passed(s, bar) if isinstance(bar, dict) else bar
        if given is None:
            return
        env.update(g=given, y=Name(s.target))
        for param, operand in list(env.items()):
            if param in ("g", "y") or param.startswith("*") or param not in pullbacks:
                continue
            if any(n in self.linear for n in names_in(operand)):
                if f"*{param}" in env and isinstance(operand, Pack):
                    for k, item in enumerate(operand.items):
                        expression = pullbacks.get(f"{param}[{k}]", pullbacks[param])
                        if any(n in self.linear for n in names_in(item)):
                            self.turn_operand(expression, item, inner, {**env, "k": Const(k)})
                else:
                    self.turn_operand(pullbacks[param], operand, inner, env)

    def passed(self, s: Bind, parts: Parts) -> Operand | None:
        """The adjoint of a tuple as one operand; None where the tuple is handed on item by item."""
        operands = [o for o in differentiable_operands(s) if any(n in self.linear for n in names_in(o))]
        if s.op == HELPER["filled"] and isinstance(operands[0], Name):
            for k, bar in parts.items():
                self.add_part(operands[0], k, bar)
            return None
        return self.whole(parts, self.value(s.target))

    def turn_operand(self, expression: str, operand: Operand, inner: Rule, env: dict[str, Operand]) -> None:
        made = Builder(self.b.names, self.b.types, self.b.shapes, self.b.span)
        tree = parse(expression)
        if inner.kind == "elementwise":
            if may_be_complex(made.type(env["y"])) and not isinstance(tree, (ast.Constant, ast.UnaryOp)):
                tree = ast.Call(ast.Name("conj", ast.Load()), [tree], [])
            like = operand
            if isinstance(operand, Name) and operand.id == self.g:
                like = self.y
            elif isinstance(operand, Name) and not made.is_number(operand):
                like = self.stand_ins.get(operand.id, operand)
            bar = made.unbroadcast(made.contribution(env["g"], tree, inner, env, False), like)
        else:
            bar = made.expand(tree, inner, env)
        for s in made.out:
            self.put(s)
        self.add(operand, map_operand(bar, lambda n: self.stand_ins.get(n, Name(n))))

    def turn_index(self, s: Bind, bar: Operand | Parts) -> None:
        base = s.args[0]
        if s.op == "copy" or not isinstance(base, Name):
            if isinstance(bar, dict) or not isinstance(base, Name):
                raise RuleError(f"{self.rule.name}: forward mode of this form is not available")
            self.add(base, bar)
            return
        at = s.args[1]
        if isinstance(bar, dict):
            raise RuleError(f"{self.rule.name}: forward mode of this form is not available")
        several = is_container(self.b.type(base)) or (base.id == self.g and self.rule.several)
        if several and isinstance(at, Const) and isinstance(at.value, int):
            self.add_part(base, at.value, self.real(Name(s.target), bar))
            return
        if self.is_tuple(base):
            self.add_part(base, at.value, bar)  # type: ignore[union-attr]
            return
        whole = self.b.bind("numpy.zeros_like", self.value(base.id))
        self.put(Update(whole.id, at, "operator.add", bar, s.span))
        self.add(base, whole)

    def is_tuple(self, base: Name) -> bool:
        """Whether a name is the result of ``filled``, which is a list."""
        made = next((s for s in self.statements if s.target == base.id), None)
        return made is not None and made.op == HELPER["filled"]


def opened(statements: Iterable[Statement]) -> Bind | None:
    """The statement that stands for a derivative which is not implemented."""
    name = "adjoint_compiler.runtime.broadcasting.not_differentiated"
    return next((s for s in statements if isinstance(s, Bind) and s.op == name), None)


__all__ = ["opened", "transposed"]
