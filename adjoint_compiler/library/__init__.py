"""Library functions that are written in Python and NumPy: their definitions, which are inlined where they are called.

    c = np.cov(x)      ->      x = np.atleast_2d(x); d = x - np.average(x, axis=1)[:, None]; ...

A definition computes what the function does, operation by operation, so results agree to the last bit; its derivative needs no rule.
Definitions are ordinary functions of the language that the compiler reads; that of a class is a class, whose objects behave alike.
What they do not cover is refused: a parameter that a definition lacks, or ``raise NotImplementedError`` in a branch that is taken
while running.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

# The modules of definitions, by the package whose functions they define.
MODULES: dict[str, tuple[str, ...]] = {
    "argparse": ("python_namespaces",),
    "collections": ("python_collections",),
    "heapq": ("python_heapq",),
    "types": ("python_namespaces",),
    "random": ("python_random",),
    "numpy": (
        "numpy_arrays",
        "numpy_functions",
        "numpy_keywords",
        "numpy_linalg",
        "numpy_objects",
        "numpy_options",
        "numpy_polynomials",
        "numpy_series",
        "numpy_series_objects",
    ),
    "scipy.fft": ("scipy_fft",),
    "scipy.integrate": ("scipy_integrate",),
    "scipy.interpolate": ("scipy_interpolate", "scipy_splines"),
    "scipy.linalg": ("scipy_linalg",),
    "scipy.ndimage": ("scipy_ndimage", "scipy_images"),
    "scipy.optimize": ("scipy_optimize",),
    "scipy.signal": ("scipy_filters", "scipy_signal", "scipy_spectra"),
    "scipy.sparse": ("scipy_sparse",),
    "scipy.spatial": ("scipy_distances",),
    "scipy.stats": ("scipy_distributions", "scipy_stats", "scipy_densities"),
}

_DEFINITIONS: dict[int, tuple[Any, Callable[..., Any]]] = {}
_METHODS: dict[tuple[type, str], Callable[..., Any]] = {}
_loaded: set[str] = set()


def defines(*functions: Any) -> Callable[[F], F]:
    """A decorator: the function below it is the definition of these library functions.

    >>> import math
    >>> @defines(math.tau.hex)
    ... def in_sixteenths(): return "0x1.921fb54442d18p+2"
    >>> definition_of(len) is None
    True
    """

    def enter(definition: F) -> F:
        for function in functions:
            _DEFINITIONS[id(function)] = function, definition
        return definition

    return enter


def defines_method(owner: type, name: str) -> Callable[[F], F]:
    """A decorator: the function below it is the definition of a function that is called by a class, ``Polynomial.fit``."""

    def enter(definition: F) -> F:
        _METHODS[owner, name] = definition
        return definition

    return enter


def definition_of(function: Any) -> Callable[..., Any] | None:
    """The definition of a library function; None if it has none.

    >>> definition_of(np.ediff1d).__name__
    'ediff1d'
    """
    for package, modules in MODULES.items():
        if package in sys.modules and package not in _loaded:
            _loaded.add(package)
            for module in modules:
                importlib.import_module(f"adjoint_compiler.library.{module}")
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):
        from adjoint_compiler.library.ufunc_methods import method_of

        return method_of(owner, function.__name__)
    if isinstance(owner, type):
        return _METHODS.get((owner, function.__name__))
    found = _DEFINITIONS.get(id(function))
    return found[1] if found is not None and found[0] is function else None


def defined() -> list[tuple[Any, Callable[..., Any]]]:
    """All library functions that have definitions, and these."""
    definition_of(None)
    return list(_DEFINITIONS.values())


__all__ = ["MODULES", "defined", "defines", "defines_method", "definition_of"]
