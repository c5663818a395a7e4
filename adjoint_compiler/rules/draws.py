"""Random draws: effects that happen once and are recorded, never repeated.

A draw from a location-scale family is differentiated as the program that the fixed stream of random numbers
makes of it: ``normal(loc, scale)`` is ``loc + scale * n`` of a constant ``n``. Counts and indices are inert.
A parameter for which there is no such formula is refused when it is active. What reorders an array, or picks from it,
draws an order (see ``frontend.drawn_orders``).
"""

from __future__ import annotations

import numpy as np

from adjoint_compiler.ir.nodes import Bind, Const, Effect, Statement
from adjoint_compiler.ir.types import FLOAT, INT, Type, array_type
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.shapes import Operands, Result, Types, length, rank
from adjoint_compiler.rules.signatures import keyword_only, parse_signature
from adjoint_compiler.rules.table import cite
from adjoint_compiler.rules.user import INERT_CALL

LOCATION = {"loc": "unbroadcast(g, loc)", "scale": "unbroadcast(g * divide_or_zero(y - loc, scale), scale)"}
SCALE = {"scale": "unbroadcast(g * divide_or_zero(y, scale), scale)"}
SHAPE = "unbroadcast(-g * y * base_logarithm(y, y) / a, a)"

# The signatures that module-level functions and generators share, with what their parameters receive.
DRAWS: dict[str, dict[str, str]] = {
    "normal(loc=0.0, scale=1.0, size=None)": LOCATION,
    "laplace(loc=0.0, scale=1.0, size=None)": LOCATION,
    "logistic(loc=0.0, scale=1.0, size=None)": LOCATION,
    "gumbel(loc=0.0, scale=1.0, size=None)": LOCATION,
    "uniform(low=0.0, high=1.0, size=None)": {
        "low": "unbroadcast(g * divide_or_zero(high - y, high - low), low)",
        "high": "unbroadcast(g * divide_or_zero(y - low, high - low), high)",
    },
    "lognormal(mean=0.0, sigma=1.0, size=None)": {
        "mean": "unbroadcast(g * y, mean)",
        "sigma": "unbroadcast(g * y * divide_or_zero(log(y) - mean, sigma), sigma)",
    },
    "exponential(scale=1.0, size=None)": SCALE,
    "rayleigh(scale=1.0, size=None)": SCALE,
    "gamma(shape, scale=1.0, size=None)": SCALE,
    "weibull(a, size=None)": {"a": SHAPE},
    "power(a, size=None)": {"a": SHAPE},
    "pareto(a, size=None)": {"a": "unbroadcast(-g * (1 + y) * log(1 + y) / a, a)"},
    "multivariate_normal(mean, cov, size=None)": {"mean": "unbroadcast(g, mean)"},
    "beta(a, b, size=None)": {},
    "chisquare(df, size=None)": {},
    "dirichlet(alpha, size=None)": {},
    "f(dfnum, dfden, size=None)": {},
    "noncentral_chisquare(df, nonc, size=None)": {},
    "noncentral_f(dfnum, dfden, nonc, size=None)": {},
    "standard_t(df, size=None)": {},
    "triangular(left, mode, right, size=None)": {},
    "vonmises(mu, kappa, size=None)": {},
    "wald(mean, scale, size=None)": {},
}
# Draws without real parameters, or whose results are counts and indices.
CONSTANT_DRAWS = (
    "binomial(n, p, size=None)", "bytes(length)", "geometric(p, size=None)",
    "hypergeometric(ngood, nbad, nsample, size=None)", "logseries(p, size=None)",
    "multinomial(n, pvals, size=None)",
    "negative_binomial(n, p, size=None)", "poisson(lam=1.0, size=None)", "standard_cauchy(size=None)",
    "standard_exponential(size=None)", "standard_normal(size=None)", "zipf(a, size=None)",
)  # fmt: skip
MODULE_DRAWS = (
    "rand(*shape)", "randn(*shape)", "randint(low, high=None, size=None, dtype=int)", "random(size=None)",
    "random_sample(size=None)", "ranf(*size)", "sample(*size)", "seed(seed=None)", "get_state(legacy=True)",
    "set_state(state)", "default_rng(seed=None)", "RandomState(seed=None)",
)  # fmt: skip
GENERATOR_DRAWS = (
    "random(size=None, dtype=None)", "integers(low, high=None, size=None, dtype=None, endpoint=False)",
    "multivariate_hypergeometric(colors, nsample, size=None)", "spawn(n_children)",
)  # fmt: skip
STATE_DRAWS = (
    "rand(*shape)",
    "randn(*shape)",
    "randint(low, high=None, size=None, dtype=int)",
    "random_sample(size=None)",
)
REAL = ("standard_cauchy(size=None)", "standard_exponential(size=None)", "standard_normal(size=None)")
# What picks among the elements of an argument: of arrays, `frontend.drawn_orders` makes indices of it.
PICKS = {
    "choice(a, size=None, replace=True, p=None)": "a p",
    "permutation(x)": "x",
    "shuffle(x)": "x",
    "standard_gamma(shape, size=None)": "shape",
}
GENERATOR_PICKS = {
    "choice(a, size=None, replace=True, p=None, axis=0, shuffle=True)": "a p",
    "permutation(x, axis=0)": "x",
    "permuted(x, *, axis=None, out=None)": "x",
    "shuffle(x, axis=0)": "x",
    "standard_gamma(shape, size=None)": "shape",
}


GENERATORS = (np.random.Generator, np.random.RandomState)


def _drawn(types: Types, operands: Operands) -> Type | None:
    """Real numbers: as many as ``size`` says, else one for each of the parameters, broadcast."""
    size = operands.get("size", Const(None))
    if size != Const(None):
        n = length(size, types.get("size"))
        return None if n is None else array_type("float64", n)
    ranks = [rank(t) for p, t in types.items() if p not in ("self", "size")]
    known = [n for n in ranks if n is not None]
    if len(known) < len(ranks):
        return None
    return FLOAT if not any(known) else array_type("float64", max(known))


def _picked(types: Types, operands: Operands) -> Type | None:
    """Numbers below an integer: all of them in some order, or as many as ``size`` says; an array of integers keeps its type."""
    x = types.get("x", types.get("a"))
    if x is None or x.kind != "int":
        return x if x is not None and x.kind == "array" and x.dtype.startswith("int") and "x" in types else None
    size = operands.get("size", Const(None))
    if "a" in types and size == Const(None):
        return INT
    n = 1 if "x" in types else length(size, types.get("size"))
    return None if n is None else array_type("int64", n)


def _result_of(prefix: str, signature: str) -> Result | None:
    if signature.startswith(("choice", "permut")):
        return _picked
    drawn = prefix == "method" and signature in (*REAL, *DRAWS) and "multivariate" not in signature
    return _drawn if drawn else None


def enter(signature: str, pullbacks: dict[str, str], owner: object, prefix: str) -> None:
    """Enter a draw: ``numpy.random.normal`` of the module, ``method.normal`` of a generator."""
    name, params, defaults = parse_signature(signature)
    first = ("self",) if prefix == "method" else ()
    # a default that is no literal stands for "not given"
    defaults = {p: "None" if d == "int" else d for p, d in defaults.items()}
    TABLE.add(
        Rule(
            f"{prefix}.{name}", getattr(owner, name), first + params, "structural" if pullbacks else "inert",
            defaults, pullbacks, cheap=False, keyword_only=keyword_only(signature),
            result=_result_of(prefix, signature),
            note="the derivative for a fixed stream of random numbers",
        )
    )  # fmt: skip


def refused(signature: str, stated: dict[str, str], params: str = "") -> dict[str, str]:
    """The pullbacks of a draw, with a refusal for each real parameter that has none.

    >>> refused("gamma(shape, scale=1.0, size=None)", {"scale": "g"})["shape"]
    "not_differentiated('gamma draws in their parameter shape')"
    """
    name, every, _ = parse_signature(signature)
    wanted = params.split() or [p for p in every if p != "size"]
    return {p: f"not_differentiated('{name} draws in their parameter {p}')" for p in wanted} | stated


for _owner, _prefix, _own, _picks in (
    (np.random, "numpy.random", MODULE_DRAWS, PICKS),
    (np.random.Generator, "method", GENERATOR_DRAWS, GENERATOR_PICKS),
):
    for _signature, _pullbacks in DRAWS.items():
        enter(_signature, refused(_signature, _pullbacks), _owner, _prefix)
    for _signature, _params in _picks.items():
        enter(_signature, refused(_signature, {}, _params), _owner, _prefix)
    for _signature in (*CONSTANT_DRAWS, *_own):
        enter(_signature, {}, _owner, _prefix)


for _signature in STATE_DRAWS:
    enter(_signature, {}, np.random.RandomState, "method")


def is_draw(key: str) -> bool:
    """Whether an operation draws random numbers.

    >>> is_draw("numpy.random.normal"), is_draw("method.normal"), is_draw("method.copy")
    (True, True, False)
    """
    return key.startswith("numpy.random.") or (key in TABLE.by_key and key.startswith("method.") and key[7:] in _NAMES)


def acts(key: str) -> bool:
    """Whether an operation happens: it draws, prints, writes, or asks for what comes next. It is run once, in its order.

    >>> acts("numpy.random.normal"), acts("builtins.input"), acts("numpy.sin")
    (True, True, False)
    """
    rule = TABLE.by_key.get(key)
    return is_draw(key) or key in ("builtins.next", INERT_CALL) or (rule is not None and rule.acts)


def happens_each_time(s: Statement) -> bool:
    """Whether running a statement twice is not the same as running it once."""
    if isinstance(s, Bind):
        return acts(s.op)
    return isinstance(s, Effect) and s.kind == "print"


_NAMES = frozenset(
    parse_signature(s)[0] for s in (*DRAWS, *GENERATOR_PICKS, *CONSTANT_DRAWS, *MODULE_DRAWS, *GENERATOR_DRAWS)
)

cite(
    "Mohamed, Rosca, Figurnov and Mnih, Monte Carlo gradient estimation in machine learning (2020), section 5;"
    " formulas of draws: Devroye, Non-uniform random variate generation (1986)"
)
