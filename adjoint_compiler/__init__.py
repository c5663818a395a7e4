"""A source-to-source differentiating compiler for Python.

>>> import adjoint_compiler as ac
>>> ac.grad(lambda x: x * x)(3.0)
6.0
"""

from adjoint_compiler.api import grad, stop_gradient, value_and_grad, vjp
from adjoint_compiler.diagnostics import DifferentiationError

__all__ = ["DifferentiationError", "grad", "stop_gradient", "value_and_grad", "vjp"]
