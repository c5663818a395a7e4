"""The problems of GradBench (gradben.ch; ADBench's and cmpad's are among them), as a NumPy user would write them.

Each module holds one problem: the function, the data for a size, and the derivative that is wanted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Problem:
    """A problem at one size.

    Attributes:
        name: the name of the problem.
        size: what tells its sizes apart, as text.
        function: the primal.
        derivative: what is wanted, called with the same arguments; a gradient, or a tuple of arrays.
        arguments: what both are called with.
    """

    name: str
    size: str
    function: Callable[..., Any]
    derivative: Callable[..., Any]
    arguments: tuple[Any, ...]
