"""NumPy's smooth elementwise functions. Partials of complex operands are the holomorphic derivatives.

Two habits keep a derivative as quiet as its primal. A partial that divides by the result stays plain, because
the result is a NumPy number; one that divides by an operand says ``divide(1, x)``, because ``1 / x`` raises
at a Python zero where ``np.log`` does not. Constants are written out, because ``np.log(2)`` would widen
float32.
"""

import numpy as np

from adjoint_compiler.rules import results
from adjoint_compiler.rules.branch_cuts import where_complex
from adjoint_compiler.rules.table import cite, elementwise, structural

UNIT = {"x": (-0.9, 0.9)}
POSITIVE = {"x": (0.3, 3.0)}

# fmt: off
elementwise("square(x)", np.square, x="2 * x")
elementwise("sqrt(x)", np.sqrt, x="0.5 / y", singular="x", domain=POSITIVE, note="inf at 0")
elementwise("cbrt(x)", np.cbrt, x="1 / (3 * y * y)", singular="x", domain=POSITIVE, note="inf at 0")
elementwise("reciprocal(x)", np.reciprocal, x="-y * y", singular="x", domain=POSITIVE)

elementwise("exp(x)", np.exp, x="y")
elementwise("exp2(x)", np.exp2, x="0.6931471805599453 * y")
elementwise("expm1(x)", np.expm1, x="y + 1")
elementwise("log(x)", np.log, x="divide(1, x)", singular="x", domain=POSITIVE, note="inf at 0")
elementwise("log2(x)", np.log2, x="divide(1.4426950408889634, x)", singular="x", domain=POSITIVE)
elementwise("log10(x)", np.log10, x="divide(0.4342944819032518, x)", singular="x", domain=POSITIVE)
elementwise("log1p(x)", np.log1p, x="divide(1, 1 + x)", singular="x", domain=UNIT)

elementwise("sin(x)", np.sin, x="cos(x)")
elementwise("cos(x)", np.cos, x="-sin(x)")
elementwise("tan(x)", np.tan, x="1 + y * y", domain={"x": (-1.2, 1.2)})
elementwise("arcsin(x)", np.arcsin, x="1 / sqrt((1 - x) * (1 + x))", singular="x", domain=UNIT,
            note="inf at -1, 1", specialise=where_complex("1 / cos(y)"))
elementwise("arccos(x)", np.arccos, x="-1 / sqrt((1 - x) * (1 + x))", singular="x", domain=UNIT,
            note="-inf at -1, 1", specialise=where_complex("-1 / sin(y)"))
elementwise("arctan(x)", np.arctan, x="1 / (1 + x * x)")
elementwise("sinh(x)", np.sinh, x="cosh(x)")
elementwise("cosh(x)", np.cosh, x="sinh(x)")
elementwise("tanh(x)", np.tanh, x="1 - y * y")
elementwise("arcsinh(x)", np.arcsinh, x="1 / cosh(y)",
            note="cosh(y) is sqrt(1 + x * x), without its overflow")
elementwise("arccosh(x)", np.arccosh, x="1 / sinh(y)", singular="x", domain={"x": (1.2, 3)}, note="inf at 1")
elementwise("arctanh(x)", np.arctanh, x="divide(1, (1 - x) * (1 + x))", singular="x", domain=UNIT,
            note="inf at -1, 1")
elementwise("sinc(x)", np.sinc, x="sinc_partial(x)")

elementwise("i0(x)", np.i0, x="bessel_i(1, x)")

elementwise("hypot(x, z)", np.hypot, x="divide_or_zero(x, y)", z="divide_or_zero(z, y)",
            note="0 at the origin")
elementwise("arctan2(x, z)", np.arctan2, x="component_over_square(z, x)", z="-component_over_square(x, z)",
            note="0 at the origin")
elementwise("logaddexp(x, z)", np.logaddexp, x="logaddexp_share(x, z)", z="logaddexp_share(z, x)",
            note="half each where both are -inf")
elementwise("logaddexp2(x, z)", np.logaddexp2,
            x="logaddexp_share(0.6931471805599453 * x, 0.6931471805599453 * z)",
            z="logaddexp_share(0.6931471805599453 * z, 0.6931471805599453 * x)",
            note="half each where both are -inf")

# numpy.emath: complex where the argument is out of the real function's domain. The partials are the same analytic functions.
_EMATH = np.emath
elementwise("sqrt(x)", _EMATH.sqrt, x="0.5 / y", singular="x", domain=POSITIVE, result=results.leaving_reals, note="inf at 0")
elementwise("log(x)", _EMATH.log, x="divide(1, x)", singular="x", domain=POSITIVE, result=results.leaving_reals)
elementwise("log2(x)", _EMATH.log2, x="divide(1.4426950408889634, x)", singular="x", domain=POSITIVE, result=results.leaving_reals)
elementwise("log10(x)", _EMATH.log10, x="divide(0.4342944819032518, x)", singular="x", domain=POSITIVE,
            result=results.leaving_reals)
elementwise("logn(n, x)", _EMATH.logn, n="-y / (n * lib.scimath.log(n))", x="divide(1, x * lib.scimath.log(n))", singular="x",
            domain={"n": (1.5, 3.0), "x": (0.3, 3.0)}, result=results.leaving_reals)
elementwise("power(x, p)", _EMATH.power, x="p * lib.scimath.power(x, p - 1)", p="where(y == 0, 0.0, y * lib.scimath.log(x))", singular="x p",
            domain={"x": (0.5, 2)}, result=results.leaving_reals)
elementwise("arcsin(x)", _EMATH.arcsin, x="1 / cos(y)", singular="x", domain=UNIT,
            result=results.leaving_reals)
elementwise("arccos(x)", _EMATH.arccos, x="-1 / sin(y)", singular="x", domain=UNIT,
            result=results.leaving_reals)
elementwise("arctanh(x)", _EMATH.arctanh, x="divide(1, (1 - x) * (1 + x))", singular="x", domain=UNIT,
            result=results.leaving_reals)

elementwise("degrees(x)", np.degrees, np.rad2deg, x="180 / pi", linear="x")
elementwise("radians(x)", np.radians, np.deg2rad, x="pi / 180", linear="x")
elementwise("fmod(x, z)", np.fmod, x="1", z="-rint((x - y) / z)", domain={"z": (0.5, 2)},
            note="at a jump: one side")
elementwise("nextafter(x, z)", np.nextafter, x="1")
structural("ldexp(x, n)", np.ldexp, x="unbroadcast(ldexp(g, n), x)", linear="x", cheap=True)
structural("unwrap(p, discont=None, axis=-1, *, period=6.283185307179586)", np.unwrap, p="g",
           period="unbroadcast(g * rint((y - p) / period), period)", note="the turns added are constants")

# results that are pairs: g is a pair too
structural("divmod(x, z)", np.divmod, x="unbroadcast(g[1], x)", z="unbroadcast(-y[0] * g[1], z)", cheap=True,
           result=results.pair, domain={"z": (0.5, 2)}, several=True)
structural("modf(x)", np.modf, x="g[0]", cheap=True, result=results.pair, several=True)
structural("frexp(x)", np.frexp, x="ldexp(g[0], -y[1])", cheap=True, result=results.pair, several=True)
cite("NIST Digital Library of Mathematical Functions, sections 4.7 (exp, log), 4.20 (sin), 4.24 (arcsin), 4.34 (sinh), 4.37 (arcsinh)")
# fmt: on
