"""What was compiled for a function serves the functions that are made of the same text.

    for batch in batches:
        w -= rate * ac.grad(lambda w: loss(w, batch))(w)        # a new function in each trip, compiled once

Such a function differs from the one before in what its variables from outside hold, as the same function would after they
were bound to something else. So what was compiled is taken over with these variables in place of the others, where it is
current for them (see ``Compiled.is_current``).
"""

from __future__ import annotations

import threading
import types
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from adjoint_compiler.arguments import check_supported
from adjoint_compiler.diagnostics import DifferentiationError, warn
from adjoint_compiler.frontend.scope import Free, Watch

KEPT = 32
HOLDERS = (dict, type, types.ModuleType, types.FunctionType, types.CellType)  # what holds the same for both functions
Cells = dict[int, types.CellType]

_kept: OrderedDict[Any, tuple[types.FunctionType, Any]] = OrderedDict()
_lock = threading.Lock()


def compiled_once(target: Any, asked: tuple[Any, ...], make: Callable[[], Any]) -> Any:
    """What ``make`` compiles for a target, or what was compiled for another function of the same text.

    Args:
        target: the function; for a derivative of a derivative, its innermost one counts.
        asked: all else that decides what is compiled.
        make: compiles it.
    """
    function, derived = _innermost(target)
    if function is None:
        return make()
    key = (id(function.__code__), id(function.__globals__), *derived, *asked)
    with _lock:
        found = _kept.get(key)
    again = None if found is None or found[0].__code__ is not function.__code__ else _for_function(*found, function)
    if again is not None:
        warn(again.state.lints)
    out = make() if again is None else again
    with _lock:  # of the functions of one text the last one is kept, with what it reads from outside
        _kept[key] = function, out
        _kept.move_to_end(key)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return out


def forget() -> None:
    """Compile all anew."""
    with _lock:
        _kept.clear()


def _innermost(target: Any) -> tuple[Any, tuple[Any, ...]]:
    """The function that is derived, None where it cannot be told apart by its text, and which derivatives are taken of it."""
    derived = []
    while target.inner is not None:
        inner = target.inner
        if type(inner).__name__ != "Derivative":
            return None, ()
        derived.append((inner.wrt, inner.of, inner.has_aux, inner.value, inner.optimize))
        target = inner.target
    plain = type(target.function) is types.FunctionType and not target.owner and target.stars is None
    return (target.function if plain and target.function is target.compiled_by else None), tuple(derived)


def _for_function(before: types.FunctionType, compiled: Any, function: types.FunctionType) -> Any:
    """What was compiled for one function, for another of the same text; None where it does not hold for that."""
    pairs = list(zip(before.__closure__ or (), function.__closure__ or (), strict=True))
    try:
        # a gradient that is called may have become a rule, which calls the gradient of the function before
        if _calls_gradients(compiled) and any(a.cell_contents is not b.cell_contents for a, b in pairs):
            return None
        again = _with_cells(compiled, {id(a): b for a, b in pairs})
    except (ValueError, DifferentiationError):  # nothing is bound yet, or what is cannot be read
        return None
    return again if again is not None and again.is_current() else None


def _calls_gradients(compiled: Any) -> bool:
    return compiled.inner is not None or compiled.lowered.gradients_met > 0 or compiled.lowered.derives


def _with_cells(compiled: Any, cells: Cells) -> Any:
    """A specialization that reads other cells; None where it relies on what was in those before."""
    if not all(id(w.holder) in cells or isinstance(w.holder, HOLDERS) for w in compiled.watched):
        return None
    inner = None if compiled.inner is None else _with_cells(compiled.inner, cells)
    if inner is None and compiled.inner is not None:
        return None
    watched = tuple(_watching(w, cells) for w in compiled.watched)
    free = {n: _reading(f, cells) for n, f in compiled.lowered.free.items()}
    for name, f in free.items():
        if f is not compiled.lowered.free[name]:
            check_supported(f.name, f.value)
    functions = tuple(loaded.reading(free) for loaded in compiled.functions)
    read = tuple((f.reader, key) for f, (_, key) in zip(_read(free), compiled.global_types, strict=True))
    lowered = replace(compiled.lowered, free=free, watched=tuple(_watching(w, cells) for w in compiled.lowered.watched))
    return replace(compiled, functions=functions, lowered=lowered, watched=watched, global_types=read, inner=inner)


def _read(free: dict[str, Free]) -> list[Free]:
    return [f for f in free.values() if f.reader is not None]


def _watching(w: Watch, cells: Cells) -> Watch:
    cell = cells.get(id(w.holder))
    return w if cell is None else Watch(cell, w.name, w.value, lambda: cell.cell_contents)


def _reading(f: Free, cells: Cells) -> Free:
    cell = None if f.cell is None else cells.get(id(f.cell))
    return f if cell is None else Free(f.name, cell.cell_contents, lambda: cell.cell_contents, cell)


__all__ = ["compiled_once", "forget"]
