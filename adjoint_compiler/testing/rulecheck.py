"""``check_rule``: one rule against differences, on the arguments that rules get wrong.

Elementwise rules are tried on samples from their domains (numbers, 0-d, empty and size-1 arrays, broadcasting), any rule on
the arguments given; both in other layouts (Fortran order, negative and wide steps), in single precision, and, where the rule
says so, on complex numbers.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import inspect
import linecache
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from adjoint_compiler.testing.gradcheck import BOTH, _map, check_grads, differentiable, flatten

SHAPES = ((), (1,), (0,), (4,), (2, 3))
BROADCAST = (((3, 1), (2,)), ((2,), (3, 1)), ((), (3,)), ((2, 3), ()))
EDGES = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 1e-300, -1e-300, 1e-8, 700.0, -700.0, 1e300, -1e300)
INFINITE = (
    np.inf,
    -np.inf,
)  # of several parameters, one that is infinite makes products with zero of the partials by others
Args = tuple[Any, ...]


def check_rule(
    function: Callable[..., Any],
    args: Sequence[Any] | None = None,
    order: int = 2,
    modes: Sequence[str] | None = None,
    atol: float | None = None,
    rtol: float | None = None,
    seed: int = 0,
) -> None:
    """Check the derivative rule of a function: of the table, or stated by ``elementwise``, ``custom_vjp``, ``custom_jvp``.

    Forward and reverse mode, each derived again up to ``order``, must agree with differences on numbers and arrays, with
    broadcasting, on empty, size-1 and 0-d arrays, in Fortran order, with negative and wide steps, in single precision (whose
    gradients stay so) and, for a rule that takes them, on complex numbers. At edges (zeros, ones, huge numbers, infinities,
    the ends of the domains) a derivative must not be NaN, warn or raise where the function does not, and a zero adjoint must
    give zero where the function is finite.

    Args:
        function: what has a rule.
        args: positional arguments to check it at; of elementwise rules they may be left out.
        order: how often it is differentiated.
        modes: ``"forward"``, ``"reverse"`` or both, the default; of a ``custom_vjp``, which forward mode does not pass
            through, ``"reverse"``.
        atol, rtol: what counts as equal; see :func:`check_grads`.
        seed: of what is random.

    Raises:
        AssertionError: the rule is wrong; it says for which arguments, and which parameter's derivative is.
        ValueError: the function has no rule, or arguments are needed.

    >>> import math
    >>> check_rule(np.arctan2)
    >>> check_rule(math.log)
    >>> check_rule(np.cumprod, (np.array([2.0, 0.0, 3.0]),))
    """
    rule, wanted = _rule_of(function), modes or _modes_of(function)
    elementwise = rule is not None and rule.kind == "elementwise"
    if args is None and not elementwise:
        raise ValueError(f"{_name(function)} is not elementwise by a rule: give the arguments to check it at")
    cases = _sampled(function, rule, seed) if args is None else _variants(tuple(args))
    for what, given in cases:
        try:
            check_grads(_caller(function, rule, len(given)), given, order, wanted, atol, rtol, seed=seed)
        except AssertionError as fault:
            raise AssertionError(_in_words(str(fault), function, rule, what)) from None
        except ValueError as fault:
            if "is differentiable" not in str(fault):
                raise
    if elementwise:
        _check_edges(function, rule, seed)


def _name(function: Any) -> str:
    return getattr(function, "__name__", "the function")


def _in_words(fault: str, function: Any, rule: Any, what: str) -> str:
    """What is wrong, with the names of the function and its parameters, and with the partial that was stated."""
    names = _params(function, rule)

    def named(found: re.Match[str]) -> str:
        k = int(found[1])
        if k >= len(names):
            return found[0]
        stated = rule.pullbacks.get(names[k]) if rule is not None and rule.kind == "elementwise" else None
        return f"`{names[k]}`" + (f", by its partial {stated!r}" if stated is not None else "")

    text = re.sub(r"args\[(\d+)\]", named, fault.replace("of `called`", f"of `{_name(function)}`"))
    return f"{_name(function)} of {what}: {text}"


def _params(function: Any, rule: Any) -> list[str]:
    if rule is not None:
        return [p.lstrip("*") for p in rule.params]
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # written in C
        return []


def _modes_of(function: Any) -> Sequence[str]:
    """The modes that a function's rule is stated for."""
    user = importlib.import_module("adjoint_compiler.rules.user")
    return ("reverse",) if isinstance(user.USER_RULES.find(function), user.CustomVjp) else BOTH


def _rule_of(function: Any) -> Any:
    """The rule of the table; None for functions with a ``custom_vjp`` or ``custom_jvp``."""
    rules, user = (importlib.import_module(f"adjoint_compiler.rules{m}") for m in ("", ".user"))
    if user.USER_RULES.find(function) is not None:
        return None
    rule = rules.lookup(function)
    if rule is None:
        raise ValueError(
            f"{_name(function)} has no rule; state one by ac.rules.elementwise, ac.custom_vjp or ac.custom_jvp"
        )
    return rule


def _caller(function: Any, rule: Any, count: int) -> Any:
    """``function`` of so many arguments, as a function with text for the compiler; those past the required ones go by name."""
    names = [f"a{k}" for k in range(count)]
    params = rule.params if rule is not None and rule.kind == "elementwise" else ()
    named = {p for p in params if p in rule.defaults} if params else set()
    passed = [f"{p}={n}" if p in named else n for n, p in zip(names, params or names)]
    text = f"def called({', '.join(names)}):\n    return function({', '.join(passed)})\n"
    file = f"<adjoint_compiler check {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {"function": function, "__name__": __name__}
    exec(compile(text, file, "exec"), space)  # noqa: S102  (the text above)
    return space["called"]


# -- arguments -----------------------------------------------------------------------------------------------


def _sampled(function: Any, rule: Any, seed: int) -> Iterator[tuple[str, Args]]:
    """Samples from the domains of an elementwise rule, in every form that the function takes."""
    rng = np.random.default_rng(seed)
    params = [p for p in rule.params if p not in rule.defaults or p in rule.pullbacks]

    def drawn(*shapes: tuple[int, ...]) -> Args:
        parts = [_drawn(rule, p, shapes[k % len(shapes)], rng) for k, p in enumerate(params)]
        return tuple(parts)

    yield "numbers", tuple(float(v) if np.ndim(v) == 0 and isinstance(v, np.ndarray) else v for v in drawn(()))
    if not takes_arrays(function, rule):
        return
    for shape in SHAPES:
        yield f"arrays of shape {shape}", drawn(shape)
    for pair in BROADCAST if len(params) > 1 else ():
        yield f"arrays of shapes {pair}", drawn(*pair)
    yield from _variants(drawn((2, 3)))
    if "real" not in _refused_kinds(rule):
        yield "complex arrays", tuple(_tilted(v, rng) for v in drawn((3,)))


def _drawn(rule: Any, param: str, shape: tuple[int, ...], rng: np.random.Generator) -> Any:
    if param not in rule.pullbacks or rule.pullbacks[param].startswith("not_differentiated"):
        return 1
    low, high = rule.domain.get(param, (-2.0, 2.0))
    return np.asarray(rng.uniform(low, high, shape))


def _tilted(v: Any, rng: np.random.Generator) -> Any:
    return v + 1j * rng.uniform(0.2, 0.8, v.shape) if isinstance(v, np.ndarray) else v


def _refused_kinds(rule: Any) -> str:
    """``"real"`` for rules that hold for real numbers, as far as is known."""
    own = rule.name.startswith("user.")
    return "" if own and rule.specialise is None else "real"


def takes_arrays(function: Any, rule: Any) -> bool:
    """Whether a function of numbers takes arrays, too.

    >>> import math
    >>> from adjoint_compiler.rules import lookup
    >>> takes_arrays(np.sin, lookup(np.sin)), takes_arrays(math.sin, lookup(math.sin))
    (True, False)
    """
    rng = np.random.default_rng(0)
    head = [_drawn(rule, p, (2,), rng) for p in rule.params if p not in rule.defaults]
    try:
        with np.errstate(all="ignore"):
            return bool(np.shape(function(*head)) == (2,))
    except Exception:  # noqa: BLE001  (it does not)
        return False


def _reversed_steps(x: Any) -> Any:
    back = (slice(None, None, -1),) * x.ndim
    return np.ascontiguousarray(x[back])[back]


def _wide_steps(x: Any) -> Any:
    return np.repeat(x, 2, axis=-1)[..., ::2]


LAYOUTS: tuple[tuple[str, Callable[[Any], Any]], ...] = (
    ("in Fortran order", np.asfortranarray),
    ("with negative steps", _reversed_steps),
    ("with wide steps", _wide_steps),
)


def _variants(args: Args) -> Iterator[tuple[str, Args]]:
    """The arguments as they are, their arrays in other layouts, and everything in single precision."""
    yield "these arguments", args
    arrays = [leaf for leaf in flatten(args)[0] if leaf.ndim]
    if not arrays:
        return
    for what, change in LAYOUTS:
        yield f"arrays {what}", _map(args, functools.partial(_laid_out, change))
    yield "arrays in single precision", _map(args, _single)


def _laid_out(change: Callable[[Any], Any], leaf: Any) -> Any:
    return change(leaf) if type(leaf) is np.ndarray and leaf.ndim else leaf


def _single(leaf: Any) -> Any:
    if not differentiable(leaf) or np.asarray(leaf).dtype.itemsize < 8:
        return leaf
    low = np.complex64 if np.iscomplexobj(leaf) else np.float32
    return leaf.astype(low) if isinstance(leaf, np.ndarray) else leaf


# -- edges ---------------------------------------------------------------------------------------------------


def _check_edges(function: Any, rule: Any, seed: int) -> None:
    """The derivative at edges: no NaN, no warning and no exception where the function is finite and silent."""
    api = importlib.import_module("adjoint_compiler.api")
    rng = np.random.default_rng(seed)
    params = [p for p in rule.params if p not in rule.defaults or p in rule.pullbacks]
    called = _caller(function, rule, len(params))
    for k, p in enumerate(params):
        start = [_drawn(rule, q, (), rng) for q in params]
        if not isinstance(start[k], np.ndarray):
            continue
        for edge in dict.fromkeys((*EDGES, *(INFINITE if len(params) == 1 else ()), *rule.domain.get(p, ()))):
            at = [float(v) if isinstance(v, np.ndarray) else v for v in (*start[:k], np.asarray(edge), *start[k + 1 :])]
            if _is_silent(called, at):
                _check_edge(api, called, at, f"{_name(function)}({', '.join(map(repr, at))})")


def _is_silent(called: Any, at: list[Any]) -> bool:
    """Whether the function is finite there, without a warning."""
    try:
        with np.errstate(all="raise"), warnings.catch_warnings():
            warnings.simplefilter("error")
            y = called(*at)
    except Exception:  # noqa: BLE001  (what a function outside of its domain does is its own affair)
        return False
    return isinstance(y, (float, np.floating, np.ndarray)) and bool(np.all(np.isfinite(y)))


def _check_edge(api: Any, called: Any, at: list[Any], what: str) -> None:
    for seed in (1.0, 0.0):
        try:
            with np.errstate(all="warn", under="ignore"), warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)
                bars = api.vjp(called, *at)[1](seed)
        except (ArithmeticError, ValueError, RuntimeWarning) as fault:
            advice = "write the partial so that it does not, or state its parameter as singular"
            raise AssertionError(
                f"{what}: the function is finite there, its derivative raises {fault!r}; {advice}"
            ) from None
        for k, bar in enumerate(bars):
            if bar is not None and (np.isnan(bar) or (seed == 0 and bar != 0)):
                advice = "" if np.isnan(bar) and seed else "; is the parameter missing in singular="
                raise AssertionError(f"{what}: the adjoint of argument {k} is {bar} for an adjoint of {seed}{advice}")


__all__ = ["check_rule"]
