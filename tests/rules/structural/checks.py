"""What is checked of a call, and of the calls that its pullbacks make."""

from __future__ import annotations

import ast
import importlib
import operator
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.rules import lookup
from adjoint_compiler.rules.calls import contents_read
from adjoint_compiler.rules.expressions import MODULES, resolve_function
from adjoint_compiler.rules.rule import Rule

EPS = 1e-6
# Rules whose pullback makes constants of its own dtype (the engine casts the contribution), or whose arguments count bytes.
WIDENING = {"numpy.linspace", "numpy.lib.stride_tricks.as_strided", "adjoint_compiler.runtime.moving.strided"}


# -- values: numbers, arrays and nested sequences of them ----------------------------------------------------


def each(function: Callable[..., Any], *values: Any) -> Any:
    """Apply to numbers and arrays, through lists and tuples."""
    if isinstance(values[0], (list, tuple)):
        return [each(function, *items) for items in zip(*values, strict=True)]
    return function(*values)


def mapped(function: Callable[[Any], Any], v: Any) -> Any:
    """``each`` that keeps tuples."""
    out = each(function, v)
    return tuple(out) if isinstance(v, tuple) else out


def flat(v: Any) -> list[Any]:
    return [x for item in v for x in flat(item)] if isinstance(v, (list, tuple)) else [v]


def inexact(v: Any) -> bool:
    numbers = (float, complex, np.ndarray, np.generic)
    return any(isinstance(x, numbers) and np.result_type(x).kind in "fc" for x in flat(v))


def direction(v: Any, seed: int = 0) -> Any:
    r = np.random.default_rng(seed)

    def leaf(x: Any) -> Any:
        if not inexact(x):
            return np.zeros(np.shape(x))[()]
        d = r.normal(size=np.shape(x)) + (1j * r.normal(size=np.shape(x)) if np.iscomplexobj(x) else 0)
        return d if np.ndim(x) else d[()]

    return each(leaf, v)


def displaced(v: Any, d: Any, step: float) -> Any:
    def leaf(x: Any, dx: Any) -> Any:
        if not inexact(x):
            return x
        out = x + step * dx
        # layout has a meaning
        return np.asfortranarray(out) if isinstance(x, np.ndarray) and x.flags.fnc else out

    out = each(leaf, v, d)
    return tuple(out) if isinstance(v, tuple) else out


def pairing(a: Any, b: Any) -> float:
    """The real inner product."""
    if isinstance(a, (list, tuple)):
        return sum(pairing(x, y) for x, y in zip(a, b, strict=True))
    return float(np.sum(np.conj(a) * b).real)


def shapes(v: Any) -> Any:
    return [shapes(x) for x in v] if isinstance(v, (list, tuple)) else np.shape(v)


def nan_like(v: Any) -> Any:
    """The value with its contents made unusable."""
    return mapped(lambda x: np.full_like(x, np.nan) if inexact(x) and isinstance(x, np.ndarray) else x, v)


def single(v: Any) -> Any:
    """The value in single precision."""

    def leaf(x: Any) -> Any:
        if not isinstance(x, (np.ndarray, np.generic)) or not inexact(x):
            return x
        return x.astype(np.complex64 if np.iscomplexobj(x) else np.float32)

    return mapped(leaf, v)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    return np.shape(a) == np.shape(b) and bool(np.allclose(a, b, rtol=1e-9, atol=1e-9))


# -- calls ---------------------------------------------------------------------------------------------------


def bound(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], defaults: bool = True) -> dict[str, Any]:
    """The arguments by parameter."""
    env = {p: ast.literal_eval(d) for p, d in rule.defaults.items()} if defaults else {}
    for k, p in enumerate(rule.params):
        if p.startswith("*"):
            env[p[1:]] = args[k:]
            break
        if k < len(args):
            env[p] = args[k]
    return {**env, **kwargs}


def run(rule: Rule, env: dict[str, Any], given: set[str]) -> Any:
    """The operation itself, on the arguments that were given."""
    kind, _, name = rule.name.rpartition(".")
    function: Any = rule.function or getattr(operator, name, None)
    if kind == "attribute":
        return getattr(env["x"], name)
    if kind == "method":
        holder, *rest = rule.params
        return getattr(env[holder], name)(*(env[p] for p in rest if p in given))
    args = []
    for p in rule.params:
        if p.startswith("*"):
            args += env[p[1:]]
        elif p not in rule.defaults:
            args.append(env[p])
    if (getattr(function, "__module__", None) or "").startswith("adjoint_compiler"):
        return function(*args, *(env[p] for p in rule.params if p in rule.defaults))
    return function(*args, **{p: env[p] for p in rule.params if p in rule.defaults and p in given})


def operand(v: Any, name: str) -> Operand:
    if isinstance(v, (list, tuple)):
        return Pack(type(v).__name__, tuple(operand(x, name) for x in v))
    return Name(name) if inexact(v) or isinstance(v, np.ndarray) else Const(v)


def chosen(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, str]:
    """The pullbacks for these arguments."""
    given = bound(rule, args, kwargs, defaults=False)
    types: dict[str, Type] = {p: type_of(v) for p, v in given.items()}
    active = {p for p, text in rule.pullbacks.items() if not is_open(text)}
    operands = {p: operand(v, p) if p in active else literal(v, p) for p, v in given.items()}
    return rule.pullbacks_for(types, operands)


def literal(v: Any, name: str) -> Operand:
    """An argument that no derivative goes through, numbers written out."""
    return Const(v) if isinstance(v, float) else operand(v, name)


def changes_result(kwargs: dict[str, Any]) -> bool:
    """Whether keywords make the result another kind of thing: singular values alone, a tuple of arrays."""
    return (
        kwargs.get("compute_uv") is False
        or kwargs.get("mode") == "r"
        or any(k in ("returned", "retstep") or k.startswith("return_") for k in kwargs)
    )


def texts(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[dict[str, str]]:
    """The general pullbacks, and those chosen for these arguments where they differ."""
    special = chosen(rule, args, kwargs)
    if changes_result(kwargs):  # the general one is for the function's usual result
        return [special]
    return [rule.pullbacks] + ([special] if special != rule.pullbacks else [])


class Noted:
    """A module whose functions are noted when they are called."""

    def __init__(self, module: ModuleType, noted: Callable[[Any], Any]) -> None:
        self.module, self.noted = module, noted

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.module, name)
        return Noted(found, self.noted) if isinstance(found, ModuleType) else self.noted(found)


class Recorder(dict[str, Any]):
    """The names of a rule's expression; calls are noted."""

    def __init__(self, rule: Rule, values: dict[str, Any], calls: list[Any]) -> None:
        super().__init__(values)
        self.rule, self.calls = rule, calls

    def noted(self, function: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((function, args, kwargs))
            return function(*args, **kwargs)

        return call

    def __missing__(self, name: str) -> Any:
        if name in MODULES:
            return Noted(importlib.import_module(MODULES[name]), self.noted)
        found = resolve_function(name, self.rule)
        return self.noted(found) if callable(found) else found


def contribution(
    rule: Rule, pullbacks: dict[str, str], param: str, env: dict[str, Any], calls: list[Any] | None = None
) -> Any:
    """What the adjoint of a parameter receives; for ``*operands`` one item for each."""

    def value(text: str, **more: Any) -> Any:
        return eval(text, Recorder(rule, {**env, **more}, [] if calls is None else calls))  # noqa: S307

    if rule.kind == "elementwise":
        return runtime.unbroadcast(env["g"] * np.conj(value(pullbacks[param])), env[param])
    if "*" + param in rule.params:
        each_text = [pullbacks.get(f"{param}[{k}]") or pullbacks[param] for k in range(len(env[param]))]
        return [value(text, k=k) for k, text in enumerate(each_text)]
    c = value(pullbacks[param])
    if isinstance(env[param], (list, tuple)) and isinstance(c, np.ndarray):
        return [c[k] for k in range(len(c))]  # an array serves as the sequence of its rows
    return c


# -- checks --------------------------------------------------------------------------------------------------


def check(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    """Check one call in every respect; returns the calls that its pullbacks made."""
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    y = run(rule, env, given)
    values = {**env, "g": direction(y, 1), "y": y}
    calls: list[Any] = []
    for pullbacks in texts(rule, args, kwargs):
        check_pairing(rule, values, given, pullbacks, calls)
        check_reads(rule, values, pullbacks)
        check_single(rule, env, given, pullbacks)
    check_shape_only(rule, env, given, y)
    check_linear(rule, env, given, y)
    return calls


def is_open(text: str) -> bool:
    """Whether a pullback only says that it is not implemented."""
    return text.startswith("not_differentiated")


def differences(rule: Rule, env: dict[str, Any], given: set[str], param: str, d: Any) -> Any:
    ends = [run(rule, {**env, param: displaced(env[param], d, step)}, given) for step in (EPS, -EPS)]
    return each(lambda a, b: (a - b) / (2 * EPS) if inexact(a) else np.zeros(np.shape(a)), *ends)


def check_pairing(
    rule: Rule, values: dict[str, Any], given: set[str], pullbacks: dict[str, str], calls: list[Any]
) -> None:
    """The inner product of the adjoint with differences is that of the contribution with the direction."""
    for param in (p.lstrip("*") for p in rule.params):
        v, text = values.get(param), pullbacks.get(param)
        if not inexact(v) or is_open(text or ""):
            continue
        if text is None:
            if not isinstance(v, (np.ndarray, list, tuple)):
                continue  # numbers that no derivative goes through may be places of jumps
            c = each(lambda x: 0.0, v)
        elif param not in given:
            continue
        else:
            c = contribution(rule, pullbacks, param, values, calls)
            assert shapes(c) == shapes(v), f"{rule.name}: {param} receives shape {shapes(c)}, not {shapes(v)}"
        for seed in (2, 3):
            d = direction(v, seed)
            left, right = pairing(values["g"], differences(rule, values, given, param, d)), pairing(c, d)
            assert left == pytest.approx(right, rel=2e-5, abs=2e-6), f"{rule.name}: {param} ({text})"


def check_reads(rule: Rule, values: dict[str, Any], pullbacks: dict[str, str]) -> None:
    """What a pullback does not read may hold anything."""
    for key, text in pullbacks.items():
        param = key.partition("[")[0]
        if not inexact(values.get(param)) or is_open(text):
            continue
        reads = contents_read(text, rule)
        blind = {p: v if p in reads or p == "g" else nan_like(v) for p, v in values.items()}
        found = [contribution(rule, pullbacks, param, env) for env in (values, blind)]
        assert same(*found), f"{rule.name}: the pullback of {param} reads more than {sorted(reads)}"


def check_single(rule: Rule, env: dict[str, Any], given: set[str], pullbacks: dict[str, str]) -> None:
    """Single precision stays single."""
    if rule.name in WIDENING:
        return
    values = {p: single(v) for p, v in env.items()}
    y = run(rule, values, given)
    results = [np.result_type(v) for v in flat(y) if inexact(v)]
    if not results or any(t not in (np.float32, np.complex64) for t in results):
        return
    values |= {"y": y, "g": single(direction(y))}
    for param, text in pullbacks.items():
        if not isinstance(values.get(param), np.ndarray) or not inexact(values[param]) or is_open(text):
            continue
        found = np.result_type(contribution(rule, pullbacks, param, values))
        assert found in (np.float32, np.complex64), f"{rule.name}: {param} widens to {found}"


def check_shape_only(rule: Rule, env: dict[str, Any], given: set[str], y: Any) -> None:
    """What is said to be read for its shape may hold anything."""
    values = {p: nan_like(v) if p in rule.shape_only else v for p, v in env.items()}
    if rule.shape_only:
        assert same(y, run(rule, values, given)), f"{rule.name} reads more than shapes"


def check_linear(rule: Rule, env: dict[str, Any], given: set[str], y: Any) -> None:
    """Twice the linear arguments, twice the result."""
    params = [p for p in rule.linear if inexact(env.get(p))]
    if not params or not inexact(y) or any(p in given and p not in params for p in rule.linear):
        return
    if all(inexact(x) for p in params for x in flat(env[p])):
        values = {p: mapped(lambda x: 2 * x, v) if p in params else v for p, v in env.items()}
        twice = run(rule, values, given | set(params))
        assert same(each(lambda x: 2 * x, y), twice), f"{rule.name} is not linear in {sorted(rule.linear)}"


# -- the functions that pullbacks call -----------------------------------------------------------------------


def signature(rule: Rule, args: Any, kwargs: Any) -> str:
    def mark(v: Any) -> str:
        if isinstance(v, (list, tuple)):
            return f"[{', '.join(map(mark, v))}]"
        return f"{np.result_type(v)}{np.shape(v)}" if isinstance(v, np.ndarray) or inexact(v) else repr(v)

    return f"{rule.name}{mark(args)}{ {k: mark(v) for k, v in kwargs.items()} }"


def hangs_on_phases(rule: Rule, args: tuple[Any, ...]) -> bool:
    """Complex vectors have an arbitrary phase: tested below through functions that do not see it."""
    return rule.name in ("numpy.linalg.eigh", "numpy.linalg.svd") and np.iscomplexobj(args[0])


def at_kink(rule: Rule, args: tuple[Any, ...]) -> bool:
    """The median's one half is at a kink of the weights; third derivatives of det ask for regularity."""
    if rule.name.endswith(".det_hessian"):
        return bool(np.any(np.abs(np.linalg.det(args[1])) < 1e-9))
    return rule.name.endswith((".quantile_adjoint", ".quantile_of")) and np.ndim(args[2]) == 0 and args[2] == 0.5


def explore(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], seen: set[str], depth: int = 0) -> None:
    """Check a call, then the calls that its pullbacks make, and so on."""
    for function, inner_args, inner_kwargs in check(rule, args, kwargs):
        callee = lookup(function)
        assert callee is not None, f"{rule.name}: no rule for {function}"
        if callee.kind != "structural" or not any(map(inexact, [*inner_args, *inner_kwargs.values()])):
            continue
        if hangs_on_phases(callee, inner_args) or at_kink(callee, inner_args):
            continue
        key = signature(callee, inner_args, inner_kwargs)
        if key not in seen and depth < 3:
            seen.add(key)
            explore(callee, inner_args, inner_kwargs, seen, depth + 1)
