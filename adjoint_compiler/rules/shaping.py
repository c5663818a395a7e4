"""Shapes: reshaping, moving axes, joining, splitting, repeating, padding, diagonals and triangles."""

import numpy as np

from adjoint_compiler.ir.nodes import Const, Pack
from adjoint_compiler.rules import shapes
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types, moved, pieces
from adjoint_compiler.rules.table import cite, present, structural


def reshaped(types: Types, operands: Operands) -> dict[str, str] | None:
    """With an ``order`` that does not depend on the layout, the inverse is a reshape."""
    order, t = operands.get("order", Const("C")), types.get("a")
    if t is None or t.kind != "array" or order not in (Const("C"), Const("F")):
        return None
    return {"a": "reshape(g, a.shape, order=order)"}


def _transposed(types: Types, operands: Operands) -> dict[str, str] | None:
    """Literal axes have a literal inverse."""
    axes = operands.get("axes", Const(None))
    if axes == Const(None):
        return {"a": "g.T"}
    if isinstance(axes, Pack) and all(isinstance(a, Const) for a in axes.items):
        order = [a.value % len(axes.items) for a in axes.items if isinstance(a, Const)]
        inverse = tuple(order.index(k) for k in range(len(order)))
        return {"a": f"transpose(g, {inverse})"}
    return None


def _rolled(types: Types, operands: Operands) -> dict[str, str] | None:
    """A single shift is undone by its negative."""
    t = types.get("shift")
    return {"a": "roll(g, -shift, axis)"} if t is not None and t.kind == "int" else None


def _padded(types: Types, operands: Operands) -> None:
    """Refuses the modes that have no rule."""
    mode = operands.get("mode", Const("constant"))
    if mode not in [Const(m) for m in ("constant", "edge", "reflect", "symmetric", "wrap")]:
        raise RuleError("numpy.pad: supported modes are constant, edge, reflect, symmetric, wrap")


# fmt: off
structural("reshape(a, shape, order='C')", np.reshape, a="reshape_adjoint(g, a, y, order)", view="a",
           view_kind="maybe", linear="a", result=shapes.shaped("shape", of="a"), specialise=reshaped)
structural("ravel(a, order='C')", np.ravel, a="reshape_adjoint(g, a, y, order)", view="a", view_kind="maybe",
           linear="a", specialise=reshaped)
structural("squeeze(a, axis=None)", np.squeeze, a="reshape(g, shape(a))", view="a", linear="a",
           result=shapes.squeezed)
structural("expand_dims(a, axis)", np.expand_dims, a="reshape(g, shape(a))", view="a", linear="a",
           result=shapes.expanded)
for _atleast in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
    structural("atleast(a)", _atleast, a="reshape(g, shape(a))", view="a", linear="a")
structural("transpose(a, axes=None)", np.transpose, a="transpose_adjoint(g, a, axes)", view="a", linear="a",
           result=moved, specialise=_transposed)
structural("swapaxes(a, axis1, axis2)", np.swapaxes, a="swapaxes(g, axis1, axis2)", view="a", linear="a",
           result=moved)
structural("moveaxis(a, source, destination)", np.moveaxis, a="moveaxis(g, destination, source)", view="a",
           linear="a", result=moved)
structural("matrix_transpose(x)", np.matrix_transpose, np.linalg.matrix_transpose, x="swapaxes(g, -1, -2)",
           view="x", linear="x")
structural("broadcast_to(array, shape)", np.broadcast_to, array="unbroadcast(g, array)", view="array",
           linear="array", result=shapes.shaped("shape", of="array"))

structural("concatenate(arrays, axis=0, *, dtype=None, casting='same_kind')", np.concatenate, arrays="concatenate_adjoint(g, arrays, axis)",
           linear="arrays")
structural("stack(arrays, axis=0, *, dtype=None, casting='same_kind')", np.stack, arrays="stack_adjoint(g, arrays, axis)", linear="arrays")
for _stack in (np.vstack, np.hstack, np.dstack, np.column_stack):
    structural("stack(tup)", _stack, tup=f"{_stack.__name__}_adjoint(g, tup)", linear="tup")
structural("row_stack(tup)", *(f for f in present(np, "row_stack") if f is not np.vstack), tup="vstack_adjoint(g, tup)", linear="tup")
structural("append(arr, values, axis=None)", np.append, arr="concatenate_adjoint(g, (arr, values), axis)[0]",
           values="concatenate_adjoint(g, (arr, values), axis)[1]", linear="arr values")
for _split in (np.split, np.array_split):
    structural("split(ary, indices_or_sections, axis=0)", _split,
               ary="split_adjoint(g, ary, indices_or_sections, axis)", view="ary", linear="ary",
               result=pieces(), several=True)
structural("vsplit(ary, indices_or_sections)", np.vsplit, ary="split_adjoint(g, ary, indices_or_sections)",
           view="ary", linear="ary", result=pieces(), several=True)
structural("hsplit(ary, indices_or_sections)", np.hsplit, ary="hsplit_adjoint(g, ary, indices_or_sections)",
           view="ary", linear="ary", result=pieces(), several=True)
structural("dsplit(ary, indices_or_sections)", np.dsplit, ary="split_adjoint(g, ary, indices_or_sections, 2)",
           view="ary", linear="ary", result=pieces(), several=True)

structural("flip(m, axis=None)", np.flip, m="flip(g, axis)", view="m", linear="m", result=moved)
structural("fliplr(m)", np.fliplr, m="fliplr(g)", view="m", linear="m")
structural("flipud(m)", np.flipud, m="flipud(g)", view="m", linear="m")
structural("rot90(m, k=1, axes=(0, 1))", np.rot90, m="rot90(g, -k, axes)", view="m", linear="m", result=moved)
structural("roll(a, shift, axis=None)", np.roll, a="roll(g, negative(shift), axis)", linear="a", result=moved,
           specialise=_rolled)
structural("repeat(a, repeats, axis=None)", np.repeat, a="repeat_adjoint(g, a, repeats, axis)", linear="a",
           result=shapes.repeated)
structural("tile(A, reps)", np.tile, A="tile_adjoint(g, A, reps)", linear="A", result=shapes.tiled)
structural("pad(array, pad_width, mode='constant', *, constant_values=0)", np.pad,
           array="pad_adjoint(g, array, pad_width, mode)",
           constant_values="pad_values_adjoint(g, array, pad_width, constant_values)",
           linear="array constant_values", result=moved, specialise=_padded)

structural("diagonal(a, offset=0, axis1=0, axis2=1)", np.diagonal,
           a="diagonal_adjoint(g, a, offset, axis1, axis2)", view="a", view_kind="maybe", linear="a",
           note="a view that cannot be stored into")
structural("diag(v, k=0)", np.diag, v="diag_adjoint(g, v, k)", view="v", view_kind="maybe", linear="v",
           cases={(1,): {"v": "diag(g, k)"}})
structural("trace(a, offset=0, axis1=0, axis2=1, dtype=None)", np.trace,
           a="diagonal_adjoint(expand_dims(g, -1), a, offset, axis1, axis2)", linear="a")
structural("diagonal(x, *, offset=0)", np.linalg.diagonal, x="diagonal_adjoint(g, x, offset, -2, -1)",
           view="x", view_kind="maybe", linear="x")
structural("trace(x, *, offset=0)", np.linalg.trace, linear="x",
           x="diagonal_adjoint(expand_dims(g, -1), x, offset, -2, -1)")
for _half in (np.tril, np.triu):
    _text = f"{_half.__name__}(g, k)"
    structural("triangle(m, k=0)", _half, m=f"unbroadcast({_text}, m)", linear="m", result=shapes.triangle,
               cases={(n,): {"m": _text} for n in range(2, 6)}, note="a vector is repeated as rows")
cite("transposes of the linear maps that the functions are")
# fmt: on
