"""Text to a live function: names of helpers and free values are bound, the text is registered with ``linecache``."""

from __future__ import annotations

import builtins
import importlib
import itertools
import linecache
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.frontend.scope import Free
from adjoint_compiler.ir.names import STANDARD
from adjoint_compiler.rules.stated import function_words
from adjoint_compiler.runtime.optional import scipy

_serial = itertools.count(1)


def load_function(text: str, name: str, free: dict[str, Free], constants: dict[str, Any], module: str) -> Loaded:
    """Compile generated text and bind its names.

    Args:
        text: a generated function, after those that it calls.
        name: its name.
        free: names whose values are read from the user's globals and closures at every call.
        constants: further objects the text names (exception classes).
        module: ``__module__`` of the result.
    """
    filename = f"<adjoint_compiler {next(_serial)}: {name}>"
    codes = _function_codes(compile(text, filename, "exec"))
    names = {n for c in codes.values() for n in _names(c)}
    namespace: dict[str, Any] = {"np": np, "__builtins__": builtins, "__name__": module, "scipy": scipy}
    namespace |= {n: importlib.import_module(n) for n in {"math", *STANDARD} if n in names}
    stated = function_words()
    for used in names:
        if hasattr(runtime, used):
            namespace[used] = getattr(runtime, used)
        elif used in stated:
            namespace[used] = stated[used]
    namespace.update(constants)
    refresh: list[tuple[str, Callable[[], Any]]] = []
    for ir_name, f in free.items():
        if f.reader is not None and ir_name in names:
            refresh.append((ir_name, f.reader))
            namespace[ir_name] = f.value
    _define(codes, namespace)
    linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    return Loaded(namespace[name], tuple(refresh), namespace, codes)


def _function_codes(module: types.CodeType) -> dict[str, types.CodeType]:
    return {c.co_name: c for c in module.co_consts if isinstance(c, types.CodeType)}


def _define(codes: dict[str, types.CodeType], namespace: dict[str, Any]) -> None:
    for name, code in codes.items():
        namespace[name] = types.FunctionType(code, namespace, name)


def _names(code: types.CodeType) -> set[str]:
    out = set(code.co_names)
    for c in code.co_consts:
        if isinstance(c, types.CodeType):
            out |= _names(c)
    return out


class Loaded:
    """A generated function; globals it reads are brought up to date before each call."""

    def __init__(
        self, function: Any, refresh: tuple[tuple[str, Callable[[], Any]], ...], namespace: dict[str, Any],
        codes: dict[str, types.CodeType],
    ) -> None:  # fmt: skip
        self.function, self.refresh, self.namespace, self.codes = function, refresh, namespace, codes

    def reading(self, free: dict[str, Free]) -> Loaded:
        """The same function with other values from outside."""
        refresh = tuple((n, free[n].reader or read) for n, read in self.refresh)
        if not refresh:
            return self
        namespace = {**self.namespace, **{n: free[n].value for n, _ in refresh}}
        _define(self.codes, namespace)
        return Loaded(namespace[self.function.__name__], refresh, namespace, self.codes)

    @property
    def callable(self) -> Callable[..., Any]:
        """What is called with the caller's arguments."""
        return self if self.refresh else self.function

    @staticmethod
    def argument(value: Any) -> Any:
        """A seed as the function takes it."""
        return value

    def __call__(self, *args: Any) -> Any:
        if not self.refresh:
            return self.function(*args)
        # A namespace of its own for every call: two threads may see different globals.
        namespace = {**self.namespace, **{name: read() for name, read in self.refresh}}
        _define(self.codes, namespace)
        return namespace[self.function.__name__](*args)
