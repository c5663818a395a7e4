"""Helpers of emitted code that deal with memory: copies at entry, shadows."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.runtime.structures import add_structure, field_names, instance, is_object, items_of, with_fields

__all__ = [
    "add_overlapping", "allocation", "copied", "detached", "entry_copies", "entry_copy", "from_shadows", "laid_out", "last_writer",
    "mirrored", "shadow", "shadow_of_items", "shown_once", "shows", "to_shadows", "twin",
]  # fmt: skip


def shadow(shadows: dict[int, Any], x: Any) -> Any:
    """The shadow of ``x``: zeros when first asked for; views of one allocation get views of one shadow.

    A container's has an adjoint in the place of each item that is no array or container, ``None`` in that of others.

    Args:
        shadows: the shadows made so far in this reverse sweep, by allocation.
        x: an array or a container.

    >>> a, shadows = np.arange(6.0), {}
    >>> shadow(shadows, a[::2])[1] = 1.0
    >>> shadow(shadows, a)
    array([0., 0., 1., 0., 0., 0.])
    """
    if not isinstance(x, np.ndarray):
        if id(x) not in shadows:
            shadows[id(x)] = (x, shadow_of_items(x))
        return shadows[id(x)][1]
    if x.dtype.kind in "iub":
        return np.zeros(x.shape)  # of what has no derivative, floats, that nothing is read from
    return twin(shadows, x)


def twin(memories: dict[int, Any], x: Any) -> Any:
    """An array like ``x``: zeros when first asked for; views of one allocation get views of one twin.

    >>> a, memories = np.arange(6), {}
    >>> twin(memories, a[::2])[1] = 1
    >>> twin(memories, a)
    array([0, 0, 1, 0, 0, 0])
    """
    root = allocation(x)
    if id(root) not in memories:
        low, high = np.lib.array_utils.byte_bounds(root)
        memories[id(root)] = (root, np.zeros(high - low, np.uint8), low)
    _, memory, low = memories[id(root)]
    return np.ndarray(x.shape, x.dtype, memory, x.__array_interface__["data"][0] - low, x.strides)


def shadow_of_items(x: Any) -> Any:
    """A shadow of zeros for a container: a dict for a dict or an object, a list for a list.

    >>> shadow_of_items([1.0, 2, [3.0]]), shadow_of_items({"a": 1j})
    ([0.0, 0.0, None], {'a': 0.0})
    """
    number = (int, float, complex, np.number, np.ndarray)  # zero of an array, too, until something is added
    if isinstance(x, list):
        return [0.0 if isinstance(v, number) else None for v in x]
    return {k: 0.0 if isinstance(v, number) else None for k, v in items_of(x)}


def allocation(x: Any) -> Any:
    """The array that owns the memory of array ``x``.

    >>> a = np.zeros(4)
    >>> allocation(a[1:][::2]) is a
    True
    """
    if not isinstance(x, np.ndarray):
        return x
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
    if is_object(x):
        return with_fields(x, [entry_copies(getattr(x, n)) for n in field_names(x)])
    return entry_copy(x)


def laid_out(t: Any, x: Any) -> Any:
    """The tangent ``t`` of ``x`` in memory of its own, with exactly the strides of ``x``; so in containers, too.

    >>> laid_out(np.ones((2, 3)), np.zeros((3, 2)).T).strides
    (8, 16)
    """
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            return t
        out = entry_copy(x)
        out.flags.writeable = True
        out[...] = t
        return out
    if isinstance(x, (list, tuple)):
        items = [laid_out(a, b) for a, b in zip(t, x)]
        return items if isinstance(x, list) else tuple(items)
    return {k: laid_out(t[k], v) for k, v in items_of(x)} if isinstance(t, dict) else t


def mirrored(t: Any, s: Any, v: Any, x: Any) -> Any:
    """The tangent ``t`` of ``v``, which is ``x`` in another shape: a view of the tangent ``s`` where ``v`` is one of ``x``.

    Where ``v`` is a list of parts of ``x``, so is ``t``.

    >>> x = np.zeros(4)
    >>> v = x.reshape(2, 2)
    >>> np.shares_memory(mirrored(x.reshape(2, 2), x, v, x), x)
    True
    """
    if isinstance(v, (list, tuple)):
        items = [mirrored(a, s, b, x) for a, b in zip(t, v, strict=True)]
        return items if isinstance(v, list) else tuple(items)
    shared, wanted = np.may_share_memory(t, s), np.may_share_memory(v, x)
    if wanted and not shared:
        raise ValueError("the memory of a tangent is not laid out like that of its variable")
    return t.copy() if shared and not wanted else t


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
    if is_object(x):
        return with_fields(x, [copied(getattr(x, n)) for n in field_names(x)])
    return x


def to_shadows(shadows: dict[int, Any], x: Any, g: Any, depths: tuple[int, ...], depth: int = 0) -> None:
    """Add what adjoint ``g`` of container ``x`` has for what lies at the given depths to the shadows of that.

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
    elif isinstance(g, (list, tuple, dict)):
        own = shadow(shadows, x) if depth in depths else None
        for k, v in items_of(x):
            if own is not None and depth + 1 not in depths:
                own[k] = add_structure(own[k], g[k])
            to_shadows(shadows, v, g[k], depths, depth + 1)


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


def from_shadows(
    shadows: dict[int, Any], x: Any, g: Any, depths: tuple[int, ...], shown: Any = None, depth: int = 0
) -> Any:
    """The adjoint ``g`` of container ``x``, with the shadows of what it holds in their places where that is so deep.

    What shows the memory of ``shown`` gets zeros: its adjoint is in the shadow of that already.

    >>> x, shadows = [np.zeros(2), 3.0], {}
    >>> to_shadows(shadows, x, [np.ones(2), 1.0], (1,))
    >>> from_shadows(shadows, x, [None, 1.0], (1,))
    [array([1., 1.]), 1.0]
    """
    if isinstance(x, np.ndarray):
        if depth not in depths or x.dtype.kind not in "fc":
            return g
        return np.zeros_like(x) if shows(x, shown) else shown_once(shadow(shadows, x))
    if isinstance(x, (dict, list, tuple)) or is_object(x):
        g = shadow(shadows, x) if depth in depths else g
        known = isinstance(g, (list, tuple, dict))
        parts = {k: from_shadows(shadows, v, g[k] if known else None, depths, shown, depth + 1) for k, v in items_of(x)}
        return list(parts.values()) if isinstance(x, (list, tuple)) else parts
    return g


def shows(x: Any, shown: Any) -> bool:
    """Whether an array may share memory with another, or with one that a container holds.

    >>> a = np.zeros(3)
    >>> shows(a[1:], [a]), shows(a[1:], None)
    (True, False)
    """
    if isinstance(shown, np.ndarray):
        return np.may_share_memory(x, shown)
    return any(shows(x, v) for _, v in items_of(shown))


def shown_once(g: Any) -> Any:
    """The adjoint of an array whose shadow ``g`` is: where one place shows many times, the first time has what it received.

    >>> shown_once(np.broadcast_to(3.0, (2, 2)))
    array([[3., 0.],
           [0., 0.]])
    """
    if 0 not in g.strides or g.size <= 1:
        return g
    first = tuple(slice(1) if stride == 0 else slice(None) for stride in g.strides)
    out = np.zeros_like(g)
    out[first] = g[first]
    return out


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
        return isinstance(x, (list, dict, tuple)) or is_object(x)

    def copy(x: Any) -> Any:
        if is_container(x):
            return twins[id(x)]
        if not isinstance(x, np.ndarray):
            return x
        other = twin(memories, x)
        other[...] = x
        return other

    # Tuples are made when what they hold is; lists, dicts and objects at once, and filled last.
    work: list[tuple[Any, bool]] = [(arrays, False)]
    unfilled = []
    while work:
        x, ready = work.pop()
        if ready:
            items = [copy(v) for v in x]
            twins[id(x)] = tuple(items) if type(x) is tuple else type(x)(*items)
        elif id(x) not in twins:
            if isinstance(x, tuple):
                work.append((x, True))
            else:
                twins[id(x)] = type(x)() if isinstance(x, (list, dict)) else instance(type(x))
                unfilled.append(x)
            work.extend((v, False) for _, v in items_of(x) if is_container(v))
    for x in unfilled:
        if is_object(x):
            for n, v in items_of(x):
                object.__setattr__(twins[id(x)], n, copy(v))
        elif isinstance(x, dict):
            for k, v in x.items():
                other = copy(v)
                if isinstance(v, tuple) and v and k == id(v[0]):
                    root = allocation(other[0])
                    k, other = id(root), (root, *other[1:])
                    if isinstance(root, np.ndarray):
                        other = (root, other[1], np.lib.array_utils.byte_bounds(root)[0])
                twins[id(x)][k] = other
        else:
            twins[id(x)].extend(copy(v) for v in x)
    out: tuple[Any, ...] = twins[id(arrays)]
    return out
