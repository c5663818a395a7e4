"""Jacobians, and products with Hessians, as functions with text: what the compiler reads where they are differentiated.

ac.jacobian(ac.hessian(f))      of      def f_matrix(x, n=2):
                                            return derivative_(x, n)
"""

from __future__ import annotations

import inspect
import itertools
import linecache
from collections.abc import Sequence
from typing import Any

_serial = itertools.count(1)


def calling(derivative: Any, name: str, parameters: Sequence[inspect.Parameter]) -> Any:
    """A function of some parameters which calls a derivative.

    Args:
        derivative: what is called.
        name: the name of the function, if it can be one.
        parameters: what it takes, and hands on.

    Raises:
        TypeError: there are parameters with stars.

    >>> calling(max, "larger", list(inspect.signature(lambda a, b=2: 0).parameters.values()))(1)
    2
    """
    name = name if name.isidentifier() else "derivative"
    names: dict[str, Any] = {"derivative_": derivative, "__name__": __name__}
    heads: list[str] = []
    args = []
    for p in parameters:
        if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            raise TypeError(f"`{name}` has parameters with stars: write a function that names them, and calls it")
        if p.kind is p.KEYWORD_ONLY and "*" not in heads:
            heads.append("*")
        head = p.name
        if p.default is not p.empty:
            head, names[f"default_{p.name}"] = f"{p.name}=default_{p.name}", p.default
        heads.append(head)
        args.append(f"{p.name}={p.name}" if p.kind is p.KEYWORD_ONLY else p.name)
    text = f"def {name}({', '.join(heads)}):\n    return derivative_({', '.join(args)})\n"
    file = f"<adjoint_compiler call {next(_serial)} of {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    return names[name]


__all__ = ["calling"]
