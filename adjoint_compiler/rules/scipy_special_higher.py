"""scipy.special: Bessel functions, integrals, elliptic and hypergeometric functions, orthogonal polynomials.

Formulas: NIST Digital Library of Mathematical Functions (dlmf.nist.gov), chapters 4.13 (Lambert W), 6 (exponential
integrals), 9 (Airy), 10 (Bessel), 11 (Struve), 13, 15 and 16 (hypergeometric), 14.30 (spherical harmonics), 18
(orthogonal polynomials), 19 (elliptic integrals).
"""

from collections.abc import Callable
from typing import Any

from scipy import special

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.results import several
from adjoint_compiler.rules.scipy_forms import INSIDE, POSITIVE, UNIT, present, real_only, refused
from adjoint_compiler.rules.table import cite, complex_valued, elementwise, structural
from adjoint_compiler.runtime import scipy_special as s


def _differentiated(kind: str) -> Callable[..., dict[str, str] | None]:
    """``spherical_jn(n, z, True)`` is a derivative already."""

    def specialise(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
        given = operands.get("derivative", Const(False))
        if not isinstance(given, Const):
            raise RuleError("spherical Bessel functions: derivative= must be a literal")
        return {"z": f"spherical_bessel('{kind}', n, z, 2)"} if given.value else None

    return specialise


# fmt: off
# -- Bessel functions: C(v)' = (C(v - 1) - C(v + 1)) / 2, and so on; none divides by x
elementwise("j0(x)", special.j0, x="-j1(x)")
elementwise("j1(x)", special.j1, x="0.5 * (j0(x) - jv(2.0, x))")
elementwise("y0(x)", special.y0, x="-y1(x)", singular="x", domain={"x": POSITIVE})
elementwise("y1(x)", special.y1, x="0.5 * (y0(x) - yv(2.0, x))", singular="x", domain={"x": POSITIVE})
elementwise("i0(x)", special.i0, x="i1(x)")
elementwise("i1(x)", special.i1, x="0.5 * (i0(x) + iv(2.0, x))")
elementwise("i0e(x)", special.i0e, x="i1e(x) - sign(x) * y", note="at 0: the middle of both sides")
elementwise("i1e(x)", special.i1e, x="0.5 * (i0e(x) + ive(2.0, x)) - sign(x) * y")
elementwise("k0(x)", special.k0, x="-k1(x)", singular="x", domain={"x": POSITIVE})
elementwise("k1(x)", special.k1, x="-0.5 * (k0(x) + kv(2.0, x))", singular="x", domain={"x": POSITIVE})
elementwise("k0e(x)", special.k0e, x="y - k1e(x)", singular="x", domain={"x": POSITIVE})
elementwise("k1e(x)", special.k1e, x="y - 0.5 * (k0e(x) + kve(2.0, x))", singular="x", domain={"x": POSITIVE})
_ORDER: dict[str, Any] = {"domain": {"v": POSITIVE, "x": POSITIVE}, **refused("v")}
_WHOLE: dict[str, Any] = {"domain": {"x": POSITIVE}, **refused("n")}
elementwise("jv(v, x)", special.jv, x="0.5 * (jv(v - 1, x) - jv(v + 1, x))", **_ORDER)
elementwise("jve(v, x)", special.jve, x="0.5 * (jve(v - 1, x) - jve(v + 1, x))", specialise=real_only, **_ORDER)
elementwise("yn(n, x)", special.yn, x="0.5 * (yn(n - 1, x) - yn(n + 1, x))", singular="x", **_WHOLE)
elementwise("yv(v, x)", special.yv, x="0.5 * (yv(v - 1, x) - yv(v + 1, x))", singular="x", **_ORDER)
elementwise("yve(v, x)", special.yve, x="0.5 * (yve(v - 1, x) - yve(v + 1, x))", specialise=real_only, singular="x", **_ORDER)
elementwise("iv(v, x)", special.iv, x="0.5 * (iv(v - 1, x) + iv(v + 1, x))", **_ORDER)
elementwise("ive(v, x)", special.ive, x="0.5 * (ive(v - 1, x) + ive(v + 1, x)) - sign(x) * y",
            specialise=real_only, **_ORDER)
elementwise("kn(n, x)", special.kn, x="-0.5 * (kv(n - 1, x) + kv(n + 1, x))", singular="x", **_WHOLE)
elementwise("kv(v, x)", special.kv, x="-0.5 * (kv(v - 1, x) + kv(v + 1, x))", singular="x", **_ORDER)
elementwise("kve(v, x)", special.kve, x="y - 0.5 * (kve(v - 1, x) + kve(v + 1, x))", singular="x", **_ORDER)
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
elementwise("spence(x)", special.spence, x="-log_moment(x - 1, 0)", singular="x", domain={"x": POSITIVE})
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
elementwise("elliprd(x, w, z)", *present(special, "elliprd"), singular="x w z", x=_RD_X, w=_RD_Y,
            z=f"-(1.5 * y + where(x == 0, 0.0, x * ({_RD_X})) + where(w == 0, 0.0, w * ({_RD_Y}))) / z",
            domain={"x": (0.2, 0.5), "w": (0.6, 0.9), "z": (1.2, 2.0)}, note="where no two arguments meet")
elementwise("elliprf(x, w, z)", *present(special, "elliprf"), singular="x w z", x="-elliprd(w, z, x) / 6", w="-elliprd(x, z, w) / 6",
            z="-elliprd(x, w, z) / 6", domain={"x": (0.2, 0.5), "w": (0.6, 0.9), "z": (1.2, 2.0)})
elementwise("agm(a, b)", special.agm, singular="a b", a="0.2122065907891938 * y * y * a * elliprd(0.0, b * b, a * a)",
            b="0.2122065907891938 * y * y * b * elliprd(0.0, a * a, b * b)",
            domain={"a": (0.3, 0.8), "b": (1.0, 2.0)})
_HALVES = "rint(0.3183098861837907 * y[3])"
_FM = (
    f"(sin(y[3] - 3.141592653589793 * {_HALVES}) ** 3 * elliprd(y[1] * y[1], 1.0, y[2] * y[2]) / 6"
    f" + 2 * {_HALVES} * {_KSLOPE.format('ellipk(m)')})"
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
    *((_name, f"orthogonal_polynomial('{_name}', n, x, 1)")
      for _name in ("legendre", "chebyt", "chebyu", "hermite", "hermitenorm", "laguerre")),
    *((f"sh_{_name}", f"2 * orthogonal_polynomial('{_name}', n, 2 * x - 1, 1)") for _name in ("legendre", "chebyt", "chebyu")),
    ("chebyc", "orthogonal_polynomial('chebyt', n, 0.5 * x, 1)"),
    ("chebys", "0.5 * orthogonal_polynomial('chebyu', n, 0.5 * x, 1)"),
):
    elementwise(f"eval_{_name}(n, x)", getattr(special, f"eval_{_name}"), x=_slope, domain={"x": INSIDE},
                **refused("n"))
elementwise("eval_genlaguerre(n, a, x)", special.eval_genlaguerre, domain=_A, **refused("n", "a"),
            x="orthogonal_polynomial('genlaguerre', n, x, 1, a)")
elementwise("eval_gegenbauer(n, a, x)", special.eval_gegenbauer, domain=_A, **refused("n", "a"),
            x="orthogonal_polynomial('gegenbauer', n, x, 1, a)")
elementwise("eval_jacobi(n, a, b, x)", special.eval_jacobi, domain=_A, **refused("n", "a", "b"),
            x="orthogonal_polynomial('jacobi', n, x, 1, a, b)")
elementwise("orthogonal_polynomial(family, n, x, order, a=0, b=0)", s.orthogonal_polynomial,
            x="orthogonal_polynomial(family, n, x, order + 1, a, b)", domain={"x": INSIDE})
for _harmonic in present(special, "sph_harm_y"):
    elementwise("sph_harm_y(n, m, theta, phi)", _harmonic, phi="1j * m * y", domain={"theta": (0.2, 2.9)},
                theta="0.5 * copysign(1.0, sin(theta)) * (sqrt((n - m) * (n + m + 1.0)) * exp(-1j * phi) * sph_harm_y(n, m + 1, theta, phi)"
                      " - sqrt((n + m) * (n - m + 1.0)) * exp(1j * phi) * sph_harm_y(n, m - 1, theta, phi))")
complex_valued(special.hankel1, special.hankel1e, special.hankel2, special.hankel2e, special.lambertw, *present(special, "sph_harm_y"))
elementwise("lambertw(z, k=0, tol=1e-08)", special.lambertw, z="1 / (z + exp(y))", singular="z",
            domain={"z": POSITIVE}, note="inf at the branch point -1/e")
elementwise("wrightomega(x)", special.wrightomega, x="y / (1 + y)")
cite("NIST Digital Library of Mathematical Functions, chapters 6 (exponential integrals), 9 (Airy), 10 (Bessel), 11 (Struve), "
     "13 and 15 (hypergeometric), 18 (orthogonal polynomials), 19 (elliptic), 25 (zeta)")
# fmt: on
