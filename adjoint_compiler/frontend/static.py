"""The frontend of ``emit``: a function of a file to an IR program, without importing or running the file.

Names mean what the module's own statements say: its imports of NumPy, ``math`` and SciPy (the real library objects),
its functions and those of files beside it (parsed likewise), its constants and exception classes, which are carried
into the emitted module as they are written. Everything else is refused by name (AC018), never guessed.
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import gast
import numpy as np

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, display_file
from adjoint_compiler.frontend.annotations import parse_annotation
from adjoint_compiler.frontend.bindings import Binding, Bindings, bindings_of
from adjoint_compiler.frontend.jumps import assigned_names
from adjoint_compiler.frontend.literals import NotConstant, evaluate
from adjoint_compiler.frontend.lower import Lowered, lower_tree
from adjoint_compiler.frontend.scope import (
    LIBRARIES, MISSING, Free, LocalFunction, Namespace, Refusal, Scope, Value, class_text, member,
)  # fmt: skip
from adjoint_compiler.frontend.source import Source, module_source, span_of
from adjoint_compiler.ir.nodes import Const, Span
from adjoint_compiler.ir.types import BOOL, STR, Type

# Decorators that leave what a function computes as it is; those of the function that is emitted are all ignored.
TRANSPARENT = frozenset({
    "numba.njit", "numba.jit", "functools.cache", "functools.lru_cache", "staticmethod", "typing.no_type_check",
})  # fmt: skip
OWN = "adjoint_compiler"
CLOSED = (bool, int, float, complex, str, np.generic, type(None))


@dataclass(frozen=True)
class Carried(Free):
    """A constant of a parsed module: its value, and where it is written.

    Attributes:
        home: the module.
        statement: what binds it; a bare expression for a parameter's default.
    """

    home: Module | None = None
    statement: Any = None


@dataclass(frozen=True)
class Definition:
    """A class of a parsed module, for which ``Value`` holds a class of the same name and bases that does nothing."""

    home: Module
    statement: Any


@dataclass(frozen=True)
class StaticLowered(Lowered):
    """A program lowered from a file, and where the classes it names are written."""

    classes: dict[type, Definition] = field(default_factory=dict)


def lower_static(path: str, function_name: str, types: dict[str, Type]) -> StaticLowered:
    """Lower a function of a file, which is parsed, never imported or run.

    Args:
        path: the file.
        function_name: a function that the module defines.
        types: types of parameters; they go before those of annotations.

    Raises:
        DifferentiationError: AC018 for module-level names that cannot be carried, and all that the frontend refuses.
    """
    return StaticFunction.read(path, function_name).lower(types)


@dataclass(frozen=True)
class StaticFunction:
    """A function of a file.

    Attributes:
        home: the module it stands in.
        tree: its definition.
        name: its name.
    """

    home: Module
    tree: Any
    name: str

    @classmethod
    def read(cls, path: str, name: str) -> StaticFunction:
        """Find a function in a file.

        Raises:
            DifferentiationError: AC006 or AC001 for files that cannot be read, AC012 where there is no such function.
        """
        home = Files().module(path)
        binding = home.bindings.names.get(name)
        if binding is None or binding.kind not in ("function", "constant") or not _is_function(binding):
            functions = [n for n, b in home.bindings.names.items() if _is_function(b)]
            has = f"it has {', '.join(functions)}" if functions else "it has none"
            why = f": `{name}` {binding.why}" if binding is not None and binding.why else ""
            raise DifferentiationError(
                Diagnostic("AC012", Span(path), f"{home.display} has no function `{name}`{why}", help=has)
            )
        tree = binding.statement if binding.kind == "function" else binding.value
        problem = _generator(tree)
        if problem:
            span = span_of(tree, home.source)
            raise DifferentiationError(
                Diagnostic("AC016", span, f"`{name}` is {problem}", help="return the values instead")
            )
        return cls(home, tree, name)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, in order."""
        args = self.tree.args
        return tuple(a.id for a in (*args.posonlyargs, *args.args, *args.kwonlyargs))

    @property
    def types(self) -> dict[str, Type]:
        """Types that annotations give; defaults that are texts or flags give theirs."""
        args = self.tree.args
        out = {}
        for name, default in _defaults(args).items():
            value = default.value if isinstance(default, gast.Constant) else None
            if isinstance(value, (bool, str)):
                out[name] = BOOL if isinstance(value, bool) else STR
        for a in (*args.posonlyargs, *args.args, *args.kwonlyargs):
            found = self.home.annotated(a.annotation) if a.annotation is not None else None
            if found is not None:
                out[a.id] = found
        return out

    def lower(self, types: dict[str, Type]) -> StaticLowered:
        """Lower it; ``types`` go before its annotations."""
        source = replace(self.home.source, tree=self.tree, name=self.name, qualname=self.name)
        self.home.files.used.add(self.name)
        known = {**self.types, **types}
        lowered = lower_tree(source, self.home.lookup, self.name, known, {}, self.tree)
        self._check_unchanged(lowered)
        program = replace(lowered.program, defaults=self._default_texts())
        return StaticLowered(program, lowered.free, lowered.constants, self.home.files.classes)

    def _check_unchanged(self, lowered: Lowered) -> None:
        """Refuse constants that hold memory which the rest of their module may change."""
        problems = []
        for free in lowered.free.values():
            if not isinstance(free, Carried) or isinstance(free.value, CLOSED) or free.home is None:
                continue
            for line, function in free.home.bindings.changes.get(free.name, ()):
                if function not in free.home.files.used:
                    by = f"`{function}`" if function else "a statement of the module"
                    span = span_of(free.statement, free.home.source)
                    message = f"`{free.name}` may be changed at line {line}, by {by}, which is not run"
                    problems.append(Diagnostic("AC018", span, message, (), f"pass `{free.name}` as an argument"))
                    break
        if problems:
            raise DifferentiationError(problems)

    def _default_texts(self) -> dict[str, str]:
        """Defaults of the last parameters, as far as they are numbers, texts and flags."""
        out: dict[str, str] = {}
        defaults = _defaults(self.tree.args)
        for name in reversed(self.parameters):
            try:
                value = evaluate(defaults[name], self.home.lookup) if name in defaults else MISSING
            except NotConstant:
                value = MISSING
            if not isinstance(value, (bool, int, float, complex, str, type(None))):
                break
            out[name] = repr(value).replace("inf", "np.inf").replace("nan", "np.nan") if type(value) is float else repr(value)
        return dict(reversed(out.items()))


class Files:
    """The files read while one function is lowered, each parsed once."""

    def __init__(self) -> None:
        self.modules: dict[str, Module] = {}
        self.classes: dict[type, Definition] = {}
        self.used: set[str] = set()

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
                return Namespace(dotted, lambda name: self.find([base], name) or MISSING)  # noqa: B023
        return None


@dataclass(eq=False)
class Module:
    """A parsed module: what its names mean."""

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
            self.known[name] = Refusal("AC018", f"`{name}` is defined by itself", "define it by a literal")
            self.known[name] = self._meaning(name)
        found = self.known[name]
        if isinstance(found, LocalFunction):
            self.files.used.add(found.name)
        return found

    def lookup_member(self, name: str) -> Any:
        """What ``module.name`` means: a name that the module binds, or a module below it."""
        if name in self.bindings.names:
            return self.lookup(name)
        below = self._find(name) if os.path.basename(self.path) == "__init__.py" else None
        return Value(below, name) if below is not None else self._from_stars(name)

    def annotated(self, annotation: Any) -> Type | None:
        """The type that an annotation stands for."""
        if isinstance(annotation, gast.Constant):
            return parse_annotation(annotation.value)
        found = _dotted(annotation, self.lookup)
        return parse_annotation(found.value) if isinstance(found, Value) else None

    # -- meanings ----------------------------------------------------------------------------------------------

    def _meaning(self, name: str) -> Any:
        binding = self.bindings.names.get(name)
        if binding is None:
            found = self._from_stars(name)
            if found is not MISSING:
                return found
            return Value(getattr(builtins, name), name) if hasattr(builtins, name) else self._dunder(name)
        if binding.kind == "other":
            return _refusal(name, binding.why)
        return getattr(self, f"_{binding.kind}")(name, binding)

    def _dunder(self, name: str) -> Any:
        if name in ("__name__", "__file__", "__doc__", "__spec__", "__package__", "__loader__"):
            return _refusal(name, "is known only when the module is imported")
        return MISSING

    def _function(self, name: str, binding: Binding) -> Any:
        tree = binding.statement
        for decorator in tree.decorator_list:
            text = self._written_name(decorator.func if isinstance(decorator, gast.Call) else decorator)
            if text not in TRANSPARENT:
                return _refusal(name, f"is decorated with `{gast.unparse(decorator).strip()}`, which is not run",
                                "call a function without this decorator")  # fmt: skip
        problem = _generator(tree)
        if problem:
            return Refusal("AC016", f"`{name}` is {problem}", "return the values instead")
        return self._local(name, tree)

    def _local(self, name: str, tree: Any) -> LocalFunction:
        scope = Scope({}, frozenset(), self.lookup, None, self.source)
        return LocalFunction(tree, scope, name, {p: self._default(p, d) for p, d in _defaults(tree.args).items()})

    def _default(self, name: str, node: Any) -> Any:
        found = self._computed(name, node, node)
        if isinstance(found, Carried) and isinstance(found.value, (bool, int, float, complex, str, type(None))):
            return Const(found.value)
        return found

    def _constant(self, name: str, binding: Binding) -> Any:
        return self._computed(name, binding.statement, binding.value)

    def _computed(self, name: str, statement: Any, value: Any) -> Any:
        """A function under another name, or a constant that is carried."""
        if isinstance(value, gast.Lambda):
            return self._local(name, value)
        found = _dotted(value, self.lookup)
        if isinstance(found, (LocalFunction, Refusal)):
            return found
        if isinstance(found, Value) and (callable(found.value) or type(found.value) in (Namespace, type(np))):
            return found
        try:
            computed = evaluate(value, self.lookup)
            _check_kind(computed)
        except NotConstant as fault:
            return _refusal(name, f"is {fault}, which is not run")
        return Carried(name, computed, None, None, self, statement)

    def _class(self, name: str, binding: Binding) -> Any:
        """Exception classes, as a class of the same name and bases; its text is carried."""
        node = binding.statement
        bases = [_dotted(b, self.lookup) for b in node.bases]
        classes = [b.value for b in bases if isinstance(b, Value) and isinstance(b.value, type)]
        if node.keywords or len(classes) != len(bases) or not all(issubclass(c, BaseException) for c in classes):
            return _refusal(name, "is a class, but no exception of known base classes", "use a tuple or a dict")
        for word, found in uses_of(node, self):
            if not isinstance(found, (Carried, Value)) or isinstance(found, Value) and isinstance(found.value, Namespace):
                return _refusal(name, f"is a class that uses `{word}`", "pass the message where it is raised")
        made = type(name, tuple(classes) or (object,), {})
        if not issubclass(made, BaseException):
            return _refusal(name, "is a class, but no exception", "use a tuple or a dict")
        self.files.classes[made] = Definition(self, node)
        return Value(made, name)

    # -- imports -----------------------------------------------------------------------------------------------

    def _import(self, name: str, binding: Binding) -> Any:
        s, alias = binding.statement, binding.value
        if any(not function for _, function in self.bindings.changes.get(name, ())):
            return _refusal(name, f"is changed at line {self.bindings.changes[name][0][0]}")
        if isinstance(s, gast.Import):
            dotted = alias.name if alias.asname else alias.name.split(".")[0]
            for part in _all_imports(self.bindings, name):
                self._library(part)  # so that `scipy.special` is there as a part of `scipy`
            found = self._module(dotted, 0)
            return Value(found, dotted) if found is not None else self._foreign(name, alias.name)
        holder = self._module(s.module or "", s.level)
        if holder is None:
            below = self._module(f"{s.module or ''}.{alias.name}".strip("."), s.level)
            return Value(below, alias.name) if below is not None else self._foreign(name, s.module or ".")
        text = f"{s.module}.{alias.name}"
        found = member(Value(holder, s.module or ""), alias.name)
        if found is MISSING and not isinstance(holder, Namespace):
            below = self._library(text)
            found = Value(below, text) if below is not None else MISSING
        if found is MISSING:
            return _refusal(name, f"is not found in `{s.module or '.'}`")
        return found

    def _foreign(self, name: str, module: str) -> Refusal:
        return _refusal(name, f"comes from `{module}`, which is neither NumPy, SciPy or math nor a file beside this one",
                        "pass what is needed of it as an argument")  # fmt: skip

    def _module(self, dotted: str, level: int) -> Any:
        """A library module, a file beside this one as a ``Namespace``, or None."""
        found = self._library(dotted) if level == 0 else None
        return found if found is not None else self._find(dotted, level)

    def _find(self, dotted: str, level: int = 1) -> Namespace | None:
        here = os.path.dirname(os.path.abspath(self.path))
        if level:
            for _ in range(level - 1):
                here = os.path.dirname(here)
            return self.files.find([here], dotted)
        top = here
        while os.path.isfile(os.path.join(top, "__init__.py")):
            top = os.path.dirname(top)
        return self.files.find([top, here], dotted)

    def _library(self, dotted: str) -> Any:
        """A module of NumPy, SciPy or the like: what is imported is the library, never a file beside this one."""
        top = dotted.split(".")[0]
        if top not in LIBRARIES and top != OWN:
            return None
        if top not in sys.modules:
            spec = importlib.util.find_spec(top)
            origin = os.path.dirname(os.path.realpath(spec.origin)) if spec and spec.origin else ""
            if spec is None or os.path.dirname(origin) in (os.path.realpath(os.curdir), self._directory()):
                return None
        try:
            return importlib.import_module(dotted)
        except ImportError:
            return None

    def _directory(self) -> str:
        return os.path.dirname(os.path.realpath(self.path))

    def _from_stars(self, name: str) -> Any:
        """What ``from ... import *`` gives; unknown modules might give any name."""
        for s in reversed(self.bindings.stars):
            module = self._module(s.module or "", s.level)
            if module is None:
                return _refusal(name, f"may come from `from {s.module or '.'} import *`, which cannot be followed")
            public = getattr(module, "__all__", None)
            if name.startswith("_") or public is not None and name not in public:
                continue
            found = member(Value(module, s.module or ""), name)
            if found is not MISSING:
                return found
        return MISSING

    def _written_name(self, node: Any) -> str:
        """A decorator by its full name, read off the imports: the module it comes from is not imported."""
        if isinstance(node, gast.Attribute):
            return f"{self._written_name(node.value)}.{node.attr}"
        if not isinstance(node, gast.Name):
            return ""
        binding = self.bindings.names.get(node.id)
        if binding is None or binding.kind != "import":
            return node.id if binding is None else ""
        if isinstance(binding.statement, gast.Import):
            return str(binding.value.name) if binding.value.asname else node.id
        return f"{binding.statement.module}.{binding.value.name}"


# -- expressions ---------------------------------------------------------------------------------------------


def uses_of(node: Any, home: Module) -> Iterator[tuple[str, Any]]:
    """The dotted names that an expression or class reads of its module, with their meanings."""
    for use in names_used(node, home):
        yield gast.unparse(use).strip(), _dotted(use, home.lookup)


def names_used(node: Any, home: Module) -> Iterator[Any]:
    """The nodes of those names; ``np.linalg.LinAlgError`` is one, ``K.shape`` of a constant only ``K``."""
    own = set()
    for inner in gast.walk(node):
        if isinstance(inner, (gast.FunctionDef, gast.ClassDef)):
            own |= assigned_names(inner.body) | ({inner.name} if inner is node else set())
        if isinstance(inner, gast.FunctionDef):
            own |= {a.id for a in gast.walk(inner.args) if isinstance(a, gast.Name) and isinstance(a.ctx, gast.Param)}

    def visit(inner: Any) -> Iterator[Any]:
        if isinstance(inner, (gast.Name, gast.Attribute)) and _dotted(inner, home.lookup) not in (None, MISSING):
            root = inner
            while isinstance(root, gast.Attribute):
                root = root.value
            if root.id not in own and isinstance(root.ctx, gast.Load):
                yield inner
        else:
            for child in gast.iter_child_nodes(inner):
                yield from visit(child)

    if isinstance(node, gast.ClassDef):
        for part in (*node.bases, *node.decorator_list, *node.body):
            yield from visit(part)
    else:
        yield from visit(node)


def _dotted(node: Any, look_up: Any) -> Any:
    """The meaning of a dotted name; None for other expressions."""
    if isinstance(node, gast.Name):
        return look_up(node.id)
    base = _dotted(node.value, look_up) if isinstance(node, gast.Attribute) else None
    return member(base, node.attr) if isinstance(base, Value) else base if isinstance(base, Refusal) else None


def _defaults(args: Any) -> dict[str, Any]:
    """The expressions of a function's defaults, by parameter."""
    positional = [*args.posonlyargs, *args.args]
    pairs = list(zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults, strict=True) if d is not None]
    return {a.id: d for a, d in pairs}


def _is_function(binding: Binding) -> bool:
    return binding.kind == "function" or binding.kind == "constant" and isinstance(binding.value, gast.Lambda)


def _generator(tree: Any) -> str:
    """What hinders calling the function for its value; empty if nothing does."""
    if isinstance(tree, gast.Lambda):
        return ""
    work = list(tree.body)
    while work:
        node = work.pop()
        if isinstance(node, (gast.Yield, gast.YieldFrom)):
            return "a generator"
        if not isinstance(node, (gast.FunctionDef, gast.Lambda, gast.ClassDef, gast.AsyncFunctionDef)):
            work += gast.iter_child_nodes(node)
    return ""


def _all_imports(bindings: Bindings, name: str) -> list[str]:
    """Everything imported under the first name of ``import a.b, a.c``."""
    binding = bindings.names[name]
    return [binding.value.name]


def _check_kind(value: Any) -> None:
    """Refuse values of kinds that the compiler does not handle."""
    if isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            _check_kind(item)
    elif not isinstance(value, (*CLOSED, np.ndarray)):
        raise NotConstant(f"a value of type {type(value).__name__}")


def _refusal(name: str, why: str, help: str = "") -> Refusal:
    return Refusal("AC018", f"`{name}` {why}", help or f"pass `{name}` as an argument")


__all__ = ["Carried", "Definition", "StaticFunction", "StaticLowered", "class_text", "lower_static", "names_used"]
