"""Rules of the helpers, so that emitted code can be differentiated again.

Every helper is linear in the adjoint ``g_`` that it is given; most come in pairs, each other's adjoint.
"""

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import MAYBE_COMPLEX, STR, UNKNOWN, Type, array_type, is_container, may_be_complex
from adjoint_compiler.rules.shapes import Operands, Types, length, like, listed, rank, split
from adjoint_compiler.rules.table import cite, elementwise, for_reals, inert, structural


def _of_value(types: Types, operands: Operands) -> Type | None:
    """The type of the value; where that is not known, what it is computed from tells whether it may be complex.

    >>> _of_value({"x": Type("complex"), "value": UNKNOWN}, {}) == MAYBE_COMPLEX
    True
    """
    found, x = types.get("value"), types.get("x")
    return MAYBE_COMPLEX if found == UNKNOWN and x is not None and may_be_complex(x) else found


def _summed(types: Types, operands: Operands) -> dict[str, str] | None:
    """Where ranks say that an adjoint has no leading axes, that of ``spread`` is ``np.sum``."""
    m, n, axis = rank(types.get("g_")), rank(types.get("x")), operands.get("axis", Const(None))
    lost = n if axis == Const(None) else length(axis, types.get("axis"))
    if m is None or n is None or lost is None or "keepdims" in operands or m + lost != n:
        return None
    return {"g_": "sum(g, axis=axis, where=where)" if n else "g"}


def _in_containers(types: Types, operands: Operands) -> dict[str, str] | None:
    """Where an adjoint is taken apart that is a list, a tuple or a dict already, no array is made of the parts.

    >>> _in_containers({"g_": Type("list", items=(Type("float"),))}, {})
    {'g_': 'filled(g, arrays)'}
    """
    t = types.get("g_")
    return {"g_": "filled(g, arrays)"} if t is not None and is_container(t) else None


def _h(matrix: str) -> str:
    """The conjugate transpose, as text."""
    return f"conj(swapaxes({matrix}, -1, -2))"


_K, _P = "linalg.inv(tril(y_))", "plus_adjoint(half_triangle(g))"
_LOW, _SYMMETRIC = f"half_triangle({_h('tril(y_)')} @ g)", "plus_adjoint(half_triangle(t_))"
_TURNED = f"half_triangle({_K} @ {_SYMMETRIC} @ {_h(_K)})"

# fmt: off
# -- objects of SciPy, which are constants
inert("sparse_adjoint(a)", runtime.sparse_adjoint, result=lambda types, operands: types.get("a"))
elementwise("spline_value(spline, x, nu=0)", runtime.spline_value, x="spline_value(spline, x, nu + 1)")

# -- broadcasting and guards
structural("unbroadcast(g_, x)", runtime.unbroadcast, g_="unbroadcast(g, g_)", shape_only="x", linear="g_",
           view="g_", view_kind="maybe")
inert("stretched_directions(t, y_)", runtime.stretched_directions, runtime.unbroadcast_directions)
inert("zero_directions(x, count)", runtime.zero_directions, runtime.zeros_of_directions, shape_only="x")
inert("reshaped_directions(t, shape, order='C')", runtime.reshaped_directions)
inert("laid_out_directions(t, x)", runtime.laid_out_directions)
inert("stacked_directions(parts)", runtime.stacked_directions)
inert("one_direction(t, k)", runtime.one_direction)
inert("count_directions(t)", runtime.count_directions, shape_only="t")
structural("stretched(t, y_)", runtime.stretched, t="unbroadcast(g, t)", shape_only="y_", linear="t", view="t",
           view_kind="maybe", result=like("y_", "t"))
structural("spread(g_, x, axis=None, keepdims=False, where=True)", runtime.spread,
           g_="spread_adjoint(g, x, axis, keepdims, where)", shape_only="x", linear="g_", view="g_",
           view_kind="maybe", specialise=_summed)
structural("spread_adjoint(g_, x, axis=None, keepdims=False, where=True)", runtime.spread_adjoint,
           g_="spread(g, x, axis, keepdims, where)", shape_only="x", linear="g_", view="g_",
           view_kind="maybe")
structural("unbroadcast_product(g_, z, x)", runtime.unbroadcast_product,
           g_="unbroadcast(unbroadcast(g, outline(g_, z)) * z, g_)",
           z="unbroadcast(unbroadcast(g, outline(g_, z)) * g_, z)", shape_only="x")
structural("sum_product(x, z)", runtime.sum_product, x="spread(g, x) * unbroadcast(ones_like(x * z) * z, x)",
           z="spread(g, z) * unbroadcast(ones_like(x * z) * x, z)")
structural("valued(x, value)", runtime.valued, x="g", shape_only="x",
           result=_of_value)
elementwise("guarded(g_, c)", runtime.guarded, c="let_through(g_, c)", linear="c",
            tangents={"c": "guarded_tangent(t, g_, c)"})
elementwise("guarded_as(g_, c, p_, checked_)", runtime.guarded_as, c="let_through(g_, c)", linear="c",
            tangents={"c": "guarded_tangent(t, g_, c)"})
elementwise("guarded_tangent(t_, g_, c)", runtime.guarded_tangent, t_="let_through(g_, c)", linear="t_",
            tangents={"t_": "guarded_tangent(t, g_, c)"})
inert("let_through(g_, c)", runtime.let_through)
inert("outline(*arrays)", runtime.outline, shape_only="arrays")
elementwise("quotient_tangent(s, t_, y_, z)", runtime.quotient_tangent, s="divide(1, z)", t_="-y_ * divide(1, z)",
            y_="-t_ * divide(1, z)", z="-y * divide(1, z)", singular="s t_ y_ z", linear="s t_",
            domain={"z": (0.5, 2)})
elementwise("divide_or_zero(x, z)", runtime.divide_or_zero, x="divide_or_zero(1.0, z)",
            z="-divide_or_zero(y, z)", linear="x", domain={"z": (0.5, 2)}, note="0 where z is 0")
inert("not_differentiated(what)", runtime.not_differentiated)

# -- reductions
inert("count(x, axis=None, ddof=0, keepdims=False, where=True)", runtime.count, shape_only="x")
structural("share_ties(g_, x, y_, axis=None, keepdims=False, where=True)", runtime.share_ties,
           g_="share_ties_adjoint(g, x, y_, axis, keepdims, where)", linear="g_", result=like("x", "g_"))
structural("share_ties_adjoint(g_, x, y_, axis=None, keepdims=False, where=True)", runtime.share_ties_adjoint,
           g_="share_ties(g, x, y_, axis, keepdims, where)", linear="g_")
structural("ones_outside(x, mask)", runtime.ones_outside, x="where(mask, g, 0.0)", shape_of="x")
structural("products_before(x, axis=None, step=1)", runtime.products_before,
           x="conj(y) * carry(g, conj(x), axis, step)", result=like("x", "x"))
structural("carry(g_, c, axis=None, step=1)", runtime.carry, g_="carry(g, conj(c), axis, -step)",
           c="conj(y) * carry(g, conj(c), axis, -step)", linear="g_", result=like("c", "g_", "c"))
structural("cumsum_adjoint(g_, x, axis=None)", runtime.cumsum_adjoint, g_="cumsum(g, axis=axis)",
           shape_only="x", linear="g_", result=like("x", "g_"))
structural("diff_adjoint(g_, x, n=1, axis=-1)", runtime.diff_adjoint, g_="diff(g, n, axis)", shape_only="x",
           linear="g_", result=like("x", "g_"))
structural("trapezoid_weights(f, x=None, dx=1.0, axis=-1)", runtime.trapezoid_weights,
           x="trapezoid_nodes(g, f, x, axis)", dx="sum(g * spacing_weights(f, x, axis))", shape_only="f",
           linear="x dx")
inert("spacing_weights(f, x=None, axis=-1)", runtime.spacing_weights, shape_only="f x")
structural("trapezoid_nodes(g_, f, x, axis=-1)", runtime.trapezoid_nodes,
           g_="trapezoid_weights(f, g, axis=axis)", shape_only="f x", linear="g_", result=like("x", "g_"))
structural("align_weights(weights, x, axis=None)", runtime.align_weights,
           weights="align_weights_adjoint(g, weights, x, axis)", shape_only="x", linear="weights",
           view="weights", view_kind="maybe")
structural("align_weights_adjoint(g_, weights, x, axis=None)", runtime.align_weights_adjoint,
           g_="align_weights(g, x, axis)", shape_only="weights x", linear="g_", view="g_", view_kind="maybe")
structural("relative_weights(weights, x, axis=None)", runtime.relative_weights,
           weights="align_weights_adjoint((g - sum(g * conj(y), axis=axis, keepdims=True))"
                   " / conj(sum(align_weights(weights, x, axis), axis=axis, keepdims=True)), weights, x, axis)",
           shape_only="x")
_HOW = "x, q, axis, keepdims, method, {0}, nan"
_MORE = "axis=None, keepdims=False, method='linear', order=0, nan=False"
structural(f"quantile_of(v, x, q, {_MORE})", runtime.quantile_of, v=f"quantile_adjoint(g, {_HOW.format('order')})",
           q=f"leading_sum(g * quantile_of(v, {_HOW.format('order + 1')}), q)", linear="v")
structural(f"quantile_adjoint(g_, x, q, {_MORE})", runtime.quantile_adjoint, g_=f"quantile_of(g, {_HOW.format('order')})",
           q=f"leading_sum(g_ * quantile_of(g, {_HOW.format('order + 1')}), q)", linear="g_", shape_of="x", result=like("x", "g_"))
structural("merge_axes(v, x, axis=None)", runtime.merge_axes, v="split_axes(g, x, axis)", shape_only="x", linear="v")
structural("split_axes(v, x, axis=None)", runtime.split_axes, v="merge_axes(g, x, axis)", shape_only="x", linear="v",
           result=split)
structural("leading_sum(v, q)", runtime.leading_sum, v="leading_spread(g, v)", shape_only="q", linear="v", shape_of="q")
structural("leading_spread(q, v)", runtime.leading_spread, q="leading_sum(g, q)", shape_only="v", linear="q", shape_of="v")

# -- shaping
inert("layout_order(x, order)", runtime.layout_order, result=lambda types, operands: STR, cheap=False)
inert("layout_axes(x)", runtime.layout_axes, cheap=False)
structural("reshape_adjoint(g_, x, y_, order='C')", runtime.reshape_adjoint,
           g_="reshape_like(g, x, g_, order)", shape_only="x y_", linear="g_", view="g_", view_kind="maybe",
           result=like("x", "g_"))
structural("reshape_like(v, x, y_, order='C')", runtime.reshape_like, v="reshape_adjoint(g, x, y_, order)",
           shape_only="x y_", linear="v", view="v", view_kind="maybe", result=like("y_", "v"))
structural("transpose_adjoint(g_, x, axes=None)", runtime.transpose_adjoint, g_="transpose(g, axes)",
           shape_only="x", linear="g_", view="g_", result=like("x", "g_"))
for _name, _forward in (
    ("concatenate_adjoint(g_, arrays, axis=0)", "concatenate(filled(g, arrays), axis)"),
    ("stack_adjoint(g_, arrays, axis=0)", "stack(filled(g, arrays), axis)"),
    ("vstack_adjoint(g_, arrays)", "vstack(filled(g, arrays))"),
    ("hstack_adjoint(g_, arrays)", "hstack(filled(g, arrays))"),
    ("dstack_adjoint(g_, arrays)", "dstack(filled(g, arrays))"),
    ("column_stack_adjoint(g_, arrays)", "column_stack(filled(g, arrays))"),
    ("array_adjoint(g_, arrays)", "array(filled(g, arrays))"),
):
    structural(_name, getattr(runtime, _name.partition("(")[0]), g_=_forward, shape_only="arrays",
               specialise=_in_containers, linear="g_", view="g_", view_kind="maybe", result=listed("arrays", "g_"))
structural("filled(g_, arrays)", runtime.filled, g_="g", shape_only="arrays", linear="g_",
           result=listed("arrays", "g_"))
structural("listed_adjoint(g_, x)", runtime.listed_adjoint, g_="array_adjoint(g, g_)", shape_only="x", linear="g_",
           result=like("x"))
structural("split_adjoint(g_, x, sections, axis=0)", runtime.split_adjoint,
           g_="array_split(g, sections, axis)", shape_only="x", linear="g_", result=like("x"))
structural("hsplit_adjoint(g_, x, sections)", runtime.hsplit_adjoint,
           g_="hsplit(g, sections)", shape_only="x", linear="g_", result=like("x"))
structural("repeat_adjoint(g_, x, repeats, axis=None)", runtime.repeat_adjoint, g_="repeat(g, repeats, axis)",
           shape_only="x", linear="g_", result=like("x", "g_"))
structural("tile_adjoint(g_, x, reps)", runtime.tile_adjoint, g_="tile(g, reps)", shape_only="x", linear="g_",
           result=like("x", "g_"))
structural("pad_adjoint(g_, x, pad_width, mode='constant')", runtime.pad_adjoint,
           g_="pad(g, pad_width, mode)", shape_only="x", linear="g_", view="g_", view_kind="maybe",
           result=like("x", "g_"))
inert("pad_widths(pad_width, n)", runtime.pad_widths, result=lambda types, operands: array_type("int64", 2))
structural("pad_values_adjoint(g_, x, pad_width, values)", runtime.pad_values_adjoint,
           g_="where(pad(ones(shape(x)), pad_width), 0.0, g)", shape_only="x values", linear="g_")
structural("diagonal_adjoint(g_, x, offset=0, axis1=0, axis2=1)", runtime.diagonal_adjoint,
           g_="unbroadcast(diagonal(g, offset, axis1, axis2), g_)", shape_only="x", linear="g_",
           result=like("x", "g_"))
structural("diag_adjoint(g_, x, k=0)", runtime.diag_adjoint, g_="diag(g, k)", shape_only="x", linear="g_",
           view="g_", view_kind="maybe", result=like("x", "g_"))
structural("meshgrid_adjoint(g_, xi, i, indexing='xy')", runtime.meshgrid_adjoint,
           g_="meshgrid_part(g, g_, xi, i, indexing)", shape_only="xi", linear="g_")
structural("meshgrid_part(x, like, xi, i, indexing='xy')", runtime.meshgrid_part,
           x="meshgrid_adjoint(g, xi, i, indexing)", shape_only="like xi", linear="x", view="x",
           view_kind="maybe")

# -- indexing
structural("sort_adjoint(g_, x, axis=-1)", runtime.sort_adjoint, g_="sort_as(g, x, axis)", linear="g_", shape_of="x",
           result=like("x", "g_"))
structural("sort_as(v, x, axis=-1)", runtime.sort_as, v="sort_adjoint(g, x, axis)", linear="v", shape_of="v")
structural("take_adjoint(g_, x, indices, axis=None, mode='raise')", runtime.take_adjoint,
           g_="take(g, indices, axis=axis, mode=mode)", shape_only="x", linear="g_", result=like("x", "g_"))
structural("take_along_axis_adjoint(g_, x, indices, axis=-1)", runtime.take_along_axis_adjoint,
           g_="take_along_axis(g, indices, axis)", shape_only="x", linear="g_", result=like("x", "g_"))
structural("select_adjoint(g_, condlist, choicelist)", runtime.select_adjoint,
           g_="select(condlist, filled(g, choicelist))", shape_only="choicelist", linear="g_",
           result=listed("choicelist", "g_"))
structural("item_adjoint(g_, x, at=None)", runtime.item_adjoint, g_="item_of(g, at)", shape_only="x",
           linear="g_")
structural("item_of(x, at=None)", runtime.item_of, x="item_adjoint(g, x, at)", linear="x")
structural("cast_adjoint(g_, y_)", runtime.cast_adjoint, g_="cast_adjoint(g, y_)", shape_only="y_",
           linear="g_", view="g_", view_kind="maybe")
inert("interp_place(x, xp)", runtime.interp_place)
inert("interp_inside(x, xp)", runtime.interp_inside)
structural("interp_part(x, xp)", runtime.interp_part,
           x="divide_or_zero(g * interp_inside(x, xp), take(interp_steps(xp), interp_place(x, xp)))",
           xp="interp_nodes(divide_or_zero(g * interp_inside(x, xp), take(interp_steps(xp), interp_place(x, xp))), x, xp)")
structural("interp_nodes(g_, x, xp)", runtime.interp_nodes, linear="g_",
           g_="-take(g, interp_place(x, xp)) * (1 - interp_part(x, xp)) - take(g, interp_place(x, xp) + 1) *"
              " interp_part(x, xp)",
           x="divide_or_zero(conj(g_) * (take(g, interp_place(x, xp)) - take(g, interp_place(x, xp) + 1)) *"
             " interp_inside(x, xp), take(interp_steps(xp), interp_place(x, xp)))",
           xp="interp_nodes(divide_or_zero(conj(g_) * (take(g, interp_place(x, xp)) - take(g, interp_place(x, xp) + 1)) *"
              " interp_inside(x, xp), take(interp_steps(xp), interp_place(x, xp))), x, xp)")
structural("interp_steps(v)", runtime.interp_steps, v="interp_steps_adjoint(g, v)", linear="v")
structural("interp_steps_adjoint(g_, v)", runtime.interp_steps_adjoint, g_="interp_steps(g)", shape_only="v", linear="g_", result=like("v", "g_"))
inert("unselected(condlist)", runtime.unselected)
inert("has_stop(stop)", runtime.has_stop)

# -- sums of outer products
structural("outer_sum(lefts, rights, like=0.0)", runtime.outer_sum, lefts="products_with(g, rights)",
           rights="products_with(g.T, lefts)", shape_only="like")
structural("products_with(g_, vectors)", runtime.products_with, g_="outer_sum(g, vectors)",
           vectors="products_with(g_.T, g)", linear="g_")

# -- contractions: a product and its two adjoints are one family
for _product, _forward, _given, _passed in (
    ("matmul", "{} @ {}", "", ""),
    ("dot", "dot({}, {})", "", ""),
    ("inner", "inner({}, {})", "", ""),
    ("kron", "kron({}, {})", "", ""),
    ("tensordot", "tensordot({}, {}, axes)", ", axes=2", ", axes"),
    ("cross", "cross({}, {}, axisa, axisb, axisc, axis)", ", axisa=-1, axisb=-1, axisc=-1, axis=None",
     ", axisa, axisb, axisc, axis"),
):
    _left, _right = f"{_product}_adjoint_left", f"{_product}_adjoint_right"
    structural(f"{_left}(g_, x, z{_given})", getattr(runtime, _left), g_=_forward.format("g", "z"),
               z=f"{_right}(g_, g, z{_passed})", shape_only="x", linear="g_", result=like("x", "g_", "z"))
    structural(f"{_right}(g_, x, z{_given})", getattr(runtime, _right), g_=_forward.format("x", "g"),
               x=f"{_left}(g_, x, g{_passed})", shape_only="z", linear="g_", result=like("z", "g_", "x"))
structural("einsum_adjoint(g_, subscripts, operands, i)", runtime.einsum_adjoint,
           g_="einsum_with(g, subscripts, operands, i)",
           operands="einsum_adjoints(g_, g, subscripts, operands, i)", linear="g_")
structural("einsum_with(v, subscripts, operands, i)", runtime.einsum_with,
           v="einsum_adjoint(g, subscripts, operands, i)",
           operands="einsum_adjoints(g, v, subscripts, operands, i)", linear="v")
_NOT_YET = "not_differentiated('third derivatives of np.einsum with subscripts that are no literal')"
structural("einsum_adjoints(g_, v, subscripts, operands, i)", runtime.einsum_adjoints, g_=_NOT_YET,
           v=_NOT_YET, operands=_NOT_YET)

# -- linear algebra
_SOLVED = "solve_as(conj(swapaxes(a, -1, -2)), g, b)"
structural("as_columns(v, b)", runtime.as_columns, v="reshape(g, v.shape)", shape_only="b", linear="v",
           view="v")
structural("solve_as(a, v, b)", runtime.solve_as, v=f"unbroadcast({_SOLVED}, v)",
           a=f"unbroadcast(-as_columns({_SOLVED}, b) @ conj(swapaxes(as_columns(y, b), -1, -2)), a)",
           shape_only="b", linear="v")
structural("half_triangle(x, uplo='L')", runtime.half_triangle, x="half_triangle(g, uplo)", linear="x")
structural("cholesky_adjoint(g_, y_)", runtime.cholesky_adjoint,
           g_=f"tril(y_) @ half_triangle({_K} @ {_P} @ {_K}.T)",
           y_=f"tril(tril(g_) @ half_triangle({_K} @ {_P} @ {_K}.T).T"
              f" - {_K}.T @ plus_adjoint(half_triangle(tril(y_).T @ tril(g_))) @ {_K} @ {_P} @ {_K}.T)", linear="g_",
           result=like("y_", "g_"))
structural("cholesky_tangent(t_, y_)", runtime.cholesky_tangent, t_=f"half_triangle(plus_adjoint({_h(_K)} @ {_LOW} @ {_K}))",
           y_=f"tril(g @ {_h(_TURNED)} - {_h(_K)} @ plus_adjoint({_LOW}) @ {_K} @ {_SYMMETRIC} @ {_h(_K)})", linear="t_")
structural("plus_adjoint(x)", runtime.plus_adjoint, x="plus_adjoint(g)", linear="x")
structural("inv_or_inf(a)", runtime.inv_or_inf,
           a="-conj(swapaxes(y, -1, -2)) @ g @ conj(swapaxes(y, -1, -2))")
structural("logdet_seed(s, l, sign)", runtime.logdet_seed, s="1j * imag(g) * sign", l="real(g)",
           sign="-1j * imag(g) * s", linear="s l")
structural("frobenius(a, b)", runtime.frobenius, a="g * conj(b)", b="g * conj(a)", linear="a")
structural("cofactors(a)", runtime.cofactors, a="det_hessian(g, conj(a))")
structural("det_hessian(h, a)", runtime.det_hessian, h="det_hessian(g, conj(a))", linear="h",
           a="det_hessian((frobenius(g, conj(cofactors(a))) * conj(h) + frobenius(conj(h),"
             " conj(cofactors(a))) * g - g @ swapaxes(conj(cofactors(a)), -1, -2) @ conj(h) - conj(h) @"
             " swapaxes(conj(cofactors(a)), -1, -2) @ g) / conj(expand_dims(linalg.det(a), (-2, -1))),"
             " conj(a)) - frobenius(g, conj(y)) / conj(expand_dims(linalg.det(a), (-2, -1))) *"
             " conj(cofactors(a))", note="third derivatives of det are those of regular matrices")
inert("largest_of_columns(v)", runtime.largest_of_columns)
inert("edge_of_vectors(v, first)", runtime.edge_of_vectors, shape_only="v")
inert("held_vectors(u, vh, left)", runtime.held_vectors, shape_only="u vh")
inert("matching_order(found, wanted)", runtime.matching_order)
structural("eigenvalue_gaps(w)", runtime.eigenvalue_gaps,
           w="sum(g * conj(y * y), axis=-1) - sum(g * conj(y * y), axis=-2)")
structural("thin_adjoint(g_, s, axis)", runtime.thin_adjoint, g_="widened(g, g_, axis)", shape_only="s", linear="g_")
structural("narrowed(x, like, axis)", runtime.narrowed, x="widened(g, x, axis)", shape_only="like", linear="x")
structural("widened(v, like, axis)", runtime.widened, v="narrowed(g, v, axis)", shape_only="like", linear="v")
_NOT_YET = "not_differentiated('second derivatives of np.linalg.norm with an ord that is not written out')"
structural("norm_slope(x, y_, ord=None, axis=None, keepdims=False)", runtime.norm_slope, x=_NOT_YET,
           y_=_NOT_YET, result=like("x", "x"))
for_reals("*.cholesky_adjoint", "*.outer_sum", "*.products_with", "*.sum_product", "*.unbroadcast_product")  # written for real code only
cite("derivatives of the expressions of the rules that call them")
# fmt: on
