"""Functions whose text the compiler writes, to be read in the place of calls: they are kept like a user's own."""

from __future__ import annotations

import itertools
import linecache
from typing import Any

_serial = itertools.count(1)


def functions_of(text: str, what: str, names: dict[str, Any]) -> dict[str, Any]:
    """The functions that a text defines, and the names that it reads.

    Args:
        text: definitions.
        what: what they are, for messages: a word and a name.
        names: what the text reads.

    >>> functions_of("def twice(x):\\n    return number * x\\n", "example", {"number": 2})["twice"](3)
    6
    """
    word, _, rest = what.partition(" ")
    file = f"<adjoint_compiler {word} {next(_serial)}{f' of {rest}' if rest else ''}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {"__name__": __name__, **names}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the compiler's own text)
    return names


__all__ = ["functions_of"]
