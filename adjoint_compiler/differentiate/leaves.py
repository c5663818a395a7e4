"""The reverse of one statement that is not control flow.

Each function writes, with the builder given, what the adjoints of a statement's operands receive. All primal names
mean the values they had when the statement ran; making that true is the business of :mod:`recording`.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field

from adjoint_compiler import rules
from adjoint_compiler.analysis.aliasing import Aliases
from adjoint_compiler.analysis.indexing import index_kind, part_kinds
from adjoint_compiler.analysis.shapes import Shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.custom import reverse_custom
from adjoint_compiler.ir.names import Names, bar
from adjoint_compiler.ir.nodes import (
    Bind,
    Const,
    Effect,
    Name,
    Operand,
    Pack,
    Pop,
    Push,
    Statement,
    Store,
    Update,
)
from adjoint_compiler.ir.types import UNKNOWN, is_container, is_number, is_python_scalar, may_be_complex
from adjoint_compiler.rules.expressions import parse
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.user import OWN, VALUE

WHOLE = Const(Ellipsis)
PRODUCTS = ("operator.mul", "numpy.multiply")
ZERO = Const(0.0)


@dataclass
class Facts:
    """What the analyses found of one program, and the names of its adjoints."""

    types: Types
    aliases: Aliases
    active: frozenset[str]
    shapes: Shapes
    names: Names
    multi: frozenset[str]
    bars: dict[str, str] = field(default_factory=dict)
    registry: str = ""
    views: dict[str, Bind] = field(default_factory=dict)
    replicated: set[int] = field(default_factory=set)
    homes: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    shadow_homes: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    internal: bool = False
    lazy: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    outlines: dict[str, str] = field(default_factory=dict)
    reserved: dict[object, str] = field(default_factory=dict)

    def bar(self, name: str) -> str:
        """The name of an adjoint or shadow."""
        if name not in self.bars:
            self.bars[name] = self.names.fresh(bar(name))
            self.types[self.bars[name]] = self.types.get(name, UNKNOWN)
            if name in self.shapes.dims and name not in self.lazy:
                self.shapes.dims[self.bars[name]] = self.shapes.dims[name]
        return self.bars[name]

    def reserve(self, key: object, stem: str) -> str:
        """A fresh name for a purpose; the same one whenever the same purpose comes up again."""
        if key not in self.reserved:
            self.reserved[key] = self.names.fresh(stem)
        return self.reserved[key]

    def is_active(self, o: Operand) -> bool:
        """Whether any name of the operand is active."""
        if isinstance(o, Pack):
            return any(self.is_active(i) for i in o.items)
        return isinstance(o, Name) and o.id in self.active

    def shadow_names(self) -> frozenset[str]:
        """Buffers whose shadow is derived at each use."""
        return frozenset(self.views)


def fit(c: Operand, o: Operand, b: Builder, f: Facts) -> Operand:
    """``c`` summed to the shape of operand ``o``.

    The adjoint of an elementwise temporary that is used once may stay in the shape it was broadcast to: what *it* was
    computed from is summed instead. Of others only the shape is needed, so a view of the same shape serves.
    """
    if isinstance(o, Name) and o.id in f.lazy and not b.is_number(o) and b.type(o).ndim == b.type(c).ndim is not None:
        if isinstance(c, Name) and c.id in f.shapes.dims:
            f.shapes.dims[f.bar(o.id)] = f.shapes.dims[c.id]
        return c
    if isinstance(o, Name) and o.id in f.lazy and o.id in f.shapes.dims:
        f.shapes.dims[f.bar(o.id)] = f.shapes.dims[o.id]
    if isinstance(o, Name) and not b.is_number(o) and not f.shapes.same(c, o):
        o = Name(f.outlines.get(o.id, o.id))
    return b.unbroadcast(c, o)


def reverse_leaf(s: Statement, b: Builder, f: Facts) -> None:
    """Write the reverse of a statement; nothing for one without active names."""
    if isinstance(s, Bind) and s.target in f.active:
        _reverse_bind(s, b, f)
    elif isinstance(s, Store) and s.target in f.active:
        _reverse_store(s, b, f)
    elif isinstance(s, Update) and s.target in f.active:
        _reverse_update(s, b, f)
    elif isinstance(s, Push) and s.stack in f.active:
        g = b.names.fresh(bar("item"))
        b.emit(Pop(g, f.bar(s.stack), s.span))
        if f.is_active(s.value) and not _is_buffer(s.value, f):
            accumulate(s.value, Name(g), b, f, held=True)
    elif isinstance(s, Pop) and s.stack in f.active:
        if s.target and s.target in f.active and f.aliases.kind(s.target) == "value":
            b.emit(Push(f.bar(s.stack), take(s.target, b, f), s.span))
        else:
            b.emit(Push(f.bar(s.stack), ZERO, s.span))


def _is_buffer(o: Operand, f: Facts) -> bool:
    return isinstance(o, Name) and f.aliases.kind(o.id) == "buffer"


def shadow_of(name: str, b: Builder, f: Facts) -> str:
    """The name of a buffer's shadow, derived from its root's where that is not already bound."""
    if f.aliases.classes[name] in f.aliases.dynamic:
        target = f.bar(name)
        b.emit(Bind(target, HELPER["shadow"], (Name(f.registry), Name(name)), (), b.span))
        return target
    view = f.views.get(name)
    if view is not None:
        base = view.args[0]
        assert isinstance(base, Name)
        root = shadow_of(base.id, b, f)
        b.emit(Bind(f.bar(name), view.op, (Name(root), *view.args[1:]), view.kwargs, b.span))
    return f.bar(name)


def take(name: str, b: Builder, f: Facts) -> Operand:
    """The adjoint of a name that is being reversed; a name with several definitions starts again from zero."""
    g = f.bar(name)
    if name not in f.multi:
        return Name(g)
    held = b.names.fresh(g)
    b.types[held] = f.types.get(name, UNKNOWN)
    b.emit(Bind(held, "copy", (Name(g),), (), b.span))
    b.emit(Bind(g, "zero", (Name(name),), (), b.span))
    return Name(held)


def accumulate(o: Operand, c: Operand, b: Builder, f: Facts, held: bool = False) -> None:
    """Add contribution ``c`` to the adjoint of operand ``o``.

    ``held``: the operand is an item of a container; a buffer held by one receives its adjoint through its shadow.
    """
    if isinstance(o, Pack):
        for k, item in enumerate(o.items):
            if f.is_active(item) and not (held and _is_buffer(item, f)):
                key = Const(o.keys[k]) if o.kind == "dict" else Const(k)
                accumulate(item, b.bind("index", c, key), b, f, held)
        return
    if not isinstance(o, Name) or o.id not in f.active:
        return
    kind = f.aliases.kind(o.id)
    if kind == "inert":
        return
    if not may_be_complex(b.type(o)) and may_be_complex(b.type(c)):
        c = b.bind("numpy.real", c)
    if kind == "buffer" and f.aliases.classes[o.id] in f.replicated:
        # A broadcast view shows one place many times: what it receives is summed there.
        b.emit(Effect("store", (Name(f.registry), o, c, Pack("tuple", (Const(0),))), b.span, "to_shadows"))
    elif kind == "buffer":
        b.emit(Update(shadow_of(o.id, b, f), WHOLE, "operator.add", c, b.span))
    elif kind == "container":
        g, depths = f.bar(o.id), f.aliases.stored_depths(o.id)
        if depths and f.registry:  # arrays that are stored into receive their adjoints through their shadows
            where = Pack("tuple", tuple(Const(d) for d in depths))
            b.emit(Effect("store", (Name(f.registry), o, c, where), b.span, "to_shadows"))
        b.emit(Bind(g, HELPER["add_structure"], (Name(g), c), (), b.span))
    else:
        if isinstance(c, Name) and o.id in f.once:
            if c.id in f.shapes.spread:
                f.shapes.spread[f.bar(o.id)] = f.shapes.spread[c.id]
        b.emit(Bind(f.bar(o.id), "accumulate", (Name(f.bar(o.id)), c), (), b.span))


# -- bindings --------------------------------------------------------------------------------------------------


def _reverse_bind(s: Bind, b: Builder, f: Facts) -> None:
    kind = f.aliases.kind(s.target)
    if kind == "inert":
        return
    if kind == "buffer":
        _reverse_buffer_bind(s, b, f)
        return
    if s.op == "copy" and isinstance(s.args[0], Name) and kind == "container":
        if f.aliases.kind(s.args[0].id) == "container":
            # Two names of one container share one adjoint structure.
            accumulate(s.args[0], take(s.target, b, f), b, f)
        return
    g = take(s.target, b, f)
    if s.op in ("copy", "builtins.list", "builtins.tuple"):
        accumulate(s.args[0], g, b, f, held=True)
        return
    if s.op in ("index", "field"):
        _reverse_index(s, g, b, f)
        return
    depths = f.aliases.stored_depths(s.target) if kind == "container" else ()
    if depths and f.registry and view_rule(s) is None:
        # Arrays of a tuple that are stored into later have their adjoints in their shadows.
        where = Pack("tuple", tuple(Const(d) for d in depths))
        g = b.bind(HELPER["from_shadows"], Name(f.registry), Name(s.target), g, where)
    _reverse_operation(s, g, b, f)


def _reverse_buffer_bind(s: Bind, b: Builder, f: Facts) -> None:
    """A fresh allocation gives its shadow's contents to what it was computed from; a view gives nothing."""
    rule = rules.TABLE.by_key.get(s.op)
    if s.op == "index" and index_kind(b.type(s.args[0]), s.args[1], f.types) == "gather":
        _reverse_index(s, Name(shadow_of(s.target, b, f)), b, f)
        return
    if s.op in ("copy", "index", "field"):
        return
    if view_rule(s) is not None:
        base = viewed(s)
        if rule is not None and rule.view_kind == "maybe" and isinstance(base, Name):
            _reverse_maybe_view(s, base, b, f)
        return
    operands = [o for o in (*s.args, *(v for _, v in s.kwargs)) if f.is_active(o)]
    if operands and rule is not None and rule.pullbacks:
        _reverse_operation(s, Name(shadow_of(s.target, b, f)), b, f)


def _reverse_maybe_view(s: Bind, base: Name, b: Builder, f: Facts) -> None:
    """``v = A.reshape(...)``: where it was a copy, A's adjoint receives v's."""
    from adjoint_compiler.ir.nodes import If

    if not f.is_active(base):
        return
    shared = b.bind("numpy.may_share_memory", Name(s.target), base, stem="is_view")
    outer, b.out = b.out, []
    _reverse_operation(s, Name(shadow_of(s.target, b, f)), b, f)
    inner, b.out = b.out, outer
    b.emit(If(shared, (), tuple(inner), b.span))


def _reverse_index(s: Bind, g: Operand, b: Builder, f: Facts) -> None:
    base = s.args[0]
    at = s.args[1]
    if not f.is_active(base):
        return
    if isinstance(base, Pack):
        # A tuple written out, of which it shows while running which item is meant.
        numbers = [isinstance(item, Const) or b.is_number(item) for item in base.items]
        zeros = [Const(0.0) if n else b.bind(HELPER["zeros_like"], i) for n, i in zip(numbers, base.items)]
        parts = b.bind("copy", Pack("list", tuple(zeros)), stem="parts")
        assert isinstance(parts, Name)
        b.emit(Store(parts.id, at, g, b.span))
        accumulate(base, parts, b, f, held=True)
        return
    assert isinstance(base, Name)
    t = f.types.get(base.id, UNKNOWN)
    if s.op == "field":
        assert isinstance(at, Const)
        at = Const(t.keys.index(at.value))
    kind = f.aliases.kind(base.id)
    if kind == "container" or is_container(t):
        if f.aliases.kind(s.target) in ("value", "container"):
            holder = f.bar(base.id)
            old = b.bind("index", Name(holder), at)
            item = f.types.get(s.target, UNKNOWN)  # what is an int at times has no adjoint then
            op = "operator.add" if is_number(item) and item.kind != "number" else HELPER["add_structure"]
            b.emit(Store(holder, at, b.bind(op, old, g), b.span))
        return
    if kind == "buffer" and f.aliases.classes[base.id] in f.replicated:
        whole = b.bind("numpy.zeros_like", base)
        b.emit(Update(whole.id, at, "scatter_add", g, b.span))
        accumulate(base, whole, b, f)
        return
    target = shadow_of(base.id, b, f) if kind == "buffer" else f.bar(base.id)
    if not may_be_complex(t) and may_be_complex(b.type(g)):
        g = b.bind("numpy.real", g)
    b.emit(Update(target, at, "scatter_add" if may_repeat(at, f.types) else "operator.add", g, b.span))


def may_repeat(index: Operand, types: Types) -> bool:
    """Whether a subscript can address a place twice: integer arrays (and what is not known)."""
    return any(k in ("array", "unknown") for k in part_kinds(index, types))


def _reverse_operation(s: Bind, g: Operand, b: Builder, f: Facts) -> None:
    if s.op in (VALUE, OWN):
        reverse_custom(s, g, b, f)
        return
    rule = rules.TABLE.by_key[s.op]
    env = rule_environment(s, rule)
    env.update(g=g, y=Name(s.target))
    pullbacks = chosen_pullbacks(s, rule, b)
    for param, operand in list(env.items()):
        if param in ("g", "y") or not f.is_active(operand):
            continue
        if param in pullbacks and f"*{param}" not in env:
            _reverse_operand(pullbacks[param], param, operand, g, rule, env, b, f)
        elif param.startswith("*"):
            assert isinstance(operand, Pack)
            for k, item in enumerate(operand.items):
                expression = pullbacks.get(f"{param[1:]}[{k}]", pullbacks.get(param[1:]))
                if f.is_active(item) and expression is not None:
                    accumulate(item, b.expand(expression, rule, {**env, "k": Const(k)}), b, f)


def _reverse_operand(
    pullback: str, param: str, operand: Operand, g: Operand, rule: Rule, env: dict[str, Operand], b: Builder, f: Facts
) -> None:
    expression = parse(pullback)
    tame = _tame_power(rule, param, env)
    if tame is not None:
        expression = tame
    if rule.kind != "elementwise":
        accumulate(operand, b.expand(expression, rule, env), b, f)
        return
    singular = param in rule.singular and tame is None and not _certainly_finite(rule, env, b)
    complex_valued = may_be_complex(b.type(env["y"]))
    if complex_valued and not (isinstance(expression, (ast.Constant, ast.UnaryOp)) and "x" not in ast.dump(expression)):
        expression = ast.Call(ast.Name("conj", ast.Load()), [expression], [])
    if rule.name in PRODUCTS:
        g = b.narrow(g)  # where the other factor does not repeat, this one does: nothing is summed too often
    c = b.contribution(g, expression, rule, env, singular)
    accumulate(operand, fit(c, operand, b, f), b, f)


def _tame_power(rule: Rule, param: str, env: dict[str, Operand]) -> ast.expr | None:
    """The partial of a power whose exponent is a constant of at least one: finite everywhere, and readable."""
    exponent = env.get("z")
    if param != "x" or not rule.name.endswith((".pow", ".power")) or not isinstance(exponent, Const):
        return None
    value = exponent.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 1:
        return parse("z * x ** (z - 1)" if value != 1 else "1")
    return None


def _certainly_finite(rule: Rule, env: dict[str, Operand], b: Builder) -> bool:
    """Division by a constant, or of Python's own numbers (which raises in the primal when it divides by zero)."""
    if not rule.name.endswith((".truediv", ".divide")):
        return False
    divisor = env["z"]
    if isinstance(divisor, Const):
        return bool(divisor.value != 0)
    return is_python_scalar(b.type(divisor)) and is_python_scalar(b.type(env["x"]))


def chosen_pullbacks(s: Bind, rule: Rule, b: Builder) -> dict[str, str]:
    """The pullbacks for the arguments at hand: specialised, by rank, or the general ones."""
    given: dict[str, Operand] = {}
    for k, param in enumerate(rule.params):
        if param.startswith("*"):
            given[param[1:]] = Pack("tuple", s.args[k:])
            break
        if k < len(s.args):
            given[param] = s.args[k]
    given.update(dict(s.kwargs))
    return rule.pullbacks_for({p: b.type(o) for p, o in given.items()}, given)


@functools.cache
def _default(text: str) -> Const:
    return Const(ast.literal_eval(text))


def rule_environment(s: Bind, rule: Rule) -> dict[str, Operand]:
    """The operands that a rule's parameter names stand for; absent ones are their defaults."""
    env: dict[str, Operand] = {}
    for param in rule.params:
        if param in rule.defaults:
            env[param] = _default(rule.defaults[param])
    for k, param in enumerate(rule.params):
        if param.startswith("*"):
            env[param] = env[param[1:]] = Pack("tuple", s.args[k:])
            break
        if k < len(s.args):
            env[param] = s.args[k]
    env.update(dict(s.kwargs))
    return env


# -- stores ----------------------------------------------------------------------------------------------------


def _reverse_store(s: Store, b: Builder, f: Facts) -> None:
    if f.aliases.kind(s.target) == "container":
        _reverse_slot_store(s, b, f)
        return
    target = shadow_of(s.target, b, f)
    if f.is_active(s.value):
        g = _taken(target, s.index, b, f)
        b.emit(Store(target, s.index, ZERO, s.span))
        accumulate(s.value, _fitted(g, s.value, b, f), b, f)
    else:
        b.emit(Store(target, s.index, ZERO, s.span))


def _taken(target: str, index: Operand, b: Builder, f: Facts) -> Operand:
    """A copy of the shadow's part; where an index repeats, only the last writer's."""
    g: Operand = b.bind("index", Name(target), index)
    if may_repeat(index, f.types):
        mask = b.bind(HELPER["last_writer"], Name(target), index, stem="last")
        return b.bind("numpy.where", mask, g, ZERO)
    kind = index_kind(f.types.get(target, UNKNOWN), index, f.types)
    return g if kind in ("element", "gather") else b.bind(HELPER["copied"], g)


def _fitted(g: Operand, value: Operand, b: Builder, f: Facts) -> Operand:
    """The adjoint of a stored region as that of the value broadcast into it."""
    if b.is_number(g):
        return g
    return fit(g, value, b, f) if isinstance(value, Name) else g


def _reverse_slot_store(s: Store, b: Builder, f: Facts) -> None:
    holder = f.bar(s.target)
    if f.is_active(s.value) and not _is_buffer(s.value, f):
        g = b.bind("index", Name(holder), s.index)
        b.emit(Store(holder, s.index, ZERO, s.span))
        accumulate(s.value, g, b, f, held=True)
    else:
        b.emit(Store(holder, s.index, ZERO, s.span))


def _reverse_update(s: Update, b: Builder, f: Facts) -> None:
    """``A[i] += v`` leaves A's adjoint; v receives the part that it was added to."""
    if not f.is_active(s.value):
        return
    target = shadow_of(s.target, b, f) if f.aliases.kind(s.target) == "buffer" else f.bar(s.target)
    index = WHOLE if s.index is None else s.index
    if s.op == "scatter_add":
        g: Operand = b.bind("index", Name(target), index)
    else:
        g = _taken(target, index, b, f)
    if s.op == "operator.sub":
        g = b.neg(g)
    accumulate(s.value, _fitted(g, s.value, b, f), b, f)
