"""A derivative: compiled once per combination of argument types, cached, inspectable."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint_compiler.arguments import check_overlap, check_supported, check_wrt, has_derivative, type_key
from adjoint_compiler.backend.load import Loaded, load_function
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.forms import Request
from adjoint_compiler.frontend.lower import Lowered, lower_function
from adjoint_compiler.frontend.source import source_of, span_of
from adjoint_compiler.ir.nodes import NOWHERE, Span
from adjoint_compiler.ir.types import Type, type_of
from adjoint_compiler.pipeline import State, run

Wrt = Any


@dataclass(frozen=True)
class Compiled:
    """One specialization.

    Attributes:
        functions: the loaded functions: one for the joint form, two for the split form.
        texts: their sources.
        names: their names.
        state: the compiler's last state.
        checked: whether some argument is stored into, so that overlaps must be looked for at every call.
        free_readers: how to read the values whose types are part of the key.
    """

    functions: tuple[Loaded, ...]
    texts: tuple[str, ...]
    state: State
    mutated: tuple[str, ...]
    lowered: Lowered


@functools.lru_cache(maxsize=None)
def signature_of(function: Any) -> inspect.Signature:
    """The signature of a Python function (of a dispatcher, of what it wraps)."""
    return inspect.signature(getattr(function, "py_func", function))


def place_of(function: Any) -> Span:
    """Where the function is defined; nowhere when its source cannot be read."""
    try:
        source = source_of(function)
        return span_of(source.tree, source)
    except DifferentiationError:
        return NOWHERE


def compile_function(
    function: Any, types: dict[str, Type], request: Request, form: str, functions: dict[str, Any], optimize: int | None,
) -> Compiled:  # fmt: skip
    """Lower, differentiate, print and load a function for the given argument types."""
    lowered = lower_function(function, types, functions)
    free = {n: type_of(f.value) for n, f in lowered.free.items()}
    level = 2 if optimize is None else int(optimize)
    state = run(State(lowered.program, request, form, free, level=level))
    names = [p.name for p in state.results]
    plain = getattr(function, "py_func", function)
    loaded = tuple(
        load_function(text, name, lowered.free, lowered.constants, plain.__module__)
        for text, name in zip(state.texts, names)
    )  # fmt: skip
    return Compiled(loaded, state.texts, state, state.mutated, lowered)


class Arguments:
    """Binds calls to a function's parameters and gives the key of their types."""

    def __init__(self, function: Any) -> None:
        self.function = function
        self.signature = signature_of(function)
        self.names = tuple(self.signature.parameters)
        self.simple = all(
            p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in self.signature.parameters.values()
        )

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments in parameter order, defaults filled in; ``TypeError`` as Python raises it."""
        if not kwargs and len(args) == len(self.names) and self.simple:
            return args
        bound = self.signature.bind(*args, **kwargs)
        bound.apply_defaults()
        return tuple(bound.arguments[n] for n in self.names)

    def positions(self, wrt: Wrt) -> tuple[int, ...]:
        """``wrt`` as parameter positions; ``TypeError`` for what is no parameter."""
        items = wrt if isinstance(wrt, tuple) else (wrt,)
        out = []
        for item in items:
            if isinstance(item, str):
                if item not in self.names:
                    raise TypeError(f"wrt={item!r}: {self.function.__name__} has no such parameter ({', '.join(self.names)})")
                out.append(self.names.index(item))
            elif isinstance(item, int) and not isinstance(item, bool):
                if not -len(self.names) <= item < len(self.names):
                    raise TypeError(f"wrt={item}: {self.function.__name__} has {len(self.names)} parameters")
                out.append(item % len(self.names))
            else:
                raise TypeError(f"wrt must be a position, a name, or a tuple of them, not {item!r}")
        if len(set(out)) != len(out):
            raise TypeError(f"wrt={wrt!r} names a parameter twice")
        return tuple(out)


class Derivative:
    """The gradient of a function, as :func:`adjoint_compiler.grad` returns it."""

    def __init__(
        self, function: Any, *, wrt: Wrt = 0, of: str | None = None, has_aux: bool = False, value: bool = False,
        optimize: int | None = None, backend: str | None = None,
    ) -> None:  # fmt: skip
        if not callable(function):
            raise TypeError(f"a derivative needs a function, not {type(function).__name__}")
        if backend not in (None, "numpy"):
            raise DifferentiationError([Diagnostic(
                "AC001", place_of(function), f"backend={backend!r} is not available yet", (), "use backend='numpy'"
            )])  # fmt: skip
        self.function, self.wrt, self.of, self.has_aux, self.value = function, wrt, of, has_aux, value
        self.optimize = optimize
        self.arguments = Arguments(function)
        self.positions = self.arguments.positions(wrt)
        if of is not None and of not in self.arguments.names:
            raise TypeError(f"of={of!r}: {function.__name__} has no such parameter")
        self.single = not isinstance(wrt, tuple)
        self.cache: dict[Any, tuple[Compiled, Callable[..., Any]]] = {}
        self.fast: dict[Any, Callable[..., Any]] = {}
        self.lock = threading.RLock()
        functools.update_wrapper(self, function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The gradient at the arguments."""
        if not kwargs:
            quick = self.fast.get(tuple(map(type, args)))
            if quick is not None:
                return quick(*args)
        return self._call(self.arguments.bind(args, kwargs))

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: position 0 is the first argument after ``self``."""
        if instance is None:
            return self
        bound = self.function.__get__(instance, owner)
        return Derivative(bound, wrt=self.wrt, of=self.of, has_aux=self.has_aux, value=self.value, optimize=self.optimize)

    def _call(self, args: tuple[Any, ...]) -> Any:
        args = self._checked(args)
        key = tuple(map(type_key, args))
        compiled, function = self._specialization(key, args)
        if compiled.mutated:
            self._check_memory(compiled, args)
        return function(*args)

    def _checked(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        out = list(args)
        for name, value in zip(self.arguments.names, args):
            check_supported(name, value, NOWHERE)
        for k in self.positions:
            out[k] = check_wrt(self.arguments.names[k], out[k], NOWHERE)
        return tuple(out)

    def _specialization(self, key: Any, args: tuple[Any, ...]) -> tuple[Compiled, Callable[..., Any]]:
        found = self.cache.get(key)
        if found is None or self._stale(found[0]):
            with self.lock:
                found = self.cache.get(key)
                if found is None or self._stale(found[0]):
                    compiled = self._compile(args, "joint")
                    found = self.cache[key] = (compiled, self._runner(compiled, args))
        return found

    def _runner(self, compiled: Compiled, args: tuple[Any, ...]) -> Callable[..., Any]:
        loaded = compiled.functions[0]
        function: Callable[..., Any] = loaded.function if not loaded.refresh else loaded
        if not loaded.refresh and all(type(a) is float for a in args) and not self._functions(args):
            # Nothing to check for Python floats: dispatch on their types alone.
            self.fast[tuple(map(type, args))] = function
        return function

    def _stale(self, compiled: Compiled) -> bool:
        """Whether a global or closure value changed its type, or a function its identity."""
        return any(f.reader is not None and type_key(f.reader()) != type_key(f.value) for f in compiled.lowered.free.values())

    def _functions(self, args: tuple[Any, ...]) -> dict[str, Any]:
        return {n: a for n, a in zip(self.arguments.names, args) if callable(a)}

    def _compile(self, args: tuple[Any, ...], form: str) -> Compiled:
        types = {n: type_of(a) for n, a in zip(self.arguments.names, args)}
        return compile_function(self.function, types, self._request(), form, self._functions(args), self.optimize)

    def _request(self) -> Request:
        wrt = tuple(self.arguments.names[k] for k in self.positions)
        outputs = None if self.of is None else (self.of,)
        return Request(wrt, self.single, self.value, self.has_aux, outputs)

    def _check_memory(self, compiled: Compiled, args: tuple[Any, ...]) -> None:
        values = dict(zip(self.arguments.names, args))
        values.update({n: f.value for n, f in compiled.lowered.free.items() if isinstance(f.value, np.ndarray)})
        mutated = [(n, values[n]) for n in compiled.mutated if n in values]
        others = [(n, v) for n, v in values.items() if n not in compiled.mutated]
        check_overlap(mutated, others)

    # -- looking at it ---------------------------------------------------------------------------------------

    def _untyped(self, form: str) -> Compiled:
        """The program without types but those of annotations: what ``.source`` shows."""
        key = ("untyped", form)
        found = self.cache.get(key)
        if found is None:
            types = annotated_types(self.function)
            compiled = compile_function(self.function, types, self._request(), form, {}, self.optimize)
            found = self.cache[key] = (compiled, compiled.functions[0])
        return found[0]

    @property
    def source(self) -> str:
        """The joint function: forward sweep, then reverse sweep."""
        return self._untyped("joint").texts[0]

    @property
    def primal_source(self) -> str:
        """The primal of the public pair: ``f_primal(*args) -> (result, tape)``."""
        return self._untyped("split").texts[0]

    @property
    def adjoint_source(self) -> str:
        """The adjoint of the public pair: ``f_adjoint(tape, result_bar) -> bars``."""
        return self._untyped("split").texts[1]

    def specialize(self, *example_args: Any, **kwargs: Any) -> Specialization:
        """The three sources for the types of example arguments."""
        args = self._checked(self.arguments.bind(example_args, kwargs))
        joint, _ = self._specialization(tuple(map(type_key, args)), args)
        split = self._compile(args, "split")
        return Specialization(joint.texts[0], split.texts[0], split.texts[1])

    def show(self) -> None:
        """Print the source, with the colours of a terminal where there is one."""
        from adjoint_compiler.report.render import show_source

        show_source(self.source)

    def _repr_html_(self) -> str:
        from adjoint_compiler.report.render import source_html

        return source_html(self.source)

    def __repr__(self) -> str:
        word = "value_and_grad" if self.value else "grad"
        return f"<{word} of {getattr(self.function, '__qualname__', self.function)}, wrt={self.wrt!r}>"


@dataclass(frozen=True)
class Specialization:
    """Generated sources for one combination of argument types."""

    source: str
    primal_source: str
    adjoint_source: str


def annotated_types(function: Any) -> dict[str, Type]:
    """Types given by annotations: float, int, bool, complex, and strings such as ``"float64[:, :]"``."""
    from adjoint_compiler.frontend.annotations import parse_annotation

    out = {}
    for name, p in signature_of(function).parameters.items():
        t = parse_annotation(p.annotation)
        if t is not None:
            out[name] = t
    return out


__all__ = ["Compiled", "Derivative", "Specialization", "has_derivative"]
