"""Forward mode at work: the value of a function together with its tangent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint_compiler.arguments import Identity, arrays_in, type_key
from adjoint_compiler.binding import Target
from adjoint_compiler.derivative import check_options
from adjoint_compiler.differentiate.directions import Unsupported
from adjoint_compiler.ir.objects import fields_of, is_record
from adjoint_compiler.ir.types import FLOAT, type_of
from adjoint_compiler.levels import Optimize
from adjoint_compiler.notes import add_origin
from adjoint_compiler.runtime.structures import as_gradient
from adjoint_compiler.spreading import Spread, has_stars, spread_call

if TYPE_CHECKING:
    from adjoint_compiler.differentiate.forms import Request
    from adjoint_compiler.ir.types import Type
    from adjoint_compiler.specialization import Compiled

KEPT = 2**21  # numbers: half of the 32 MB up to which glibc learns
FUNCTIONS_KEPT = 256
_lock = threading.Lock()
_forward: dict[Any, Forward] = {}


class Forward:
    """The forward mode of one function, by argument types and by which arguments have tangents.

    Attributes:
        target: the function.
        jit: how what is generated is compiled under Numba; None: it runs under NumPy.
    """

    def __init__(self, function: Any, backend: str | None) -> None:
        from adjoint_compiler.specialization import Cache

        self.target = Target(function)
        self.backend, self.jit = backend, self.target.jit(backend)
        self.cache = Cache()
        self.spreads: dict[Any, Spread] = {}

    def call(
        self, primals: tuple[Any, ...], tangents: tuple[Any, ...], kwargs: dict[str, Any], optimize: Optimize = None,
        of: str | None = None,
    ) -> tuple[Any, Any]:  # fmt: skip
        """The value and its tangent; ``of`` names a mutated argument as the value."""
        own = len(self.target.owner)
        if has_stars(self.target):
            spread, flat = spread_call(self.target, self.spreads, primals, kwargs)
            all_tangents = (*[None] * own, *tangents, *[None] * (len(flat) - own - len(tangents)))
            return forward_of(spread, self.backend, optimize).call(flat, all_tangents, {}, optimize, of)
        values = self.target.bind(primals, kwargs)
        return self.call_bound(values, (*[None] * own, *tangents), optimize, of)

    def call_bound(
        self, given: tuple[Any, ...], tangents: tuple[Any, ...], optimize: Optimize = None, of: str | None = None
    ) -> tuple[Any, Any]:
        """The same, given all arguments in the order of the parameters, and the tangents of the first of them."""
        values = list(given)
        chosen = tuple(k for k, t in enumerate(tangents) if not is_zero(t))
        compiled = self.compiled(tuple(values), chosen, optimize, of)
        for k in chosen:
            values[k] = float(values[k]) if type(values[k]) is int else values[k]
        if compiled.mutated:
            compiled.check_memory(self.target, tuple(values))
        dots = [matched(tangents[k], values[k], f"the tangent of `{self.target.names[k]}`") for k in chosen]
        try:
            y, y_dot = compiled.functions[0](*values, *dots)
        except Exception as fault:
            add_origin(fault, compiled, self.target.name)
            raise
        return y, finished(y_dot, y, arrays_in(dots))

    def run(self, compiled: Compiled, values: tuple[Any, ...], dots: list[Any]) -> tuple[Any, Any]:
        """What generated code gives for arguments and many tangents."""
        keep_freed_memory()
        values = tuple(
            float(v) if p in compiled.state.ints and type(v) is int else v
            for p, v in zip(compiled.state.program.params, values, strict=True)
        )
        if compiled.mutated:
            compiled.check_memory(self.target, values)
        try:
            found: tuple[Any, Any] = compiled.functions[0](*values, *dots)
        except Exception as fault:
            add_origin(fault, compiled, self.target.name)
            raise
        return found

    def compiled(
        self, values: tuple[Any, ...], chosen: tuple[int, ...], optimize: Optimize = None, of: str | None = None,
        directions: bool = False, companion: str = "tangents",
    ) -> Compiled:  # fmt: skip
        """What is compiled for arguments of these types, of which the ``chosen`` ones have tangents.

        Args:
            values: the arguments.
            chosen: positions of those that have tangents.
            optimize: as in :func:`adjoint_compiler.grad`.
            of: the mutated argument that is the output.
            directions: whether tangents have a leading axis of directions.
            companion: what is computed beside each variable, if it is not its tangent.

        Raises:
            Unsupported: the program is not written with an axis of ``directions``.
        """
        if self.jit is not None and directions:
            raise Unsupported("")  # compiled code has no axis of directions: one sweep after the other
        key = (optimize, of, directions, companion, chosen, tuple(map(type_key, values)))
        found: Compiled = self.cache.get(
            key, lambda: self._compile(values, chosen, optimize, of, directions, companion)
        )
        return found

    def compiled_for(
        self, types: dict[str, Type], functions: dict[str, Any], chosen: tuple[int, ...], ints: tuple[str, ...] = (),
        by_rules: bool = False,
    ) -> Compiled:  # fmt: skip
        """What is compiled for the given types of the parameters; ``by_rules`` as in ``compile_function``."""
        from adjoint_compiler import specialization

        types = specialization.float_types(types, ints)
        return specialization.compile_function(
            self.target, types, functions, request_of(chosen), "forward", None, ints, by_rules=by_rules
        )

    def _compile(
        self,
        values: tuple[Any, ...],
        chosen: tuple[int, ...],
        optimize: Optimize,
        of: str | None,
        directions: bool,
        companion: str,
    ) -> Compiled:
        from adjoint_compiler import specialization

        names = self.target.names
        self.target.check_arguments(values, chosen)
        types = {n: type_of(v) for n, v in zip(names, values, strict=True)}
        ints = tuple(names[k] for k in chosen if type(values[k]) is int)
        types.update((n, FLOAT) for n in ints)
        functions = specialization.functions_in(names, values)
        return specialization.compile_function(
            self.target,
            types,
            functions,
            request_of(chosen, None if of is None else names.index(of), directions, companion),
            "forward",
            optimize,
            ints,
            jit=self.jit,
        )


def request_of(
    chosen: tuple[int, ...], of: int | None = None, directions: bool = False, companion: str = "tangents"
) -> Callable[[tuple[str, ...]], Request]:
    """What is asked for, given the names that the parameters have in the program."""

    def request(params: tuple[str, ...]) -> Request:
        from adjoint_compiler.differentiate.forms import Request

        outputs = None if of is None else (params[of],)
        return Request(tuple(params[k] for k in chosen), False, outputs=outputs, directions=directions,
                       companion=companion)  # fmt: skip

    return request


def forward_of(function: Any, backend: str | None, optimize: Optimize) -> Forward:
    """The forward mode of a function, kept from call to call."""
    key = (Identity(function), backend)
    found = _forward.get(key)
    if found is None:
        with _lock:
            found = _forward.setdefault(key, Forward(function, backend))
            while len(_forward) > FUNCTIONS_KEPT:
                del _forward[next(iter(_forward))]
    check_options(backend, optimize, found.target)
    return found


def value_and_tangent(
    function: Any, primals: Any, tangents: Any, kwargs: dict[str, Any], backend: str | None, optimize: Optimize
) -> tuple[Any, Any]:
    """``(y, y_dot)``; see :func:`adjoint_compiler.jvp`."""
    for what, given in (("primals", primals), ("tangents", tangents)):
        if not isinstance(given, (tuple, list)):
            raise TypeError(f"{what} must be a tuple, an item for each positional argument, not {shown(given)}")
    if len(primals) != len(tangents):
        raise TypeError(
            f"there are {len(primals)} primals and {len(tangents)} tangents; None is the tangent of an inert one"
        )
    return forward_of(function, backend, optimize).call(tuple(primals), tuple(tangents), kwargs, optimize)


def keep_freed_memory() -> None:
    """Let the C library keep the memory that a sweep frees, and takes again at once.

    Arrays of all directions are large, and glibc gives large blocks back to the system when they are freed: each comes with pages
    to be filled with zeros, which takes longer than to compute what is in it. Once a larger block was freed, it keeps them
    (mallopt(3), "dynamic mmap threshold"). Nothing is written to the block, which takes two microseconds and no memory.
    """
    np.empty(KEPT)


# -- tangents ----------------------------------------------------------------------------------------------------


def is_zero(t: Any) -> bool:
    """Whether a tangent is given as zero: None, or a structure of None.

    >>> is_zero((None, {"a": None})), is_zero([0.0])
    (True, False)
    """
    if isinstance(t, (tuple, list)):
        return all(map(is_zero, t))
    return t is None or (isinstance(t, dict) and all(map(is_zero, t.values())))


def matched(t: Any, x: Any, place: str) -> Any:
    """A tangent of the structure and shapes of ``x``, cast to its dtypes; zeros for None.

    Raises:
        TypeError: structure or shapes do not match.
    """
    if isinstance(x, np.ndarray):
        if x.dtype.kind not in "fc":
            _refuse(t, place)
            return np.zeros(x.shape) if x.dtype.kind in "iub" else None
        if t is None:
            return np.zeros_like(x)
        numbers = _numbers(t, x.shape, x.dtype, place)
        if type(t) is np.ndarray and t.dtype == x.dtype:
            return t  # generated code changes copies; what it returns of it is copied by `finished`
        out = np.empty_like(x)
        out[...] = numbers
        return out
    if isinstance(x, (np.generic, float, complex)) and not isinstance(x, np.bool_):
        dtype = np.asarray(x).dtype
        if dtype.kind not in "fc":
            _refuse(t, place)
            return 0.0
        return type(x)(0 if t is None else _numbers(t, (), dtype, place)[()])
    if isinstance(x, int):
        _refuse(t, place)
        return 0.0
    if is_record(x) and not isinstance(x, tuple):
        names = fields_of(x)
        if t is not None and not isinstance(t, type(x)):
            raise TypeError(f"{place} must be a {type(x).__name__}, not {shown(t)}")
        return {n: matched(None if t is None else getattr(t, n), getattr(x, n), f"{place}.{n}") for n in names}
    if isinstance(x, (tuple, list)):
        if t is not None and (not isinstance(t, (tuple, list)) or len(t) != len(x)):
            raise TypeError(f"{place} must be a sequence of {len(x)}, not {shown(t)}")
        items = [None] * len(x) if t is None else t
        dots = [matched(a, b, f"{place}[{k}]") for k, (a, b) in enumerate(zip(items, x, strict=True))]
        return dots if isinstance(x, list) else tuple(dots)
    if isinstance(x, dict):
        if t is not None and (not isinstance(t, dict) or t.keys() != x.keys()):
            raise TypeError(f"{place} must be a dict with the keys {list(x)}, not {shown(t)}")
        return {k: matched(None if t is None else t[k], v, f"{place}[{k!r}]") for k, v in x.items()}
    _refuse(t, place)
    return None


def _refuse(t: Any, place: str) -> None:
    if t is not None and not (isinstance(t, (bool, int, float, np.ndarray, np.generic)) and not np.any(t)):
        raise TypeError(f"{place} must be None where the argument has no derivative, not {shown(t)}")


def _numbers(t: Any, shape: tuple[int, ...], dtype: np.dtype[Any], place: str) -> Any:
    if (
        not isinstance(t, (bool, int, float, complex, np.ndarray, np.generic))
        or np.asarray(t).dtype.kind not in "biufc"
    ):
        raise TypeError(f"{place} must be a number or an array of shape {shape}, not {shown(t)}")
    if np.shape(t) != shape:
        raise TypeError(f"{place} must have shape {shape}, not {np.shape(t)}")
    if dtype.kind == "f" and np.iscomplexobj(t):
        raise TypeError(f"{place} must be real, as the argument is")
    return np.asarray(t)


def finished(y_dot: Any, y: Any, given: list[Any]) -> Any:
    """A tangent as it is handed out: in the structure and of the types of the result, None where there is none.

    It shares no memory with the arrays ``given`` as tangents.
    """
    if isinstance(y, np.ndarray):
        if y.dtype.kind not in "fc":
            return None
        right = isinstance(y_dot, np.ndarray) and y_dot.dtype == y.dtype and y_dot.shape == y.shape
        own = right and y_dot.flags.writeable and not any(np.may_share_memory(y_dot, a) for a in given)
        return y_dot if own else as_gradient(y_dot, y)
    if isinstance(y, int) or y is None:
        return None
    if type(y) is tuple:
        return tuple(finished(d, v, given) for d, v in zip(y_dot, y, strict=True))
    if isinstance(y, (tuple, list, dict)) or is_record(y):
        return y_dot  # generated code has given it the structure of the result
    return y_dot if type(y_dot) is type(y) and isinstance(y, (float, complex)) else as_gradient(y_dot, y)


def shown(value: Any) -> str:
    """What was given, for messages."""
    if value is None:
        return "None"
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"an array of shape {value.shape}" if isinstance(value, np.ndarray) else f"a {type(value).__name__}"


__all__ = ["Forward", "finished", "forward_of", "matched", "shown", "value_and_tangent"]
