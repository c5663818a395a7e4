"""Library functions that call others or make items one by one, as the Python that is read in their place.

reduce(f, items)           value = items[0]; for each other item: value = f(value, item)
for a, b in pairwise(v)    the generator below, inlined like the user's own

They do what Python's documentation says that the originals are equivalent to, item by item and in the same order
(https://docs.python.org/3/library/itertools.html and functools.html).
"""

from __future__ import annotations

import builtins
import functools
import itertools
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import gast
import numpy as np

from adjoint_compiler.frontend.written_selections import SELECTIONS
from adjoint_compiler.library.python_iterators import sequence_iterator
from adjoint_compiler.runtime.ordering import order_of


def reduce(function: Any, sequence: Iterable[Any]) -> Any:
    """``functools.reduce(function, sequence)``."""
    items = list(sequence)
    if len(items) == 0:
        raise TypeError("reduce() of empty iterable with no initial value")
    value = items[0]
    for k in range(1, len(items)):
        value = function(value, items[k])
    return value


def reduce_from(function: Any, sequence: Iterable[Any], initial: Any) -> Any:
    """``functools.reduce(function, sequence, initial)``."""
    value = initial
    for item in sequence:
        value = function(value, item)
    return value


def largest(items: Iterable[Any], key: Any) -> Any:
    """``max(items, key=key)``: the first of the largest."""
    values = list(items)
    if len(values) == 0:
        raise ValueError("max() iterable argument is empty")
    place, best = 0, key(values[0])
    for k in range(1, len(values)):
        other = key(values[k])
        if other > best:
            place, best = k, other
    return values[place]


def smallest(items: Iterable[Any], key: Any) -> Any:
    """``min(items, key=key)``: the first of the smallest."""
    values = list(items)
    if len(values) == 0:
        raise ValueError("min() iterable argument is empty")
    place, best = 0, key(values[0])
    for k in range(1, len(values)):
        other = key(values[k])
        if other < best:
            place, best = k, other
    return values[place]


def in_order(iterable: Iterable[Any], *, key: Any, reverse: bool = False) -> list[Any]:
    """``sorted(iterable, key=key, reverse=reverse)``."""
    values = list(iterable)
    keys = [key(value) for value in values]
    return [values[k] for k in order_of(keys, reverse)]


def in_order_of_values(iterable: Iterable[Any], *, reverse: bool = False) -> list[Any]:
    """``sorted(iterable, reverse=reverse)``."""
    values = list(iterable)
    return [values[k] for k in order_of(values, reverse)]


def filtered(function: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    """``filter(function, iterable)``."""
    for item in iterable:
        if function(item):
            yield item


def starmap(function: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    """``itertools.starmap(function, iterable)``."""
    for items in iterable:
        yield function(*items)


def pairwise(iterable: Iterable[Any]) -> Iterator[Any]:
    """``itertools.pairwise(iterable)``."""
    before: Any
    started = False
    for item in iterable:
        if started:
            yield before, item  # noqa: F821
        started = True
        before = item  # noqa: F841


def accumulate(iterable: Iterable[Any], func: Any = operator.add) -> Iterator[Any]:
    """``itertools.accumulate(iterable, func)``."""
    total: Any
    started = False
    for item in iterable:
        total = func(total, item) if started else item  # noqa: F821
        started = True
        yield total


def accumulate_from(iterable: Iterable[Any], func: Any = operator.add, *, initial: Any) -> Iterator[Any]:
    """``itertools.accumulate(iterable, func, initial=initial)``."""
    total = initial
    yield total
    for item in iterable:
        total = func(total, item)
        yield total


def grouped(iterable: Iterable[Any], key: Any = None) -> Iterator[Any]:
    """``itertools.groupby(iterable, key)``: a group is at its end once the next one is asked for."""
    items = list(iterable)
    keys = [item if key is None else key(item) for item in items]
    start = 0
    while start < len(items):
        stop = start + 1
        while stop < len(items) and keys[stop] == keys[start]:
            stop += 1
        group = sequence_iterator(items[start:stop])
        yield keys[start], group
        group.place = stop
        start = stop


def true_items(function: None, iterable: Iterable[Any]) -> Iterator[Any]:
    """``filter(None, iterable)``."""
    for item in iterable:
        if item:
            yield item


def takewhile(predicate: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    """``itertools.takewhile(predicate, iterable)``."""
    for item in iterable:
        if not predicate(item):
            break
        yield item


def dropwhile(predicate: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    """``itertools.dropwhile(predicate, iterable)``."""
    dropping = True
    for item in iterable:
        if dropping:
            dropping = bool(predicate(item))
        if not dropping:
            yield item


def cycle(iterable: Iterable[Any]) -> Iterator[Any]:
    """``itertools.cycle(iterable)``."""
    saved = list(iterable)
    while len(saved) > 0:
        yield from saved


def count(start: Any = 0, step: Any = 1) -> Iterator[Any]:
    """``itertools.count(start, step)`` of whole numbers."""
    n = 0
    while True:
        yield start + n * step
        n += 1


def first_items(iterable: Iterable[Any], stop: int) -> Iterator[Any]:
    """``itertools.islice(iterable, stop)``."""
    k = 0
    if stop > 0:
        for item in iterable:
            yield item
            k += 1
            if k >= stop:
                break


def items_between(iterable: Iterable[Any], start: int, stop: int) -> Iterator[Any]:
    """``itertools.islice(iterable, start, stop)``."""
    k, end = 0, max(start, stop)
    if end > 0:
        for item in iterable:
            if start <= k < stop:
                yield item
            k += 1
            if k >= end:
                break


def numbered(iterable: Iterable[Any], start: int = 0) -> Iterator[Any]:
    """``enumerate(iterable, start)`` of a generator."""
    k = start
    for item in iterable:
        yield k, item
        k += 1


def numbered_after(iterable: Iterable[Any], start: int = 0) -> Iterator[Any]:
    """``zip(iterable, count(start))`` of a generator."""
    k = start
    for item in iterable:
        yield item, k
        k += 1


def mapped(function: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    """``map(function, iterable)`` of a generator."""
    for item in iterable:
        yield function(item)


def zipped_first(iterable: Iterable[Any], sequence: Any) -> Iterator[Any]:
    """``zip(iterable, sequence)`` of a generator and a sequence."""
    k = 0
    for item in iterable:
        if k >= len(sequence):
            break
        yield item, sequence[k]
        k += 1


def zipped_last(sequence: Any, iterable: Iterable[Any]) -> Iterator[Any]:
    """``zip(sequence, iterable)`` of a sequence and a generator."""
    k = 0
    if len(sequence) > 0:
        for item in iterable:
            yield sequence[k], item
            k += 1
            if k >= len(sequence):
                break


def items_by_number(sequence: Any) -> Iterator[Any]:
    """``iter(sequence)`` of an object that has ``__getitem__`` only."""
    k = 0
    while True:
        try:
            item = sequence[k]
        except IndexError:
            return
        yield item
        k += 1


def items_by_next(iterator: Any) -> Iterator[Any]:
    """What an object gives that has ``__next__``."""
    while True:
        try:
            item = iterator.__next__()
        except StopIteration:
            return
        yield item


def chained(iterable: Iterable[Any]) -> Iterator[Any]:
    """``itertools.chain.from_iterable(iterable)``."""
    for part in iterable:
        yield from part


def compressed(data: Iterable[Any], selectors: Any) -> Iterator[Any]:
    """``itertools.compress(data, selectors)``."""
    for item, chosen in zip(data, selectors):
        if chosen:
            yield item


def transposed(rows: Any) -> list[tuple[Any, ...]]:
    """``list(zip(*rows))``."""
    held = list(rows)
    count = min([len(row) for row in held]) if len(held) > 0 else 0
    return [tuple([row[k] for row in held]) for k in range(count)]


def places(*shape: Any) -> Iterator[Any]:
    """``np.ndindex(shape)``, or of the lengths one by one."""
    lengths = shape[0] if np.ndim(shape[0]) == 1 else shape
    for k in range(int(np.prod(lengths))):
        yield np.unravel_index(k, lengths)


def elements(arr: Any) -> Iterator[Any]:
    """``np.ndenumerate(arr)``."""
    for k in range(np.size(arr)):
        place = np.unravel_index(k, np.shape(arr))
        yield place, arr[place]


FORMS: dict[Any, Callable[..., Any]] = {
    builtins.filter: filtered, itertools.starmap: starmap, itertools.takewhile: takewhile,
    itertools.dropwhile: dropwhile, itertools.cycle: cycle, itertools.count: count, np.ndindex: places,
    np.ndenumerate: elements, itertools.chain.from_iterable: chained, itertools.compress: compressed, itertools.groupby: grouped,
}  # fmt: skip
if hasattr(itertools, "pairwise"):  # Python 3.10 has it
    FORMS[itertools.pairwise] = pairwise


def _name(name: str, context: Any) -> Any:
    return gast.Name(name, context, None, None)


def _chain(parts: list[Any]) -> list[Any]:
    """``chain(a, b)``: `for item in a: yield item`, then `for item in b: yield item`."""
    return [
        gast.For(_name("<item>", gast.Store()), part, [gast.Expr(gast.Yield(_name("<item>", gast.Load())))], [], None)
        for part in parts
    ]


def _product(parts: list[Any]) -> list[Any]:
    """``product(a, b)``: `for x in a: for y in b: yield x, y`."""
    items = [f"<item:{k}>" for k in range(len(parts))]
    body: list[Any] = [gast.Expr(gast.Yield(gast.Tuple([_name(i, gast.Load()) for i in items], gast.Load())))]
    for part, item in zip(reversed(parts), reversed(items), strict=True):
        body = [gast.For(_name(item, gast.Store()), part, body, [], None)]
    return body


# What functions of builtins are where they are given generators: by which of their arguments are such.
OF_GENERATORS: dict[Any, dict[tuple[bool, ...], Callable[..., Any]]] = {
    builtins.enumerate: {(True,): numbered, (True, False): numbered},
    builtins.map: {(False, True): mapped},
    builtins.zip: {(True, False): zipped_first, (False, True): zipped_last},
}
# Functions of any number of sequences: the statements of the generator that they make.
BY_NUMBER = {itertools.chain: _chain, itertools.product: _product}


def read_as(function: Any, node: Any) -> Callable[..., Any] | None:
    """The form of a function that a call means; None where the call is left as it is."""
    named = {k.arg for k in node.keywords}
    if function in (builtins.max, builtins.min):
        if "key" not in named:
            return None
        forms: dict[Any, Callable[..., Any]] = {builtins.max: largest, builtins.min: smallest}
        return forms[function]
    if function is builtins.sorted:
        return in_order if "key" in named else in_order_of_values
    if function is builtins.filter and len(node.args) == 2 and getattr(node.args[0], "value", node) is None:
        return true_items
    if function is functools.reduce:
        return reduce if len(node.args) == 2 else reduce_from
    if function is itertools.accumulate:
        return accumulate_from if "initial" in named else accumulate
    if function in SELECTIONS:
        return SELECTIONS[function].get(getattr(node.args[1], "value", -1)) if len(node.args) == 2 else None
    if function is itertools.islice:
        parts: dict[int, Callable[..., Any]] = {2: first_items, 3: items_between}
        return parts.get(len(node.args))
    known: Callable[..., Any] | None = FORMS.get(function) if getattr(function, "__hash__", None) else None
    return known


def with_sequence(node: Any, function: Any) -> Any:
    """``max(a, b, key=f)`` as ``max((a, b), key=f)``; other calls as they are."""
    if function not in (builtins.max, builtins.min) or len(node.args) < 2:
        return node
    items = gast.copy_location(gast.Tuple(node.args, gast.Load()), node)
    return gast.copy_location(gast.Call(node.func, [items], node.keywords), node)


__all__ = ["BY_NUMBER", "OF_GENERATORS", "read_as", "transposed", "with_sequence"]
