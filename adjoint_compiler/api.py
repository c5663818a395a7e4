"""The public functions (see the package's own page)."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler.arguments import check_overlap, check_supported, has_derivative, type_key
from adjoint_compiler.derivative import Arguments, Compiled, Derivative, compile_function
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.ir.types import type_of


def grad(f: Any = None, *, wrt: Any = 0, of: str | None = None, has_aux: bool = False, backend: str | None = None,
         optimize: int | None = None) -> Any:  # fmt: skip
    """The gradient of a function with a real scalar result.

    Args:
        f: a Python function over numbers, NumPy arrays and containers of them; leave it out to use ``grad`` as a
            decorator with keywords.
        wrt: position or name of the parameter to differentiate, or a tuple of them (which gives a tuple of gradients).
        of: name of an argument that ``f`` stores into: differentiate the sum of its final elements instead.
        has_aux: ``f`` returns ``(value, aux)``; the derivative then returns ``(gradient, aux)``.
        backend: ``"numpy"``.
        optimize: 0 switches every rewrite of the generated code off.

    Returns:
        A callable with ``f``'s signature whose result has the structure, shape and dtype of the argument; its
        ``source`` is the generated Python.

    Raises:
        DifferentiationError: for what cannot be differentiated, before any number is computed.

    >>> def f(x, y):
    ...     return 5 * x**2 - x * y
    >>> grad(f)(2.0, 3.0), grad(f, wrt=("x", "y"))(2.0, 3.0)
    (17.0, (17.0, -2.0))
    """
    if f is None:
        return lambda g: grad(g, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    return Derivative(f, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)


def value_and_grad(f: Any = None, *, wrt: Any = 0, of: str | None = None, has_aux: bool = False,
                   backend: str | None = None, optimize: int | None = None) -> Any:  # fmt: skip
    """Like :func:`grad`, but the derivative returns ``(value, gradient)``; with ``has_aux`` ``((value, aux), gradient)``.

    >>> value_and_grad(lambda x: x * x)(3.0)
    (9.0, 6.0)
    """
    if f is None:
        return lambda g: value_and_grad(g, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
    return Derivative(f, wrt=wrt, of=of, has_aux=has_aux, value=True, backend=backend, optimize=optimize)


_PAIRS: dict[Any, Compiled] = {}


def vjp(f: Any, *args: Any, kwargs: dict[str, Any] | None = None, of: str | None = None, backend: str | None = None,
        optimize: int | None = None) -> tuple[Any, Any]:  # fmt: skip
    """The value of a function and its pullback.

    Args:
        f: the function.
        args: its positional arguments.
        kwargs: its keyword arguments, inert.
        of: name of a mutated argument that is the output. A function that returns nothing has the final states of all
            arguments it stores into as its output (a single one bare).
        backend, optimize: as in :func:`grad`.

    Returns:
        ``(y, pullback)``; ``pullback(y_bar)`` gives one adjoint per positional argument (None for inert ones) and can
        be called any number of times.

    >>> y, pullback = vjp(lambda x, y: x * y, 2.0, 3.0)
    >>> y, pullback(1.0)
    (6.0, (3.0, 2.0))
    """
    if isinstance(f, Derivative) or backend not in (None, "numpy"):
        Derivative(f.function if isinstance(f, Derivative) else f, backend=backend)
    binder = Arguments(f)
    values = binder.bind(args, kwargs or {})
    for name, value in zip(binder.names, values):
        check_supported(name, value)
    names = binder.names[: len(args)]
    wrt = tuple(n for n, v in zip(names, values) if has_derivative(type_of(v)))
    functions = {n: a for n, a in zip(binder.names, values) if callable(a)}
    key = (f, of, optimize, tuple(map(type_key, values)), len(args))
    compiled = _PAIRS.get(key)
    if compiled is None or any(x.reader is not None and type_key(x.reader()) != type_key(x.value)
                               for x in compiled.lowered.free.values()):  # fmt: skip
        types = {n: type_of(v) for n, v in zip(binder.names, values)}
        request = Request(wrt, False, outputs=None if of is None else (of,))
        compiled = _PAIRS[key] = compile_function(f, types, request, "split", functions, optimize)
    if compiled.mutated:
        given = dict(zip(binder.names, values))
        check_overlap([(n, given[n]) for n in compiled.mutated if n in given],
                      [(n, v) for n, v in given.items() if n not in compiled.mutated])  # fmt: skip
    y, tape = compiled.functions[0](*values)
    form = _form_of(y)

    def pullback(y_bar: Any) -> tuple[Any, ...]:
        bars = dict(zip(wrt, compiled.functions[1](tape, _matched(y_bar, form))))
        return tuple(bars.get(n) for n in names)

    return y, pullback


def _form_of(y: Any) -> Any:
    """The structure, shapes and dtypes of a result."""
    if isinstance(y, dict):
        return ("dict", {k: _form_of(v) for k, v in y.items()})
    if isinstance(y, (tuple, list)):
        return ("sequence", [_form_of(v) for v in y])
    if isinstance(y, (float, complex, np.ndarray, np.generic)):
        return ("array", np.shape(y), np.asarray(y).dtype, isinstance(y, np.ndarray))
    return ("inert",)


def _matched(y_bar: Any, form: Any) -> Any:
    """A seed of the result's structure and shapes, cast to its dtypes; ``TypeError`` when it does not match."""
    if form[0] == "inert":
        return 0.0
    if form[0] == "sequence":
        if not isinstance(y_bar, (tuple, list)) or len(y_bar) != len(form[1]):
            raise TypeError(f"the adjoint of the result must be a sequence of {len(form[1])} items")
        return [_matched(b, f) for b, f in zip(y_bar, form[1])]
    if form[0] == "dict":
        if not isinstance(y_bar, dict) or y_bar.keys() != form[1].keys():
            raise TypeError(f"the adjoint of the result must be a dict with the keys {list(form[1])}")
        return {k: _matched(y_bar[k], f) for k, f in form[1].items()}
    _, shape, dtype, is_array = form
    if y_bar is None or isinstance(y_bar, (tuple, list, dict, str)) or np.shape(y_bar) != shape:
        raise TypeError(f"the adjoint of the result must have shape {shape}, not {np.shape(y_bar)}")
    if np.iscomplexobj(y_bar) and dtype.kind != "c":
        y_bar = np.real(y_bar)
    if dtype.kind not in "fc":
        return np.zeros(shape)
    return np.array(y_bar, dtype=dtype) if is_array else dtype.type(y_bar)


def stop_gradient(x: Any) -> Any:
    """``x`` itself; a derivative treats it as a constant.

    >>> grad(lambda x: x * stop_gradient(x))(3.0)
    3.0
    """
    return x


stop_gradient.__adjoint_primitive__ = "stop_gradient"  # type: ignore[attr-defined]

__all__ = ["DifferentiationError", "grad", "stop_gradient", "value_and_grad", "vjp"]
