"""scipy.stats: multivariate densities.

SciPy reads the lower triangle of a covariance; so its derivative is by the elements of that triangle, as for ``eigh``.
Formulas: Petersen and Pedersen, The Matrix Cookbook (2012), section 8.1.
"""

from typing import Any

from scipy import stats

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import REAL, Type
from adjoint_compiler.rules import scipy_special  # noqa: F401  (its functions are called)
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.signatures import parse_signature
from adjoint_compiler.rules.table import cite, for_reals, of_lapack, structural
from adjoint_compiler.runtime import scipy_stats as s


def _regular(types: Types, operands: Operands) -> None:
    """Refuses covariances that may be singular."""
    if operands.get("allow_singular", Const(False)) != Const(False):
        raise RuleError("scipy.stats.multivariate_normal: allow_singular=True is not differentiated")


def squeezed(types: Types, operands: Operands) -> Type:
    """Axes of length one are dropped: the rank of the result hangs on lengths."""
    return REAL


def enter(owner: str, signature: str, specialise: Any = None, **pullbacks: str) -> None:
    """Enter the rule of a method of a distribution."""
    name, params, defaults = parse_signature(signature)
    function = getattr(getattr(stats, owner), name)
    key = f"scipy.stats.{owner}.{name}"
    TABLE.add(
        Rule(
            key,
            function,
            params,
            "structural",
            defaults,
            pullbacks,
            specialise=specialise,
            cheap=False,
            result=squeezed,
        )
    )


_D = "centred_points(x, mean, cov)"
_P = f"linalg.inv(covariance_like(cov, {_D}))"
_S = f"({_D} @ {_P})"
_WEIGHTED = f"point_weights({{0}}, {_D}) * {_S}"
_COV = "covariance_adjoint(0.5 * (matrix_rows({0}).T @ matrix_rows({1}) - sum({2}) * {3}), cov)"
# fmt: off
for _method, _g in (("logpdf", "g"), ("pdf", "(g * y)")):
    _w = _WEIGHTED.format(_g)
    enter("multivariate_normal", f"{_method}(x, mean=None, cov=1, allow_singular=False)", specialise=_regular,
          x=f"-reshape({_w}, shape(x))", mean=f"reshape(sum(matrix_rows({_w}), axis=0), shape(mean))",
          cov=_COV.format(_w, _S, _g, _P))
    _full, _alpha = "completed(x, alpha)", "column_of(alpha, x)"
    enter("dirichlet", f"{_method}(x, alpha)", x=f"shortened(({_alpha} - 1) / {_full} * {_g}, x)",
          alpha=f"reshape(unbroadcast({_g} * (log({_full}) - special.psi({_alpha}) + special.psi(sum(alpha))),"
                f" {_alpha}), shape(alpha))")
for _method, _g in (("logpmf", "g"), ("pmf", "(g * y)")):
    _r = f"expand_dims({_g}, -1) * divide_or_zero(x, p)"
    enter("multinomial", f"{_method}(x, n, p)", p=f"unbroadcast({_r} - ({_r})[..., -1:], p)")
enter("multivariate_normal", "entropy(mean=None, cov=1)",
      cov="covariance_adjoint(0.5 * g * linalg.inv(covariance_like(cov, mean)), cov)")

structural("centred_points(x, mean, cov)", s.centred_points, x="reshape(g, shape(x))", shape_only="cov", linear="x mean",
           mean="-reshape(sum(matrix_rows(g), axis=0), shape(mean))")
structural("point_weights(g_, points)", s.point_weights, g_="reshape(g, shape(g_))", shape_only="points", linear="g_",
           view="g_", view_kind="maybe")
structural("covariance_like(cov, like)", s.covariance_like, cov="covariance_adjoint(g, cov)", shape_only="like",
           linear="cov")
structural("covariance_adjoint(g_, cov)", s.covariance_adjoint, g_="covariance_like(g, g_)", shape_only="cov",
           linear="g_")
structural("matrix_rows(x)", s.matrix_rows, x="reshape(g, shape(x))", linear="x", view="x", view_kind="maybe")
structural("column_of(alpha, x)", s.column_of, alpha="reshape(g, shape(alpha))", shape_only="x", linear="alpha",
           view="alpha", view_kind="maybe")
structural("completed(x, alpha, total=1.0)", s.completed, x="shortened(g, x)", shape_only="alpha", view="x",
           view_kind="maybe")
structural("shortened(g_, x)", s.shortened, g_="completed(g, g_, 0.0)", shape_only="x", linear="g_", view="g_",
           view_kind="maybe")
for_reals("scipy.stats.*")
of_lapack("scipy.stats.multivariate_normal.*")
cite("Johnson and Kotz, Continuous multivariate distributions (1972); Petersen and Pedersen, The matrix cookbook (2012), section 8")
# fmt: on
