"""A source-to-source differentiating compiler for Python.

>>> import adjoint_compiler as ac
>>> ac.grad(lambda x: x * x)(3.0)
6.0
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adjoint_compiler import rules, testing
    from adjoint_compiler.api import (
        custom_jvp,
        custom_vjp,
        grad,
        jvp,
        nondifferentiable,
        stop_gradient,
        value_and_grad,
        vjp,
    )
    from adjoint_compiler.api_matrices import (
        hessian,
        hvp,
        jacfwd,
        jacobian,
        jacrev,
        sparse_hessian,
        sparse_jacobian,
    )
    from adjoint_compiler.diagnostics import DifferentiationError, DifferentiationWarning

__all__ = [
    "DifferentiationError",
    "DifferentiationWarning",
    "custom_jvp",
    "custom_vjp",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "nondifferentiable",
    "rules",
    "sparse_hessian",
    "sparse_jacobian",
    "stop_gradient",
    "testing",
    "value_and_grad",
    "vjp",
]

MATRICES = ("hessian", "hvp", "jacfwd", "jacobian", "jacrev", "sparse_hessian", "sparse_jacobian")


def __getattr__(name: str) -> Any:
    """Public names are loaded when they are first used: importing the package costs next to nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name in ("rules", "testing"):
        return importlib.import_module(f"adjoint_compiler.{name}")
    home = "diagnostics" if name.startswith("Differentiation") else "api_matrices" if name in MATRICES else "api"
    value = getattr(importlib.import_module(f"adjoint_compiler.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
