"""The reverse of one statement that is not control flow.

Each function writes, with the builder given, what the adjoints of a statement's operands receive. All primal names
mean the values they had when the statement ran; making that true is the business of :mod:`recording`.
"""

from __future__ import annotations

import ast

from adjoint_compiler import rules
from adjoint_compiler.analysis.aliasing import is_other_name
from adjoint_compiler.analysis.indexing import index_kind, part_kinds
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.differentiate.adjoints import (
    ZERO,
    accumulate,
    depths_of,
    fit,
    has_shadow,
    shadow_of,
    take,
)
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.differentiate.custom import reverse_custom
from adjoint_compiler.differentiate.facts import Facts
from adjoint_compiler.differentiate.operands import chosen_pullbacks, rule_environment
from adjoint_compiler.differentiate.slots import from_slot, slot_key
from adjoint_compiler.differentiate.stores import may_repeat, reverse_store, reverse_update
from adjoint_compiler.ir.names import bar
from adjoint_compiler.ir.nodes import (
    DISCARD,
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
from adjoint_compiler.ir.types import (
    UNKNOWN,
    is_container,
    is_discrete,
    is_number,
    is_python_scalar,
    is_sparse,
    may_be_array,
    may_be_complex,
    may_be_container,
)
from adjoint_compiler.rules.expressions import parse
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.user import OWN, VALUE

PRODUCTS = ("operator.mul", "numpy.multiply")


def reverse_leaf(s: Statement, b: Builder, f: Facts) -> None:
    """Write the reverse of a statement; nothing for one without active names."""
    if isinstance(s, Bind) and s.target in f.active:
        _reverse_bind(s, b, f)
    elif isinstance(s, Store) and s.target in f.active:
        reverse_store(s, b, f)
    elif isinstance(s, Update) and s.target in f.active:
        reverse_update(s, b, f)
    elif isinstance(s, Push) and s.stack in f.active:
        g = b.names.fresh(bar("item"))
        b.emit(Pop(g, shadow_of(s.stack, b, f), s.span))
        if f.is_active(s.value) and not has_shadow(s.value, f):
            accumulate(s.value, from_slot(Name(g), s.value, b, f), b, f, held=True)
    elif isinstance(s, Effect) and s.text == DISCARD and isinstance(s.args[0], Name) and s.args[0].id in f.active:
        at = slot_key(s.args[1], b.type(s.args[0]))
        b.emit(Store(shadow_of(s.args[0].id, b, f), at, ZERO, s.span))  # nothing reads the entry later
    elif isinstance(s, Pop) and s.stack in f.active:
        by_value = s.target in f.active and not has_shadow(Name(str(s.target)), f)
        item = take(str(s.target), b, f) if by_value and f.aliases.kind(str(s.target)) != "inert" else ZERO
        b.emit(Push(shadow_of(s.stack, b, f), item, s.span))


def _reverse_bind(s: Bind, b: Builder, f: Facts) -> None:
    kind = f.aliases.kind(s.target)
    if kind == "inert":
        return
    if kind == "buffer":
        _reverse_buffer_bind(s, b, f)
        return
    if kind == "container" and f.aliases.in_stored_class(s.target) and is_other_name(s):
        return  # another name of a container that is changed in place has the same adjoint
    dynamic = f.aliases.is_dynamic(s.target)
    g = Name(shadow_of(s.target, b, f)) if dynamic else take(s.target, b, f)
    if s.op in ("builtins.list", "builtins.tuple") and not is_container(b.type(s.args[0])):
        g = b.bind(HELPER["listed_adjoint"], g, s.args[0])
    if s.op in ("builtins.list", "builtins.tuple") and b.type(s.args[0]).kind == "dict":
        if not is_discrete(b.type(Name(s.target))):
            raise rules.RuleError(
                "the keys of this dict may depend on active values; keep those in a list of their own"
            )
        return
    if s.op in ("copy", "builtins.list", "builtins.tuple"):
        if s.op != "copy" and may_be_array(b.type(s.args[0])):  # the adjoint is a list of those of its parts
            g = b.bind(HELPER["as_gradient"], g, s.args[0])
        accumulate(s.args[0], g, b, f, held=True, slots=f.aliases.in_stored_class(s.target))
        return
    if s.op in ("index", "field"):
        _reverse_index(s, g, b, f)
        return
    depths = f.aliases.stored_depths(s.target) if kind == "container" else ()
    showing = view_rule(s)
    if depths and f.registry and showing is not None and showing.view_kind in ("maybe", "same"):
        # Which arrays of it are views, and so have given their adjoints already, shows while running.
        args = (Name(f.registry), Name(s.target), g, depths_of(s.target, b, f), _with_shadow(viewed(s), f))
        _reverse_operation(s, b.bind(HELPER["from_shadows"], *args), b, f)
        return
    if depths and f.registry and (showing is None or showing.view_kind == "always"):
        # Arrays of a tuple that are stored into later have their adjoints in their shadows, which views share with what they show.
        shown = _shown(s, b, f)
        operands = [o for o in (*s.args, *(v for _, v in s.kwargs)) for o in (o.items if isinstance(o, Pack) else (o,))]
        if all(o in shown for o in operands if f.is_active(o)):
            return
        g = b.bind(HELPER["from_shadows"], Name(f.registry), Name(s.target), g, depths_of(s.target, b, f))
        _reverse_operation(s, g, b, f, shown)
        return
    _reverse_operation(s, g, b, f)


def _with_shadow(o: Operand | None, f: Facts) -> Operand:
    """What an operand is, or shows the memory of, and has a shadow: what is only read has an adjoint as a value. None if nothing is."""
    seen: set[str] = set()
    while isinstance(o, Name) and f.aliases.kind(o.id) not in ("buffer", "container"):
        seen.add(o.id)
        o = Name(f.shown[o.id]) if f.shown.get(o.id, o.id) not in seen else None
    return o or Const(None)


def _shown(s: Bind, b: Builder, f: Facts) -> tuple[Operand, ...]:
    """The arrays stored into whose views the items of a container are: ``np.split(a, 2)``."""
    base = viewed(s)
    parts = base.items if isinstance(base, Pack) else () if base is None else (base,)
    return tuple(o for o in parts if isinstance(o, Name) and f.aliases.in_stored_class(o.id) and not b.is_number(o))


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
    if b.is_number(base):  # NumPy's own numbers are indexed like arrays without axes
        accumulate(base, b.unbroadcast(g, base), b, f)
        return
    at = slot_key(at, t)
    kind = f.aliases.kind(base.id)
    at_times = may_be_container(t) and "array" not in part_kinds(at, f.types)
    unknown = t == UNKNOWN and kind == "value" and isinstance(at, Const) and isinstance(at.value, (int, str))
    if kind == "container" or at_times or unknown:
        if f.aliases.kind(s.target) in ("value", "container"):
            holder = shadow_of(base.id, b, f)
            old = b.bind("index", Name(holder), at)
            item = f.types.get(s.target, UNKNOWN)  # what is an int at times has no adjoint then
            always = is_number(item) and (item.kind != "number" or bool(item.dtype)) and not item.maybe_none
            op = "operator.add" if always else HELPER["add_structure"]
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


def _reverse_operation(s: Bind, g: Operand, b: Builder, f: Facts, shown: tuple[Operand, ...] = ()) -> None:
    """What the operands receive from ``g``; those in ``shown`` have it already."""
    if s.op in (VALUE, OWN):
        reverse_custom(s, g, b, f)
        return
    rule = rules.TABLE.by_key[s.op]
    env = rule_environment(s, rule)
    env.update(g=g, y=Name(s.target))
    refuse_sparse(s, env, b)
    pullbacks = chosen_pullbacks(s, rule, b)
    for param, operand in list(env.items()):
        if param in ("g", "y") or not f.is_active(operand) or operand in shown:
            continue
        if param in pullbacks and f"*{param}" not in env:
            _reverse_operand(pullbacks[param], param, operand, g, rule, env, b, f)
        elif param.startswith("*"):
            assert isinstance(operand, Pack)
            for k, item in enumerate(operand.items):
                expression = pullbacks.get(f"{param[1:]}[{k}]", pullbacks.get(param[1:]))
                if f.is_active(item) and expression is not None and item not in shown:
                    accumulate(item, b.expand(expression, rule, {**env, "k": Const(k)}), b, f)


def refuse_sparse(s: Bind, env: dict[str, Operand], b: Builder) -> None:
    """Refuses what is done with a sparse matrix but products and the solution of systems."""
    if s.op in ("operator.matmul", "numpy.matmul") or s.op.startswith("scipy.sparse."):
        return
    if any([type(o) is not Const and is_sparse(b.type(o)) for o in env.values()]):
        raise rules.RuleError(f"`{s.op}` of a sparse matrix is not differentiated; write the product as `A @ x`")


def _reverse_operand(
    pullback: str, param: str, operand: Operand, g: Operand, rule: Rule, env: dict[str, Operand], b: Builder, f: Facts
) -> None:
    expression = parse(pullback)
    tame = tame_power(rule, param, env)
    if tame is not None:
        expression = tame
    if rule.kind != "elementwise":
        accumulate(operand, b.expand(expression, rule, env), b, f)
        return
    singular = param in rule.singular and tame is None and not certainly_finite(rule, env, b)
    if env["y"].id in f.beneath:  # type: ignore[union-attr]
        named = (env.get(x.id) for x in ast.walk(expression) if isinstance(x, ast.Name))
        singular = singular or any(isinstance(o, Name) for o in named)
    complex_valued = may_be_complex(b.type(env["y"]))
    if complex_valued and not (isinstance(expression, (ast.Constant, ast.UnaryOp)) and "x" not in ast.dump(expression)):
        expression = ast.Call(ast.Name("conj", ast.Load()), [expression], [])
    y, narrowed = env["y"], False
    assert isinstance(y, Name)
    if rule.name in PRODUCTS and (y.id not in f.lazy or f.shapes.same(g, y)):
        # Where the other factor does not repeat, this one does: nothing is summed too often. But what is lazy may repeat
        # along axes that neither factor has.
        whole, g = g, b.narrow(g)
        narrowed = g != whole
    c = b.contribution(g, expression, rule, env, singular)
    accumulate(operand, fit(c, operand, b, f, narrowed), b, f)


def tame_power(rule: Rule, param: str, env: dict[str, Operand]) -> ast.expr | None:
    """The partial of a power whose exponent is a constant of at least one: finite everywhere, and readable."""
    exponent = env.get("z")
    if param != "x" or not rule.name.endswith((".pow", ".power")) or not isinstance(exponent, Const):
        return None
    value = exponent.value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 1:
        return parse("z * x ** (z - 1)" if value != 1 else "1")
    return None


def certainly_finite(rule: Rule, env: dict[str, Operand], b: Builder) -> bool:
    """Division by a constant, or of Python's own numbers (which raises in the primal when it divides by zero)."""
    if not rule.name.endswith((".truediv", ".divide")):
        return False
    divisor = env["z"]
    if isinstance(divisor, Const):
        return bool(divisor.value != 0)
    return rule.name == "operator.truediv" and is_python_scalar(b.type(divisor)) and is_python_scalar(b.type(env["x"]))
