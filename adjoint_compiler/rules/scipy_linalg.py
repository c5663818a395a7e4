"""scipy.linalg: systems and decompositions. Matrices are the last two axes.

Where SciPy reads only a part of a matrix (a triangle, bands), the derivative is by the elements of that part: nothing
flows to the others. Formulas: as in :mod:`linalg`; Giles, Collected matrix derivative results (2008), for triangular
systems and Sylvester's equation.
"""

import re
from typing import Any

from scipy import linalg

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import Type, array_type, may_be_complex
from adjoint_compiler.rules import scipy_designs
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype, rank
from adjoint_compiler.rules.table import cite, for_reals, of_lapack, structural
from adjoint_compiler.runtime import scipy_linalg as s


def _h(matrix: str) -> str:
    """The conjugate transpose, as text."""
    return f"conj(swapaxes({matrix}, -1, -2))"


def _outer(x: str, z: str) -> str:
    """``x @ z.H`` for solutions of a system with right-hand side ``b``."""
    return f"as_columns({x}, b) @ {_h(f'as_columns({z}, b)')}"


def as_numpy(name: str, given: str = "a") -> str:
    """The pullback that NumPy's function of the same name states for its matrix, here called ``a``."""
    return re.sub(rf"\b{given}\b", "a", TABLE.by_key[f"numpy.linalg.{name}"].pullbacks[given])


def literal(operands: Operands, name: str, default: Any, function: str) -> Any:
    """The value of an argument that decides which formula applies; refused where it is no literal."""
    given = operands.get(name, Const(default))
    if not isinstance(given, Const):
        raise RuleError(f"scipy.linalg.{function}: {name}= must be a literal")
    return given.value


_LOW = "half_triangle({h} @ {g})"
_FACTOR = f"half_triangle(plus_adjoint({{i}} @ {_LOW} @ {_h('{i}')}))"
LOWER = _FACTOR.format(h=_h("y"), g="g", i=_h("linalg.inv(y)"))
UPPER = _h(_FACTOR.format(h="y", g=_h("g"), i="linalg.inv(y)"))


def _solved(types: Types, operands: Operands) -> dict[str, str] | None:
    """A general system has the pullbacks of NumPy's."""
    if {"assume_a", "transposed"} & operands.keys():
        return None
    ranks = rank(types.get("a")), rank(types.get("b"))
    if ranks == (2, 1):
        return {"b": "linalg.solve(conj(a).T, g)", "a": "-outer(linalg.solve(conj(a).T, g), conj(y))"}
    if ranks == (2, 2):
        return {"b": "linalg.solve(conj(a).T, g)", "a": "-linalg.solve(conj(a).T, g) @ conj(y).T"}
    adjoint = f"solve_as({_h('a')}, g, b)"
    return {"b": f"unbroadcast({adjoint}, b)", "a": f"unbroadcast(-{_outer(adjoint, 'y')}, a)"}


def _triangular(types: Types, operands: Operands) -> dict[str, str]:
    """The system with the conjugate transpose is triangular, too."""
    trans = literal(operands, "trans", 0, "solve_triangular")
    a, other = {
        0: ("a", 2), "N": ("a", 2), 1: ("conj(a)", 0), "T": ("conj(a)", 0), 2: ("a", 0), "C": ("a", 0)
    }[trans]  # fmt: skip
    solved = f"solve_triangular({a}, g, {other}, lower, unit_diagonal)"
    product = _outer(solved, "y")
    if trans not in (0, "N"):
        product = f"swapaxes({product}, -1, -2)" if trans in (1, "T") else _h(product)
    return {"b": solved, "a": f"-triangle_part({product}, lower, unit_diagonal)"}


_PIVOTED = "(lu_product(permuted_rows(-{}, lu_and_piv[1]), lu_and_piv[0]), zeros(lu_and_piv[1].shape))"


def _solution(types: Types, operands: Operands) -> Type | None:
    """The type of what ``lu_solve`` gives: LAPACK is not tried on a sample, whose pivots mean nothing."""
    factors, b = types.get("lu_and_piv"), types.get("b")
    dtype = common_dtype(factors.items[0], b) if factors is not None and factors.items else None
    return array_type(dtype, b.ndim) if dtype is not None and b is not None and b.kind == "array" else None


def _by_lu(types: Types, operands: Operands) -> dict[str, str]:
    """The adjoint system has the same factors."""
    trans = literal(operands, "trans", 0, "lu_solve")
    solved = ("lu_solve(lu_and_piv, g, 2)", "conj(lu_solve(lu_and_piv, conj(g)))", "lu_solve(lu_and_piv, g)")[trans]
    product = _outer(solved, "y")
    product = (product, f"swapaxes({product}, -1, -2)", _h(product))[trans]
    return {"b": solved, "lu_and_piv": _PIVOTED.format(product)}


def _cholesky(types: Types, operands: Operands) -> dict[str, str]:
    """The upper factor is the adjoint of the lower one."""
    lower = literal(operands, "lower", False, "cholesky")
    t = types.get("a")
    if t is not None and t.ndim == 2 and not may_be_complex(t):
        return {"a": "cholesky_adjoint(g, y)" if lower else "cholesky_adjoint(g.T, y.T).T"}
    return {"a": LOWER if lower else UPPER}


def _factor(types: Types, operands: Operands) -> dict[str, str]:
    """``cho_factor`` leaves the other triangle of its result as it was: that is not part of the factor."""
    t = types.get("a")
    if t is not None and may_be_complex(t):
        raise RuleError("scipy.linalg.cho_factor: the derivative is known for real matrices only")
    if literal(operands, "lower", False, "cho_factor"):
        return {"a": "cholesky_adjoint(tril(g[0]), tril(y[0]))"}
    return {"a": "cholesky_adjoint(triu(g[0]).T, triu(y[0]).T).T"}


def _eigen(types: Types, operands: Operands) -> dict[str, str]:
    """NumPy's pullbacks, of a matrix of which the triangle read is that of ``lower``."""
    if operands.get("b", Const(None)) != Const(None):
        raise RuleError("scipy.linalg.eigh: the generalised problem (b=) is not differentiated")
    triangle = "'L'" if literal(operands, "lower", True, "eigh") else "'U'"
    only_values = literal(operands, "eigvals_only", False, "eigh")
    if only_values:
        return {"a": as_numpy("eigvalsh").replace("UPLO", triangle)}
    specialise = TABLE.by_key["numpy.linalg.eigh"].specialise
    stated = (specialise and specialise(types, operands) or {}).get("a", as_numpy("eigh"))
    return {"a": stated.replace("UPLO", triangle)}


def _values(types: Types, operands: Operands) -> dict[str, str]:
    return _eigen(types, {**operands, "eigvals_only": Const(True)})


def _normed(types: Types, operands: Operands) -> dict[str, str] | None:
    specialise = TABLE.by_key["numpy.linalg.norm"].specialise
    found = specialise and specialise({("x" if p == "a" else p): t for p, t in types.items()}, operands)
    return {"a": re.sub(r"\bx\b", "a", found["x"])} if found else None


def _not_permuted(types: Types, operands: Operands) -> None:
    if literal(operands, "permute_l", False, "lu"):
        raise RuleError("scipy.linalg.lu: supported is permute_l=False")


def _square_or_thin(types: Types, operands: Operands) -> None:
    if literal(operands, "mode", "full", "qr") != "economic":
        raise RuleError("scipy.linalg.qr: supported is mode='economic'")


_READ = "matrix_read(a, assume_a, lower, transposed)"
_ADJOINT = f"solve_as({_h(_READ)}, g, b)"
_LU = "linalg.solve({0}, tril({0} @ tril({2}, -1), -1) + triu(triu({3}) @ {1})) @ linalg.inv({1})"
_S = "solve_sylvester(conj(a).T, conj(b).T, g)"
_C, _D = "solve_continuous_lyapunov(conj(a).T, g)", "solve_discrete_lyapunov(conj(a).T, g)"


def _of_one_kind(types: Types, operands: Operands) -> None:
    """Refuses real and complex matrices beside each other, for which SciPy's own result may be wrong (a quasi-triangular form is taken
    for a triangular one)."""
    if len(set(map(may_be_complex, types.values()))) > 1:
        raise RuleError(
            "equations of Sylvester and Lyapunov with real and complex matrices at once; make all of them complex"
        )


# fmt: off
structural("inv(a, *, check_finite=True)", linalg.inv, a=as_numpy("inv"),
           cases={(2,): {"a": "-conj(y).T @ g @ conj(y).T"}})
structural("pinv(a, *, check_finite=True)", linalg.pinv, a=as_numpy("pinv"), note="of constant rank")
structural("det(a, *, check_finite=True)", linalg.det, a="expand_dims(g, (-2, -1)) * conj(cofactors(a))",
           cases={(2,): {"a": "g * conj(cofactors(a))"}}, note="right for singular matrices, too")
structural("solve(a, b, lower=False, *, check_finite=True, assume_a=None, transposed=False)", linalg.solve,
           a=f"matrix_read_adjoint(unbroadcast(-{_outer(_ADJOINT, 'y')}, a), a, assume_a, lower, transposed)",
           b=f"unbroadcast({_ADJOINT}, b)", linear="b", specialise=_solved,
           note="with assume_a: by the elements that are read")
structural("solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, *, check_finite=True)",
           linalg.solve_triangular, specialise=_triangular, linear="b",
           b="solve_triangular(a, g, 2, lower, unit_diagonal)",
           a=f"-triangle_part({_outer('solve_triangular(a, g, 2, lower, unit_diagonal)', 'y')}, lower, unit_diagonal)",
           note="by the triangle that is read")
structural("cholesky(a, lower=False, *, check_finite=True)", linalg.cholesky, specialise=_cholesky,
           a=LOWER, note="by the triangle that is read")
structural("cho_factor(a, lower=False, *, check_finite=True)", linalg.cho_factor, specialise=_factor,
           a="cholesky_adjoint(triu(g[0]).T, triu(y[0]).T).T", note="by the triangle that is read")
structural("cho_solve(c_and_lower, b, *, check_finite=True)", linalg.cho_solve, linear="b",
           b="cho_solve(c_and_lower, g)", note="the factor's other triangle is not read",
           c_and_lower=f"(cho_product(plus_adjoint(-{_outer('cho_solve(c_and_lower, g)', 'y')}), c_and_lower[0],"
                       " c_and_lower[1]), 0.0)")
structural("lu_factor(a, *, check_finite=True)", linalg.lu_factor, note="of square matrices; pivots are constants",
           a="permuted_rows(" + _LU.format("conj(lu_parts(y[0], True)).T", "conj(lu_parts(y[0], False)).T", "g[0]", "g[0]")
             + ", y[1], True)")
structural("lu(a, permute_l=False, *, check_finite=True)", linalg.lu, note="of square matrices; pivots are constants",
           a="y[0] @ (" + _LU.format("conj(y[1]).T", "conj(y[2]).T", "g[1]", "g[2]") + ")", specialise=_not_permuted)
structural("lu_solve(lu_and_piv, b, trans=0, *, check_finite=True)", linalg.lu_solve, linear="b", result=_solution,
           specialise=_by_lu, b="lu_solve(lu_and_piv, g, 2)",
           lu_and_piv=_PIVOTED.format(_outer("lu_solve(lu_and_piv, g, 2)", "y")))
structural("qr(a, *, mode='full', check_finite=True)", linalg.qr, a=as_numpy("qr"), specialise=_square_or_thin,
           note="square or tall, of full rank")
structural("svd(a, full_matrices=True, compute_uv=True, *, check_finite=True)", linalg.svd,
           a=as_numpy("svd"), specialise=TABLE.by_key["numpy.linalg.svd"].specialise,
           note="thin, or of square matrices; equal singular values do not couple")
structural("svdvals(a, *, check_finite=True)", linalg.svdvals, a=as_numpy("svdvals", "x"))
_SECOND = "not_differentiated('the second matrix of a generalised eigenproblem')"
structural("eigh(a, b=None, *, lower=True, eigvals_only=False, check_finite=True)", linalg.eigh, specialise=_eigen, b=_SECOND,
           a=as_numpy("eigh").replace("UPLO", "'L'"), note="equal eigenvalues do not couple; reads one triangle")
structural("eigvalsh(a, b=None, *, lower=True, check_finite=True)", linalg.eigvalsh, specialise=_values, b=_SECOND,
           a=as_numpy("eigvalsh").replace("UPLO", "'L'"), note="reads one triangle")
structural("norm(a, ord=None, axis=None, keepdims=False, *, check_finite=True)", linalg.norm, ord="not_differentiated('norms in their order')",
           a="spread(g, a, axis, keepdims) * norm_slope(a, y, ord, axis, keepdims)", specialise=_normed,
           note="0 where the norm is 0; elements that tie share equally")

# -- matrix equations
structural("solve_sylvester(a, b, q)", linalg.solve_sylvester, q=_S, a=f"-{_S} @ conj(y).T", b=f"-conj(y).T @ {_S}",
           linear="q", specialise=_of_one_kind)
for _lyapunov in dict.fromkeys((linalg.solve_continuous_lyapunov, linalg.solve_lyapunov)):
    structural("solve_lyapunov(a, q)", _lyapunov, q=_C, a=f"-({_C} @ conj(y).T + conj({_C}).T @ y)", linear="q", specialise=_of_one_kind)
structural("solve_discrete_lyapunov(a, q)", linalg.solve_discrete_lyapunov, q=_D, linear="q",
           a=f"{_D} @ a @ conj(y).T + conj({_D}).T @ a @ y")

# -- bands
_B = "solve_banded((l_and_u[1], l_and_u[0]), transposed_bands(ab, l_and_u), g)"
structural("solve_banded(l_and_u, ab, b, *, check_finite=True)", linalg.solve_banded, b=_B, linear="b",
           ab=f"-band_products({_B}, y, ab, l_and_u)", note="the corners of ab are not read")
structural("solveh_banded(ab, b, *, lower=False, check_finite=True)", linalg.solveh_banded,
           b="solveh_banded(ab, g, lower=lower)", linear="b",
           ab="-band_products(solveh_banded(ab, g, lower=lower), y, ab, (0, 0), lower)",
           note="of real matrices; the corners of ab are not read")

# -- the helpers of these
structural("triangle_part(x, lower=False, unit_diagonal=False)", s.triangle_part, linear="x",
           x="triangle_part(g, lower, unit_diagonal)")
structural("matrix_read(a, assume_a=None, lower=False, transposed=False)", s.matrix_read, linear="a",
           a="matrix_read_adjoint(g, a, assume_a, lower, transposed)")
structural("matrix_read_adjoint(g_, a, assume_a=None, lower=False, transposed=False)", s.matrix_read_adjoint,
           g_="matrix_read(g, assume_a, lower, transposed)", linear="g_", shape_only="a")
structural("cho_product(p, c, lower=False)", s.cho_product, p="cho_product_adjoint(g, c, lower)",
           c="cho_product(conj(p).T, g, lower)", linear="p")
structural("cho_product_adjoint(g_, c, lower=False)", s.cho_product_adjoint, g_="cho_product(g, c, lower)",
           c="cho_product(conj(g).T, g_, lower)", linear="g_")
structural("permuted_rows(x, piv, back=False)", s.permuted_rows, x="permuted_rows(g, piv, not back)", linear="x")
structural("lu_parts(lu, unit)", s.lu_parts, lu="lu_parts_adjoint(g, unit)")
structural("lu_parts_adjoint(g_, unit)", s.lu_parts_adjoint, g_="lu_parts_adjoint(g, unit)", linear="g_")
structural("lu_product(p, lu)", s.lu_product, linear="p",
           p="lu_parts_adjoint(g, True) @ lu_parts(lu, False) + lu_parts(lu, True) @ lu_parts_adjoint(g, False)",
           lu="lu_parts_adjoint(p @ conj(lu_parts_adjoint(g, False)).T, True)"
              " + lu_parts_adjoint(conj(lu_parts_adjoint(g, True)).T @ p, False)")
structural("banded_matrix(ab, l_and_u=(0, 0), lower=None)", s.banded_matrix, linear="ab",
           ab="banded_adjoint(g, ab, l_and_u, lower)")
structural("banded_adjoint(g_, ab, l_and_u=(0, 0), lower=None)", s.banded_adjoint, linear="g_", shape_only="ab",
           g_="banded_matrix(g, l_and_u, lower)")
structural("transposed_bands(ab, l_and_u)", s.transposed_bands, linear="ab",
           ab="transposed_bands(g, (l_and_u[1], l_and_u[0]))")
structural("band_products(s, y_, ab, l_and_u=(0, 0), lower=None)", s.band_products, shape_only="ab", linear="s",
           s="banded_matrix(g, l_and_u, lower) @ y_", y_="conj(banded_matrix(g, l_and_u, lower)).T @ s")
for_reals("scipy.linalg.solveh_banded", only="ab")
of_lapack("scipy.linalg.*")
scipy_designs.enter("scipy.linalg")
cite("Murray, Differentiation of the Cholesky decomposition (2016)", "*.cholesky", "*.cho_factor", "*.cho_solve")
cite("Walter and Lehmann, Algorithmic differentiation of linear algebra functions (2010)", "*.qr", "*.lu", "*.lu_factor", "*.lu_solve")
cite("Giles, Collected matrix derivative results (2008)")
# fmt: on
