"""Helpers of emitted code that deal with memory: copies at entry, shadows, gradients that own what they hold."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = [
    "add_overlapping", "add_structure", "allocation", "as_gradient", "copied", "detached", "entry_copies", "entry_copy", "field_names",
    "from_shadows", "gradient_of_item", "last_writer", "scalar_seed", "shadow", "shaped_like", "to_shadows", "with_fields", "zeros_like",
    "zeros_of_item",
]  # fmt: skip


def shadow(shadows: dict[int, Any], x: Any) -> Any:
    """The shadow of array ``x``: zeros when first asked for; views of one allocation get views of one shadow.

    Args:
        shadows: the shadows made so far in this reverse sweep, by allocation.
        x: an array.

    >>> a, shadows = np.arange(6.0), {}
    >>> shadow(shadows, a[::2])[1] = 1.0
    >>> shadow(shadows, a)
    array([0., 0., 1., 0., 0., 0.])
    """
    root = allocation(x)
    if id(root) not in shadows:
        low, high = np.lib.array_utils.byte_bounds(root)
        shadows[id(root)] = (root, np.zeros(high - low, np.uint8), low)
    _, memory, low = shadows[id(root)]
    return np.ndarray(x.shape, x.dtype, memory, x.__array_interface__["data"][0] - low, x.strides)


def allocation(x: Any) -> Any:
    """The array that owns the memory of array ``x``.

    >>> a = np.zeros(4)
    >>> allocation(a[1:][::2]) is a
    True
    """
    while True:
        base = x.base
        if base is not None and not isinstance(base, np.ndarray):
            base = getattr(base, "base", None)  # what as_strided puts between a view and its memory
        if not isinstance(base, np.ndarray):
            return x
        x = base


def entry_copy(x: Any) -> Any:
    """A copy of ``x`` with exactly its strides, gaps included, so that ``reshape`` means the same on both.

    What may not be written to stays so.

    >>> b = np.zeros((3, 4))[:, :2]
    >>> entry_copy(b).strides == b.strides
    True
    """
    if not isinstance(x, np.ndarray):
        return x
    low, high = np.lib.array_utils.byte_bounds(x)
    memory = np.zeros(high - low, np.uint8)
    out: Any = np.ndarray(x.shape, x.dtype, memory, x.__array_interface__["data"][0] - low, x.strides)
    out[...] = x
    out.flags.writeable = x.flags.writeable
    return out


def entry_copies(x: Any) -> Any:
    """A copy of container ``x`` and all it holds, arrays as by :func:`entry_copy`.

    >>> p = {"w": np.ones(2)}
    >>> entry_copies(p)["w"] is p["w"]
    False
    """
    if isinstance(x, dict):
        return {k: entry_copies(v) for k, v in x.items()}
    if isinstance(x, list):
        return [entry_copies(v) for v in x]
    if isinstance(x, tuple):
        items = [entry_copies(v) for v in x]
        return tuple(items) if type(x) is tuple else type(x)._make(items)  # type: ignore[attr-defined]
    if hasattr(x, "__dataclass_fields__") and not isinstance(x, type):
        return with_fields(x, [entry_copies(getattr(x, n)) for n in field_names(x)])
    return entry_copy(x)


def with_fields(x: Any, values: Any) -> Any:
    """A dataclass instance of the class of ``x`` with the given field values; the class's own checks do not run.

    >>> from dataclasses import make_dataclass
    >>> with_fields(make_dataclass("Point", ["x", "y"], frozen=True)(1.0, 2.0), [3.0, None])
    Point(x=3.0, y=None)
    """
    out = object.__new__(type(x))
    for name, value in zip(field_names(x), values):
        object.__setattr__(out, name, value)
    return out


def copied(x: Any) -> Any:
    """``x`` itself if it is immutable, else a copy that shares no memory with it."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, list):
        return [copied(v) for v in x]
    if isinstance(x, dict):
        return {k: copied(v) for k, v in x.items()}
    if isinstance(x, tuple):
        items = [copied(v) for v in x]
        return tuple(items) if type(x) is tuple else type(x)._make(items)  # type: ignore[attr-defined]
    if hasattr(x, "__dataclass_fields__") and not isinstance(x, type):
        return with_fields(x, [copied(getattr(x, n)) for n in field_names(x)])
    return x


def zeros_like(x: Any) -> Any:
    """An adjoint of zero for ``x``: arrays for arrays, lists for tuples and lists, None for items without derivative.

    An int that is no item is what a variable holds before it holds a float.

    >>> zeros_like((1.0, np.ones(2), 3)), zeros_like(3)
    ([0.0, array([0., 0.]), None], 0.0)
    """
    return 0.0 if type(x) is int else zeros_of_item(x)


def zeros_of_item(x: Any) -> Any:
    """As :func:`zeros_like`, of an item of a container: None for an int."""
    if isinstance(x, (np.ndarray, np.generic)):
        return np.zeros_like(x)[()] if x.dtype.kind in "fc" else None
    if isinstance(x, (float, complex)):
        return type(x)(0)
    if isinstance(x, (tuple, list)):
        return [zeros_of_item(v) for v in x]
    if isinstance(x, dict):
        return {k: zeros_of_item(v) for k, v in x.items()}
    if hasattr(x, "__dataclass_fields__"):
        return [zeros_of_item(getattr(x, n)) for n in field_names(x)]
    return None


def field_names(x: Any) -> list[str]:
    """The names of a dataclass's fields, as ``dataclasses.fields`` gives them."""
    return [n for n, f in x.__dataclass_fields__.items() if str(f._field_type) == "_FIELD"]


def add_structure(a: Any, b: Any) -> Any:
    """The sum of two adjoints of one container; ``None`` and the number 0.0 stand for zero.

    >>> add_structure([1.0, None], (2.0, None))
    [3.0, None]
    """
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, dict):
        return {k: add_structure(v, b[k]) for k, v in a.items()} if isinstance(b, dict) else a
    if isinstance(a, (list, tuple)):
        return [add_structure(v, w) for v, w in zip(a, b)] if isinstance(b, (list, tuple)) else list(a)
    if isinstance(b, (list, tuple, dict)):
        return b
    return a + b


def as_gradient(g: Any, x: Any) -> Any:
    """Adjoint ``g`` as the gradient of ``x``: the structure, shape and dtype of ``x``, in memory of its own.

    An int is differentiated as the float of its value; inside of a container it has no gradient.

    >>> as_gradient(1.0, np.zeros(2, np.float32))
    array([1., 1.], dtype=float32)
    >>> as_gradient(1.0, 2), as_gradient([1.0, 2.0], [1.5, 2])
    (1.0, [1.0, None])
    """
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            return None
        if g is None:
            return np.zeros_like(x)
        if x.dtype.kind == "f" and np.iscomplexobj(g):
            g = np.real(g)
        out = np.empty_like(x)
        out[...] = g
        return out
    if isinstance(x, np.generic):
        if x.dtype.kind not in "fc":
            return None
        return type(x)(0 if g is None else g if x.dtype.kind == "c" else np.real(g))
    if isinstance(x, bool):
        return None
    if isinstance(x, (int, float)):
        return float(0.0 if g is None else g.real)
    if isinstance(x, complex):
        return complex(0.0 if g is None else g)
    if isinstance(x, dict):
        return {k: gradient_of_item(g[k] if isinstance(g, dict) else None, v) for k, v in x.items()}
    if isinstance(x, list):
        return [gradient_of_item(h, v) for h, v in zip(g if isinstance(g, (list, tuple)) else [None] * len(x), x)]
    if isinstance(x, tuple):
        items = [gradient_of_item(h, v) for h, v in zip(g if isinstance(g, (list, tuple)) else [None] * len(x), x)]
        return tuple(items) if type(x) is tuple else type(x)._make(items)  # type: ignore[attr-defined]
    if hasattr(x, "__dataclass_fields__") and not isinstance(x, type):
        fields = field_names(x)
        parts = g if isinstance(g, (list, tuple)) else [None] * len(fields)
        return with_fields(x, [gradient_of_item(h, getattr(x, n)) for n, h in zip(fields, parts)])
    return None


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


def gradient_of_item(g: Any, x: Any) -> Any:
    """The gradient of an item of a container: none for an int."""
    return None if isinstance(x, int) else as_gradient(g, x)


def to_shadows(shadows: dict[int, Any], x: Any, g: Any, depths: tuple[int, ...], depth: int = 0) -> None:
    """Add what adjoint ``g`` of container ``x`` has for arrays at the given depths to the shadows of those arrays.

    >>> x, shadows = [np.zeros(2), 3.0], {}
    >>> to_shadows(shadows, x, [np.ones(2), 1.0], (1,))
    >>> shadow(shadows, x[0])
    array([1., 1.])
    """
    if isinstance(x, np.ndarray):
        if depth in depths and x.dtype.kind in "fc" and g is not None:
            target = shadow(shadows, x)
            g = np.real(g) if x.dtype.kind == "f" else g
            for axis, stride in enumerate(target.strides):
                if stride == 0 and target.shape[axis] > 1:
                    g = np.broadcast_to(g, target.shape).sum(axis, keepdims=True)
                    target = target[(slice(None),) * axis + (slice(1),)]
            add_overlapping(target, g)
    elif isinstance(x, dict) and isinstance(g, dict):
        for k, v in x.items():
            to_shadows(shadows, v, g[k], depths, depth + 1)
    elif isinstance(g, (list, tuple)):
        for v, h in zip(x if isinstance(x, (list, tuple)) else [getattr(x, n) for n in field_names(x)], g):
            to_shadows(shadows, v, h, depths, depth + 1)


def add_overlapping(target: Any, g: Any) -> None:
    """``target += g``, where one place of memory may show at several places of ``target``: it receives what all do.

    >>> a = np.zeros(4)
    >>> add_overlapping(np.lib.stride_tricks.sliding_window_view(a, 2, writeable=True), np.ones((3, 2)))
    >>> a
    array([1., 2., 2., 1.])
    """
    turned: Any = tuple(slice(None, None, -1 if stride < 0 else 1) for stride in target.strides)
    part, g = target[turned], np.broadcast_to(g, target.shape)[turned]
    reach = 0
    for stride, n in sorted((s, n) for s, n in zip(part.strides, part.shape) if n > 1):
        overlapping, reach = stride <= reach, reach + stride * (n - 1)
        if overlapping:
            break
    else:
        part += g
        return
    places = np.zeros((), int)
    for n, stride in zip(part.shape, part.strides):
        places = places[..., None] + np.arange(n) * (stride // part.itemsize)
    if places.size:
        flat = np.lib.stride_tricks.as_strided(part, (places.max() + 1,), (part.itemsize,))
        np.add.at(flat, places, g)


def from_shadows(shadows: dict[int, Any], x: Any, g: Any, depths: tuple[int, ...], depth: int = 0) -> Any:
    """The adjoint ``g`` of container ``x``, with the shadows of its arrays in their places where they are that deep.

    >>> x, shadows = [np.zeros(2), 3.0], {}
    >>> to_shadows(shadows, x, [np.ones(2), 1.0], (1,))
    >>> from_shadows(shadows, x, [None, 1.0], (1,))
    [array([1., 1.]), 1.0]
    """
    if isinstance(x, np.ndarray):
        return shadow(shadows, x) if depth in depths and x.dtype.kind in "fc" else g
    if isinstance(x, dict):
        parts = g if isinstance(g, dict) else dict.fromkeys(x)
        return {k: from_shadows(shadows, v, parts[k], depths, depth + 1) for k, v in x.items()}
    if isinstance(x, (list, tuple)) or hasattr(x, "__dataclass_fields__"):
        items = x if isinstance(x, (list, tuple)) else [getattr(x, n) for n in field_names(x)]
        bars = g if isinstance(g, (list, tuple)) else [None] * len(items)
        return [from_shadows(shadows, v, h, depths, depth + 1) for v, h in zip(items, bars)]
    return g


def scalar_seed(y: Any) -> Any:
    """The seed of a gradient: one, in the shape of the result, which must be a real scalar or of size one."""
    if isinstance(y, (bool, np.bool_)) or not isinstance(y, (int, float, complex, np.ndarray, np.generic)):
        raise TypeError(f"grad needs a real scalar result, not a {type(y).__name__}; use vjp")
    if np.size(y) != 1:
        raise TypeError(f"grad needs a real scalar result, not one of shape {np.shape(y)}; use vjp")
    if np.iscomplexobj(y):
        raise TypeError("grad needs a real scalar result, not a complex one; take .real or abs of it")
    return np.ones_like(y) if isinstance(y, np.ndarray) else 1.0


def last_writer(a: Any, index: Any) -> Any:
    """Which entries of ``a[index]`` were written last to their place, for an index that may repeat.

    >>> last_writer(np.zeros(3), [0, 0, 2])
    array([False,  True,  True])
    """
    parts = index if isinstance(index, tuple) else (index,)
    if isinstance(parts[0], (list, np.ndarray)) and not any(isinstance(p, (list, np.ndarray)) for p in parts[1:]):
        first = np.asarray(parts[0])
        if first.dtype.kind in "iu" and len({k % len(a) for k in first.ravel().tolist()}) == first.size:
            return np.ones(np.shape(a[index]), bool)  # nothing repeats
    places = np.full(np.shape(a), -1)
    order = np.arange(places[index].size).reshape(places[index].shape)
    places[index] = order
    return places[index] == order


def detached(arrays: tuple[Any, ...]) -> tuple[Any, ...]:
    """Copies of arrays (and containers of arrays) that share memory among each other exactly as the originals do.

    Containers may be nested to any depth: tapes of recursive calls are. Tables of shadows know arrays by their identity:
    those of copies know the copies.

    >>> a = np.zeros(4)
    >>> b, c = detached((a, a[1:]))
    >>> c[0] = 1.0
    >>> b, a
    (array([0., 1., 0., 0.]), array([0., 0., 0., 0.]))
    """
    memories: dict[int, Any] = {}
    twins: dict[int, Any] = {}

    def is_container(x: Any) -> bool:
        return isinstance(x, (list, dict, tuple))

    def copy(x: Any) -> Any:
        if is_container(x):
            return twins[id(x)]
        if not isinstance(x, np.ndarray):
            return x
        twin = shadow(memories, x)
        twin[...] = x
        return twin

    # Tuples are made when what they hold is; lists and dicts at once, and filled last.
    work: list[tuple[Any, bool]] = [(arrays, False)]
    unfilled = []
    while work:
        x, ready = work.pop()
        if ready:
            items = [copy(v) for v in x]
            twins[id(x)] = tuple(items) if type(x) is tuple else type(x)(*items)
        elif id(x) not in twins:
            if isinstance(x, (list, dict)):
                twins[id(x)] = type(x)()
                unfilled.append(x)
            else:
                work.append((x, True))
            work.extend((v, False) for v in (x.values() if isinstance(x, dict) else x) if is_container(v))
    for x in unfilled:
        if isinstance(x, dict):
            for k, v in x.items():
                twin = copy(v)
                if isinstance(v, tuple) and v and isinstance(v[0], np.ndarray) and k == id(v[0]):
                    root = allocation(twin[0])
                    k, twin = id(root), (root, twin[1], np.lib.array_utils.byte_bounds(root)[0])
                twins[id(x)][k] = twin
        else:
            twins[id(x)].extend(copy(v) for v in x)
    out: tuple[Any, ...] = twins[id(arrays)]
    return out
