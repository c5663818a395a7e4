"""scipy.integrate: sums of samples. (Integrals of functions: see :mod:`adjoint_compiler.frontend.solvers`.)"""

from typing import Any

from scipy import integrate

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.rules import scipy_designs
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.scipy_forms import refused
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, structural
from adjoint_compiler.runtime import scipy_integrate as s

_NUMPY: dict[str, Any] = dict(TABLE.by_key["numpy.trapezoid"].pullbacks)


def _started(types: Types, operands: Operands) -> dict[str, str] | None:
    """With ``initial=0`` there is one element more, which is constant."""
    initial = operands.get("initial", Const(None))
    if not isinstance(initial, Const) or initial.value not in (None, 0):
        raise RuleError("scipy.integrate.cumulative_trapezoid: supported is initial=None or initial=0")
    if initial.value is None:
        return None
    return {"y_": "cumulative_areas_adjoint(take(g, arange(1, g.shape[axis]), axis=axis), y_, None, 1.0, axis)"}


# fmt: off
structural("trapezoid(f, x=None, dx=1.0, axis=-1)", integrate.trapezoid, **_NUMPY, linear="f")
structural("cumulative_trapezoid(y_, *, axis=-1, initial=None)", integrate.cumulative_trapezoid,
           y_="cumulative_areas_adjoint(g, y_, None, 1.0, axis)", linear="y_", specialise=_started)
structural("simpson(y_, *, axis=-1)", integrate.simpson, linear="y_",
           y_="spread(g, y_, axis) * simpson_weights(y_, None, 1.0, axis)")
structural("cumulative_areas(f, x=None, dx=1.0, axis=-1)", s.cumulative_areas, linear="f",
           f="cumulative_areas_adjoint(g, f, x, dx, axis)", **refused("x", "dx"))
structural("cumulative_areas_adjoint(g_, f, x=None, dx=1.0, axis=-1)", s.cumulative_areas_adjoint, linear="g_",
           g_="cumulative_areas(g, x, dx, axis)", shape_only="f", **refused("x", "dx"))
structural("simpson_weights(f, x=None, dx=1.0, axis=-1)", s.simpson_weights, shape_only="f", **refused("x", "dx"))
scipy_designs.enter("scipy.integrate")
cite("transposes of the quadrature's weights: NIST Digital Library of Mathematical Functions, section 3.5")
# fmt: on
