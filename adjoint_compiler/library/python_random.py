"""Definitions of functions of ``random`` that choose among items: by the draws of integers that they make."""

from __future__ import annotations

import random
from typing import Any

from adjoint_compiler.library import defines


@defines(random.choice)
def choice(seq: Any) -> Any:
    return seq[random.randrange(len(seq))]


@defines(random.shuffle)
def shuffle(x: Any) -> None:
    for i in range(len(x) - 1, 0, -1):
        j = random.randrange(i + 1)
        x[i], x[j] = x[j], x[i]


__all__ = ["choice", "shuffle"]
