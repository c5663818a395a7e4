"""Generated programs to live functions that Numba compiles when they are first called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.backend.module import globals_read
from adjoint_compiler.backend.numba import faults, files
from adjoint_compiler.backend.numba.agreement import disagreement
from adjoint_compiler.backend.numba.jit import Jit
from adjoint_compiler.backend.numba.made_objects import import_of, named_classes
from adjoint_compiler.backend.numba.module import module_text
from adjoint_compiler.backend.numba.own_tapes import own_tape
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import Program, Span
from adjoint_compiler.runtime import entry_copy


@dataclass(frozen=True)
class Module:
    """A module of compiled functions.

    Attributes:
        text: its text.
        path: its file.
        jit: how its functions are compiled.
        trees: the definitions that they were printed from, by name.
        place: where the user's function is defined.
    """

    text: str
    path: Path
    jit: Jit
    trees: dict[str, Any]
    place: Span


class NumbaFunction:
    """A compiled function; what Numba refuses is refused at the user's line.

    Attributes:
        function: Numba's dispatcher.
        refresh: nothing: values from outside are frozen.
        extra: arrays from outside, which are passed after the arguments.
        detaching: whether the first argument is a tape whose buffers it restores: each call has a copy.
    """

    refresh: tuple[()] = ()

    def __init__(self, function: Any, module: Module, types: Types, extra: tuple[Any, ...]) -> None:
        self.function, self.module, self.types, self.extra = function, module, types, extra
        self.checked = 0
        self.detaching = False
        from numba.core.errors import NumbaError

        self.errors: tuple[type[BaseException], ...] = (NumbaError, NotImplementedError)

    @property
    def callable(self) -> Callable[..., Any]:
        """What is called with the caller's arguments."""
        return self

    @staticmethod
    def argument(value: Any) -> Any:
        """A seed as the function takes it: tuples for lists, whose items Numba wants to be of one type."""
        return tuple(map(NumbaFunction.argument, value)) if isinstance(value, list) else value

    def __call__(self, *args: Any) -> Any:
        if self.detaching:
            args = (own_tape(args[0]), *args[1:])
        try:
            result = self.function(*args, *self.extra)
        except Exception as fault:
            if isinstance(fault, (*self.errors, SystemError)) or self._is_new(args) or _is_absence(fault):
                raise faults.refusal(fault, self.module.text, self.module.trees, self.module.place) from fault
            raise
        if len(self.function.overloads) != self.checked:
            self._check_precision()
        return result

    def _is_new(self, args: tuple[Any, ...]) -> bool:
        """Whether arguments have types that Numba has not compiled the function for: it failed to."""
        from numba import typeof  # type: ignore[attr-defined, unused-ignore]

        return tuple(map(typeof, (*args, *self.extra))) not in self.function.overloads

    def _check_precision(self) -> None:
        """Refuse what Numba has just compiled in another precision than NumPy would compute in."""
        for compiled in self.function.overloads.values() if self.module.jit.checks_types else ():
            found = disagreement(compiled.type_annotation, self.types)
            if found is not None:
                files.forget(self.module.path)
                name, numpy, numba = found
                message = f"NumPy computes `{name}` in {numpy}, Numba in {numba}"
                advice = f"write .astype(np.{numpy}) or np.{numpy}(...) where it is computed, or use backend='numpy'"
                raise DifferentiationError(Diagnostic("AC021", self.module.place, message, (), advice))
        self.checked = len(self.function.overloads)


def load_functions(
    texts: tuple[str, ...], programs: tuple[Program, ...], jit: Jit, values: dict[str, Any], trees: dict[str, Any],
    types: dict[str, Types], place: Span, constants: dict[str, Any],
) -> tuple[NumbaFunction, ...]:  # fmt: skip
    """Write a module, import it, and take functions from it.

    Args:
        texts: generated functions, after those that they call.
        programs: what they were printed from, without those that they call.
        jit: how they are compiled.
        values: what they read from outside: numbers and texts are written into the module, arrays are passed to it.
        trees: the definitions of all functions, by name.
        types: the types of the names of each of the programs.
        place: where the user's function is defined.
        constants: classes and other objects that the functions name.

    Raises:
        DifferentiationError: Numba is not installed, or does not know a class.
    """
    try:
        import numba

        from adjoint_compiler.backend.numba import helpers
    except ImportError as fault:
        message = f"backend='numba' needs Numba, which cannot be imported: {fault}"
        raise DifferentiationError(
            Diagnostic("AC021", place, message, (), "pip install numba, or use backend='numpy'")
        ) from None
    classes = named_classes(constants, globals_read("\n".join(texts)), place)
    imports = {n: import_of(n, c) for n, c in classes.items()}
    text = module_text(texts, jit, values, helpers.NAMES, classes=imports)
    fields = " ".join(f"{n}({', '.join(getattr(c, '_fields', ()))})" for n, c in sorted(classes.items()))
    versions = f"{_own_version()} {numba.__version__} {np.__version__} {helpers.DIGEST} {fields}"
    path = files.module_path(programs[0].name, text, versions)
    if None not in imports.values() and files.written(path, text):
        functions = files.imported(path).__dict__
    else:
        functions = {"__name__": f"adjoint_compiler_{path.stem}", **classes}
        text = module_text(texts, jit, values, helpers.NAMES, cache=False, classes=imports)
        exec(compile(text, "<adjoint_compiler numba>", "exec"), functions)
    module = Module(text, path, jit, trees, place)
    return tuple(
        NumbaFunction(
            functions[p.name], module, types[p.name], tuple(frozen(values[n]) for n in p.params if n in values)
        )
        for p in programs
    )


def _is_absence(fault: Exception) -> bool:
    """Whether Numba has met None where it knows no other values than numbers, as ``d.get(k)`` gives at times."""
    return isinstance(fault, TypeError) and re.fullmatch(r"expected \w+, got None", str(fault)) is not None


def frozen(value: Any) -> Any:
    """A value as it is now: Numba, too, keeps what arrays from outside hold when it compiles."""
    return entry_copy(value)


def _own_version() -> str:
    try:
        return version("adjoint-compiler")
    except PackageNotFoundError:  # run from its source
        return ""
