"""The split form at work: the value of a function, and a pullback that can be called any number of times."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint_compiler.arguments import Identity, has_derivative, type_key
from adjoint_compiler.binding import Target
from adjoint_compiler.derivative import check_options
from adjoint_compiler.ir.objects import fields_of, is_record
from adjoint_compiler.ir.types import type_of
from adjoint_compiler.levels import Optimize
from adjoint_compiler.notes import add_origin
from adjoint_compiler.spreading import Spread, call_form, has_stars

if TYPE_CHECKING:
    from adjoint_compiler.backend.numba.jit import Jit
    from adjoint_compiler.differentiate.forms import Request
    from adjoint_compiler.specialization import Compiled

FUNCTIONS_KEPT = 256
_lock = threading.Lock()
_pairs: dict[Any, Pairs] = {}

Pullback = Callable[[Any], tuple[Any, ...]]


class Pairs:
    """The public pairs of one function, by argument types."""

    def __init__(self, function: Any) -> None:
        from adjoint_compiler.specialization import Cache

        self.target = Target(function)
        self.cache = Cache()
        self.first = len(self.target.owner)
        self.spreads: dict[Any, tuple[Pairs, Spread]] = {}

    def call(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], of: str | None, optimize: Optimize, backend: str | None
    ) -> tuple[Any, Pullback]:
        """The value and the pullback."""
        self.target.check_of(of)
        if has_stars(self.target):
            pairs, spread = self._spread(args, kwargs)
            return pairs._call(spread.values(args, kwargs), spread.count, of, optimize, backend)
        values = self.target.bind(args, kwargs)
        return self._call(values, len(self.target.owner) + len(args), of, optimize, backend)

    def call_bound(
        self, values: tuple[Any, ...], of: str | None, optimize: Optimize, backend: str | None
    ) -> tuple[Any, Pullback]:
        """The same, given all arguments in the order of the parameters; the pullback has an entry for each of them."""
        return self._call(values, len(values), of, optimize, backend)

    def _spread(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Pairs, Spread]:
        """The pairs for so many arguments, of a function whose parameters have stars."""
        key = call_form(self.target, args, kwargs)
        if key not in self.spreads:
            spread = Spread(self.target, *key)
            pairs = copy.copy(self)
            pairs.target, pairs.cache, pairs.first = spread.target, type(self.cache)(), len(self.target.owner)
            self.spreads[key] = pairs, spread
        return self.spreads[key]

    def _call(
        self, values: tuple[Any, ...], count: int, of: str | None, optimize: Optimize, backend: str | None
    ) -> tuple[Any, Pullback]:
        jit = self.target.jit(backend)
        key = (of, optimize, jit, count, tuple(map(type_key, values)))
        compiled: Compiled = self.cache.get(key, lambda: self._compile(values, count, of, optimize, jit))
        if compiled.mutated:
            compiled.check_memory(self.target, values)
        try:
            y, tape = compiled.functions[0](*values)
        except Exception as fault:
            add_origin(fault, compiled, self.target.name)
            raise
        return y, self._pullback(compiled, tape, _form_of(y), count)

    def _compile(
        self, values: tuple[Any, ...], count: int, of: str | None, optimize: Optimize, jit: Jit | None
    ) -> Compiled:
        from adjoint_compiler import specialization

        names = self.target.names
        self.target.check_arguments(values)
        types = {n: type_of(v) for n, v in zip(names, values, strict=True)}
        chosen = range(self.first, count)

        def request(params: tuple[str, ...]) -> Request:
            from adjoint_compiler.differentiate.forms import Request

            wrt = tuple(params[k] for k in chosen if has_derivative(types[names[k]]))
            return Request(wrt, False, outputs=None if of is None else (params[names.index(of)],))

        functions = specialization.functions_in(names, values)
        return specialization.compile_function(self.target, types, functions, request, "split", optimize, jit=jit)

    def _pullback(self, compiled: Compiled, tape: Any, form: Any, count: int) -> Pullback:
        params = compiled.state.program.params[self.first : count]
        wrt = compiled.state.request.wrt
        adjoint = compiled.functions[1]

        def pullback(y_bar: Any) -> tuple[Any, ...]:
            seed = adjoint.argument(_matched(y_bar, form, "the adjoint of the result"))
            try:
                bars = dict(zip(wrt, adjoint(tape, seed), strict=True))
            except Exception as fault:
                add_origin(fault, compiled, self.target.name)
                raise
            return tuple(bars.get(p) for p in params)

        pullback.linear_in = (adjoint, tape, tuple(wrt.index(p) if p in wrt else None for p in params))  # type: ignore[attr-defined]
        pullback.form = form  # type: ignore[attr-defined]
        return pullback


def value_and_pullback(
    function: Any,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    of: str | None,
    backend: str | None,
    optimize: Optimize,
) -> tuple[Any, Pullback]:
    """``(y, pullback)``; see :func:`adjoint_compiler.vjp`."""
    return pairs_of(function, backend, optimize).call(args, kwargs, of, optimize, backend)


def pairs_of(function: Any, backend: str | None, optimize: Optimize) -> Pairs:
    """The public pairs of a function, kept from call to call."""
    key = Identity(function)
    pairs = _pairs.get(key)
    if pairs is None:
        with _lock:
            pairs = _pairs.setdefault(key, Pairs(function))
            while len(_pairs) > FUNCTIONS_KEPT:
                del _pairs[next(iter(_pairs))]
    check_options(backend, optimize, pairs.target)
    return pairs


# -- seeds -------------------------------------------------------------------------------------------------------


def _form_of(y: Any) -> Any:
    """The structure, shapes and dtypes of a result; None for what has no derivative."""
    if isinstance(y, (np.ndarray, np.generic, float, complex)):
        dtype = np.asarray(y).dtype
        return (type(y), np.shape(y), dtype) if dtype.kind in "fc" else None
    if is_record(y):
        return (type(y), {n: _form_of(getattr(y, n)) for n in fields_of(y)})
    if isinstance(y, (tuple, list)):
        return (tuple, [_form_of(v) for v in y])
    if isinstance(y, dict):
        return (dict, {k: _form_of(v) for k, v in y.items()})
    return None


def _matched(y_bar: Any, form: Any, place: str) -> Any:
    """A seed of the result's structure and shapes, cast to its dtypes, in memory of its own.

    Raises:
        TypeError: structure or shapes do not match.
    """
    if form is None:
        if y_bar is None or isinstance(y_bar, (bool, int, float, complex, np.ndarray, np.generic, str)):
            return None
        raise TypeError(f"{place} must be None where the result has no derivative, not {_shown(y_bar)}")
    kind, parts = form[0], form[1]
    if len(form) == 3:
        return _matched_leaf(y_bar, *form, place)  # type: ignore[call-arg]
    if kind is tuple:
        if not isinstance(y_bar, (tuple, list)) or len(y_bar) != len(parts):
            raise TypeError(f"{place} must be a sequence of {len(parts)}, not {_shown(y_bar)}")
        return [_matched(b, f, f"{place}[{k}]") for k, (b, f) in enumerate(zip(y_bar, parts, strict=True))]
    if kind is dict:
        if not isinstance(y_bar, dict) or y_bar.keys() != parts.keys():
            raise TypeError(f"{place} must be a dict with the keys {list(parts)}, not {_shown(y_bar)}")
        return {k: _matched(y_bar[k], f, f"{place}[{k!r}]") for k, f in parts.items()}
    of_tuples = issubclass(kind, tuple)
    if isinstance(y_bar, (tuple, list)) and of_tuples and len(y_bar) == len(parts):
        items = list(y_bar)
    elif isinstance(y_bar, kind):
        items = [getattr(y_bar, n) for n in parts]
    else:
        raise TypeError(f"{place} must be a {kind.__name__}, not {_shown(y_bar)}")
    bars = {n: _matched(b, f, f"{place}.{n}") for b, (n, f) in zip(items, parts.items(), strict=True)}
    return list(bars.values()) if of_tuples else bars


def _matched_leaf(y_bar: Any, cls: type, shape: tuple[int, ...], dtype: np.dtype[Any], place: str) -> Any:
    if (
        not isinstance(y_bar, (bool, int, float, complex, np.ndarray, np.generic))
        or np.asarray(y_bar).dtype.kind not in "biufc"
    ):
        raise TypeError(f"{place} must be a number or an array of shape {shape}, not {_shown(y_bar)}")
    if np.shape(y_bar) != shape:
        raise TypeError(f"{place} must have shape {shape}, not {np.shape(y_bar)}")
    if dtype.kind == "f":
        y_bar = np.real(y_bar)
    if cls is np.ndarray:
        return np.array(y_bar, dtype=dtype)
    return cls(y_bar[()] if isinstance(y_bar, np.ndarray) else y_bar)


def _shown(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"


__all__ = ["Pairs", "pairs_of", "value_and_pullback"]
