"""Draws that reorder an array, or pick from it: the order is drawn, and the array indexed by it.

    y = rng.permutation(x)      ->      order = rng.permutation(len(x)); y = x[order]
    rng.shuffle(x)              ->      order = rng.permutation(len(x)); x[...] = x[order]

NumPy draws the same numbers for both forms, so the generator ends in the same state.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.diagnostics import Diagnostic
from adjoint_compiler.frontend.join_sequences import Fresh, operation
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Statement, Store
from adjoint_compiler.ir.types import Type, is_discrete
from adjoint_compiler.rules.draws import GENERATORS

NAMES = ("permutation", "permuted", "shuffle", "choice")
ORDER = "draw an order, and index with it: a[rng.permutation(len(a))]"


def drawn_order(s: Bind, types: Types, faults: list[Diagnostic], fresh: Fresh) -> list[Statement] | None:
    """The statements of such a draw; None for other statements, and for draws that need no array."""
    found = _asked(s, types)
    if found is None:
        return None
    name, given = found
    arguments = dict(zip(PARAMETERS[name], given[0])) | given[1]
    x = arguments.pop("a" if name == "choice" else "x", Const(None))
    t = operand_type(x, types)
    if name == "shuffle" and not (isinstance(x, Name) and t.kind == "array"):
        message = f"`shuffle` of a value of type {t} is not differentiated"
        faults.append(Diagnostic("AC019", s.span, message, (), ORDER))
        return [s]
    if not _holds_numbers(t) or (is_discrete(t) and name != "shuffle"):
        return None
    out: list[Statement] = []

    def made(op: str, *args: Operand) -> Name:
        return operation(op, *args, span=s.span, fresh=fresh, out=out)

    def draw(method: str, *args: Operand, **kwargs: Operand) -> Name:
        target = fresh("order", True)
        first, op = ((s.args[0],), f"method.{method}") if s.op == "method" else ((), f"numpy.random.{method}")
        out.append(Bind(target, op, (*first, *args), tuple(kwargs.items()), s.span))
        return Name(target)

    if t.kind != "array":
        x = made("numpy.asarray", x)
    if name == "permuted":
        if arguments.get("out", Const(None)) != Const(None):
            faults.append(Diagnostic("AC009", s.span, "keyword `out` of `permuted` is not differentiated", (), ORDER))
            return [s]
        places = made("numpy.reshape", made("numpy.arange", made("attribute.size", x)), made("attribute.shape", x))
        order = draw("permuted", places, axis=arguments.get("axis", Const(None)))
        return [*out, Bind(s.target, "numpy.take", (x, order), (), s.span)]
    axis = arguments.pop("axis", Const(0))
    n = made("builtins.len", x) if axis == Const(0) else made("index", made("attribute.shape", x), axis)
    order = draw("choice", n, **arguments) if name == "choice" else draw("permutation", n)
    take = Bind(s.target, "index", (x, order), (), s.span)
    if axis != Const(0):
        take = Bind(s.target, "numpy.take", (x, order), (("axis", axis),), s.span)
    if name != "shuffle":
        return [*out, take]
    result = fresh("t", True)
    assert isinstance(x, Name)
    return [
        *out, replace(take, target=result), Store(x.id, Const(Ellipsis), Name(result), s.span),
        Bind(s.target, "copy", (Const(None),), (), s.span),
    ]  # fmt: skip


PARAMETERS = {
    "permutation": ("x", "axis"), "permuted": ("x",), "shuffle": ("x", "axis"),
    "choice": ("a", "size", "replace", "p", "axis", "shuffle"),
}  # fmt: skip
Given = tuple[tuple[Operand, ...], dict[str, Operand]]


def _asked(s: Bind, types: Types) -> tuple[str, Given] | None:
    """The name of the function that is called, and the arguments; None where it is none of these draws."""
    if s.op.startswith("numpy.random.") and s.op[len("numpy.random.") :] in NAMES:
        return s.op[len("numpy.random.") :], (s.args, dict(s.kwargs))
    if s.op != "method" or not isinstance(s.args[1], Const) or s.args[1].value not in NAMES:
        return None
    t = operand_type(s.args[0], types)
    if t.kind != "object" or not isinstance(t.cls, type) or not issubclass(t.cls, GENERATORS):
        return None
    return str(s.args[1].value), (s.args[2:], dict(s.kwargs))


def _holds_numbers(t: Type) -> bool:
    """An array, or a list or tuple of numbers."""
    return t.kind == "array" or (t.kind in ("list", "tuple") and all(i.kind not in ("list", "tuple") for i in t.items))


__all__ = ["drawn_order"]
