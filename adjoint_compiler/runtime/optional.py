"""Optional packages, for helpers that need them: imported when a part of them is used for the first time.

A helper that calls ``scipy.special.psi`` is written like any other; in an emitted module its text stands below
``import scipy.special``.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any


class OptionalPackage(ModuleType):
    """A package whose parts are imported when they are first named; naming the package imports nothing.

    >>> numbers = OptionalPackage("json")
    >>> numbers.decoder.__name__
    'json.decoder'
    """

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        part = importlib.import_module(f"{self.__name__}.{name}")
        setattr(self, name, part)
        return part


scipy: Any = OptionalPackage("scipy")

__all__ = ["OptionalPackage", "scipy"]
