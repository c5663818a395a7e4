"""scipy.linalg: functions of matrices, and matrices built of vectors.

A function of a matrix has its derivative in the corner of the same function of a block matrix (Higham, Functions of Matrices,
2008, theorem 3.6); the adjoint of the derivative by ``A`` is the derivative by the conjugate transpose of ``A``. A matrix that
is built of a vector gives back the sums along the places that each element stands at.
"""

from scipy import linalg

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import MAYBE_COMPLEX, Type
from adjoint_compiler.rules import scipy_linalg  # noqa: F401  (the helpers of systems)
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.scipy_forms import present, refused
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, inert, of_lapack, structural
from adjoint_compiler.runtime import scipy_linalg as s


def perhaps_complex(types: Types, operands: Operands) -> Type:
    """Roots and logarithms of real matrices may be complex: only the values tell."""
    return MAYBE_COMPLEX


def _frechet(types: Types, operands: Operands) -> dict[str, str]:
    """``expm_frechet`` gives the exponential, too, unless it is told not to."""
    both = operands.get("compute_expm", Const(True))
    if not isinstance(both, Const):
        raise RuleError("scipy.linalg.expm_frechet: compute_expm= must be a literal")
    g = "g[1]" if both.value else "g"
    whole = f"corner(expm(doubled(conj(doubled(A, E)).T, doubled(zeros_like({g}), {g}))))"
    more = " + corner(expm(doubled(conj(A).T, g[0])))" if both.value else ""
    return {"A": f"diagonal_blocks({whole}){more}", "E": f"corner({whole})"}


_H = "conj(swapaxes(A, -1, -2))"
# fmt: off
for _name in ("expm", "cosm", "sinm", "tanm", "coshm", "sinhm", "tanhm", "signm"):
    structural(f"{_name}(A)", getattr(linalg, _name), A=f"corner({_name}(doubled({_H}, g)))")
for _name in ("sqrtm", "logm"):
    structural(f"{_name}(A)", getattr(linalg, _name), A=f"corner({_name}(doubled({_H}, g)))", result=perhaps_complex)
structural("fractional_matrix_power(A, t)", linalg.fractional_matrix_power, result=perhaps_complex,
           A=f"corner(fractional_matrix_power(doubled({_H}, g), t))", **refused("t"))
structural("expm_frechet(A, E, *, compute_expm=True, check_finite=True)", linalg.expm_frechet, specialise=_frechet,
           A="g[1]", E="g[1]")
structural("doubled(a, e)", s.doubled, a="diagonal_blocks(g)", e="corner(g)", linear="a e")
structural("diagonal_blocks(m)", s.diagonal_blocks, m="doubled(g, zeros_like(g))", linear="m")
structural("corner(m)", s.corner, m="doubled(zeros_like(g), g)", linear="m", view="m")

# -- matrices of vectors
_COLUMN, _ROW = "toeplitz(arange(c.size), 0 * arange(r.size))", "toeplitz(0 * arange(c.size), arange(r.size))"


def _toeplitz(types: Types, operands: Operands) -> dict[str, str] | None:
    """Without a first row, it is the conjugate of the first column."""
    if operands.get("r", Const(None)) != Const(None):
        return None
    return {"c": "take_adjoint(tril(g) + conj(triu(g, 1)), c, toeplitz(arange(c.size)))"}


def _hankel(types: Types, operands: Operands) -> dict[str, str] | None:
    """Without a last row, there are zeros."""
    if operands.get("r", Const(None)) != Const(None):
        return None
    return {"c": "take_adjoint(g * hankel(ones_like(c)), c, hankel(arange(c.size)))"}


structural("toeplitz(c, r=None)", linalg.toeplitz, specialise=_toeplitz, linear="c r",
           c=f"take_adjoint(tril(g), c, {_COLUMN})", r=f"take_adjoint(triu(g, 1), r, {_ROW})")
structural("hankel(c, r=None)", linalg.hankel, specialise=_hankel, linear="c r",
           c="take_adjoint(g * hankel(ones_like(c), zeros_like(r)), c, hankel(arange(c.size), 0 * arange(r.size)))",
           r="take_adjoint(g * hankel(zeros_like(c), ones_like(r)), r, hankel(0 * arange(c.size), arange(r.size)))")
structural("circulant(c)", linalg.circulant, c="take_adjoint(g, c, circulant(arange(c.size)))", linear="c")
structural("convolution_matrix(a, n, mode='full')", linalg.convolution_matrix, linear="a",
           a="take_adjoint(g * convolution_matrix(ones_like(a), n, mode), a,"
             " convolution_matrix(arange(a.size), n, mode))")
structural("companion(a)", linalg.companion, a="hstack((sum(g[0] * conj(a[1:])) / conj(a[0] * a[0]), -g[0] / conj(a[0])))")
structural("leslie(f, s)", linalg.leslie, f="g[0]", s="diagonal(g, -1)", linear="f s")
structural("fiedler(a)", linalg.fiedler, a="sum((g + g.T) * sign(expand_dims(a, 1) - expand_dims(a, 0)), axis=1)")
structural("block_diag(*arrs)", linalg.block_diag, arrs="block_of(g, arrs, k)", linear="arrs")
structural("block_of(g_, arrs, i)", s.block_of, g_="block_placed(g, arrs, i)", shape_only="arrs", linear="g_")
structural("block_placed(v, arrs, i)", s.block_placed, v="block_of(g, arrs, i)", shape_only="arrs", linear="v")
for _khatri in present(linalg, "khatri_rao"):
    _split = "reshape(g, (a.shape[0], b.shape[0], a.shape[1]))"
    structural("khatri_rao(a, b)", _khatri, a=f"einsum('mkn,kn->mn', {_split}, conj(b))",
               b=f"einsum('mkn,mn->kn', {_split}, conj(a))")
inert("matrix(n)", linalg.dft, linalg.hadamard, linalg.helmert, linalg.hilbert, linalg.invhilbert, linalg.pascal,
      linalg.invpascal)
of_lapack("scipy.linalg.*m", "scipy.linalg.expm_frechet", "scipy.linalg.fractional_matrix_power")
cite("Higham, Functions of matrices (2008), section 3.2: the block triangular matrix of a Fréchet derivative", "*.expm*", "*.logm", "*.sqrtm", "*m")
cite("transposes of the linear maps that the functions are; "
     "equations: Kao and Hennequin, Automatic differentiation of Sylvester, Lyapunov and algebraic Riccati equations (2020)")
# fmt: on
