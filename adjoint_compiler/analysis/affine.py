"""Sums of integers that are not known: ``i + 2 * j - 1``, and what they certainly are not below.

A symbol stands for the counter of a loop, for how far a loop has come since, or for an integer that stays what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass

Symbol = Hashable


@dataclass(frozen=True)
class Affine:
    """A number and multiples of symbols; no symbol is there with a factor of zero."""

    const: int = 0
    terms: tuple[tuple[Symbol, int], ...] = ()

    def plus(self, other: Affine, factor: int = 1) -> Affine:
        """``self + factor * other``.

        >>> i = Affine(1, (("i", 1),))
        >>> i.plus(i, -1), i.plus(Affine(2))
        (Affine(const=0, terms=()), Affine(const=3, terms=(('i', 1),)))
        """
        sums = dict(self.terms)
        for symbol, k in other.terms:
            sums[symbol] = sums.get(symbol, 0) + factor * k
        return Affine(self.const + factor * other.const, tuple((s, k) for s, k in sums.items() if k))

    def replaced(self, change: Callable[[Symbol], Affine]) -> Affine:
        """With every symbol replaced."""
        out = Affine(self.const)
        for symbol, k in self.terms:
            out = out.plus(change(symbol), k)
        return out


def symbol(name: Symbol) -> Affine:
    """A symbol as a sum."""
    return Affine(0, ((name, 1),))


Limits = tuple[int, "Affine | None", "Affine | None"]  # depth, the least, the largest


def is_never_negative(sum_: Affine, limits: Callable[[Symbol], Limits]) -> bool:
    """Whether a sum certainly is zero or more; the limits of a symbol are sums of symbols of less depth.

    >>> ranges = {"i": (1, Affine(1), symbol("n").plus(Affine(-1))), "n": (0, Affine(0), None)}
    >>> is_never_negative(symbol("i").plus(Affine(-1)), ranges.get), is_never_negative(symbol("i").plus(Affine(-2)), ranges.get)
    (True, False)
    """
    for _ in range(20):
        if not sum_.terms:
            return sum_.const >= 0
        name, k = max(sum_.terms, key=lambda term: limits(term[0])[0])
        _, low, high = limits(name)
        worst = low if k > 0 else high
        if worst is None:
            return False
        sum_ = sum_.plus(symbol(name), -k).plus(worst, k)
    return False


__all__ = ["Affine", "Limits", "Symbol", "is_never_negative", "symbol"]
