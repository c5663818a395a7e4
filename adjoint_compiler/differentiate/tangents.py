"""The tangents of names: ``x_dot`` of ``x``, in memory that is laid out and shared as that of ``x`` is.

The tangent of a number is a number, of an array an array of its shape, of a tuple or list one of tangents, of an
object a dict of tangents by attribute. What has no derivative has zeros, or None where it is no number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from adjoint_compiler.analysis.aliasing import Aliases
from adjoint_compiler.analysis.shapes import Shapes
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.differentiate.builder import HELPER, Builder
from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Pack, Span, Statement, Update
from adjoint_compiler.ir.operands import NONE, names_in
from adjoint_compiler.ir.types import UNKNOWN, Type, is_number, may_be_complex

ZERO = Const(0.0)


@dataclass(frozen=True)
class ForwardCall:
    """How the forward mode of a recursive function is called: after its own arguments with tangents of some.

    Attributes:
        dots: the parameters that have tangents.
        result: whether the result has one, which is then returned after it.
    """

    dots: tuple[int, ...] = ()
    result: bool = False


@dataclass(frozen=True)
class Companion:
    """What forward mode computes beside each variable: its tangent, or the inputs it depends on.

    Attributes:
        suffix: of the generated function's name.
        stem: the last part of the names of these variables.
        zero: that of what has none, as an operand.
        nothing: that of a number that has none.
        operation: writes that of an operation's result.
        in_own_memory: gives it memory as the result has.
        type_of: its type, given that of the variable.
        as_array: the operation that makes an array of a number's.
        laid_out: the operation that lays it out in memory as its variable is.
        finished: the operation that gives it the structure of a result; None: it has that.
        update: writes that of an update; None: the update itself, of its variable.
        custom: writes that of a call with a rule of the user's; None: what the rule says.
    """

    suffix: str
    stem: str
    zero: Callable[[Operand, Builder], Operand]
    nothing: Const
    operation: Callable[[Bind, Name, Builder, Tangents], Operand]
    in_own_memory: Callable[[Operand, Bind, Name, Builder, Tangents], Operand]
    type_of: Callable[[Type], Type]
    as_array: str
    laid_out: str
    finished: str | None = None
    update: Callable[[Update, Operand | None, Builder, Tangents], list[Statement]] | None = None
    custom: Callable[[Bind, Builder, Tangents], list[Statement]] | None = None


@dataclass
class Tangents:
    """What the analyses found of one program, and the names of its tangents.

    ``replaced`` are results of ``fwd`` functions that only values with tangents read: their ``jvp`` gives both.
    """

    types: Types
    aliases: Aliases
    active: frozenset[str]
    shapes: Shapes
    names: Names
    how: Companion
    dots: dict[str, str] = field(default_factory=dict)
    reshaped: frozenset[str] = frozenset()
    replaced: frozenset[str] = frozenset()
    calls: dict[str, ForwardCall] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def dot(self, name: str) -> str:
        """The name of a tangent."""
        if name not in self.dots:
            self.dots[name] = new = self.names.fresh(f"{name}_{self.how.stem}")
            self.types[new] = self.how.type_of(self.types.get(name, UNKNOWN))
            if name in self.shapes.dims:
                self.shapes.dims[new] = self.shapes.dims[name]
        return self.dots[name]

    def is_active(self, o: Operand) -> bool:
        """Whether any name of the operand has a tangent."""
        return any(n in self.active for n in names_in(o))

    def is_stored(self, o: Operand) -> bool:
        """Whether what a name of the operand means is stored into somewhere."""
        return any(self.aliases.stored & set(self.aliases.levels(n)) for n in names_in(o))

    def builder(self, span: Span) -> Builder:
        """A builder of tangent statements."""
        return Builder(self.names, self.types, self.shapes, span)


def zero_of(o: Operand, b: Builder) -> Operand:
    """A tangent of zero for an operand."""
    t = b.type(o)
    if is_number(t):
        return Const(0j) if may_be_complex(t) else ZERO
    if isinstance(o, Const) or t.kind in ("str", "none", "function", "module", "object"):
        return NONE
    if t.kind == "array" and t.dtype.startswith(("float", "complex")):
        return b.bind("numpy.zeros_like", o)
    return b.bind(HELPER["zero_tangent"], o)


def tangent(o: Operand, b: Builder, f: Tangents) -> Operand:
    """The tangent of an operand; of a tuple written out, the tangents written out."""
    if isinstance(o, Name):
        return Name(f.dot(o.id)) if o.id in f.active else f.how.zero(o, b)
    if isinstance(o, Const):
        return f.how.zero(o, b)
    items = tuple(tangent(i, b, f) for i in o.items)
    if o.kind == "record" and o.cls is not None:
        if issubclass(o.cls.value, tuple):
            return Pack("tuple", items)
        return Pack("dict", items, o.keys)
    return Pack(o.kind, items, o.keys)


__all__ = ["ZERO", "Companion", "ForwardCall", "Tangents", "tangent", "zero_of"]
