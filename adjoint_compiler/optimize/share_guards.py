"""Look once at what two guards of one adjoint look at.

    t = y_bar / z                        t = y_bar / z
    x_bar = guarded(y_bar, t)      ->    p = t * y
    z_bar = guarded(y_bar, t * y)        z_bar = guarded(y_bar, p)
                                         x_bar = guarded_as(y_bar, t, p, z_bar)

A product is finite only where its factors are: where nothing had to be stopped in ``p``, nothing has to be in ``t``. That is
what the adjoints of a quotient have in common. It pays in loops, over arrays that are short; elsewhere the code stays as short.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.differentiate.builder import GUARDS
from adjoint_compiler.ir.nodes import Bind, Block, For, Name, Operand, Program, Statement, While
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import UNKNOWN

GUARDED, GUARDED_AS = GUARDS
# operations whose result is not finite where one of these operands is not
SPREADING = {"operator.mul": (0, 1), "operator.truediv": (0,), "operator.neg": (0,)}


def share_guards(program: Program, types: Types) -> Program:
    """Let one guard tell another of the same adjoint that there is nothing to stop (see the module's text).

    >>> from adjoint_compiler.ir.nodes import REVERSE, Const
    >>> from adjoint_compiler.ir.types import array_type
    >>> g, c = Name("g"), Name("c")
    >>> body = (Bind("a", GUARDED, (g, c)), Bind("p", "operator.mul", (c, Name("y"))), Bind("b", GUARDED, (g, Name("p"))))
    >>> program = Program("f", ("g", "c", "y"), (REVERSE, For("i", Const(0), Const(9), Const(1), body)))
    >>> types = dict.fromkeys(("g", "c", "y", "p"), array_type("float64", 1))
    >>> [s.target for s in share_guards(program, types).body[1].body]
    ['p', 'b', 'a']
    """
    start = program.reverse_at
    if start is None or sum(isinstance(s, Bind) and s.op == GUARDED for s in program.statements) < 2:
        return program
    reverse = program.body[start:]
    shared = _shared(reverse, types, False)
    return program if shared is reverse else replace(program, body=(*program.body[:start], *shared))


def _shared(block: Block, types: Types, in_loop: bool) -> Block:
    out: list[Statement] = []
    for s in block:
        if s.blocks:
            inner = tuple([_shared(b, types, in_loop or isinstance(s, (For, While))) for b in s.blocks])
            s = s if all(new is old for new, old in zip(inner, s.blocks)) else with_blocks(s, inner)
        out.append(s)
    k = 0 if in_loop else len(out)
    while k < len(out):
        s = out[k]
        if isinstance(s, Bind) and s.op == GUARDED and _is_array(s.args[1], types):
            moved = _other_guard(s, out[k + 1 :])
            if moved:
                rest = [x for x in out[k + 1 :] if not any(x is m for m in moved)]
                last = moved[-1]
                told = Bind(s.target, GUARDED_AS, (*s.args, last.args[1], Name(last.target)), (), s.span)
                out[k:] = [*moved, told, *rest]
                k += len(moved)
        k += 1
    return tuple(out) if any(new is not old for new, old in zip(out, block)) else block


def _is_array(o: Operand, types: Types) -> bool:
    t = types.get(o.id, UNKNOWN) if isinstance(o, Name) else UNKNOWN
    return t.kind == "array" and bool(t.ndim)


def _other_guard(s: Bind, rest: list[Statement]) -> list[Bind]:
    """What leads to the next guard of the same adjoint that looks at more, and that guard; all can be computed before ``s``."""
    bound = {s.target: s}
    taken = set(s.read)
    for x in rest:
        if not isinstance(x, Bind) or x.target in taken or x.target in bound:
            return []
        if x.op == GUARDED and x.args[0] == s.args[0]:
            found = _leading(x.args[1], s.args[1], bound)
            if found:
                return [*found, x]
        bound[x.target] = x
        taken.update(x.read)
    return []


def _leading(o: Operand, source: Operand, bound: dict[str, Bind]) -> list[Bind]:
    """The bindings that make an operand of the source, each not finite where what it is made of is not; none if it is not."""
    s = bound.get(o.id) if isinstance(o, Name) else None
    if s is None:
        return []
    for k in SPREADING.get(s.op, ()):
        if any(n in bound for j, a in enumerate(s.args) if j != k for n in names_in(a)):
            continue
        if s.args[k] == source:
            return [s]
        if found := _leading(s.args[k], source, bound):
            return [*found, s]
    return []


__all__ = ["share_guards"]
