"""How a derivative is compiled under Numba, and whose meaning it has: NumPy's, or that of a compiled function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CARRIED = ("fastmath", "parallel", "boundscheck", "nogil")
# all of fastmath but the promise that nothing is infinite or NaN, which guards of singular partials ask
FINITE = ("afn", "arcp", "contract", "nsz", "reassoc")


@dataclass(frozen=True)
class Jit:
    """Options of one derivative.

    Attributes:
        compiled: whether the function is compiled by Numba already, so that its meaning is that of its compiled form.
        raises: whether a division of numbers by zero raises, as Numba's ``error_model="python"`` has it.
        passes: whether arrays from outside are passed to the functions; else they are constants of their module.
        options: further keywords of ``numba.njit``, as pairs.
    """

    compiled: bool = False
    raises: bool = True
    passes: bool = True
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def checks_types(self) -> bool:
        """Whether compiled code must compute in the precision that NumPy computes in."""
        return not self.compiled


PLAIN = Jit()
EMITTED = Jit(passes=False)


def is_dispatcher(function: Any) -> bool:
    """Whether Numba has made a function of a Python function.

    >>> is_dispatcher(is_dispatcher)
    False
    """
    return hasattr(function, "py_func") and hasattr(function, "targetoptions")


def jit_for(function: Any, backend: str | None) -> Jit | None:
    """How the derivative of a function is compiled; None: it is not, and runs under NumPy.

    Args:
        function: what the user passed.
        backend: ``"numpy"``, ``"numba"``, or None for Numba where the function is compiled by it.

    >>> jit_for(abs, None), jit_for(abs, "numba").compiled
    (None, False)
    """
    dispatcher = is_dispatcher(function)
    if backend == "numpy" or (backend is None and not dispatcher):
        return None
    if not dispatcher:
        return PLAIN
    given = function.targetoptions
    options = tuple((k, _allowed(given[k]) if k == "fastmath" else given[k]) for k in CARRIED if given.get(k))
    return Jit(True, given.get("error_model", "python") == "python", options=options)


def _allowed(fastmath: Any) -> tuple[str, ...]:
    """The liberties of ``fastmath`` that a derivative can take."""
    if fastmath is True:
        return FINITE
    given = [k for k, on in fastmath.items() if on] if isinstance(fastmath, dict) else list(fastmath)
    return FINITE if "fast" in given else tuple(k for k in FINITE if k in given)
