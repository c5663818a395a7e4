"""Gradients as functions with rules: for programs that are differentiated again, and whose reverse sweeps cannot be.

    slope = ac.grad(f)                           def along(x, t):             # forward mode of f, which reads like f itself
    ... slope(x) ...                                 return ac.jvp(f, (x,), (t,))[1]
                                        ->
                                                 def slope_bwd(residuals, g): return ac.grad(along)(*residuals, g)

The derivative of a gradient is a symmetric matrix, so that its product with an adjoint is the gradient of the tangent of
``f`` in that direction: reverse mode over forward mode (Griewank and Walther, Evaluating Derivatives, 2008, chapter 5). Tangents
lie in containers and objects as the values do and need no shadows. The functions of the rule are differentiable in turn.
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Sequence
from typing import Any

from adjoint_compiler.ir.types import Type, is_discrete
from adjoint_compiler.rules.scipy_solvers import SolverRule

_serial = itertools.count(1)


class GradientRule(SolverRule):
    """The rule of a gradient, for arguments of some types.

    Attributes:
        jvp: its forward mode.
        product: the derivative that ``bwd`` calls, of the arguments and the adjoints of the gradient.
    """

    jvp: Any = None
    product: Any = None


def gradient_rule(derivative: Any, types: Sequence[Type]) -> GradientRule | None:
    """The rule of the gradient of a function; None where it has none.

    Args:
        derivative: what ``ac.grad`` returned.
        types: the types of the arguments.
    """
    target, wrt = derivative.target, derivative.positions
    plain = target.simple and not (target.owner or target.keywords or target.method or derivative.stars)
    if not plain or derivative.has_aux or derivative.value or derivative.of is not None or derivative.jit is not None:
        return None
    varied = [k for k, t in enumerate(types) if not (is_discrete(t) or t.kind in ("str", "none"))]
    if not set(wrt) <= set(varied) or not all(_is_plain(types[k]) for k in varied):
        return None
    name = target.name if target.name.isidentifier() else "f"
    text = _text(f"{name}_grad", len(types), varied, wrt, derivative.single)
    file = f"<adjoint_compiler gradient {next(_serial)} of {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"function": target.function, "derivative": derivative, "__name__": __name__}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text below)
    rule = GradientRule(derivative)
    rule.__name__ = f"{name}_grad"  # type: ignore[attr-defined]
    rule.fwd, rule.bwd, rule.jvp = (names[f"{name}_grad_{form}"] for form in ("fwd", "bwd", "jvp"))
    rule.product = names["by_arguments"]
    found = tuple(types[k] for k in wrt)
    rule.result = found[0] if derivative.single else Type("tuple", items=found)
    return rule


def _is_plain(t: Type) -> bool:
    """Whether a type is that of numbers, arrays and tuples, lists or dicts of them.

    >>> from adjoint_compiler.ir.types import FLOAT
    >>> _is_plain(Type("list", items=(FLOAT,))), _is_plain(Type("record"))
    (True, False)
    """
    if t.kind in ("tuple", "list", "dict"):
        return all(map(_is_plain, t.items))
    return t.kind in ("bool", "int", "float", "complex", "scalar", "array", "str", "none")


def _text(name: str, count: int, varied: list[int], wrt: tuple[int, ...], single: bool) -> str:
    """The functions of the rule; ``x0, x1`` are the arguments, ``t0`` tangents."""
    xs = ", ".join(f"x{k}" for k in range(count))

    def along(places: Sequence[int]) -> tuple[str, str]:
        given = ", ".join(f"t{k}" for k in places)
        return given, "".join(f"t{k}, " if k in places else "None, " for k in range(count))

    given, tangents = along(wrt)
    every, every_tangent = along(varied)
    seeds = "g" if single else ", ".join(f"g[{k}]" for k in range(len(wrt)))
    bars = "".join(f"bars[{varied.index(k)}], " if k in varied else "None, " for k in range(count))
    taken = ", ".join(f"tangents[{k}]" for k in varied)
    return (
        "import adjoint_compiler as ac\n\n\n"
        f"def along({xs}, {given}):\n    pair = ac.jvp(function, ({xs},), ({tangents}))\n    return pair[1]\n\n\n"
        f"def along_all({xs}, {every}):\n    pair = ac.jvp(function, ({xs},), ({every_tangent}))\n    return pair[1]\n\n\n"
        f"by_arguments = ac.grad(along, wrt={tuple(varied)})\n"
        f"by_wrt = ac.grad(along_all, wrt={wrt[0] if single else tuple(wrt)})\n\n\n"
        f"def {name}_fwd({xs}):\n    return derivative({xs}), ({xs},)\n\n\n"
        f"def {name}_bwd(residuals, g):\n    {xs}, = residuals\n    bars = by_arguments({xs}, {seeds})\n    return {bars}\n\n\n"
        f"def {name}_jvp(primals, tangents):\n    {xs}, = primals\n    return derivative({xs}), by_wrt({xs}, {taken})\n"
    )


__all__ = ["GradientRule", "gradient_rule"]
