"""Elementwise rules that users state for functions of their own, in the form of the table.

    ac.rules.elementwise("softsign(x)", softsign, x="1 / (1 + absolute(x)) ** 2")

    y = softsign(x)        ->      x_bar = y_bar / (1 + np.absolute(x)) ** 2

Such a rule is a rule of the table from then on: forward mode, broadcasting, what is recorded and higher orders follow from it.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.ir.names import RESERVED
from adjoint_compiler.ir.nodes import Operand
from adjoint_compiler.ir.types import Type, may_be_complex
from adjoint_compiler.rules.expressions import MODULES, RuleError, parse, resolve_function
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.signatures import parse_signature
from adjoint_compiler.rules.table import function_key
from adjoint_compiler.rules.user import LIBRARIES, USER_RULES, UserRule

OWN = "user."
DEFAULT_DOMAIN = (-2.0, 2.0)
RESULT_NAMES = ("y", "g", "k", "t", "pi", "inf", *MODULES)  # that expressions of rules have besides the parameters


def elementwise(
    signature: str,
    /,
    *functions: Callable[..., Any],
    singular: str = "",
    domain: dict[str, tuple[float, float]] | None = None,
    linear: str = "",
    holomorphic: bool = False,
    note: str = "",
    **partials: str,
) -> None:
    """State the derivative of an elementwise function by its partials.

    The functions are called as they are, never looked into. They must be elementwise (broadcasting like NumPy's), must leave
    their arguments alone and return new memory, and may be called more than once. Test a rule with
    :func:`adjoint_compiler.testing.check_rule`.

    Args:
        signature: name and parameters, e.g. ``"softplus(x, sharpness=1.0)"``. Parameters without a default are passed by
            position, and may be called otherwise than in the function (``y`` is the result here); others by their names.
        functions: the functions with these partials: your own, or functions of a library that have no rule.
        singular: parameters whose partial may be infinite, separated by blanks: a zero adjoint stays zero there.
        domain: interval from which tests draw each parameter (default -2 to 2).
        linear: parameters in which, taken together, the function is linear.
        holomorphic: whether complex arguments are meant, too; they are refused else.
        note: conventions, at kinks and edges.
        partials: one expression per differentiable parameter, over the parameters' names and ``y``, the result. It may
            call functions of NumPy by their plain names (``exp``, ``where``), of ``special`` (SciPy), and functions of
            your module that have rules; ``"0"`` where the derivative is zero. A parameter without is refused where it is active.

    Raises:
        RuleError: a rule that cannot be right: unknown names, parameters that the function does not have, functions called
            that have no rule, a function that has a rule already.

    >>> import adjoint_compiler as ac
    >>> def softsign(x):
    ...     return x / (1 + abs(x))
    >>> ac.rules.elementwise("softsign(x)", softsign, x="1 / (1 + absolute(x)) ** 2")
    >>> ac.grad(lambda x: softsign(3 * x))(1.0)
    0.1875
    """
    if not functions:
        raise RuleError(f"{signature}: which function is it? elementwise(signature, function, ...)")
    _, params, defaults = parse_signature(signature)
    with USER_RULES.lock:
        for function in functions:
            _check_function(signature, function, params)
            key, word = _key_of(function)
            for p, e in partials.items():
                if not isinstance(e, str):
                    raise RuleError(
                        f'{signature}: the partial by {p} is a text like {p}="2 * {p}", not a {type(e).__name__}'
                    )
            stated = {p: e for p, e in partials.items() if e.strip() != "0"}
            missing = (p for p in params if p not in partials)
            open_ones = {
                p: f"not_differentiated('calls of {word} in their parameter {p}, for which no partial is stated,')"
                for p in missing
            }
            rule = Rule(
                key, function, params, "elementwise", defaults, stated | open_ones, frozenset(singular.split()),
                linear=frozenset(linear.split()), domain=domain or {}, note=note, scope=_globals_of(function),
                specialise=None if holomorphic else _real_only(word),
            )  # fmt: skip
            try:
                _check_names(rule, partials)
                _check_sample(rule)
                _forget_earlier(function)
                TABLE.state(rule)
            except RuleError as fault:
                raise RuleError(str(fault).replace(key, word)) from None
        USER_RULES.changed()


def function_words() -> dict[str, Any]:
    """The functions that have such rules, by the names that generated code calls them by."""
    return {key.rpartition(".")[2]: rule.function for key, rule in TABLE.stated.items()}


def _key_of(function: Any) -> tuple[str, str]:
    """The key of a function's rule, and the name that generated code calls it by."""
    module = (getattr(function, "__module__", None) or "").split(".")[0]
    if module in LIBRARIES or isinstance(function, np.ufunc):
        key = function_key(function)
        if _meant_by(key) is function:
            return key, key
    stem = getattr(function, "__name__", "")
    stem = stem if stem.isidentifier() else "function"
    taken = {w for w, f in function_words().items() if not _same_name(f, function)} | RESERVED | frozenset(dir(runtime))
    word, k = stem, 1
    while word in taken:
        k += 1
        word = f"{stem}_{k}"
    return f"{OWN}{USER_RULES.version}.{word}", word


def _meant_by(key: str) -> Any:
    import importlib

    module, _, name = key.rpartition(".")
    try:
        return getattr(importlib.import_module(module), name, None)
    except ImportError:
        return None


def _same_name(known: Any, function: Any) -> bool:
    """Whether one function is another definition of the other: a cell of a notebook that ran again."""
    names = [(getattr(f, "__module__", None), getattr(f, "__qualname__", "<locals>")) for f in (known, function)]
    return names[0] == names[1] and "<" not in names[0][1]


def _forget_earlier(function: Any) -> None:
    for key, rule in list(TABLE.stated.items()):
        if rule.function is function or _same_name(rule.function, function):
            TABLE.withdraw(key)


def _globals_of(function: Any) -> dict[str, Any]:
    return getattr(inspect.unwrap(function), "__globals__", {})


def _check_function(signature: str, function: Any, params: tuple[str, ...]) -> None:
    if not callable(function) or isinstance(function, UserRule):
        raise RuleError(f"{signature}: a rule needs a function, not an object of type {type(function).__name__}")
    known = TABLE.find(function)
    if known is not None and known.name not in TABLE.stated:
        raise RuleError(f"{known.name} has a rule already; ac.custom_vjp(function, fwd=..., bwd=...) replaces it")
    if any(p.startswith("*") for p in params):
        raise RuleError(f"{signature}: the parameters of an elementwise function are named, one by one")
    taken = [p for p in params if p in RESULT_NAMES]
    if taken:
        raise RuleError(
            f"{signature}: `{taken[0]}` has a meaning of its own in partials; call the parameter otherwise here"
        )
    try:
        own = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # written in C
        return
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in own):
        return
    names = [p.name for p in own]
    by_position = [p for p in own if p.kind is not p.KEYWORD_ONLY]
    if len(params) > len(own) or any(p.default is p.empty for p in own[len(params) :]) or len(by_position) < 1:
        raise RuleError(f"{signature}: the function's own parameters are {', '.join(names)}")
    _, _, defaults = parse_signature(signature)
    if any(p not in names for p in defaults):
        raise RuleError(f"{signature}: the function's own parameters are {', '.join(names)}")


def _check_names(rule: Rule, partials: dict[str, str]) -> None:
    """Refuses partials of what is no parameter, and calls of functions without rules."""
    for p, expression in partials.items():
        if p not in rule.params:
            raise RuleError(f"{rule.name}: partial of unknown parameter {p!r}; there are {', '.join(rule.params)}")
        try:
            tree = parse(expression)
        except SyntaxError as fault:
            raise RuleError(f"{rule.name}: {expression!r} is no expression: {fault.msg}") from None
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                _check_called(rule, ast.unparse(node.func))


def _check_called(rule: Rule, name: str) -> None:
    from adjoint_compiler.rules import lookup

    called = resolve_function(name, rule)
    if called is not rule.function and lookup(called) is None:
        raise RuleError(f"{rule.name}: `{name}`, which a partial calls, has no rule; state it first, or write it out")


def samples_of(rule: Rule, shape: tuple[int, ...], seed: int = 0) -> dict[str, Any]:
    """Arguments of a rule from its domain; optional ones that have no partial keep their defaults."""
    rng = np.random.default_rng(seed)
    wanted = [p for p in rule.params if p not in rule.defaults or p in rule.pullbacks]
    drawn = {p: rng.uniform(*rule.domain.get(p, DEFAULT_DOMAIN), shape) for p in wanted}
    return {p: v if shape else float(v) for p, v in drawn.items()}


def _check_sample(rule: Rule) -> None:
    """Refuses what certainly is not elementwise, or returns its argument itself."""
    given = samples_of(rule, (2, 3))
    head = [v for p, v in given.items() if p not in rule.defaults]
    before = [v.copy() for v in head]
    try:
        with np.errstate(all="ignore"):
            y = rule.function(*head, **{p: v for p, v in given.items() if p in rule.defaults})
    except Exception:  # noqa: BLE001  (a function of numbers only, or of other arguments)
        return
    if np.shape(y) != (2, 3):
        raise RuleError(
            f"{rule.name}: not elementwise: its result has shape {np.shape(y)} for arguments of shape (2, 3)"
        )
    if any(not np.array_equal(v, b, equal_nan=True) for v, b in zip(head, before, strict=True)):
        raise RuleError(f"{rule.name}: the function changes its argument; let it work on a copy")
    if any(np.shares_memory(y, v) for v in head):
        raise RuleError(f"{rule.name}: the function returns its argument itself; return a copy")


def _real_only(word: str) -> Callable[..., None]:
    def specialise(types: dict[str, Type], operands: dict[str, Operand]) -> None:
        if any(map(may_be_complex, types.values())):
            raise RuleError(
                f"the rule of {word} is for real numbers; state it with holomorphic=True if it holds for complex ones"
            )

    return specialise


__all__ = ["elementwise", "function_words", "samples_of"]
