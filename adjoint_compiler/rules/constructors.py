"""Arrays made from shapes, numbers, grids and nested sequences; conversions and copies."""

import numpy as np

from adjoint_compiler.ir.nodes import Const
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules import shapes
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.shapes import Operands, Types
from adjoint_compiler.rules.table import cite, inert, present, structural


def _ranged(types: Types, operands: Operands) -> dict[str, str] | None:
    """With a stop, the first argument is the start."""
    return {"start": "sum(g)"} if "stop" in operands else None


def _copied(types: Types, operands: Operands) -> None:
    """Refuses ``copy`` other than True, which makes an alias of some arguments."""
    if operands.get("copy", Const(True)) != Const(True):
        raise RuleError("numpy.array: copy= must be True; write np.asarray for an alias")


def _with_step(types: Types, operands: Operands) -> dict[str, str] | None:
    """With ``retstep`` the result is a pair, whose second item is the step."""
    if operands.get("retstep", Const(False)) == Const(False):
        return None
    weights, step = "linspace(0.0, 1.0, num, endpoint)", "divide_or_zero(g[1], num - endpoint)"
    return {"start": f"unbroadcast(tensordot(1 - {weights}, moveaxis(g[0], axis, 0), 1) - {step}, start)",
            "stop": f"unbroadcast(tensordot({weights}, moveaxis(g[0], axis, 0), 1) + {step}, stop)"}  # fmt: skip


def _spaced(types: Types, operands: Operands) -> Type | None:
    found = shapes.spaced(types, operands)
    if operands.get("retstep", Const(False)) == Const(False) or found is None:
        return found
    return Type(
        "tuple", items=(found, shapes.value_or_array(found.dtype, None if found.ndim is None else found.ndim - 1))
    )


_ITSELF: dict[tuple[int, ...], dict[str, str]] = {(n,): {"a": "g"} for n in range(6)}

# fmt: off
inert("zeros(shape, dtype=None, order='C')", np.zeros, np.ones, np.empty, result=shapes.shaped("shape"))
inert("zeros_like(a, dtype=None, order='K', *, shape=None)", np.zeros_like, np.ones_like, np.empty_like, shape_only="a")
inert("eye(N, M=None, k=0, dtype=None, order='C')", np.eye, result=shapes.of_rank(2))
inert("identity(n, dtype=None)", np.identity, result=shapes.of_rank(2))
inert("tri(N, M=None, k=0, dtype=None)", np.tri, result=shapes.of_rank(2))
inert("indices(dimensions, dtype=None, sparse=False)", np.indices)
structural("full(shape, fill_value, dtype=None, order='C')", np.full, fill_value="unbroadcast(g, fill_value)",
           linear="fill_value", result=shapes.filled_with)
structural("full_like(a, fill_value, dtype=None, order='K', *, shape=None)", np.full_like, fill_value="unbroadcast(g, fill_value)",
           linear="fill_value", shape_only="a")
structural("arange(start, stop=None, step=1, *, dtype=None)", np.arange, start="sum(g) * has_stop(stop)",
           step="sum(g * arange(g.size))", result=shapes.counted, specialise=_ranged)
structural("linspace(start, stop, num=50, endpoint=True, retstep=False, *, dtype=None, axis=0)", np.linspace,
           start="unbroadcast(tensordot(1 - linspace(0.0, 1.0, num, endpoint), moveaxis(g, axis, 0), 1), start)",
           stop="unbroadcast(tensordot(linspace(0.0, 1.0, num, endpoint), moveaxis(g, axis, 0), 1), stop)", linear="start stop",
           result=_spaced, specialise=_with_step,
           cases={(0, 0): {"start": "(1 - linspace(0.0, 1.0, num, endpoint)) @ g",
                           "stop": "linspace(0.0, 1.0, num, endpoint) @ g"}})
structural("meshgrid(*xi, indexing='xy', sparse=False)", np.meshgrid,
           xi="meshgrid_adjoint(g[k], xi, k, indexing)", linear="xi", several=True)

structural("array(a, dtype=None, *, copy=True, order='K')", np.array, a="array_adjoint(g, a)", linear="a",
           cases=_ITSELF, result=_copied)
structural("copy(a, order='K')", np.copy, a="array_adjoint(g, a)", linear="a", cases=_ITSELF)
structural("asarray(a, dtype=None, order=None)", np.asarray, np.asanyarray, a="array_adjoint(g, a)", view="a",
           view_kind="maybe", linear="a", cases=_ITSELF)
structural("asarray_chkfinite(a, dtype=None, order=None)", np.asarray_chkfinite, a="array_adjoint(g, a)", view="a",
           view_kind="maybe", linear="a", cases=_ITSELF)
structural("require(a, dtype=None, requirements=None)", np.require, a="array_adjoint(g, a)", view="a", view_kind="maybe",
           linear="a", cases=_ITSELF)
structural("astype(x, dtype, *, copy=True)", *present(np, "astype"), x="cast_adjoint(g, y)", view="x", view_kind="maybe", linear="x")
inert("bartlett(M)", np.bartlett, np.blackman, np.hamming, np.hanning)
structural("ascontiguousarray(a, dtype=None)", np.ascontiguousarray, np.asfortranarray,
           a="reshape(g, shape(a))", view="a", view_kind="maybe", linear="a",
           cases={n: g for n, g in _ITSELF.items() if n != (0,)}, note="of rank one at least")
cite("transposes of the linear maps that the functions are")
# fmt: on
