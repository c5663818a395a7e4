"""Every case by which a rule is checked, NumPy's and SciPy's, elementwise and structural, as calls."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from adjoint_compiler.rules import TABLE, lookup
from adjoint_compiler.rules.optional import load_all
from tests.rules.checker import sample, takes_arrays
from tests.rules.structural import CASES, Case

PARTS = load_all()
for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")
OF_SCIPY = ("linalg", "objects", "signal", "stats", "sums")


def scipy_cases() -> list[Case]:
    """The calls that the tests of SciPy's rules list."""
    out = []
    for name in OF_SCIPY if PARTS else ():
        for found in getattr(importlib.import_module(f"tests.rules.test_scipy_{name}"), "CASES", ()):
            function, args, kwargs = getattr(found, "values", found)
            rule = lookup(function)
            if rule is not None:
                out.append(Case(rule, tuple(args), dict(kwargs), f"{rule.name}-scipy{len(out)}"))
    return out


def elementwise_cases() -> list[Case]:
    """One call of each elementwise rule on its domain."""
    out: list[Case] = []
    for key, rule in TABLE.by_key.items():
        if rule.kind != "elementwise" or key in TABLE.stated or key.startswith("scipy.stats."):
            continue
        values = sample(rule, 0, (3,) * takes_arrays(rule))
        args: list[Any] = []
        for p in rule.params:
            if p.lstrip("*") in values and p not in rule.defaults:
                args += values[p[1:]] if p.startswith("*") else [values[p]]
        out.append(Case(rule, tuple(args), {}, f"{key}-elementwise"))
    return out


EVERY = [*CASES, *scipy_cases(), *elementwise_cases()]
