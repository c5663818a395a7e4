"""The calls by which structural rules are checked, a module for each family of rules.

A case is a call; :mod:`tests.rules.structural.checks` says what is checked of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from adjoint_compiler.rules import TABLE, lookup
from adjoint_compiler.rules.rule import Rule


@dataclass(frozen=True)
class Case:
    """One call of an operation."""

    rule: Rule
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    name: str


CASES: list[Case] = []


def case(function: Any, *args: Any, **kwargs: Any) -> None:
    rule = TABLE.by_key[function] if isinstance(function, str) else lookup(function)
    assert rule is not None, function
    number = sum(c.rule is rule for c in CASES)
    CASES.append(Case(rule, args, kwargs, f"{rule.name}-{number}"))
