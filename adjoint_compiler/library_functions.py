"""Functions of libraries that are differentiated by themselves: ``ac.grad(np.tanh)(0.5)``.

They have rules or definitions, but often no source in Python. For each stands a function that calls it.

    np.linalg.norm      ->      def norm(x, *more, **keywords):
                                    return np.linalg.norm(x, *more, **keywords)
"""

from __future__ import annotations

import inspect
import itertools
import linecache
import operator
import sys
import types
from typing import Any

_serial = itertools.count(1)
SHORT = {"numpy": "np"}
LIBRARIES = ("numpy", "scipy")


def caller_of(function: Any) -> types.FunctionType | None:
    """A Python function that only calls a library function; None where that has neither rule nor definition.

    Args:
        function: what is to be differentiated. A function of the user's own is not asked for rules.

    >>> import math
    >>> caller_of(math.hypot)(3.0, 4.0), caller_of(caller_of) is None
    (5.0, True)
    """
    if isinstance(function, types.FunctionType) and (function.__module__ or "").partition(".")[0] not in LIBRARIES:
        return None
    parameters = _parameters(function)
    place = _place(function) if parameters is not None else None
    if parameters is None or place is None:
        return None
    name, spelled = place[-1], ".".join((SHORT.get(place[0], place[0]), *place[1:]))
    args = ", ".join(parameters)
    text = f"def {name}({args}):\n    return {spelled}({args})\n"
    file = f"<adjoint_compiler call {next(_serial)} of {'.'.join(place)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    module = {SHORT.get(place[0], place[0]): sys.modules[place[0]]} if len(place) > 1 else {}
    names: dict[str, Any] = {}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    made: types.FunctionType = types.FunctionType(names[name].__code__, {**module, "__name__": name})
    return made


def _parameters(function: Any) -> list[str] | None:
    """The parameters that must be given, and stars for the others."""
    from adjoint_compiler.library import definition_of

    rule = _rule(function)
    if rule is not None:
        required = [p for p in rule.params if p not in rule.defaults and p not in rule.keyword_only]
        others = bool(rule.defaults)
    elif (definition := definition_of(function)) is not None:
        found = inspect.signature(definition).parameters.values()
        required = [p.name for p in found if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD]
        others = len(required) < len(found)
    else:
        return None
    named = [p for p in required if not p.startswith("*")]
    more = [p for p in required if p.startswith("*")] or (["*more"] if others else [])
    return [*named, *more, *(["**keywords"] if others else [])]


def _rule(function: Any) -> Any:
    """The rule of a function of the table's own; that of an operator is stated for its symbol."""
    from adjoint_compiler import rules

    name = getattr(function, "__name__", "")
    symbol = rules.TABLE.by_key.get(f"operator.{name}") if getattr(operator, name, None) is function else None
    return symbol or rules.lookup(function)


def _place(function: Any) -> list[str] | None:
    """Where a function is found: its module and what to ask that for; of builtins the name alone."""
    rule = _rule(function)
    module = (getattr(function, "__module__", None) or "").split(".")
    name = getattr(function, "__qualname__", getattr(function, "__name__", "")).split(".")
    places = [] if rule is None else [rule.name.split(".")]
    places += [[*(p for p in module if not p.startswith("_")), *name], [*module, *name]]
    found = next((place for place in places if _found(place) is function), None)
    return found[1:] if found is not None and found[0] == "builtins" else found


def _found(place: list[str]) -> Any:
    found = sys.modules.get(place[0])
    for part in place[1:]:
        found = getattr(found, part, None)
    return found


__all__ = ["caller_of"]
