"""Series in the bases of numpy.polynomial."""

from __future__ import annotations

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.rules.polynomials import BASES
from tests.rules.structural import case
from tests.rules.structural.samples import R

for base, module in BASES.items():
    home = getattr(np.polynomial, module)

    def of(suffix, home=home, base=base):
        return getattr(home, base + suffix)

    case(of("val"), R(2, 3), R(4))
    case(of("val"), R(3), R(1))
    case(of("vander"), R(3), 3)
    case(of("add"), R(3), R(2))
    case(of("sub"), R(2), R(4))
    case(of("mulx"), R(3))
    case(of("mul"), R(3), R(2))
    case(of("der"), R(4))
    case(of("der"), R(5), 2)
    case(of("int"), R(3))
    case(of("line"), 0.5, 1.5)
    case(of("trim"), R(3))
    if base != "poly":
        case(getattr(home, f"{base}2poly"), R(4))
        case(getattr(home, f"poly2{base}"), R(4))
        case(of("weight"), R(3) / 2)
case(runtime.basis_product, R(2), R(3), "chebyshev.chebmul", R(4))
