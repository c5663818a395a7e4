"""scipy.special: functions of numbers. Partials of complex operands are the holomorphic derivatives.

Formulas: NIST Digital Library of Mathematical Functions (dlmf.nist.gov), by chapter: 5 gamma, 6 exponential
integrals, 7 error functions, 8 incomplete gamma, 10 Bessel, 11 Struve, 13 and 15 hypergeometric, 18 orthogonal
polynomials, 19 elliptic integrals. A parameter in which a function has no closed derivative (the order of a Bessel
function) is refused where it is active.
"""

from collections.abc import Callable
from typing import Any

from scipy import special

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type, may_be_complex
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.results import several
from adjoint_compiler.rules.table import elementwise, structural, zero
from adjoint_compiler.runtime import scipy_special as s

POSITIVE, UNIT, INSIDE = (0.3, 3.0), (0.1, 0.9), (-0.9, 0.9)


def present(*names: str) -> list[Callable[..., Any]]:
    """The functions of ``scipy.special`` that this SciPy has.

    >>> present("erf", "function_of_a_later_scipy")
    [<ufunc 'erf'>]
    """
    return [getattr(special, name) for name in names if hasattr(special, name)]


def refused(*params: str) -> dict[str, str]:
    """Pullbacks of parameters without a derivative.

    >>> refused("v")
    {'v': "not_differentiated('derivatives by its parameter v')"}
    """
    return {p: f"not_differentiated('derivatives by its parameter {p}')" for p in params}


def real_only(types: dict[str, Type], operands: dict[str, Operand]) -> None:
    """Refuses complex operands of functions whose derivative is known for real ones only."""
    if any(map(may_be_complex, types.values())):
        raise RuleError("the derivative of this function of scipy.special is known for real numbers only")


def _differentiated(kind: str) -> Callable[..., dict[str, str] | None]:
    """``spherical_jn(n, z, True)`` is a derivative already."""

    def specialise(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
        given = operands.get("derivative", Const(False))
        if not isinstance(given, Const):
            raise RuleError("spherical Bessel functions: derivative= must be a literal")
        return {"z": f"spherical_bessel('{kind}', n, z, 2)"} if given.value else None

    return specialise


def _summed_exponentials(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str]:
    """The pullbacks of ``logsumexp`` with the factors ``b``, and for the pair of a logarithm and a sign."""
    signed = operands.get("return_sign", Const(False))
    if not isinstance(signed, Const):
        raise RuleError("scipy.special.logsumexp: return_sign= must be a literal")
    whole = "a" if operands.get("b", Const(None)) == Const(None) else "outline(a, b)"
    g, y = ("g[0] * y[1]", "y[0]") if signed.value else ("g", "y")
    share = f"spread({g}, {whole}, axis, keepdims) * conj(exp_share(a, spread({y}, {whole}, axis, keepdims)))"
    if whole == "a":
        return {"a": share}
    return {"a": f"unbroadcast({share} * b, a)", "b": f"unbroadcast({share}, b)"}


GAMMA_DENSITY = "exp(xlogy({0} - 1, {1}) - {1} - gammaln({0}))"
BETA_DENSITY = "exp(xlogy({0} - 1, {2}) + xlog1py({1} - 1, -{2}) - betaln({0}, {1}))"
T_DENSITY = "exp(-0.5 * xlog1py(df + 1, {0} * {0} / df) - betaln(0.5, 0.5 * df)) / sqrt(df)"
F_DENSITY = (
    "dfn / dfd * exp(xlogy(0.5 * dfn - 1, dfn * {0} / dfd) - 0.5 * xlog1py(dfn + dfd, dfn * {0} / dfd)"
    " - betaln(0.5 * dfn, 0.5 * dfd))"
)

# fmt: off
# -- gamma and its relatives
elementwise("gamma(x)", special.gamma, x="y * psi(x)", domain={"x": POSITIVE}, note="nan at the poles")
elementwise("gammaln(x)", special.gammaln, special.loggamma, x="psi(x)", domain={"x": POSITIVE})
elementwise("psi(x)", special.psi, x="polygamma(1, x)", domain={"x": POSITIVE}, specialise=real_only)
elementwise("rgamma(x)", special.rgamma, x="-y * psi(x)", domain={"x": POSITIVE}, note="nan at the poles of gamma")
elementwise("polygamma(n, x)", special.polygamma, x="polygamma(n + 1, x)", domain={"x": POSITIVE}, **refused("n"))
elementwise("multigammaln(a, d)", special.multigammaln, a="multidigamma(a, d)", domain={"a": (2.0, 4.0)})
elementwise("multidigamma(a, d, n=0)", s.multidigamma, a="multidigamma(a, d, n + 1)", domain={"a": (2.0, 4.0)})
zero("gammasgn(x)", special.gammasgn)
elementwise("beta(a, b)", special.beta, a="y * (psi(a) - psi(a + b))", b="y * (psi(b) - psi(a + b))",
            domain={"a": POSITIVE, "b": POSITIVE})
elementwise("betaln(a, b)", special.betaln, a="psi(a) - psi(a + b)", b="psi(b) - psi(a + b)",
            domain={"a": POSITIVE, "b": POSITIVE})
elementwise("poch(z, m)", special.poch, z="y * (psi(z + m) - psi(z))", m="y * psi(z + m)",
            domain={"z": POSITIVE, "m": POSITIVE})
elementwise("binom(n, r)", special.binom, n="y * (psi(n + 1) - psi(n - r + 1))",
            r="y * (psi(n - r + 1) - psi(r + 1))", domain={"n": (4.0, 6.0), "r": POSITIVE})
elementwise("comb(N, k, *, exact=False)", special.comb, N="where(y == 0, 0.0, y * (psi(N + 1) - psi(N - k + 1)))",
            k="where(y == 0, 0.0, y * (psi(N - k + 1) - psi(k + 1)))", domain={"N": (4.0, 6.0), "k": POSITIVE})
elementwise("factorial(n, exact=False)", special.factorial, n="y * psi(n + 1)", domain={"n": POSITIVE})
elementwise("zeta(x, q=None)", special.zeta, q="-x * zeta(x + 1, q)", domain={"x": (2.0, 4.0), "q": POSITIVE},
            **refused("x"))

elementwise("gammainc(a, x)", special.gammainc, x=GAMMA_DENSITY.format("a", "x"), a="gammainc_by_order(a, x)",
            singular="x", domain={"a": POSITIVE, "x": POSITIVE}, note="by a: from a series, to 1e-13")
elementwise("gammaincc(a, x)", special.gammaincc, x="-" + GAMMA_DENSITY.format("a", "x"),
            a="-gammainc_by_order(a, x)", singular="x", domain={"a": POSITIVE, "x": POSITIVE},
            note="by a: from a series, to 1e-13")
elementwise("gammaincinv(a, p)", special.gammaincinv, p="divide(1, " + GAMMA_DENSITY.format("a", "y") + ")",
            a="-gammainc_by_order(a, y) / " + GAMMA_DENSITY.format("a", "y"), singular="p",
            domain={"a": POSITIVE, "p": UNIT})
elementwise("gammainccinv(a, p)", special.gammainccinv, p="-divide(1, " + GAMMA_DENSITY.format("a", "y") + ")",
            a="-gammainc_by_order(a, y) / " + GAMMA_DENSITY.format("a", "y"), singular="p",
            domain={"a": POSITIVE, "p": UNIT})
elementwise("gammainc_by_order(a, x)", s.gammainc_by_order,
            x=GAMMA_DENSITY.format("a", "x") + " * (log(x) - psi(a))", domain={"a": POSITIVE, "x": POSITIVE},
            a="not_differentiated('second derivatives of the incomplete gamma function by its order')")
elementwise("betainc(a, b, x)", special.betainc, x=BETA_DENSITY.format("a", "b", "x"), singular="x",
            domain={"a": POSITIVE, "b": POSITIVE, "x": UNIT}, **refused("a", "b"))
elementwise("betaincc(a, b, x)", *present("betaincc"), x="-" + BETA_DENSITY.format("a", "b", "x"), singular="x",
            domain={"a": POSITIVE, "b": POSITIVE, "x": UNIT}, **refused("a", "b"))
elementwise("betaincinv(a, b, p)", special.betaincinv, p="divide(1, " + BETA_DENSITY.format("a", "b", "y") + ")",
            singular="p", domain={"a": POSITIVE, "b": POSITIVE, "p": UNIT}, **refused("a", "b"))
elementwise("betainccinv(a, b, p)", *present("betainccinv"), singular="p", **refused("a", "b"),
            p="-divide(1, " + BETA_DENSITY.format("a", "b", "y") + ")",
            domain={"a": POSITIVE, "b": POSITIVE, "p": UNIT})

# -- error functions and the normal distribution
elementwise("erf(x)", special.erf, x="1.1283791670955126 * exp(-x * x)")
elementwise("erfc(x)", special.erfc, x="-1.1283791670955126 * exp(-x * x)")
elementwise("erfcx(x)", special.erfcx, x="erfcx_slope(x)")
elementwise("erfcx_slope(x)", s.erfcx_slope, x="2 * erfcx(x) + 2 * x * y")
elementwise("erfi(x)", special.erfi, x="1.1283791670955126 * exp(x * x)")
elementwise("erfinv(x)", special.erfinv, x="0.886226925452758 * exp(y * y)", singular="x", domain={"x": INSIDE},
            note="inf at -1, 1")
elementwise("erfcinv(x)", special.erfcinv, x="-0.886226925452758 * exp(y * y)", singular="x",
            domain={"x": (0.1, 1.9)}, note="-inf at 0, 2")
elementwise("dawsn(x)", special.dawsn, x="dawsn_slope(x)")
elementwise("dawsn_slope(x)", s.dawsn_slope, x="-2 * dawsn(x) - 2 * x * y")
elementwise("wofz(x)", special.wofz, x="1.1283791670955126j - 2 * x * y")
_W = "(1.1283791670955126j - 2 * {0} * wofz({0}))".format("((x + 1j * gamma) / (1.4142135623730951 * sigma))")
_Z = "((x + 1j * gamma) / sigma)"
elementwise("voigt_profile(x, sigma, gamma)", special.voigt_profile,
            x=f"real({_W}) * 0.28209479177387814 / (sigma * sigma)",
            gamma=f"-imag({_W}) * 0.28209479177387814 / (sigma * sigma)",
            sigma=f"-(y + real({_W} * {_Z}) * 0.28209479177387814 / sigma) / sigma",
            domain={"sigma": POSITIVE, "gamma": POSITIVE}, note="sigma must not be 0")
elementwise("ndtr(x)", special.ndtr, x="0.3989422804014327 * exp(-0.5 * x * x)")
elementwise("log_ndtr(x)", special.log_ndtr, x="0.3989422804014327 * exp(-0.5 * x * x - y)")
elementwise("ndtri(x)", special.ndtri, x="2.5066282746310002 * exp(0.5 * y * y)", singular="x",
            domain={"x": UNIT}, note="inf at 0, 1")
elementwise("ndtri_exp(x)", *present("ndtri_exp"), x="2.5066282746310002 * exp(x + 0.5 * y * y)", singular="x",
            domain={"x": (-3.0, -0.1)}, note="inf at 0")
elementwise("owens_t(h, a)", special.owens_t, h="-0.3989422804014327 * exp(-0.5 * h * h) * (ndtr(a * h) - 0.5)",
            a="0.15915494309189535 * exp(-0.5 * h * h * (1 + a * a)) / (1 + a * a)")

# -- logistic functions, logarithms and powers
elementwise("expit(x)", special.expit, x="y * expit(-x)")
elementwise("log_expit(x)", special.log_expit, x="expit(-x)")
elementwise("softplus(x)", *present("softplus"), x="expit(x)")
elementwise("logit(x)", special.logit, x="divide(1, x * (1 - x))", singular="x", domain={"x": UNIT},
            note="inf at 0, 1")
elementwise("entr(x)", special.entr, x="-1 - log(x)", singular="x", domain={"x": POSITIVE}, note="inf at 0")
elementwise("rel_entr(x, z)", special.rel_entr, x="1 + log(divide(x, z))", z="-ratio_or_zero(x, z)", singular="x z",
            domain={"x": POSITIVE, "z": POSITIVE}, note="-inf by x at 0")
elementwise("kl_div(x, z)", special.kl_div, x="log(divide(x, z))", z="1 - ratio_or_zero(x, z)", singular="x z",
            domain={"x": POSITIVE, "z": POSITIVE}, note="-inf by x at 0")
elementwise("xlogy(x, z)", special.xlogy, x="log(z)", z="ratio_or_zero(x, z)", singular="x z",
            domain={"z": POSITIVE}, note="0 by z where both are 0")
elementwise("xlog1py(x, z)", special.xlog1py, x="log1p(z)", z="ratio_or_zero(x, 1 + z)", singular="x z",
            domain={"z": INSIDE}, note="0 by z where x is 0 and z is -1")
elementwise("ratio_or_zero(x, z)", s.ratio_or_zero, x="divide_or_zero(1.0, z)", z="-divide_or_zero(y, z)",
            domain={"z": POSITIVE}, linear="x")
elementwise("boxcox(x, lmbda)", special.boxcox, x="power(x, lmbda - 1)", singular="x lmbda",
            lmbda="log(x) * log(x) * exp_moment(lmbda * log(x), 1)", domain={"x": POSITIVE})
elementwise("boxcox1p(x, lmbda)", special.boxcox1p, x="power(1 + x, lmbda - 1)", singular="x lmbda",
            lmbda="log1p(x) * log1p(x) * exp_moment(lmbda * log1p(x), 1)", domain={"x": POSITIVE})
elementwise("inv_boxcox(x, lmbda)", special.inv_boxcox, x="power(y, 1 - lmbda)", singular="x lmbda",
            lmbda="-log(y) * log(y) * exp_moment(lmbda * log(y), 1) * power(y, 1 - lmbda)",
            domain={"x": POSITIVE, "lmbda": POSITIVE})
elementwise("inv_boxcox1p(x, lmbda)", special.inv_boxcox1p, x="power(1 + y, 1 - lmbda)", singular="x lmbda",
            lmbda="-log1p(y) * log1p(y) * exp_moment(lmbda * log1p(y), 1) * power(1 + y, 1 - lmbda)",
            domain={"x": POSITIVE, "lmbda": POSITIVE})
elementwise("powm1(x, z)", *present("powm1"), x="power_partial_base(x, z)",
            z="power_partial_exponent(x, z, y + 1)", singular="x z", domain={"x": POSITIVE})
elementwise("exp10(x)", special.exp10, x="2.302585092994046 * y")
elementwise("exp2(x)", special.exp2, x="0.6931471805599453 * y")
elementwise("expm1(x)", special.expm1, x="y + 1")
elementwise("log1p(x)", special.log1p, x="divide(1, 1 + x)", singular="x", domain={"x": INSIDE})
elementwise("cbrt(x)", special.cbrt, x="1 / (3 * y * y)", singular="x", domain={"x": POSITIVE}, note="inf at 0")
elementwise("exprel(x)", special.exprel, x="exp_moment(x, 1)")
elementwise("exp_moment(x, n)", s.exp_moment, x="exp_moment(x, n + 1)")
elementwise("cosm1(x)", special.cosm1, x="-sin(x)")
elementwise("sindg(x)", special.sindg, x="0.017453292519943295 * cosdg(x)")
elementwise("cosdg(x)", special.cosdg, x="-0.017453292519943295 * sindg(x)")
elementwise("tandg(x)", special.tandg, x="0.017453292519943295 * (1 + y * y)")
elementwise("cotdg(x)", special.cotdg, x="-0.017453292519943295 * (1 + y * y)", domain={"x": (20.0, 70.0)})
zero("round(x)", special.round)

# -- losses
elementwise("huber(delta, r)", special.huber, delta="maximum(absolute(r) - delta, 0.0)",
            r="clip(r, -delta, delta)", domain={"delta": POSITIVE})
_ROOT = "hypot(delta, r)"
elementwise("pseudo_huber(delta, r)", special.pseudo_huber, r=f"r * divide_or_zero(delta, {_ROOT})",
            delta=f"divide_or_zero(divide_or_zero(r * r, {_ROOT} + delta) ** 2, {_ROOT})",
            domain={"delta": POSITIVE})

# -- Bessel functions: C(v)' = (C(v - 1) - C(v + 1)) / 2, and so on; none divides by x
elementwise("j0(x)", special.j0, x="-j1(x)")
elementwise("j1(x)", special.j1, x="0.5 * (j0(x) - jv(2.0, x))")
elementwise("y0(x)", special.y0, x="-y1(x)", domain={"x": POSITIVE})
elementwise("y1(x)", special.y1, x="0.5 * (y0(x) - yv(2.0, x))", domain={"x": POSITIVE})
elementwise("i0(x)", special.i0, x="i1(x)")
elementwise("i1(x)", special.i1, x="0.5 * (i0(x) + iv(2.0, x))")
elementwise("i0e(x)", special.i0e, x="i1e(x) - sign(x) * y", note="at 0: the middle of both sides")
elementwise("i1e(x)", special.i1e, x="0.5 * (i0e(x) + ive(2.0, x)) - sign(x) * y")
elementwise("k0(x)", special.k0, x="-k1(x)", domain={"x": POSITIVE})
elementwise("k1(x)", special.k1, x="-0.5 * (k0(x) + kv(2.0, x))", domain={"x": POSITIVE})
elementwise("k0e(x)", special.k0e, x="y - k1e(x)", domain={"x": POSITIVE})
elementwise("k1e(x)", special.k1e, x="y - 0.5 * (k0e(x) + kve(2.0, x))", domain={"x": POSITIVE})
_ORDER: dict[str, Any] = {"domain": {"v": POSITIVE, "x": POSITIVE}, **refused("v")}
_WHOLE: dict[str, Any] = {"domain": {"x": POSITIVE}, **refused("n")}
elementwise("jv(v, x)", special.jv, x="0.5 * (jv(v - 1, x) - jv(v + 1, x))", **_ORDER)
elementwise("jve(v, x)", special.jve, x="0.5 * (jve(v - 1, x) - jve(v + 1, x))", specialise=real_only, **_ORDER)
elementwise("yn(n, x)", special.yn, x="0.5 * (yn(n - 1, x) - yn(n + 1, x))", **_WHOLE)
elementwise("yv(v, x)", special.yv, x="0.5 * (yv(v - 1, x) - yv(v + 1, x))", **_ORDER)
elementwise("yve(v, x)", special.yve, x="0.5 * (yve(v - 1, x) - yve(v + 1, x))", specialise=real_only, **_ORDER)
elementwise("iv(v, x)", special.iv, x="0.5 * (iv(v - 1, x) + iv(v + 1, x))", **_ORDER)
elementwise("ive(v, x)", special.ive, x="0.5 * (ive(v - 1, x) + ive(v + 1, x)) - sign(x) * y",
            specialise=real_only, **_ORDER)
elementwise("kn(n, x)", special.kn, x="-0.5 * (kv(n - 1, x) + kv(n + 1, x))", **_WHOLE)
elementwise("kv(v, x)", special.kv, x="-0.5 * (kv(v - 1, x) + kv(v + 1, x))", **_ORDER)
elementwise("kve(v, x)", special.kve, x="y - 0.5 * (kve(v - 1, x) + kve(v + 1, x))", **_ORDER)
elementwise("hankel1(v, x)", special.hankel1, x="0.5 * (hankel1(v - 1, x) - hankel1(v + 1, x))", **_ORDER)
elementwise("hankel1e(v, x)", special.hankel1e, x="0.5 * (hankel1e(v - 1, x) - hankel1e(v + 1, x)) - 1j * y",
            **_ORDER)
elementwise("hankel2(v, x)", special.hankel2, x="0.5 * (hankel2(v - 1, x) - hankel2(v + 1, x))", **_ORDER)
elementwise("hankel2e(v, x)", special.hankel2e, x="0.5 * (hankel2e(v - 1, x) - hankel2e(v + 1, x)) + 1j * y",
            **_ORDER)
_POWER = "0.28209479177387814 * power(0.5 * x, v) * rgamma(v + 1.5)"
elementwise("struve(v, x)", special.struve, x=f"0.5 * (struve(v - 1, x) - struve(v + 1, x)) + {_POWER}", **_ORDER)
elementwise("modstruve(v, x)", special.modstruve,
            x=f"0.5 * (modstruve(v - 1, x) + modstruve(v + 1, x)) + {_POWER}", **_ORDER)
structural("airy(z)", special.airy, z="g[0] * conj(y[1]) + g[1] * conj(z * y[0]) + g[2] * conj(y[3])"
           " + g[3] * conj(z * y[2])", cheap=True, result=several(4))
for _name, _other, _sign in (("ber", "bei", "-"), ("bei", "ber", ""), ("ker", "kei", "-"), ("kei", "ker", "")):
    elementwise(f"{_name}(x)", getattr(special, _name), x=f"{_name}p(x)", domain={"x": POSITIVE})
    elementwise(f"{_name}p(x)", getattr(special, f"{_name}p"), x=f"{_sign}{_other}(x) - y / x", singular="x",
                domain={"x": POSITIVE})
for _name in ("jn", "yn", "in", "kn"):
    elementwise(f"spherical_{_name}(n, z, derivative=False)", getattr(special, f"spherical_{_name}"),
                z=f"spherical_bessel('{_name}', n, z, 1)", domain={"z": POSITIVE}, specialise=_differentiated(_name))
elementwise("spherical_bessel(kind, n, z, order)", s.spherical_bessel, domain={"z": POSITIVE},
            z="spherical_bessel(kind, n, z, order + 1)")

# -- integrals
elementwise("exp1(x)", special.exp1, x="-exp(-x) / x", singular="x", domain={"x": POSITIVE}, note="-inf at 0")
elementwise("expi(x)", special.expi, x="exp(x) / x", singular="x", domain={"x": POSITIVE}, note="inf at 0")
elementwise("expn(n, x)", special.expn, x="-exp_integral(n - 1, x)", singular="x", **_WHOLE)
elementwise("exp_integral(n, x)", s.exp_integral, x="-exp_integral(n - 1, x)", domain={"x": POSITIVE})
structural("sici(x)", special.sici, x="g[0] * conj(sinc(0.3183098861837907 * x)) + g[1] * conj(cos(x) / x)",
           cheap=True, result=several(2), domain={"x": POSITIVE})
structural("shichi(x)", special.shichi, x="g[0] * conj(0.5 * (exp_moment(x, 0) + exp_moment(-x, 0)))"
           " + g[1] * conj(cosh(x) / x)", cheap=True, result=several(2), domain={"x": POSITIVE})
structural("fresnel(z)", special.fresnel, z="g[0] * conj(sin(1.5707963267948966 * z * z))"
           " + g[1] * conj(cos(1.5707963267948966 * z * z))", cheap=True, result=several(2))
elementwise("spence(x)", special.spence, x="-log_moment(x - 1, 0)", domain={"x": POSITIVE})
elementwise("log_moment(u, n)", s.log_moment, u="-(n + 1) * log_moment(u, n + 1)", domain={"u": (-0.7, 2.0)})

_KSLOPE = "0.5 * ({0} - elliprd(0.0, 1 - m, 1.0) / 3) / (1 - m)"
_TURNS = "rint(0.3183098861837907 * phi)"
_SINE = f"sin(phi - 3.141592653589793 * {_TURNS})"
_DELTA = "(1 - m * sin(phi) * sin(phi))"
elementwise("ellipk(m)", special.ellipk, m=_KSLOPE.format("y"), singular="m", domain={"m": UNIT},
            note="second derivatives: nan at 0")
elementwise("ellipkm1(p)", special.ellipkm1, p="-0.5 * (y - elliprd(0.0, p, 1.0) / 3) / p", singular="p",
            domain={"p": UNIT})
elementwise("ellipe(m)", special.ellipe, m="-elliprd(0.0, 1 - m, 1.0) / 6", singular="m", domain={"m": UNIT},
            note="second derivatives: nan at 0")
elementwise("ellipkinc(phi, m)", special.ellipkinc, phi=f"1 / sqrt{_DELTA}", singular="phi m",
            m=f"{_SINE} ** 3 * elliprd(cos(phi) * cos(phi), 1.0, {_DELTA}) / 6"
              f" + 2 * {_TURNS} * {_KSLOPE.format('ellipk(m)')}", domain={"phi": POSITIVE, "m": UNIT})
elementwise("ellipeinc(phi, m)", special.ellipeinc, phi=f"sqrt{_DELTA}", singular="m",
            m=f"-{_SINE} ** 3 * elliprd(cos(phi) * cos(phi), {_DELTA}, 1.0) / 6"
              f" - {_TURNS} * elliprd(0.0, 1 - m, 1.0) / 3", domain={"phi": POSITIVE, "m": UNIT})
_RD_X, _RD_Y = ("0.5 * (elliprd({1}, z, {0}) - y_) / ({0} - z)".replace("y_", "elliprd(x, w, z)").format(*p)
                for p in (("x", "w"), ("w", "x")))
elementwise("elliprd(x, w, z)", *present("elliprd"), x=_RD_X, w=_RD_Y,
            z=f"-(1.5 * y + where(x == 0, 0.0, x * ({_RD_X})) + where(w == 0, 0.0, w * ({_RD_Y}))) / z",
            domain={"x": (0.2, 0.5), "w": (0.6, 0.9), "z": (1.2, 2.0)}, note="where no two arguments meet")
elementwise("elliprf(x, w, z)", *present("elliprf"), x="-elliprd(w, z, x) / 6", w="-elliprd(x, z, w) / 6",
            z="-elliprd(x, w, z) / 6", domain={"x": (0.2, 0.5), "w": (0.6, 0.9), "z": (1.2, 2.0)})
elementwise("agm(a, b)", special.agm, a="0.2122065907891938 * y * y * a * elliprd(0.0, b * b, a * a)",
            b="0.2122065907891938 * y * y * b * elliprd(0.0, a * a, b * b)",
            domain={"a": (0.3, 0.8), "b": (1.0, 2.0)})
_FM = (
    "({0} ** 3 * elliprd(y[1] * y[1], 1.0, y[2] * y[2]) / 6 + 2 * {1} * {2})".format(
        "sin(y[3] - 3.141592653589793 * rint(0.3183098861837907 * y[3]))", "rint(0.3183098861837907 * y[3])",
        _KSLOPE.format("ellipk(m)"))
)
structural("ellipj(u, m)", special.ellipj,
           u="unbroadcast(g[0] * y[1] * y[2] - g[1] * y[0] * y[2] - g[2] * m * y[0] * y[1] + g[3] * y[2], u)",
           m=f"unbroadcast({_FM} * (g[2] * m * y[0] * y[1] - y[2] * (g[0] * y[1] - g[1] * y[0] + g[3]))"
             " - 0.5 * g[2] * y[0] * y[0] / y[2], m)", cheap=True, result=several(4),
           domain={"m": UNIT})

# -- hypergeometric functions
_A, _AB = {"a": POSITIVE, "b": POSITIVE}, refused("a", "b")
elementwise("hyp0f1(b, x)", special.hyp0f1, x="hyp0f1(b + 1, x) / b", domain=_A, **refused("b"))
elementwise("hyp1f1(a, b, x)", special.hyp1f1, x="a / b * hyp1f1(a + 1, b + 1, x)", domain=_A, **_AB)
elementwise("hyp2f1(a, b, c, x)", special.hyp2f1, x="a * b / c * hyp2f1(a + 1, b + 1, c + 1, x)",
            domain={**_A, "c": POSITIVE, "x": INSIDE}, **refused("a", "b", "c"))
elementwise("hyperu(a, b, x)", special.hyperu, x="-a * hyperu(a + 1, b + 1, x)", domain={**_A, "x": POSITIVE},
            **_AB)

# -- orthogonal polynomials, by x
for _name, _slope in (
    *((_name, f"polynomial('{_name}', n, x, 1)")
      for _name in ("legendre", "chebyt", "chebyu", "hermite", "hermitenorm", "laguerre")),
    *((f"sh_{_name}", f"2 * polynomial('{_name}', n, 2 * x - 1, 1)") for _name in ("legendre", "chebyt", "chebyu")),
    ("chebyc", "polynomial('chebyt', n, 0.5 * x, 1)"),
    ("chebys", "0.5 * polynomial('chebyu', n, 0.5 * x, 1)"),
):
    elementwise(f"eval_{_name}(n, x)", getattr(special, f"eval_{_name}"), x=_slope, domain={"x": INSIDE},
                **refused("n"))
elementwise("eval_genlaguerre(n, a, x)", special.eval_genlaguerre, domain=_A, **refused("n", "a"),
            x="polynomial('genlaguerre', n, x, 1, a)")
elementwise("eval_gegenbauer(n, a, x)", special.eval_gegenbauer, domain=_A, **refused("n", "a"),
            x="polynomial('gegenbauer', n, x, 1, a)")
elementwise("eval_jacobi(n, a, b, x)", special.eval_jacobi, domain=_A, **refused("n", "a", "b"),
            x="polynomial('jacobi', n, x, 1, a, b)")
elementwise("polynomial(family, n, x, order, a=0, b=0)", s.polynomial,
            x="polynomial(family, n, x, order + 1, a, b)", domain={"x": INSIDE})
for _harmonic in present("sph_harm_y"):
    elementwise("sph_harm_y(n, m, theta, phi)", _harmonic, phi="1j * m * y", domain={"theta": (0.2, 2.9)},
                theta="0.5 * copysign(1.0, sin(theta)) * (sqrt((n - m) * (n + m + 1.0)) * exp(-1j * phi) * sph_harm_y(n, m + 1, theta, phi)"
                      " - sqrt((n + m) * (n - m + 1.0)) * exp(1j * phi) * sph_harm_y(n, m - 1, theta, phi))")
elementwise("lambertw(z, k=0, tol=1e-08)", special.lambertw, z="1 / (z + exp(y))", singular="z",
            domain={"z": POSITIVE}, note="inf at the branch point -1/e")
elementwise("wrightomega(x)", special.wrightomega, x="y / (1 + y)")

# -- distribution functions
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
elementwise("bdtr(j, n, p)", special.bdtr, p="-" + BETA_DENSITY.format("floor(j) + 1", "(n - floor(j))", "p"),
            domain={"p": UNIT})
elementwise("bdtrc(j, n, p)", special.bdtrc, p=BETA_DENSITY.format("floor(j) + 1", "(n - floor(j))", "p"),
            domain={"p": UNIT})
elementwise("nbdtr(j, n, p)", special.nbdtr, p=BETA_DENSITY.format("n", "(floor(j) + 1)", "p"), domain={"p": UNIT})
elementwise("nbdtrc(j, n, p)", special.nbdtrc, p="-" + BETA_DENSITY.format("n", "(floor(j) + 1)", "p"),
            domain={"p": UNIT})

# -- sums of exponentials
structural("logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False)", special.logsumexp,
           a="spread(g, a, axis, keepdims) * exp_share(a, spread(y, a, axis, keepdims))",
           b="unbroadcast(spread(g, outline(a, b), axis, keepdims) * exp_share(a, spread(y, a, axis, keepdims)), b)",
           specialise=_summed_exponentials, note="0 where all are -inf")
elementwise("exp_share(a, y_)", s.exp_share, a="y", y_="-y")
structural("softmax(x, axis=None)", special.softmax, x="conj(y) * (g - sum(g * conj(y), axis=axis, keepdims=True))")
structural("log_softmax(x, axis=None)", special.log_softmax,
           x="g - exp(conj(y)) * sum(g, axis=axis, keepdims=True)")
# fmt: on
