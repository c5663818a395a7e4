"""Every value of every keyword that people pass, in double, single and complex precision: right, or refused, never wrong."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from tests.rules.matrix import calls, outcome
from tests.sampling import sampled

_rng = np.random.default_rng(0)


def R(*shape):
    return _rng.uniform(0.3, 2.0, shape) * np.where(_rng.uniform(size=shape) < 0.4, -1, 1)


def P(*shape):
    return _rng.uniform(0.3, 2.0, shape)


def C(*shape):
    return R(*shape) + 1j * R(*shape)


X = R(2, 3, 4)
NANS = np.where(np.arange(24).reshape(2, 3, 4) % 7 == 3, np.nan, X)
M = np.arange(24).reshape(2, 3, 4) % 3 != 1
H = (lambda a: a @ a.conj().T + np.eye(3))(C(3, 3))
NAMES = {"np": np, "M": M, "W": P(2, 3, 4), "I": np.array([0, 2, 1]), "B": np.array([[True, False, True], [False, True, True]]),
         "f4": np.float32, "c16": np.complex128}  # fmt: skip
AXES = ["None", "0", "-1", "(0, 2)", "(1,)", "(-1, -2)", "()"]
ONE, FLAG, ORDERS = ["None", "0", "-1", "1"], ["True", "False"], ["'C'", "'F'", "'A'", "'K'"]
TYPES = ["np.float64", "f4", "c16"]
METHODS = ["'linear'", "'lower'", "'midpoint'", "'hazen'", "'weibull'", "'median_unbiased'", "'interpolated_inverted_cdf'", "'inverted_cdf'"]  # fmt: skip
REDUCED = {"axis": AXES, "keepdims": FLAG, "dtype": TYPES, "where": ["M", "M[0]", "x > 0"]}
PADS = ["1", "(1, 2)", "((1, 2), (0, 3))"]
AXES_OF_SPECTRA = ["None", "(0, 1)", "(-1, 0)", "(2, 1)", "(0,)", "(1, 1)"]
# fmt: off
TEMPLATES = [
    *((f"np.{f}(x{{}})", {"x": X}, REDUCED | {"initial": ["0.5", "2"]}) for f in ("sum", "prod")),
    *((f"np.{f}(x{{}})", {"x": X}, REDUCED) for f in ("mean",)),
    *((f"np.{f}(x{{}})", {"x": X}, REDUCED | {"ddof": ["1", "0.5"], "correction": ["1"], "mean": ["np.mean(x)"]}) for f in ("var", "std")),
    *((f"np.{f}(x{{}})", {"x": X}, {"axis": AXES, "keepdims": FLAG, "initial": ["-9.0", "0.5", "9.0"], "where": ["M"]}) for f in ("max", "amin")),
    *((f"np.{f}(x{{}})", {"x": NANS}, {"axis": AXES, "keepdims": FLAG, "dtype": TYPES}) for f in ("nansum", "nanprod", "nanmean", "nanvar", "nanstd")),
    ("np.ptp(x{})", {"x": X}, {"axis": AXES, "keepdims": FLAG}),
    *((f"np.quantile(x, {q}{{}})", {"x": X, "q": np.array([0.13, 0.71])}, {"axis": AXES, "method": METHODS, "keepdims": FLAG}) for q in ("0.3", "q")),
    *((f"np.nanquantile(x, {q}{{}})", {"x": NANS, "q": np.array([[0.13, 0.71]])}, {"axis": AXES, "method": METHODS, "keepdims": FLAG}) for q in ("0.3", "q")),
    ("np.percentile(x, 100 * q{})", {"x": R(2, 3), "q": np.array([0.05, 0.43, 0.97])}, {"axis": ["0", "1"], "method": METHODS}),
    ("np.average(x{})", {"x": X}, {"weights": ["W", "W[0, 0]", "abs(x)"], "axis": AXES, "returned": FLAG, "keepdims": FLAG}),
    *((f"np.{f}(x{{}})", {"x": X}, {"axis": ONE, "dtype": TYPES, "include_initial": FLAG}) for f in ("cumsum", "cumulative_prod")),
    ("np.diff(x{})", {"x": X, "v": R(2, 3, 1)}, {"n": ["0", "1", "2"], "prepend": ["0.0", "v"], "append": ["1.0", "v"], "axis": ["0", "-1"]}),
    ("np.ediff1d(x{})", {"x": R(4), "v": R(2)}, {"to_begin": ["v", "0.0"], "to_end": ["v", "[1.0]"]}),
    ("np.gradient(x{})", {"x": R(3, 4)}, {"axis": ["None", "0", "-1", "(1,)", "(1, 0)"], "edge_order": ["1", "2"]}),
    ("np.gradient(x, h{})", {"x": R(3, 4), "h": 1.3}, {"axis": ["0", "(1,)", "(1, 0)"], "edge_order": ["2"]}),
    ("np.trapezoid(z{})", {"z": R(3, 4), "t": np.cumsum(P(4)), "h": 0.7}, {"x": ["t"], "dx": ["h"], "axis": ["0", "-1"]}),
    ("np.interp(x, xp, fp{})", {"x": np.array([-0.5, 0.3, 1.7, 9.0]), "xp": np.cumsum(P(5)), "fp": R(5), "v": 0.3},
     {"left": ["v", "0.0"], "right": ["v"], "period": ["12.0"]}),
    ("np.linspace(a, b, 4{})", {"a": R(3), "b": R(3)}, {"endpoint": FLAG, "retstep": FLAG, "dtype": TYPES, "axis": ["0", "1"]}),
    ("np.linspace(a, b, 1{})", {"a": 0.3, "b": 1.9}, {"endpoint": FLAG, "retstep": FLAG}),
    ("np.geomspace(a, b, 4{})", {"a": P(3), "b": P(3)}, {"endpoint": FLAG}), ("np.vander(x{})", {"x": R(3)}, {"N": ["2", "4"], "increasing": FLAG}),
    *((f"np.{f}(x{{}})", {"x": x}, {"k": ["0", "1", "-1", "3"]}) for f in ("tril", "triu") for x in (R(3), R(3, 4), X)),
    *((f"np.{f}(x{{}})", {"x": x}, {"k": ["0", "1", "-1"]}) for f in ("diag", "diagflat") for x in (R(3),)),
    ("np.reshape(x, (4, 6){})", {"x": X}, {"order": ORDERS[:3]}), ("np.ravel(x.T{})", {"x": X}, {"order": ORDERS}),
    ("np.zeros_like(x{}) + x.sum()", {"x": R(3)}, {"shape": ["(2, 3)", "4"], "dtype": TYPES, "order": ORDERS}),
    ("np.zeros_like(x{}) + x * y", {"x": R(3), "y": R(3)}, {"shape": ["(2, 3)", "(1, 3)"]}),
    *((f"np.pad(x, {w}, '{mode}'{{}})", {"x": R(3, 4), "v": 0.7}, kw) for w in PADS for mode, kw in (
        ("constant", {"constant_values": ["2.5", "v", "(v, 2 * v)", "((1.0, v), (v, 4.0))"]}), ("edge", {}), ("reflect", {"reflect_type": ["'even'", "'odd'"]}),
        ("wrap", {}), ("linear_ramp", {"end_values": ["v", "(1.0, v)"]}), ("mean", {"stat_length": ["2", "(1, 2)"]}), ("median", {}))),
    ("np.take(x, I{})", {"x": R(3, 4, 3)}, {"axis": ONE, "mode": ["'wrap'", "'clip'"]}),
    ("np.insert(x, [0, 2], v{})", {"x": R(4, 4), "v": 0.4}, {"axis": ONE}), ("np.delete(x, [0, -1]{})", {"x": R(4, 4)}, {"axis": ONE}),
    ("np.sort(x{})", {"x": X}, {"axis": ONE, "kind": ["'stable'", "'heapsort'"]}), ("np.partition(x, 1{})", {"x": X}, {"axis": ONE}),
    ("np.roll(x, 2{})", {"x": X}, {"axis": ONE}), ("np.rot90(x{})", {"x": X}, {"k": ["2", "-1"], "axes": ["(1, 2)", "(2, 0)"]}),
    ("np.unique(x{})", {"x": R(5)}, {"return_index": FLAG, "return_inverse": FLAG, "return_counts": FLAG}),
    *((f"np.einsum({e}{{}})", {"x": R(3, 3), "y": R(3, 3)}, {"optimize": FLAG}) for e in (
        "x, [0, 0]", "x, [0, 1], y, [1, 2]", "x, [0, 1], y, [1, 2], [2, 0]", "x, [3, ...], y, [3, ...], [...]", "'ii,ij', x, y", "'ij,jk->ki', x, y")),
    ("np.tensordot(x, y{})", {"x": R(3, 3), "y": R(3, 3)}, {"axes": ["0", "1", "2", "([1], [0])", "(-1, 0)"]}),
    ("np.cross(x, y{})", {"x": R(3, 3), "y": R(3, 3)}, {"axisa": ["0", "1"], "axisb": ["0"], "axisc": ["0"], "axis": ["0", "-1"]}),
    ("np.vecdot(x, y{})", {"x": C(3, 4), "y": C(3, 4)}, {"axis": ["0", "-1"], "keepdims": FLAG}),
    *((f"np.{f}(x, y{{}})", {"x": C(5), "y": R(3)}, {"mode": ["'full'", "'same'", "'valid'"]}) for f in ("convolve", "correlate")),
    ("np.cov(x{})", {"x": R(3, 4), "y": R(2, 4)}, {"rowvar": FLAG, "bias": FLAG, "ddof": ["0", "1"], "aweights": ["abs(x[0])"], "y": ["y"]}),
    ("np.histogram(x, 3, weights=w{})", {"x": R(6), "w": P(6)}, {"range": ["(-2.5, 2.5)"], "density": FLAG}),
    ("np.exp(x{})", {"x": R(2, 3)}, {"dtype": TYPES, "out": ["np.zeros((2, 3))", "x.copy()"], "where": ["B", "x > 0"], "order": ORDERS}),
    ("np.hypot(x, y{})", {"x": P(2, 3), "y": P(3)}, {"dtype": TYPES[:2], "out": ["np.zeros((2, 3))"], "where": ["B"]}),
    *((f"np.{u}.reduce(x{{}})", {"x": P(2, 3, 4)}, {"axis": ["0", "-1", "None", "(0, 2)"], "keepdims": FLAG, "dtype": TYPES, "initial": ["0.5"]})
      for u in ("add", "multiply", "maximum", "minimum", "hypot", "logaddexp", "power", "arctan2")),
    *((f"np.{u}.{m}(x{{}})", {"x": P(3, 4)}, {"axis": ["0", "-1"]}) for u in ("add", "multiply", "subtract", "power", "fmax") for m in ("accumulate",)),
    *(("np.linalg.norm(x{})", {"x": x}, {"ord": ["1", "2", "3", "np.inf", "-np.inf", "'fro'", "'nuc'", "0.5"], "axis": a, "keepdims": FLAG})
      for x, a in ((R(3, 4), ["None", "0", "(0, 1)", "(-1, 0)"]), (X, ["(0, 2)", "-1"]))),
    ("np.linalg.vector_norm(x{})", {"x": X}, {"axis": [*AXES[:-1], "(2, 0)"], "ord": ["1", "3", "np.inf"], "keepdims": FLAG}),
    ("np.linalg.pinv(x{})", {"x": R(3, 3)}, {"hermitian": FLAG}), ("np.linalg.pinv(x{})", {"x": H}, {"hermitian": FLAG}),
    *((f"np.linalg.{f}(x{{}})", {"x": H}, {"UPLO": ["'L'", "'U'"]}) for f in ("eigh", "eigvalsh")), ("np.linalg.cholesky(x{})", {"x": H}, {"upper": FLAG}),
    *(("np.linalg.svd(x, full_matrices=False{})", {"x": x}, {"compute_uv": FLAG}) for x in (C(3, 3), C(4, 3), C(2, 3, 4), R(4, 3))),
    *((f"np.fft.{f}(x{{}})", {"x": x}, {"n": ["3", "5", "6"], "norm": ["'ortho'", "'forward'"], "axis": ["0", "-1"]})
      for f in ("fft", "rfft", "irfft", "hfft", "ihfft") for x in (R(4, 5), *([] if f in ("rfft", "ihfft") else [C(4, 5)]))),
    *((f"np.fft.{f}(x{{}})", {"x": x}, {"s": ["None", "(3, 4)", "(5, 5)"], "axes": AXES_OF_SPECTRA, "norm": ["'ortho'", "'forward'"]})
      for f in ("fftn", "ifft2", "rfftn", "irfftn", "rfft2") for x in (X, *([] if f in ("rfftn", "rfft2") else [C(2, 3, 5)]))),
    *((f"np.polynomial.{b}val(x, c{{}})", {"x": x, "c": R(4)}, {}) for b in ("polynomial.poly", "chebyshev.cheb", "laguerre.lag") for x in (0.4, R(2, 3))),
]
# fmt: on
CASTS = {"double": None, "single": ("f4", "c8"), "complex": ("c16", "c16")}


def cast(args, kind):
    if CASTS[kind] is None:
        return args
    real, complex_one = CASTS[kind]
    out = {}
    for name, v in args.items():
        if isinstance(v, np.ndarray) and v.dtype.kind == "f" and kind == "complex":
            v = v + 1j * np.linspace(0.2, 0.9, v.size).reshape(v.shape)
        out[name] = v.astype(complex_one if v.dtype.kind == "c" else real) if isinstance(v, np.ndarray) else v
    return out


@pytest.mark.parametrize("k", sampled(range(len(TEMPLATES)), 6), ids=lambda k: f"{k}-{TEMPLATES[k][0]}")
def test_keywords(k):
    template, args, keywords = TEMPLATES[k]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = [outcome(text, args, NAMES) for text in calls(template, keywords)]
    assert "right" in found or "power" in template or "arctan2" in template


# Of complex numbers these have an order, or jumps, or take none; of single precision steps are too coarse for kinks.
ONLY_REAL = ("nan", "quantile", "percentile", "ptp", "interp", "geomspace", "histogram", "unique", "sort", "partition", "max", "min", "hypot", "arctan2",
             "norm(x{})", "irfft", "hfft", "where", "median", "linspace")  # fmt: skip


@pytest.mark.parametrize("kind", ["single", "complex"])
@pytest.mark.parametrize("k", sampled(range(len(TEMPLATES)), 6, start=1), ids=lambda k: f"{k}-{TEMPLATES[k][0]}")
def test_dtypes(k, kind):
    template, args, keywords = TEMPLATES[k]
    if kind == "single" and ("quantile" in template or "percentile" in template):
        keywords = {name: v for name, v in keywords.items() if name != "method"}
        args = {name: v for name, v in args.items() if name != "q"} | {"q": 0.31}
    if kind == "complex" and any(word in template for word in ONLY_REAL):
        args = {name: v for name, v in args.items() if np.iscomplexobj(v)}
        if not args:
            return
        args = TEMPLATES[k][1]
    values = {name: list(v[:1]) for name, v in keywords.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in calls(template, values):
            outcome(text, cast(args, kind), NAMES)
