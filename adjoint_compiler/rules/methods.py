"""Methods and attributes of arrays: the functions they stand for, and rules of those that are no function.

``METHODS`` says how ``x.method(args)`` becomes a call: the key of the operation, and an adaptor from
``(x, args, kwargs)`` to the operation's positional and keyword arguments. An argument that an operation does
not know, such as ``out``, keeps its name there, so that it is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const, Operand, Pack
from adjoint_compiler.ir.types import BOOL, COMPLEX, FLOAT, INT, Type, array_type
from adjoint_compiler.rules.shapes import Operands, Types, common_dtype, named_dtype, rank, value_or_array
from adjoint_compiler.rules.shaping import reshaped
from adjoint_compiler.rules.table import cite, function_key, inert, structural

Arguments = tuple[tuple[Operand, ...], dict[str, Operand]]
Adaptor = Callable[[Operand, tuple[Operand, ...], dict[str, Operand]], Arguments]
NONE = Const(None)


def named(names: str = "", required: int = 0) -> Adaptor:
    """An adaptor for a method with these parameters, of which the first ones are required."""
    params = names.split()

    def adapt(x: Operand, args: tuple[Operand, ...], kwargs: dict[str, Operand]) -> Arguments:
        given = {**dict(zip(params, args, strict=False)), **kwargs}
        if len(args) > len(params):
            given["further arguments"] = args[len(params)]
        if given.get("out") == NONE:
            del given["out"]
        head = tuple(given.pop(p) for p in params[:required] if p in given)
        return (x, *head), given

    return adapt


def packed(param: str) -> Adaptor:
    """An adaptor for a method that takes a tuple or its items: ``x.reshape(2, 3)``, ``x.transpose(1, 0)``."""

    def adapt(x: Operand, args: tuple[Operand, ...], kwargs: dict[str, Operand]) -> Arguments:
        if len(args) > 1:
            return (x, Pack("tuple", tuple(args))), kwargs
        if param in kwargs:
            return (x, kwargs[param]), {k: v for k, v in kwargs.items() if k != param}
        return (x, *args), kwargs

    return adapt


def clipped(x: Operand, args: tuple[Operand, ...], kwargs: dict[str, Operand]) -> Arguments:
    """``x.clip(min, max)`` as ``np.clip(x, a_min, a_max)``, which needs both bounds in NumPy 2.0."""
    _, given = named("min max out")(x, args, kwargs)
    low, high = given.pop("min", NONE), given.pop("max", NONE)
    return (x, low, high), given


def compressed(x: Operand, args: tuple[Operand, ...], kwargs: dict[str, Operand]) -> Arguments:
    """``x.compress(condition, axis)`` as ``np.compress(condition, x, axis)``."""
    (_, *head), given = named("condition axis out", 1)(x, args, kwargs)
    return (*head, x), given


# Methods that change their array, as the operation whose result is stored into it.
METHODS_IN_PLACE: dict[str, tuple[str, Adaptor]] = {
    "sort": ("numpy.sort", named("axis kind order stable")),
    "partition": ("numpy.partition", named("kth axis kind order", 1)),
    "put": (function_key(runtime.with_put), named("ind v mode", 2)),
}
REDUCTION = "axis dtype out keepdims initial where"
EXTREME = "axis out keepdims initial where"
METHODS: dict[str, tuple[str, Adaptor | None]] = {
    "sum": ("numpy.sum", named(REDUCTION)),
    "mean": ("numpy.mean", named("axis dtype out keepdims where")),
    "prod": ("numpy.prod", named(REDUCTION)),
    "max": ("numpy.max", named(EXTREME)),
    "min": ("numpy.min", named(EXTREME)),
    "var": ("numpy.var", named("axis dtype out ddof keepdims where")),
    "std": ("numpy.std", named("axis dtype out ddof keepdims where")),
    "any": ("numpy.any", named("axis out keepdims where")),
    "all": ("numpy.all", named("axis out keepdims where")),
    "cumsum": ("numpy.cumsum", named("axis dtype out")),
    "cumprod": ("numpy.cumprod", named("axis dtype out")),
    "argmax": ("numpy.argmax", named("axis out keepdims")),
    "argmin": ("numpy.argmin", named("axis out keepdims")),
    "argsort": ("numpy.argsort", named("axis kind order stable")),
    "nonzero": ("numpy.nonzero", named()),
    "searchsorted": ("numpy.searchsorted", named("v side sorter", 1)),
    "dot": ("numpy.dot", named("b out", 1)),
    "trace": ("numpy.trace", named("offset axis1 axis2 dtype out")),
    "diagonal": ("numpy.diagonal", named("offset axis1 axis2")),
    "reshape": ("numpy.reshape", packed("shape")),
    "transpose": ("numpy.transpose", packed("axes")),
    "ravel": ("numpy.ravel", named("order")),
    "squeeze": ("numpy.squeeze", named("axis")),
    "swapaxes": ("numpy.swapaxes", named("axis1 axis2", 2)),
    "repeat": ("numpy.repeat", named("repeats axis", 1)),
    "take": ("numpy.take", named("indices axis out mode", 1)),
    "clip": ("numpy.clip", clipped),
    "round": ("numpy.round", named("decimals out")),
    "conj": ("method.conj", named()),
    "conjugate": ("method.conj", named()),
    "choose": ("numpy.choose", named("choices out mode", 1)),
    "compress": ("numpy.compress", compressed),
    "argpartition": ("numpy.argpartition", named("kth axis kind order", 1)),
    "tobytes": ("method.tobytes", named("order")),
    "view": ("method.view", named("dtype type")),
    "flatten": ("method.flatten", named("order")),
    "copy": ("method.copy", named("order")),
    "astype": ("method.astype", named("dtype order casting subok copy", 1)),
    "item": ("method.item", packed("at")),
    "tolist": ("method.tolist", named()),
}

ATTRIBUTES: dict[str, str] = {
    name: f"attribute.{name}"
    for name in (
        "T",
        "mT",
        "real",
        "imag",
        "shape",
        "ndim",
        "size",
        "dtype",
        "itemsize",
        "nbytes",
        "strides",
        "flags",
        "device",
    )
}


def _astype(types: Types, operands: Operands) -> Type | None:
    n, dtype = rank(types.get("x")), named_dtype(types, operands, None)
    return None if n is None or dtype is None else value_or_array(dtype, n)


def _cast(types: Types, operands: Operands) -> dict[str, str] | None:
    """A cast to a known dtype that carries derivatives passes the adjoint on."""
    dtype = named_dtype(types, operands, None)
    return {"x": "g"} if dtype is not None and dtype.kind in "fc" else None


def _flattened(types: Types, operands: Operands) -> Type | None:
    dtype = common_dtype(types.get("a"))
    return None if dtype is None else array_type(dtype, 1)


def _number(types: Types, operands: Operands) -> Type | None:
    """``x.item()`` is one of Python's own numbers."""
    dtype = common_dtype(types.get("x"))
    kinds = {"f": FLOAT, "c": COMPLEX, "i": INT, "u": INT, "b": BOOL}
    return None if dtype is None else kinds.get(dtype.kind)


def _item(types: Types, operands: Operands) -> dict[str, str] | None:
    """Without an index, the array has one element."""
    return {"x": "reshape(g, shape(x))"} if "at" not in operands else None


# fmt: off
structural("flatten(a, order='C')", "method.flatten", a="reshape_adjoint(g, a, y, order)", linear="a",
           result=_flattened, specialise=reshaped)
structural("copy(x, order='C')", "method.copy", x="g", linear="x")
structural("astype(x, dtype, order='K', casting='unsafe', subok=True, copy=True)", "method.astype",
           x="cast_adjoint(g, y)", view="x", view_kind="maybe", linear="x", result=_astype, specialise=_cast)
structural("conj(x)", "method.conj", x="conj(g)", view="x", view_kind="maybe", linear="x",
           note="of real arrays: the array itself")
structural("item(x, at=None)", "method.item", x="item_adjoint(g, x, at)", linear="x", result=_number,
           specialise=_item)
structural("tolist(x)", "method.tolist", x="reshape(array(filled(g, y)), shape(x))", linear="x", several=True)
structural("view(x)", "method.view", x="g", view="x", linear="x", note="without another dtype")
inert("tobytes(x, order='C')", "method.tobytes")
structural("T(x)", "attribute.T", x="g.T", view="x", linear="x")
structural("mT(x)", "attribute.mT", x="swapaxes(g, -1, -2)", view="x", linear="x")
structural("real(x)", "attribute.real", x="g", view="x", linear="x")
structural("imag(x)", "attribute.imag", x="1j * g", view="x", view_kind="maybe", linear="x",
           note="of real arrays: zeros, and no view")
for _name in ("shape", "ndim", "size", "dtype", "itemsize", "nbytes"):
    inert(f"{_name}(x)", f"attribute.{_name}", shape_only="x")
for _name in ("strides", "flags", "device"):  # which a copy need not share
    inert(f"{_name}(x)", f"attribute.{_name}", shape_only="x", cheap=False)
cite("the functions that the methods stand for")
# fmt: on
