"""Where a dtype is not known before the program runs, it is checked that nothing active is rounded.

    a[i] = y * 2.0        ->      check_dtype(a); a[i] = y * 2.0
    z = y.astype(d)       ->      z = y.astype(d); check_dtype(z)

An array of integers rounds what is stored into it, which has no derivative then; one of floats keeps it. A program that makes
either, ``np.zeros(n, int) if counting else np.zeros(n)``, is differentiated as one of floats, and refused when it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from adjoint_compiler import rules
from adjoint_compiler.analysis.activity import differentiable_operands
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.ir.nodes import Bind, Block, Const, Effect, Name, Program, Statement, Store, Update
from adjoint_compiler.ir.operands import names_in
from adjoint_compiler.ir.rebuild import with_blocks
from adjoint_compiler.ir.types import ANY_REAL, UNKNOWN, is_discrete
from adjoint_compiler.ir.walk import names_bound


def check_dtypes(program: Program, types: Types, varied: Callable[[], Collection[str]]) -> Program:
    """Put checks where they are needed (see the module's text).

    Args:
        program: the program, before it is differentiated.
        types: types of its names.
        varied: asked for the names that depend on what is differentiated by, where a store may need a check.

    >>> from adjoint_compiler.ir.types import array_type
    >>> body = (Store("a", Const(0), Name("x")), Store("b", Const(0), Name("x")))
    >>> types = {"a": UNKNOWN, "b": array_type("float64", 1), "x": array_type("float64", 0)}
    >>> [type(s).__name__ for s in check_dtypes(Program("f", ("x",), body), types, lambda: {"a", "b", "x"}).body]
    ['Effect', 'Store', 'Store']
    """
    if not any(_may_round(s, types) for s in program.statements):
        return program
    reached = varied()

    def loses(s: Statement) -> bool:
        if not isinstance(s, (Bind, Store, Update)) or not _may_round(s, types):
            return False
        given = differentiable_operands(s) if isinstance(s, Bind) else [s.value]
        return any(n in reached and not is_discrete(types.get(n, UNKNOWN)) for o in given for n in names_in(o))

    return replace(program, body=_checked(program.body, loses, set()))


def _checked(block: Block, loses: Callable[[Statement], bool], known: set[str]) -> Block:
    """A block with checks where stores are, which a loop or a branch may never reach; ``known`` names have been checked."""
    out: list[Statement] = []
    for s in block:
        bound = {n for x in (s, *s.nested) for n in names_bound(x)}
        if isinstance(s, (Store, Update)) and s.target not in known and loses(s):
            out.append(_check(s))
            known = known | {s.target}
        within = known - bound
        if s.blocks:
            s = with_blocks(s, tuple(_checked(b, loses, set(within)) for b in s.blocks))
        known = within
        out.append(s)
        if isinstance(s, Bind) and loses(s):
            out.append(_check(s))
            known = known | {s.target}
    return tuple(out)


def _check(s: Bind | Store | Update) -> Effect:
    return Effect("check", (Name(s.target),), s.span, "check_dtype")


def _may_round(s: Statement, types: Types) -> bool:
    """Whether a statement makes, or stores into, what may be integers, by all that its types tell."""
    if not isinstance(s, (Bind, Store, Update)):
        return False
    t = types.get(s.target, UNKNOWN)
    is_open = t.kind in ("unknown", "real") or (t.kind == "array" and t.dtype == ANY_REAL)
    return is_open and (not isinstance(s, Bind) or _is_dtype_open(s))


def _is_dtype_open(s: Bind) -> bool:
    """Whether an operation is told by a variable of what dtype its result is."""
    rule = rules.TABLE.by_key.get(s.op)
    if rule is None or "dtype" not in rule.params:
        return False
    at = rule.params.index("dtype")
    given = dict(s.kwargs).get("dtype", s.args[at] if at < len(s.args) else Const(None))
    return not isinstance(given, Const)


__all__ = ["check_dtypes"]
