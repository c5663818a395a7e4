"""Sets of inputs against tangents: where the tangent in the direction of an element is not zero, the set has the element."""

from __future__ import annotations

import importlib
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adjoint_compiler.backend.load import load_function
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.levels import left_out
from adjoint_compiler.pipeline import run as run_passes
from adjoint_compiler.rules import TABLE, lookup_key
from adjoint_compiler.rules.dependencies import ALIASED, DEPENDENCIES, JOINED, MOVED
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.sparsity import output_sets, sets_of
from adjoint_compiler.state import State
from tests.rules.cases import STRUCTURAL
from tests.rules.checker import sample
from tests.rules.forward import Call
from tests.rules.structural import CASES, Case
from tests.rules.structural.checks import bound, chosen, inexact, is_open
from tests.rules.test_forward import arguments

for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")

STATED = {*ALIASED, *DEPENDENCIES, *JOINED, *MOVED}
DENSE = [c for c in CASES if c.rule.name not in STATED][::25]  # everything depends on everything: little can be wrong


def made(call: Call, wrt: list[str], companion: str) -> Any:
    state = State(call.program, Request(tuple(wrt), False, companion=companion), "forward", left_out=left_out(0))
    state = run_passes(state)
    name = state.results[0].name
    function = load_function("\n\n".join(state.texts), name, {}, {}, "test").function
    return lambda given: function(*call.values.values(), *given)


def check(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any]) -> int:
    """The number of entries that are not zero."""
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    active = [p for p in rule.pullbacks if p in given and inexact(env[p])]
    pullbacks = chosen(rule, args, kwargs)
    if not active or any(is_open(pullbacks.get(p, "")) for p in active):
        return 0
    call = Call(rule, args, kwargs)
    values = call.values
    wrt = [n for n in values if inexact(values[n]) and any(n == p or belongs(n, p) for p in call.active)]
    numbers = count()
    y, sets = made(call, wrt, "dependencies")([sets_of(values[n], numbers, 0) for n in wrt])
    tangents = made(call, wrt, "tangents")
    rows = [s for leaf in output_sets(sets, y) for s in leaf]
    found = place = 0
    for w, n in enumerate(wrt):
        for i in range(np.size(values[n])):
            for unit in (1, 1j) if np.iscomplexobj(values[n]) else (1,):
                dots = [np.zeros(np.shape(values[m]), np.asarray(values[m]).dtype) for m in wrt]
                dots[w].reshape(-1)[i] = unit
                dots = [d if isinstance(values[m], np.ndarray) else type(values[m])(d[()]) for d, m in zip(dots, wrt)]
                column = elements(tangents(dots)[1], y)
                assert len(column) == len(rows)
                for k, v in enumerate(column):
                    found += v != 0
                    assert v == 0 or rows[k] >> place & 1, f"{rule.name}: element {k} depends on element {i} of {n}"
            place += 1
    return found


def belongs(name: str, param: str) -> bool:
    return name.startswith(param) and name[len(param) :].replace("_", "").isdecimal()


def elements(d: Any, y: Any) -> list[Any]:
    if isinstance(y, (tuple, list)):
        return [v for a, b in zip(d, y, strict=True) for v in elements(a, b)]
    return np.broadcast_to(d, np.shape(y)).ravel().tolist() if inexact(y) else []


@pytest.mark.parametrize("c", [c for c in CASES if c.rule.name in STATED] + DENSE, ids=lambda c: c.name)
def test_case(c: Case) -> None:
    with np.errstate(all="ignore"):
        check(c.rule, c.args, c.kwargs)


@pytest.mark.parametrize("case", STRUCTURAL, ids=lambda c: f"{c[0]}-{len(str(c[1]))}")
def test_structural(case: Any) -> None:
    key, values = case
    rule = lookup_key(key)
    named = {p: v for p, v in values.items() if p in rule.defaults}
    with np.errstate(all="ignore"):
        check(rule, arguments(rule, {p: v for p, v in values.items() if p not in rule.defaults}), named)


@pytest.mark.parametrize("key", ["numpy.arctan2", "operator.mul", "numpy.hypot", "numpy.power"])
def test_elementwise(key: str) -> None:
    rule = lookup_key(key)
    for shape in [(5,), ((4, 3), (3,)), ((1, 3), (4, 1))]:
        assert check(rule, arguments(rule, sample(rule, 0, shape)), {}) > 0


def test_every_entry_is_checked() -> None:
    """Each operation that the table of dependencies names is a case here, but for those of memory and of the IR itself."""
    checked = {c.rule.name for c in CASES} | {k for k, _ in STRUCTURAL}
    elsewhere = {n for n in STATED if TABLE.by_key[n].kind == "structural" and n not in checked}
    allowed = (
        ".memory.",
        ".structures.",
        "builtins.",
        "numpy.nan_to_num",
        "as_sequence",
        ".shaping.",
        ".broadcasting.",
        ".indexing.cast",
    )
    assert [n for n in sorted(elsewhere) if not any(a in n for a in allowed)] == []
