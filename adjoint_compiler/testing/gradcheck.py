"""Derivatives against differences: ``check_grads`` and what it is made of.

With a seed y_bar and a direction u, reverse mode must give <y_bar, J u> = <J^T y_bar, u> and forward mode a
y_dot with <y_bar, J u> = <y_bar, y_dot>, where J u comes from central differences on a grid of steps. Complex
numbers pair by Re<a, b>. Small arguments are checked element by element, larger ones by random mixtures.
"""

from __future__ import annotations

import copy
import hashlib
import importlib
import linecache
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from adjoint_compiler.ir.objects import fields_of, is_record

BOTH = ("forward", "reverse")
STEPS = 8  # steps of the grid, each a quarter of the one before
SMALL = 8  # elements of an argument that is checked element by element
TOLERANCES: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {  # absolute, relative, and the largest step to try
        "float16": (1e-1, 1e-1, 2.0**-1),
        "float32": (5e-3, 5e-3, 2.0**-2),
        "float64": (1e-6, 1e-6, 2.0**-4),
    }
)
Leaves = list[Any]


# -- structures ----------------------------------------------------------------------------------------------


def differentiable(leaf: Any) -> bool:
    """Whether a leaf is a real or complex floating number or plain array.

    >>> differentiable(1.0), differentiable(1), differentiable(np.ones(2)), differentiable(np.arange(2))
    (True, False, True, False)
    """
    if type(leaf) is np.ndarray:
        return bool(np.issubdtype(leaf.dtype, np.inexact))
    return type(leaf) in (float, complex) or isinstance(leaf, np.inexact)


def _field_names(structure: Any) -> list[str]:
    """The attributes of a named tuple or object."""
    return list(fields_of(structure)) if is_record(structure) else []


def _parts(structure: Any) -> dict[str, Any] | None:
    """The parts of a container, by how each is written after it; ``None`` for a leaf."""
    if isinstance(structure, dict):
        return {f"[{key!r}]": value for key, value in structure.items()}
    if names := _field_names(structure):
        return {f".{name}": getattr(structure, name) for name in names}
    return {f"[{i}]": v for i, v in enumerate(structure)} if isinstance(structure, (tuple, list)) else None


def _walk(structure: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    parts = _parts(structure)
    if parts is None:
        yield path, structure
    for suffix, part in (parts or {}).items():
        yield from _walk(part, path + suffix)


def _map(structure: Any, change: Callable[[Any], Any]) -> Any:
    parts = _parts(structure)
    if parts is None:
        return change(structure)
    new = [_map(part, change) for part in parts.values()]
    if isinstance(structure, (tuple, list)):
        return type(structure)(*new) if hasattr(structure, "_fields") else type(structure)(new)
    changed = copy.copy(structure)
    if isinstance(structure, dict):
        changed.update(zip(structure, new, strict=True))
    for name, value in zip(_field_names(structure), new, strict=False):
        object.__setattr__(changed, name, value)
    return changed


def _like(value: Any, leaf: Any) -> Any:
    """The value as a number or array of the leaf's type; an array gets the leaf's strides, gaps included."""
    if not isinstance(leaf, np.ndarray):
        return type(leaf)(np.asarray(value).item())
    if leaf.size == 0 or any(n > 1 and stride == 0 for n, stride in zip(leaf.shape, leaf.strides, strict=True)):
        return np.array(value, leaf.dtype).reshape(leaf.shape)
    low, high = np.lib.array_utils.byte_bounds(leaf)
    memory = np.zeros(high - low, np.uint8)
    array: Any = np.ndarray(leaf.shape, leaf.dtype, memory, leaf.ctypes.data - low, leaf.strides)
    array[...] = value
    return array


def _copy_inert(leaf: Any) -> Any:
    return _like(leaf, leaf) if type(leaf) is np.ndarray and not leaf.dtype.hasobject else copy.deepcopy(leaf)


def flatten(structure: Any) -> tuple[Leaves, Callable[..., Any]]:
    """Copies of the differentiable leaves of a structure as arrays, and how to rebuild it from such.

    ``rebuild(leaves)`` gives leaves their own types, dtypes and strides, and copies the inert ones;
    ``rebuild(leaves, inert)`` puts ``inert(leaf)`` in their place.

    >>> leaves, rebuild = flatten({"w": np.ones(2), "n": 3, "b": 1.5})
    >>> rebuild([2 * leaf for leaf in leaves])
    {'w': array([2., 2.]), 'n': 3, 'b': 3.0}
    """

    def rebuild(new: Sequence[Any], inert: Callable[[Any], Any] = _copy_inert) -> Any:
        supply = iter(new)
        return _map(structure, lambda leaf: _like(next(supply), leaf) if differentiable(leaf) else inert(leaf))

    return [np.array(leaf) for _, leaf in _walk(structure) if differentiable(leaf)], rebuild


def _state(structure: Any) -> list[tuple[str, bytes]]:
    """The numbers of a structure, bit for bit."""
    numbers = (np.ndarray, np.generic, float, complex, int)
    return [(path, np.asarray(leaf).tobytes()) for path, leaf in _walk(structure) if isinstance(leaf, numbers)]


def _match(wanted: Any, got: Any, where: str) -> Leaves:
    """The leaves of a derivative, which must look like what it belongs to, ``None`` where that is inert."""
    parts, theirs = _parts(wanted), _parts(got) or {}
    if got is None and not any(differentiable(leaf) for _, leaf in _walk(wanted)):
        return []
    if parts is not None and type(got) is type(wanted) and theirs.keys() == parts.keys():
        return [leaf for name in parts for leaf in _match(parts[name], theirs[name], where + name)]
    if differentiable(wanted) and isinstance(got, type(wanted)):
        array, like = np.asarray(got), np.asarray(wanted)
        if (array.dtype, array.shape) == (like.dtype, like.shape):
            return [array]
    inert = parts is None and not differentiable(wanted)
    raise AssertionError(f"{where} should be {'None' if inert else 'something like'} for {wanted!r}, but is {got!r}")


# -- differences ---------------------------------------------------------------------------------------------


class Primal:
    """A function of its differentiable leaves, run on copies.

    Its output ``y`` is its result or, where it returns nothing, the final states of the arguments it mutates.
    """

    def __init__(self, f: Callable[..., Any], args: Sequence[Any], eps: float | None) -> None:
        self.f, self.name, self.mutated = f, getattr(f, "__name__", "f"), set[int]()
        self.leaves, self.rebuild = flatten(tuple(args))
        self.y = self(self.leaves)
        for leaves in (self.leaves, [leaf * 0.9990234375 for leaf in self.leaves]) if self.y is None else ():
            before, after = self.rebuild(leaves), self.rebuild(leaves)
            f(*after)
            self.mutated.update(i for i in range(len(after)) if _state(before[i]) != _state(after[i]))
        self.y = self(self.leaves) if self.mutated else self.y
        if self.y is None:
            raise ValueError(f"`{self.name}` returns nothing and mutates no argument: nothing to check")
        self.outputs = flatten(self.y)[0]
        kinds = [np.finfo(leaf.dtype) for leaf in (*self.leaves, *self.outputs)] or [np.finfo(float)]
        coarsest = max(kinds, key=lambda kind: float(kind.eps))
        self.atol, self.rtol, step = TOLERANCES.get(coarsest.dtype.name, TOLERANCES["float64"])
        self.eps, self.step = float(coarsest.eps), step if eps is None else eps
        self.finite = all(bool(np.all(np.isfinite(y))) for y in self.outputs)

    def __call__(self, leaves: Leaves) -> Any:
        call = self.rebuild(leaves)
        y, states = self.f(*call), tuple(call[i] for i in sorted(self.mutated))
        return y if not states else states[0] if len(states) == 1 else states

    def change(self, direction: Leaves, weights: Leaves, h: float) -> float:
        """<weights, (y(x + h u) - y(x - h u)) / 2h>; NaN where the function is not defined at both."""
        try:
            with np.errstate(all="ignore"), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                near = [[x + t * u for x, u in zip(self.leaves, direction, strict=True)] for t in (h, -h)]
                ahead, behind = (flatten(self(leaves))[0] for leaves in near)
                wide = [(p.astype(complex) - m) / (2 * h) for p, m in zip(ahead, behind, strict=True)]
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            return float("nan")
        same = [d.shape for d in wide] == [y.shape for y in self.outputs]
        return pair(wide, weights) if same else float("nan")

    def slope(self, direction: Leaves, weights: Leaves) -> tuple[float, float]:
        """<weights, J direction> and how well it is known.

        Central differences on a grid of steps, three neighbours extrapolated to zero (L. F. Richardson,
        1911); the extrapolation that agrees best with its neighbours is taken, round-off counted in.
        """
        steps = [self.step * 4.0**-k for k in range(STEPS)]
        d = [self.change(direction, weights, h) for h in steps]
        sizes = [float(np.sum(np.abs(w * y))) for w, y in zip(weights, self.outputs, strict=True)]
        best = (float("nan"), float("inf"))
        for k in range(STEPS - 2):
            coarse, fine = (16 * d[k + 1] - d[k]) / 15, (16 * d[k + 2] - d[k + 1]) / 15
            value = (256 * fine - coarse) / 255
            error = max(abs(value - fine), abs(fine - coarse)) + self.eps * sum(sizes) / steps[k + 2]
            best = (value, error) if error < best[1] else best
        return best


def pair(left: Leaves, right: Leaves) -> float:
    """The sum of Re<a, b>; where b is zero, a counts for nothing, not even if it is infinite.

    >>> pair([np.array([1 + 2j, np.inf])], [np.array([3 - 1j, 0])])
    1.0
    """
    total = 0.0
    with np.errstate(all="ignore"):
        for a, b in zip(left, right, strict=True):
            for p, q in ((np.real(a), np.real(b)), (np.imag(a), np.imag(b))):
                total += float(np.sum(np.where(q == 0, 0.0, p.astype(float) * q)))
    return total


def _units(leaf: Any) -> tuple[complex, ...]:
    return (1.0, 1j) if np.iscomplexobj(leaf) else (1.0,)


def _random(leaf: Any, rng: np.random.Generator) -> Any:
    return rng.standard_normal((*leaf.shape, len(_units(leaf)))) @ _units(leaf)


def _directions(leaves: Leaves, i: int, rng: np.random.Generator | None) -> Iterator[tuple[str, Leaves]]:
    """Directions that change leaf i alone, with names: its elements or, given ``rng``, mixtures of many."""
    x = leaves[i]
    chosen: list[Any] = [("", k, unit) for k in np.ndindex(x.shape) for unit in _units(x)]
    if rng is not None and x.size > SMALL:
        chosen = [(f", mixture {n}", ..., _random(x, rng)) for n in range(2)]
    size = np.where(np.isfinite(x), np.maximum(1.0, abs(x)), 1.0)
    for text, where, amount in chosen:
        u = [np.zeros_like(leaf) for leaf in leaves]
        u[i][where] = amount * size[where]
        yield text or "".join(f"[{n}]" for n in where), u


def numeric_vjp(f: Callable[..., Any], args: Sequence[Any], y_bar: Any, eps: float | None = None) -> tuple[Any, ...]:
    """J^T y_bar by differences: what ``vjp(f, *args)[1](y_bar)`` should give, ``None`` for inert leaves.

    >>> numeric_vjp(lambda x, n: x**n, (3.0, 2), 1.0)[0].__round__(6)
    6.0
    """
    primal, given = Primal(f, args, eps), dict(_walk(y_bar))
    weights = [np.asarray(given[path]) for path, leaf in _walk(primal.y) if differentiable(leaf)]
    bars = [np.zeros_like(x) for x in primal.leaves]
    for i, bar in enumerate(bars):
        for _, u in _directions(primal.leaves, i, None):
            moved = u[i] != 0
            bar[moved] += u[i][moved] * primal.slope(u, weights)[0] / abs(u[i][moved]) ** 2
    return tuple(primal.rebuild(bars, lambda _: None))


# -- the check -----------------------------------------------------------------------------------------------


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    order: int = 2,
    modes: Sequence[str] = BOTH,
    atol: float | None = None,
    rtol: float | None = None,
    eps: float | None = None,
    seed: int = 0,
) -> None:
    """Check the derivatives of ``f`` at ``args`` against differences.

    Also checked are the value, the structure and types of what comes out, that a pullback can be called
    again, and that the caller's arguments stay as they are. NaN is wrong, unless the result is not finite
    and the differences are NaN, too.

    Args:
        f: a function of floats, arrays and containers of them; its kinks must not lie within the steps.
        args: its positional arguments.
        order: 1 for first derivatives; 2 to check the gradient of a weighted sum of the outputs in turn, etc.
        modes: "forward", "reverse", or both; of higher orders, forward over reverse and reverse over reverse.
        atol, rtol: what counts as equal; default by the coarsest dtype involved, see ``TOLERANCES``.
        eps: the largest step of the grid, relative for numbers above 1; default by dtype.
        seed: of the random weights and mixtures.

    Raises:
        AssertionError: a derivative is wrong.
        ValueError: nothing can be checked.

    >>> check_grads(lambda x, y: x * x * y, (1.5, 2.0), order=1)
    """
    api = importlib.import_module("adjoint_compiler.api")
    if unknown := set(modes) - set(BOTH):
        raise ValueError(f"unknown modes {sorted(unknown)}; there are {BOTH}")
    rng = np.random.default_rng(seed)
    for level in range(1, order + 1):
        primal = Primal(f, args, eps)
        if not primal.leaves:
            raise ValueError(f"no argument of `{primal.name}` is differentiable")
        primal.atol = primal.atol if atol is None else atol
        primal.rtol = primal.rtol if rtol is None else rtol
        outputs, rebuild = flatten(primal.y)
        y_bar = rebuild([_random(y, rng) for y in outputs], lambda _: None)
        for mode in modes:
            _check_mode(api, mode, primal, y_bar, rng, f"{mode} mode of `{primal.name}`, order {level}")
        if level < order:
            wrt = tuple(i for i, arg in enumerate(args) if flatten(arg)[0])
            f = api.grad(_weighted(primal, y_bar, len(args)), wrt=wrt)


def _check_mode(api: Any, mode: str, primal: Primal, y_bar: Any, rng: np.random.Generator, who: str) -> None:
    call, weights = primal.rebuild(primal.leaves), flatten(y_bar)[0]
    before = _state(call)
    derive = (_reverse if mode == "reverse" else _forward)(api, primal, call, y_bar, who)
    for i, path in enumerate(path for path, leaf in _walk(call) if differentiable(leaf)):
        for text, u in _directions(primal.leaves, i, rng):
            got, (wanted, error) = derive(u), primal.slope(u, weights)
            allowed = primal.atol + primal.rtol * abs(wanted)
            undefined = not primal.finite and np.isnan(got) and np.isnan(wanted)
            if not (abs(got - wanted) <= allowed or undefined):
                raise AssertionError(
                    f"{who}: wrong derivative for args{path}{text}: {got:.9g}, by differences {wanted:.9g} "
                    f"(good to {error:.1g}); off by {abs(got - wanted):.3g}, allowed are {allowed:.3g}"
                )
    if _state(call) != before:
        raise AssertionError(f"{who}: the caller's arguments are changed")


def _reverse(api: Any, primal: Primal, call: Any, y_bar: Any, who: str) -> Callable[[Leaves], float]:
    """Derivatives along directions, by one pullback."""
    y, pullback = api.vjp(primal.f, *call)
    _check_value(y, primal, who)
    first, second = pullback(y_bar), pullback(y_bar)
    if _state(first) != _state(second):
        raise AssertionError(f"{who}: the pullback gives something else when it is called again")
    bars = _match(call, first, f"{who}: the adjoint of args")
    return lambda u: pair(bars, u)


def _forward(api: Any, primal: Primal, call: Any, y_bar: Any, who: str) -> Callable[[Leaves], float]:
    """Derivatives along directions, by one tangent each."""

    def derive(u: Leaves) -> float:
        y, y_dot = api.jvp(primal.f, call, primal.rebuild(u, lambda _: None))
        _check_value(y, primal, who)
        return pair(_match(primal.y, y_dot, f"{who}: the tangent of the result"), flatten(y_bar)[0])

    return derive


def _check_value(y: Any, primal: Primal, who: str) -> None:
    new, old = flatten(y)[0], primal.outputs
    same = [a.shape for a in new] == [b.shape for b in old]
    for a, b in zip(new, old, strict=same):
        same = same and np.allclose(a, b, primal.rtol, primal.atol, equal_nan=True)
    if not same:
        raise AssertionError(f"{who}: the value is {y!r} instead of {primal.y!r}")


def _weighted(primal: Primal, y_bar: Any, count: int) -> Any:
    """The sum of weights times outputs, as a function with text for the compiler to read."""
    if not primal.mutated and isinstance(primal.y, float):
        return primal.f
    names = ", ".join(f"a{i}" for i in range(count))
    states = ", ".join(f"a{i}" for i in sorted(primal.mutated))
    weights = [(path, w) for path, w in _walk(y_bar) if w is not None]
    terms = [f"np.sum(w{k} * y{path})" for k, (path, _) in enumerate(weights)]
    if any(np.iscomplexobj(w) for _, w in weights):
        terms = [f"np.sum(np.real(np.conj(w{k}) * y{path}))" for k, (path, _) in enumerate(weights)]
    call = f"f({names})\n    y = {states}" if states else f"y = f({names})"
    text = f"def weighted({names}):\n    {call}\n    return {' + '.join(terms)}\n"
    file = f"<adjoint_compiler check {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space = {"np": np, "f": primal.f, **{f"w{k}": w for k, (_, w) in enumerate(weights)}}
    exec(compile(text, file, "exec"), space)
    return space["weighted"]
