"""Jacobians and Hessians, by forward or by reverse mode."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint_compiler.binding import Target
from adjoint_compiler.derivative import Derivative, check_options
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.ir.nodes import Bind, Effect
from adjoint_compiler.ir.objects import fields_of, is_record
from adjoint_compiler.levels import Optimize
from adjoint_compiler.pullback import value_and_pullback
from adjoint_compiler.pushforward import forward_of
from adjoint_compiler.rules.draws import is_draw
from adjoint_compiler.rules.user import INERT_CALL
from adjoint_compiler.runtime.structures import with_fields
from adjoint_compiler.spreading import Spread, has_stars, single_places, spread_call

if TYPE_CHECKING:
    from adjoint_compiler.state import State

MODES = ("auto", "forward", "reverse")
Block = Callable[[int, int], list[Any]]
MEMORY = 2**18  # numbers that the tangents of one array may have, of all directions together


class Jacobian:
    """The Jacobian of a function, as :func:`adjoint_compiler.jacobian` returns it."""

    def __init__(
        self, function: Any, *, wrt: Any = 0, mode: str = "auto", of: str | None = None, has_aux: bool = False,
        holomorphic: bool = False, backend: str | None = None, optimize: Optimize = None,
    ) -> None:  # fmt: skip
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
        self.function, self.target = function, Target(function)
        functools.update_wrapper(self, self.target.function, updated=())
        check_options(backend, optimize, self.target)
        self.target.check_of(of)
        self.wrt, self.mode, self.of, self.has_aux = wrt, mode, of, has_aux
        self.holomorphic, self.backend, self.optimize = holomorphic, backend, optimize
        self.stars = has_stars(self.target)
        self.spreads: dict[Any, Spread] = {}
        self.positions = () if self.stars else self.target.positions(wrt)
        self.single = not isinstance(wrt, tuple)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The Jacobian at the arguments; with ``has_aux`` a pair of it and what the function returns beside its value."""
        if self.stars:
            spread, flat = spread_call(self.target, self.spreads, args, kwargs)
            inner = Jacobian(
                spread, wrt=single_places(spread, self.wrt), mode=self.mode, of=self.of, has_aux=self.has_aux,
                holomorphic=self.holomorphic, backend=self.backend, optimize=self.optimize,
            )  # fmt: skip
            return inner(*flat)
        values, given, leaves = self.bound(args, kwargs)
        own = len(self.target.owner)
        self._refuse_complex(leaves, "argument")
        if self.mode == "forward" or (self.mode == "auto" and sum(map(np.size, leaves)) == 1):
            return self._forward(values[own:], own, given, leaves)
        return self._reverse(values[own:], own, given, leaves)

    def bound(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], Any, list[Any]]:
        """All arguments, those that are differentiated by, and their leaves that have a derivative."""
        values = tuple(self.target.bind(args, kwargs))
        self.target.check_arguments(values, self.positions)
        values = tuple(float(v) if k in self.positions and type(v) is int else v for k, v in enumerate(values))
        chosen = [values[k] for k in self.positions]
        given: Any = chosen[0] if self.single else tuple(chosen)
        leaves = leaves_of(given)
        if not leaves:
            message = "what is differentiated by holds no real or complex number"
            raise DifferentiationError(
                Diagnostic("AC020", self.target.place(), message, (), "pass floats, or arrays of them")
            )
        return values, given, leaves

    def _refuse_complex(self, leaves: list[Any], what: str) -> None:
        if not self.holomorphic and any(np.iscomplexobj(v) for v in leaves):
            message = f"the {what} is complex, and a Jacobian of complex numbers is one of a holomorphic function only"
            advice = "pass holomorphic=True, or take real and imaginary parts"
            raise DifferentiationError(Diagnostic("AC015", self.target.place(), message, (), advice))

    def _taken_apart(self, y: Any) -> tuple[Any, Any]:
        if not self.has_aux:
            return y, None
        if not isinstance(y, (tuple, list)) or len(y) != 2:
            raise TypeError("has_aux needs a function that returns a pair (value, aux)")
        return y[0], y[1]

    def _refuse_effects(self, compiled: Any) -> None:
        if has_effects(compiled.state):
            message = "the function draws random numbers or has other effects, which each forward sweep would repeat"
            advice = "use mode='reverse', or draw before the call and pass the numbers"
            raise DifferentiationError(Diagnostic("AC001", self.target.place(), message, (), advice))

    # -- one direction after the other -------------------------------------------------------------------------

    def _forward(self, args: tuple[Any, ...], own: int, given: Any, leaves: list[Any]) -> Any:
        count = sum(map(np.size, leaves))
        y, columns = self.along(args, given, leaves, count, lambda start, stop: unit_block(leaves, start, stop))
        y, aux = self._taken_apart(y)
        outputs = leaves_of(y)
        self._refuse_complex(outputs, "result")
        blocks = [
            split_columns(np.moveaxis(block, 0, -1)[..., :count], y_leaf, leaves)
            for block, y_leaf in zip(columns, outputs, strict=True)
        ]
        return self._result(y, given, blocks, aux)

    def along(
        self, args: tuple[Any, ...], given: Any, leaves: list[Any], count: int, block: Block
    ) -> tuple[Any, list[Any]]:
        """The value, and the tangents of its leaves in all directions.

        Args:
            args: the arguments, without those of the owner of a method.
            given: what is differentiated by: an argument, or a tuple of them.
            leaves: its leaves that have a derivative.
            count: the number of directions.
            block: gives for each leaf its parts of some of the directions, one behind the other.
        """
        found = self._in_one_sweep(args, given, leaves, count, block) if count else None
        return found if found is not None else self._sweep_by_sweep(args, given, leaves, count, block)

    def _in_one_sweep(
        self, args: tuple[Any, ...], given: Any, leaves: list[Any], count: int, block: Block
    ) -> tuple[Any, list[Any]] | None:
        """The value, and the tangents of its leaves in all directions; None where the program has no such form.

        Many directions are taken in several sweeps where the program can be run again, so that memory does not run out.
        """
        if any(isinstance(v, (list, dict)) or is_record(v) or isinstance(v, tuple) for v in (given,) if self.single):
            return None
        if not self.single and not all(isinstance(v, (float, complex, np.ndarray, np.generic)) for v in given):
            return None
        forward = forward_of(self.function, self.backend, self.optimize)
        try:
            compiled = forward.compiled((*self.target.owner, *args), self.positions, self.optimize, self.of, True)
        except Unsupported:
            return None
        size = count if has_effects(compiled.state) else min(count, max(8, MEMORY // max(map(np.size, leaves))))
        parts: list[list[Any]] = []
        y: Any = None
        for start in range(0, count, size):
            seeds = block(start, min(start + size, count))
            y, y_dot = forward.run(compiled, (*self.target.owner, *args), seeds)
            value, y_dot = self._taken_apart(y)[0], self._taken_apart(y_dot)[0] if self.has_aux else y_dot
            parts.append([
                np.broadcast_to(d, (len(seeds[0]), *np.shape(v))) if np.ndim(d) == np.ndim(v) else d
                for d, v in zip(leaves_of(y_dot, value), leaves_of(value), strict=True)
            ])  # fmt: skip
        return y, [np.concatenate(p) for p in zip(*parts, strict=True)]

    def _sweep_by_sweep(
        self, args: tuple[Any, ...], given: Any, leaves: list[Any], count: int, block: Block
    ) -> tuple[Any, list[Any]]:
        """The same by one direction after the other."""
        forward = forward_of(self.function, self.backend, self.optimize)
        if count > 1:
            self._refuse_effects(forward.compiled((*self.target.owner, *args), self.positions, self.optimize, self.of))
        columns: list[list[Any]] = []
        y: Any = None
        own = len(self.target.owner)
        for k in range(max(count, 1)):
            parts = block(k, k + 1) if count else [np.zeros((1, *np.shape(v))) for v in leaves]
            direction = [d[0] if isinstance(v, np.ndarray) else d[0][()] for d, v in zip(parts, leaves, strict=True)]
            filled = rebuilt(given, iter(direction))
            tangents: list[Any] = [None] * len(args)
            for place, t in zip(self.positions, [filled] if self.single else filled, strict=True):
                tangents[place - own] = t
            y, y_dot = forward.call(args, tuple(tangents), {}, self.optimize, self.of)
            value, y_dot = self._taken_apart(y)[0], self._taken_apart(y_dot)[0] if self.has_aux else y_dot
            columns.append(leaves_of(y_dot, value))
        return y, [np.stack([np.asarray(c) for c in leaf]) for leaf in zip(*columns, strict=True)]

    def _reverse(self, args: tuple[Any, ...], own: int, given: Any, leaves: list[Any]) -> Any:
        y, pullback = value_and_pullback(self.function, args, {}, self.of, self.backend, self.optimize)
        y, aux = self._taken_apart(y)
        outputs = leaves_of(y)
        if self.mode == "auto" and sum(map(np.size, leaves)) < sum(map(np.size, outputs)):
            forward = forward_of(self.function, self.backend, self.optimize)
            compiled = forward.compiled((*self.target.owner, *args), self.positions, self.optimize, self.of)
            if not has_effects(compiled.state):
                return self._forward(args, own, given, leaves)
        self._refuse_complex(outputs, "result")
        blocks = []
        rows: list[list[Any]] = []
        for seed in unit_directions(outputs):
            filled = rebuilt(y, iter(seed), inert=None)
            bars = pullback((filled, rebuilt(aux, iter(()), zero=True)) if self.has_aux else filled)
            chosen = [bars[k - own] for k in self.positions]
            found = leaves_of(chosen[0] if self.single else tuple(chosen), given)
            rows.append([np.conj(v) if self.holomorphic else v for v in found])
        start = 0
        for y_leaf in outputs:
            count = np.size(y_leaf)
            part = rows[start : start + count]
            start += count
            blocks.append([
                shaped(np.stack([np.asarray(r[j]) for r in part]) if part else np.zeros((0, *np.shape(x))), y_leaf, x)
                for j, x in enumerate(leaves)
            ])  # fmt: skip
        return self._result(y, given, blocks, aux)

    def _result(self, y: Any, given: Any, blocks: list[list[Any]], aux: Any) -> Any:
        """Blocks in the structure of the result, and in that of the arguments within."""
        inner = iter([rebuilt(given, iter(row), inert=None) for row in blocks])
        out = rebuilt(y, inner, inert=None)
        return (out, aux) if self.has_aux else out

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: position 0 is the first argument after ``self``."""
        if instance is None:
            return self
        return Jacobian(
            self.function.__get__(instance, owner), wrt=self.wrt, mode=self.mode, of=self.of, has_aux=self.has_aux,
            holomorphic=self.holomorphic, backend=self.backend, optimize=self.optimize,
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<jacobian of {getattr(self.target.function, '__qualname__', self.target.function)}, wrt={self.wrt!r}>"


class Hvp:
    """The product of a Hessian and a vector, by forward mode over reverse mode."""

    __adjoint_target__ = True
    __adjoint_product__ = True
    __adjoint_wrapper__ = True

    def __init__(self, function: Any, wrt: Any, backend: str | None, optimize: Optimize) -> None:
        self.gradient = Derivative(function, wrt=wrt, backend=backend, optimize=optimize)
        functools.update_wrapper(self, self.gradient.target.function, updated=())
        self.forward = forward_of(self.gradient, backend, optimize)
        self.backend, self.optimize = backend, optimize
        self.spreads: dict[Any, Spread] = {}

    def __call__(self, x: Any, v: Any, *rest: Any) -> Any:
        """The product at the function's own arguments, ``v`` second among them."""
        args = (x, *rest)
        if self.gradient.stars:
            spread, flat = spread_call(self.gradient.target, self.spreads, args, {})
            inner = Hvp(spread, single_places(spread, self.gradient.wrt), self.backend, self.optimize)
            return inner(flat[0], v, *flat[1:])
        target = self.gradient.target
        own = len(target.owner)
        tangents: list[Any] = [None] * len(args)
        parts = (v,) if self.gradient.single else v
        if not self.gradient.single and (not isinstance(v, (tuple, list)) or len(v) != len(self.gradient.positions)):
            raise TypeError(f"v must be a tuple of {len(self.gradient.positions)}, as wrt is")
        for k, part in zip(self.gradient.positions, parts, strict=True):
            tangents[k - own] = part
        if all(t is None for t in tangents):
            raise TypeError("v must have the structure of the argument that is differentiated by")
        return self.forward.call(args, tuple(tangents), {}, self.optimize)[1]

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: position 0 is the first argument after ``self``."""
        if instance is None:
            return self
        function = self.gradient.target.given.__get__(instance, owner)
        return Hvp(function, self.gradient.wrt, self.backend, self.optimize)

    def __repr__(self) -> str:
        return f"<hvp of {getattr(self.gradient.target.function, '__qualname__', '')}, wrt={self.gradient.wrt!r}>"


def has_effects(state: State) -> bool:
    """Whether running a program twice is not the same as running it once."""
    programs = (state.program, *(c.program for c in state.callees))
    return any(
        (isinstance(s, Bind) and (is_draw(s.op) or s.op in ("builtins.next", INERT_CALL)))
        or (isinstance(s, Effect) and s.kind == "print")
        for p in programs for s in p.statements
    )  # fmt: skip


# -- structures --------------------------------------------------------------------------------------------------


def differentiable(value: Any) -> bool:
    """Whether a leaf is a real or complex number or an array of them.

    >>> differentiable(1.0), differentiable(1), differentiable(np.ones(2, int))
    (True, False, False)
    """
    return isinstance(value, (float, complex)) or (
        isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind in "fc"
    )


def leaves_of(value: Any, like: Any = None) -> list[Any]:
    """The leaves of a structure that have a derivative; ``like`` says which those are in a structure of tangents.

    >>> leaves_of({"a": 1.0, "b": [2, 3.0]})
    [1.0, 3.0]
    """
    like = value if like is None else like
    if isinstance(like, dict):
        return [x for k in like for x in leaves_of(value[k], like[k])]
    if isinstance(like, (tuple, list)):
        return [x for a, b in zip(value, like, strict=True) for x in leaves_of(a, b)]
    if is_record(like):
        return [x for n in fields_of(like) for x in leaves_of(getattr(value, n), getattr(like, n))]
    return [value] if differentiable(like) else []


def rebuilt(like: Any, parts: Any, inert: Any = None, zero: bool = False) -> Any:
    """The structure of ``like`` with ``parts`` for the leaves that have a derivative.

    >>> rebuilt((1.0, {"n": 3}), iter([5.0]))
    (5.0, {'n': None})
    """
    if isinstance(like, dict):
        return {k: rebuilt(v, parts, inert, zero) for k, v in like.items()}
    if isinstance(like, (tuple, list)) or (is_record(like) and isinstance(like, tuple)):
        items = [rebuilt(v, parts, inert, zero) for v in like]
        if isinstance(like, list):
            return items
        return tuple(items) if type(like) is tuple else type(like)._make(items)  # type: ignore[attr-defined]
    if is_record(like):
        return with_fields(like, [rebuilt(getattr(like, n), parts, inert, zero) for n in fields_of(like)])
    if not differentiable(like):
        return inert
    return np.zeros_like(like) if zero else next(parts)


def unit_directions(leaves: list[Any]) -> Any:
    """For each element of all leaves: zeros in the shapes of the leaves with a one in its place."""
    for i, leaf in enumerate(leaves):
        for k in range(np.size(leaf)):
            out = [np.zeros(np.shape(v), np.asarray(v).dtype) for v in leaves]
            out[i].reshape(-1)[k] = 1
            yield [d if isinstance(v, np.ndarray) else d[()] for d, v in zip(out, leaves, strict=True)]


def unit_block(leaves: list[Any], start: int, stop: int) -> list[Any]:
    """For each leaf its parts of some of the directions of :func:`unit_directions`, one behind the other.

    >>> unit_block([1.0, np.zeros(2)], 1, 3)
    [array([0., 0.]), array([[1., 0.],
           [0., 1.]])]
    """
    out, first = [], 0
    for v in leaves:
        block = np.zeros((stop - start, np.size(v)), np.asarray(v).dtype)
        for k in range(max(start, first), min(stop, first + np.size(v))):
            block[k - start, k - first] = 1
        out.append(block.reshape(stop - start, *np.shape(v)))
        first += np.size(v)
    return out


def split_columns(matrix: Any, y: Any, leaves: list[Any]) -> list[Any]:
    """The columns that belong to each leaf, as a block of shape ``y.shape + leaf.shape``."""
    out, start = [], 0
    for x in leaves:
        count = np.size(x)
        out.append(shaped(matrix[..., start : start + count], y, x))
        start += count
    return out


def shaped(block: Any, y: Any, x: Any) -> Any:
    """A block of a Jacobian in its own memory: one of Python's numbers where both sides are such."""
    dtype = np.result_type(np.asarray(y).dtype, np.asarray(x).dtype)
    block = np.array(block, dtype=dtype).reshape(np.shape(y) + np.shape(x))
    if block.ndim or isinstance(y, np.ndarray) or isinstance(x, np.ndarray):
        return block
    if isinstance(y, np.generic) or isinstance(x, np.generic):
        return block[()]
    return block.item()


__all__ = ["Hvp", "Jacobian"]
