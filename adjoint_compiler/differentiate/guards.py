"""What lies beneath a guard: values that only come to be seen through it.

    t = y_bar / x * y; x_bar = guarded(y_bar, t)      t may be nan where y_bar is zero, and x_bar is zero there

Where the guard puts zero in the place of what is not finite, the adjoint of ``t`` is zero. It must stay so on its way to the
operands, although ``y`` and ``1 / x`` are not finite either: products beneath a guard have guards of their own.
"""

from __future__ import annotations

from adjoint_compiler import rules
from adjoint_compiler.differentiate.builder import GUARDS, HELPER
from adjoint_compiler.ir.nodes import Bind, Name, Program, Statement
from adjoint_compiler.ir.operands import names_in

GUARDED = {**dict.fromkeys(GUARDS, 1), HELPER["guarded_tangent"]: 0}  # the place of what is guarded
INERT = HELPER["let_through"]


def beneath_guards(program: Program) -> frozenset[str]:
    """Names of which every use is an operand of a guard, or of an elementwise operation whose result is such a name.

    >>> from adjoint_compiler.ir.nodes import Const
    >>> t, u = Bind("t", "operator.mul", (Name("a"), Name("b"))), Bind("u", HELPER["guarded"], (Name("g"), Name("t")))
    >>> sorted(beneath_guards(Program("f", ("a", "b", "g"), (t, u))))
    ['a', 'b', 't']
    """
    if not any(isinstance(s, Bind) and s.op in GUARDED for s in program.statements):
        return frozenset()
    uses: dict[str, list[Statement]] = {}
    made: dict[str, list[Bind]] = {}
    for s in program.statements:
        if isinstance(s, Bind) and _is_elementwise(s):
            made.setdefault(s.target, []).append(s)
        for n in dict.fromkeys(s.read):
            uses.setdefault(n, []).append(s)
    beneath: set[str] = set()
    guarded = {
        n
        for s in program.statements
        if isinstance(s, Bind) and s.op in GUARDED
        for n in names_in(s.args[GUARDED[s.op]])
    }
    work = list(guarded)
    while work:
        n = work.pop()
        if n in beneath or not all(_is_beneath(n, s, beneath) for s in uses.get(n, ())):
            continue
        beneath.add(n)
        for b in made.get(n, ()):
            work.extend(b.read)
    return frozenset(beneath)


def _is_beneath(n: str, s: Statement, beneath: set[str]) -> bool:
    if not isinstance(s, Bind):
        return False
    if s.op in GUARDED:
        return all(o != Name(n) for k, o in enumerate(s.args) if k != GUARDED[s.op]) and not s.kwargs
    return s.op == INERT or (s.target in beneath and _is_elementwise(s))


def _is_elementwise(s: Bind) -> bool:
    rule = rules.TABLE.by_key.get(s.op)
    return s.op == "copy" or (rule is not None and rule.kind == "elementwise")


__all__ = ["beneath_guards"]
