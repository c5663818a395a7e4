"""Parts of complex numbers. None is holomorphic, so each states its pullback, right for real operands too.

An adjoint ``a_bar + 1j * b_bar`` of ``a + 1j * b`` pairs by ``Re<a, b>``; where the operand is real, the
engine's cast takes the real part of what a pullback gives.
"""

import builtins

import numpy as np

from adjoint_compiler.ir.nodes import Operand
from adjoint_compiler.ir.types import Type
from adjoint_compiler.rules.table import cite, structural


def angle_in_radians(types: dict[str, Type], operands: dict[str, Operand]) -> dict[str, str] | None:
    """The pullback of ``np.angle`` without its factor, where ``deg`` is not given."""
    return None if "deg" in operands else {"z": "g * divide_or_zero(1j, conj(z))"}


# fmt: off
structural("real(val)", np.real, val="g", view="val", linear="val")
structural("imag(val)", np.imag, val="1j * g", view="val", view_kind="maybe", linear="val",
           note="of real operands: zeros, and no view")
structural("conjugate(x)", np.conjugate, x="conj(g)", linear="x", cheap=True)
structural("absolute(x)", np.absolute, builtins.abs, x="g * sign(x)", cheap=True, note="0 at 0")
structural("sign(x)", np.sign, x="sign_pullback(g, x)", cheap=True, flat="x",
           note="x / |x| of complex x; zero for real x")
structural("angle(z, deg=False)", np.angle, z="g * (180 / pi) ** deg * divide_or_zero(1j, conj(z))",
           cheap=True, specialise=angle_in_radians, flat="z", note="0 at 0")
cite("Kreutz-Delgado, The complex gradient operator and the CR-calculus (2009)")
# fmt: on
