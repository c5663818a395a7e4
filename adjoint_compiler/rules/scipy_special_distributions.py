"""scipy.special: distribution functions by the variable, and by those parameters that have a closed derivative."""

from typing import Any

from scipy import special

from adjoint_compiler.rules.scipy_forms import BETA_DENSITY, GAMMA_DENSITY, POSITIVE, UNIT, refused
from adjoint_compiler.rules.table import cite, elementwise

T_DENSITY = "exp(-0.5 * xlog1py(df + 1, {0} * {0} / df) - betaln(0.5, 0.5 * df)) / sqrt(df)"
F_DENSITY = (
    "dfn / dfd * exp(xlogy(0.5 * dfn - 1, dfn * {0} / dfd) - 0.5 * xlog1py(dfn + dfd, dfn * {0} / dfd)"
    " - betaln(0.5 * dfn, 0.5 * dfd))"
)

# fmt: off
elementwise("stdtr(df, t)", special.stdtr, t=T_DENSITY.format("t"), domain={"df": (2.0, 5.0)}, **refused("df"))
elementwise("stdtrit(df, p)", special.stdtrit, p="divide(1, " + T_DENSITY.format("y") + ")", singular="p",
            domain={"df": (2.0, 5.0), "p": UNIT}, **refused("df"))
_CHI = "0.5 * " + GAMMA_DENSITY.format("0.5 * v", "(0.5 * {0})")
elementwise("chdtr(v, x)", special.chdtr, x=_CHI.format("x"), v="0.5 * gammainc_by_order(0.5 * v, 0.5 * x)",
            singular="x", domain={"v": (1.0, 4.0), "x": POSITIVE})
elementwise("chdtrc(v, x)", special.chdtrc, x="-" + _CHI.format("x"), singular="x",
            v="-0.5 * gammainc_by_order(0.5 * v, 0.5 * x)", domain={"v": (1.0, 4.0), "x": POSITIVE})
elementwise("chdtri(v, p)", special.chdtri, p=f"-divide(1, {_CHI.format('y')})", singular="p",
            v=f"-0.5 * gammainc_by_order(0.5 * v, 0.5 * y) / ({_CHI.format('y')})",
            domain={"v": (1.0, 4.0), "p": UNIT})
_GAMMA_X = GAMMA_DENSITY.format("b", "(a * x)")
elementwise("gdtr(a, b, x)", special.gdtr, a=f"x * {_GAMMA_X}", b="gammainc_by_order(b, a * x)",
            x=f"a * {_GAMMA_X}", singular="a x", domain={"a": POSITIVE, "b": POSITIVE, "x": POSITIVE})
elementwise("gdtrc(a, b, x)", special.gdtrc, a=f"-x * {_GAMMA_X}", b="-gammainc_by_order(b, a * x)",
            x=f"-a * {_GAMMA_X}", singular="a x", domain={"a": POSITIVE, "b": POSITIVE, "x": POSITIVE})
_F: dict[str, Any] = {"singular": "x", "domain": {"dfn": (2.0, 4.0), "dfd": (2.0, 4.0), "x": POSITIVE}}
elementwise("fdtr(dfn, dfd, x)", special.fdtr, x=F_DENSITY.format("x"), **_F, **refused("dfn", "dfd"))
elementwise("fdtrc(dfn, dfd, x)", special.fdtrc, x="-" + F_DENSITY.format("x"), **_F, **refused("dfn", "dfd"))
elementwise("fdtri(dfn, dfd, p)", special.fdtri, p=f"divide(1, {F_DENSITY.format('y')})", singular="p",
            domain={"dfn": (2.0, 4.0), "dfd": (2.0, 4.0), "p": UNIT}, **refused("dfn", "dfd"))
elementwise("pdtr(j, m)", special.pdtr, m="-exp(xlogy(floor(j), m) - m - gammaln(floor(j) + 1))",
            domain={"m": POSITIVE})
elementwise("pdtrc(j, m)", special.pdtrc, m="exp(xlogy(floor(j), m) - m - gammaln(floor(j) + 1))",
            domain={"m": POSITIVE})
elementwise("bdtr(j, n, p)", special.bdtr, singular="p", p="-" + BETA_DENSITY.format("floor(j) + 1", "(n - floor(j))", "p"),
            domain={"p": UNIT})
elementwise("bdtrc(j, n, p)", special.bdtrc, singular="p", p=BETA_DENSITY.format("floor(j) + 1", "(n - floor(j))", "p"),
            domain={"p": UNIT})
elementwise("nbdtr(j, n, p)", special.nbdtr, singular="p", p=BETA_DENSITY.format("n", "(floor(j) + 1)", "p"), domain={"p": UNIT})
elementwise("nbdtrc(j, n, p)", special.nbdtrc, singular="p", p="-" + BETA_DENSITY.format("n", "(floor(j) + 1)", "p"),
            domain={"p": UNIT})
cite("Abramowitz and Stegun, Handbook of mathematical functions (1964), chapter 26")
# fmt: on
