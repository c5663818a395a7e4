"""Long lists of cases are sampled; with ADJOINT_COMPILER_ALL_TESTS=1, as `make test-all` sets it, all of them run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

import pytest

T = TypeVar("T")
ALL = bool(os.environ.get("ADJOINT_COMPILER_ALL_TESTS"))


def sampled(cases: Sequence[T], step: int, start: int = 0) -> list[T]:
    """Every case of this number, from the one at ``start`` on, or all."""
    return list(cases if ALL else cases[start::step])


slow = pytest.mark.skipif(not ALL, reason="takes long: `make test-all` runs it")
