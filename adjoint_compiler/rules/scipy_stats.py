"""scipy.stats: densities and distribution functions, from one line for each distribution.

A distribution states, for ``z = (x - loc) / scale``, its score ``d logpdf / dz``, the derivatives of ``logpdf`` by its
shape parameters, and those of ``cdf`` where they have a closed form. All methods follow: with the density ``f``,

    logpdf:  s / scale by x, -s / scale by loc, -(1 + z * s) / scale by scale
    cdf:     f by x, -f by loc, -z * f by scale
    ppf:     1 / f by q, 1 by loc, z by scale, minus the cdf's over f by a shape

Outside the support everything is constant: derivatives are zero there. Formulas: Johnson, Kotz, Balakrishnan, Continuous
Univariate Distributions (1994), and Univariate Discrete Distributions (2005).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from scipy import stats

from adjoint_compiler.ir.nodes import Const, Operand
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules import scipy_special, scipy_special_distributions  # noqa: F401  (their functions are called)
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.table import cite, elementwise, for_reals
from adjoint_compiler.runtime import poisson_log_moment

Z = "((x - loc) / scale)"


@dataclass(frozen=True)
class Distribution:
    """What one distribution states.

    Attributes:
        name: its name in ``scipy.stats``.
        score: the derivative of ``logpdf`` by ``z``; empty where it is zero.
        shapes: derivatives of ``logpdf`` (``logpmf``) by the shape parameters.
        slopes: those of ``cdf``, as far as they are known.
        everywhere: whether its support is all numbers.
    """

    name: str
    score: str
    shapes: dict[str, str] = field(default_factory=dict)
    slopes: dict[str, str] = field(default_factory=dict)
    everywhere: bool = False


DISTRIBUTIONS = (
    Distribution("norm", "-z", everywhere=True),
    Distribution("t", "-(df + 1) * z / (df + z * z)", {
        "df": "0.5 * (special.psi(0.5 * df + 0.5) - special.psi(0.5 * df) - 1 / df - log1p(z * z / df)"
              " + (df + 1) * z * z / (df * (df + z * z)))"}, everywhere=True),
    Distribution("gamma", "divide_or_zero(a - 1, z) - 1", {"a": "log(z) - special.psi(a)"},
                 {"a": "gammainc_by_order(a, z)"}),
    Distribution("beta", "divide_or_zero(a - 1, z) - divide_or_zero(b - 1, 1 - z)", {
        "a": "log(z) - special.psi(a) + special.psi(a + b)",
        "b": "log1p(-z) - special.psi(b) + special.psi(a + b)"}),
    Distribution("chi2", "divide_or_zero(0.5 * df - 1, z) - 0.5",
                 {"df": "0.5 * (log(0.5 * z) - special.psi(0.5 * df))"},
                 {"df": "0.5 * gammainc_by_order(0.5 * df, 0.5 * z)"}),
    Distribution("chi", "divide_or_zero(df - 1, z) - z",
                 {"df": "log(z) - 0.34657359027997264 - 0.5 * special.psi(0.5 * df)"},
                 {"df": "0.5 * gammainc_by_order(0.5 * df, 0.5 * z * z)"}),
    Distribution("expon", "-1.0"),
    Distribution("uniform", ""),
    Distribution("laplace", "-sign(z)", everywhere=True),
    Distribution("logistic", "-tanh(0.5 * z)", everywhere=True),
    Distribution("cauchy", "-2 * z / (1 + z * z)", everywhere=True),
    Distribution("pareto", "-(b + 1) / z", {"b": "1 / b - log(z)"}, {"b": "log(z) * power(z, -b)"}),
    Distribution("lomax", "-(c + 1) / (1 + z)", {"c": "1 / c - log1p(z)"}, {"c": "log1p(z) * power(1 + z, -c)"}),
    Distribution("gumbel_r", "exp(-z) - 1", everywhere=True),
    Distribution("gumbel_l", "1 - exp(z)", everywhere=True),
    Distribution("moyal", "0.5 * (exp(-z) - 1)", everywhere=True),
    Distribution("hypsecant", "-tanh(z)", everywhere=True),
    Distribution("halfnorm", "-z"),
    Distribution("halfcauchy", "-2 * z / (1 + z * z)"),
    Distribution("halflogistic", "-tanh(0.5 * z)"),
    Distribution("rayleigh", "divide_or_zero(1.0, z) - z"),
    Distribution("maxwell", "divide_or_zero(2.0, z) - z"),
    Distribution("arcsine", "0.5 * divide_or_zero(1.0, 1 - z) - 0.5 * divide_or_zero(1.0, z)"),
    Distribution("semicircular", "-divide_or_zero(z, (1 - z) * (1 + z))"),
    Distribution("truncnorm", "-z", {"a": "truncnorm.pdf(a, a, b)", "b": "-truncnorm.pdf(b, a, b)"}, {
        "a": "-truncnorm.pdf(a, a, b) * truncnorm.sf(z, a, b)",
        "b": "-truncnorm.pdf(b, a, b) * truncnorm.cdf(z, a, b)"}),
    Distribution("vonmises", "-kappa * sin(z)", {"kappa": "cos(z) - special.i1e(kappa) / special.i0e(kappa)"}),
    Distribution("gennorm", "-beta * sign(z) * power(absolute(z), beta - 1)", {
        "beta": "1 / beta + special.psi(1 / beta) / (beta * beta)"
                " - special.xlogy(power(absolute(z), beta), absolute(z))"}, {
        "beta": "0.5 * sign(z) * (special.xlogy(absolute(z), absolute(z)) * exp(-power(absolute(z), beta))"
                " * special.rgamma(1 / beta)"
                " - gammainc_by_order(1 / beta, power(absolute(z), beta)) / (beta * beta))"}, everywhere=True),
    Distribution("wrapcauchy", "-2 * c * sin(z) / (1 + c * c - 2 * c * cos(z))", {
        "c": "2 * (cos(z) - c) / (1 + c * c - 2 * c * cos(z)) - 2 * c / (1 - c * c)"}),
    Distribution("lognorm", "-(1 + log(z) / (s * s)) / z", {"s": "log(z) * log(z) / (s * s * s) - 1 / s"},
                 {"s": "-norm.pdf(log(z) / s) * log(z) / (s * s)"}),
    Distribution("weibull_min", "divide_or_zero(c - 1, z) - c * power(z, c - 1)",
                 {"c": "1 / c + log(z) - special.xlogy(power(z, c), z)"},
                 {"c": "special.xlogy(power(z, c), z) * exp(-power(z, c))"}),
    Distribution("powerlaw", "divide_or_zero(a - 1, z)", {"a": "1 / a + log(z)"}, {"a": "special.xlogy(power(z, a), z)"}),
    Distribution("invgamma", "(1 / z - a - 1) / z", {"a": "-special.psi(a) - log(z)"},
                 {"a": "-gammainc_by_order(a, 1 / z)"}),
    Distribution("f", "divide_or_zero(0.5 * dfn - 1, z) - 0.5 * (dfn + dfd) * dfn / (dfd + dfn * z)", {
        "dfn": "0.5 * (log(dfn * z / (dfd + dfn * z)) + 1 - (dfn + dfd) * z / (dfd + dfn * z)"
               " - special.psi(0.5 * dfn) + special.psi(0.5 * (dfn + dfd)))",
        "dfd": "0.5 * (log(dfd / (dfd + dfn * z)) + 1 - (dfn + dfd) / (dfd + dfn * z)"
               " - special.psi(0.5 * dfd) + special.psi(0.5 * (dfn + dfd)))"}),
    Distribution("skewnorm", "a * 0.3989422804014327 * exp(-0.5 * a * z * a * z - special.log_ndtr(a * z)) - z",
                 {"a": "z * 0.3989422804014327 * exp(-0.5 * a * z * a * z - special.log_ndtr(a * z))"},
                 {"a": "-0.3183098861837907 * exp(-0.5 * z * z * (1 + a * a)) / (1 + a * a)"}, everywhere=True),
    Distribution("genextreme", "(exp(-z * log_moment(-c * z, 0)) - 1 + c) / (1 - c * z)", {
        "c": "z / (1 - c * z) - z * z * log_moment(-c * z, 1) * (1 - exp(-z * log_moment(-c * z, 0)))"}, {
        "c": "z * z * log_moment(-c * z, 1) * exp(-z * log_moment(-c * z, 0)"
             " - exp(-z * log_moment(-c * z, 0)))"}),
    Distribution("genpareto", "-(c + 1) / (1 + c * z)", {"c": "z * z * log_moment(c * z, 1) - z / (1 + c * z)"},
                 {"c": "-z * z * log_moment(c * z, 1) * exp(-z * log_moment(c * z, 0))"}),
    Distribution("triang", "where(z < c, divide_or_zero(1.0, z), -divide_or_zero(1.0, 1 - z))",
                 {"c": "where(z < c, -divide_or_zero(1.0, c), divide_or_zero(1.0, 1 - c))"},
                 {"c": "where(z < c, -divide_or_zero(z * z, c * c),"
                       " -divide_or_zero((1 - z) * (1 - z), (1 - c) * (1 - c)))"}),
    Distribution("invgauss", "0.5 / (z * z) - 1.5 / z - 0.5 / (mu * mu)", {"mu": "(z - mu) / (mu * mu * mu)"}, {
        "mu": "-2 / (mu * mu) * exp(2 / mu + special.log_ndtr(-(z / mu + 1) / sqrt(z)))"}),
    Distribution("levy", "(0.5 / z - 1.5) / z"),
    Distribution("weibull_max", "divide_or_zero(c - 1, z) + c * power(-z, c - 1)",
                 {"c": "1 / c + log(-z) - special.xlogy(power(-z, c), -z)"},
                 {"c": "-special.xlogy(power(-z, c), -z) * exp(-power(-z, c))"}),
    Distribution("dweibull", "divide_or_zero(c - 1, z) - c * sign(z) * power(absolute(z), c - 1)",
                 {"c": "1 / c + log(absolute(z)) - special.xlogy(power(absolute(z), c), absolute(z))"},
                 {"c": "0.5 * sign(z) * special.xlogy(power(absolute(z), c), absolute(z)) * exp(-power(absolute(z), c))"}),
    Distribution("exponweib", "(c - 1 - c * power(z, c) + (a - 1) * c * power(z, c) / expm1(power(z, c))) / z", {
        "a": "1 / a + log(-expm1(-power(z, c)))",
        "c": "1 / c + log(z) * (1 - power(z, c) + (a - 1) * power(z, c) / expm1(power(z, c)))"}, {
        "a": "power(-expm1(-power(z, c)), a) * log(-expm1(-power(z, c)))",
        "c": "a * power(-expm1(-power(z, c)), a - 1) * exp(-power(z, c)) * special.xlogy(power(z, c), z)"}),
    Distribution("gompertz", "1 - c * exp(z)", {"c": "1 / c - expm1(z)"}, {"c": "expm1(z) * exp(-c * expm1(z))"}),
    Distribution("dgamma", "divide_or_zero(a - 1, z) - sign(z)", {"a": "log(absolute(z)) - special.psi(a)"},
                 {"a": "0.5 * sign(z) * gammainc_by_order(a, absolute(z))"}),
    Distribution("loggamma", "c - exp(z)", {"c": "z - special.psi(c)"}, {"c": "gammainc_by_order(c, exp(z))"},
                 everywhere=True),
    Distribution("nakagami", "divide_or_zero(2 * nu - 1, z) - 2 * nu * z",
                 {"nu": "log(nu) + 1 - special.psi(nu) + 2 * log(z) - z * z"},
                 {"nu": "gammainc_by_order(nu, nu * z * z) + z * z * gamma.pdf(nu * z * z, nu)"}),
    Distribution("betaprime", "divide_or_zero(a - 1, z) - (a + b) / (1 + z)", {
        "a": "log(z) - log1p(z) - special.psi(a) + special.psi(a + b)",
        "b": "special.psi(a + b) - special.psi(b) - log1p(z)"}),
    Distribution("fisk", "(c - 1 - 2 * c * power(z, c) / (1 + power(z, c))) / z",
                 {"c": "1 / c + log(z) * (1 - 2 * power(z, c) / (1 + power(z, c)))"},
                 {"c": "special.xlogy(power(z, c), z) / power(1 + power(z, c), 2)"}),
    Distribution("burr12", "(c - 1 - (d + 1) * c * power(z, c) / (1 + power(z, c))) / z", {
        "c": "1 / c + log(z) * (1 - (d + 1) * power(z, c) / (1 + power(z, c)))", "d": "1 / d - log1p(power(z, c))"}, {
        "c": "d * power(1 + power(z, c), -d - 1) * special.xlogy(power(z, c), z)",
        "d": "power(1 + power(z, c), -d) * log1p(power(z, c))"}),
    Distribution("kappa3", "-(a + 1) * power(z, a - 1) / (a + power(z, a))", {
        "a": "1 / a + log(a + power(z, a)) / (a * a)"
             " - (a + 1) * (1 + special.xlogy(power(z, a), z)) / (a * (a + power(z, a)))"}, {
        "a": "z * power(a + power(z, a), -1 / a) * (log(a + power(z, a)) / a"
             " - (1 + special.xlogy(power(z, a), z)) / (a + power(z, a))) / a"}),
    Distribution("genlogistic", "(c + 1) * special.expit(-z) - 1", {"c": "1 / c - logaddexp(0.0, -z)"},
                 {"c": "-logaddexp(0.0, -z) * exp(-c * logaddexp(0.0, -z))"}, everywhere=True),
    Distribution("loguniform", "-1 / z", {"a": "1 / (a * log(b / a))", "b": "-1 / (b * log(b / a))"}, {
        "a": "-log(b / z) / (a * log(b / a) * log(b / a))", "b": "-log(z / a) / (b * log(b / a) * log(b / a))"}),
    Distribution("bradford", "-c / (1 + c * z)", {"c": "1 / c - 1 / ((1 + c) * log1p(c)) - z / (1 + c * z)"}, {
        "c": "(z / (1 + c * z) - log1p(c * z) / ((1 + c) * log1p(c))) / log1p(c)"}),
    Distribution("truncexpon", "-1.0", {"b": "-1 / expm1(b)"}, {"b": "expm1(-z) * exp(-b) / (expm1(-b) * expm1(-b))"}),
    Distribution("johnsonsu", "-z / (1 + z * z) - (a + b * arcsinh(z)) * b / sqrt(1 + z * z)", {
        "a": "-(a + b * arcsinh(z))", "b": "1 / b - (a + b * arcsinh(z)) * arcsinh(z)"}, {
        "a": "norm.pdf(a + b * arcsinh(z))", "b": "norm.pdf(a + b * arcsinh(z)) * arcsinh(z)"}, everywhere=True),
    Distribution("johnsonsb", "1 / (1 - z) - 1 / z - (a + b * special.logit(z)) * b / (z * (1 - z))", {
        "a": "-(a + b * special.logit(z))", "b": "1 / b - (a + b * special.logit(z)) * special.logit(z)"}, {
        "a": "norm.pdf(a + b * special.logit(z))",
        "b": "norm.pdf(a + b * special.logit(z)) * special.logit(z)"}),
    Distribution("foldnorm", "c * tanh(c * z) - z", {"c": "z * tanh(c * z) - c"}, {"c": "norm.pdf(z + c) - norm.pdf(z - c)"}),
    Distribution("rice", "1 / z - z + b * special.i1e(b * z) / special.i0e(b * z)",
                 {"b": "z * special.i1e(b * z) / special.i0e(b * z) - b"},
                 {"b": "-z * exp(-0.5 * (z - b) * (z - b)) * special.i1e(b * z)"}),
    Distribution("alpha", "(1 / z - a) / (z * z) - 2 / z", {"a": "1 / z - a - norm.pdf(a) / special.ndtr(a)"}, {
        "a": "(norm.pdf(a - 1 / z) - special.ndtr(a - 1 / z) * norm.pdf(a) / special.ndtr(a)) / special.ndtr(a)"}),
    Distribution("laplace_asymmetric", "where(z < 0, 1 / kappa, -kappa)", {
        "kappa": "(1 - kappa * kappa) / (kappa * (kappa * kappa + 1)) - where(z < 0, z / (kappa * kappa), z)"}, {
        "kappa": "exp(where(z < 0, z / kappa, -z * kappa)) * (absolute(z) + 2 * kappa / (kappa * kappa + 1))"
                 " / (kappa * kappa + 1)"}, everywhere=True),
    Distribution("exponnorm", "0.3989422804014327 * exp(-0.5 * (z - 1 / K) * (z - 1 / K) - special.log_ndtr(z - 1 / K))"
                 " - 1 / K", {
        "K": "(0.3989422804014327 * exp(-0.5 * (z - 1 / K) * (z - 1 / K) - special.log_ndtr(z - 1 / K)) + z - 1 / K)"
             " / (K * K) - 1 / K"}, {
        "K": "((1 / K - z) * exp(0.5 / (K * K) - z / K + special.log_ndtr(z - 1 / K)) - norm.pdf(z)) / (K * K)"},
                 everywhere=True),
    Distribution("cosine", "-sin(z) / (1 + cos(z))"),
)  # fmt: skip
# Discrete ones: derivatives of logpmf and cdf by their parameters, at z = floor(k - loc).
DISCRETE = (
    Distribution("poisson", "", {"mu": "divide_or_zero(z, mu) - 1"}, {"mu": "-poisson.pmf(z, mu)"}),
    Distribution("bernoulli", "", {"p": "divide_or_zero(z, p) - divide_or_zero(1 - z, 1 - p)"},
                 {"p": "-where(z == 0, 1.0, 0.0)"}),
    Distribution("binom", "", {"p": "divide_or_zero(z, p) - divide_or_zero(n - z, 1 - p)"},
                 {"p": "-divide_or_zero((n - z) * binom.pmf(z, n, p), 1 - p)"}),
    Distribution("geom", "", {"p": "divide_or_zero(1.0, p) - divide_or_zero(z - 1, 1 - p)"},
                 {"p": "where(z < 1, 0.0, z * power(1 - p, z - 1))"}),
    Distribution("nbinom", "", {"p": "divide_or_zero(n, p) - divide_or_zero(z, 1 - p)",
                                "n": "special.psi(z + n) - special.psi(n) + log(p)"},
                 {"p": "divide_or_zero((n + z) * nbinom.pmf(z, n, p), p)"}),
    Distribution("betabinom", "", {
        "a": "special.psi(z + a) - special.psi(n + a + b) + special.psi(a + b) - special.psi(a)",
        "b": "special.psi(n - z + b) - special.psi(n + a + b) + special.psi(a + b) - special.psi(b)"}),
)  # fmt: skip


def placed(expression: str, z: str) -> str:
    """An expression in ``z``, written out.

    >>> placed("-z * exp(z)", "(x - loc)")
    '-(x - loc) * exp((x - loc))'
    """
    return re.sub(r"\bz\b", lambda _: z, expression)


def unsupported(shape: str) -> str:
    """The pullback of a shape parameter whose derivative has no closed form."""
    return f"not_differentiated('distribution functions like this in their parameter {shape}')"


def continuous(d: Distribution, method: str, params: tuple[str, ...], shapes: tuple[str, ...]) -> dict[str, str]:
    """The partials of a method of a continuous distribution.

    Args:
        d: what the distribution states.
        method: ``pdf``, ``logpdf``, ``cdf``, ...
        params: the parameters that a call gives; without ``loc`` and ``scale``, ``z`` is ``x`` itself.
        shapes: the shape parameters.
    """
    variable = "y" if method in ("ppf", "isf") else "x"
    z = f"({variable} - loc)" if "loc" in params else variable
    per_scale = " / scale" if "scale" in params else ""
    z = f"({z}{per_scale})" if per_scale else z
    at = ", ".join((variable, *shapes, *(p for p in ("loc", "scale") if p in params)))
    if "scale" in params and "loc" not in params:
        at = at.replace(", scale", ", scale=scale")
    if method in ("pdf", "logpdf"):
        outside, times = ("y == -inf", "") if method == "logpdf" else ("y == 0", "y * ")

        def partial(e: str) -> str:
            e = f"{times}({placed(e, z)})" if times or e.startswith("-") or " " in e else placed(e, z)
            return e if d.everywhere else f"where({outside}, 0.0, {e})"

        s = f"({d.score})"
        out = {"x": partial(f"{s}{per_scale}"), "loc": partial(f"-{s}{per_scale}")} if d.score else {}
        out["scale"] = partial(f"-(1 + z * {s}){per_scale}" if d.score else f"-1{per_scale}")
        return out | {a: partial(d.shapes[a]) if a in d.shapes else unsupported(a) for a in shapes}
    known = {a: placed(d.slopes[a], z) if a in d.slopes else "" for a in shapes}
    density, sign = f"{d.name}.pdf({at})", "-" if method in ("sf", "logsf", "isf") else ""
    if method in ("ppf", "isf"):
        out = {"q": f"{sign}divide(1, {density})", "loc": "1", "scale": z}
        return out | {a: f"-divide_or_zero({e}, {density})" if e else unsupported(a) for a, e in known.items()}
    if method in ("logcdf", "logsf"):
        density = f"exp({d.name}.logpdf({at}) - y)"
        known = {a: e and f"exp(-y) * ({e})" for a, e in known.items()}
    opposite = "" if sign else "-"

    def inside(e: str) -> str:
        return e if d.everywhere else f"where({d.name}.pdf({at}) == 0, 0.0, {e})"

    if method in ("logcdf", "logsf") and not d.everywhere:
        density = inside(density)
    out = {"x": sign + density, "loc": opposite + density, "scale": f"{opposite}{z} * {density}"}
    return out | {a: inside(f"{sign}({e})") if e else unsupported(a) for a, e in known.items()}


def discrete(d: Distribution, method: str, params: tuple[str, ...], shapes: tuple[str, ...]) -> dict[str, str]:
    """The partials of a method of a discrete distribution: by its parameters, at a fixed number."""
    if method in ("ppf", "isf"):
        return {"loc": "1"} if "loc" in params else {}  # the numbers jump, and stay in between
    z = "(k - loc)" if "loc" in params else "k"
    if method in ("pmf", "logpmf"):
        form = "where(y == -inf, 0.0, {})" if method == "logpmf" else "where(y == 0, 0.0, y * ({}))"
        stated, sign = d.shapes, ""
    else:
        z, stated, sign = f"floor({z})", d.slopes, "-" if method in ("sf", "logsf") else ""
        form = f"{sign}({{}})"
        form = f"where(y == -inf, 0.0, {form} * exp(-y))" if method.startswith("log") else form
    return {a: form.format(placed(stated[a], z)) if a in stated else unsupported(a) for a in shapes}


NEUTRAL = {"loc": Const(0), "scale": Const(1)}
METHODS = {
    continuous: ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"),
    discrete: ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf"),
}


def enter(d: Distribution, make: Any) -> None:
    """Enter the rules of a distribution's methods."""
    owner = getattr(stats, d.name)
    shapes = tuple(re.findall(r"\w+", owner.shapes or ""))
    moved = ("loc", "scale") if make is continuous else ("loc",)
    for method in METHODS[make]:
        first = "q" if method in ("ppf", "isf") else "k" if make is discrete else "x"
        params = (first, *shapes, *moved)

        def specialise(types: dict[str, Type], operands: dict[str, Operand], method: str = method) -> dict[str, str]:
            given = tuple(p for p in moved if operands.get(p, NEUTRAL[p]) != NEUTRAL[p])
            return make(d, method, given, shapes)  # type: ignore[no-any-return]

        TABLE.add(
            Rule(
                f"scipy.stats.{d.name}.{method}", getattr(owner, method), params, "elementwise",
                {p: v for p, v in (("loc", "0"), ("scale", "1")) if p in moved},
                make(d, method, moved, shapes), singular=frozenset(params), specialise=specialise,
            )
        )  # fmt: skip


for _d in DISTRIBUTIONS:
    enter(_d, continuous)
for _d in DISCRETE:
    enter(_d, discrete)
# the mean of log(k + 1) is what the entropy changes by where mu is 1; log(k!) has the difference log(k + 1)
elementwise(
    "poisson_log_moment(mu, order=0)",
    poisson_log_moment,
    mu="poisson_log_moment(mu, order + 1)",
    domain={"mu": (0.3, 3.0)},
)
TABLE.add(
    Rule("scipy.stats.poisson.entropy", stats.poisson.entropy, ("mu", "loc"), "elementwise", {"loc": "0"},
         {"mu": "poisson_log_moment(mu) - log(mu)"}, singular=frozenset({"mu"}))
)  # fmt: skip

for_reals("scipy.stats.*")
cite(
    "Johnson, Kotz and Balakrishnan, Continuous univariate distributions (1994, 1995); Johnson, Kemp and Kotz, Univariate discrete distributions (2005)"
)
