"""The definition of ``types.SimpleNamespace`` and ``argparse.Namespace``: an object with the attributes that it is given.

Like the definitions of ``collections``, no such object may leave the program.
"""

from __future__ import annotations

import argparse
import types

from adjoint_compiler.library import defines


@defines(types.SimpleNamespace, argparse.Namespace)
class namespace:  # noqa: N801  (messages name it like what it stands for)
    """Attributes by name; further ones may be set later."""


__all__ = ["namespace"]
