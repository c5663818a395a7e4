"""What the classes of objects define: methods, properties and constants, found as Python finds them.

class Spring(Part):
    rate = 2.0                            constant, read at every call as Python does
    def force(self, x): ...               method
    @property
    def length(self): ...                 property
    @staticmethod / @classmethod          functions
"""

from __future__ import annotations

import functools
import types
from dataclasses import dataclass
from typing import Any

from adjoint_compiler.frontend.scope import MISSING, PARSED, Free, LocalFunction, Value, Watch, classify


class Building(Value):
    """An object while its ``__init__`` runs: its attributes are variables of their own.

    Attributes:
        cls: its class.
        attributes: what each attribute means so far, in order.
        depth: how many blocks there are around the call that makes it.
    """

    def __init__(self, cls: type, depth: int = 0) -> None:
        super().__init__(self, cls.__name__)
        object.__setattr__(self, "cls", cls)
        object.__setattr__(self, "depth", depth)
        object.__setattr__(self, "attributes", {})

    cls: type
    attributes: dict[str, Any]
    depth: int

    __eq__ = object.__eq__
    __hash__ = object.__hash__


@dataclass(frozen=True)
class Member:
    """What a class has under a name.

    Attributes:
        kind: ``method``, ``static``, ``class``, ``property``, ``constant``, or ``other`` for descriptors of other kinds.
        value: the function, or the meaning of a constant.
        owner: the class that defines it.
        setter: the function that a property is set by.
        watch: what the name meant when it was compiled.
    """

    kind: str
    value: Any
    owner: type
    setter: Any = None
    watch: Watch | None = None


def member_of(cls: type, name: str, after: type | None = None) -> Member | None:
    """What instances of a class find under a name, apart from attributes of their own; None if there is nothing.

    ``after`` looks only at the classes that follow it in the method resolution order, as ``super`` does.

    >>> class Spring:
    ...     rate = 2.0
    ...     def force(self, x): return self.rate * x
    >>> member_of(Spring, "force").kind, member_of(Spring, "rate").kind, member_of(Spring, "length")
    ('method', 'constant', None)
    """
    order = list(cls.__mro__)
    for owner in order[order.index(after) + 1 :] if after is not None else order:
        if name in vars(owner) and owner is not object:
            return _member(owner, name, vars(owner)[name])
    return None


def _member(owner: type, name: str, found: Any) -> Member:
    watch = Watch(owner, name, found, lambda: vars(owner).get(name, MISSING))
    if isinstance(found, staticmethod):
        return Member("static", found.__func__, owner, watch=watch)
    if isinstance(found, classmethod):
        return Member("class", found.__func__, owner, watch=watch)
    if isinstance(found, property):
        return Member("property", found.fget, owner, found.fset, watch)
    if isinstance(found, (types.FunctionType, LocalFunction)):
        return Member("method", found, owner, watch=watch)
    if isinstance(found, types.MemberDescriptorType):  # an entry of __slots__: an attribute of the object itself
        return Member("slot", None, owner)
    if isinstance(found, functools.cached_property) or hasattr(type(found), "__get__"):
        return Member("other", found, owner)
    if owner.__module__ == PARSED and not callable(found):
        return Member("constant", Value(found, ""), owner)
    text = f"{owner.__name__}.{name}"
    meaning = classify(text, found, Free(text.replace(".", "_"), found, lambda: getattr(owner, name)), watch)
    return Member("constant", meaning, owner, watch=watch)


__all__ = ["Building", "Member", "member_of"]
