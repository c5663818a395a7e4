"""Whether Numba gives names the types that NumPy gives them: compiled code in another precision has other numbers.

y = np.float32(x) * 2.0        float32 under NumPy, float64 under Numba
"""

from __future__ import annotations

from typing import Any

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.types import Type

PYTHON = {"float": "float64", "complex": "complex128"}


def disagreement(annotation: Any, types: Types) -> tuple[str, str, str] | None:
    """The first name that Numba computes in another dtype than NumPy: the name, NumPy's dtype, Numba's.

    Args:
        annotation: what Numba tells of one compiled version of a function.
        types: NumPy's types of its names.
    """
    for name, found in getattr(annotation, "typemap", {}).items():  # what was compiled before was found to agree
        expected = types.get(name.partition(".")[0])
        if expected is None:
            continue
        have, want = _dtype(found), _expected(expected)
        if have and want and have != want:
            return name.partition(".")[0], want, have
    return None


def _expected(t: Type) -> str:
    return t.dtype if t.kind in ("array", "scalar") else PYTHON.get(t.kind, "")


def _dtype(found: Any) -> str:
    """The dtype of a number or array in Numba's words; nothing for anything else."""
    word = str(getattr(found, "dtype", found))
    return word if word.startswith(("float", "complex")) and "(" not in word else ""
