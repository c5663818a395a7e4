"""Products and contractions. Where ranks are known the adjoint is the product that one writes by hand."""

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const, Pack
from adjoint_compiler.ir.types import STR, Type, is_sparse
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types, rank
from adjoint_compiler.rules.table import cite, present, structural
from adjoint_compiler.runtime.contractions import einsum_plan

_PRODUCTS: dict[tuple[int, ...], dict[str, str]] = {
    (2, 2): {"x": "g @ conj(z).T", "z": "conj(x).T @ g"},
    (2, 1): {"x": "outer(g, conj(z))", "z": "conj(x).T @ g"},
    (1, 2): {"x": "conj(z) @ g", "z": "outer(conj(x), g)"},
    (1, 1): {"x": "g * conj(z)", "z": "g * conj(x)"},
}
_SCALARS: dict[tuple[int, ...], dict[str, str]] = {(0, 0): {"x": "g * conj(z)", "z": "g * conj(x)"}}


def _check_subscripts(types: Types, operands: Operands) -> None:
    """Refuses what is no string in their place: an array would have no derivative there."""
    if types.get("subscripts", STR).kind not in ("str", "unknown"):
        raise RuleError("numpy.einsum: the subscripts must be one string, as in np.einsum('ij,jk->ik', a, b)")


def _contracted(types: Types, operands: Operands) -> dict[str, str] | None:
    """The adjoints as calls of ``np.einsum``, for literal subscripts (and known ranks, with an ellipsis)."""
    subscripts, arrays = operands.get("subscripts"), operands.get("operands")
    _check_subscripts(types, operands)
    if not isinstance(subscripts, Const) or not isinstance(arrays, Pack):
        return None
    named, given = subscripts.value.partition("->")[0].count(",") + 1, len(arrays.items)
    if named != given:
        raise RuleError(f"numpy.einsum: the subscripts are for {named} operands, not {given}; pass one array for each")
    ranks = [rank(t) for t in types.get("operands", Type("tuple")).items]
    if "..." in subscripts.value and (len(ranks) != len(arrays.items) or None in ranks):
        return None
    count = len(arrays.items)
    ranks = ranks or [0] * count
    return {f"operands[{k}]": _adjoint_text(subscripts.value, ranks, k, count) for k in range(count)}


def _adjoint_text(subscripts: str, ranks: list[int | None], k: int, count: int) -> str:
    inputs, target, ones, units = einsum_plan(subscripts, ranks, k)
    arrays = ["g", *(f"conj(operands[{i}])" for i in range(count) if i != k)]
    arrays += [f"ones(operands[{k}].shape[{p}])" for p in ones]
    arrays += [f"eye(operands[{k}].shape[{p}])" for p in units]
    text = f"einsum('{','.join(inputs)}->{target}', {', '.join(arrays)}, optimize=optimize)"
    return f"unbroadcast({text}, operands[{k}])"


def _rearranged(operands: Operands) -> bool:
    """Whether ``np.einsum`` may give a view: of one array, of which no axis is summed."""
    if isinstance(operands.get("operands"), Pack):
        return False
    subscripts = operands.get("subscripts")
    if not isinstance(subscripts, Const) or not isinstance(subscripts.value, str):
        return True
    source, arrow, target = subscripts.value.replace(" ", "").partition("->")
    return set(source) == set(target) if arrow else len(set(source) - {"."}) == len(source.replace(".", ""))


def _with_sparse(types: Types, operands: Operands) -> dict[str, str] | None:
    """A sparse factor is a constant, and has a transpose of its own kind."""
    if is_sparse(types.get("x")):
        return {"z": "sparse_adjoint(x) @ g"}
    return {"x": "g @ sparse_adjoint(z)"} if is_sparse(types.get("z")) else None


# fmt: off
for _function in ("operator.matmul", np.matmul, np.linalg.matmul):
    structural("matmul(x, z)", _function, x="matmul_adjoint_left(g, x, z)", z="matmul_adjoint_right(g, x, z)",
               linear="x", bilinear="x z", cases=_PRODUCTS, specialise=_with_sparse)
structural("dot(x, z)", np.dot, x="dot_adjoint_left(g, x, z)", z="dot_adjoint_right(g, x, z)", linear="x", bilinear="x z",
           cases={**_PRODUCTS, **_SCALARS})
structural("inner(x, z)", np.inner, x="inner_adjoint_left(g, x, z)", z="inner_adjoint_right(g, x, z)",
           linear="x", bilinear="x z",
           cases={(2, 2): {"x": "g @ conj(z)", "z": "g.T @ conj(x)"}, (1, 1): _PRODUCTS[1, 1], **_SCALARS})
structural("vdot(x, z)", np.vdot, x="reshape(conj(g) * z, shape(x))", z="reshape(g * x, shape(z))",
           linear="z", bilinear="x z", cases={(1, 1): {"x": "conj(g) * z", "z": "g * x"}})
structural("outer(x, z)", np.outer, x="reshape(g @ ravel(conj(z)), shape(x))",
           z="reshape(ravel(conj(x)) @ g, shape(z))", linear="x", bilinear="x z",
           cases={(1, 1): {"x": "g @ conj(z)", "z": "conj(x) @ g"}},
           together={(1, 1): "outer_sum((x_dot, x), (z, z_dot))"})
structural("tensordot(a, b, axes=2)", np.tensordot, a="tensordot_adjoint_left(g, a, b, axes)",
           b="tensordot_adjoint_right(g, a, b, axes)", linear="a", bilinear="a b")
structural("tensordot(a, b, *, axes=2)", np.linalg.tensordot, a="tensordot_adjoint_left(g, a, b, axes)",
           b="tensordot_adjoint_right(g, a, b, axes)", linear="a", bilinear="a b")
for _function in (np.vecdot, np.linalg.vecdot):
    structural("vecdot(x, z)", _function, x="unbroadcast(conj(expand_dims(g, -1)) * z, x)",
               z="unbroadcast(expand_dims(g, -1) * x, z)", linear="z", bilinear="x z")
structural("kron(a, b)", np.kron, a="kron_adjoint_left(g, a, b)", b="kron_adjoint_right(g, a, b)", linear="a", bilinear="a b")
structural("cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None)", np.cross,
           a="cross_adjoint_left(g, a, b, axisa, axisb, axisc, axis)",
           b="cross_adjoint_right(g, a, b, axisa, axisb, axisc, axis)", linear="a", bilinear="a b")
structural("cross(a, b, *, axis=-1)", np.linalg.cross, a="cross_adjoint_left(g, a, b, axis, axis, axis)",
           b="cross_adjoint_right(g, a, b, axis, axis, axis)", linear="a", bilinear="a b")
structural("einsum(subscripts, *operands, optimize=False)", np.einsum,
           operands="einsum_adjoint(g, subscripts, operands, k)", bilinear="operands", view="operands", view_kind="maybe",
           shares=_rearranged, specialise=_contracted, result=_check_subscripts)
structural("outer(x1, x2)", np.linalg.outer, x1="g @ conj(x2)", x2="conj(x1) @ g", linear="x1", bilinear="x1 x2")
structural("matvec(x1, x2)", *present(np, "matvec"), x1="unbroadcast(expand_dims(g, -1) * conj(expand_dims(x2, -2)), x1)",
           x2="unbroadcast(sum(conj(x1) * expand_dims(g, -1), axis=-2), x2)", linear="x1", bilinear="x1 x2")
structural("vecmat(x1, x2)", *present(np, "vecmat"), x1="unbroadcast(sum(x2 * conj(expand_dims(g, -2)), axis=-1), x1)",
           x2="unbroadcast(expand_dims(x1, -1) * expand_dims(g, -2), x2)", linear="x2", bilinear="x1 x2")
_WHOLE = "whole_overlap(g, a, v, mode{0})"
structural("convolve(a, v, mode='full')", np.convolve, a=f"unbroadcast(correlate({_WHOLE.format('')}, atleast_1d(v), 'valid'), a)",
           v=f"unbroadcast(correlate({_WHOLE.format('')}, atleast_1d(a), 'valid'), v)", linear="a", bilinear="a v",
           cases={(1, 1): {"a": f"correlate({_WHOLE.format('')}, v, 'valid')", "v": f"correlate({_WHOLE.format('')}, a, 'valid')"}})
structural("correlate(a, v, mode='valid')", np.correlate, a=f"convolve({_WHOLE.format(', True')}, v, 'valid')",
           v=f"flip(conj(correlate({_WHOLE.format(', True')}, a, 'valid')))", linear="a", bilinear="a v")
structural("whole_overlap(g_, a, v, mode='full', correlating=False)", runtime.whole_overlap,
           g_="overlap_part(g, g_, a, v, mode, correlating)", shape_only="a v", linear="g_")
structural("overlap_part(whole, g_, a, v, mode='full', correlating=False)", runtime.overlap_part,
           whole="whole_overlap(g, a, v, mode, correlating)", shape_only="g_ a v", linear="whole")
cite("Giles, Collected matrix derivative results (2008), section 2.2; "
     "einsum: Laue, Mitterreiter and Giesen, Computing higher order derivatives (2018)")
# fmt: on
