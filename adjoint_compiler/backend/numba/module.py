"""The text of a module that Numba compiles: imports, frozen values, one compiled function after the other.

import numba
import numpy as np

C = 0.125


@numba.njit(cache=True, error_model="numpy")
def f_grad(x):
    ...
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from adjoint_compiler import runtime
from adjoint_compiler.backend.module import definitions, globals_read, import_lines
from adjoint_compiler.backend.numba.jit import Jit

HELPERS = "adjoint_compiler.backend.numba.helpers"
ONLY_LOOPS = dict.fromkeys(
    ("comprehension", "reduction", "inplace_binop", "setitem", "numpy", "stencil", "fusion"), False
)
PLAIN_VALUES = (bool, int, float, complex, str)


def decorator(jit: Jit, cache: bool = True, text: str = "") -> str:
    """The line above a compiled function.

    Of what Numba runs in parallel only loops of `prange` are taken, and as they stand: results then do not hang on the
    number of threads.

    >>> decorator(Jit(options=(("fastmath", ("arcp", "nsz")),)))
    "@numba.njit(cache=True, error_model='numpy', fastmath={'arcp', 'nsz'})"
    """
    keywords = {**({"cache": True} if cache else {}), "error_model": "numpy", **dict(jit.options)}
    if keywords.get("parallel"):
        keywords.pop("parallel")
        if re.search(r"^ *for .* in numba\.prange\(", text, re.MULTILINE):
            keywords["parallel"] = ONLY_LOOPS
    return f"@numba.njit({', '.join(f'{k}={_written(v)}' for k, v in keywords.items())})"


def _written(value: Any) -> str:
    """An option as text; a tuple stands for a set, whose order is none."""
    return "{" + ", ".join(map(repr, value)) + "}" if isinstance(value, tuple) else repr(value)


def literal(value: Any) -> str | None:
    """How a module writes a value that is frozen in it; None for values that are passed to it.

    >>> literal(0.5), literal((1, np.float32(0.5))), literal(np.ones(2))
    ('0.5', '(1, np.float32(0.5))', None)
    """
    if isinstance(value, np.generic) and value.dtype.kind in "biufc":
        return f"np.{value.dtype.name}({value.item()!r})".replace("(inf)", "(np.inf)").replace("(nan)", "(np.nan)")
    if type(value) is float and not np.isfinite(value):
        return f"float('{value}')"
    if type(value) in PLAIN_VALUES or value is None:
        return repr(value)
    if type(value) is tuple:
        parts = [literal(v) for v in value]
        if None in parts:
            return None
        return f"({', '.join(map(str, parts))}{',' if len(parts) == 1 else ''})"
    return None


def module_text(
    functions: tuple[str, ...], jit: Jit, values: dict[str, Any], helpers: frozenset[str], cache: bool = True,
    classes: Mapping[str, str | None] = MappingProxyType({}),
) -> str:  # fmt: skip
    """The text of a module.

    Args:
        functions: texts of functions, after those that they call.
        jit: how they are compiled.
        values: what the names that they read from outside mean.
        helpers: names that are functions of ``helpers``.
        cache: whether Numba keeps what it compiles.
        classes: how the classes that they name are imported; None for those that are passed to the module.

    >>> print(module_text(("def f_grad(x):\\n    return C * x",), Jit(options=()), {"C": 0.5}, frozenset()))
    import numba
    import numpy as np
    <BLANKLINE>
    C = 0.5
    <BLANKLINE>
    <BLANKLINE>
    @numba.njit(cache=True, error_model='numpy')
    def f_grad(x):
        return C * x
    <BLANKLINE>
    """
    body = "\n\n\n".join(f"{decorator(jit, cache, f)}\n{f.rstrip()}" for f in definitions(functions).values())
    read = globals_read(body)
    used = sorted(helpers.intersection(read))
    constants = "\n".join(f"{n} = {literal(values[n])}" for n in read if n in values)
    known = "\n".join(["numba = np = None", *(f"{n} = None" for n in (*used, *classes)), constants, body])
    lacking = [n for n in read if n not in used and hasattr(runtime, n)]  # Numba tells where they are called
    known = "\n".join([*(f"{n} = None" for n in lacking), known])
    standard = [i for i in import_lines(known) if i]
    sections = ["\n".join(standard), "import numba\nimport numpy as np"]
    sections += sorted(c for c in classes.values() if c is not None)
    if used:
        sections.append(f"from {HELPERS} import {', '.join(used)}")
    head = "\n\n".join(s for s in sections if s)
    return f"{head}\n\n" + (f"{constants}\n\n\n" if constants else "\n") + body + "\n"
