"""Long lists of cases are sampled; with ADJOINT_COMPILER_ALL_TESTS=1, as `make test-all` sets it, all of them run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
ALL = bool(os.environ.get("ADJOINT_COMPILER_ALL_TESTS"))


def sampled(cases: Sequence[T], step: int) -> list[T]:
    """Every case of this number, or all."""
    return list(cases if ALL else cases[::step])
