"""What is differentiated: the function behind a method, a static method or a derivative, and how calls bind to it."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Container
from dataclasses import replace
from functools import partial
from typing import Any

from adjoint_compiler.arguments import check_argument
from adjoint_compiler.backend.numba.jit import Jit, jit_for
from adjoint_compiler.diagnostics import DifferentiationError, check_all
from adjoint_compiler.ir.nodes import NOWHERE, Span
from adjoint_compiler.ir.objects import is_record
from adjoint_compiler.library_functions import caller_of

POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Target:
    """A function to be differentiated.

    Attributes:
        given: what the caller passed.
        function: the function itself: without the object a method is bound to, not wrapped as a static method.
        owner: the object a method is bound to, which becomes the first argument; empty for other functions.
        compiled_by: what it was before ``py_func`` was taken of it: Numba's dispatcher, if it is compiled by that.
        binds: whether access through an instance passes that instance as the first argument.
        method: whether the first parameter is an object (then position 0 is the parameter after it).
        names: the parameters' names.
        stars: of a function whose parameters with stars are spread, what each of them holds; see :mod:`spreading`.
    """

    stars: dict[str, tuple[str, ...]] | None = None
    spread = False

    def __init__(self, given: Any) -> None:
        spread = getattr(given, "__adjoint_spread__", None)
        if spread is not None:
            self.__dict__.update(spread.__dict__)
            return
        if not callable(given) and not isinstance(given, (staticmethod, classmethod)):
            raise TypeError(f"a derivative needs a function, not an object of type {type(given).__name__}")
        if isinstance(given, type):
            raise TypeError(f"a derivative needs a function, not the class {given.__name__}")
        self.given = given
        self.function, self.owner, self.binds = given, (), True
        self.keywords: dict[str, Any] = {}
        if hasattr(given, "__adjoint_function__"):
            self.function, self.binds = given.__adjoint_function__(), False
        elif isinstance(given, staticmethod):
            self.function, self.binds = given.__func__, False
        elif isinstance(given, classmethod):
            self.function = given.__func__
        elif inspect.ismethod(given):
            self.function, self.owner, self.binds = given.__func__, (given.__self__,), False  # type: ignore[assignment]
        elif is_record(given) and isinstance(called := type(given).__call__, types.FunctionType):
            self.function, self.owner, self.binds = called, (given,), False  # type: ignore[assignment]
        elif hasattr(given, "__adjoint_bound__"):
            self.function, self.owner = given.__adjoint_bound__
            self.binds = False
        elif isinstance(given, functools.partial):
            held = Target(given.func)
            self.function = held.compiled_by if held.inner is None else held.function
            self.owner, self.binds = (*held.owner, *given.args), False
            self.keywords = {**held.keywords, **given.keywords}
        inner = getattr(self.function, "target", None)
        self.compiled_by: Any = inner.compiled_by if isinstance(inner, Target) else self.function
        self.function = getattr(self.function, "py_func", self.function)
        self.inner: Any = self.function if hasattr(self.function, "__adjoint_target__") else None
        if self.inner is not None and not self.owner:  # a derivative of a bound method, or of a partial
            self.owner, self.keywords = self.inner.target.owner, {**self.inner.target.keywords, **self.keywords}
            self.binds = self.binds and not self.owner
        if self.inner is None:
            self.function = caller_of(self.function) or self.function
        self.method = bool(self.owner) or isinstance(given, classmethod)
        self.given_first = len(self.owner) or int(self.method)
        self._read_signature()

    def _read_signature(self) -> None:
        self._defaults = self._current_defaults()
        try:
            own = isinstance(self.function, types.FunctionType) and not hasattr(self.function, "__signature__")
            self.signature = (
                self.inner.target.signature
                if self.inner is not None
                else inspect.signature(self.function, follow_wrapped=not own)
            )
        except ValueError:  # functions written in C without one: refused when their source is asked for
            self.signature = inspect.Signature([inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL)])
        parameters = self.signature.parameters.values()
        self.names = tuple(p.name for p in parameters)
        self.simple = all(p.kind in POSITIONAL for p in parameters)

    def _current_defaults(self) -> tuple[Any, Any]:
        return getattr(self.function, "__defaults__", None), getattr(self.function, "__kwdefaults__", None)

    def jit(self, backend: str | None) -> Jit | None:
        """How a derivative is compiled under Numba; None: it runs under NumPy."""
        return jit_for(self.compiled_by, backend)

    @property
    def name(self) -> str:
        """The function's name, for messages."""
        return str(getattr(self.function, "__name__", type(self.function).__name__))

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments in parameter order, defaults filled in; ``TypeError`` as Python raises it."""
        args = (*self.owner, *args) if self.owner else args
        kwargs = {**self.keywords, **kwargs} if self.keywords else kwargs
        if not kwargs and len(args) == len(self.names) and self.simple:
            return args
        if any(a is not b for a, b in zip(self._defaults, self._current_defaults(), strict=True)):
            self._read_signature()
        try:
            bound = self.signature.bind(*args, **kwargs)
        except TypeError:
            if self.inner is None:
                self.function(*args, **kwargs)  # raises in Python's own words
            raise
        bound.apply_defaults()
        return tuple(bound.arguments[n] for n in self.names)

    def positions(self, wrt: Any) -> tuple[int, ...]:
        """``wrt`` as parameter positions; ``TypeError`` for what is no parameter.

        >>> Target(lambda x, y: x).positions((-1, "x"))
        (1, 0)
        """
        first = self.given_first
        names = self.names[first:]
        out = []
        for item in wrt if isinstance(wrt, tuple) else (wrt,):
            if isinstance(item, str):
                if item not in names:
                    raise TypeError(f"wrt={item!r}: {self.name} has no such parameter ({', '.join(names)})")
                out.append(names.index(item))
            elif isinstance(item, int) and not isinstance(item, bool):
                if not -len(names) <= item < len(names):
                    raise TypeError(f"wrt={item}: {self.name} has {len(names)} parameters ({', '.join(names)})")
                out.append(item % len(names))
            else:
                raise TypeError(f"wrt must be a position, a name, or a tuple of them, not {wrt!r}")
        if len(set(out)) != len(out):
            raise TypeError(f"wrt={wrt!r} names a parameter twice")
        return tuple(first + k for k in out)

    def check_of(self, of: str | None) -> None:
        """``of`` must be a parameter; ``TypeError`` otherwise."""
        if of is not None and of not in self.names:
            raise TypeError(f"of={of!r}: {self.name} has no such parameter ({', '.join(self.names)})")

    def check_arguments(self, values: tuple[Any, ...], wanted: Container[int] = ()) -> None:
        """Refuse what cannot be an argument, or has no derivative although it is ``wanted``, at the parameters themselves."""

        def check(k: int) -> None:
            try:
                check_argument(self.names[k], values[k], k in wanted)
            except DifferentiationError as error:
                place = self.place(self.names[k])
                found = (d if d.span.line else replace(d, span=place) for d in error.diagnostics)
                raise DifferentiationError(found) from None

        check_all(partial(check, k) for k in range(len(self.names)))

    def place(self, parameter: str = "") -> Span:
        """Where the function, or a parameter of it, is defined; nowhere when its source cannot be read."""
        from adjoint_compiler.frontend.source import source_of, span_of

        try:
            source = source_of(self.plain())
        except DifferentiationError:
            return NOWHERE
        args = source.tree.args
        own = [*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in (args.vararg, args.kwarg) if a)]
        return span_of(next((a for a in own if a.id == parameter), source.tree), source)

    def plain(self) -> Any:
        """The user's function, behind any number of derivatives and rules."""
        function = self.function
        while hasattr(function, "__wrapped__") and hasattr(function, "__adjoint_wrapper__"):
            function = function.__wrapped__
        return function


__all__ = ["Target"]
