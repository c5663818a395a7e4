"""numpy.polynomial: series in six bases. Each function is linear in coefficients, a product of two series, or has slopes of the basis.

Linear but for the length of results: zeros at the end of a series are left out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.ir.types import array_type
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype, like, rank
from adjoint_compiler.rules.table import cite, elementwise, inert, structural

POLYNOMIAL = np.polynomial
BASES = {
    "poly": "polynomial", "cheb": "chebyshev", "leg": "legendre", "herm": "hermite", "herme": "hermite_e", "lag": "laguerre",
}  # fmt: skip
SLOPES = {"herm": "g[1] / 2", "lag": "g[0] - g[1]"}
WEIGHTS = {
    "cheb": "x * y / ((1 - x) * (1 + x))", "herm": "where(y == 0, 0.0, -2 * x * y)",
    "herme": "where(y == 0, 0.0, -x * y)", "lag": "-y", "leg": "0 * x",
}  # fmt: skip


def _one_series(param: str) -> Any:
    """Refuses several series at once."""

    def specialise(types: Types, operands: Operands) -> None:
        n = rank(types.get(param))
        if n is not None and n > 1:
            raise RuleError(
                "numpy.polynomial: the coefficients of one series are differentiated; evaluate them one by one"
            )

    return specialise


def _vector(*params: str) -> Any:
    def result(types: Types, operands: Operands) -> Any:
        dtype = common_dtype(*(types[p] for p in params if p in types))
        return None if dtype is None else array_type(np.result_type(dtype, 1.0), 1)

    return result


# fmt: off
structural("basis_map(c, name, arguments=())", runtime.basis_map, c="basis_adjoint(g, c, name, arguments)", linear="c")
structural("basis_adjoint(g_, c, name, arguments=())", runtime.basis_adjoint, g_="refit(basis_map(g, name, arguments), g_)",
           shape_only="c", linear="g_", result=like("c", "g_"))
structural("basis_product(c1, c2, name, like)", runtime.basis_product, c1="basis_product_adjoint(g, c1, c2, name)",
           c2="basis_product_adjoint(g, c2, c1, name)", shape_only="like", linear="c1", result=like("like", "c1", "c2"))
structural("basis_product_adjoint(g_, c1, c2, name)", runtime.basis_product_adjoint, g_="basis_product(g, c2, name, g_)",
           c2="basis_product_adjoint(g_, c2, g, name)", shape_only="c1", linear="g_", result=like("c1", "g_", "c2"))
structural("basis_slopes(x, deg, name, order=1)", runtime.basis_slopes,
           x="sum(g * conj(basis_slopes(x, deg, name, order + 1)), axis=-1)")
structural("basis_sum_adjoint(g_, x, c, name)", runtime.basis_sum_adjoint, shape_only="c", linear="g_", result=like("c", "g_"),
           g_="dot(basis_slopes(x, shape(c)[0] - 1, name, 0), g)",
           x="g_ * conj(dot(basis_slopes(x, shape(c)[0] - 1, name, 1), g))")
# fmt: on

for _base, _module in BASES.items():
    _home = getattr(POLYNOMIAL, _module)
    _name = f"'{_module}.{_base}'"

    def _get(suffix: str, home: Any = _home, base: str = _base) -> Any:
        return getattr(home, base + suffix)

    # fmt: off
    structural("val(x, c)", _get("val"), c=f"basis_sum_adjoint(g, x, c, {_name})", specialise=_one_series("c"),
               x=f"g * conj(dot(basis_slopes(x, shape(c)[0] - 1, {_name}), c))")
    structural("vander(x, deg)", _get("vander"), x=f"sum(g * conj(basis_slopes(x, deg, {_name})), axis=-1)")
    structural("add(c1, c2)", _get("add"), c1="refit(g, c1)", c2="refit(g, c2)", result=_vector("c1", "c2"))
    structural("sub(c1, c2)", _get("sub"), c1="refit(g, c1)", c2="-refit(g, c2)", result=_vector("c1", "c2"))
    structural("mulx(c)", _get("mulx"), c=f"basis_adjoint(g, c, '{_module}.{_base}mulx')", result=_vector("c"))
    structural("mul(c1, c2)", _get("mul"), c1=f"basis_product_adjoint(g, c1, c2, '{_module}.{_base}mul')",
               c2=f"basis_product_adjoint(g, c2, c1, '{_module}.{_base}mul')", result=_vector("c1", "c2"))
    structural("der(c, m=1)", _get("der"), c=f"basis_adjoint(g, c, '{_module}.{_base}der', (m,))", linear="c",
               specialise=_one_series("c"))
    structural("int(c, m=1)", _get("int"), c=f"basis_adjoint(g, c, '{_module}.{_base}int', (m,))", linear="c",
               specialise=_one_series("c"))
    structural("line(off, scl)", _get("line"), off="g[0]", scl=SLOPES.get(_base, "g[1]"), result=_vector("off", "scl"))
    if _base != "poly":
        for _direction in (f"{_base}2poly", f"poly2{_base}"):
            structural("converted(c)", getattr(_home, _direction), result=_vector("c"),
                       c=f"basis_adjoint(g, c, '{_module}.{_direction}')")
        elementwise("weight(x)", _get("weight"), x=WEIGHTS[_base], singular="x", domain={"x": (-0.9, 0.9)})
        inert("gauss(deg)", _get("gauss"))
    # fmt: on
structural("trim(c, tol=0)", POLYNOMIAL.polyutils.trimcoef, c="refit(g, c)", result=_vector("c"))
inert("pts(npts)", POLYNOMIAL.chebyshev.chebpts1, POLYNOMIAL.chebyshev.chebpts2)

cite("NIST Digital Library of Mathematical Functions, section 18.9; transposes of maps that are linear in coefficients")
