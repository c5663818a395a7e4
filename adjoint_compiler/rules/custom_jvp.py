"""Reverse mode of a function that states forward mode only: its ``jvp`` is linear in the tangents, and is transposed.

def cube_jvp(primals, tangents): ...        def weighted(t0, x0, g):
                                                _, y_dot = jvp((x0,), (t0,))
                                     ->         return np.sum(g * y_dot)

                                            by_0 = ac.grad(weighted, wrt=0)      # at any t0
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Sequence
from typing import Any

from adjoint_compiler.ir.types import Type, is_container, is_discrete, may_be_complex
from adjoint_compiler.rules.user import CustomJvp, CustomVjp

_serial = itertools.count(1)


class TransposedRule(CustomVjp):
    """The rule of a function that is stated by a ``jvp``, for arguments of some types.

    Attributes:
        jvp: what the user states.
        fault: why it cannot be transposed; empty where it can.
    """

    jvp: Any = None
    fault = ""


def transposed_rule(rule: CustomJvp, types: Sequence[Type]) -> TransposedRule:
    """The rule with ``fwd`` and ``bwd``, kept with the user's rule.

    Args:
        rule: the user's rule.
        types: types of the arguments of a call.
    """
    kinds = tuple("c" if is_discrete(t) or t.kind in ("str", "none", "function") else "x" for t in types)
    complex_ones = any(map(may_be_complex, types))
    key = ("transposed", kinds, complex_ones)
    if key not in rule.facts:
        rule.facts[key] = _made(rule, kinds, complex_ones)
    found: TransposedRule = rule.facts[key]
    if any(map(is_container, types)):
        found.fault = "the jvp of a function of containers is not transposed; state ac.custom_vjp, or pass the arrays"
    return found


def _made(rule: CustomJvp, kinds: tuple[str, ...], complex_ones: bool) -> TransposedRule:
    xs = [f"x{k}" for k in range(len(kinds))]
    ts = {k: f"t{k}" for k, kind in enumerate(kinds) if kind == "x"}
    args, given = ", ".join(xs), ", ".join(ts.values())
    tangents = "".join(f"{ts.get(k, 'None')}, " for k in range(len(kinds)))
    product = "np.real(np.conj(g) * y_dot)" if complex_ones else "g * y_dot"
    text = (
        "import numpy as np\n\nimport adjoint_compiler as ac\n\n\n"
        f"def weighted({given}, {args}, g):\n    pair = jvp(({args},), ({tangents}))\n    y_dot = pair[1]\n"
        f"    return np.sum({product})\n\n\n"
        + "".join(f"by_{k} = ac.grad(weighted, wrt={j})\n" for j, k in enumerate(ts))
        + f"\n\ndef fwd({args}):\n    return function({args}), ({args},)\n\n\n"
        f"def bwd(residuals, g):\n    {args}, = residuals\n"
        + "".join(f"    t{k} = 0.0 * x{k}\n" for k in ts)
        + "    return "
        + "".join(f"by_{k}({given}, {args}, g), " if k in ts else "None, " for k in range(len(kinds)))
        + "\n"
    )
    name = str(getattr(rule, "__name__", "function"))
    own = name if name.isidentifier() else "function"
    text = text.replace("def fwd(", f"def {own}_fwd(").replace("def bwd(", f"def {own}_bwd(")
    file = f"<adjoint_compiler jvp {next(_serial)} of {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"function": rule.function, "jvp": rule.jvp, "__name__": __name__}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    out = TransposedRule(rule.function)
    out.fwd, out.bwd, out.jvp = names[f"{own}_fwd"], names[f"{own}_bwd"], rule.jvp
    return out


__all__ = ["TransposedRule", "transposed_rule"]
