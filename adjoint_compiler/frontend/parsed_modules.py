"""Modules that are parsed, never imported: what their names mean.

Names mean what the module's own statements say: its imports of NumPy, ``math`` and SciPy (the real objects),
its functions and those of files beside it (parsed likewise), its constants and exception classes. A name that
means anything else gets a ``Refusal`` (AC018): what only running the file could tell is not guessed.
"""

from __future__ import annotations

import builtins
import importlib
import os
import types
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import gast
import numpy as np

from adjoint_compiler.diagnostics import display_file
from adjoint_compiler.frontend.annotations import parse_annotation
from adjoint_compiler.frontend.literals import STAND_INS, NotConstant, evaluate
from adjoint_compiler.frontend.made_functions import changed_by
from adjoint_compiler.frontend.module_bindings import Binding, Bindings, bindings_of
from adjoint_compiler.frontend.parsed_classes import read_class
from adjoint_compiler.frontend.parsed_expressions import (
    canonical,
    defaults_of,
    dotted_meaning,
    lines_naming,
    names_used,
    refusal,
)
from adjoint_compiler.frontend.scope import (
    LIBRARIES,
    MISSING,
    Free,
    LocalFunction,
    Namespace,
    Refusal,
    Scope,
    Several,
    Value,
    member,
)
from adjoint_compiler.frontend.source import Source, module_source
from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import Type

OWN = "adjoint_compiler"
MAKERS = ("abc", "collections", "dataclasses", "typing")  # modules of Python by which classes are made
# Decorators that leave what a function computes as it is.
TRANSPARENT = frozenset({"numba.njit", "numba.jit"})
CACHES = frozenset({"functools.cache", "functools.lru_cache"})
STATE_RULES = frozenset(f"{OWN}.{name}" for name in ("rules.elementwise", "custom_vjp", "nondifferentiable"))
IMMUTABLE = (bool, int, float, complex, str, np.generic, type(None))
AT_IMPORT = ("__name__", "__file__", "__doc__", "__spec__", "__package__", "__loader__")


@dataclass(frozen=True)
class Carried(Free):
    """A constant of a parsed module: its value, and where it is written.

    Attributes:
        home: the module.
        statement: what binds it; for a parameter's default the expression.
    """

    home: Any = None
    statement: Any = None


@dataclass(frozen=True)
class Definition:
    """Where a class is written; while compiling, one of the same name and bases stands for it."""

    home: Module
    statement: Any


class Files:
    """The files read while one function is compiled, each parsed once.

    Attributes:
        classes: where the classes met are written.
        used: the functions met, as trees; first the one that is compiled, whose decorators do not count.
    """

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.classes: dict[type, Definition] = {}
        self.used: list[Any] = []

    def module(self, path: str) -> Module:
        """A file as a module; raises ``DifferentiationError`` as ``module_source`` does."""
        key = os.path.realpath(path)
        if key not in self.modules:
            source = module_source(path)
            self.modules[key] = Module(self, path, source, bindings_of(source.tree))
        return self.modules[key]

    def find(self, roots: list[str], dotted: str) -> Namespace | None:
        """The module of a dotted name below one of the directories, if there is one."""
        parts = [p for p in dotted.split(".") if p]
        for root in roots:
            base = os.path.join(root, *parts)
            for path in (os.path.join(base, "__init__.py"), f"{base}.py" if parts else ""):
                if os.path.isfile(path):
                    return Namespace(dotted, self.module(path).lookup_member)
            if parts and os.path.isdir(base):
                return Namespace(dotted, self._below(base))
        return None

    def _below(self, directory: str) -> Callable[[str], Any]:
        def look_up(name: str) -> Any:
            found = self.find([directory], name)
            return MISSING if found is None else Value(found, name)

        return look_up


@dataclass(eq=False)
class Module:
    """A parsed module.

    Attributes:
        files: the files it was found among.
        path: its file.
        source: its text.
        bindings: what its statements bind and change.
        known: the meanings found so far.
    """

    files: Files
    path: str
    source: Source
    bindings: Bindings
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def display(self) -> str:
        """The file's name as messages show it."""
        return display_file(self.path)

    def lookup(self, name: str) -> Any:
        """What a name means in the module: as ``Scope.lookup`` says it, or a ``Refusal``."""
        if name not in self.known:
            self.known[name] = refusal(name, "is defined by itself")
            self.known[name] = self._meaning(name)
        found = self.known[name]
        if isinstance(found, LocalFunction):
            self.files.used.append(found.tree)
        return found

    def lookup_member(self, name: str) -> Any:
        """What ``module.name`` means: a name that the module binds, or a module below it."""
        if name in self.bindings.names:
            return self.lookup(name)
        is_package = os.path.basename(self.path) == "__init__.py"
        below = self._beside(name, 1) if is_package else None
        return self._from_stars(name) if below is None else Value(below, name)

    def annotated(self, annotation: Any) -> Type | None:
        """The type that an annotation stands for; None for one that tells nothing."""
        if isinstance(annotation, gast.Constant):
            return parse_annotation(annotation.value)
        found = dotted_meaning(annotation, self.lookup)
        return parse_annotation(found.value) if isinstance(found, Value) else None

    def changed(self, name: str) -> tuple[int, Any] | None:
        """Where what a constant holds may be changed by code that is not part of the program."""
        changes = self.bindings.changes.get(name, ())
        return next((c for c in changes if not any(c[1] is used for used in self.files.used)), None)

    # -- meanings --------------------------------------------------------------------------------------------

    def _meaning(self, name: str) -> Any:
        binding = self.bindings.names.get(name)
        if binding is not None:
            return self._bound(name, binding)
        found = self._from_stars(name)
        if found is not MISSING:
            return found
        if name in AT_IMPORT:
            return refusal(name, "is known only when the module is imported")
        return Value(getattr(builtins, name), name) if hasattr(builtins, name) else MISSING

    def _bound(self, name: str, binding: Binding) -> Any:
        if binding.kind == "function":
            return self._function(name, binding)
        if binding.kind == "class":
            return self._class(name, binding)
        if binding.kind == "import":
            return self._import(name, binding)
        if binding.kind == "constant":
            return self._computed(name, binding.statement, binding.value)
        return refusal(name, binding.why)

    def _function(self, name: str, binding: Binding) -> Any:
        tree = binding.statement
        is_target = any(tree is used for used in self.files.used[:1])
        own = []
        for decorator in () if is_target else tree.decorator_list:
            function = decorator.func if isinstance(decorator, gast.Call) else decorator
            text, written = gast.unparse(decorator).strip(), self._written_name(function)
            if written in CACHES:
                why = f"is decorated with `{text}`, which keeps results between calls: they have no derivative"
                return refusal(name, why, "call a function without this decorator")
            if written == "contextlib.contextmanager" and isinstance(decorator, (gast.Name, gast.Attribute)):
                own.append(decorator)
            elif isinstance(dotted_meaning(function, self.lookup), LocalFunction):
                if changed_by(self.lookup, decorator, tree) is not False:
                    own.append(decorator)
            elif written not in TRANSPARENT:
                advice = "call a function without this decorator"
                return refusal(name, f"is decorated with `{text}`, which is not run", advice)
        for line in lines_naming(name, self.source.tree, lambda function: self._written_name(function) in STATE_RULES):
            why = f"has a rule of its own, at line {line}, which is known only when the module runs"
            return refusal(name, why, "use ac.grad, or leave the rule out")
        if isinstance(tree, gast.AsyncFunctionDef):
            return Refusal("AC016", f"`{name}` is an async function", "return the values instead")
        return replace(self.local(name, tree), decorators=tuple(own))

    def local(self, name: str, tree: Any) -> LocalFunction:
        """A function of the module by its tree."""
        scope = Scope({}, frozenset(), self.lookup, None, self.source)
        defaults = {p: self._default(p, d) for p, d in defaults_of(tree.args).items()}
        return LocalFunction(tree, scope, name, defaults)

    def _default(self, name: str, node: Any) -> Any:
        found = self._computed(name, node, node)
        if isinstance(found, Carried) and isinstance(found.value, IMMUTABLE):
            return found if isinstance(found.value, np.generic) else Const(found.value)
        return found

    def _computed(self, name: str, statement: Any, value: Any) -> Any:
        """A function under another name, or a constant that is carried."""
        if isinstance(value, gast.Lambda):
            return self.local(name, value)
        found = dotted_meaning(value, self.lookup)
        if isinstance(found, (LocalFunction, Refusal)):
            return found
        if isinstance(found, Value) and isinstance(found.value, (type, types.ModuleType, Namespace)):
            return found
        if isinstance(found, Value) and callable(found.value):
            return found
        if self._holds_functions(value):
            return self._with_functions(name, value)
        try:
            computed = evaluate(value, self.lookup)
            _check_kind(computed)
        except NotConstant as fault:
            return refusal(name, f"is {fault}, which is not run")
        return Carried(name, computed, None, None, self, statement)

    def _holds_functions(self, node: Any) -> bool:
        """Whether a tuple, list or dict is written with functions in it."""
        if not isinstance(node, (gast.Tuple, gast.List, gast.Dict)):
            return False
        parts = node.values if isinstance(node, gast.Dict) else node.elts
        return any(
            isinstance(p, gast.Lambda) or self._holds_functions(p) or _is_function(self._named(p)) for p in parts
        )

    def _named(self, node: Any) -> Any:
        return dotted_meaning(node, self.lookup) if isinstance(node, (gast.Name, gast.Attribute)) else None

    def _with_functions(self, name: str, node: Any) -> Any:
        """What a container with functions in it holds."""
        if name in self.bindings.changes:
            line = self.bindings.changes[name][0][0]
            return refusal(name, f"holds functions, and may be changed at line {line}, which is not run")
        is_dict = isinstance(node, gast.Dict)
        keys = tuple(getattr(k, "value", None) for k in node.keys) if is_dict else range(len(node.elts))
        items = []
        for key, part in zip(keys, node.values if is_dict else node.elts, strict=True):
            found = self._computed(f"{name}_{key}", part, part)
            if isinstance(found, Refusal):
                return refusal(name, "holds " + found.message.split(" is ", 1)[-1])
            plain = (
                isinstance(found, Carried)
                and isinstance(found.value, IMMUTABLE)
                and not isinstance(found.value, np.generic)
            )
            items.append(Const(found.value) if plain else found)
        return Several(tuple(items), tuple(keys) if is_dict else None)

    def _class(self, name: str, binding: Binding) -> Any:
        """A class; one of the same name and bases stands for it, and where its text is needed it is carried."""
        node = binding.statement
        bases = [dotted_meaning(b, self.lookup) for b in node.bases]
        classes = [b.value for b in bases if isinstance(b, Value) and isinstance(b.value, type)]
        if any(issubclass(c, BaseException) for c in classes):
            return self._exception(name, node, classes if len(classes) == len(bases) and not node.keywords else [])
        found = read_class(self, name, node)
        if isinstance(found, Value):
            self.files.classes[found.value] = Definition(self, node)
        return found

    def _exception(self, name: str, node: Any, classes: list[type]) -> Any:
        """An exception class; how its instances come to be is not looked at."""
        if node.decorator_list:
            return refusal(name, "is a decorated class", "use a plain exception class")
        if not classes:
            return refusal(name, "is an exception class with bases that are not known", "use plain exception classes")
        for use in names_used(node, self.lookup):
            found = dotted_meaning(use, self.lookup)
            is_known = isinstance(found, Value) and not isinstance(found.value, Namespace)
            if not is_known and not isinstance(found, Carried):
                word = gast.unparse(use).strip()
                return refusal(name, f"is a class that uses `{word}`", "give the message where it is raised")
        made = type(name, tuple(classes), {})
        self.files.classes[made] = Definition(self, node)
        return Value(made, name)

    # -- imports ---------------------------------------------------------------------------------------------

    def _import(self, name: str, binding: Binding) -> Any:
        s, alias = binding.statement, binding.value
        stores = [line for line, function in self.bindings.changes.get(name, ()) if function is None]
        if stores:
            return refusal(name, f"is changed at line {stores[0]}")
        if isinstance(s, gast.Import):
            module = alias.name if alias.asname else alias.name.split(".")[0]
            found = self._module(module, 0)
            return self._foreign(name, alias.name) if found is None else Value(found, canonical(module))
        origin = s.module or "." * s.level
        holder = self._module(s.module or "", s.level)
        if origin.split(".")[0] in MAKERS and hasattr(holder, alias.name):
            return Value(getattr(holder, alias.name), f"{origin}.{alias.name}")
        found = MISSING if holder is None else member(Value(holder, canonical(origin)), alias.name)
        if found is MISSING:
            below = self._module(f"{s.module or ''}.{alias.name}".strip("."), s.level)
            found = MISSING if below is None else Value(below, canonical(f"{origin}.{alias.name}"))
        if found is MISSING:
            return self._foreign(name, origin) if holder is None else refusal(name, f"is not found in `{origin}`")
        return found

    def _foreign(self, name: str, module: str) -> Refusal:
        why = f"comes from `{module}`, which is neither NumPy, SciPy, math and the like nor a file beside this one"
        return refusal(name, why, "pass what is needed of it as an argument")

    def _module(self, dotted: str, level: int) -> Any:
        """A library module, a file beside this one as a ``Namespace``, or None."""
        if level or dotted.split(".")[0] not in (*LIBRARIES, *MAKERS, OWN):
            return self._beside(dotted, level)
        try:
            return importlib.import_module(dotted)
        except ImportError:
            return None

    def _beside(self, dotted: str, level: int) -> Namespace | None:
        here = os.path.dirname(os.path.abspath(self.path))
        if level:
            for _ in range(level - 1):
                here = os.path.dirname(here)
            return self.files.find([here], dotted)
        top = here
        while os.path.isfile(os.path.join(top, "__init__.py")):
            top = os.path.dirname(top)
        return self.files.find([top, here], dotted)

    def _from_stars(self, name: str) -> Any:
        """What ``from ... import *`` gives; unknown modules might give any name."""
        for s in reversed(self.bindings.stars):
            module = self._module(s.module or "", s.level)
            if module is None:
                return refusal(name, f"may come from `from {s.module or '.'} import *`, which cannot be followed")
            public = getattr(module, "__all__", None)
            if name.startswith("_") or (public is not None and name not in public):
                continue
            found = member(Value(module, canonical(s.module or "")), name)
            if found is not MISSING:
                return found
        return MISSING

    def _written_name(self, node: Any) -> str:
        """A decorator's full name, read off the imports: the module it comes from is not imported."""
        if isinstance(node, gast.Attribute):
            return f"{self._written_name(node.value)}.{node.attr}"
        binding = self.bindings.names.get(node.id) if isinstance(node, gast.Name) else None
        if binding is None or binding.kind != "import":
            return ""
        if isinstance(binding.statement, gast.Import):
            return str(binding.value.name) if binding.value.asname else str(node.id)
        return f"{binding.statement.module}.{binding.value.name}"


def _is_function(found: Any) -> bool:
    is_value = isinstance(found, Value) and callable(found.value) and not isinstance(found.value, type)
    return is_value or isinstance(found, LocalFunction)


def _check_kind(value: Any) -> None:
    if isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            _check_kind(item)
    elif not isinstance(value, (*IMMUTABLE, np.ndarray)) and value not in STAND_INS.values():
        raise NotConstant(f"a value of type {type(value).__name__}")
