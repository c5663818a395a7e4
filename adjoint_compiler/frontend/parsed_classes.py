"""Classes of parsed modules: while compiling, a class of the same name and bases stands for each.

class Spring(Part):                    a class `Spring`, whose bases stand for those of the file's
    rate = 2.0                         its constants, evaluated like those of the module
    def force(self, x): ...            its functions, as the trees that calls of them inline

What the file defines is never run. Dataclasses and named tuples are made by Python's own makers, from the names of their fields
and from the values of their defaults; a default factory is inlined where an object is made.
"""

from __future__ import annotations

import abc
import collections
import dataclasses
import types
import typing
from dataclasses import replace
from typing import Any

import gast

from adjoint_compiler.frontend.literals import NotConstant, evaluate
from adjoint_compiler.frontend.parsed_expressions import dotted_meaning, refusal
from adjoint_compiler.frontend.scope import MISSING, PARSED, LocalFunction, Refusal, Scope, Value

PLAIN_BASES = (object, abc.ABC, typing.Generic, typing.Protocol)
OPTIONS = frozenset({"init", "repr", "eq", "order", "unsafe_hash", "frozen", "match_args", "kw_only", "slots"})
HOOKS = frozenset(
    {"__init_subclass__", "__class_getitem__", "__new__", "__getattribute__", "__getattr__", "__setattr__"}
)
ADVICE = "use plain methods, properties and constants, or pass numbers and arrays"


class NotRead(Exception):
    """A class is outside of what is read; the text says why, as the end of the sentence "the name ..."."""


def read_class(home: Any, name: str, node: Any) -> Value | Refusal:
    """What a class statement of a module stands for.

    Args:
        home: the module, as ``parsed_modules.Module``.
        name: the name of the class.
        node: its statement.
    """
    try:
        return Value(_Reader(home, name, node).made(), name)
    except NotRead as fault:
        return refusal(name, str(fault), ADVICE)


class _Reader:
    def __init__(self, home: Any, name: str, node: Any) -> None:
        self.home, self.name, self.node = home, name, node
        self.scope = Scope({}, frozenset(), home.lookup, None, home.source)
        self.members: dict[str, Any] = {}
        self.fields: dict[str, Any] = {}  # annotated names, and the values that they are given

    def made(self) -> type:
        bases, is_tuple = self._bases()
        for s in self.node.body:
            self._statement(s)
        options = self._options()
        if is_tuple:
            made: type = self._named_tuple()
        elif options is not None:
            made = self._dataclass(bases, options)
        else:
            values = {n: v for n, v in self.fields.items() if v is not MISSING}
            made = type(self.name, bases, {**values, **self.members, "__module__": PARSED})
        self.scope.locals["__class__"] = Value(made, self.name)
        return made

    def _bases(self) -> tuple[tuple[type, ...], bool]:
        if any(k.arg != "metaclass" or self._value_of(k.value) is not abc.ABCMeta for k in self.node.keywords):
            raise NotRead("is a class with a metaclass or keywords")
        found = [self._value_of(b.value if isinstance(b, gast.Subscript) else b) for b in self.node.bases]
        if found == [typing.NamedTuple]:
            return (), True
        out = []
        for written, base in zip(self.node.bases, found, strict=True):
            if base in self.home.files.classes:
                out.append(base)
            elif not any(base is plain for plain in PLAIN_BASES):
                raise NotRead(f"inherits from `{gast.unparse(written).strip()}`, which is not read")
        return tuple(out), False

    def _value_of(self, node: Any) -> Any:
        found = dotted_meaning(node, self.home.lookup)
        if isinstance(found, Refusal):
            raise NotRead(f"uses {found.message}")
        return found.value if isinstance(found, Value) else None

    def _options(self) -> dict[str, Any] | None:
        """The options of ``dataclass``; None for a class that is not decorated."""
        options = None
        for decorator in self.node.decorator_list:
            function = decorator.func if isinstance(decorator, gast.Call) else decorator
            if self._value_of(function) is not dataclasses.dataclass:
                raise NotRead(f"is decorated with `{gast.unparse(decorator).strip()}`, which is not run")
            keywords = decorator.keywords if isinstance(decorator, gast.Call) else []
            options = {k.arg: getattr(k.value, "value", None) for k in keywords}
            if not OPTIONS.issuperset(options) or not all(isinstance(v, bool) for v in options.values()):
                raise NotRead(f"is decorated with `{gast.unparse(decorator).strip()}`")
        return options

    # -- the body ------------------------------------------------------------------------------------------------

    def _statement(self, s: Any) -> None:
        if isinstance(s, gast.FunctionDef) and s.name in HOOKS:
            raise NotRead(f"has a `{s.name}` of its own, which is not run")
        if isinstance(s, gast.FunctionDef):
            self.members[s.name] = self._function(s)
        elif isinstance(s, gast.Assign) and all(isinstance(t, gast.Name) for t in s.targets):
            for t in s.targets:
                special = t.id.startswith("__") and getattr(s.value, "id", "") not in self.members
                if not special:
                    self.members[t.id] = self._value(t.id, s.value)
                elif t.id == "__match_args__" and (names := _texts(s.value)) is not None:
                    self.members[t.id] = names
                elif t.id != "__slots__":  # which attributes there are, `__init__` tells
                    raise NotRead(f"binds `{t.id}`, which is not run")
        elif isinstance(s, gast.AnnAssign) and isinstance(s.target, gast.Name):
            self._annotated(s)
        elif not isinstance(s, gast.Pass) and not (isinstance(s, gast.Expr) and isinstance(s.value, gast.Constant)):
            raise NotRead(f"is a class with a statement at line {s.lineno} that is not run")

    def _annotated(self, s: Any) -> None:
        text = gast.unparse(s.annotation).strip().strip("'\"")
        if "InitVar" in text:
            raise NotRead(f"has an `InitVar` at line {s.lineno}")
        if "ClassVar" in text and s.value is not None:
            self.members[s.target.id] = self._value(s.target.id, s.value)
        elif "ClassVar" not in text:
            self.fields[s.target.id] = MISSING if s.value is None else self._value(s.target.id, s.value)

    def _function(self, s: Any) -> Any:
        """A method with what its decorators make of it, the last one first."""
        tree = s
        found: Any = self._local(s.name, tree)
        for decorator in reversed(s.decorator_list):
            known = self._value_of(decorator) if isinstance(decorator, (gast.Name, gast.Attribute)) else None
            if isinstance(decorator, gast.Attribute) and decorator.attr == "setter":
                before = self.members.get(getattr(decorator.value, "id", ""))
                if isinstance(before, property):
                    found = property(before.fget, found)
                    continue
            if known in (staticmethod, classmethod, property):
                found = known(found)
            elif known is not abc.abstractmethod:
                text = gast.unparse(decorator).strip()
                raise NotRead(f"has a method `{s.name}` that is decorated with `{text}`, which is not run")
        return found

    def _local(self, name: str, tree: Any) -> LocalFunction:
        local: LocalFunction = self.home.local(name, tree)
        return replace(local, scope=self.scope)

    def _value(self, name: str, node: Any) -> Any:
        """The value of a class constant, the default of a field, or another name of a method."""
        if isinstance(node, gast.Name) and node.id in self.members:
            return self.members[node.id]
        if isinstance(node, gast.Lambda):
            return self._local(name, node)
        if isinstance(node, gast.Call) and self._value_of(node.func) is dataclasses.field:
            return self._field(node)
        if isinstance(node, (gast.Name, gast.Attribute)):
            found = dotted_meaning(node, self.home.lookup)
            if isinstance(found, LocalFunction):
                return found
            if isinstance(found, Value) and callable(found.value) and not isinstance(found.value, types.FunctionType):
                return found.value
        try:
            value = evaluate(node, self.home.lookup)
        except NotConstant as fault:
            raise NotRead(f"has `{name}`, which is {fault}, which is not run") from None
        if not isinstance(value, (bool, int, float, complex, str, type(None))):
            raise NotRead(
                f"has `{name}`, which is a value of type {type(value).__name__}: bind it outside of the class"
            )
        return value

    def _field(self, node: Any) -> Any:
        given: dict[str, Any] = {}
        for k in node.keywords:
            if k.arg == "default_factory":
                given[k.arg] = (
                    self._local("factory", k.value) if isinstance(k.value, gast.Lambda) else self._value_of(k.value)
                )
                if given[k.arg] is None:
                    raise NotRead(f"has a default factory at line {node.lineno} that is not known")
            elif k.arg == "default":
                given[k.arg] = self._value("default", k.value)
            elif k.arg in ("init", "repr", "compare", "kw_only", "hash") and isinstance(k.value, gast.Constant):
                given[k.arg] = k.value.value
            elif k.arg != "metadata":
                raise NotRead(f"has `field({k.arg}=...)`")
        return dataclasses.field(**given)

    # -- makers --------------------------------------------------------------------------------------------------

    def _named_tuple(self) -> Any:
        defaults = [v for v in self.fields.values() if v is not MISSING]
        if MISSING in list(self.fields.values())[len(self.fields) - len(defaults) :]:
            raise NotRead("is a class that raises TypeError: a field without default follows one with a default")
        try:
            made = collections.namedtuple(self.name, list(self.fields), defaults=defaults)  # type: ignore[misc]
        except (TypeError, ValueError) as fault:
            raise NotRead(f"is a class that raises {type(fault).__name__}: {fault}") from None
        for name, member in {**self.members, "__module__": PARSED}.items():
            setattr(made, name, member)
        return made

    def _dataclass(self, bases: tuple[type, ...], options: dict[str, Any]) -> type:
        values = {n: v for n, v in self.fields.items() if v is not MISSING}
        body = {"__annotations__": dict.fromkeys(self.fields, object), "__module__": PARSED, **values, **self.members}
        options = {k: v for k, v in options.items() if k not in ("slots", "repr", "match_args")}
        try:
            made: type = dataclasses.dataclass(**options)(type(self.name, bases, body))
            return made
        except (TypeError, ValueError) as fault:
            raise NotRead(f"is a class that raises {type(fault).__name__}: {fault}") from None


def _texts(node: Any) -> tuple[str, ...] | None:
    """A tuple of texts that is written out; None for other expressions."""
    items = [getattr(e, "value", None) for e in node.elts] if isinstance(node, gast.Tuple) else [None]
    return tuple(str(i) for i in items) if all(isinstance(i, str) for i in items) else None


__all__ = ["NotRead", "read_class"]
