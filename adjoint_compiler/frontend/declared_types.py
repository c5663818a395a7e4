"""Functions that Numba compiles with types which are declared, not found: what they compute is not what their text says.

@numba.njit("float32(float32)")            rounds its argument and its result
@numba.njit(locals={"t": numba.float32})   rounds a variable
"""

from __future__ import annotations

from typing import Any, NoReturn

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import Span
from adjoint_compiler.ir.types import Type

ROUNDED = frozenset(("float32", "complex64", "int8", "int16", "int32", "uint8", "uint16", "uint32"))


def refuse_declared_types(function: Any) -> None:
    """Refuse a function of Numba's whose declared types round numbers; all other functions pass.

    Raises:
        DifferentiationError: AC006.
    """
    declared = getattr(function, "locals", None)
    if declared and isinstance(declared, dict):
        names = ", ".join(f"`{n}`" for n in declared)
        _refuse(function, f"Numba is told the types of {names} by `locals`", "leave out locals=..., and write casts")
    for s in _signatures(function):
        if not ROUNDED.isdisjoint(map(str, (*s.args, s.return_type))):
            told = f"Numba is told to round: {s}"
            _refuse(function, told, "leave out the signature, and write casts such as np.float32(...)")


def refuse_truncated(function: Any, names: tuple[str, ...], types: dict[str, Type]) -> None:
    """Refuse to pass what is no whole number where all declared signatures of a function of Numba's ask for one.

    Raises:
        DifferentiationError: AC006.
    """
    signatures = _signatures(function)
    for k, name in enumerate(names):
        asked = {str(s.args[k]) for s in signatures if k < len(s.args)}
        if asked and asked <= {"int64", "uint64", "bool"} and types[name].kind in ("float", "number", "real", "scalar"):
            if types[name].kind != "scalar" or types[name].dtype.startswith(("float", "complex")):
                _refuse(function, f"Numba is told that `{name}` is a whole number", f"pass an int as `{name}`")


def _signatures(function: Any) -> tuple[Any, ...]:
    """The signatures that a function was declared with; none where Numba compiles it for the types of its arguments."""
    if getattr(function, "_can_compile", True):
        return ()
    return tuple(getattr(function, "nopython_signatures", ()))


def _refuse(function: Any, what: str, advice: str) -> NoReturn:
    code = function.py_func.__code__
    text = f"`{function.__name__}` is not what its text says: {what}"
    raise DifferentiationError(Diagnostic("AC006", Span(code.co_filename, code.co_firstlineno), text, help=advice))


__all__ = ["refuse_declared_types", "refuse_truncated"]
