"""Definitions of scipy.optimize: the test function and its derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import optimize

from adjoint_compiler.library import defines
from adjoint_compiler.runtime import scipy_value, valued


@defines(optimize.rosen)
def rosen(x: Any) -> Any:
    y = np.asarray(x)
    return valued(
        np.sum(100.0 * (y[1:] - y[:-1] ** 2.0) ** 2.0 + (1 - y[:-1]) ** 2.0, axis=0),
        scipy_value("optimize.rosen", (x,)),
    )
