"""Whether what one statement touches, another one may touch later in the same run.

    for i in reversed(range(n)):
        x[i] = saved.pop()           no later trip comes to x[i] again: they have a smaller i
        y += a[i, :i] @ x[:i]        nor does this statement in the same trip

The second comes after the first in the same trips of all loops around both, or in a later trip of one of them and the same
trips of those around it. In each of these cases the ranges must have nothing in common along some axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from adjoint_compiler.analysis.accesses import ALL, ONE, Access, Accesses, Site
from adjoint_compiler.analysis.affine import Affine, Limits, Symbol, is_never_negative, symbol
from adjoint_compiler.ir.nodes import Const, For


@dataclass(frozen=True)
class Case:
    """The loops whose trips are the same for both, and the one of which the second is in a later trip, if any."""

    same: tuple[Site, ...]
    later: Site | None


@dataclass(frozen=True)
class _Trips:
    """By how many trips the second is later."""

    loop: Site


@dataclass(frozen=True)
class _Then:
    """What a symbol stands for when the second comes."""

    symbol: Symbol


def meetings(first: Access | None, then: Access | None, accesses: Accesses) -> list[Case] | None:
    """The cases in which ``then`` may touch what ``first`` touched before; None where nothing can be told."""
    if first is None or then is None or first.root != then.root:
        return None
    return [case for case in _cases(first, then, accesses) if not _are_apart(first, then, case, accesses)]


def _cases(first: Access, then: Access, accesses: Accesses) -> Iterator[Case]:
    """How the second can come after the first; a loop that makes the array anew in every trip brings them to another one."""
    common = [a for a, b in zip(first.site.loops, then.site.loops) if a is b]
    made = accesses.defs.get(first.root)
    for k, loop in enumerate(common):
        if not made or loop not in made[0].loops:
            yield Case(tuple(common[:k]), loop)
    if then.site.number > first.site.number:
        yield Case(tuple(common), None)


def _are_apart(first: Access, then: Access, case: Case, accesses: Accesses) -> bool:
    """Whether the ranges certainly have nothing in common along some axis."""

    def later(s: Symbol) -> Affine:
        if isinstance(s, str) or s in case.same:
            return symbol(s)
        assert isinstance(s, Site)
        f = s.statement
        if s is case.later and isinstance(f, For) and isinstance(f.step, Const) and type(f.step.value) is int:
            return symbol(s).plus(symbol(_Trips(s)), -f.step.value if f.backward else f.step.value)
        bound_outside = not isinstance(f, For) and set(s.loops) <= set(case.same)
        return symbol(s) if bound_outside else symbol(_Then(s))

    def limits(s: Symbol) -> Limits:
        if isinstance(s, _Trips):
            return 0, ONE, None
        if isinstance(s, _Then):
            depth, low, high = accesses.limits(s.symbol)
            return depth, low and low.replaced(later), high and high.replaced(later)
        return accesses.limits(s)

    def is_up_to(high: Affine | None, low: Affine) -> bool:
        return high is not None and is_never_negative(low.plus(high, -1), limits)

    for (low, high), (low_then, high_then) in zip(first.ranges, then.ranges):
        if is_up_to(high, low_then.replaced(later)) or is_up_to(high_then and high_then.replaced(later), low):
            return True
    return False


def is_covered(first: Access, then: Access, case: Case, between: Access) -> bool:
    """Whether a store comes between the two in a case, and overwrites all that the first touched or the second touches."""
    if between.root != first.root or not between.exact:
        return False
    if first.site.is_followed_by(between.site) and _contains(between, first):
        return case.later is not None or then.site.number > between.site.number
    if not between.site.is_before(then.site):
        return False
    if not (between.site.number > first.site.number if case.later is None else case.later in between.site.loops):
        return False
    if _contains(between, then):
        return True
    bounds = {s for r in between.ranges for end in r if end is not None for s, _ in end.terms}
    return _contains(between, first) and all(
        isinstance(s, str) or s in case.same or _is_bound_in(s, case) for s in bounds
    )


def _contains(outer: Access, inner: Access) -> bool:
    """Whether each range is the other's, where the symbols of both mean the same numbers, or is all of the axis."""
    return all(a in (b, ALL) for a, b in zip(outer.ranges, inner.ranges))


def _is_bound_in(s: Symbol, case: Case) -> bool:
    """Whether an integer is bound once in the trips that are the same for both."""
    return isinstance(s, Site) and not isinstance(s.statement, For) and set(s.loops) <= set(case.same)


__all__ = ["Case", "is_covered", "meetings"]
