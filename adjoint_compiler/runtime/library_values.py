"""Values of library functions for definitions that have their derivatives only: what these compute is replaced by it."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.optional import scipy

__all__ = [
    "constant",
    "duplicate",
    "histogram2d_value",
    "histogram_value",
    "histogramdd_value",
    "lstsq_value",
    "machine_epsilon",
    "multi_dot_value",
    "object_value",
    "reduce_value",
    "reduceat_value",
    "scipy_value",
    "series_value",
    "upper_factor",
]


def constant(x: Any) -> Any:
    """``x``, by which there must be no derivative: it is refused where it is active.

    >>> constant(3)
    3
    """
    return x


def duplicate(x: Any) -> Any:
    """``copy.copy(x)`` of an array or number.

    >>> duplicate(np.zeros(2))
    array([0., 0.])
    """
    return x.copy() if isinstance(x, np.ndarray) else x


def histogram_value(a: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """``np.histogram(a, bins, range, weights=weights)``.

    >>> histogram_value([1.0, 2.0], 2)
    (array([1, 1]), array([1. , 1.5, 2. ]))
    """
    return np.histogram(a, bins, range, weights=weights)


def histogram2d_value(x: Any, y: Any, bins: Any = 10, range: Any = None, weights: Any = None) -> Any:
    """``np.histogram2d(x, y, bins, range, weights=weights)``.

    >>> histogram2d_value([1.0, 2.0], [1.0, 2.0], 1)[0]
    array([[2.]])
    """
    return np.histogram2d(x, y, bins, range, weights=weights)


def histogramdd_value(
    sample: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None, sizes: bool = False
) -> Any:
    """``np.histogramdd(sample, bins, range, density, weights)``; or the sizes of its bins.

    >>> histogramdd_value([[1.0, 2.0], [2.0, 4.0]], 1)[0]
    array([[2.]])
    >>> histogramdd_value([[1.0, 2.0], [2.0, 4.0]], 1, sizes=True)
    array([[2.]])
    """
    if not sizes:
        return np.histogramdd(sample, bins, range, density, weights)
    _, edges = np.histogramdd(sample, bins, range)
    found = np.ones(())
    for e in edges:
        found = np.multiply.outer(found, np.diff(e))
    return found


def lstsq_value(a: Any, b: Any, rcond: Any = None) -> Any:
    """``np.linalg.lstsq(a, b, rcond)``.

    >>> lstsq_value(np.eye(2), np.ones(2))[0]
    array([1., 1.])
    """
    return np.linalg.lstsq(a, b, rcond)


def machine_epsilon(x: Any) -> float:
    """The distance from 1 to the next number of the precision of ``x``.

    >>> machine_epsilon(np.zeros(2)) == 2.0**-52
    True
    """
    return float(np.finfo(np.result_type(x, 0.0 if np.result_type(x).kind not in "fc" else x)).eps)


def multi_dot_value(arrays: Any) -> Any:
    """``np.linalg.multi_dot(arrays)``.

    >>> multi_dot_value([np.eye(2), np.eye(2), np.ones(2)])
    array([1., 1.])
    """
    return np.linalg.multi_dot(arrays)


def reduce_value(name: str, array: Any, axis: Any, initial: Any = None) -> Any:
    """``np.logaddexp.reduce(array, axis)``, or that of the ufunc with another name.

    >>> reduce_value("hypot", np.array([[3.0], [4.0]]), (0, 1))
    np.float64(5.0)
    """
    more = {} if initial is None else {"initial": initial}
    return getattr(np, name).reduce(array, axis, **more)


def reduceat_value(name: str, array: Any, indices: Any, axis: Any = 0) -> Any:
    """``np.add.reduceat(array, indices, axis)``, or that of the ufunc with another name.

    >>> reduceat_value("add", np.arange(4.0), [0, 2])
    array([1., 5.])
    """
    return getattr(np, name).reduceat(array, indices, axis)


def series_value(name: str, arguments: tuple[Any, ...]) -> Any:
    """A function of numpy.polynomial, by its name.

    >>> series_value("polynomial.polypow", (np.array([1.0, 1.0]), 2))
    array([1., 2., 1.])
    """
    module, _, function = name.partition(".")
    return getattr(getattr(np.polynomial, module), function)(*arguments)


def scipy_value(name: str, arguments: tuple[Any, ...], options: tuple[tuple[str, Any], ...] = ()) -> Any:
    """A function of SciPy, by its name.

    >>> float(scipy_value("stats.skew", (np.array([1.0, 2.0, 3.0]),)))
    0.0
    """
    found = scipy
    for part in name.split("."):
        found = getattr(found, part)
    return found(*arguments, **dict(options))


def object_value(
    name: str,
    arguments: tuple[Any, ...],
    at: tuple[Any, ...],
    options: tuple[tuple[str, Any], ...] = (),
    method: str = "__call__",
    further: tuple[Any, ...] | None = None,
) -> Any:
    """An object of a class of SciPy, by its name, called: ``CubicSpline(x, y)(at)``, or a method of it, and what that gives.

    >>> float(object_value("interpolate.CubicSpline", ([0.0, 1.0, 2.0], [0.0, 1.0, 4.0]), (1.5,)))
    2.25
    """
    found = getattr(scipy_value(name, arguments, options), method)(*at)
    return found if further is None else found(*further)


def upper_factor(a: Any) -> Any:
    """``np.linalg.cholesky(a, upper=True)``.

    >>> upper_factor(np.array([[4.0, 2.0], [0.0, 2.0]]))
    array([[2., 1.],
           [0., 1.]])
    """
    return np.linalg.cholesky(a, upper=True)
