"""The registry: every operation's rule, by the operation's key and by the function that it is."""

from __future__ import annotations

from collections.abc import Iterable
from types import MethodType
from typing import TYPE_CHECKING, Any

from adjoint_compiler.rules.expressions import MODULES, RuleError, expression_reads

if TYPE_CHECKING:
    from adjoint_compiler.rules.rule import Rule

Identity = int | tuple[int, str]


def identity_of(function: Any) -> Identity:
    """What a function is recognised by: methods of one object are made anew wherever they are named.

    >>> from random import Random
    >>> one = Random(1)
    >>> identity_of(one.choice) == identity_of(one.choice) != identity_of(Random(1).choice)
    True
    """
    return (id(function.__self__), function.__name__) if isinstance(function, MethodType) else id(function)


KINDS = ("elementwise", "structural", "inert", "zero")


class Registry:
    """The table: filled at import, and by users' rules of functions of their own, which are in ``stated``, too.

    ``sources`` says of rules where their formulas come from, ``for_reals`` of which parameters (None: of all)
    they are those of real numbers, ``complex_valued`` which have complex results of real numbers,
    ``of_lapack`` whose formulas call functions that know single and double precision only.
    """

    def __init__(self) -> None:
        self.by_key: dict[str, Rule] = {}
        self.by_identity: dict[Identity, Rule] = {}
        self.stated: dict[str, Rule] = {}
        self.sources: dict[str, str] = {}
        self.complex_valued: set[str] = set()
        self.of_lapack: set[str] = set()
        self.for_reals: dict[str, frozenset[str] | None] = {}

    def add(self, rule: Rule, aliases: Iterable[Any] = ()) -> Rule:
        """Enter a rule; raises ``RuleError`` for duplicates and malformed ones."""
        if rule.kind not in KINDS:
            raise RuleError(f"{rule.name}: unknown kind {rule.kind!r}")
        names = {p.lstrip("*") for p in rule.params}
        stated = [
            *rule.pullbacks.items(),
            *rule.tangents.items(),
            *(item for _, case in rule.cases for item in case.items()),
        ]
        for param, expression in stated:
            if param not in names:
                raise RuleError(f"{rule.name}: pullback for unknown parameter {param!r}")
            unknown = expression_reads(expression) - names - {"y", "k", "t", "pi", "True", "False", "inf", *MODULES}
            if unknown:
                raise RuleError(f"{rule.name}: unknown names {sorted(unknown)} in {expression!r}")
        dots = {f"{p}_dot" for p in rule.pullbacks}
        for expression in rule.together.values():
            if unknown := expression_reads(expression) - names - dots - {"y", *MODULES}:
                raise RuleError(f"{rule.name}: unknown names {sorted(unknown)} in {expression!r}")
        if rule.view is not None and rule.view not in names:
            raise RuleError(f"{rule.name}: view of unknown parameter {rule.view!r}")
        if rule.name in self.by_key:
            raise RuleError(f"{rule.name}: stated twice")
        self.by_key[rule.name] = rule
        for function in (rule.function, *aliases):
            if function is None:
                continue
            known = self.find(function)
            if known is not None:
                raise RuleError(f"{rule.name}: its function already belongs to {known.name}")
            self.by_identity[identity_of(function)] = rule
        return rule

    def state(self, rule: Rule) -> None:
        """Enter a rule of a user's."""
        self.add(rule)
        self.stated[rule.name] = rule

    def withdraw(self, key: str) -> None:
        """Take back a rule of a user's."""
        rule = self.stated.pop(key)
        del self.by_key[key], self.by_identity[identity_of(rule.function)]

    def find(self, function: Any) -> Rule | None:
        """The rule of a function, by identity."""
        return self.by_identity.get(identity_of(function))


TABLE = Registry()
