"""Helpers of emitted code around functions with rules of the user's: what goes in and out of them is checked."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.memory import copied
from adjoint_compiler.runtime.structures import zeros_like

__all__ = [
    "as_pair",
    "custom_bars",
    "custom_tangent",
    "own_result",
    "stop_gradient",
    "tangent_like",
    "without_derivative",
]


def stop_gradient(x: Any) -> Any:
    """``x`` itself; its derivative is zero.

    >>> stop_gradient(2.0)
    2.0
    """
    return x


def without_derivative(x: Any) -> Any:
    """``x`` itself, where a derivative by it is not available: refused while compiling where one is asked for.

    >>> without_derivative(2.0)
    2.0
    """
    return x


def as_pair(pair: Any) -> Any:
    """What a ``fwd`` returned, which must be a pair.

    >>> as_pair((2.0, None))
    (2.0, None)
    """
    if type(pair) is not tuple or len(pair) != 2:
        raise TypeError(f"fwd of a custom_vjp must return a pair (y, residuals), not {type(pair).__name__}")
    return pair


def own_result(y: Any, *args: Any) -> Any:
    """A copy of a function's result ``y``, which must share no memory with the arguments.

    >>> x = np.ones(2)
    >>> own_result(x * 2.0, x)
    array([2., 2.])
    """

    def arrays(value: Any) -> list[Any]:
        if isinstance(value, np.ndarray):
            return [value]
        items = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
        return [a for item in items for a in arrays(item)]

    for a in arrays(y):
        if any(np.may_share_memory(a, b) for arg in args for b in arrays(arg)):
            raise ValueError(
                "a function with a custom_vjp returned memory of its argument, which the program stores into later; "
                "let it return a copy"
            )
    return copied(y)


def custom_tangent(t: Any, y: Any) -> Any:
    """The tangent ``t`` that a ``jvp`` returned for ``y``, checked; zeros for ``None``.

    >>> custom_tangent(None, np.ones(2))
    array([0., 0.])
    """
    if t is None:
        return zeros_like(y)
    if isinstance(y, (float, complex, np.ndarray, np.generic)) and np.shape(t) != np.shape(y):
        raise TypeError(
            f"jvp of a custom_jvp: the tangent must have the shape of the value, {np.shape(y)}, not {np.shape(t)}"
        )
    return t


def tangent_like(t: Any, x: Any) -> Any:
    """The tangent ``t``, which must have the structure and the shapes of ``x``.

    >>> tangent_like(np.ones(2), np.zeros(2))
    array([1., 1.])
    """
    if isinstance(x, (tuple, list, dict)):
        if isinstance(x, dict) != isinstance(t, dict) or len(t) != len(x):
            raise TypeError(f"a tangent must have the structure of its variable, a {type(x).__name__} of {len(x)}")
        for k, v in x.items() if isinstance(x, dict) else enumerate(x):
            tangent_like(t[k], v)
        return t
    if np.shape(t) != np.shape(x):
        raise TypeError(f"a tangent must have the shape {np.shape(x)} of its variable, not {np.shape(t)}")
    return t


def custom_bars(bars: Any, *args: Any) -> tuple[Any, ...]:
    """What a ``bwd`` returned for the arguments ``args``, checked; zeros for ``None``.

    >>> custom_bars((2.0, None), 3.0, np.ones(2))
    (2.0, array([0., 0.]))
    """

    def checked(bar: Any, arg: Any, place: str) -> Any:
        if bar is None:
            return zeros_like(arg)
        if isinstance(arg, dict):
            if not isinstance(bar, dict) or bar.keys() != arg.keys():
                raise TypeError(f"bwd of a custom_vjp: the adjoint of {place} must be a dict like it")
            return {k: checked(bar[k], v, f"{place}[{k!r}]") for k, v in arg.items()}
        if isinstance(arg, (tuple, list)):
            if not isinstance(bar, (tuple, list)) or len(bar) != len(arg):
                raise TypeError(f"bwd of a custom_vjp: the adjoint of {place} must be a sequence like it")
            return [checked(b, a, f"{place}[{k}]") for k, (b, a) in enumerate(zip(bar, arg))]
        if not isinstance(arg, (float, complex, np.ndarray, np.generic)) or np.asarray(arg).dtype.kind not in "fc":
            return None
        if (
            not isinstance(bar, (int, float, complex, np.ndarray, np.generic))
            or np.asarray(bar).dtype.kind not in "biufc"
        ):
            raise TypeError(
                f"bwd of a custom_vjp: the adjoint of {place} must be a number or array, not {type(bar).__name__}"
            )
        if np.shape(bar) != np.shape(arg):
            raise TypeError(
                f"bwd of a custom_vjp: the adjoint of {place} must have its shape {np.shape(arg)}, not {np.shape(bar)}"
            )
        if np.iscomplexobj(bar) and not np.iscomplexobj(arg):
            bar = np.real(bar)
        return bar if isinstance(arg, np.ndarray) or not isinstance(bar, np.ndarray) else bar[()]

    if type(bars) not in (tuple, list) or len(bars) != len(args):
        found = f"{len(bars)} of them" if type(bars) in (tuple, list) else f"a {type(bars).__name__}"
        raise TypeError(
            f"bwd of a custom_vjp must return a tuple of {len(args)}, an adjoint for each argument, not {found}"
        )
    return tuple(checked(bar, arg, f"argument {k}") for k, (bar, arg) in enumerate(zip(bars, args)))
