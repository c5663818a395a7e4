"""Fresh names, deterministic and readable."""

from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable

# Modules of Python's that generated code calls by name; in programs that do not, variables may have these names.
STANDARD = frozenset(
    {
        *(
            "bisect",
            "cmath",
            "contextlib",
            "csv",
            "io",
            "json",
            "logging",
            "os",
            "random",
            "re",
            "tempfile",
            "threading",
            "time",
        ),
        "warnings",
    }
)
RESERVED = frozenset(keyword.kwlist) | frozenset(dir(builtins)) | frozenset({"np", "math", "scipy", "_"})


class Names:
    """The names of one generated module.

    >>> names = Names(["x", "t"])
    >>> names.fresh("t"), names.fresh("t"), names.fresh("x_bar")
    ('t2', 't3', 'x_bar')
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken) | RESERVED
        self.last: dict[str, int] = {}
        self.stems: dict[str, str] = {}

    def fresh(self, stem: str) -> str:
        """``stem`` itself if it is free, else ``stem`` with the smallest number from 2 on."""
        name, k = stem, self.last.get(stem, 1)
        while name in self.taken:
            k += 1
            name = f"{stem}{'_' if stem[-1:].isdigit() else ''}{k}"
        self.last[stem] = k
        self.taken.add(name)
        self.stems[name] = stem
        return name


def bar(name: str) -> str:
    """The name of a variable's adjoint.

    >>> bar("x")
    'x_bar'
    """
    return f"{name}_bar"


def dot(name: str) -> str:
    """The name of a variable's tangent.

    >>> dot("x")
    'x_dot'
    """
    return f"{name}_dot"
