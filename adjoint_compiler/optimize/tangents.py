"""Which names of a generated program are tangents, or computed from such."""

from __future__ import annotations

from adjoint_compiler.ir.nodes import Bind, Call, Program


def tangent_names(program: Program, primal: frozenset[str]) -> frozenset[str]:
    """The names that depend on the parameters which the program that was differentiated does not have.

    None where something gives a value together with its tangent, as calls of recursive functions and of rules of the
    user's do: what is taken from such a pair may be either.

    Args:
        program: the function of a tangent.
        primal: the names of the program that it is made from.

    >>> from adjoint_compiler.ir.nodes import Name
    >>> body = (Bind("y_dot", "copy", (Name("x_dot"),)), Bind("y", "copy", (Name("x"),)))
    >>> sorted(tangent_names(Program("f", ("x", "x_dot"), body), frozenset("xy")))
    ['x_dot', 'y_dot']
    """
    found = set(program.params) - primal
    before = -1
    while found and before != len(found):
        before = len(found)
        for s in program.statements:
            if s.blocks or found.isdisjoint(s.read):
                continue
            if isinstance(s, Call) or isinstance(s, Bind) and s.op.startswith("custom."):
                return frozenset()
            found.update((*s.bound, *s.stored))
    return frozenset(found)


__all__ = ["tangent_names"]
