"""Rules of optional packages: a part of the table that is filled once the user's program has imported the package.

    import scipy.special                  # the user's import
    ac.grad(f)(x)                         # a call in f of a function that is not in the table: is SciPy there?

Nothing here imports a package that is not imported already, so a program that uses NumPy alone never pays for SciPy.
"""

from __future__ import annotations

import importlib
import sys

# The modules of rules by the part of a package that they are about.
MODULES: dict[str, tuple[str, ...]] = {
    "io": ("python_files",),
    "logging": ("python_logging",),
    "random": ("python_random",),
    "re": ("python_texts",),
    "scipy.sparse.linalg": ("scipy_objects",),
    "scipy.special": ("scipy_special", "scipy_special_higher", "scipy_special_distributions"),
    "scipy.linalg": ("scipy_linalg", "scipy_matrices"),
    "scipy.integrate": ("scipy_integrate",),
    "scipy.spatial.distance": ("scipy_spatial",),
    "scipy.signal": ("scipy_signal",),
    "scipy.ndimage": ("scipy_ndimage",),
    "scipy.fft": ("scipy_fft",),
    "scipy.stats": ("scipy_stats", "scipy_multivariate", "scipy_samples"),
}


def load_used() -> None:
    """Enter the rules of what has been imported since; waits where another thread is about it."""
    for part, modules in MODULES.items():
        if part in sys.modules:
            for module in modules:
                importlib.import_module(f"adjoint_compiler.rules.{module}")


def load_all() -> tuple[str, ...]:
    """Import every optional package that is installed, and enter its rules: for listings of the whole table.

    Returns:
        The parts of packages that are there.
    """
    found = []
    for part in MODULES:
        try:
            importlib.import_module(part)
        except ImportError:
            continue
        found.append(part)
    load_used()
    return tuple(found)


__all__ = ["MODULES", "load_all", "load_used"]
