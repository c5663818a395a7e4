"""Objects where numbers or sequences are wanted: what no method of their class gives is refused.

for v in thing: ...        `__iter__` is not followed; Python would ask the object, without a derivative
"""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.ir.nodes import Bind, Program, Return, Statement
from adjoint_compiler.ir.operands import is_field
from adjoint_compiler.ir.types import Type, is_container, is_object

READING = ("index", "builtins.list", "builtins.tuple", "as_sequence")  # operations that read the items of a container
KEEPING = (
    "copy",
    "field",
    "attribute",
    "method",
    *READING,
)  # operations that leave the objects in a container as they are
IDENTITY = ("operator.is_", "operator.is_not")
WRITING = ("format", "builtins.str", "builtins.repr", "builtins.print", "builtins.format", "builtins.ascii")
JOINING = ("operator.add", "operator.mul")


def object_asked(s: Bind, types: Types) -> Diagnostic | None:
    """The refusal of an operation that wants numbers or items of an object; None for all others.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> class Point: pass
    >>> types = {"p": Type("record", cls=Point)}
    >>> object_asked(Bind("t", "numpy.sin", (Name("p"),)), types).message
    'an object of class `Point` is used as a number or a sequence'
    """
    rule = rules.TABLE.by_key.get(s.op)
    if s.op not in (*KEEPING, *IDENTITY):
        for t in (operand_type(o, types) for o in s.operands):
            deep = s.op in WRITING or (s.op == "operator.contains" and t.kind in ("list", "tuple"))
            found = stand_in_in(t) if deep or is_object(t) else None
            if found is not None:
                return used_as_a_whole(found, s)
    if s.op.startswith(("adjoint_compiler.", "custom.")) or (rule is not None and rule.kind == "inert"):
        return None
    reads_items = s.op in READING and not is_field(s.args[-1])
    for o in s.operands:
        t = operand_type(o, types)
        if is_object(t) and (reads_items or s.op not in (*KEEPING, "format")):
            return not_a_sequence(t, s)
        held = next((i for i in t.items if is_object(i)), None) if t.kind in ("list", "tuple") else None
        if held is not None and s.op not in (*KEEPING, *JOINING):
            return not_a_sequence(held, s)
    return None


def stand_in_in(t: Type) -> Type | None:
    """The type of an object that stands for one of a library's class, where a value is one or holds one; else None."""
    if is_object(t) and getattr(t.cls, "__module__", "").startswith("adjoint_compiler.library."):
        return t
    parts = (*t.items, *((t.cls,) if isinstance(t.cls, Type) else ())) if is_container(t) else ()
    return next((found for i in parts if (found := stand_in_in(i)) is not None), None)


def used_as_a_whole(t: Type, s: Statement) -> Diagnostic:
    """The refusal of a statement that would see which object it is."""
    message = f"an object of class `{t}` is used as a whole"
    return Diagnostic("AC001", s.span, message, (), "make a list or dict of it, or use its methods")


def not_a_sequence(t: Type, s: Statement) -> Diagnostic:
    """The refusal of a statement that uses an object of type ``t`` so."""
    message = f"an object of class `{t}` is used as a number or a sequence"
    return Diagnostic("AC001", s.span, message, (), "use its attributes, or methods of its class")


def stand_in_returned(program: Program, types: Types) -> Diagnostic | None:
    """The refusal of a program that returns an object of a library's class: a definition stands for it inside of the program only."""
    last = program.body[-1] if program.body else None
    if not isinstance(last, Return):
        return None
    found = stand_in_in(operand_type(last.value, types))
    if found is not None:
        message = f"an object of class `{found}` that the program makes is not returned"
        return Diagnostic("AC001", last.span, message, (), "return what it gives, or make it outside")
    return None


__all__ = ["not_a_sequence", "object_asked", "stand_in_returned"]
