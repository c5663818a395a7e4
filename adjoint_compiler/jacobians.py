"""Jacobians and Hessians, by forward or by reverse mode."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint_compiler.binding import Target
from adjoint_compiler.calling import calling
from adjoint_compiler.derivative import Derivative, check_options
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.leaves import (
    leaves_of,
    rebuilt,
    seeded,
    shaped,
    split_columns,
    tangents_of,
    unit_block,
    unit_directions,
)
from adjoint_compiler.levels import Optimize
from adjoint_compiler.pullback import pairs_of
from adjoint_compiler.pushforward import forward_of
from adjoint_compiler.rows import rows_at_once
from adjoint_compiler.spreading import Spread, has_stars, single_places, spread_call

MODES = ("auto", "forward", "reverse")
Block = Callable[[int, int], list[Any]]
MEMORY = 2**18  # numbers that the tangents of one array may have, of all directions together


def pushed(function: Any, primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """The value of a function and its tangent, as ``ac.jvp`` gives them."""
    return forward_of(function, "numpy", None).call(primals, tangents, {})


setattr(pushed, "__adjoint_transform__", False)  # noqa: B010
setattr(pushed, "__adjoint_forward__", lambda f: forward_of(f, "numpy", None))  # noqa: B010


class Jacobian:
    """The Jacobian of a function, as :func:`adjoint_compiler.jacobian` returns it."""

    __adjoint_target__ = True
    __adjoint_wrapper__ = True
    __adjoint_matrix__ = staticmethod(
        pushed
    )  # what its calls are written with inside of functions that are differentiated

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
        self._called: Any = None

    def __adjoint_function__(self) -> Any:
        """A function with text that calls it, to be differentiated."""
        if self._called is None:
            own = list(self.target.signature.parameters.values())[len(self.target.owner) :]
            self._called = calling(self, f"{self.target.name}_matrix", own)
        return self._called

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
        if compiled.has_effects:
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
        forward = forward_of(self.function, self.backend, self.optimize)
        try:
            compiled = forward.compiled((*self.target.owner, *args), self.positions, self.optimize, self.of, True)
        except Unsupported:
            return None
        size = max(8, MEMORY // max(map(np.size, leaves)))
        size = count if size >= count or compiled.has_effects else size
        parts: list[list[Any]] = []
        y: Any = None
        for start in range(0, count, size):
            seeds = block(start, min(start + size, count))
            filled = iter(seeds)
            dots = [seeded(v, filled, len(seeds[0])) for v in ((given,) if self.single else given)]
            y, y_dot = forward.run(compiled, (*self.target.owner, *args), dots)
            value, y_dot = self._taken_apart(y)[0], self._taken_apart(y_dot)[0] if self.has_aux else y_dot
            parts.append([
                np.broadcast_to(d, (len(seeds[0]), *np.shape(v))) if np.ndim(d) == np.ndim(v) else d
                for d, v in zip(tangents_of(y_dot, value), leaves_of(value), strict=True)
            ])  # fmt: skip
        return y, parts[0] if len(parts) == 1 else [np.concatenate(p) for p in zip(*parts, strict=True)]

    def _sweep_by_sweep(
        self, args: tuple[Any, ...], given: Any, leaves: list[Any], count: int, block: Block
    ) -> tuple[Any, list[Any]]:
        """The same by one direction after the other."""
        forward = forward_of(self.function, self.backend, self.optimize)
        if count > 1:
            self._refuse_effects(forward.compiled((*self.target.owner, *args), self.positions, self.optimize, self.of))
        columns: list[list[Any]] = []
        y: Any = None
        for k in range(max(count, 1)):
            parts = block(k, k + 1) if count else [np.zeros((1, *np.shape(v))) for v in leaves]
            direction = [d[0] if isinstance(v, np.ndarray) else d[0][()] for d, v in zip(parts, leaves, strict=True)]
            filled = rebuilt(given, iter(direction))
            values = (*self.target.owner, *args)
            tangents: list[Any] = [None] * len(values)
            for place, t in zip(self.positions, [filled] if self.single else filled, strict=True):
                tangents[place] = t
            y, y_dot = forward.call_bound(values, tuple(tangents), self.optimize, self.of)
            value, y_dot = self._taken_apart(y)[0], self._taken_apart(y_dot)[0] if self.has_aux else y_dot
            columns.append(leaves_of(y_dot, value))
        return y, [np.stack([np.asarray(c) for c in leaf]) for leaf in zip(*columns, strict=True)]

    def _reverse(self, args: tuple[Any, ...], own: int, given: Any, leaves: list[Any]) -> Any:
        pairs = pairs_of(self.function, self.backend, self.optimize)
        y, pullback = pairs.call_bound((*self.target.owner, *args), self.of, self.optimize, self.backend)
        y, aux = self._taken_apart(y)
        outputs = leaves_of(y)
        if self.mode == "auto" and sum(map(np.size, leaves)) < sum(map(np.size, outputs)):
            forward = forward_of(self.function, self.backend, self.optimize)
            compiled = forward.compiled((*self.target.owner, *args), self.positions, self.optimize, self.of)
            if not compiled.has_effects:
                return self._forward(args, own, given, leaves)
        self._refuse_complex(outputs, "result")
        places = [k - own for k in self.positions]
        whole = None if self.has_aux else rows_at_once(pullback, y, places, [args[k] for k in places])
        if whole is not None:
            return self._result(y, given, [[shaped(r, y, x) for r, x in zip(whole, leaves, strict=True)]], aux)
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

    def __init__(
        self, function: Any, wrt: Any, backend: str | None, optimize: Optimize, of: str | None = None, has_aux: bool = False
    ) -> None:  # fmt: skip
        self.gradient = Derivative(function, wrt=wrt, of=of, has_aux=has_aux, backend=backend, optimize=optimize)
        self.options: dict[str, Any] = {"backend": backend, "optimize": optimize, "of": of, "has_aux": has_aux}
        functools.update_wrapper(self, self.gradient.target.function, updated=())
        self.forward = forward_of(self.gradient, backend, optimize)
        self.spreads: dict[Any, Spread] = {}
        self._called: Any = None

    def __adjoint_function__(self) -> Any:
        """A function with text that calls it, to be differentiated."""
        if self._called is None:
            target = self.gradient.target
            first, *rest = list(target.signature.parameters.values())[len(target.owner) :]
            v = inspect.Parameter("v" if "v" not in target.names else "vector_", first.POSITIONAL_OR_KEYWORD)
            self._called = calling(self, f"{target.name}_hvp", [first.replace(default=first.empty), v, *rest])
        return self._called

    def __call__(self, x: Any, v: Any, *rest: Any, **kwargs: Any) -> Any:
        """The product at the function's own arguments, ``v`` second among them; with ``has_aux`` a pair of it and the rest."""
        args = (x, *rest)
        if self.gradient.stars:
            spread, flat = spread_call(self.gradient.target, self.spreads, args, kwargs)
            inner = Hvp(spread, single_places(spread, self.gradient.wrt), **self.options)
            return inner(flat[0], v, *flat[1:])
        target = self.forward.target
        values = args if has_stars(target) else target.bind(args, kwargs)  # those of stars are bound further down
        shift = (0 if has_stars(target) else len(target.owner)) - len(self.gradient.target.owner)
        tangents: list[Any] = [None] * len(values)
        parts = (v,) if self.gradient.single else v
        if not self.gradient.single and (not isinstance(v, (tuple, list)) or len(v) != len(self.gradient.positions)):
            raise TypeError(f"v must be a tuple of {len(self.gradient.positions)}, as wrt is")
        for k, part in zip(self.gradient.positions, parts, strict=True):
            tangents[k + shift] = part
        if all(t is None for t in tangents):
            raise TypeError("v must have the structure of the argument that is differentiated by")
        optimize = self.options["optimize"]
        if has_stars(target):
            y, y_dot = self.forward.call(args, tuple(tangents), kwargs, optimize)
        else:
            y, y_dot = self.forward.call_bound(values, tuple(tangents), optimize)
        return (y_dot[0], y[1]) if self.options["has_aux"] else y_dot

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        """Methods: position 0 is the first argument after ``self``."""
        if instance is None:
            return self
        function = self.gradient.target.given.__get__(instance, owner)
        return Hvp(function, self.gradient.wrt, **self.options)

    def __repr__(self) -> str:
        return f"<hvp of {getattr(self.gradient.target.function, '__qualname__', '')}, wrt={self.gradient.wrt!r}>"


__all__ = ["Hvp", "Jacobian"]
