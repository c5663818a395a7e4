"""Local names that stand for functions, modules or classes: which one is known while compiling, or the name is refused.

h = np.sin
if x > 0:
    h = np.cos
return h(x)        # one of two, which shows while running: `h` is `Chosen`

for k in range(3):
    s = h(s)       # another function in each iteration: refused
    h = np.cos

t = a.dtype
if x > 0:
    t = np.float64  # a type of numbers is data where it meets other data: `t` is a variable, bound in each branch
"""

from __future__ import annotations

from itertools import compress
from operator import is_not
from typing import Any, TypeGuard

import gast
import numpy as np

from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import (
    CODE,
    Applied,
    Chosen,
    Generator,
    LocalFunction,
    Refusal,
    Scope,
    Several,
    Value,
    Variable,
    class_text,
)
from adjoint_compiler.ir.nodes import Bind, Const, Operand, Statement

ADVICE = "call each function in a branch of its own"


def names_code(meaning: Any) -> TypeGuard[Value | LocalFunction | Applied | Generator | Several | Chosen]:
    """Whether a name with this meaning stands for code (or a module of it), not for a number or other data.

    >>> names_code(Value(abs)), names_code(Value(3.0))
    (True, False)
    """
    if isinstance(meaning, Value):
        return callable(meaning.value) or type(meaning.value).__name__ in ("module", "Namespace")
    return isinstance(meaning, CODE)


def restore_meanings(scope: Scope, before: dict[str, Any]) -> dict[str, Any]:
    """Give names the meanings they had ``before`` one branch, for the other one; returns those after the first.

    Variables that the branch made stay: they are the same variables in the other one.
    """
    after = dict(scope.locals)
    for name in _differing(after, before):
        if name in before:
            scope.locals[name] = before[name]
        elif not isinstance(after[name], Variable):
            del scope.locals[name]
    return after


def merge_meanings(
    cx: Context,
    scope: Scope,
    after_then: dict[str, Any],
    then_jumps: bool,
    else_jumps: bool,
    test: Operand | None = None,
    blocks: tuple[list[Statement], list[Statement]] | None = None,
) -> None:
    """What names mean where two branches meet; a branch that jumps away has no say.

    ``test`` is the condition, if there is one, and the branches are not yet written: a function that is chosen by it needs the
    value that it had before them. ``blocks`` are the branches, to which is added what binds a type of numbers to a variable.
    """
    held: Operand | None = None
    after_else = dict(scope.locals)
    if then_jumps:
        return
    later = [n for n in after_else if n not in after_then]
    for name in (*_differing(after_then, after_else), *later):
        one, other = after_then.get(name), after_else.get(name)
        if else_jumps and one is not None:
            scope.locals[name] = one
        elif _told(one) or _told(other):
            scope.locals[name] = one if _told(one) else other
        elif test is not None and _is_function(one) and _is_function(other) and not _same(one, other):
            held = held or (test if isinstance(test, Const) else cx.bind("copy", test, stem="chosen"))
            scope.locals[name] = Chosen(held, ((True, one), (False, other)), "")
        elif blocks is not None and not _same(one, other) and _is_data(one) and _is_data(other):
            scope.locals[name] = _bound_in_each(cx, name, (one, other), blocks)
        elif not _same(one, other):
            scope.locals[name] = Refusal("AC019", f"what `{name}` is here depends on a condition", ADVICE)


def check_meanings(cx: Context, scope: Scope, node: Any, before: dict[str, Any]) -> None:
    """Refuse a loop in whose body a name comes to mean another function: the next iteration would use it."""
    target = getattr(node, "target", None)
    bound = {n.id for n in gast.walk(target) if isinstance(n, gast.Name)} if target is not None else set()
    for name in set(_differing(before, scope.locals)) - bound:  # each trip begins by binding its own
        meaning, now = before[name], scope.locals.get(name)
        if not (_same(meaning, now) or _told(meaning) or _told(now)):
            raise cx.refuse("AC019", node, scope, f"what `{name}` is changes from one iteration to the next", ADVICE)


def _differing(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """The names of ``one`` that mean something else, or nothing, in ``other``: few among many, found at the speed of C."""
    return list(compress(one, map(is_not, one.values(), map(other.get, one))))


def _is_function(meaning: Any) -> bool:
    """Whether a meaning is a function, and no class, module or sequence."""
    if type(meaning) is Value:
        return callable(meaning.value) and not isinstance(meaning.value, type)
    return isinstance(meaning, (LocalFunction, Applied, Chosen))


def _is_data(meaning: Any) -> bool:
    """Whether a meaning is a variable, or a type of numbers, which is an operand like a number."""
    if type(meaning) is Value and isinstance(meaning.value, type):
        return issubclass(meaning.value, (np.generic, bool, int, float, complex))
    return isinstance(meaning, Variable)


def _bound_in_each(cx: Context, name: str, meanings: tuple[Any, Any], blocks: tuple[list[Statement], ...]) -> Variable:
    """The variable that has the one of two values, of which at least one is a type of numbers, that its branch gives it."""
    known = next((m for m in meanings if isinstance(m, Variable)), None)
    target = known or Variable(cx.names.fresh(name))
    for meaning, block in zip(meanings, blocks):
        if type(meaning) is Value:
            text = class_text(meaning.value) or meaning.text
            block.append(Bind(target.name, "copy", (Const(meaning.value, text),), (), cx.span))
    return target


def _told(meaning: Any) -> bool:
    """Whether a name was refused before, where it was to be bound."""
    return isinstance(meaning, Refusal) and meaning.told


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Variable) or isinstance(other, Variable):
        # A variable that only one branch binds is unbound on the other path, as in Python.
        return one is None or other is None or one == other
    if isinstance(one, Value) and isinstance(other, Value):
        return one.value is other.value
    if isinstance(one, Refusal) and isinstance(other, Refusal):
        return True
    return one is other


__all__ = ["check_meanings", "merge_meanings", "names_code", "restore_meanings"]
