"""Orders that hang on how an array lies in memory are read in the forward sweep, and are plain orders then.

    v = np.ravel(a, order="A")      ->      v = np.ravel(a, order=layout_order(a, "A"))
    v = np.ravel(a, order="K")      ->      v = np.ravel(np.transpose(a, layout_axes(a)))
    v = as_strided(a, (3, 2), s)    ->      v = strided(a, strided_places(a, (3, 2), s), (3, 2), s)

A copy of the array, of which the reverse sweep might read it, may lie in another way.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.ir.names import Names
from adjoint_compiler.ir.nodes import Bind, Const, Name, Operand, Program, Statement
from adjoint_compiler.optimize.rename import map_statements
from adjoint_compiler.rules.table import function_key
from adjoint_compiler.runtime import layout_axes, layout_order, strided, strided_places

READING = ("numpy.ravel", "numpy.reshape", "method.flatten")


def read_layouts(program: Program) -> Program:
    """Replace such orders (see the module's text).

    >>> flat = Bind("v", "numpy.ravel", (Name("a"),), (("order", Const("K")),))
    >>> [s.op for s in read_layouts(Program("f", ("a",), (flat,))).body][1:]
    ['numpy.transpose', 'numpy.ravel']
    """
    if not any(_order(s) or _is_strided(s) for s in program.statements):
        return program
    names = Names(program.mentioned)
    temporaries = set(program.temporaries)

    def bind(s: Bind, stem: str, op: str, *args: Operand, **kwargs: Operand) -> Bind:
        temporaries.add(target := names.fresh(stem))
        return Bind(target, op, args, tuple(kwargs.items()), s.span)

    def change(s: Statement) -> list[Statement]:
        if isinstance(s, Bind) and _is_strided(s):
            how = {k: v for k, v in s.kwargs if k != "writeable"}
            shown = bind(s, "places", function_key(strided_places), s.args[0], **how)
            return [shown, replace(s, op=function_key(strided), args=(s.args[0], Name(shown.target)))]
        order = _order(s)
        if order is None or not isinstance(s, Bind):
            return [s]
        rest = tuple((k, v) for k, v in s.kwargs if k != "order")
        if order != Const("K"):
            known = bind(s, "order", function_key(layout_order), s.args[0], order)
            return [known, replace(s, kwargs=(*rest, ("order", Name(known.target))))]
        axes = bind(s, "axes", function_key(layout_axes), s.args[0])
        turned = bind(s, "t", "numpy.transpose", s.args[0], axes=Name(axes.target))
        return [axes, turned, replace(s, args=(Name(turned.target), *s.args[1:]), kwargs=rest)]

    return replace(map_statements(program, change), temporaries=frozenset(temporaries))


def _is_strided(s: Statement) -> bool:
    return isinstance(s, Bind) and s.op == "numpy.lib.stride_tricks.as_strided" and isinstance(s.args[0], Name)


def _order(s: Statement) -> Operand | None:
    """The order that a statement reads off its array; None for all others."""
    if not isinstance(s, Bind) or s.op not in READING or s.args[:1] and not isinstance(s.args[0], Name):
        return None
    order = dict(s.kwargs).get("order", Const("C"))
    known = isinstance(order, Const) and order.value in ("C", "F")
    return None if known else order


__all__ = ["read_layouts"]
