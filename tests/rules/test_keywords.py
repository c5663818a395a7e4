"""Every keyword of every function of NumPy with derivatives: right, by a case that passes it, or refused by name."""

from __future__ import annotations

import importlib
import inspect
import linecache
import re
from pathlib import Path

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.frontend.library_calls import is_of_one_type
from adjoint_compiler.library import defined, definition_of
from adjoint_compiler.report.coverage import MODULES
from adjoint_compiler.rules import TABLE, lookup
from adjoint_compiler.rules.moving import IN_PLACE
from tests.library.test_definitions import leaves, moved, pairing, weighted
from tests.rules.cases import STRUCTURAL
from tests.rules.structural import CASES
from tests.rules.structural.checks import bound
from tests.rules.structural.samples import C, P, R

for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")

M = np.array([[True, False, True, True], [True, True, False, True], [False, True, True, True]])
NANS = np.where(np.arange(12).reshape(3, 4) % 5 == 2, np.nan, R(3, 4))
F4, C8 = np.float32, np.complex128
# What the cases of the rules do not pass: a program each, and what it is differentiated by.
KEYWORDS = [
    (lambda x: np.full((2, 3), x, dtype=np.float64, order="F"), R()), (lambda x: np.full(2, x, dtype=np.complex128), R()),
    (lambda x: np.full_like(np.zeros((2, 3)), x, dtype=np.float64, order="C", shape=(3, 2)), R()),
    (lambda a, b: np.arange(a, b, 0.3, dtype=np.float64), P(), P() + 2),
    (lambda a, b: np.linspace(a, b, 4, retstep=True), R(), R()),
    (lambda a, b: np.linspace(a, b, 4, dtype=np.float64, axis=1), R(2), R(2)),
    (lambda x: np.array(x, copy=True, order="F"), R(2, 3)), (lambda x: np.copy(x, order="F"), R(2, 3)),
    (lambda x: np.asarray(x, dtype=np.float64, order="C"), R(2, 3)), (lambda x: np.asarray(x, dtype=np.complex128), R(2, 3)),
    (lambda x: np.asanyarray(x, dtype=np.float64, order="C"), R(2)),
    (lambda x: np.asarray_chkfinite(x, dtype=np.float64, order="C"), R(2)),
    (lambda x: np.require(x, dtype=np.float64, requirements="C"), R(2, 3)),
    (lambda x: np.astype(x, np.complex128, copy=True), R(2)), (lambda x: np.astype(x, np.float64, copy=False), R(2)),
    (lambda x: np.ascontiguousarray(x, dtype=np.complex128), R(2, 3)), (lambda x: np.asfortranarray(x, dtype=np.float64), R(2, 3)),
    (lambda x: np.real_if_close(x + 0j, tol=10), R(3)),
    (lambda x, y: np.add(x, y, dtype=np.float64) + np.exp(x, np.zeros(3), dtype=np.float64), R(3), R(3)),
    (lambda x: np.sqrt(x, dtype=np.complex128) * np.divide(1, x, dtype="f8", where=True), R(3)),
    (lambda x, s: np.add.reduce(x, axis=1, initial=s, where=M) + np.multiply.reduce(x, 1, initial=s, where=M[0]), R(3, 4), R()),
    (lambda x, s: np.maximum.reduce(x, initial=s) + np.hypot.reduce(x, dtype=np.float64, initial=s), P(3, 4), P()),
    (lambda x, s: np.max(x, 1, initial=s) + np.nanmin(x, 1, initial=s) + np.min(x, 1, initial=s, where=M), R(3, 4), R()),
    (lambda x: np.hypot.accumulate(x, axis=1, dtype=np.float64), P(3, 4)),
    (lambda a, b: np.cross(a, b, axisa=0, axisb=0, axisc=0), R(3, 2), R(3, 2)),
    (lambda a, b: np.linalg.cross(a, b, axis=0), R(3, 2), R(3, 2)),
    (lambda x: np.fft.ifft(x, axis=0), C(4, 2)), (lambda x: np.fft.hfft(x, axis=0), C(3, 2)),
    (lambda x: np.fft.ihfft(x, axis=0), R(4, 2)),
    (lambda x: np.sort(x, axis=0, kind="stable"), R(4, 2)), (lambda x: np.sort(x, stable=True), R(4)),
    (lambda x: np.partition(x, 1, axis=0, kind="introselect"), R(4, 2)),
    (lambda x, a, b: np.clip(x, min=a, max=b), R(4), -0.5 * P(), 0.5 * P()),
    (lambda x, a: np.nan_to_num(np.where(x > 0, x, np.nan), copy=True, nan=a), R(6), R()),
    (lambda x, a, b: np.nan_to_num(np.where(x > 0, x, np.inf), posinf=a, neginf=b), R(6), R(), R()),
    (lambda x: np.linalg.pinv(x @ x.T, hermitian=True), R(3, 3)),
    (lambda x, y: np.concatenate((x, y), dtype=np.complex128, casting="safe"), R(2), R(3)),
    (lambda x, y: np.stack((x, y), axis=-1, dtype=np.float64, casting="same_kind"), R(3), R(3)),
    (lambda x: np.trace(x, offset=1, dtype=np.complex128), R(3, 3)), (lambda x: np.linalg.diagonal(x, offset=1), R(3, 4)),
    (lambda x: np.trim_zeros(np.where(x > 9, x, 0.0) + x * np.array([0, 0, 1, 1, 0]), trim="f"), R(5)),
    (lambda x: np.unique(x, equal_nan=False), R(4)), (lambda x: np.intersect1d(x, x[:2], assume_unique=True), R(4)),
    (lambda x: np.setdiff1d(x, x[:2], assume_unique=True), R(4)), (lambda x: np.setxor1d(x, x[:2], assume_unique=True), R(4)),
    (lambda x: np.lib.stride_tricks.sliding_window_view(x, 3, writeable=False) * 2.0, R(6)),
    (lambda x: np.lib.stride_tricks.as_strided(x, (2, 2), (8, 8), writeable=False) * 2.0, R(6)),
    (lambda c: np.polynomial.polynomial.polyint(c, m=2), R(3)), (lambda c: np.polynomial.chebyshev.chebint(c, m=2), R(3)),
    (lambda c: np.polynomial.legendre.legint(c, m=2), R(3)), (lambda c: np.polynomial.hermite.hermint(c, m=2), R(3)),
    (lambda c: np.polynomial.hermite_e.hermeint(c, m=2), R(3)), (lambda c: np.polynomial.laguerre.lagint(c, m=2), R(3)),
    (lambda c: np.polynomial.polyutils.trimcoef(c, tol=0.0), R(3)),
    (lambda x, v: np.sum(x, axis=(0, -1), initial=v, keepdims=True), R(2, 3, 2), R()),
    (lambda x: np.nansum(x, axis=-1, dtype=np.float64), NANS), (lambda x: np.nanmean(x, axis=(-1,), dtype=np.float64), NANS),
    (lambda x: np.prod(x, axis=(0, -1), dtype=np.complex128), R(2, 3, 2)), (lambda x: np.nanprod(x, 1, np.float64, keepdims=True), NANS),
    *((lambda x, f=f: f(x, axis=-1, where=M, initial=-9.0), R(3, 4)) for f in (np.max, np.amax)),
    *((lambda x, f=f: f(x, axis=(0, 1), where=M, initial=9.0, keepdims=True), R(3, 4)) for f in (np.min, np.amin)),
    (lambda x: np.nanmax(x, axis=0, initial=-9.0), NANS), (lambda x: np.nanmin(x, axis=0, initial=9.0, keepdims=True), NANS),
    (lambda x: np.nanvar(x, axis=0, dtype=np.float64, ddof=1, keepdims=True), NANS),
    (lambda x: np.nanstd(x, axis=-1, dtype=np.float64, ddof=1, keepdims=True), NANS),
    (lambda x, q: np.percentile(x, q, axis=0, method="hazen", keepdims=True), R(5, 2), 40 + 10 * P()),
    (lambda x: np.nanmedian(x, axis=1, keepdims=True), NANS),
    (lambda x: np.nanquantile(x, 0.3, axis=1, method="weibull", keepdims=True), NANS),
    (lambda x: np.nanpercentile(x, 30, axis=1, method="lower", keepdims=True), NANS),
    *((lambda x, f=f: f(x, axis=-1, dtype=np.complex128), R(2, 3)) for f in (np.cumsum, np.cumprod)),
    *((lambda x, f=f: f(x, axis=-1, dtype=np.float64), NANS) for f in (np.nancumsum, np.nancumprod)),
    *((lambda x, f=f: f.reduce(x, axis=-1, dtype=np.float64), R(2, 3)) for f in (np.add, np.multiply, np.maximum, np.minimum)),
    *((lambda x, f=f: f.accumulate(x, axis=-1, dtype=np.float64), R(2, 3)) for f in (np.add, np.multiply)),
]  # fmt: skip
TEXT = Path(__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize("k", range(len(KEYWORDS)))
def test_keyword(k):
    f, *args = KEYWORDS[k]
    if k == 27 and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("min= and max= of np.clip came with NumPy 2.1")
    with np.errstate(all="ignore"):
        y, pullback = ac.vjp(f, *args)
        for found, wanted in zip(leaves(y), leaves(f(*args)), strict=True):
            np.testing.assert_array_equal(found, wanted)
            assert found.dtype == wanted.dtype
        seed = weighted(y)
        bars = pullback(seed)[: len(args)]
        directions = [
            d if np.iscomplexobj(a) else np.real(d) for a, d in zip(args, weighted(list(args), 2), strict=True)
        ]
        directions = [np.where(np.isfinite(a), d, 0.0) for a, d in zip(args, directions, strict=True)]
        h = 1e-6
        slope = (pairing(seed, f(*moved(args, directions, h))) - pairing(seed, f(*moved(args, directions, -h)))) / (
            2 * h
        )
        assert pairing(bars, directions) == pytest.approx(slope, rel=1e-6, abs=1e-6)


def passed():
    """The parameters that some case passes, by rule."""
    out = {}
    for c in CASES:
        out.setdefault(c.rule.name, set()).update(bound(c.rule, c.args, c.kwargs, defaults=False))
    for key, values in STRUCTURAL:
        out.setdefault(key, set()).update(values)
    return out


def test_every_keyword_of_a_rule_is_passed_by_a_case():
    known, lacking = passed(), []
    for key, rule in TABLE.by_key.items():
        if not key.startswith("numpy.") or not rule.pullbacks or key.startswith("numpy.random."):
            continue
        name = key.removeprefix("numpy.")
        spelled = rf"(np\.{re.escape(name)}|\b{name.rpartition('.')[0].rpartition('.')[2] or name})\b"
        for p in rule.defaults:
            if p not in known.get(key, ()) and not (re.search(spelled, TEXT) and re.search(rf"\b{p}=", TEXT)):
                if (name, p) not in BY_POSITION:
                    lacking.append((key, p))
    assert not lacking


BY_POSITION = {("nanprod", "dtype")}
ELSEWHERE = {"numpy.ndarray", "numpy.vectorize", "numpy.fromfunction", "numpy.piecewise", "numpy.ufunc"}


def functions():
    for module in MODULES:
        home = np.emath if module == "numpy.emath" else importlib.import_module(module)
        for name, f in sorted(vars(home).items()):
            if name.startswith("_") or not callable(f) or isinstance(f, type) or f"{module}.{name}" in ELSEWHERE:
                continue
            rule, definition = lookup(f), definition_of(f)
            if (rule is not None and rule.pullbacks) or definition is not None:
                yield f"{module}.{name}", f, rule, definition


UFUNC = ("dtype", "casting", "order", "subok", "signature")


def refused_keywords():
    for name, f, rule, definition in functions():
        if isinstance(definition, type) or any(f is changing for changing, _ in IN_PLACE):
            continue
        taken = set(rule.params) if rule is not None else set()
        if definition is not None:
            own = inspect.signature(definition).parameters.values()
            if any(p.kind is p.VAR_KEYWORD for p in own):
                continue
            taken |= {p.name for p in own}
        needed = len([q for q in (rule.params if rule is not None else ()) if q not in rule.defaults])
        if definition is not None:
            needed = max(needed, sum(p.default is p.empty for p in inspect.signature(definition).parameters.values()))
        try:
            mine = inspect.signature(f).parameters.values()
        except (TypeError, ValueError):
            continue
        names = (
            UFUNC
            if isinstance(f, np.ufunc) and not (rule is not None and is_of_one_type(f))
            else UFUNC[1:]
            if isinstance(f, np.ufunc)
            else [p.name for p in mine if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        )
        yield from ((name, p, max(needed, 1)) for p in names if p not in taken and p not in ("out", "where"))


REFUSED = sorted(set(refused_keywords()))


def test_there_are_keywords():
    assert len(REFUSED) > 120 and len(defined()) > 100


@pytest.mark.parametrize(("name", "keyword", "count"), REFUSED)
def test_other_keywords_are_refused_by_name(name, keyword, count):
    spelled = name.replace("numpy", "np", 1)
    space = {"np": np}
    text = f"def f(x):\n    return {spelled}({', '.join('x' * count)}, {keyword}=3)\n"
    exec(compile(text, "<keywords>", "exec"), space)
    linecache.cache["<keywords>"] = (len(text), None, text.splitlines(True), "<keywords>")
    with pytest.raises(ac.DifferentiationError) as error:
        _ = ac.grad(space["f"]).specialize(np.ones(3)).source
    assert any(keyword in f"{d.message} {d.help}" for d in error.value.diagnostics), str(error.value)
