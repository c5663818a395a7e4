"""Every name that autograd differentiates, or JAX beside it, has derivatives here, in both modes.

The names are those of tests/docs/data. One with a rule is a case of the tests that check rules, forward and reverse; one that the compiler
reads, or that has a definition, is called by a program here.
"""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy")

import functools  # noqa: E402
import itertools  # noqa: E402
import operator  # noqa: E402

import scipy  # noqa: E402
from scipy import fft, integrate, interpolate, linalg, ndimage, signal, sparse, special, stats  # noqa: E402, F401

from adjoint_compiler.report.coverage import READ, _object, coverage_of  # noqa: E402
from adjoint_compiler.rules import TABLE, lookup  # noqa: E402
from adjoint_compiler.rules.optional import load_all  # noqa: E402
from tests.docs.coverage import names_in_list  # noqa: E402
from tests.rules.cases import NO_UFUNC_RULE, STRUCTURAL  # noqa: E402, F401
from tests.rules.matrix import outcome_of  # noqa: E402
from tests.rules.structural import CASES  # noqa: E402

load_all()
for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")
NAMES = [*names_in_list("names_of_autograd"), *names_in_list("more_names_of_jax")]
X, Y, A, B = (
    np.array([0.7, 1.3, 2.2]),
    np.array([0.4, 1.9, 0.8]),
    np.array([[2.0, 0.3], [0.3, 1.0]]),
    np.array([[0.5, -1.2], [0.8, 1.5]]),
)
T, W, Z = np.linspace(0.1, 4.0, 24) ** 1.3, np.array([0.2, 0.5, 0.1, 0.7]), np.array([0.4 + 0.3j, 1.2 - 0.7j, 0.6j])
PLACES = np.array([[0.1, 0.7], [0.9, 0.2], [0.3, 0.4], [0.6, 0.8]])
VALUES = {"x": X, "y": Y, "a": A, "b": B, "t": T, "w": W, "z": Z, "s": 1.3, "r": 0.7}
# By dotted name: the statements of a function of the values that it names, by their letters.
PROGRAMS = {
    "builtins.dict.get": "d = {'k': x}; return d.get('k', y) * y",
    "builtins.dict.items": "d = {'k': x, 'l': y}; return sum([v * len(k) for k, v in d.items()])",
    "builtins.dict.update": "d = {'k': x}; d.update({'k': x * x, 'l': y}); return d['k'] * d['l']",
    "builtins.enumerate": "return sum([k * v * v for k, v in enumerate(x)])",
    "builtins.filter": "return sum([v * v for v in filter(lambda u: u > 1, x)])",
    "builtins.iter": "v = 1.0\ni = iter([s, r, s])\nfor u in i: v = v * u\nreturn v",
    "builtins.next": "i = iter([s, r]); return next(i) ** 2",
    "builtins.map": "return sum(list(map(lambda u: u * u, [s, r])))",
    "builtins.reversed": "return sum([k * v for k, v in enumerate(reversed([s, r]))])",
    "builtins.slice": "return x[slice(0, 2)] * s",
    "builtins.sorted": "v = sorted([s * s, r]); return v[0] * 2.0 + v[1]",
    "builtins.zip": "return sum([u * v for u, v in zip(x, y)])",
    "builtins.list.__add__": "v = [s] + [r, s * r]; return v[0] * v[1] + v[2]",
    "builtins.list.__mul__": "v = [s, r] * 2; return v[2] * v[3]",
    "builtins.list.__setitem__": "v = [s, r]; v[0] = v[0] * v[1]; return v[0] * v[1]",
    "builtins.list.append": "v = [s]; v.append(r * s); return v[0] * v[1]",
    "builtins.list.extend": "v = [s]; v.extend([r, s]); return v[0] * v[1] * v[2]",
    "builtins.list.insert": "v = [s]; v.insert(0, r * r); return v[0] * v[1]",
    "builtins.list.pop": "v = [s, r]; u = v.pop(); return u * v[0]",
    "builtins.list.reverse": "v = [s, r]; v.reverse(); return v[0] * 2.0 + v[1]",
    "builtins.list.sort": "v = [s, r * r]; v.sort(); return v[0] * 2.0 + v[1]",
    "functools.reduce": "return functools.reduce(lambda u, v: u * v, [s, r, s])",
    "itertools.accumulate": "return sum(list(itertools.accumulate([s, r, s * r])))",
    "numpy.bmat": "return np.asarray(np.bmat([[a, b], [b, a]]))",
    "numpy.c_": "return np.c_[x, x * y]",
    "numpy.r_": "return np.r_[x, s, y]",
    "numpy.fromfunction": "return np.fromfunction(lambda i, j: s * i + r * j, (2, 3))",
    "numpy.ndenumerate": "v = 0.0\nfor k, u in np.ndenumerate(a): v = v + k[0] * u * u\nreturn v",
    "numpy.ndindex": "v = 0.0\nfor k in np.ndindex(2, 2): v = v + a[k] * k[1]\nreturn v",
    "numpy.vectorize": "return np.vectorize(lambda u: u * u)(x)",
    "numpy.frompyfunc": "return np.frompyfunc(lambda u, v: u * v + u, 2, 1)(x, y).astype(float)",
    "operator.abs": "return operator.abs(x - 1.0)",
    "operator.delitem": "v = [s, r]; del v[0]; return v[0] * s",
    "operator.getitem": "return operator.getitem(x, 1) * x",
    "scipy.integrate.odeint": "return integrate.odeint(lambda u, v, k: -k * u, x, T_3, args=(r,), rtol=1e-11, atol=1e-12)",
    "numpy.gradient": "return np.gradient(x, s)",
    "numpy.histogram": "return np.histogram(PLACES[:, 0], 2, weights=w)[0]",
    "numpy.linalg.multi_dot": "return np.linalg.multi_dot([a, b, a])",
    "numpy.poly1d": "return np.poly1d(x)(s)",
    "operator.iadd": "u = x.copy(); u = operator.iadd(u, y); return u * y",
    "scipy.sparse.linalg.LinearOperator": "return scipy.sparse.linalg.LinearOperator((2, 2), matvec=lambda u: a @ u) @ x[:2]",
    "numpy.add.reduceat": "return np.add.reduceat(x, [0, 2])",
    "numpy.apply_along_axis": "return np.apply_along_axis(lambda u: u * u[0], 1, a)",
    "numpy.apply_over_axes": "return np.apply_over_axes(np.sum, a * a, [0, 1])",
    "numpy.corrcoef": "return np.corrcoef(x, y)",
    "numpy.cov": "return np.cov(x, y)",
    "numpy.cumulative_prod": "return np.cumulative_prod(x)",
    "numpy.cumulative_sum": "return np.cumulative_sum(x * x)",
    "numpy.trim_zeros": "return np.trim_zeros(x * y)",
    "numpy.ediff1d": "return np.ediff1d(x * y)",
    "numpy.geomspace": "return np.geomspace(s, r + 2.0, 4)",
    "numpy.histogram2d": "return np.histogram2d(PLACES[:, 0], PLACES[:, 1], 2, weights=w)[0]",
    "numpy.histogramdd": "return np.histogramdd(PLACES, 2, weights=w, density=True)[0]",
    "numpy.kaiser": "return np.kaiser(5, s)",
    "numpy.linalg.cond": "return np.linalg.cond(a)",
    "numpy.linalg.lstsq": "return np.linalg.lstsq(a, x[:2], rcond=None)[0]",
    "numpy.real_if_close": "return np.real_if_close(x) * s + np.real_if_close(x + 0j) * np.abs(np.real_if_close(z))",
    "numpy.linalg.matrix_norm": "return np.linalg.matrix_norm(a)",
    "numpy.linalg.matrix_power": "return np.linalg.matrix_power(a, 3)",
    "numpy.linalg.tensorinv": "return np.linalg.tensorinv(a, ind=1)",
    "numpy.linalg.tensorsolve": "return np.linalg.tensorsolve(a, x[:2])",
    "numpy.linalg.vector_norm": "return np.linalg.vector_norm(x)",
    "numpy.logaddexp.reduce": "return np.logaddexp.reduce(x)",
    "numpy.logical_and.reduce": "return np.logical_and.reduce(x > 0) * x",
    "numpy.logspace": "return np.logspace(s, r, 3)",
    "numpy.maximum.accumulate": "return np.maximum.accumulate(y)",
    "numpy.minimum.accumulate": "return np.minimum.accumulate(y)",
    "numpy.poly": "return np.poly(x)",
    "numpy.polyadd": "return np.polyadd(x, y[:2])",
    "numpy.polyder": "return np.polyder(x)",
    "numpy.polydiv": "return np.polydiv(x, y[:2])",
    "numpy.polyfit": "return np.polyfit(x, y, 1)",
    "numpy.polyint": "return np.polyint(x)",
    "numpy.polymul": "return np.polymul(x, y)",
    "numpy.polysub": "return np.polysub(x, y)",
    "numpy.polyval": "return np.polyval(x, s)",
    "numpy.roots": "return np.roots(np.array([1.0, -5.0, 2.0]) * x).real",
    "numpy.vander": "return np.vander(x)",
    "scipy.interpolate.RegularGridInterpolator": "return interpolate.RegularGridInterpolator((np.arange(2.0), np.arange(2.0)), a)(PLACES * r)",
    "scipy.linalg.fiedler_companion": "return linalg.fiedler_companion(w)",
    "scipy.ndimage.map_coordinates": "return ndimage.map_coordinates(a, PLACES.T * r, order=1)",
    "scipy.signal.csd": "return signal.csd(t, t * t, 2.0, nperseg=8)[1]",
    "scipy.signal.welch": "return signal.welch(t, 2.0, nperseg=8)[1]",
    "scipy.signal.stft": "return signal.stft(t, nperseg=8)[2]",
    "scipy.signal.istft": "return signal.istft(signal.stft(t, nperseg=8)[2] ** 2, nperseg=8)[1]",
    "scipy.stats.gaussian_kde": "return stats.gaussian_kde(t)(x * s)",
    "numpy.mgrid": "return np.mgrid[0:3] * x",
    "numpy.ogrid": "return np.ogrid[0:2, 0:2][0] * a",
    "numpy.piecewise": "return np.piecewise(x, [x < 1, x >= 1], [lambda u: u * u, lambda u: 3.0 * u])",
    "numpy.s_": "return x[np.s_[:2]] * s",
    "numpy.ufunc.accumulate": "return np.add.accumulate(x * x)",
    "numpy.ufunc.outer": "return np.multiply.outer(x, y)",
    "numpy.ufunc.reduce": "return np.multiply.reduce(x)",
    "numpy.ufunc.reduceat": "return np.multiply.reduceat(x, [0, 1])",
    "numpy.ndarray.__abs__": "return abs(x - 1.0)",
    "numpy.ndarray.__array__": "return np.asarray(x) * x",
    "numpy.ndarray.__bool__": "return x * s if (x[0] > 0) else y",
    "numpy.ndarray.__contains__": "return x * (9.0 in x)",
    "numpy.ndarray.__copy__": "import copy; return copy.copy(x) * x",
    "numpy.ndarray.__deepcopy__": "import copy; return copy.deepcopy(x) * x",
    "numpy.ndarray.__imatmul__": "c = a.copy(); c @= b; return c",
    "numpy.ndarray.__index__": "return x[np.argmax(y)] * s",
    "numpy.ndarray.__invert__": "return np.where(~(x > 1), x * x, y)",
    "numpy.ndarray.__ipow__": "c = x.copy(); c **= 3; return c",
    "numpy.ndarray.__iter__": "v = 0.0\nfor row in a: v = v + row * row\nreturn v",
    "numpy.ndarray.__itruediv__": "c = x.copy(); c /= y; return c",
    "numpy.ndarray.__len__": "return x * len(x)",
    "numpy.ndarray.__lt__": "return np.where(x < y, x * x, y)",
    "numpy.ndarray.__matmul__": "return a @ b",
    "numpy.ndarray.__neg__": "return -x * x",
    "numpy.ndarray.__rmatmul__": "return [1.0, 2.0] @ a",
    "numpy.ndarray.__rmod__": "return 5.0 % x",
    "numpy.ndarray.__rpow__": "return 2.0**x",
    "numpy.ndarray.__rsub__": "return 2.0 - x * x",
    "numpy.ndarray.__rtruediv__": "return 2.0 / x",
    "numpy.ndarray.__divmod__": "return divmod(x, y)",
    "numpy.ndarray.__int__": "return x * int(x[2])",
    "numpy.ndarray.__pos__": "return +x * x",
    "numpy.ndarray.__rfloordiv__": "return (5.0 // x) * x",
}
MEMBERS = {
    "T": "a.T * b",
    "astype": "x.astype(complex) * z",
    "choose": "np.array([0, 1, 0]).choose([x, y])",
    "clip": "x.clip(0.8, 2.0)",
    "cumsum": "x.cumsum()",
    "flatten": "a.flatten()",
    "max": "y.max()",
    "mean": "y.mean()",
    "min": "y.min()",
    "prod": "y.prod()",
    "ravel": "a.ravel() * 2.0",
    "repeat": "x.repeat(2)",
    "reshape": "a.reshape(4)",
    "squeeze": "a[:, :1].squeeze()",
    "std": "y.std()",
    "sum": "a.sum(axis=0)",
    "swapaxes": "a.swapaxes(0, 1) * b",
    "trace": "a.trace()",
    "var": "y.var()",
    "compress": "x.compress([True, False, True])",
    "conj": "z.conj()",
    "conjugate": "z.conjugate()",
    "copy": "x.copy() * x",
    "cumprod": "x.cumprod()",
    "diagonal": "a.diagonal() * s",
    "dot": "a.dot(b)",
    "imag": "z.imag",
    "mT": "a.mT * b",
    "real": "z.real",
    "take": "x.take([0, 0, 2])",
    "transpose": "a.transpose() * b",
    "view": "x.view() * x",
}
PROGRAMS.update({f"numpy.ndarray.{name}": f"return {text}" for name, text in MEMBERS.items()})
REVERSE_ONLY = ("scipy.integrate.odeint",)
SPACE = {
    "np": np,
    "T_3": np.array([0.0, 0.3, 0.9]),
    "PLACES": PLACES,
    "functools": functools,
    "itertools": itertools,
    "operator": operator,
    "scipy": scipy,
}
SPACE.update({m.__name__.rpartition(".")[2]: m for m in (integrate, interpolate, linalg, ndimage, signal, stats)})


def kind_of(name):
    """How a name has its derivatives: ``rule``, ``program`` (it is read, defined, or a member), or what coverage says."""
    status = coverage_of(name).status
    if status != "differentiable":
        return status
    found = (
        None if name in READ or name.startswith("numpy.ndarray.") else TABLE.by_key.get(name) or lookup(_object(name))
    )
    return "rule" if found is not None else "program"


def rules_of():
    return {name: TABLE.by_key.get(name) or lookup(_object(name)) for name in NAMES if kind_of(name) == "rule"}


def test_no_name_is_missing():
    assert len(NAMES) == 744 and {kind_of(n) for n in NAMES} == {"rule", "program", "zero", "inert"}
    assert {n for n in NAMES if kind_of(n) == "program"} == set(PROGRAMS)


def test_rules_of_names_are_cases_of_the_tests_in_both_modes():
    """Elementwise rules are tested because they are in the table; structural ones are cases."""
    cases = {c.rule.name for c in CASES} | {key for key, _ in STRUCTURAL}
    for module in ("linalg", "signal", "stats", "special", "sums", "objects"):
        home = importlib.import_module(f"tests.rules.test_scipy_{module}")
        given = [p.values[0] if hasattr(p, "values") else p[0] for p in getattr(home, "CASES", ())]
        cases |= {rule.name for f in given if (rule := lookup(f)) is not None}
    text = "".join(p.read_text(encoding="utf-8") for p in Path(__file__).parent.glob("test_*.py"))
    lacking = [n for n, r in rules_of().items() if r.kind == "structural" and r.name not in cases]
    assert not [n for n in lacking if rules_of()[n].name.rpartition(".")[2] not in text], lacking


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name):
    lines = PROGRAMS[name].split("\n") if "\n" in PROGRAMS[name] else PROGRAMS[name].split("; ")
    body = "".join(f"    {line}\n" for line in lines)
    named = {n.id for n in ast.walk(ast.parse(f"def f():\n{body}")) if isinstance(n, ast.Name)}
    values = {k: v for k, v in VALUES.items() if k in named}
    assert outcome_of(f"def f({', '.join(values)}):\n{body}", values, SPACE) in (
        "right",
        "refused" if name in REVERSE_ONLY else "right",
    )
