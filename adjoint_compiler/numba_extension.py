"""Derivatives called from code that Numba compiles; Numba loads this, by its entry point, when it first compiles something.

gradient = ac.grad(f)

@numba.njit
def descend(x, step):
    return x - step * gradient(x)
"""

from __future__ import annotations

from typing import Any

from adjoint_compiler.backend.numba.jit import PLAIN
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.ir.types import BOOL, COMPLEX, FLOAT, INT, Type, array_type, scalar_type


def register() -> None:
    """Tell Numba what a derivative is in compiled code: a function, compiled for the types that it is called with."""
    from numba.core import types
    from numba.extending import models, register_model, typeof_impl

    from adjoint_compiler.derivative import Derivative

    class DerivativeType(types.Callable, types.Dummy):  # type: ignore[misc, unused-ignore]
        """The type of one derivative."""

        def __init__(self, derivative: Any) -> None:
            self.derivative = derivative
            super().__init__(f"derivative({derivative!r}, {id(derivative)})")

        def get_call_type(self, context: Any, args: Any, kws: Any) -> Any:
            return self.compiled(args, kws).get_call_type(context, args, kws)

        def get_impl_key(self, sig: Any) -> Any:
            return self.compiled(sig.args, {}).get_impl_key(sig)

        def get_call_signatures(self) -> Any:
            return (), True

        def compiled(self, args: Any, kws: Any) -> Any:
            """The type of the dispatcher for arguments of given types."""
            return types.Dispatcher(dispatcher_for(self.derivative, tuple(args), dict(kws)))

    register_model(DerivativeType)(models.OpaqueModel)

    @typeof_impl.register(Derivative)  # type: ignore[untyped-decorator, unused-ignore]
    def typeof_derivative(value: Any, c: Any) -> Any:
        return DerivativeType(value)


def dispatcher_for(derivative: Any, args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
    """What Numba compiles of a derivative for arguments of given types.

    Args:
        derivative: what ``ac.grad`` or ``ac.value_and_grad`` returned.
        args, kws: Numba's types of the arguments.

    Raises:
        TypingError: of Numba's, with the refusal in it.
    """
    from numba.core.errors import TypingError

    target = derivative.target
    bound = target.signature.bind(*args, **kws)
    if set(bound.arguments) != set(target.names) or target.owner:
        raise TypingError(f"the derivative of `{target.name}` needs all arguments in compiled code")
    found = {n: ir_type(bound.arguments[n]) for n in target.names}
    wanted = {target.names[k] for k in derivative.positions}
    for name, t in found.items():
        if t is None or (name in wanted and t in (INT, BOOL)):
            raise TypingError(
                f"`{name}` of `{target.name}` is {bound.arguments[name]}, which it cannot be differentiated for"
            )
    key = ("numba", tuple(found.values()))
    try:
        compiled = derivative.cache.get(key, lambda: derivative.compiled_for(found, {}, jit=derivative.jit or PLAIN))
    except DifferentiationError as refusal:
        raise TypingError(str(refusal)) from refusal
    function = compiled.functions[0]
    arrays = [n for n, t in found.items() if t is not None and t.kind == "array"]
    if function.extra:
        raise TypingError(f"`{target.name}` reads arrays from outside: pass them, or call its derivative from Python")
    if compiled.mutated and len(arrays) > 1:
        raise TypingError(
            f"`{target.name}` stores into arguments, which must not overlap: call its derivative from Python"
        )
    return function.function


def ir_type(t: Any) -> Type | None:
    """The type that an argument of a type of Numba's has in a program; None for those that have none."""
    from numba.core import types

    t = types.unliteral(t)  # type: ignore[no-untyped-call, unused-ignore]
    return _ir_type(t)


def _ir_type(t: Any) -> Type | None:
    from numba.core import types

    if isinstance(t, types.Array):
        return array_type(str(t.dtype), t.ndim)
    if isinstance(t, types.BaseTuple):
        parts: Any = t
        found = [ir_type(i) for i in (parts.types if hasattr(t, "types") else (parts.dtype,) * parts.count)]
        items = tuple(i for i in found if i is not None)
        if len(items) < len(found):
            return None
        if isinstance(t, types.BaseNamedTuple):
            return Type("record", items=items, keys=tuple(parts.fields), cls=parts.instance_class)
        return Type("tuple", items=items)
    known = {"float64": FLOAT, "int64": INT, "bool": BOOL, "complex128": COMPLEX}
    if str(t) in known:
        return known[str(t)]
    return scalar_type(str(t)) if isinstance(t, types.Number) else None
