"""Helpers of emitted code that deal with structures: tuples, lists, dicts and objects, their adjoints and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "add_structure", "add_to_slots", "array_gradient", "as_gradient", "field_names", "gradient_of_item", "gradient_tangent",
    "instance", "is_object", "items_of",
    "number_gradient",
    "scalar_seed", "shaped_like", "slot_adjoint", "with_fields", "zero_tangent", "zeros_like", "zeros_of_item",
]  # fmt: skip


def items_of(x: Any) -> Any:
    """Pairs of what the items of a container are found by in its adjoint, and the items; none for other values.

    >>> list(items_of([1.0, 2.0])), list(items_of({"a": 1.0}))
    ([(0, 1.0), (1, 2.0)], [('a', 1.0)])
    """
    if isinstance(x, (list, tuple)):
        return enumerate(x)
    return x.items() if isinstance(x, dict) else ((n, getattr(x, n)) for n in field_names(x)) if is_object(x) else ()


def is_object(x: Any) -> bool:
    """Whether a value is an instance of a class written in Python, other than of containers, arrays, functions and loggers.

    >>> class Point: pass
    >>> is_object(Point()), is_object(Point), is_object(np.ones(2)), is_object(len)
    (True, False, False, False)
    """
    made = type(x).__flags__ & 1 << 9 and not type(x).__module__.startswith("logging")
    return bool(made) and not isinstance(x, (type, tuple, list, dict, set, frozenset, np.ndarray))


def field_names(x: Any) -> list[str]:
    """The names of the attributes of an object itself, in the order in which they were set first.

    >>> class Point:
    ...     dimension = 2
    ...     def __init__(self): self.x, self.y = 1.0, 2.0
    >>> field_names(Point()), field_names(3.0)
    (['x', 'y'], [])
    """
    slots = [c.__dict__.get("__slots__", ()) for c in reversed(type(x).__mro__)]
    names = [n for some in slots for n in ((some,) if isinstance(some, str) else some)]
    return [*(n for n in names if n[:2] != "__" and hasattr(x, n)), *getattr(x, "__dict__", ())]


def instance(cls: Any, **fields: Any) -> Any:
    """An instance of a class with the given attributes, made without running its ``__init__``.

    >>> class Point: pass
    >>> vars(instance(Point, x=1.0))
    {'x': 1.0}
    """
    out = object.__new__(cls)
    for name, value in fields.items():
        object.__setattr__(out, name, value)
    return out


def with_fields(x: Any, values: Any) -> Any:
    """An instance of the class of ``x`` with the given values for its attributes; the class's own checks do not run.

    >>> from dataclasses import make_dataclass
    >>> with_fields(make_dataclass("Point", ["x", "y"], frozen=True)(1.0, 2.0), [3.0, None])
    Point(x=3.0, y=None)
    """
    return instance(type(x), **dict(zip(field_names(x), values)))


def zeros_like(x: Any) -> Any:
    """An adjoint of zero for ``x``: arrays for arrays, lists for tuples and lists, None for items without derivative.

    An int that is no item is what a variable holds before it holds a float.

    >>> zeros_like((1.0, np.ones(2), 3)), zeros_like(3)
    ([0.0, array([0., 0.]), None], 0.0)
    """
    return 0.0 if type(x) is int else zeros_of_item(x)


def slot_adjoint(g: Any, x: Any) -> Any:
    """The adjoint ``g`` in a slot that holds ``x``: zeros of the structure of ``x`` where nothing was added to the slot.

    >>> slot_adjoint(None, (1.0, 2.0)), slot_adjoint([3.0, 4.0], (1.0, 2.0))
    ([0.0, 0.0], [3.0, 4.0])
    >>> slot_adjoint(0.0, np.ones(2)), slot_adjoint(5.0, 2.0)
    (array([0., 0.]), 5.0)
    """
    if isinstance(g, (list, dict, np.ndarray)):
        return g
    zeros = zeros_of_item(x)
    return zeros if g is None or isinstance(zeros, (list, dict, np.ndarray)) else g


def zeros_of_item(x: Any) -> Any:
    """As :func:`zeros_like`, of an item of a container: None for an int."""
    if isinstance(x, np.ndarray):
        return np.zeros_like(x) if x.dtype.kind in "fc" else None
    if isinstance(x, np.generic):
        return np.zeros_like(x)[()] if x.dtype.kind in "fc" else None
    if isinstance(x, (float, complex)):
        return type(x)(0)
    if isinstance(x, (tuple, list)):
        return [zeros_of_item(v) for v in x]
    return {k: zeros_of_item(v) for k, v in items_of(x)} if isinstance(x, dict) or is_object(x) else None


def zero_tangent(x: Any) -> Any:
    """A tangent of zero for ``x``: numbers for numbers, ints too; None for what is no number.

    >>> zero_tangent((1, np.ones(2), "a")), zero_tangent({"n": 2j})
    ((0.0, array([0., 0.]), None), {'n': 0j})
    """
    if isinstance(x, (np.ndarray, np.generic)):
        kind = x.dtype.kind
        zero = np.zeros_like(x) if kind in "fc" else np.zeros(np.shape(x)) if kind in "iub" else np.empty(0)
        return zero if isinstance(x, np.ndarray) else zero[()]
    if isinstance(x, (int, float, complex)):
        return 0j if isinstance(x, complex) else 0.0
    if isinstance(x, tuple):
        return tuple(zero_tangent(v) for v in x)
    if isinstance(x, list):
        return [zero_tangent(v) for v in x]
    return {k: zero_tangent(v) for k, v in items_of(x)} if isinstance(x, dict) or is_object(x) else None


def add_structure(a: Any, b: Any) -> Any:
    """The sum of two adjoints of one container; ``None`` and the number 0.0 stand for zero.

    What NumPy takes a list for has the adjoint of an array.

    >>> add_structure([1.0, None], (2.0, None)), add_structure([1.0, 2.0], np.ones(2))
    ([3.0, None], [np.float64(2.0), np.float64(3.0)])
    """
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, dict) and isinstance(b, dict):
        return {**b, **{k: add_structure(v, b.get(k)) for k, v in a.items()}}
    if any(isinstance(x, (list, tuple, dict)) for x in (a, b)):
        if all(
            isinstance(x, (list, tuple)) or np.ndim(x) for x in (a, b)
        ):  # an array where one was made of the container
            if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
                return [add_structure(v, w) for v, w in zip(a, b, strict=True)]
            missing = [None] * abs(len(a) - len(b))  # of a list that grows: zero
            return [add_structure(v, w) for v, w in zip([*a, *missing], [*b, *missing])]
        held, zero = (b, a) if isinstance(b, (list, tuple, dict)) else (a, b)
        if isinstance(zero, (list, tuple, dict)) or np.any(zero):
            raise TypeError(f"the adjoint of a {type(held).__name__} comes out as {zero!r}")
        return dict(held) if isinstance(held, dict) else list(held)
    return a + b


def add_to_slots(own: Any, g: Any) -> None:
    """Add adjoint ``g`` of a container to the shadow ``own`` of it, in place.

    >>> own = [1.0, None]
    >>> add_to_slots(own, [2.0, 3.0])
    >>> own
    [3.0, 3.0]
    """
    for k, v in items_of(g):
        own[k] = add_structure(own.get(k) if isinstance(own, dict) else own[k], v)


def as_gradient(g: Any, x: Any) -> Any:
    """Adjoint ``g`` as the gradient of ``x``: the structure, shape and dtype of ``x``, in memory of its own.

    An int is differentiated as the float of its value; inside of a container it has no gradient.

    >>> as_gradient(1.0, np.zeros(2, np.float32))
    array([1., 1.], dtype=float32)
    >>> as_gradient(1.0, 2), as_gradient([1.0, 2.0], [1.5, 2])
    (1.0, [1.0, None])
    """
    if isinstance(x, np.ndarray):
        return array_gradient(g, x) if x.dtype.kind in "fc" else None
    if isinstance(x, bool) or (isinstance(x, np.generic) and x.dtype.kind not in "fc"):
        return None
    if isinstance(x, (np.generic, int, float, complex)):
        return number_gradient(g, x)
    if isinstance(g, np.ndarray):
        raise TypeError(f"the gradient of a {type(x).__name__} comes out as an array: annotate the parameter")
    if isinstance(x, dict):
        return {k: gradient_of_item(g[k] if isinstance(g, dict) else None, v) for k, v in x.items()}
    if isinstance(x, list):
        return [gradient_of_item(h, v) for h, v in zip(g if isinstance(g, (list, tuple)) else [None] * len(x), x)]
    if isinstance(x, tuple):
        items = [gradient_of_item(h, v) for h, v in zip(g if isinstance(g, (list, tuple)) else [None] * len(x), x)]
        return tuple(items) if type(x) is tuple else type(x)._make(items)  # type: ignore[attr-defined]
    if is_object(x):
        return with_fields(x, [gradient_of_item(g[n] if isinstance(g, dict) else None, v) for n, v in items_of(x)])
    return None


def array_gradient(g: Any, x: Any) -> Any:
    """Adjoint ``g`` as the gradient of an array ``x`` of floats or complex numbers, in memory of its own.

    >>> array_gradient(1.0, np.zeros(2, np.float32))
    array([1., 1.], dtype=float32)
    """
    if g is None:
        return np.zeros_like(x)
    out = np.empty_like(x)
    out[...] = np.real(g) if x.dtype.kind == "f" and np.iscomplexobj(g) else g
    return out


def number_gradient(g: Any, x: Any) -> Any:
    """Adjoint ``g`` as the gradient of a number ``x``, in its type; an int has the gradient of a float.

    >>> number_gradient(np.float64(2.0), 1), number_gradient(1 + 2j, np.float32(1.0))
    (2.0, np.float32(1.0))
    """
    g = 0.0 if g is None else g
    if isinstance(x, (complex, np.complexfloating)):
        return type(x)(g)
    return type(x)(g.real) if isinstance(x, np.generic) else float(g.real)


def gradient_of_item(g: Any, x: Any) -> Any:
    """The gradient of an item of a container: none for an int."""
    return None if isinstance(x, int) else as_gradient(g, x)


def gradient_tangent(t: Any, x: Any) -> Any:
    """The tangent of ``as_gradient(g, x)``, where ``t`` is that of ``g``: dicts for objects, as all tangents of objects are.

    >>> class Point: pass
    >>> point = instance(Point, x=1.0, n=3)
    >>> gradient_tangent({"x": 2.0, "n": 0.0}, point), gradient_tangent([1.0], (2.0,))
    ({'x': 2.0, 'n': None}, (1.0,))
    """
    if isinstance(x, (tuple, list)):
        items = [gradient_tangent(t[k] if isinstance(t, (list, tuple)) else None, v) for k, v in enumerate(x)]
        return items if isinstance(x, list) else tuple(items)
    if isinstance(x, dict) or is_object(x):
        return {k: gradient_tangent(t[k] if isinstance(t, dict) else None, v) for k, v in items_of(x)}
    return gradient_of_item(t, x)


def scalar_seed(y: Any) -> Any:
    """The seed of a gradient: one, in the shape of the result, which must be a real scalar or of size one."""
    if isinstance(y, (bool, np.bool_)) or not isinstance(y, (int, float, complex, np.ndarray, np.generic)):
        raise TypeError(f"grad needs a real scalar result, not a {type(y).__name__}; use vjp")
    if np.size(y) != 1:
        raise TypeError(f"grad needs a real scalar result, not one of shape {np.shape(y)}; use vjp")
    if np.iscomplexobj(y):
        raise TypeError("grad needs a real scalar result, not a complex one; take .real or abs of it")
    return np.ones_like(y) if isinstance(y, np.ndarray) else 1.0


def shaped_like(g: Any, x: Any) -> Any:
    """The gradient ``g`` of ``x``, which nothing else holds.

    Raises:
        ValueError: where it has not the shape of ``x``: then operands of the primal do not fit together.

    >>> shaped_like(np.ones(2), np.zeros(3))
    Traceback (most recent call last):
    ValueError: operands do not fit together: the gradient of an array of shape (3,) has shape (2,)
    """
    if np.shape(g) != np.shape(x):
        raise ValueError(
            f"operands do not fit together: the gradient of an array of shape {np.shape(x)} has shape {np.shape(g)}"
        )
    return g
