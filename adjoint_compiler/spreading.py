"""Functions with ``*args`` or ``**kwargs`` of their own: for each number of arguments a function without stars.

def f(x, *w, **more)       called as f(1.0, a, b, k=c)       is differentiated as a function of x, w[0], w[1], more['k']

Positions of ``wrt`` count the positional arguments; names are those of parameters (all of ``w`` as a tuple, all of ``more``
as a dict) and of keywords. A function that a decorator has wrapped is called by the parameters that it has without it.
"""

from __future__ import annotations

import copy
import inspect
from typing import Any

from adjoint_compiler.binding import Target

KINDS = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
Group = int | tuple[int, ...] | dict[str, int]


class Spread:
    """What the arguments of one call make of a function with stars.

    Attributes:
        target: the function without stars; it is called with all values in the order of its parameters.
        count: how many positional arguments there are.
        keywords: the keywords, in the order of the call.
    """

    def __init__(self, target: Target, count: int, keywords: tuple[str, ...]) -> None:
        self.count, self.keywords = count, keywords
        self.stars: dict[str, tuple[str, ...]] = {}
        self.plain: dict[str, int] = {}
        names: list[str] = []
        for p in target.signature.parameters.values():
            if p.kind is inspect.Parameter.VAR_POSITIONAL:
                self.stars[p.name] = tuple(f"{p.name}[{k}]" for k in range(count - len(names)))
                names += self.stars[p.name]
            elif p.kind is inspect.Parameter.VAR_KEYWORD:
                more = [k for k in keywords if k not in self.plain]
                self.stars[p.name] = tuple(f"{p.name}[{k!r}]" for k in more)
                self.plain.update({k: len(names) + at for at, k in enumerate(more)})
                names += self.stars[p.name]
            else:
                self.plain[p.name] = len(names)
                names.append(p.name)
        self.target = copy.copy(target)
        self.target.names, self.target.simple, self.target.stars = tuple(names), True, self.stars
        self.target.owner, self.target.keywords, self.target.spread = (), {}, True
        self.original = target
        if target.inner is not None and target.inner.stars:
            self.target.inner = target.inner.spread_for(count, keywords)[0]
        self.__adjoint_spread__ = self.target
        self.__name__ = target.name
        self.__wrapped__ = target.plain()

    def __call__(self, *values: Any) -> Any:
        """What the function computes for all values in the order of the parameters without stars."""
        args, kwargs = list(values), {}
        for name, place in self.plain.items():
            if place >= self.count:
                kwargs[name] = values[place]
        return self.original.function(*args[: self.count], **kwargs)

    def values(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """All arguments in the order of the parameters without stars; ``TypeError`` as Python raises it."""
        bound = self.original.bind(args, kwargs)
        out: list[Any] = []
        for p, value in zip(self.original.signature.parameters.values(), bound, strict=True):
            if p.kind is inspect.Parameter.VAR_POSITIONAL:
                out += value
            elif p.kind is inspect.Parameter.VAR_KEYWORD:
                out += value.values()
            else:
                out.append(value)
        return tuple(out)

    def groups(self, wrt: Any) -> list[Group]:
        """For each part of ``wrt`` the places of the arguments it means; ``TypeError`` for what is none."""
        out = [self._group(item) for item in (wrt if isinstance(wrt, tuple) else (wrt,))]
        flat = flattened(out)
        if len(set(flat)) < len(flat):
            raise TypeError(f"wrt={wrt!r} names an argument twice")
        return out

    def _group(self, item: Any) -> Group:
        first = self.original.given_first
        if isinstance(item, int) and not isinstance(item, bool):
            count = self.count - first
            if not -count <= item < count:
                raise TypeError(f"wrt={item}: {self.original.name} is given {count} positional arguments")
            return first + item % count
        if item in self.plain:
            return self.plain[item]
        if item in self.stars:
            names = self.stars[item]
            places = tuple(self.target.names.index(n) for n in names)
            is_dict = self.original.signature.parameters[item].kind is inspect.Parameter.VAR_KEYWORD
            return dict(zip([n[len(item) + 2 : -2] for n in names], places, strict=True)) if is_dict else places
        wrapped = list(inspect.signature(self.original.function).parameters)
        if item in wrapped and wrapped.index(item) < self.count:
            return wrapped.index(item)
        raise TypeError(f"wrt={item!r}: {self.original.name} has no such argument in this call")


def spread_call(
    target: Target, made: dict[Any, Spread], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Spread, tuple[Any, ...]]:
    """The function without stars that a call of one with stars means, and its arguments; ``made`` keeps them."""
    key = call_form(target, args, kwargs)
    found = made.get(key)
    if found is None:
        found = made[key] = Spread(target, *key)
    return found, found.values(args, kwargs)


def call_form(target: Target, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, tuple[str, ...]]:
    """How many positional arguments a call has, and its keywords, those included that are bound already."""
    return len(target.owner) + len(args), (*target.keywords, *(k for k in kwargs if k not in target.keywords))


def has_stars(target: Target) -> bool:
    """Whether a function has parameters with stars that are still to be spread."""
    return not getattr(target, "spread", False) and any(p.kind in KINDS for p in target.signature.parameters.values())


def single_places(spread: Spread, wrt: Any) -> Any:
    """``wrt`` as places of arguments, each by itself; ``TypeError`` for all that a parameter with a star holds."""
    places = []
    for group in spread.groups(wrt):
        if not isinstance(group, int):
            raise TypeError(f"wrt={wrt!r}: name the arguments one by one")
        places.append(group)
    return tuple(places) if isinstance(wrt, tuple) else places[0]


def flattened(groups: list[Group]) -> list[int]:
    """The places of all groups, one after the other."""
    out: list[int] = []
    for g in groups:
        out += [g] if isinstance(g, int) else list(g.values()) if isinstance(g, dict) else g
    return out


def regrouped(gradients: tuple[Any, ...], groups: list[Group], single: bool) -> Any:
    """The gradients of the arguments as those of what ``wrt`` asked for."""
    rest = iter(gradients)
    out: list[Any] = []
    for g in groups:
        if isinstance(g, int):
            out.append(next(rest))
        elif isinstance(g, dict):
            out.append({k: next(rest) for k in g})
        else:
            out.append(tuple(next(rest) for _ in g))
    return out[0] if single else tuple(out)


__all__ = ["Spread", "call_form", "flattened", "has_stars", "regrouped", "single_places", "spread_call"]
