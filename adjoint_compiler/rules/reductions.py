"""Reductions and running sums and products.

Zeros are exact in ``prod`` and ``cumprod`` (products of the other elements, never ``y / x``). Elements that
tie for an extreme share equally. ``std`` gives zero where it is zero.
"""

from dataclasses import replace

import numpy as np

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import NONE, Type
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype, moved, reduced
from adjoint_compiler.rules.table import cite, structural

_KNOWN = "logical_not(isnan(a))"
_FREEDOM = "count(a, axis, ddof, keepdims, where)"
_DEVIATION = "(a - mean(a, axis=axis, keepdims=True, where=where))"


def _may_be_no_difference(operands: Operands) -> bool:
    order = operands.get("n", Const(1))
    return not isinstance(order, Const) or order.value == 0


_OTHERS = "products_before({0}, axis) * products_before({0}, axis, -1)"


def _of_all(types: Types, operands: Operands) -> dict[str, str] | None:
    """The product of all elements needs no mask."""
    if "where" in operands or "initial" in operands:
        return None
    return {"a": f"spread(g, a, axis, keepdims) * conj({_OTHERS.format('a')})"}


def _averaged(types: Types, operands: Operands) -> Type | None:
    """A mean, complex where the weights are."""
    found, weights = reduced(np.mean)(types, operands), types.get("weights", NONE)
    if found is None or weights.kind == "none":
        return found
    dtype = common_dtype(found, weights)
    return None if dtype is None else replace(found, dtype=str(dtype))


# fmt: off
structural("sum(a, axis=None, dtype=None, *, keepdims=False, initial=0, where=True)", np.sum,
           a="spread(g, a, axis, keepdims, where)", initial="sum(g)", linear="a initial", result=reduced(np.sum))
structural("nansum(a, axis=None, dtype=None, *, keepdims=False)", np.nansum,
           a="where(isnan(a), 0.0, spread(g, a, axis, keepdims))", result=reduced(np.sum))
structural("mean(a, axis=None, dtype=None, *, keepdims=False, where=True)", np.mean,
           a="spread(g / count(a, axis, 0, keepdims, where), a, axis, keepdims, where)", linear="a",
           result=reduced(np.mean))
structural("nanmean(a, axis=None, dtype=None, *, keepdims=False)", np.nanmean, result=reduced(np.mean),
           a="where(isnan(a), 0.0, spread(g / count(a, axis, 0, keepdims, logical_not(isnan(a))), a, axis,"
             " keepdims))")
structural("average(a, axis=None, weights=None, *, keepdims=False)", np.average,
           a="spread(g, a, axis, keepdims) * conj(relative_weights(weights, a, axis))",
           weights="align_weights_adjoint(spread(g, a, axis, keepdims) * conj(a - spread(y, a, axis,"
                   " keepdims)) / conj(sum(align_weights(weights, a, axis), axis=axis, keepdims=True)), weights,"
                   " a, axis)", linear="a", result=_averaged)
structural("prod(a, axis=None, dtype=None, *, keepdims=False, initial=1, where=True)", np.prod,
           a=f"spread(g, a, axis, keepdims, where) * conj(initial * {_OTHERS.format('ones_outside(a, where)')})",
           initial="sum(g * conj(prod(a, axis=axis, keepdims=keepdims, where=where)))", result=reduced(np.prod),
           specialise=_of_all)
_ONES = "where(isnan(a), 1.0, a)"
structural("nanprod(a, axis=None, dtype=None, *, keepdims=False)", np.nanprod, result=reduced(np.prod),
           a="where(isnan(a), 0.0, spread(g, a, axis, keepdims)"
             f" * conj(products_before({_ONES}, axis) * products_before({_ONES}, axis, -1)))")
_TIED = "share_ties(g, a, y, axis, keepdims, where)"
for _extreme, _aliases in (("max", (np.max, np.amax)), ("min", (np.min, np.amin))):
    structural(f"{_extreme}(a, axis=None, *, keepdims=False, initial=None, where=True)", *_aliases,
               a=_TIED, initial=f"sum(g - sum({_TIED}, axis=axis, keepdims=keepdims))", result=reduced(np.max),
               note="elements that tie share equally; the initial value gets what no element gets")
    structural(f"nan{_extreme}(a, axis=None, *, keepdims=False, initial=None)", getattr(np, f"nan{_extreme}"),
               a=f"where(isnan(a), 0.0, {_TIED.replace(', where', '')})", result=reduced(np.max),
               initial=f"sum(g - nansum({_TIED.replace(', where', '')}, axis=axis, keepdims=keepdims))",
               note="elements that tie share equally; the initial value gets what no element gets")
structural("ptp(a, axis=None, *, keepdims=False)", np.ptp,
           a="share_ties(g, a, max(a, axis=axis, keepdims=keepdims), axis, keepdims) - share_ties(g, a,"
             " min(a, axis=axis, keepdims=keepdims), axis, keepdims)", result=reduced(np.max))
_DDOF = "not_differentiated('variances in their ddof')"
structural("var(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True)", np.var, ddof=_DDOF,
           a=f"spread(2 * g / {_FREEDOM}, a, axis, keepdims, where) * {_DEVIATION}",
           result=reduced(np.var))
structural("std(a, axis=None, dtype=None, *, ddof=0, keepdims=False, where=True)", np.std, ddof=_DDOF,
           a=f"spread(divide_or_zero(g, y * {_FREEDOM}), a, axis, keepdims, where) * {_DEVIATION}",
           result=reduced(np.std), note="0 where all elements are equal")
_FROM_MEAN = "where(isnan(a), 0.0, a - nanmean(a, axis=axis, keepdims=True))"
structural("nanvar(a, axis=None, dtype=None, *, ddof=0, keepdims=False)", np.nanvar, result=reduced(np.var), ddof=_DDOF,
           a=f"spread(2 * g / count(a, axis, ddof, keepdims, {_KNOWN}), a, axis, keepdims) * {_FROM_MEAN}")
structural("nanstd(a, axis=None, dtype=None, *, ddof=0, keepdims=False)", np.nanstd, result=reduced(np.std), ddof=_DDOF,
           a=f"spread(divide_or_zero(g, y * count(a, axis, ddof, keepdims, {_KNOWN})), a, axis, keepdims) * {_FROM_MEAN}",
           note="0 where all elements are equal")
for _prefix, _nan in (("", "False"), ("nan", "True")):
    _HOW = f"axis, keepdims, method, 0, {_nan}"
    structural(f"{_prefix}median(a, axis=None, *, keepdims=False)", getattr(np, f"{_prefix}median"), result=reduced(np.mean),
               a=f"quantile_adjoint(g, a, 0.5, axis, keepdims, 'linear', 0, {_nan})", note="equal elements are ordered as by a stable sort")
    structural(f"{_prefix}quantile(a, q, axis=None, *, method='linear', keepdims=False)", getattr(np, f"{_prefix}quantile"),
               a=f"quantile_adjoint(g, a, q, {_HOW})", q=f"leading_sum(g * quantile_of(a, a, q, {_HOW.replace('0', '1')}), q)",
               note="equal elements are ordered as by a stable sort")
    structural(f"{_prefix}percentile(a, q, axis=None, *, method='linear', keepdims=False)", getattr(np, f"{_prefix}percentile"),
               a=f"quantile_adjoint(g, a, divide(q, 100), {_HOW})",
               q=f"leading_sum(g * quantile_of(a, a, divide(q, 100), {_HOW.replace('0', '1')}), q) / 100",
               note="equal elements are ordered as by a stable sort")

structural("cumsum(a, axis=None, dtype=None)", np.cumsum, a="cumsum_adjoint(g, a, axis)", linear="a",
           cases={(1,): {"a": "flip(cumsum(flip(g)))"}})
structural("cumprod(a, axis=None, dtype=None)", np.cumprod,
           a="conj(products_before(a, axis)) * (reshape(g, shape(a))"
             " + carry(reshape(g, shape(a)) * conj(a), conj(a), axis))",
           cases={(1,): {"a": "conj(products_before(a)) * (g + carry(g * conj(a), conj(a)))"}})
structural("nancumsum(a, axis=None, dtype=None)", np.nancumsum, a="where(isnan(a), 0.0, cumsum_adjoint(g, a, axis))")
structural("nancumprod(a, axis=None, dtype=None)", np.nancumprod,
           a=f"where(isnan(a), 0.0, conj(products_before({_ONES}, axis)) * (reshape(g, shape(a))"
             f" + carry(reshape(g, shape(a)) * conj({_ONES}), conj({_ONES}), axis)))")
structural("diff(a, n=1, axis=-1)", np.diff, a="diff_adjoint(g, a, n, axis)", linear="a", result=moved, view="a",
           view_kind="maybe", shares=_may_be_no_difference, note="np.diff(a, 0) is a itself")
structural("trapezoid(f, x=None, dx=1.0, axis=-1)", np.trapezoid,
           f="spread(g, f, axis) * conj(trapezoid_weights(f, x, dx, axis))",
           x="trapezoid_nodes(spread(g, f, axis) * conj(f), f, x, axis)",
           dx="sum(spread(g, f, axis) * conj(f) * spacing_weights(f, x, axis))", linear="f")
cite("Hyndman and Fan, Sample quantiles in statistical packages (1996)", "*quantile", "*percentile", "*median")
cite("Griewank and Walther, Evaluating Derivatives (2008), section 3.2; "
     "products: of the elements before and behind (Speelpenning's product, section 3.3)")
# fmt: on
