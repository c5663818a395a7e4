"""What a name in the user's function means: a variable, a free value, a function, a module."""

from __future__ import annotations

import builtins
import math
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from adjoint_compiler.ir.names import STANDARD
from adjoint_compiler.ir.objects import is_record

MISSING = object()
PARSED = "<parsed>"  # the module of classes that stand for those of files that are parsed
LIBRARIES = STANDARD | {
    *(
        "_operator",
        "builtins",
        "copy",
        "functools",
        "genericpath",
        "heapq",
        "itertools",
        "math",
        "ntpath",
        "numpy",
        "operator",
    ),
    *("posixpath", "scipy"),
}


@dataclass(frozen=True)
class Watch:
    """What a name outside the function meant when it was compiled; ``read()`` gives what it means now."""

    holder: Any
    name: str
    value: Any
    read: Callable[[], Any]


@dataclass(frozen=True)
class Variable:
    """A variable of the program, by its name in the IR."""

    name: str


@dataclass(frozen=True)
class Value:
    """A value known while compiling: a module, a function, a class."""

    value: Any
    text: str = ""
    watch: Watch | None = None


@dataclass(frozen=True)
class Free:
    """A value read from globals or a closure at every call."""

    name: str
    value: Any
    reader: Callable[[], Any] | None = None
    cell: types.CellType | None = None


@dataclass(frozen=True)
class Refusal:
    """The meaning of a name that the compiler must not guess: reading it is refused with these words.

    With ``told`` it was refused before, where the name was to be bound.
    """

    code: str
    message: str
    help: str
    told: bool = False


@dataclass(frozen=True)
class Namespace:
    """A module that is parsed, never imported: ``lookup`` gives the meaning of its names."""

    name: str
    lookup: Callable[[str], Any]


@dataclass(eq=False)
class LocalFunction:
    """A nested ``def`` or ``lambda``, or a method: its tree and the scope it was written in.

    Attributes:
        receiver: the object or class that a method is bound to, its first argument.
        key: the live function, if there is one.
        decorators: what is still to be made of it, in a file that is parsed.
        manager: whether ``contextlib.contextmanager`` decorates it.
        attributes: constants that the program has assigned to its attributes: ``hit.terminal = True``.
        block: the statements among which it is defined.
    """

    tree: Any
    scope: Scope
    name: str
    defaults: dict[str, Any] = field(default_factory=dict)
    receiver: Any = None
    key: Any = None
    decorators: tuple[Any, ...] = ()
    manager: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)
    block: Any = None
    is_code = True  # see `ir.types.type_of`
    __repr__ = object.__repr__  # by which constants are told apart


@dataclass(eq=False)
class Applied:
    """What ``functools.partial`` makes: a function, and the arguments that its calls begin with.

    Attributes:
        function: a ``Value``, ``LocalFunction`` or ``Applied``.
        args: operands, or what is known while compiling.
        keywords: the same by name.
    """

    function: Any
    args: tuple[Any, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)
    is_code = True
    __repr__ = object.__repr__


@dataclass(eq=False)
class Several:
    """A tuple, list or dict where functions are among what it holds, or what a parameter with a star holds then.

    Attributes:
        items: operands, or what is known while compiling.
        keys: the keys of a dict.
        origin: the operand that it is, of one that comes from outside.
    """

    items: tuple[Any, ...]
    keys: tuple[Any, ...] | None = None
    origin: Any = None


@dataclass(eq=False)
class Chosen:
    """One of several functions: which one shows while running.

    Attributes:
        selector: the operand that tells.
        cases: what it is equal to, and the function that is meant then; the key True asks for its truth.
        fault: the exception that Python raises where it is none of them; empty where the last one is meant then.
    """

    selector: Any
    cases: tuple[tuple[Any, Any], ...]
    fault: str
    is_code = True
    __repr__ = object.__repr__


@dataclass(eq=False)
class Generator:
    """The call of a function with ``yield``, or a generator expression: it runs where a loop asks for its items.

    Attributes:
        function: what runs.
        bound: its arguments by parameter.
        loops: the loops it was made in.
        used: whether a loop has asked for its items.
    """

    function: LocalFunction
    bound: dict[str, Any]
    loops: tuple[Any, ...] = ()
    used: bool = False


@dataclass(eq=False)
class Scope:
    """The names of one (possibly inlined) function.

    Attributes:
        locals: names the function binds, and the variable or compile-time value each stands for.
        bound: every name the function binds anywhere (so that reading it never reaches globals).
        lookup_free: finds globals, closure values and builtins.
        parent: the enclosing function's scope, for nested functions.
        source: the source the function was written in.
        rebound: names the function binds in several places.
        assigned: names its body binds, parameters only where they are bound again.
        params: its parameters.
        first: its first parameter: in a method the object.
        inner: whether it is that of a comprehension, in which ``:=`` binds names of the scope around.
    """

    locals: dict[str, Any]
    bound: frozenset[str]
    lookup_free: Callable[[str], Any]
    parent: Scope | None
    source: Any
    function: Any = None
    rebound: frozenset[str] = frozenset()
    assigned: frozenset[str] = frozenset()
    params: frozenset[str] = frozenset()
    first: str | None = None
    inner: bool = False

    def lookup(self, name: str) -> Any:
        """A ``Variable``, ``Value``, ``Free`` or ``LocalFunction``; ``MISSING`` when the name means nothing."""
        if name in self.locals:
            return self.locals[name]
        if name in self.bound:
            return MISSING
        if self.parent is not None:
            return self.parent.lookup(name)
        return self.lookup_free(name)


CODE = (Value, LocalFunction, Applied, Generator, Several, Chosen)  # what is known while compiling, and is no operand
COMPILE_TIME = (types.ModuleType, types.FunctionType, types.BuiltinFunctionType, type, types.MethodType)


def live_lookup(function: Any, source: Any) -> Callable[[str], Any]:
    """How free names of a live function are found: closure, then globals, then builtins."""
    closure: dict[str, types.CellType] = source.closure
    global_names: dict[str, Any] = source.globals

    def lookup(name: str) -> Any:
        if name in closure:
            cell = closure[name]
            try:
                value = cell.cell_contents
            except ValueError:
                return MISSING
            watch = Watch(cell, name, value, lambda: cell.cell_contents)
            return classify(name, value, Free(name, value, lambda: cell.cell_contents, cell), watch)
        watch = Watch(global_names, name, global_names.get(name, MISSING), partial(global_names.get, name, MISSING))
        if name in global_names:
            value = global_names[name]
            return classify(name, value, Free(name, value, lambda: global_names[name]), watch)
        if hasattr(builtins, name):
            return Value(getattr(builtins, name), name, watch)
        return MISSING

    return lookup


def classify(name: str, value: Any, free: Free, watch: Watch | None = None) -> Any:
    """Modules, functions and classes are compile-time values; numbers, arrays and containers are read at every call."""
    if isinstance(value, COMPILE_TIME) or (
        callable(value) and not hasattr(value, "__array__") and not is_record(value)
    ):
        return Value(value, name, None if is_library(value) else watch)
    return free


def is_library(value: Any) -> bool:
    """Whether a value is a module that nobody is expected to replace."""
    return isinstance(value, types.ModuleType) and value.__name__.split(".")[0] in LIBRARIES


def has_methods(value: Any) -> bool:
    """Whether a value is an object of a library that stands for a family of functions, like ``scipy.stats.norm``."""
    return callable(value) and type(value).__module__.startswith("scipy.stats.") and not hasattr(value, "__array__")


def member(base: Value, attribute: str) -> Any:
    """What ``base.attribute`` means for a module, class or function; ``MISSING`` when that is not known.

    What the user's modules and classes hold is read at every call, as globals are; libraries' never changes.
    """
    holder = base.value
    if isinstance(holder, Namespace):
        return holder.lookup(attribute)
    if isinstance(holder, type) and holder.__module__ == PARSED:
        return _parsed_member(base, attribute)
    known = isinstance(holder, (*COMPILE_TIME, np.ufunc)) or has_methods(holder)
    value = getattr(holder, attribute, MISSING) if known else MISSING
    if value is MISSING:
        return MISSING
    home = holder.__name__ if isinstance(holder, types.ModuleType) else getattr(holder, "__module__", None)
    if isinstance(holder, COMPILE_TIME) and (home or "").split(".")[0] not in LIBRARIES:
        watch = Watch(holder, attribute, value, lambda: getattr(holder, attribute))
        found = classify(attribute, value, Free(attribute, value, lambda: getattr(holder, attribute)), watch)
        return found if isinstance(found, Free) else replace(found, text=f"{base.text}.{attribute}")
    return Value(value, f"{base.text}.{attribute}")


def _parsed_member(base: Value, attribute: str) -> Any:
    """What a class of a parsed file has under a name."""
    found = next((vars(c)[attribute] for c in base.value.__mro__ if attribute in vars(c)), MISSING)
    if isinstance(found, staticmethod):
        return found.__func__
    if isinstance(found, classmethod):
        return replace(found.__func__, receiver=base)  # type: ignore[type-var]
    if isinstance(found, property) or found is MISSING:
        return MISSING
    return found if isinstance(found, LocalFunction) else Value(found)


def class_text(cls: type) -> str | None:
    """How generated code names a class of Python or NumPy, whatever the user calls it; None for others.

    >>> class_text(np.float32), class_text(ValueError), class_text(np.linalg.LinAlgError), class_text(Value)
    ('np.float32', 'ValueError', 'np.linalg.LinAlgError', None)
    """
    name = cls.__name__
    homes = ((builtins, ""), (np, "np."), (np.linalg, "np.linalg."), (np.exceptions, "np.exceptions."))
    return next((text + name for home, text in homes if getattr(home, name, None) is cls), None)


def function_text(function: Any) -> str:
    """How generated code names a function of NumPy or ``math``, whatever the user calls it; empty for others.

    >>> function_text(np.tanh), function_text(np.linalg.norm), function_text(math.sin), function_text(function_text)
    ('np.tanh', 'np.linalg.norm', 'math.sin', '')
    """
    name = getattr(function, "__name__", "")
    homes = ((np, "np."), (np.linalg, "np.linalg."), (math, "math."))
    return next((text + name for home, text in homes if getattr(home, name, None) is function), "")


def constant_text(value: Any, text: str) -> str:
    """How generated code names a number that ``text`` names in the user's module; empty where only a literal can.

    >>> constant_text(np.pi, "numpy.pi"), constant_text(math.pi, "math.pi"), constant_text(2.0, "config.pi")
    ('np.pi', 'math.pi', '')
    """
    holder, _, name = text.rpartition(".")
    homes = ((np, "np."), (math, "math.")) if holder else ()
    return next((root + name for home, root in homes if getattr(home, name, None) is value), "")
