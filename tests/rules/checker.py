"""Compares a rule with central differences, and differentiates the rules' own expressions by the table.

Contributions are formed as the engine forms them: ``conj(partial) * g`` for elementwise rules, summed to the
operand's shape, and its real part for a real operand. The best of a grid of steps must agree; NaN never does.
"""

import ast
import math
import operator

import numpy as np

from adjoint_compiler.ir.types import type_of
from adjoint_compiler.rules import lookup, lookup_key
from adjoint_compiler.rules.expressions import evaluate, resolve_function
from adjoint_compiler.runtime import guarded, unbroadcast

STEPS = [10.0**-k for k in range(1, 9)]
FIXED = {"n": 1, "m": 1, "order": 1, "mod": None}
SCALAR_ONLY = ("math.", "cmath.", "builtins.")
SCALAR_HELPERS = ("reciprocal_or_inf", "real_digamma", "real_polygamma")


def takes_arrays(rule):
    return not rule.name.startswith(SCALAR_ONLY) and not rule.name.endswith(SCALAR_HELPERS)


def defaults(rule):
    return {p: ast.literal_eval(d) for p, d in rule.defaults.items()}


def function_of(rule):
    return rule.function or getattr(operator, rule.name.split(".")[1])


def sample(rule, seed, shape=(), dtype=float, imaginary=0.0):
    """Arguments by parameter, from the rule's domain."""
    rng = np.random.default_rng(seed)
    out = {}
    for k, p in enumerate(rule.params):
        if p in rule.defaults and p not in rule.pullbacks:
            continue
        if p not in rule.pullbacks and p in FIXED:
            out[p] = FIXED[p]
            continue
        where = shape[k % 2] if shape and isinstance(shape[0], tuple) else shape
        x = rng.uniform(*rule.domain.get(p, (-2.0, 2.0)), where)
        x = x + imaginary * 1j * rng.uniform(0.2, 0.8, where) if imaginary else x
        out[p] = (
            np.asarray(x, dtype if not imaginary else complex)
            if takes_arrays(rule)
            else type(0j if imaginary else 0.0)(x)
        )
    return out


def flat(v):
    """All numbers of a result, in one array."""
    if isinstance(v, (tuple, list)):
        return np.concatenate([flat(i) for i in v]) if v else np.zeros(0)
    return np.ravel(np.asarray(v))


def like(y, rng):
    """A random adjoint (or direction) with the structure of ``y``."""
    if isinstance(y, (tuple, list)):
        return type(y)([like(i, rng) for i in y])
    g = rng.uniform(0.5, 1.5, np.shape(y))
    g = g + 1j * rng.uniform(0.5, 1.5, np.shape(y)) if np.iscomplexobj(y) else g
    return g if isinstance(y, np.ndarray) else g[()]


def moved(x, h, v):
    """``x + h * v``, in the structure of ``x``."""
    if isinstance(x, (tuple, list)):
        return type(x)([moved(a, h, b) for a, b in zip(x, v, strict=True)])
    return x + np.asarray(h * v).astype(x.dtype) if isinstance(x, np.ndarray) else x + type(x)(h * v)


def contribution(rule, param, values, y, g, k=None):
    """What an operand's adjoint receives."""
    x = values[param] if k is None else values[param][k]
    place = {} if k is None else {"k": k}
    of_complex = rule.kind == "elementwise" and k is None and np.iscomplexobj(x)
    texts = rule.pullbacks_for({p: type_of(v) for p, v in values.items()}, {}) if of_complex else rule.pullbacks
    value = evaluate(texts[param], rule, {**defaults(rule), **values, "y": y, "g": g, **place})
    if rule.kind == "elementwise":
        value = np.conj(value) if np.iscomplexobj(value) else value
        value = unbroadcast(guarded(g, g * value) if param in rule.singular else g * value, x)
    if isinstance(value, (tuple, list)) or np.iscomplexobj(flat(x)):
        return value
    return np.real(value)


def call(rule, values):
    args = []
    for p in rule.params:
        if p.startswith("*"):
            args += values[p[1:]]
        elif p in values and p not in rule.defaults:
            args.append(values[p])
    return function_of(rule)(*args, **{p: values[p] for p in rule.defaults if p in values})


def worst_gap(rule, values, seed=0):
    """The largest relative distance of a pullback from differences, over the arguments given."""
    rng = np.random.default_rng(seed)
    y = call(rule, values)
    g = like(y, rng)
    gaps = []
    for param in rule.pullbacks:
        if values.get(param) is None or isinstance(values[param], int):
            continue
        places = range(len(values[param])) if "*" + param in rule.params else [None]
        for k in places:
            x = values[param] if k is None else values[param][k]
            v = like(x, rng)
            c = contribution(rule, param, values, y, g, k)
            if flat(c).shape != flat(x).shape:
                return math.inf
            found = np.sum(flat(c) * np.conj(flat(v))).real

            def along(h, x=x, v=v, k=k, param=param):
                new = moved(x, h, v)
                changed = new if k is None else [*values[param][:k], new, *values[param][k + 1 :]]
                return np.sum(np.conj(flat(g)) * flat(call(rule, {**values, param: changed}))).real

            wanted = [(along(h) - along(-h)) / (2 * h) for h in STEPS]
            gaps.append(min(abs(w - found) / (1 + abs(found)) if np.isfinite(w) else math.inf for w in wanted))
    return float(np.max(gaps)) if gaps else math.inf


def agrees(gap, tolerance=1e-7):
    return gap < tolerance  # False for NaN


def apply(rule, values, dots):
    """A value and its tangent, by the rule's partials (real numbers)."""
    y, dot = call(rule, values), 0.0
    for param in rule.pullbacks:
        starred = "*" + param in rule.params
        for k, d in enumerate(dots.get(param, [])) if starred else [(None, dots.get(param, 0.0))]:
            if d != 0:
                env = {**defaults(rule), **values, "y": y, "g": 1.0, **({} if k is None else {"k": k})}
                dot = dot + np.real(evaluate(rule.pullbacks[param], rule, env)) * d
    return y, dot


def tangent(node, rule, env, dots):
    """The value and tangent of a rule's expression; every operation in it must have a rule."""

    def sub(e):
        return tangent(e, rule, env, dots)

    if isinstance(node, ast.Constant):
        return node.value, 0.0
    if isinstance(node, ast.Name):
        return (env[node.id], dots.get(node.id, 0.0)) if node.id in env else (getattr(np, node.id), 0.0)
    if isinstance(node, ast.Compare):
        return evaluate(ast.unparse(node), rule, env), 0.0
    if isinstance(node, ast.UnaryOp):
        value, dot = sub(node.operand)
        return -value, -dot
    if isinstance(node, ast.BinOp):
        words = {"Mult": "mul", "Div": "truediv", "FloorDiv": "floordiv"}
        name = type(node.op).__name__
        inner, parts = (
            lookup_key("operator." + words.get(name, name.lower())),
            [sub(node.left), sub(node.right)],
        )
    else:
        assert isinstance(node, ast.Call), ast.dump(node)
        inner = lookup(resolve_function(ast.unparse(node.func), rule))
        assert inner is not None, f"{ast.unparse(node)} has no rule"
        parts = [sub(a) for a in node.args]
    if inner.params[0].startswith("*"):
        name = inner.params[0][1:]
        return apply(inner, {name: [v for v, _ in parts]}, {name: [d for _, d in parts]})
    names = inner.params[: len(parts)]
    return apply(inner, *({p: part[i] for p, part in zip(names, parts, strict=True)} for i in (0, 1)))
