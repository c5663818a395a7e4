"""Taylor mode at work: the coefficients of a function along a curve."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.leaves import leaves_of, rebuilt, seeded, tangents_of
from adjoint_compiler.levels import Optimize
from adjoint_compiler.pushforward import forward_of, shown


def coefficients(f: Any, x: Any, directions: Any, order: int, rest: tuple[Any, ...], optimize: Optimize) -> Any:
    """See :func:`adjoint_compiler.taylor`."""
    if not isinstance(order, int) or order < 0:
        raise ValueError(f"order is a whole number from 0 on, not {order!r}")
    forward = forward_of(f, "numpy", optimize)
    target = forward.target
    values = list(target.bind((x, *rest), {}))
    place = len(target.owner)
    values[place] = x = float(x) if type(x) is int else x
    target.check_arguments(tuple(values), (place,))
    leaves = leaves_of(x)
    parts = [curve(d, v, max(order, 1)) for d, v in zip(leaves_of(directions, x), leaves, strict=True)]
    try:
        compiled = forward.compiled(tuple(values), (place,), optimize, None, True, "series")
    except Unsupported as fault:
        what = fault.operation.removeprefix("adjoint_compiler.runtime.") or "this program"
        message = f"Taylor mode of `{what}` is not available"
        raise DifferentiationError(
            Diagnostic("AC001", fault.span if fault.span.line else target.place(), message, (), "nest ac.jvp instead")
        ) from None
    y, found = forward.run(compiled, tuple(values), [seeded(x, iter(parts), max(order, 1))])
    out = []
    for value, d in zip(leaves_of(y), tangents_of(found, y), strict=True):
        whole = np.zeros((max(order, 1) + 1, *np.shape(value)), np.asarray(value).dtype)
        whole[0] = value
        whole[1:] = np.reshape(d, np.shape(d) + (1,) * (whole.ndim - np.ndim(d))) if np.ndim(d) else d
        out.append(whole[: order + 1])
    return rebuilt(y, iter(out), None)


def curve(direction: Any, x: Any, order: int) -> Any:
    """The coefficients from order 1 on of the curve that starts at ``x``: in one direction, or those given.

    Raises:
        TypeError: their shape does not fit.

    >>> curve(2.0, 1.0, 3), curve([[1.0], [2.0]], np.zeros(1), 3).tolist()
    (array([2., 0., 0.]), [[1.0], [2.0], [0.0]])
    """
    given = np.asarray(direction)
    shape = np.shape(x)
    if given.shape != shape and (given.ndim != len(shape) + 1 or given.shape[1:] != shape or len(given) > order):
        raise TypeError(
            f"directions must have shape {shape}, or an axis of up to {order} coefficients before, not be {shown(direction)}"
        )
    out = np.zeros((order, *shape), np.asarray(x).dtype)
    out[: len(given) if given.shape != shape else 1] = given
    return out


__all__ = ["coefficients"]
