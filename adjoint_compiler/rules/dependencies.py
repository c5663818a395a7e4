"""On which elements of its operands each element of a result may depend.

Of an operation that is not named here every element of the result depends on every element of all operands that have a
pullback: that is never too little. Elementwise operations need no entry: their sets are those of the operands, joined.

Expressions are over ``y`` (the result), the parameters' names for their sets (None where a parameter has none), and
those names with an underscore for the operands themselves.
"""

from __future__ import annotations

from collections.abc import Callable

from adjoint_compiler import runtime
from adjoint_compiler.ir.types import INT, UNKNOWN, Type, is_number
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, function_key, inert, structural

RUNTIME = "adjoint_compiler.runtime."


def sets_type(t: Type) -> Type:
    """The type of the sets of a value: whole numbers in its structure.

    >>> str(sets_type(Type("array", "float64", 2))), str(sets_type(Type("float")))
    ('object[:,:]', 'int')
    """
    if t.kind == "array":
        return Type("array", "object", t.ndim)
    if is_number(t):
        return INT
    if t.kind in ("tuple", "list"):
        return Type(t.kind, items=tuple(map(sets_type, t.items)))
    return UNKNOWN


def _like(param: str) -> Callable[[Types, Operands], Type | None]:
    def result(types: Types, operands: Operands) -> Type | None:
        t = types.get(param)
        return None if t is None else sets_type(t)

    return result


_OF_RESULT = (
    "accumulated_sets", "aliased_sets", "all_sets", "contracted_sets", "differenced_sets", "dotted_sets", "einsum_sets", "gathered_sets",
    "joined_sets", "outer_sets", "spread_sets", "summed_sets", "united_sets",
)  # fmt: skip
for _name in _OF_RESULT:
    structural(f"{_name}(y_, *operands)", getattr(runtime, _name), result=_like("y_"), shape_only="y_",
               **({"view": "operands", "view_kind": "maybe"} if _name == "aliased_sets" else {}))  # type: ignore[arg-type]  # fmt: skip
inert("no_sets(x)", runtime.no_sets, shape_only="x", result=_like("x"))
inert("copied_sets(s, y_)", runtime.copied_sets, result=_like("y_"))
inert("sets_laid_out(s, x)", runtime.sets_laid_out, result=_like("x"))
structural("sets_of_copy(s, y_, x, of_x=0)", runtime.sets_of_copy, view="of_x", view_kind="maybe", result=_like("y_"))
structural("shadow_sets(shadows, x)", runtime.shadow_sets, view="shadows", view_kind="item", result=_like("x"))
structural("sets_as_array(s)", runtime.sets_as_array, view="s", view_kind="maybe")

# what may be done with the sets as with the elements, because it only moves these
MOVED = frozenset(
    "numpy.reshape numpy.ravel numpy.squeeze numpy.expand_dims numpy.atleast_1d numpy.atleast_2d numpy.atleast_3d"
    " numpy.transpose numpy.swapaxes numpy.moveaxis numpy.matrix_transpose numpy.linalg.matrix_transpose"
    " numpy.broadcast_to numpy.concatenate numpy.stack numpy.vstack numpy.hstack numpy.dstack numpy.column_stack"
    " numpy.append numpy.split numpy.array_split numpy.vsplit numpy.hsplit numpy.dsplit numpy.flip numpy.fliplr"
    " numpy.flipud numpy.rot90 numpy.roll numpy.repeat numpy.tile numpy.diagonal numpy.diag numpy.linalg.diagonal"
    " numpy.tril numpy.triu numpy.take numpy.broadcast_arrays numpy.lib.stride_tricks.sliding_window_view"
    " numpy.take_along_axis numpy.compress numpy.extract numpy.delete numpy.rollaxis attribute.T attribute.mT"
    " method.flatten method.item builtins.list builtins.tuple as_sequence".split()
) | {
    function_key(f) for f in (
        runtime.reshape_adjoint, runtime.reshape_like, runtime.transpose_adjoint, runtime.concatenate_adjoint,
        runtime.stack_adjoint, runtime.vstack_adjoint, runtime.hstack_adjoint, runtime.dstack_adjoint,
        runtime.column_stack_adjoint, runtime.array_adjoint,
    )
}  # fmt: skip

# what has the elements of its operand, in their places
ALIASED = {
    "numpy.array": "a", "numpy.copy": "a", "numpy.asarray": "a", "numpy.asanyarray": "a", "numpy.asarray_chkfinite": "a",
    "numpy.require": "a", "numpy.ascontiguousarray": "a", "numpy.asfortranarray": "a",
    "method.copy": "x", "method.astype": "x", "method.conj": "x", "numpy.astype": "x", "numpy.conjugate": "x",
    function_key(runtime.entry_copy): "x", function_key(runtime.entry_copies): "x", function_key(runtime.copied): "x",
    function_key(runtime.laid_out): "t", function_key(runtime.shaped_like): "g_",
    function_key(runtime.valued): "x",
}  # fmt: skip

_REDUCTIONS = "sum nansum mean nanmean average prod nanprod max nanmax min nanmin ptp var nanvar std nanstd median nanmedian".split()
_JOINED = (
    ["numpy.where", "numpy.maximum", "numpy.minimum", "numpy.fmax", "numpy.fmin", "numpy.clip", "numpy.nan_to_num"]
    + ["numpy.heaviside", "numpy.absolute", "builtins.abs", "numpy.sign", "numpy.angle", "numpy.ldexp", "math.ldexp"]
    + ["numpy.full", "numpy.full_like"]
    + [function_key(f) for f in (runtime.larger_share, runtime.smaller_share, runtime.finite_share, runtime.sign_pullback,
                                 runtime.stretched, runtime.as_gradient, runtime.array_gradient, runtime.number_gradient,
                                 runtime.cast_adjoint, runtime.clip_share)]
)  # fmt: skip
DEPENDENCIES: dict[str, str] = {
    **{f"numpy.{n}": "united_sets(y, a, axis)" for n in _REDUCTIONS},
    **{f"numpy.{n}": "accumulated_sets(y, a, axis)" for n in ("cumsum", "cumprod", "nancumsum", "nancumprod")},
    "numpy.diff": "differenced_sets(y, a, n, axis)",
    "numpy.trapezoid": "united_sets(y, f, axis)",
    **{n: "contracted_sets(y, x, z, x_, z_)" for n in ("operator.matmul", "numpy.matmul", "numpy.linalg.matmul")},
    "numpy.dot": "dotted_sets(y, x, z, x_, z_)",
    "numpy.outer": "outer_sets(y, x, z)",
    "numpy.einsum": "einsum_sets(y, subscripts, operands)",
    function_key(runtime.unbroadcast): "summed_sets(y, g_, x_)",
    function_key(runtime.spread): "spread_sets(y, g_, x_, axis, keepdims)",
}  # fmt: skip
JOINED = frozenset(_JOINED)


def check() -> None:
    """Every entry is of an operation of the table."""
    unknown = [n for n in (*ALIASED, *DEPENDENCIES, *JOINED, *MOVED) if n not in TABLE.by_key]
    if unknown:
        raise KeyError(f"dependencies of unknown operations: {sorted(unknown)}")


def is_joined(rule: Rule) -> bool:
    """Whether the sets of the operands are broadcast and joined.

    >>> is_joined(TABLE.by_key["numpy.sin"]), is_joined(TABLE.by_key["numpy.linalg.inv"])
    (True, False)
    """
    return rule.kind == "elementwise" or rule.name in JOINED


cite("Griewank and Walther, Evaluating Derivatives (2008), section 7.1")

__all__ = ["ALIASED", "DEPENDENCIES", "JOINED", "MOVED", "check", "is_joined", "sets_type"]
