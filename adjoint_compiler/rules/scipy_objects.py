"""Objects of SciPy that a program reads: sparse matrices in products and systems, splines that it evaluates.

They are constants: made outside the program, from numbers that are not differentiated. What the program makes itself it makes by
the definitions of :mod:`adjoint_compiler.library.scipy_sparse`, whose operations have rules here.
"""

from typing import Any

import numpy as np
from scipy.sparse import linalg

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import INT, MAYBE_COMPLEX, Type, array_type
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype, rank, value_or_array
from adjoint_compiler.rules.table import cite, structural
from adjoint_compiler.runtime import scipy_objects as s


def solved(types: Types, operands: Operands) -> Type:
    """The solution and a number that says how it was found."""
    dtype = common_dtype(types.get("b"))
    return Type("tuple", items=(MAYBE_COMPLEX if dtype is None else array_type(dtype, 1), INT))


def _of_vectors(lam: str, v: str) -> Any:
    """What the elements receive: a sum over columns, where there are several."""
    product = f"take({lam}, rows, axis=0) * conj(take({v}, cols, axis=0))"

    def specialise(types: Types, operands: Operands) -> dict[str, str]:
        n = rank(types.get("x", types.get("b")))
        return {"data": f"sum({product}, axis=-1)" if n == 2 else product}

    return specialise


def _multiplied(types: Types, operands: Operands) -> Type:
    t = types.get("x", types.get("b"))
    dtype, n = common_dtype(types.get("data"), t), rank(t)
    return MAYBE_COMPLEX if dtype is None or n is None else array_type(np.result_type(dtype, 1.0), n)


def _along_axis(types: Types, operands: Operands) -> dict[str, str] | None:
    axis = operands.get("axis", Const(None))
    if not isinstance(axis, Const):
        raise RuleError("sums of sparse matrices are differentiated along an axis that is written out")
    if axis.value is None:
        return None
    return {"data": f"take(g, {'cols' if axis.value % 2 == 0 else 'rows'})"}


def _summed(types: Types, operands: Operands) -> Type | None:
    dtype = common_dtype(types.get("data"))
    axis = operands.get("axis", Const(None))
    if dtype is None or not isinstance(axis, Const):
        return None
    return value_or_array(np.result_type(dtype, 1.0), 0 if axis.value is None else 1)


def _dense(types: Types, operands: Operands) -> Type | None:
    dtype = common_dtype(types.get("data"))
    return None if dtype is None else array_type(dtype, 2)


# fmt: off
_BACK = "sparse_solution(conj(data), cols, rows, shape, g)"
structural("sparse_product(data, rows, cols, shape, x, form='csr')", s.sparse_product, specialise=_of_vectors("g", "x"), result=_multiplied,
           x="sparse_product(conj(data), cols, rows, (shape[1], shape[0]), g)", data="g", bilinear="data x")
structural("sparse_sum(data, rows, cols, shape, axis=None, form='csr')", s.sparse_sum, data="spread(g, data)", linear="data",
           specialise=_along_axis, result=_summed)
structural("sparse_elements(data, rows, cols, shape)", s.sparse_elements, data="g[rows, cols]", linear="data", result=_dense)
structural("sparse_solution(data, rows, cols, shape, b, form='csc', how='spsolve')", s.sparse_solution, specialise=_of_vectors(f"-{_BACK}", "y"),
           b=_BACK, data="g", linear="b", result=_multiplied)
structural("spsolve(A, b)", linalg.spsolve, b="spsolve(sparse_adjoint(A), g)", linear="b")
for _solver in (linalg.cg, linalg.gmres, linalg.bicgstab):
    _name = _solver.__name__
    structural(f"{_name}(A, b, *, rtol=1e-05, atol=0.0, maxiter=None)", _solver,
               b=f"{_name}(sparse_adjoint(A), g[0], rtol=rtol, atol=atol, maxiter=maxiter)[0]", result=solved,
               note="as accurate as the tolerance")
cite("Giles, Collected matrix derivative results (2008), section 2.3, at the places that are stored; "
     "splines: de Boor, A practical guide to splines (1978), chapter X")
# fmt: on
