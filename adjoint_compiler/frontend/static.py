"""The frontend of ``emit``: a function of a file to an IR program, without importing or running the file."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import Any

import gast

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.frontend.literals import NotConstant, evaluate
from adjoint_compiler.frontend.lower import Lowered, lower_tree
from adjoint_compiler.frontend.made_functions import changed_by
from adjoint_compiler.frontend.module_bindings import Binding
from adjoint_compiler.frontend.parsed_expressions import defaults_of, delays
from adjoint_compiler.frontend.parsed_modules import IMMUTABLE, Carried, Definition, Files, Module
from adjoint_compiler.frontend.scope import MISSING
from adjoint_compiler.frontend.source import span_of
from adjoint_compiler.ir.nodes import Span
from adjoint_compiler.ir.types import BOOL, STR, Type


@dataclass(frozen=True)
class StaticLowered(Lowered):
    """A program lowered from a file.

    Attributes:
        classes: where the classes among its ``constants`` are written.
    """

    classes: dict[type, Definition] = field(default_factory=dict)


def lower_static(path: str, function_name: str, types: dict[str, Type]) -> StaticLowered:
    """Lower a function of a file, which is parsed, never imported or run.

    Args:
        path: the file.
        function_name: a function that the module defines.
        types: types of parameters; they go before those of annotations.

    Raises:
        DifferentiationError: when there is no such function. What is refused of it, AC018 for module-level names that
            cannot be carried included, are the ``faults`` of what is returned.
    """
    return read_function(path, function_name).lower(types)


def read_function(path: str, name: str) -> StaticFunction:
    """Find a function in a file.

    Raises:
        DifferentiationError: AC006 or AC001 for files that cannot be read, AC012 without such a function,
            AC016 for generators and coroutines.
    """
    home = Files().module(path)
    binding = home.bindings.names.get(name)
    tree = _tree_of(binding)
    if tree is None:
        functions = [n for n, b in home.bindings.names.items() if _tree_of(b) is not None]
        advice = f"it has {', '.join(functions)}" if functions else "it has none at its outermost level"
        why = f": `{name}` {binding.why}" if binding is not None and binding.why else ""
        message = f"{home.display} has no function `{name}`{why}"
        raise DifferentiationError(Diagnostic("AC012", Span(path), message, help=advice))
    problem = delays(tree)
    if problem:
        what = f"`{name}` is {problem}"
        raise DifferentiationError(Diagnostic("AC016", span_of(tree, home.source), what, (), "return the values"))
    for decorator in getattr(tree, "decorator_list", ()):
        if changed_by(Files().module(path).lookup, decorator, tree):
            what = f"`{name}` is what `{gast.unparse(decorator).strip()}` makes of it, which is not read for it"
            advice = "emit the derivative of a function without this decorator, which the other calls"
            raise DifferentiationError(Diagnostic("AC018", span_of(tree, home.source), what, (), advice))
    return StaticFunction(home, tree, name)


def _tree_of(binding: Binding | None) -> Any:
    if binding is not None and binding.kind == "function":
        return binding.statement
    is_lambda = binding is not None and binding.kind == "constant" and isinstance(binding.value, gast.Lambda)
    return binding.value if binding is not None and is_lambda else None


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

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of its parameters, in order."""
        args = self.tree.args
        return tuple(a.id for a in (*args.posonlyargs, *args.args, *args.kwonlyargs))

    def parameter(self, name: str) -> Any:
        """The node of a parameter."""
        args = self.tree.args
        return next(a for a in (*args.posonlyargs, *args.args, *args.kwonlyargs) if a.id == name)

    @property
    def types(self) -> dict[str, Type]:
        """Types that annotations give; a default that is a text or a flag gives its own."""
        args = self.tree.args
        out = {}
        for name, default in defaults_of(args).items():
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
        self.home.files.used.append(self.tree)
        lowered = lower_tree(source, self.home.lookup, self.name, {**self.types, **types}, {}, self.tree)
        known = {f.name: getattr(lowered, f.name) for f in fields(lowered)}
        known["faults"] = (*lowered.faults, *self._changed_constants(lowered))
        known["program"] = replace(lowered.program, name=self.name, defaults=self._default_texts())
        return StaticLowered(**known, classes=self.home.files.classes)

    def _changed_constants(self, lowered: Lowered) -> list[Diagnostic]:
        """What is wrong with constants that hold memory which the rest of their module may change."""
        problems = []
        for free in lowered.free.values():
            if not isinstance(free, Carried) or isinstance(free.value, IMMUTABLE):
                continue
            change = free.home.changed(free.name)
            if change is not None:
                line, function = change
                by = "a statement" if function is None else f"`{function.name}`"
                span = span_of(free.statement, free.home.source)
                message = f"what `{free.name}` holds may be changed by {by} at line {line}, which is not run"
                problems.append(Diagnostic("AC018", span, message, (), f"pass `{free.name}` as an argument"))
        return problems

    def _default_texts(self) -> dict[str, str]:
        """Defaults of the last parameters, as far as they are numbers, texts and flags."""
        out: dict[str, str] = {}
        defaults = defaults_of(self.tree.args)
        for name in reversed(self.parameters):
            try:
                value = evaluate(defaults[name], self.home.lookup) if name in defaults else MISSING
            except NotConstant:
                value = MISSING
            if not isinstance(value, (bool, int, float, str, type(None))):
                break
            finite = not isinstance(value, float) or math.isfinite(value)
            out[name] = repr(value) if finite else repr(value).replace("inf", "np.inf").replace("nan", "np.nan")
        return dict(reversed(out.items()))


__all__ = ["Carried", "Definition", "StaticFunction", "StaticLowered", "lower_static", "read_function"]
