"""Forward mode of every rule of NumPy's and Python's operations and of the helpers of emitted code."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

from adjoint_compiler.rules import TABLE, lookup_key
from tests.rules.cases import STRUCTURAL
from tests.rules.checker import sample, takes_arrays
from tests.rules.forward import check_forward
from tests.rules.structural import CASES, Case
from tests.rules.structural.checks import inexact
from tests.rules.test_elementwise import CASTS, HOLOMORPHIC

for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")


@pytest.mark.parametrize("c", CASES, ids=[c.name for c in CASES])
def test_case(c: Case) -> None:
    with np.errstate(all="ignore"):
        check_forward(c.rule, c.args, c.kwargs)


ELEMENTWISE = [
    k for k, r in TABLE.by_key.items() if r.kind == "elementwise" and "scipy" not in k and k not in TABLE.stated
]


def arguments(rule, values):
    """Arguments by parameter as those of a call."""
    args = tuple(
        x for p in rule.params for x in (values.get(p[1:], ()) if p[0] == "*" else [values[p]] if p in values else [])
    )
    return args


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_elementwise(key):
    rule = lookup_key(key)
    if key.endswith((".guarded", ".guarded_as")):  # what is guarded has the shape of the adjoint
        return check_forward(rule, arguments(rule, sample(rule, 0, (5,))), {})
    for shape in [(5,), ((4, 3), (3,)), ((1, 3), (4, 1))] if takes_arrays(rule) else [()]:
        check_forward(rule, arguments(rule, sample(rule, 0, shape)), {}, exact=key not in CASTS)
    return None


@pytest.mark.parametrize("key", HOLOMORPHIC)
def test_holomorphic(key):
    rule = lookup_key(key)
    check_forward(rule, arguments(rule, sample(rule, 0, (2,) * takes_arrays(rule), imaginary=1.0)), {})


@pytest.mark.parametrize("case", STRUCTURAL, ids=lambda c: f"{c[0]}-{len(str(c[1]))}")
def test_structural(case):
    key, values = case
    rule = lookup_key(key)
    if any(inexact(v) for p, v in values.items() if p in rule.pullbacks):
        check_forward(rule, arguments(rule, {p: v for p, v in values.items() if p not in rule.defaults}),
                      {p: v for p, v in values.items() if p in rule.defaults})  # fmt: skip
