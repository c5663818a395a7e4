"""Every structural rule against central differences, and the helpers that pullbacks call, as they call them.

A case is a call. From it: the pullbacks, general and chosen, pair with differences; parameters without a
pullback have derivative zero; what a rule says that it does not read may be anything; linear means linear;
shapes and float32 are kept; adjoints may have a leading axis of directions. Each function that a pullback
calls is then a case itself, with the arguments it was called with, and so on: higher derivatives are right.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adjoint_compiler import runtime
from adjoint_compiler.ir.nodes import Const, Name, Pack
from adjoint_compiler.ir.types import MAYBE_COMPLEX, type_of
from adjoint_compiler.rules import TABLE, lookup, table
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.methods import ATTRIBUTES, METHODS
from adjoint_compiler.rules.rule import Rule
from tests.rules.structural import CASES, Case, samples
from tests.rules.structural.checks import (
    EPS,
    bound,
    changes_result,
    check,
    chosen,
    contribution,
    direction,
    explore,
    inexact,
    is_open,
    operand,
    pairing,
    run,
    same,
)
from tests.rules.structural.samples import C, D, H, R, S

for _file in sorted((Path(__file__).parent / "structural").glob("*.py")):
    importlib.import_module(f"tests.rules.structural.{_file.stem}")

SEEN: set[str] = set()


@pytest.fixture(autouse=True)
def own_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test draws the same numbers, whichever ran before it."""
    monkeypatch.setattr(samples, "rng", np.random.default_rng(7))


@pytest.mark.parametrize("c", CASES, ids=[c.name for c in CASES])
def test_case(c: Case) -> None:
    with np.errstate(all="ignore"):
        explore(c.rule, c.args, c.kwargs, SEEN)


# -- what the table promises beyond single calls -------------------------------------------------------------

# Rules whose general pullback takes no adjoint with a leading axis: an axis that they name, or None, would be
# the adjoint's own.
NO_DIRECTIONS = {
    "adjoint_compiler.runtime.broadcasting.unbroadcast", "adjoint_compiler.runtime.broadcasting.unbroadcast_product",
    "adjoint_compiler.runtime.broadcasting.stretched",
    "adjoint_compiler.runtime.indexing.interp_steps_adjoint", "adjoint_compiler.runtime.linalg.cholesky_adjoint", "attribute.T", "method.item", "numpy.arange",
    "numpy.ascontiguousarray", "numpy.asfortranarray", "numpy.atleast_1d", "numpy.atleast_2d",
    "numpy.atleast_3d", "numpy.average", "numpy.broadcast_to", "numpy.choose", "numpy.cumprod", "numpy.expand_dims",
    "numpy.extract", "numpy.flip", "numpy.fliplr", "numpy.flipud", "numpy.full", "numpy.full_like",
    "numpy.linalg.solve", "numpy.linalg.vecdot", "numpy.linspace", "numpy.moveaxis",
    "numpy.outer", "numpy.percentile", "numpy.quantile", "numpy.roll",
    "numpy.rot90", "numpy.select", "numpy.squeeze", "numpy.swapaxes", "numpy.trapezoid", "numpy.tril", "numpy.triu", "numpy.vdot",
    "numpy.vecdot", "numpy.bincount", "numpy.prod", "numpy.matvec", "numpy.vecmat", "numpy.convolve", "numpy.correlate", "numpy.nancumprod",
    "numpy.nanquantile",
    "numpy.nanpercentile",
}  # fmt: skip


def test_adjoints_with_a_leading_axis() -> None:
    """The general pullbacks take two adjoints at once, but for the rules listed."""
    without = {c.rule.name for c in CASES if not takes_directions(c)}
    assert {
        name
        for name in without
        if not name.startswith(("numpy.fft.", "numpy.polynomial.", "adjoint_compiler.runtime.polynomials."))
    } == NO_DIRECTIONS


def takes_directions(c: Case) -> bool:
    env, given = bound(c.rule, c.args, c.kwargs), set(bound(c.rule, c.args, c.kwargs, defaults=False))
    y = run(c.rule, env, given)
    if c.rule.kind == "elementwise" or isinstance(y, (list, tuple)) or changes_result(c.kwargs):
        return True

    def received(param: str, g: Any) -> Any:
        return contribution(c.rule, c.rule.pullbacks, param, {**env, "y": y, "g": g})

    one, two = direction(y, 1), direction(y, 2)
    for param in c.rule.pullbacks:
        if (
            isinstance(env.get(param), (np.ndarray, float))
            and inexact(env[param])
            and not is_open(c.rule.pullbacks[param])
        ):
            with np.errstate(all="ignore"):
                try:
                    both = received(param, np.stack([one, two]))
                except (ValueError, TypeError, IndexError, AttributeError):
                    return False
                if np.ndim(both) == 0 or not same(list(both), [received(param, one), received(param, two)]):
                    return False
    return True


def test_result_types() -> None:
    """What a rule says of its result's type is the type of the result."""
    for c in CASES:
        given = bound(c.rule, c.args, c.kwargs, defaults=False)
        if c.rule.result is None:
            continue
        types = {p: type_of(v) for p, v in given.items()}
        said = c.rule.result(types, {p: operand(v, p) for p, v in given.items()})
        with np.errstate(all="ignore"):
            found = type_of(run(c.rule, bound(c.rule, c.args, c.kwargs), set(given)))
        if said is not None and any(t == MAYBE_COMPLEX for t in (said, *said.items)):
            continue
        if said is not None and not (said.kind == found.kind == "list" and len(said.items) == 1):
            if said.kind == "array" and said.ndim is None:
                found = dataclasses.replace(found, ndim=None)
            assert said == found, f"{c.name}: {said}, not {found}"


def test_every_rule_is_a_case() -> None:
    """The structural rules of these modules are cases; helpers are called by one."""
    modules = ("constructors", "contractions", "indexing", "linalg", "moving", "reductions", "shaping")
    source = "".join((Path(table.__file__).parent / f"{m}.py").read_text() for m in modules)
    helpers = tuple(f"adjoint_compiler.runtime.{m}." for m in (
        "broadcasting", "contractions", "indexing", "linalg", "moving", "reductions", "shaping"))  # fmt: skip
    covered: set[str] = set()
    with np.errstate(all="ignore"):
        for c in CASES:
            reach(c.rule, c.args, c.kwargs, covered)
    for rule in TABLE.by_key.values():
        methods = {key for key, _ in METHODS.values() if key.startswith("method.")}
        own = rule.name.startswith(helpers) or rule.name in methods
        own = (
            own
            or rule.name.startswith("numpy.")
            and re.search(rf"\bnp\.{rule.name.removeprefix('numpy.')}\b", source) is not None
        )
        if own and rule.kind == "structural":
            assert (
                rule.name in covered or rule.name.endswith(".valued") or all(map(is_open, rule.pullbacks.values()))
            ), rule.name


def reach(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], covered: set[str]) -> None:
    """Note the rules that a case comes to, by its pullbacks and by theirs."""
    new = rule.name not in covered or rule.name.startswith("numpy.")
    covered.add(rule.name)
    if not new:
        return
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    y = run(rule, env, given)
    calls: list[Any] = []
    for param in given & rule.pullbacks.keys():
        if inexact(env[param]) and rule.kind == "structural" and not changes_result(kwargs):
            if not is_open(rule.pullbacks[param]):
                contribution(rule, rule.pullbacks, param, {**env, "g": direction(y), "y": y}, calls)
    for function, inner_args, inner_kwargs in calls:
        callee = lookup(function)
        if callee is not None and callee.name not in covered:
            reach(callee, inner_args, inner_kwargs, covered)


@pytest.mark.parametrize("c", CASES, ids=[c.name for c in CASES])
def test_pullbacks_have_derivatives(c: Case) -> None:
    """No chosen pullback ends at what is not implemented, three orders on."""
    with np.errstate(all="ignore"):
        assert not ends(c.rule, c.args, c.kwargs, 3)


def ends(rule: Rule, args: tuple[Any, ...], kwargs: dict[str, Any], depth: int) -> bool:
    env, given = bound(rule, args, kwargs), set(bound(rule, args, kwargs, defaults=False))
    y = run(rule, env, given)
    calls: list[Any] = []
    pullbacks = chosen(rule, args, kwargs)
    for param in rule.pullbacks:
        # of real numbers some have none
        if param in pullbacks and param in given and inexact(env[param]) and rule.kind == "structural":
            if is_open(pullbacks[param]):
                if isinstance(env[param], float):
                    continue  # an order, or a number of degrees of freedom, that is written out
                return True
            contribution(rule, pullbacks, param, {**env, "g": direction(y), "y": y}, calls)
    inner = [(lookup(f), a, k) for f, a, k in calls]
    return depth > 0 and any(ends(r, a, k, depth - 1) for r, a, k in inner if r and any(map(inexact, a)))


# -- deliberately wrong rules are noticed --------------------------------------------------------------------

WRONG: list[tuple[Any, tuple[Any, ...], dict[str, Any], dict[str, str]]] = [
    (np.sum, (R(3, 4),), {"axis": 0}, {"a": "2 * spread(g, a, axis)"}),
    (np.sum, (R(3, 4),), {"axis": 0}, {"a": "g"}),
    (np.mean, (R(3, 4),), {"axis": 0}, {"a": "spread(g / 4, a, axis)"}),
    (np.max, (R(3, 4),), {"axis": 1}, {"a": "spread(g, a, axis)"}),
    (np.matmul, (R(3, 3), R(3, 3)), {}, {"x": "g @ z", "z": "x.T @ g"}),
    (np.matmul, (C(2, 3), C(3, 4)), {}, {"x": "g @ z.T", "z": "conj(x).T @ g"}),
    (np.matmul, (C(2, 3), C(3, 4)), {}, {"x": "g @ conj(z).T"}),
    (np.concatenate, ([R(3), R(3)],), {}, {"arrays": "concatenate_adjoint(g, arrays, axis)[::-1]"}),
    (np.sort, (np.array([3.0, 1.0, 2.0]),), {}, {"a": "sort_as(g, a, axis)"}),
    (np.linalg.solve, (S(3, 3), R(3)), {}, {"a": "-outer(g, y)", "b": "linalg.solve(a, g)"}),
    (np.linalg.inv, (S(3, 3),), {}, {"a": "y.T @ g @ y.T"}),
    (np.einsum, ("ij,jk->ik", R(3, 3), R(3, 3)), {},
     {"operands": "einsum_adjoint(g, subscripts, operands, 1 - k)"}),
    (np.linalg.norm, (R(4),), {}, {"x": "g * x"}),
    (np.std, (R(4),), {}, {"a": "g * (a - mean(a)) / (a.size * y * y)"}),
    (np.roll, (R(4), 1), {}, {"a": "roll(g, shift, axis)"}),
    (np.transpose, (R(2, 2, 2), (1, 2, 0)), {}, {"a": "transpose(g, axes)"}),
    (np.linalg.cholesky, (D(3, 3),), {}, {"a": "tril(g)"}),
]  # fmt: skip


@pytest.mark.parametrize("function, args, kwargs, wrong", WRONG, ids=[w[0].__name__ for w in WRONG])
def test_wrong_pullbacks_are_noticed(
    function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], wrong: dict[str, str]
) -> None:
    rule = lookup(function)
    assert rule is not None
    bad = dataclasses.replace(rule, pullbacks=wrong, cases=(), specialise=None)
    with pytest.raises(AssertionError):
        check(bad, args, kwargs)


def test_wrong_declarations_are_noticed() -> None:
    for function, args, change in (
        (runtime.cumsum_adjoint, (R(3), R(3)), {"shape_only": frozenset({"g_"})}),
        (np.prod, (R(3),), {"linear": frozenset({"a"})}),
        (np.take, (R(3), [0, 1]), {"pullbacks": {}}),
    ):
        rule = lookup(function)
        assert rule is not None
        with pytest.raises(AssertionError):
            check(dataclasses.replace(rule, **change), args, {})  # type: ignore[arg-type]


# -- what the chosen pullbacks look like ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "function, args, kwargs, expected",
    [
        (np.sum, (R(3),), {}, {"a": "spread(g, a)"}),
        (np.sum, (R(3, 4),), {"axis": 0}, {"a": "spread(g, a, axis)"}),
        (np.mean, (R(3),), {}, {"a": "spread(g / count(a), a)"}),
        (np.matmul, (R(2, 3), R(3)), {}, {"x": "outer(g, conj(z))", "z": "conj(x).T @ g"}),
        (np.reshape, (R(3, 4), (12,)), {}, {"a": "reshape(g, a.shape)"}),
        (np.transpose, (R(3, 4),), {}, {"a": "g.T"}),
        (np.transpose, (R(2, 3, 4), (1, 2, 0)), {}, {"a": "transpose(g, (2, 0, 1))"}),
        (np.roll, (R(4), 1), {}, {"a": "roll(g, -shift)"}),
        (np.linalg.norm, (R(4),), {}, {"x": "divide_or_zero(g, y) * x"}),
        (np.linalg.solve, (S(3, 3), R(3)), {}, {
            "a": "-outer(linalg.solve(conj(a).T, g), conj(y))", "b": "linalg.solve(conj(a).T, g)"}),
        (np.array, (R(3),), {}, {"a": "g"}),
        (np.linspace, (0.0, 1.0, 5), {}, {
            "start": "(1 - linspace(0.0, 1.0, num)) @ g", "stop": "linspace(0.0, 1.0, num) @ g"}),
    ],
)  # fmt: skip
def test_chosen_text(function: Any, args: tuple[Any, ...], kwargs: dict[str, Any], expected: dict[str, str]) -> None:
    rule = lookup(function)
    assert rule is not None
    assert {
        p: text for p, text in chosen(rule, args, kwargs).items() if p not in ("initial", "ord", "ddof")
    } == expected


def test_einsum_text() -> None:
    rule = lookup(np.einsum)
    assert rule is not None
    found = chosen(rule, ("ij,jk->ik", R(2, 3), R(3, 4)), {})
    assert found["operands[0]"] == "unbroadcast(einsum('ik,jk->ij', g, conj(operands[1])), operands[0])"


def test_refusals() -> None:
    for function, args, kwargs in (
        (np.pad, (R(3), 1, "linear_ramp"), {}),
        (np.linalg.qr, (R(3, 3), "complete"), {}),
        (np.einsum, (R(3), [0]), {}),
    ):
        rule = lookup(function)
        assert rule is not None
        with pytest.raises(RuleError):
            chosen(rule, args, kwargs)
    rule = lookup(np.array)
    assert rule is not None and rule.result is not None
    with pytest.raises(RuleError):
        rule.result({}, {"copy": Const(None)})


# -- edges ---------------------------------------------------------------------------------------------------


def pulled(function: Any, *args: Any, g: Any = 1.0, **kwargs: Any) -> Any:
    """The contribution to the first argument, by the chosen pullback; no warning may be given."""
    rule = lookup(function)
    assert rule is not None
    env = bound(rule, args, kwargs)
    y = run(rule, env, set(bound(rule, args, kwargs, defaults=False)))
    with np.errstate(all="raise"):
        return contribution(rule, chosen(rule, args, kwargs), rule.params[0], {**env, "g": g, "y": y})


def test_kinks() -> None:
    zero = np.zeros(3)
    for order in (None, 1, 2, 3, np.inf):
        assert np.array_equal(pulled(np.linalg.norm, zero, order), zero)
    assert np.array_equal(pulled(np.std, np.ones(3)), zero)
    assert np.array_equal(pulled(np.max, np.array([1.0, 3.0, 3.0])), [0, 0.5, 0.5])
    assert np.array_equal(pulled(np.min, np.array([1.0, 1.0, 3.0]), g=4.0), [2, 2, 0])
    assert np.array_equal(pulled(np.ptp, np.array([1.0, 1.0, 3.0])), [-0.5, -0.5, 1])
    assert np.array_equal(pulled(np.max, np.array([1.0, np.nan])), [0, 1])
    assert np.array_equal(pulled(np.median, np.array([1.0, 2.0, 2.0, 5.0])), [0, 0.5, 0.5, 0])
    assert np.array_equal(pulled(np.sort, np.array([2.0, 1.0, 2.0]), g=np.array([1.0, 2.0, 3.0])), [2, 1, 3])
    assert np.array_equal(pulled(np.prod, np.array([0.0, 2.0, 3.0])), [6, 0, 0])
    assert np.array_equal(pulled(np.prod, np.array([0.0, 2.0, 0.0])), [0, 0, 0])


def test_singular_matrices() -> None:
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    assert np.allclose(pulled(np.linalg.det, singular), [[4, -2], [-2, 1]])
    rule = lookup(np.linalg.slogdet)
    assert rule is not None
    env = {"a": np.zeros((2, 2)), "g": [0.0, 1.0]}
    assert np.all(np.isinf(contribution(rule, chosen(rule, (env["a"],), {}), "a", env)))


def test_guard() -> None:
    g, inf = np.array([0.0, 1.0, 0.0]), np.array([np.inf, np.inf, 2.0])
    with np.errstate(all="ignore"):  # as the reverse sweep says around guards
        assert np.array_equal(runtime.guarded(g, g * inf), [0, np.inf, 0])
        assert np.array_equal(runtime.let_through(g, g * inf), [0, 1, 1])


# -- eigenvectors and singular vectors of complex matrices, through what has no phase ------------------------


def test_complex_eigenvectors() -> None:
    a, b = H(3), C(3, 3)

    def value(m: Any) -> float:
        w, v = np.linalg.eigh(m)
        return float(np.sum(np.conj(b) * ((v * np.sin(w)) @ v.conj().T)).real)

    w, v = np.linalg.eigh(a)
    g = [np.real(np.diag(v.conj().T @ b @ v)) * np.cos(w), (b + b.conj().T) @ v * np.sin(w)]
    rule = lookup(np.linalg.eigh)
    assert rule is not None
    c = contribution(rule, rule.pullbacks, "a", {"a": a, "UPLO": "L", "y": (w, v), "g": g})
    d = C(3, 3)
    assert pairing(c, d) == pytest.approx((value(a + EPS * d) - value(a - EPS * d)) / (2 * EPS), rel=1e-6)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4)])
def test_complex_singular_vectors(shape: tuple[int, int]) -> None:
    a, b = C(*shape), C(*shape)

    def value(m: Any) -> float:
        u, s, vh = np.linalg.svd(m, full_matrices=False)
        return float(np.sum(np.conj(b) * ((u * np.sin(s)) @ vh)).real)

    u, s, vh = np.linalg.svd(a, full_matrices=False)
    inner = np.conj(u).T @ b @ np.conj(vh).T
    g = [b @ np.conj(vh).T * np.sin(s), np.real(np.diag(inner)) * np.cos(s)]
    g.append(np.sin(s)[:, None] * (np.conj(u).T @ b))
    rule = lookup(np.linalg.svd)
    assert rule is not None
    c = contribution(rule, rule.pullbacks, "a", {"a": a, "y": (u, s, vh), "g": g})
    d = C(*shape)
    assert pairing(c, d) == pytest.approx((value(a + EPS * d) - value(a - EPS * d)) / (2 * EPS), rel=1e-6)


# -- methods -------------------------------------------------------------------------------------------------

X = Name("x")
TWO = Pack("tuple", (Const(2), Const(3)))


@pytest.mark.parametrize(
    "method, args, kwargs, key, positional, keywords",
    [
        ("sum", (Const(0),), {}, "numpy.sum", (X,), {"axis": Const(0)}),
        ("sum", (Const(0), Const(None), Const(None), Const(True)), {}, "numpy.sum", (X,),
         {"axis": Const(0), "dtype": Const(None), "keepdims": Const(True)}),
        ("max", (Const(0), Name("out")), {}, "numpy.max", (X,), {"axis": Const(0), "out": Name("out")}),
        ("reshape", (Const(2), Const(3)), {}, "numpy.reshape", (X, TWO), {}),
        ("reshape", (TWO,), {"order": Const("F")}, "numpy.reshape", (X, TWO), {"order": Const("F")}),
        ("transpose", (), {}, "numpy.transpose", (X,), {}),
        ("transpose", (Const(2), Const(3)), {}, "numpy.transpose", (X, TWO), {}),
        ("clip", (), {"max": Const(1.0)}, "numpy.clip", (X, Const(None), Const(1.0)), {}),
        ("dot", (Name("b"),), {}, "numpy.dot", (X, Name("b")), {}),
        ("take", (Name("i"),), {"axis": Const(1)}, "numpy.take", (X, Name("i")), {"axis": Const(1)}),
        ("astype", (Name("d"),), {}, "method.astype", (X, Name("d")), {}),
        ("item", (Const(2), Const(3)), {}, "method.item", (X, TWO), {}),
        ("flatten", (), {}, "method.flatten", (X,), {}),
        ("round", (Const(2),), {}, "numpy.round", (X,), {"decimals": Const(2)}),
    ],
)  # fmt: skip
def test_methods(method: str, args: Any, kwargs: Any, key: str, positional: Any, keywords: Any) -> None:
    found, adapt = METHODS[method]
    assert found == key and adapt is not None and adapt(X, args, kwargs) == (positional, keywords)


def test_methods_and_attributes_have_rules() -> None:
    assert {key for key, _ in METHODS.values()} | set(ATTRIBUTES.values()) <= TABLE.by_key.keys()
    assert all(hasattr(np.ndarray, name) for name in [*METHODS, *ATTRIBUTES])
