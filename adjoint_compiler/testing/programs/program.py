"""A program to be tested: its source, and a point at which it is smooth."""

from __future__ import annotations

import hashlib
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Gradient = list[Any]


@dataclass(frozen=True)
class GeneratedProgram:
    """A function, its source, and a point at which it is smooth.

    Attributes:
        source: the text of a module that defines ``f`` and the functions it calls.
        values: the arguments; arrays are nested lists.
        wrt: positions of the arguments to differentiate by.
        seed: what ``generate`` made the program from.
        function: ``f``, compiled; ``inspect.getsource`` finds its text.
    """

    source: str
    values: tuple[Any, ...]
    wrt: tuple[int, ...]
    seed: int = 0
    function: Callable[..., Any] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "function", _load(self.source, self.seed))

    @property
    def args(self) -> tuple[Any, ...]:
        """The arguments, made anew at each access: the program may change them.

        >>> p = GeneratedProgram("def f(v, n): return v[0] * n", ([0.5, 2.0], 3), (0,))
        >>> p.args, float(p.function(*p.args))
        ((array([0.5, 2. ]), 3), 1.5)
        """
        return tuple(np.array(v) if isinstance(v, list) else v for v in self.values)

    def listing(self) -> str:
        """The source and the arguments, as text that can be pasted into a test.

        >>> print(GeneratedProgram("def f(v, n): return v[0] * n", ([0.5, 2.0], 3), (0,)).listing())
        def f(v, n): return v[0] * n
        <BLANKLINE>
        args = [np.array([0.5, 2.0]), 3]
        wrt = (0,)
        """
        args = ", ".join(f"np.array({v})" if isinstance(v, list) else repr(v) for v in self.values)
        return f"{self.source.rstrip()}\n\nargs = [{args}]\nwrt = {self.wrt}"


def _load(source: str, seed: int) -> Callable[..., Any]:
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    file = f"<random program {seed} {digest}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": f"random_program_{digest}"}
    exec(compile(source, file, "exec"), namespace)
    function: Callable[..., Any] = namespace["f"]
    return function
