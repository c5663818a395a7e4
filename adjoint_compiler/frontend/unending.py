"""Functions that call their own derivatives: each would need a derivative of the next order, without an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_being_made: ContextVar[tuple[Any, ...]] = ContextVar("_being_made", default=())


@contextmanager
def making(derivative: Any, key: tuple[Any, ...], refuse: Callable[[], Exception]) -> Iterator[None]:
    """Make a derivative that is called; refuse one that is being made already, for arguments of the same types.

    Args:
        derivative: what is called.
        key: what tells calls of it apart.
        refuse: the refusal.

    Raises:
        Refused: making it would not end.

    >>> def f(x): return x
    >>> import adjoint_compiler as ac
    >>> with making(ac.grad(f), (), RuntimeError):
    ...     with making(ac.grad(ac.grad(f)), (), RuntimeError):
    ...         print("another derivative")
    ...     with making(ac.grad(f), (), RuntimeError):
    ...         print("the same again")
    Traceback (most recent call last):
    ...
    RuntimeError
    """
    asked = (*_kind(derivative), *key)
    if asked in _being_made.get():
        raise refuse()
    token = _being_made.set((*_being_made.get(), asked))
    try:
        yield
    finally:
        _being_made.reset(token)


def _kind(derivative: Any) -> tuple[Any, ...]:
    """Which derivative of which function, whatever objects stand for them."""
    target = derivative.target
    own = type(derivative).__name__, getattr(derivative, "positions", ())
    if target.inner is not None:
        return (*own, *_kind(target.inner))
    return (*own, getattr(target.function, "__code__", id(target.function)))


__all__ = ["making"]
