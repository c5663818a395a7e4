"""numpy.linalg. Matrices are the last two axes; all rules work for stacks of them.

Functions that read one triangle of their argument (``cholesky``, ``eigh``, ``eigvalsh``) have their
derivative by the elements of that triangle: nothing flows to the other one. Formulas: Giles, Collected matrix
derivative results for forward and reverse mode algorithmic differentiation (2008); Murray, Differentiation of
the Cholesky decomposition (2016); Seeger et al., Auto-differentiating linear algebra (2017).
"""

import numpy as np

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import may_be_complex
from adjoint_compiler.rules import results
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types, length, rank
from adjoint_compiler.rules.table import structural


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
_EIGH = (
    f"half_triangle(plus_adjoint(({_V} * expand_dims(filled(g, y)[0], -2) + {_V} @ (eigenvalue_gaps({_W})"
    f" * ({_h(_V)} @ filled(g, y)[1]))) @ {_h(_V)}), UPLO)"
)
_VECTORS = "linalg.eigh(a, UPLO)[1]"
_EIGVALSH = f"half_triangle(plus_adjoint(({_VECTORS} * expand_dims(g, -2)) @ {_h(_VECTORS)}), UPLO)"
_S = "y[1]"
_ROW, _COLUMN = f"expand_dims({_S}, -2)", f"expand_dims({_S}, -1)"


def _svd(names: tuple[str, ...], complex_valued: bool) -> str:
    """The pullback of the thin decomposition; complex vectors have a phase."""
    u, vh, u_bar, vh_bar = names
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


def _real_slogdet(types: Types, operands: Operands) -> dict[str, str] | None:
    """The sign of a real determinant is constant."""
    t = types.get("a")
    if t is None or t.kind != "array" or may_be_complex(t):
        return None
    if t.ndim == 2:
        return {"a": "g[1] * inv_or_inf(a).T"}
    return {"a": "expand_dims(g[1], (-2, -1)) * swapaxes(inv_or_inf(a), -1, -2)"}


def _real_matrix(types: Types, operands: Operands) -> dict[str, str] | None:
    """One real matrix has an adjoint that works in blocks."""
    t = types.get("a")
    return {"a": "cholesky_adjoint(g, y)"} if t is not None and t.ndim == 2 and not may_be_complex(t) else None


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
    if n != 1 or isinstance(order.value, str) or may_be_complex(t):
        return None
    if order.value == 1:
        return {"x": "spread(g, x, axis, keepdims) * sign(x)"}
    if abs(order.value) == np.inf:
        return {"x": "share_ties(g, absolute(x), y, axis, keepdims) * sign(x)"}
    if order.value > 1:
        ratio = "divide_or_zero(absolute(x), spread(y, x, axis, keepdims))"
        return {"x": f"spread(g, x, axis, keepdims) * sign(x) * {ratio} ** (ord - 1)"}
    return None


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
structural("pinv(a)", np.linalg.pinv, a=_PINV, note="of constant rank")
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
structural("eigh(a, UPLO='L')", np.linalg.eigh, a=_EIGH,
           note="equal eigenvalues do not couple; reads one triangle", several=True,
           result=results.parts_of(np.linalg.eigh))
structural("eigvalsh(a, UPLO='L')", np.linalg.eigvalsh, a=_EIGVALSH, note="reads one triangle")
structural("svd(a, full_matrices=True, compute_uv=True)", np.linalg.svd, a=_svd(_FULL, True),
           specialise=_decomposed, note="equal singular values do not couple; refused: vectors that belong to none of them",
           several=True, result=results.parts_of(np.linalg.svd))
structural("svdvals(x)", np.linalg.svdvals, x=_SVDVALS.format("x"))
structural("qr(a, mode='reduced')", np.linalg.qr, a=_qr("y[0]", "y[1]", "filled(g, y)[1]", "filled(g, y)[0]"),
           specialise=_by_mode, note="of full rank", several=True, result=results.parts_of(np.linalg.qr))
structural("norm(x, ord=None, axis=None, keepdims=False)", np.linalg.norm,
           x="spread(g, x, axis, keepdims) * norm_slope(x, y, ord, axis, keepdims)", specialise=_normed,
           note="0 where the norm is 0; elements that tie share equally")
# fmt: on
