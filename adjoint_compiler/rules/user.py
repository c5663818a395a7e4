"""Rules that users state, and the operations of the IR that stand for calls of functions with such rules.

    y = cube(x)            pair = cube_fwd(x); y = pair[0]
                    ->     ...
                           x_bar = cube_bwd(pair[1], y_bar)[0]

All user rules live in one locked registry; its version is part of every key under which derivatives are kept.
"""

from __future__ import annotations

import functools
import threading
import types
from collections.abc import Callable
from typing import Any

from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.table import cite, function_key, structural
from adjoint_compiler.runtime import custom

FORWARD, CHECKED, VALUE, OWN = "custom.forward", "custom.checked", "custom.value", "custom.own"
BACKWARD, INERT_CALL = "custom.backward", "custom.call"
STOP = "adjoint_compiler.runtime.custom.stop_gradient"
LIBRARIES = ("builtins", "math", "cmath", "numpy", "scipy")


class UserRules:
    """The registry: rules of library functions by the function, and the version that every new rule changes."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.version = 0
        self.rules: dict[Any, UserRule] = {}

    def changed(self) -> None:
        """Note that some rule is new: derivatives compiled before are out of date."""
        with self.lock:
            self.version += 1

    def add(self, function: Any, rule: UserRule) -> None:
        """State the rule of a library function; it replaces an earlier one."""
        with self.lock:
            self.rules[function] = rule
            rule.stated_for_library = True
            self.version += 1

    def find(self, function: Any) -> UserRule | None:
        """The rule of a function: its own, if it is a decorated one, or the one stated for it."""
        if isinstance(function, UserRule):
            return function
        try:
            return self.rules.get(function)
        except TypeError:  # not hashable
            return None


USER_RULES = UserRules()


class UserRule:
    """A function with something to say about its derivative; calling it calls the function."""

    __adjoint_wrapper__ = True

    def __init__(self, function: Any) -> None:
        if not callable(function):
            raise TypeError(f"a rule needs a function, not an object of type {type(function).__name__}")
        functools.update_wrapper(self, function, updated=())
        self.function = function
        self.facts: dict[Any, Any] = {}
        self.stated_for_library = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns."""
        return self.function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: bound like any function."""
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {getattr(self.function, '__qualname__', self.function)}>"


class CustomVjp(UserRule):
    """A function whose derivative is stated by ``fwd`` and ``bwd``; see :func:`adjoint_compiler.custom_vjp`."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.fwd: Any = None
        self.bwd: Any = None

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """State the rule.

        Args:
            fwd: ``fwd(*args) -> (y, residuals)``: the function's value, and what ``bwd`` needs.
            bwd: ``bwd(residuals, y_bar) -> tuple``: an adjoint for each argument, ``None`` for no derivative.

        Raises:
            TypeError: one of them is no function.
        """
        for part in (fwd, bwd):
            if not callable(part):
                raise TypeError(f"defvjp needs two functions, not an object of type {type(part).__name__}")
        with USER_RULES.lock:
            self.fwd, self.bwd, self.facts = fwd, bwd, {}
            USER_RULES.changed()


class CustomJvp(UserRule):
    """A function whose derivative is stated by ``jvp``; see :func:`adjoint_compiler.custom_jvp`."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self.jvp: Any = None

    def defjvp(self, jvp: Callable[..., Any]) -> Callable[..., Any]:
        """State the rule; also a decorator.

        Args:
            jvp: ``jvp(primals, tangents) -> (y, y_dot)``, both arguments tuples with an item for each argument of the
                function; linear in the tangents. The tangent of what has none is zero, or None where it is no number.

        Returns:
            ``jvp``.

        Raises:
            TypeError: it is no function.
        """
        if not callable(jvp):
            raise TypeError(f"defjvp needs a function, not an object of type {type(jvp).__name__}")
        with USER_RULES.lock:
            self.jvp, self.facts = jvp, {}
            USER_RULES.changed()
        return jvp


class Nondifferentiable(UserRule):
    """A function whose calls are inert: run once, the result a constant."""


def custom_vjp(
    function: Any, fwd: Callable[..., Any] | None = None, bwd: Callable[..., Any] | None = None
) -> CustomVjp:
    """The function with a derivative to be stated; see :func:`adjoint_compiler.custom_vjp`."""
    if (fwd is None) != (bwd is None):
        raise TypeError("custom_vjp needs both fwd and bwd, or neither and a later call of defvjp")
    rule = CustomVjp(function)
    if fwd is not None and bwd is not None:
        rule.defvjp(fwd, bwd)
        USER_RULES.add(function, rule)
    return rule


def nondifferentiable(function: Any) -> Nondifferentiable:
    """The function as an inert one; see :func:`adjoint_compiler.nondifferentiable`."""
    rule = Nondifferentiable(function)
    home = (getattr(function, "__module__", None) or "builtins").split(".")[0]
    if not isinstance(function, types.FunctionType) or home in LIBRARIES:
        USER_RULES.add(function, rule)
    return rule


def _opaque(types: dict[str, Type], operands: dict[str, Any]) -> Type:
    return Type("object")


def _enter(key: str, *params: str, kind: str = "structural", view: str | None = None, cheap: bool = False,
           result: Any = None, differentiable: bool = False) -> None:  # fmt: skip
    pullbacks = {"args": "g"} if differentiable else {}  # reversed by differentiate.custom; "g" marks them as active
    TABLE.add(
        Rule(key, None, params, kind, pullbacks=pullbacks, view=view, view_kind="maybe", cheap=cheap, result=result)
    )


# The result of a call may be an argument, or share its memory; `custom.own` is a result made sure not to.
_enter(FORWARD, "rule", "*args", view="args", result=_opaque)
_enter(CHECKED, "rule", "*args", view="args", result=_opaque)
_enter(VALUE, "rule", "pair", "*args", view="pair", cheap=True, differentiable=True)
_enter(OWN, "rule", "pair", "*args", differentiable=True)
_enter(BACKWARD, "rule", "residuals", "y_bar")
_enter(INERT_CALL, "rule", "*args", kind="inert", view="args")

# stop_gradient gives its argument itself: an alias without a derivative.
TABLE.add(Rule(function_key(custom.stop_gradient), custom.stop_gradient, ("x",), "inert", view="x", view_kind="same",
               result=lambda types, operands: types["x"]))  # fmt: skip
structural("without_derivative(x)", custom.without_derivative, view="x", view_kind="same", result=lambda types, o: types["x"],
           x="not_differentiated('solvers like this in their interval and times')")  # fmt: skip
structural("as_pair(pair)", custom.as_pair, pair="g", view="pair", view_kind="same", linear="pair")
structural("own_result(y_, *args)", custom.own_result, y_="g", shape_only="args", linear="y_")
structural(
    "custom_tangent(t, y_)",
    custom.custom_tangent,
    t="g",
    shape_only="y_",
    linear="t",
    result=lambda types, o: types["y_"],
)
structural("tangent_like(t, x)", custom.tangent_like, t="g", shape_only="x", linear="t", view="t", view_kind="same",
           result=lambda types, o: types["t"])  # fmt: skip
structural("custom_bars(bars, *args)", custom.custom_bars, bars="g", shape_only="args", linear="bars")

cite("the user's own rule")

__all__ = ["CustomJvp", "CustomVjp", "Nondifferentiable", "UserRule", "UserRules", "custom_vjp", "nondifferentiable"]
