"""The functions of ``math`` and ``cmath``.

They take numbers, and their partials are plain Python. A partial that divides by zero where the function is
defined comes out as ``inf`` through a helper: Python raises where NumPy does not.
"""

import cmath
import math

from adjoint_compiler.rules import literals, results
from adjoint_compiler.rules.table import cite, elementwise, for_reals, inert, present, structural, zero

UNIT = {"x": (-0.9, 0.9)}
POSITIVE = {"x": (0.3, 3.0)}


# fmt: off
elementwise("sqrt(x)", math.sqrt, cmath.sqrt, x="reciprocal_or_inf(2 * y)", singular="x", domain=POSITIVE,
            note="inf at 0")
elementwise("cbrt(x)", *present(math, "cbrt"), x="reciprocal_or_inf(3 * y * y)", singular="x", domain=POSITIVE,
            note="inf at 0")
elementwise("exp(x)", math.exp, cmath.exp, x="y")
elementwise("exp2(x)", *present(math, "exp2"), x="0.6931471805599453 * y")
elementwise("expm1(x)", math.expm1, x="y + 1")
elementwise("log(x)", math.log, cmath.log, x="1 / x", domain=POSITIVE)
elementwise("log2(x)", math.log2, x="1.4426950408889634 / x", domain=POSITIVE)
elementwise("log10(x)", math.log10, cmath.log10, x="0.4342944819032518 / x", domain=POSITIVE)
elementwise("log1p(x)", math.log1p, x="1 / (1 + x)", domain=UNIT)
elementwise("pow(x, z)", math.pow, x="power_partial_base(x, z)", z="power_partial_exponent(x, z, y)",
            singular="x z", domain={"x": (0.5, 2)},
            note="0 where the exponent is 0; the exponent's partial is 0 at base 0")

elementwise("sin(x)", math.sin, cmath.sin, x="cos(x)")
elementwise("cos(x)", math.cos, cmath.cos, x="-sin(x)")
elementwise("tan(x)", math.tan, cmath.tan, x="1 + y * y", domain={"x": (-1.2, 1.2)})
elementwise("asin(x)", math.asin, x="reciprocal_or_inf(sqrt(1 - x) * sqrt(1 + x))", singular="x",
            domain=UNIT, note="inf at -1, 1")
elementwise("acos(x)", math.acos, x="-reciprocal_or_inf(sqrt(1 - x) * sqrt(1 + x))", singular="x",
            domain=UNIT, note="-inf at -1, 1")
elementwise("asin(x)", cmath.asin, x="reciprocal_or_inf(cos(y))", singular="x", domain=UNIT,
            note="at -1, 1 as large as y tells")
elementwise("acos(x)", cmath.acos, x="-reciprocal_or_inf(sin(y))", singular="x", domain=UNIT,
            note="at -1, 1 as large as y tells")
elementwise("atan(x)", math.atan, cmath.atan, x="1 / (1 + x * x)")
elementwise("sinh(x)", math.sinh, cmath.sinh, x="cosh(x)")
elementwise("cosh(x)", math.cosh, cmath.cosh, x="sinh(x)")
elementwise("tanh(x)", math.tanh, cmath.tanh, x="1 - y * y")
elementwise("asinh(x)", math.asinh, x="1 / hypot(1, x)")
elementwise("asinh(x)", cmath.asinh, x="reciprocal_or_inf(cosh(y))", singular="x", note="inf at -1j, 1j")
elementwise("acosh(x)", math.acosh, x="reciprocal_or_inf(sqrt(x - 1) * sqrt(x + 1))", singular="x",
            domain={"x": (1.2, 3)}, note="inf at 1")
elementwise("acosh(x)", cmath.acosh, x="reciprocal_or_inf(sinh(y))", singular="x",
            domain={"x": (1.2, 3)}, note="inf at -1, 1")
elementwise("atanh(x)", math.atanh, cmath.atanh, x="1 / ((1 - x) * (1 + x))", domain=UNIT)
elementwise("atan2(x, z)", math.atan2, x="component_over_square(z, x)", z="-component_over_square(x, z)",
            note="0 at the origin")
elementwise("degrees(x)", math.degrees, x="180 / pi", linear="x")
elementwise("radians(x)", math.radians, x="pi / 180", linear="x")

elementwise("erf(x)", math.erf, x="1.1283791670955126 * exp(-x * x)")
elementwise("erfc(x)", math.erfc, x="-1.1283791670955126 * exp(-x * x)")
elementwise("gamma(x)", math.gamma, x="y * real_digamma(x)", singular="x", domain=POSITIVE)
elementwise("lgamma(x)", math.lgamma, x="real_digamma(x)", singular="x", domain=POSITIVE)

elementwise("fabs(x)", math.fabs, x="sign(x)", note="0 at 0")
elementwise("copysign(x, z)", math.copysign, x="sign(x) * copysign(1.0, z)", note="0 at 0")
elementwise("fmod(x, z)", math.fmod, math.remainder, x="1", z="-rint((x - y) / z)", domain={"z": (0.5, 2)},
            note="at a jump: one side")
elementwise("nextafter(x, z)", math.nextafter, x="1")
elementwise("fma(x, z, w)", *present(math, "fma"), x="z", z="x", w="1", linear="w")
structural("ldexp(x, n)", math.ldexp, x="ldexp_or_inf(g, n)", tangents={"x": "ldexp_or_inf(t, n)"}, cheap=True)
structural("modf(x)", math.modf, x="g[0]", cheap=True, result=results.pair, several=True)
structural("frexp(x)", math.frexp, x="ldexp_or_inf(g[0], -y[1])", cheap=True, result=results.pair, several=True)

# several numbers, or a sequence of them
structural("hypot(*coordinates)", math.hypot, coordinates="g * divide_or_zero(coordinates[k], y)", cheap=True,
           note="0 at the origin")
structural("dist(p, q)", math.dist, p="list_items(g * divide_or_zero(stack_items(p) - stack_items(q), y), p)",
           q="list_items(g * divide_or_zero(stack_items(q) - stack_items(p), y), q)", cheap=True,
           note="0 where the points meet")
structural("fsum(seq)", math.fsum, seq="each_gets(g, seq)", linear="seq", cheap=True,
           specialise=literals.summed)
structural("sumprod(p, q)", *present(math, "sumprod"), p="list_items(g * stack_items(q), p)",
           q="list_items(g * stack_items(p), q)",
           cheap=True)
_FACTORS = "stack_factors(iterable, y)"
structural("prod(iterable, *, start=1)", math.prod, start="unbroadcast(g * conj(prod(iterable)), start)", cheap=True,
           iterable=f"list_factors(g * conj(start * products_before({_FACTORS}, 0) * products_before({_FACTORS}, 0, -1)), iterable, y)",
           specialise=literals.multiplied, note="exact where factors are zero; also of arrays")

# parts of a complex number
structural("phase(x)", cmath.phase, x="g * divide_or_zero(1j, conj(x))", cheap=True, note="0 at 0")
structural("polar(x)", cmath.polar, x="g[0] * sign(x) + g[1] * divide_or_zero(1j, conj(x))", cheap=True,
           result=results.pair, note="0 at 0", several=True)
elementwise("rect(r, phi)", cmath.rect, r="exp(1j * phi)", phi="1j * y")

zero("floor(x)", math.floor, math.ceil, math.trunc, math.ulp)
inert("isnan(x)", math.isnan, math.isinf, math.isfinite, cmath.isnan, cmath.isinf, cmath.isfinite)
inert("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)", math.isclose, cmath.isclose)
inert("factorial(n)", math.factorial, math.isqrt)
inert("comb(n, k)", math.comb)
inert("perm(n, *k)", math.perm)
inert("gcd(*integers)", math.gcd, math.lcm)
for_reals("math.*", "cmath.rect", but="math.prod")  # which leave out a part of complex numbers of NumPy's
cite("NIST Digital Library of Mathematical Functions, sections 4.7 (exp, log), 4.20 (sin), 4.24 (arcsin), 4.34 (sinh), 4.37 "
     "(arcsinh), 5.9 (gamma), 7.2 (erf)")
# fmt: on
