"""Objects of SciPy that a program reads: sparse matrices in products and systems, splines that it evaluates.

They are constants: made outside the program, from numbers that are not differentiated.
"""

from scipy.sparse import linalg

from adjoint_compiler.ir.types import INT, MAYBE_COMPLEX, Type, array_type
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype
from adjoint_compiler.rules.table import structural


def solved(types: Types, operands: Operands) -> Type:
    """The solution and a number that says how it was found."""
    dtype = common_dtype(types.get("b"))
    return Type("tuple", items=(MAYBE_COMPLEX if dtype is None else array_type(dtype, 1), INT))


# fmt: off
structural("spsolve(A, b)", linalg.spsolve, b="spsolve(sparse_adjoint(A), g)", linear="b")
for _solver in (linalg.cg, linalg.gmres, linalg.bicgstab):
    _name = _solver.__name__
    structural(f"{_name}(A, b, *, rtol=1e-05, atol=0.0, maxiter=None)", _solver,
               b=f"{_name}(sparse_adjoint(A), g[0], rtol=rtol, atol=atol, maxiter=maxiter)[0]", result=solved,
               note="as accurate as the tolerance")
# fmt: on
