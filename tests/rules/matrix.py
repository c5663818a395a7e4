"""Calls made from a template and values of keywords: right in both modes, or refused; nothing between."""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Iterator
from typing import Any

import numpy as np

import adjoint_compiler as ac

STEPS = (1e-5, 1e-4, 1e-6)
COARSE = (1e-1, 3e-2, 1e-2, 3e-3)  # for single precision
_count = itertools.count()


def made(source: str, names: dict[str, Any]) -> Any:
    """The function ``f`` that a text defines, with a source that can be read."""
    file = f"<matrix {next(_count)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    space = dict(names)
    exec(compile(source, file, "exec"), space)  # noqa: S102
    return space["f"]


def form(v: Any) -> Any:
    """The structure of a result, with shapes and dtypes."""
    if isinstance(v, (list, tuple)):
        return type(v).__name__, [form(i) for i in v]
    return np.shape(v), np.result_type(v) if v is not None else None


def parts(v: Any) -> list[np.ndarray]:
    """The arrays of real and complex numbers in a result."""
    if isinstance(v, (list, tuple)):
        return [x for i in v for x in parts(i)]
    return [np.asarray(v)] if v is not None and np.result_type(v).kind in "fc" else []


def drawn(v: Any, rng: Any) -> Any:
    """Numbers that pair with a result, in its structure; None for what has no derivative."""
    if isinstance(v, (list, tuple)):
        items = [drawn(i, rng) for i in v]
        return type(v)(*items) if hasattr(v, "_fields") else type(v)(items)
    if v is None or np.result_type(v).kind not in "fc":
        return None
    w = rng.normal(size=np.shape(v)) + (1j * rng.normal(size=np.shape(v)) if np.iscomplexobj(v) else 0.0)
    w = np.where(np.isfinite(v), w, 0).astype(np.result_type(v))
    return w if isinstance(v, np.ndarray) else w[()] if isinstance(v, np.generic) else w.item()


def pairing(a: Any, b: Any) -> float:
    wide = [(x.astype("c16"), y.astype("c16")) for x, y in zip(parts(a), parts(b), strict=True)]
    return sum(float(np.sum(np.conj(x) * y).real) for x, y in wide)


def widened(v: Any) -> Any:
    """The same numbers in double precision."""
    if not isinstance(v, np.ndarray) or v.dtype.kind not in "fc":
        return v
    return v.astype(np.complex128 if v.dtype.kind == "c" else np.float64)


def moved(v: Any, h: float, d: Any) -> Any:
    if d is None:
        return v
    w = np.asarray(v + h * d).astype(np.result_type(v))
    return w if isinstance(v, np.ndarray) else w[()] if isinstance(v, np.generic) else w.item()


def outcome(text: str, args: dict[str, Any], names: dict[str, Any]) -> str:
    """What becomes of a call: ``right``, ``refused``, ``no call`` (NumPy raises), ``no slope`` (at a jump, or nan).

    Raises:
        AssertionError: values, adjoints or tangents that are wrong, or of other types and shapes.
    """
    return outcome_of(f"def f({', '.join(args)}):\n    return {text}\n", args, names)


def outcome_of(text: str, args: dict[str, Any], names: dict[str, Any]) -> str:
    """``outcome`` of a function ``f`` that is written out."""
    f, values = made(text, names), list(args.values())
    rng = np.random.default_rng(4)
    with np.errstate(all="ignore"):
        try:
            wanted = f(*values)
        except Exception:  # noqa: BLE001
            return "no call"
        seed, directions = drawn(wanted, rng), [drawn(v, rng) for v in values]
        try:
            y, pullback = ac.vjp(f, *values)
            bars = pullback(seed)
            _, dot = ac.jvp(f, tuple(values), tuple(directions))
        except (ac.DifferentiationError, NotImplementedError):
            return "refused"
        assert form(y) == form(wanted), text
        for a, b in zip(parts(y), parts(wanted), strict=True):
            np.testing.assert_array_equal(a, b, err_msg=text)
        active = [k for k, d in enumerate(directions) if d is not None]
        for k in active:
            assert form(bars[k]) == form(values[k]), f"{text}: adjoint of {list(args)[k]}"
        found = sum(pairing(bars[k], directions[k]) for k in active)
        single = "f4" in text or any(
            x.dtype.itemsize < (16 if x.dtype.kind == "c" else 8) for x in (*parts(values), *parts(wanted))
        )
        along = [(values, h) for h in (COARSE if single else STEPS)]
        along += [([widened(v) for v in values], h) for h in STEPS if single]
        slopes = [
            (pairing(seed, f(*(moved(v, h, d) for v, d in zip(at, directions, strict=True))))
             - pairing(seed, f(*(moved(v, -h, d) for v, d in zip(at, directions, strict=True))))) / (2 * h)
            for at, h in along
        ]  # fmt: skip
        known = [s for s in slopes if np.isfinite(s)]
        if not known:
            return "no slope"
        scale = (
            1 + abs(found) + (sum(float(np.sum(np.abs(x))) for k in active for x in parts(bars[k])) if single else 0)
        )
        gap = min(abs(s - found) for s in known) / scale
        assert gap < (2e-2 if single else 1e-6), f"{text}: {found} is not {known}"
        forward = pairing(seed, filled(dot, seed))
        assert abs(forward - found) < (1e-3 if single else 1e-8) * scale, f"{text}: forward {forward}, reverse {found}"
    return "right"


def filled(dot: Any, seed: Any) -> Any:
    """A tangent with zeros where it is None; None where a result has no derivative."""
    if isinstance(seed, (list, tuple)):
        return [filled(d, s) for d, s in zip(dot, seed, strict=True)]
    if seed is None:
        return None
    return np.zeros_like(seed) if dot is None else dot


def calls(template: str, keywords: dict[str, list[str]]) -> Iterator[str]:
    """The call without keywords, with each value of each keyword, and with each beside one of the next keyword."""
    yield template.replace("{}", "")
    names = list(keywords)
    for k, name in enumerate(names):
        other = names[(k + 1) % len(names)]
        for j, value in enumerate(keywords[name]):
            yield template.replace("{}", f", {name}={value}")
            if other != name:
                beside = keywords[other][j % len(keywords[other])]
                yield template.replace("{}", f", {name}={value}, {other}={beside}")
