"""Reverse mode of a function that states forward mode only: its ``jvp`` is linear in the tangents, and is transposed.

def cube_jvp(primals, tangents): ...        def weighted(t0, x0, g):
                                                _, y_dot = jvp((x0,), (t0,))
                                     ->         return np.sum(g * y_dot)

                                            by_0 = ac.grad(weighted, wrt=0)      # at any t0

What the function takes and returns may be tuples, lists and dicts of known form: they are paired item by item.
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Sequence
from typing import Any

from adjoint_compiler.ir.joins import element
from adjoint_compiler.ir.types import Type, holds_complex, is_container, is_discrete
from adjoint_compiler.rules.user import CustomJvp, CustomVjp

_serial = itertools.count(1)


class TransposedRule(CustomVjp):
    """The rule of a function that is stated by a ``jvp``, for arguments of some types.

    Attributes:
        jvp: what the user states.
        fault: why it cannot be transposed; empty where it can.
    """

    jvp: Any = None
    fault = ""


def transposed_rule(rule: CustomJvp, types: Sequence[Type], result: Type) -> TransposedRule:
    """The rule with ``fwd`` and ``bwd``, kept with the user's rule.

    Args:
        rule: the user's rule.
        types: types of the arguments of a call.
        result: the type of what it returns.
    """
    forms = tuple(form(t) for t in types)
    complex_ones = any(map(holds_complex, (*types, result)))
    key = ("transposed", forms, form(result), complex_ones)
    if key not in rule.facts:
        try:
            rule.facts[key] = _made(rule, forms, form(result) or "x", complex_ones)
        except ValueError as fault:
            rule.facts[key] = _made(rule, tuple(f and "x" for f in forms), "x", complex_ones)
            rule.facts[key].fault = f"{fault}; state ac.custom_vjp, or pass arrays, tuples, lists and dicts of them"
    found: TransposedRule = rule.facts[key]
    return found


Form = Any  # "" for what has no derivative, "x" for a number or an array, else a pair: what it is, and the forms of its items


def form(t: Type) -> Form:
    """What a value is made of, as far as it matters how it is paired with another.

    >>> from adjoint_compiler.ir.types import FLOAT, INT
    >>> form(Type("dict", items=(FLOAT, INT), keys=("a", "n")))
    ('dict', (('a', 'x'), ('n', '')))
    """
    if not is_container(t):
        return "" if is_discrete(t) or t.kind in ("str", "none", "function") else "x"
    if is_discrete(t):
        return ""
    if t.kind == "tuple":
        return "tuple", tuple((k, form(i)) for k, i in enumerate(t.items))
    if t.kind == "dict" and t.cls is None:
        return "dict", tuple((k, form(i)) for k, i in zip(t.keys, t.items, strict=True))
    if t.kind == "list" and element(t).kind not in ("never", "unknown"):
        return "list", ((None, form(element(t))),)
    return t.kind, ()


def pairing(a: str, b: str, given: Form, product: str, depth: int = 0) -> list[str]:
    """The terms of the inner product of two values of a form, as expressions.

    >>> pairing("g", "y_dot", ("tuple", ((0, "x"), (1, ""), (2, ("list", ((None, "x"),))))), "{} * {}")
    ['np.sum(g[0] * y_dot[0])', 'sum([np.sum(p0 * q0) for p0, q0 in zip(g[2], y_dot[2])])']
    """
    if isinstance(given, str):
        return [f"np.sum({product.format(a, b)})"] if given else []
    kind, items = given
    _check_form(kind, items)
    if kind == "list":
        terms = pairing(f"p{depth}", f"q{depth}", items[0][1], product, depth + 1)
        return [f"sum([{' + '.join(terms)} for p{depth}, q{depth} in zip({a}, {b})])"] if terms else []
    return [x for k, f in items for x in pairing(f"{a}[{k!r}]", f"{b}[{k!r}]", f, product, depth)]


def _zeros(x: str, given: Form, depth: int = 0) -> str:
    """The tangent of zeros for a value of a form, as an expression.

    >>> _zeros("x", ("dict", (("a", "x"), ("n", ""))))
    "{'a': 0.0 * x['a'], 'n': None}"
    """
    if isinstance(given, str):
        return f"0.0 * {x}" if given else "None"
    kind, items = given
    _check_form(kind, items)
    if kind == "list":
        return f"[{_zeros(f'p{depth}', items[0][1], depth + 1)} for p{depth} in {x}]"
    parts = [(k, _zeros(f"{x}[{k!r}]", f, depth)) for k, f in items]
    if kind == "dict":
        return f"{{{', '.join(f'{k!r}: {part}' for k, part in parts)}}}"
    return f"({''.join(f'{part}, ' for _, part in parts)})"


def _check_form(kind: str, items: tuple[Any, ...]) -> None:
    if not items:
        what = "objects" if kind == "record" else f"a {kind} whose items are not known"
        raise ValueError(f"the jvp of a function of {what} is not transposed")
    if any(type(k) not in (int, str, type(None)) for k, _ in items):
        raise ValueError("the jvp of a function of dicts with such keys is not transposed")


def _made(rule: CustomJvp, forms: tuple[Form, ...], result: Form, complex_ones: bool) -> TransposedRule:
    xs = [f"x{k}" for k in range(len(forms))]
    ts = {k: f"t{k}" for k, given in enumerate(forms) if given}
    args, given = ", ".join(xs), ", ".join(ts.values())
    tangents = "".join(f"{ts.get(k, 'None')}, " for k in range(len(forms)))
    product = "np.real(np.conj({}) * {})" if complex_ones else "{} * {}"
    paired = " + ".join(pairing("g", "y_dot", result, product)) or "0.0"
    text = (
        "import numpy as np\n\nimport adjoint_compiler as ac\n\n\n"
        f"def weighted({given}, {args}, g):\n    pair = jvp(({args},), ({tangents}))\n    y_dot = pair[1]\n"
        f"    return {paired}\n\n\n"
        + "".join(f"by_{k} = ac.grad(weighted, wrt={j})\n" for j, k in enumerate(ts))
        + f"\n\ndef fwd({args}):\n    return function({args}), ({args},)\n\n\n"
        f"def bwd(residuals, g):\n    {args}, = residuals\n"
        + "".join(f"    t{k} = {_zeros(f'x{k}', forms[k])}\n" for k in ts)
        + "    return "
        + "".join(f"by_{k}({given}, {args}, g), " if k in ts else "None, " for k in range(len(forms)))
        + "\n"
    )
    name = str(getattr(rule, "__name__", "function"))
    own = name if name.isidentifier() else "function"
    text = text.replace("def fwd(", f"def {own}_fwd(").replace("def bwd(", f"def {own}_bwd(")
    file = f"<adjoint_compiler jvp {next(_serial)} of {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"function": rule.function, "jvp": rule.jvp, "__name__": __name__}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    out = TransposedRule(rule.function)
    out.fwd, out.bwd, out.jvp = names[f"{own}_fwd"], names[f"{own}_bwd"], rule.jvp
    return out


__all__ = ["TransposedRule", "form", "pairing", "transposed_rule"]
