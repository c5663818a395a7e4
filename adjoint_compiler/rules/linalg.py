"""numpy.linalg. Matrices are the last two axes; all rules work for stacks of them.

Functions that read one triangle of their argument (``cholesky``, ``eigh``, ``eigvalsh``) have their
derivative by the elements of that triangle: nothing flows to the other one. Formulas: Giles, Collected matrix
derivative results for forward and reverse mode algorithmic differentiation (2008); Murray, Differentiation of
the Cholesky decomposition (2016); Seeger et al., Auto-differentiating linear algebra (2017).
"""

from typing import Any

import numpy as np

from adjoint_compiler.ir.nodes import Const, Operand, Pack
from adjoint_compiler.ir.types import may_be_complex
from adjoint_compiler.rules import results
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types, length, rank
from adjoint_compiler.rules.table import cite, structural


def _h(matrix: str) -> str:
    """The conjugate transpose, as text."""
    return f"conj(swapaxes({matrix}, -1, -2))"


_INV = f"-{_h('y')} @ g @ {_h('y')}"
_SOLVED = f"solve_as({_h('a')}, g, b)"
_LOW = f"half_triangle({_h('y')} @ g)"
_CHOLESKY = f"half_triangle(plus_adjoint({_h('linalg.inv(y)')} @ {_LOW} @ linalg.inv(y)))"
_PINV = (
    f"-{_h('y')} @ g @ {_h('y')} + ({_h('g')} - a @ (y @ {_h('g')})) @ y @ {_h('y')}"
    f" + {_h('y')} @ y @ ({_h('g')} - {_h('g')} @ y @ a)"
)
_W, _V = "y[0]", "y[1]"
_WHOLE = "plus_adjoint(half_triangle(a))"  # the matrix of which the lower triangle is read
_HERMITIAN_PINV = f"half_triangle(plus_adjoint({_PINV.replace('a @', f'{_WHOLE} @').replace('@ a)', f'@ {_WHOLE})')}))"


def _eigh(v_bar: str) -> str:
    """The pullback of ``eigh``, given the adjoint of the vectors."""
    return (
        f"half_triangle(plus_adjoint(({_V} * expand_dims(filled(g, y)[0], -2) + {_V} @ (eigenvalue_gaps({_W})"
        f" * ({_h(_V)} @ {v_bar}))) @ {_h(_V)}), UPLO)"
    )


_EIGH = _eigh("filled(g, y)[1]")
# LAPACK turns complex eigenvectors so that their first element is real, or the last one where it reads the upper triangle.
_END = "edge_of_vectors(y[1], UPLO == 'L')"
_COMPLEX_EIGH = _eigh(
    f"(filled(g, y)[1] + 1j * {_END} * divide_or_zero(sum(imag(conj(filled(g, y)[1]) * y[1]), axis=-2, keepdims=True),"
    f" sum({_END} * conj(y[1]), axis=-2, keepdims=True)))"
)
_VECTORS = "linalg.eigh(a, UPLO)[1]"
_EIGVALSH = f"half_triangle(plus_adjoint(({_VECTORS} * expand_dims(g, -2)) @ {_h(_VECTORS)}), UPLO)"
_S = "y[1]"
_ROW, _COLUMN = f"expand_dims({_S}, -2)", f"expand_dims({_S}, -1)"


def _svd(names: tuple[str, ...], complex_valued: bool) -> str:
    """The pullback of the thin decomposition; LAPACK turns complex vectors so that elements at an edge are real."""
    u, vh, u_bar, vh_bar = names
    if complex_valued:
        left, right = f"held_vectors({u}, {vh}, True)", f"held_vectors({u}, {vh}, False)"
        turn = f"(imag(sum(conj({u_bar}) * {u}, axis=-2, keepdims=True)) - swapaxes(imag(sum(conj({vh_bar}) * {vh}, axis=-1, keepdims=True)), -1, -2))"
        u_bar, vh_bar = (
            f"({u_bar} + 1j * {left} * divide_or_zero({turn}, sum({left} * conj({u}), axis=-2, keepdims=True)))",
            f"({vh_bar} - 1j * {right} * divide_or_zero(swapaxes({turn}, -1, -2), sum({right} * conj({vh}), axis=-1, keepdims=True)))",
        )
    gaps = f"eigenvalue_gaps({_S} * {_S})"
    text = (
        f"{u} @ (plus_adjoint({gaps} * ({_h(u)} @ {u_bar})) * {_ROW}"
        f" + {_COLUMN} * plus_adjoint({gaps} * ({vh} @ {_h(vh_bar)}))) @ {vh}"
        f" + ({u} * expand_dims(filled(g, y)[1], -2)) @ {vh}"
        f" + divide_or_zero({u_bar} - {u} @ ({_h(u)} @ {u_bar}), {_ROW}) @ {vh}"
        f" + {u} @ divide_or_zero({vh_bar} - {vh_bar} @ {_h(vh)} @ {vh}, {_COLUMN})"
    )
    phase = f" + ({u} * divide_or_zero(1j * imag(sum(conj({u}) * {u_bar}, axis=-2, keepdims=True)), {_ROW})) @ {vh}"
    return text + phase if complex_valued else text


_UV_BARS = ("filled(g, y)[0]", "filled(g, y)[2]")
_SMALL = ("y[0]", "y[2]", *_UV_BARS)
_FULL = (
    f"y[0][..., :{_S}.shape[-1]]",
    f"y[2][..., :{_S}.shape[-1], :]",
    *(f"thin_adjoint({part}, {_S}, {axis})" for part, axis in zip(_UV_BARS, (-1, -2))),
)
_THIN = "linalg.svd({0}, full_matrices=False)"
_SVDVALS = f"({_THIN}[0] * expand_dims(g, -2)) @ {_THIN}[2]"


def _qr(q: str, r: str, r_bar: str, q_bar: str = "") -> str:
    """The pullback of the reduced form; of a wide matrix the columns behind the first square ones are products with ``q``."""
    n = f"{r}.shape[-2]"
    square, rest, square_bar, rest_bar = (f"{m}[..., {part}]" for m in (r, r_bar) for part in (f":{n}", f"{n}:"))
    q_bar = f"({q_bar + ' + ' if q_bar else ''}{q} @ {rest} @ {_h(rest_bar)})"
    first = f"({q_bar} + {q} @ plus_adjoint(half_triangle({square} @ {_h(square_bar)} - {_h(q_bar)} @ {q}))) @ {_h(f'linalg.inv({square})')}"
    return f"concatenate(({first}, {q} @ {rest_bar}), axis=-1)"


_EIG_BAR = (
    "(filled(g, y)[1] + 1j * largest_of_columns(y[1]) * sum(imag(conj(filled(g, y)[1]) * y[1]), axis=-2, keepdims=True)"
    " / sum(largest_of_columns(y[1]) * real(y[1]), axis=-2, keepdims=True))"
)
_MIXED = f"{_h('y[1]')} @ {_EIG_BAR}"
_EIG = (
    f"linalg.solve({_h('y[1]')}, expand_dims(filled(g, y)[0], -1) * {_h('y[1]')} + (conj(eigenvalue_gaps(y[0]))"
    f" * ({_MIXED} - {_h('y[1]')} @ y[1] * expand_dims(real(linalg.diagonal({_MIXED})), -2))) @ {_h('y[1]')})"
)
_PROJECTED = "linalg.solve(y[1], t @ y[1])"
_FREE = f"(y[1] @ (eigenvalue_gaps(y[0]) * {_PROJECTED}))"
_OF_NORM_ONE = f"({_FREE} - y[1] * real(sum(conj(y[1]) * {_FREE}, axis=-2, keepdims=True)))"
_EIG_DOT = (
    f"(linalg.diagonal({_PROJECTED}), {_OF_NORM_ONE} - 1j * y[1] * sum(largest_of_columns(y[1]) * imag({_OF_NORM_ONE}), axis=-2,"
    " keepdims=True) / sum(largest_of_columns(y[1]) * real(y[1]), axis=-2, keepdims=True))"
)
_ORDERED = "take_along_axis(linalg.eig(a)[1], expand_dims(matching_order(linalg.eig(a)[0], y), -2), -1)"
_EIGVALS = f"linalg.solve({_h(_ORDERED)}, expand_dims(g, -1) * {_h(_ORDERED)})"


def _real_slogdet(types: Types, operands: Operands) -> dict[str, str] | None:
    """The sign of a real determinant is constant."""
    t = types.get("a")
    if t is None or t.kind != "array" or may_be_complex(t):
        return None
    if t.ndim == 2:
        return {"a": "g[1] * inv_or_inf(a).T"}
    return {"a": "expand_dims(g[1], (-2, -1)) * swapaxes(inv_or_inf(a), -1, -2)"}


def _with_vectors(types: Types, operands: Operands) -> dict[str, str] | None:
    """Complex eigenvectors have a phase."""
    t = types.get("a")
    return {"a": _COMPLEX_EIGH} if t is None or may_be_complex(t) else None


def _read_half(types: Types, operands: Operands) -> dict[str, str] | None:
    """With ``hermitian`` one triangle is read."""
    how = operands.get("hermitian", Const(False))
    if not isinstance(how, Const):
        raise RuleError("numpy.linalg.pinv: hermitian must be a literal")
    return {"a": _HERMITIAN_PINV} if how.value else None


def _real_matrix(types: Types, operands: Operands) -> dict[str, str] | None:
    """One real matrix has an adjoint that works in blocks."""
    t = types.get("a")
    return {"a": "cholesky_adjoint(g, y)"} if t is not None and t.ndim == 2 and not may_be_complex(t) else None


_THIN_X = _THIN.format("x")
_LARGEST, _SMALLEST = (
    f"({_THIN_X}[0] * share_ties(expand_dims(g, -1), {_THIN_X}[1], {_THIN_X}[1][{end}], keepdims=True)) @ {_THIN_X}[2]"
    for end in (":1", "-1:")  # in descending order
)
_COLUMNS = "sign(x) * share_ties(g, sum(absolute(x), axis=0), y)"
_ROWS = "sign(x) * expand_dims(share_ties(g, sum(absolute(x), axis=1), y), -1)"
# Of one matrix, in elementary operations: more than once differentiable.
_MATRIX_NORMS = {
    2: _LARGEST, -2: _SMALLEST, 1: _COLUMNS, -1: _COLUMNS, np.inf: _ROWS, -np.inf: _ROWS,
    "nuc": f"g * ({_THIN_X}[0] @ {_THIN_X}[2])",
}  # fmt: skip


def _normed(types: Types, operands: Operands) -> dict[str, str] | None:
    """The pullback of the norms that are more than once differentiable, in elementary operations."""
    axis, t = operands.get("axis", Const(None)), types.get("x")
    order = operands.get("ord", Const(None))
    n = rank(t) if axis == Const(None) else length(axis, types.get("axis"))
    if not isinstance(order, Const) or t is None or t.kind == "unknown":
        return None
    if order.value is None or order.value == "fro" or (order.value == 2 and n == 1):
        whole = axis == Const(None) and "keepdims" not in operands
        scale = "divide_or_zero(g, y)"
        return {"x": f"{scale} * x" if whole else f"spread({scale}, x, axis, keepdims) * x"}
    if n == 2 and t.ndim == 2 and axis == Const(None) and "keepdims" not in operands:
        return {"x": _MATRIX_NORMS[order.value]} if order.value in _MATRIX_NORMS else None
    if n == 2:
        return _of_stacks(order.value, axis, operands)
    if n != 1 or isinstance(order.value, str):
        return None
    if order.value == 0:
        return {"x": "spread(0.0 * g, x, axis, keepdims)"}
    if order.value == 1:
        return {"x": "spread(g, x, axis, keepdims) * sign(x)"}
    if abs(order.value) == np.inf:
        return {"x": "share_ties(g, absolute(x), y, axis, keepdims) * sign(x)"}
    ratio = "divide_or_zero(absolute(x), spread(y, x, axis, keepdims))"
    if order.value < 1:  # elements that are zero receive nothing
        ratio = f"where(x == 0, 1, {ratio})"
    return {"x": f"spread(g, x, axis, keepdims) * sign(x) * {ratio} ** (ord - 1)"}


def _of_stacks(order: Any, axis: Operand, operands: Operands) -> dict[str, str] | None:
    """The pullback of a matrix norm along two axes, in elementary operations."""
    ends = axis if axis != Const(None) else Pack("tuple", (Const(0), Const(1)))
    if not isinstance(ends, Pack):
        return None
    row, column = (f"axis[{k}]" if axis is ends else str(k) for k in (0, 1))
    if order in (1, -1, np.inf, -np.inf):
        summed = row if abs(order) == 1 else column
        sums = f"sum(absolute(x), axis={summed}, keepdims=True)"
        return {"x": f"share_ties(g, {sums}, y, axis, keepdims) * sign(x)"}
    if "keepdims" in operands and operands["keepdims"] not in (Const(True), Const(False)):
        return None
    moved = f"moveaxis(x, ({row}, {column}), (-2, -1))"
    thin = f"linalg.svd({moved}, full_matrices=False)"
    bar = f"squeeze(g, ({row}, {column}))" if operands.get("keepdims") == Const(True) else "g"
    if order == "nuc":
        weighted = f"expand_dims({bar}, (-2, -1)) * ({thin}[0] @ {thin}[2])"
    else:
        end = ":1" if order > 0 else "-1:"
        shares = f"share_ties(expand_dims({bar}, -1), {thin}[1], {thin}[1][..., {end}], -1, True)"
        weighted = f"({thin}[0] * expand_dims({shares}, -2)) @ {thin}[2]"
    return {"x": f"moveaxis({weighted}, (-2, -1), ({row}, {column}))"}


def _decomposed(types: Types, operands: Operands) -> dict[str, str] | None:
    """Singular values alone need no derivative of the vectors; complex vectors have a phase."""
    if not isinstance(operands.get("compute_uv", Const(True)), Const):
        raise RuleError("numpy.linalg.svd: compute_uv must be a literal")
    if operands.get("compute_uv", Const(True)) == Const(False):
        return {"a": _SVDVALS.format("a")}
    t = types.get("a")
    small = operands.get("full_matrices", Const(True)) == Const(False)
    return {"a": _svd(_SMALL if small else _FULL, t is None or may_be_complex(t))}


def _by_mode(types: Types, operands: Operands) -> dict[str, str] | None:
    """``mode="r"`` gives one factor; others than this and the reduced form are refused."""
    mode = operands.get("mode", Const("reduced"))
    if mode not in (Const("reduced"), Const("r")):
        raise RuleError("numpy.linalg.qr: supported are mode='reduced' and mode='r'")
    return {"a": _qr("linalg.qr(a)[0]", "y", "g")} if mode == Const("r") else None


# fmt: off
structural("inv(a)", np.linalg.inv, a=_INV, tangents={"a": "-y @ t @ y"}, cases={(2,): {"a": "-conj(y).T @ g @ conj(y).T"}})
structural("pinv(a, rcond=None, hermitian=False)", np.linalg.pinv, a=_PINV, note="of constant rank", specialise=_read_half)
structural("solve(a, b)", np.linalg.solve, b=f"unbroadcast({_SOLVED}, b)", linear="b", bilinear="b",
           a=f"unbroadcast(-as_columns({_SOLVED}, b) @ {_h('as_columns(y, b)')}, a)",
           cases={(2, 1): {"b": "linalg.solve(conj(a).T, g)",
                           "a": "-outer(linalg.solve(conj(a).T, g), conj(y))"},
                  (2, 2): {"b": "linalg.solve(conj(a).T, g)",
                           "a": "-linalg.solve(conj(a).T, g) @ conj(y).T"}})
structural("det(a)", np.linalg.det, a="expand_dims(g, (-2, -1)) * conj(cofactors(a))",
           cases={(2,): {"a": "g * conj(cofactors(a))"}}, note="right for singular matrices, too")
structural("slogdet(a)", np.linalg.slogdet, specialise=_real_slogdet, note="inf where a is exactly singular",
           a=f"expand_dims(logdet_seed(g[0], g[1], y[0]), (-2, -1)) * {_h('inv_or_inf(a)')}", several=True,
           result=results.parts_of(np.linalg.slogdet))
structural("cholesky(a)", np.linalg.cholesky, a=_CHOLESKY, specialise=_real_matrix, tangents={"a": "cholesky_tangent(t, y)"},
           note="by the lower triangle, which is all that is read")
structural("eigh(a, UPLO='L')", np.linalg.eigh, a=_EIGH, specialise=_with_vectors,
           note="equal eigenvalues do not couple; reads one triangle; complex vectors are turned as LAPACK turns them", several=True,
           result=results.parts_of(np.linalg.eigh))
structural("eigvalsh(a, UPLO='L')", np.linalg.eigvalsh, a=_EIGVALSH, note="reads one triangle")
structural("svd(a, full_matrices=True, compute_uv=True)", np.linalg.svd, a=_svd(_FULL, True),
           specialise=_decomposed, note="equal singular values do not couple; refused: vectors that belong to none of them",
           several=True, result=results.parts_of(np.linalg.svd))
structural("svdvals(x)", np.linalg.svdvals, x=_SVDVALS.format("x"))
structural("qr(a, mode='reduced')", np.linalg.qr, a=_qr("y[0]", "y[1]", "filled(g, y)[1]", "filled(g, y)[0]"),
           specialise=_by_mode, note="of full rank", several=True, result=results.parts_of(np.linalg.qr))
structural("eig(a)", np.linalg.eig, a=_EIG, several=True, tangents={"a": _EIG_DOT}, result=results.maybe_complex(np.linalg.eig),
           note="equal eigenvalues do not couple; eigenvectors of norm 1, their largest element real")
structural("eigvals(a)", np.linalg.eigvals, a=_EIGVALS, result=results.maybe_complex(np.linalg.eigvals))
structural("norm(x, ord=None, axis=None, keepdims=False)", np.linalg.norm, ord="not_differentiated('norms in their order')",
           x="spread(g, x, axis, keepdims) * norm_slope(x, y, ord, axis, keepdims)", specialise=_normed,
           note="0 where the norm is 0; elements that tie share equally")
cite("Murray, Differentiation of the Cholesky decomposition (2016)", "*.cholesky")
cite("Walter and Lehmann, Algorithmic differentiation of linear algebra functions (2010); "
     "Seeger et al., Auto-differentiating linear algebra (2017)", "*.qr")
cite("Giles, Collected matrix derivative results (2008), section 3.2; phases: LAPACK's zgebrd", "*.svd", "*.svdvals")
cite("Giles, Collected matrix derivative results (2008), section 3.1; phases: LAPACK's zhetrd", "*.eigh", "*.eigvalsh")
cite("Giles, Collected matrix derivative results (2008), section 3.1; "
     "Boeddeker et al., On the computation of complex-valued gradients (2017)", "*.eig", "*.eigvals")
cite("Golub and Pereyra, The differentiation of pseudo-inverses and nonlinear least squares problems (1973)", "*.pinv")
cite("Giles, Collected matrix derivative results (2008), section 2.2")
# fmt: on
