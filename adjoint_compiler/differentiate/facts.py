"""What the analyses found of one program, and the names of its adjoints."""

from __future__ import annotations

from dataclasses import dataclass, field

from adjoint_compiler.analysis.aliasing import Aliases
from adjoint_compiler.analysis.shapes import Shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.names import Names, bar
from adjoint_compiler.ir.nodes import (
    Bind,
    Name,
    Operand,
    Pack,
)
from adjoint_compiler.ir.types import UNKNOWN, may_be_complex


@dataclass
class Facts:
    """What the analyses found of one program, and the names of its adjoints."""

    types: Types
    aliases: Aliases
    active: frozenset[str]
    shapes: Shapes
    names: Names
    multi: frozenset[str]
    bars: dict[str, str] = field(default_factory=dict)
    registry: str = ""
    views: dict[str, Bind] = field(default_factory=dict)
    replicated: set[int] = field(default_factory=set)
    homes: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    shadow_homes: dict[str, tuple[int | str, ...]] = field(default_factory=dict)
    internal: bool = False
    lazy: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    beneath: frozenset[str] = frozenset()  # names that are only seen through a guard: products of theirs are guarded
    outlines: dict[str, str] = field(default_factory=dict)
    bare: frozenset[tuple[int | str, ...]] = frozenset()
    recorded: frozenset[str] = frozenset()
    other_names: set[str] = field(default_factory=set)
    reserved: dict[object, str] = field(default_factory=dict)
    given: frozenset[str] = frozenset()  # shadows of containers that a caller passes, which are added to in place
    rebound: frozenset[str] = frozenset()  # real parameters that are complex later
    shown: dict[str, str] = field(default_factory=dict)  # the name whose memory another may show
    faults: list[Diagnostic] = field(default_factory=list)

    def bar(self, name: str) -> str:
        """The name of an adjoint or shadow."""
        if name not in self.bars:
            self.bars[name] = self.names.fresh(bar(name))
            self.types[self.bars[name]] = self.types.get(name, UNKNOWN)
            if name in self.shapes.dims and name not in self.lazy:
                self.shapes.dims[self.bars[name]] = self.shapes.dims[name]
        return self.bars[name]

    def reserve(self, key: object, stem: str) -> str:
        """A fresh name for a purpose; the same one whenever the same purpose comes up again."""
        if key not in self.reserved:
            self.reserved[key] = self.names.fresh(stem)
        return self.reserved[key]

    def is_active(self, o: Operand) -> bool:
        """Whether any name of the operand is active."""
        if isinstance(o, Pack):
            return any(self.is_active(i) for i in o.items)
        return isinstance(o, Name) and o.id in self.active

    def is_real_at_times(self, name: str) -> bool:
        """Whether a name of complex arrays may mean one that is real: in a loop ``y`` begins as zeros."""
        if name in self.rebound or not may_be_complex(self.types.get(name, UNKNOWN)):
            return True
        same = self.aliases.classes.get(name)
        others = (n for n, c in self.aliases.classes.items() if c == same and self.aliases.kind(n) == "buffer")
        return not all(may_be_complex(self.types.get(n, UNKNOWN)) and n not in self.rebound for n in others)

    def shadow_names(self) -> frozenset[str]:
        """Buffers whose shadow is derived at each use."""
        return frozenset(self.views)
