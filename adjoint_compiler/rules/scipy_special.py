"""scipy.special: gamma and error functions, logarithms and powers, losses, sums of exponentials.

Partials of complex operands are the holomorphic derivatives. Formulas: NIST Digital Library of Mathematical Functions
(dlmf.nist.gov), chapters 5 (gamma), 7 (error functions) and 8 (incomplete gamma and beta). A parameter in which a
function has no closed derivative is refused where it is active.
"""

from scipy import special

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules import scipy_designs
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.scipy_forms import (
    BETA_DENSITY,
    GAMMA_DENSITY,
    INSIDE,
    POSITIVE,
    UNIT,
    present,
    real_only,
    refused,
)
from adjoint_compiler.rules.table import cite, complex_valued, elementwise, structural, zero
from adjoint_compiler.runtime import scipy_special as s


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


# fmt: off
# -- gamma and its relatives
elementwise("gamma(x)", special.gamma, x="y * psi(x)", singular="x", domain={"x": POSITIVE}, note="nan at the poles")
elementwise("gammaln(x)", special.gammaln, special.loggamma, x="psi(x)", singular="x", domain={"x": POSITIVE})
elementwise("psi(x)", special.psi, x="polygamma(1, x)", singular="x", domain={"x": POSITIVE}, specialise=real_only)
elementwise("rgamma(x)", special.rgamma, x="reciprocal_gamma_slope(x)", singular="x", domain={"x": POSITIVE}, note="right at the poles of gamma, too")
elementwise("reciprocal_gamma_slope(x)", s.reciprocal_gamma_slope, x="rgamma(x) * (psi(x) ** 2 - polygamma(1, x))", singular="x",
            domain={"x": POSITIVE}, specialise=real_only, note="nan at the poles of gamma")
elementwise("polygamma(n, x)", special.polygamma, x="polygamma(n + 1, x)", domain={"x": POSITIVE}, **refused("n"))
elementwise("multigammaln(a, d)", special.multigammaln, a="multidigamma(a, d)", domain={"a": (2.0, 4.0)})
elementwise("multidigamma(a, d, n=0)", s.multidigamma, a="multidigamma(a, d, n + 1)", domain={"a": (2.0, 4.0)})
zero("gammasgn(x)", special.gammasgn)
elementwise("beta(a, b)", special.beta, a="where(y == 0, 0.0, y * (psi(a) - psi(a + b)))",
            b="where(y == 0, 0.0, y * (psi(b) - psi(a + b)))", singular="a b",
            domain={"a": POSITIVE, "b": POSITIVE})
elementwise("betaln(a, b)", special.betaln, a="psi(a) - psi(a + b)", b="psi(b) - psi(a + b)", singular="a b",
            domain={"a": POSITIVE, "b": POSITIVE})
elementwise("poch(z, m)", special.poch, domain={"z": POSITIVE, "m": POSITIVE}, singular="z m",
            z="where(y == 0, gamma(z + m) * reciprocal_gamma_slope(z), y * (psi(z + m) - psi(z)))",
            m="where(y == 0, 0.0, y * psi(z + m))")
_ABOVE, _BELOW = "rgamma(n - r + 1)", "rgamma(r + 1)"
_SLOPE_ABOVE = f"gamma(n + 1) * {_BELOW} * reciprocal_gamma_slope(n - r + 1)"
elementwise("binom(n, r)", special.binom, domain={"n": (4.0, 6.0), "r": POSITIVE}, singular="n r",
            n=f"where(y == 0, {_SLOPE_ABOVE}, y * (psi(n + 1) - psi(n - r + 1)))",
            r=f"where(y == 0, gamma(n + 1) * {_ABOVE} * reciprocal_gamma_slope(r + 1) - {_SLOPE_ABOVE},"
              " y * (psi(n - r + 1) - psi(r + 1)))")
elementwise("comb(N, k, *, exact=False)", special.comb, N="where(y == 0, 0.0, y * (psi(N + 1) - psi(N - k + 1)))",
            k="where(y == 0, 0.0, y * (psi(N - k + 1) - psi(k + 1)))", singular="N k", domain={"N": (4.0, 6.0), "k": POSITIVE})
elementwise("factorial(n, exact=False)", special.factorial, n="where(n < 0, 0.0, y * psi(n + 1))", singular="n", domain={"n": POSITIVE})
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
elementwise("betaincc(a, b, x)", *present(special, "betaincc"), x="-" + BETA_DENSITY.format("a", "b", "x"), singular="x",
            domain={"a": POSITIVE, "b": POSITIVE, "x": UNIT}, **refused("a", "b"))
elementwise("betaincinv(a, b, p)", special.betaincinv, p="divide(1, " + BETA_DENSITY.format("a", "b", "y") + ")",
            singular="p", domain={"a": POSITIVE, "b": POSITIVE, "p": UNIT}, **refused("a", "b"))
elementwise("betainccinv(a, b, p)", *present(special, "betainccinv"), singular="p", **refused("a", "b"),
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
complex_valued(special.wofz)
elementwise("wofz(x)", special.wofz, x="1.1283791670955126j - 2 * x * y")
_W = "(1.1283791670955126j - 2 * {0} * wofz({0}))".format("divide(x + 1j * gamma, 1.4142135623730951 * sigma)")
_Z = "divide(x + 1j * gamma, sigma)"
elementwise("voigt_profile(x, sigma, gamma)", special.voigt_profile, singular="x sigma gamma",
            x=f"divide(real({_W}) * 0.28209479177387814, sigma * sigma)",
            gamma=f"-divide(imag({_W}) * 0.28209479177387814, sigma * sigma)",
            sigma=f"-divide(y + divide(real({_W} * {_Z}) * 0.28209479177387814, sigma), sigma)",
            domain={"sigma": POSITIVE, "gamma": POSITIVE}, note="sigma must not be 0")
elementwise("ndtr(x)", special.ndtr, x="0.3989422804014327 * exp(-0.5 * x * x)")
elementwise("log_ndtr(x)", special.log_ndtr, x="0.3989422804014327 * exp(-0.5 * x * x - y)")
elementwise("ndtri(x)", special.ndtri, x="2.5066282746310002 * exp(0.5 * y * y)", singular="x",
            domain={"x": UNIT}, note="inf at 0, 1")
elementwise("ndtri_exp(x)", *present(special, "ndtri_exp"), x="2.5066282746310002 * exp(x + 0.5 * y * y)", singular="x",
            domain={"x": (-3.0, -0.1)}, note="inf at 0")
elementwise("owens_t(h, a)", special.owens_t, h="-0.3989422804014327 * exp(-0.5 * h * h) * (ndtr(a * h) - 0.5)",
            a="0.15915494309189535 * exp(-0.5 * h * h * (1 + a * a)) / (1 + a * a)")

# -- logistic functions, logarithms and powers
elementwise("expit(x)", special.expit, x="y * expit(-x)")
elementwise("log_expit(x)", special.log_expit, x="expit(-x)")
elementwise("softplus(x)", *present(special, "softplus"), x="expit(x)")
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
elementwise("powm1(x, z)", *present(special, "powm1"), x="power_partial_base(x, z)",
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

# -- sums of exponentials
structural("logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False)", special.logsumexp,
           a="spread(g, a, axis, keepdims) * exp_share(a, spread(y, a, axis, keepdims))",
           b="unbroadcast(spread(g, outline(a, b), axis, keepdims) * exp_share(a, spread(y, a, axis, keepdims)), b)",
           specialise=_summed_exponentials, note="0 where all are -inf")
elementwise("exp_share(a, y_)", s.exp_share, a="y", y_="-y")
structural("softmax(x, axis=None)", special.softmax, x="conj(y) * (g - sum(g * conj(y), axis=axis, keepdims=True))")
structural("log_softmax(x, axis=None)", special.log_softmax,
           x="g - exp(conj(y)) * sum(g, axis=axis, keepdims=True)")
scipy_designs.enter("scipy.special")
cite("NIST Digital Library of Mathematical Functions, chapters 5 (gamma), 7 (error functions), 8 (incomplete gamma and beta)")
# fmt: on
