"""Forward mode of one operation: compiled, run, and compared with differences and with the pullbacks.

The tangent is that in a direction of all arguments that have a derivative. Paired with an adjoint of the result it is
the contributions of the pullbacks paired with the direction: <g, J d> = <J^T g, d>.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from adjoint_compiler.backend.load import load_function
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Program, Return
from adjoint_compiler.ir.types import type_of
from adjoint_compiler.levels import left_out
from adjoint_compiler.pipeline import run as run_passes
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.state import State
from tests.rules.structural.checks import (
    bound,
    chosen,
    contribution,
    differences,
    direction,
    inexact,
    is_open,
    pairing,
    run,
)


class Call:
    """A call of an operation as a program: every array and every number of the arguments is a parameter."""

    def __init__(self, rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.values: dict[str, Any] = {}
        given = bound(rule, args, kwargs, defaults=False)
        self.active = [p for p in rule.pullbacks if p in given and inexact(given[p])]
        positional, named = [], {}
        star = next((k for k, p in enumerate(rule.params) if p.startswith("*")), len(rule.params))
        for p in rule.params:
            if p.startswith("*"):
                positional += [self.operand(v, f"{p[1:]}{k}", True) for k, v in enumerate(given.get(p[1:], ()))]
            elif p in given and p not in rule.defaults and len(positional) == rule.params.index(p) < star:
                positional.append(self.operand(given[p], p, p in self.active))
            elif p in given:
                named[p] = self.operand(given[p], p, p in self.active)
        bind = Bind("y", rule.name, tuple(positional), tuple(named.items()))
        types = {n: type_of(v) for n, v in self.values.items()}
        self.program = Program("f", tuple(self.values), (bind, Return(Name("y"))), types)

    def operand(self, v: Any, name: str, active: bool) -> Operand:
        if isinstance(v, (list, tuple)) and (active or any(isinstance(x, np.ndarray) for x in v)):
            return Pack(type(v).__name__, tuple(self.operand(x, f"{name}_{k}", active) for k, x in enumerate(v)))
        if not (isinstance(v, (np.ndarray, np.generic)) or (active and inexact(v))):
            return Const(v, f"np.{np.dtype(v).name}" if isinstance(v, type) else "")
        self.values[name] = v
        return Name(name)


def leaves(v: Any) -> list[Any]:
    return [x for item in v for x in leaves(item)] if isinstance(v, (list, tuple)) else [v]


def tangent_of(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], dots: dict[str, Any]) -> Any:
    """The tangent of a call's result, by what the compiler writes for it."""
    call = Call(rule, args, kwargs)
    flat = dict(zip(call.values, call.values))
    wrt, given = [], []
    for p in call.active:
        names = [
            n
            for n in flat
            if inexact(call.values[n]) and (n == p or n.startswith(p) and n[len(p) :].replace("_", "").isdecimal())
        ]
        items = [d for d, v in zip(leaves(dots[p]), leaves(bound(rule, args, kwargs)[p]), strict=True) if inexact(v)]
        wrt += names
        given += items
    state = run_passes(State(call.program, Request(tuple(wrt), False), "forward", left_out=left_out(0)))
    function = load_function("\n\n".join(state.texts), "f_jvp", {}, {}, "test").function
    return function(*call.values.values(), *given)[1]


def check_forward(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], exact: bool = True) -> None:
    """Compare forward mode of a call with differences and with its pullbacks."""
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    pullbacks = chosen(rule, args, kwargs)
    active = [p for p in rule.pullbacks if p in given and inexact(env[p])]
    if not active or any(is_open(pullbacks.get(p, "")) for p in active):
        return
    y = run(rule, env, given)
    g = direction(y, 1)
    dots = {p: direction(env[p], 3 + k) for k, p in enumerate(active)}
    y_dot = tangent_of(rule, args, kwargs, dots)
    if y_dot is None:
        assert all(not inexact(v) for v in leaves(y))
        return
    expected = sum(
        pairing(contribution(rule, pullbacks, p, {**env, "y": y, "g": g}), dots[p]) for p in active if p in pullbacks
    )
    found = sum(pairing(a, b) for a, b in zip(leaves(g), leaves(y_dot), strict=True) if b is not None)
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-9), f"{rule.name}: {found} is not {expected}"
    for p in active if exact else ():
        alone = tangent_of(rule, args, kwargs, {q: d if q == p else zero(d) for q, d in dots.items()})
        wanted = differences(rule, env, given, p, dots[p])
        for a, b in zip(leaves(alone), leaves(wanted), strict=True):
            np.testing.assert_allclose(0 if a is None else a, b, rtol=2e-5, atol=2e-5, err_msg=f"{rule.name} by {p}")


def zero(d: Any) -> Any:
    return type(d)(map(zero, d)) if isinstance(d, (list, tuple)) else 0 * d
