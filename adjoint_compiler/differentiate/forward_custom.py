"""Forward mode of calls of functions with rules of the user's.

pair = cube_fwd(x)                        pair = cube_jvp((x,), (x_dot,))
y = pair[0]                     ->        y = pair[0]
                                          y_dot = pair[1]
"""

from __future__ import annotations

from adjoint_compiler.differentiate.builder import Builder
from adjoint_compiler.differentiate.tangents import Tangents
from adjoint_compiler.ir.nodes import Bind, Statement
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.user import CHECKED, FORWARD, OWN, VALUE

CUSTOM = (FORWARD, CHECKED, VALUE, OWN)


def forward_custom(s: Bind, b: Builder, f: Tangents) -> list[Statement]:
    """The statements of such a call with those of its tangent."""
    if s.op in (FORWARD, CHECKED):
        return [s]
    name = getattr(s.args[0].value.rule, "__name__", "function")  # type: ignore[union-attr]
    raise RuleError(f"`{name}` states its derivative for reverse mode only; state it for forward mode: ac.custom_jvp")


__all__ = ["CUSTOM", "forward_custom"]
