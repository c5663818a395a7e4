"""scipy.spatial.distance: distances of two points, of the rows of two matrices, and of all pairs of rows.

Where points meet, a distance has the derivative zero, as a norm.
"""

from scipy.spatial import distance

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, for_reals, structural
from adjoint_compiler.runtime import scipy_integrate as s

# What each row of ``{a}`` receives, given the weights ``W`` that the metric makes of the adjoint.
_PULLED = "expand_dims(sum({w}, axis=1), 1) * {a} - {w} @ {b}"
_WEIGHTS = {"euclidean": "divide_or_zero({g}, {y})", "sqeuclidean": "2 * {g}"}
_SIGNED = "einsum('mn,mnd->md', {g}, sign(expand_dims({a}, 1) - expand_dims({b}, 0)))"


def _metric(operands: Operands, name: str, known: tuple[str, ...]) -> str:
    given = operands.get("metric", Const("euclidean"))
    if not isinstance(given, Const) or given.value not in known:
        raise RuleError(f"scipy.spatial.distance.{name}: supported is metric= one of {', '.join(known)}")
    return str(given.value)


def _pulled(metric: str, g: str, y: str, a: str, b: str) -> str:
    if metric == "cityblock":
        return _SIGNED.format(g=g, a=a, b=b)
    return _PULLED.format(w=f"({_WEIGHTS[metric].format(g=g, y=y)})", a=a, b=b)


def _between(types: Types, operands: Operands) -> dict[str, str]:
    metric = _metric(operands, "cdist", (*_WEIGHTS, "cityblock"))
    return {"XA": _pulled(metric, "g", "y", "XA", "XB"), "XB": _pulled(metric, "g.T", "y.T", "XB", "XA")}


def _within(types: Types, operands: Operands) -> dict[str, str]:
    metric = _metric(operands, "pdist", (*_WEIGHTS, "cityblock"))
    return {"X": _pulled(metric, "spread_pairs(g)", "spread_pairs(y)", "X", "X")}


def _unweighted(types: Types, operands: Operands) -> None:
    if operands.get("w", Const(None)) != Const(None):
        raise RuleError("scipy.spatial.distance: weights w= are not differentiated")


# fmt: off
structural("cdist(XA, XB, metric='euclidean')", distance.cdist, specialise=_between,
           XA=_pulled("euclidean", "g", "y", "XA", "XB"), XB=_pulled("euclidean", "g.T", "y.T", "XB", "XA"),
           note="0 where points meet")
structural("pdist(X, metric='euclidean')", distance.pdist, specialise=_within, note="0 where points meet",
           X=_pulled("euclidean", "spread_pairs(g)", "spread_pairs(y)", "X", "X"))
structural("squareform(X, *, checks=True)", distance.squareform, X="not_differentiated('calls of squareform for an array of unknown rank')",
           cases={(1,): {"X": "spread_pairs_adjoint(g)"}, (2,): {"X": "triu(spread_pairs(g))"}}, linear="X",
           note="of a matrix, the upper triangle is read")
structural("spread_pairs(g_)", s.spread_pairs, g_="spread_pairs_adjoint(g)", linear="g_")
structural("spread_pairs_adjoint(g_)", s.spread_pairs_adjoint, g_="spread_pairs(g)", linear="g_")

_W = "not_differentiated('the weights of a distance')"
_D = "divide_or_zero(g, y) * (u - v)"
structural("euclidean(u, v, w=None)", distance.euclidean, u=_D, v=f"-{_D}", w=_W, specialise=_unweighted,
           note="0 where the points meet")
structural("sqeuclidean(u, v, w=None)", distance.sqeuclidean, u="2 * g * (u - v)", v="2 * g * (v - u)",
           w=_W, specialise=_unweighted)
structural("cityblock(u, v, w=None)", distance.cityblock, u="g * sign(u - v)", v="-g * sign(u - v)",
           w=_W, specialise=_unweighted)
_COS = "-g * ({1} / (linalg.norm(u) * linalg.norm(v)) - (1 - y) * {0} / dot({0}, {0}))"
structural("cosine(u, v, w=None)", distance.cosine, u=_COS.format("u", "v"), v=_COS.format("v", "u"),
           w=_W, specialise=_unweighted)
_M = "0.5 * divide_or_zero(g, y) * ((VI + VI.T) @ (u - v))"
structural("mahalanobis(u, v, VI)", distance.mahalanobis, u=_M, v=f"-{_M}",
           VI="0.5 * divide_or_zero(g, y) * outer(u - v, u - v)", note="0 where the points meet")
for_reals("scipy.spatial.*")
cite("the derivatives of the distances' definitions: Deza and Deza, Encyclopedia of distances (2009), part V")
# fmt: on
