"""The elementwise part of the table, checked because it is in the table."""

import ast
import dataclasses
import inspect
import math
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from adjoint_compiler.rules import TABLE, lookup, lookup_key
from adjoint_compiler.rules.complex_parts import angle_in_radians
from adjoint_compiler.rules.expressions import evaluate, parse
from adjoint_compiler.rules.operators import whole_power
from adjoint_compiler.runtime import real_polygamma
from tests.rules.cases import NO_UFUNC_RULE, STRUCTURAL, WRONG
from tests.rules.checker import (
    STEPS,
    agrees,
    call,
    contribution,
    defaults,
    sample,
    takes_arrays,
    tangent,
    worst_gap,
)

ELEMENTWISE = [
    k for k, r in TABLE.by_key.items() if r.kind == "elementwise" and "scipy" not in k and k not in TABLE.stated
]


@pytest.mark.parametrize("key", ELEMENTWISE)
def test_partials_match_differences(key):
    rule = lookup_key(key)
    shape = (5,) if takes_arrays(rule) else ()
    coarse = np.finfo(np.float16).eps if key.endswith("float16") else 1e-7
    for seed in range(3):
        assert agrees(worst_gap(rule, sample(rule, seed, shape)), max(1e-7, coarse))


@pytest.mark.parametrize(
    "key", [k for k in ELEMENTWISE if takes_arrays(lookup_key(k)) and len(lookup_key(k).pullbacks) > 1]
)
def test_broadcasting(key):
    rule = lookup_key(key)
    assert agrees(worst_gap(rule, sample(rule, 0, ((4, 3), (3,)))))
    assert agrees(worst_gap(rule, sample(rule, 1, ((1, 3), (4, 1)))))


def accepts_complex(key):
    rule = lookup_key(key)
    try:
        return bool(np.all(np.isfinite(call(rule, sample(rule, 0, (2,) * takes_arrays(rule), imaginary=1.0)))))
    except (TypeError, ValueError):
        return False


CASTS = [k for k in ELEMENTWISE if re.fullmatch(r"numpy\.(c?longdouble|(float|complex)\d+)|builtins\.float", k)]
HOLOMORPHIC = [k for k in ELEMENTWISE if k not in CASTS and accepts_complex(k)]


def test_no_complex_function_is_left_out():
    assert len(HOLOMORPHIC) >= 60
    assert {"numpy.sin", "numpy.sqrt", "operator.pow", "cmath.acosh", "builtins.pow", "numpy.sinc"} <= set(HOLOMORPHIC)


@pytest.mark.parametrize("key", HOLOMORPHIC)
def test_complex_partials_match_differences(key):
    rule = lookup_key(key)
    for seed in range(3):
        assert agrees(worst_gap(rule, sample(rule, seed, (4,) * takes_arrays(rule), imaginary=1.0)))


@pytest.mark.parametrize("key", [k for k in ELEMENTWISE if takes_arrays(lookup_key(k)) and k not in CASTS])
def test_float32_is_kept(key):
    rule = lookup_key(key)
    values = sample(rule, 0, (3,), np.float32)
    y = call(rule, values)
    if y.dtype != np.float32:
        assert key == "numpy.float_power"
        return
    g = np.ones(3, np.float32)
    for param in rule.pullbacks:
        assert contribution(rule, param, values, y, g).dtype == np.float32, param


# -- the second order, by the table itself -------------------------------------------------------------------


@pytest.mark.parametrize("key", [k for k in ELEMENTWISE if k not in CASTS])
def test_second_order(key):
    rule = lookup_key(key)
    values = {p: v[()] if isinstance(v, np.ndarray) else v for p, v in sample(rule, 3).items()}
    values = {**defaults(rule), **values}

    def partials(moved_values):
        y = call(rule, moved_values)
        return {p: np.real(evaluate(e, rule, {**moved_values, "y": y})) for p, e in rule.pullbacks.items()}

    if np.iscomplexobj(call(rule, values)):
        pytest.skip("complex results of real operands: the real second order says nothing")
    first = partials(values)
    for p, expression in rule.pullbacks.items():
        for q in rule.pullbacks:
            env = {**values, "y": call(rule, values)}
            found = tangent(parse(expression), rule, env, {q: 1.0, "y": first[q]})[1]
            wanted = [
                (partials({**values, q: values[q] + h})[p] - partials({**values, q: values[q] - h})[p]) / (2 * h)
                for h in STEPS
            ]
            assert agrees(min(abs(w - found) / (1 + abs(found)) for w in wanted)), (p, q)


# -- pullbacks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", STRUCTURAL, ids=lambda c: f"{c[0]}-{len(str(c[1]))}")
def test_pullbacks_match_differences(case):
    key, values = case
    assert agrees(worst_gap(lookup_key(key), values))


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_wrong_rules_are_caught(number):
    key, changed, values = WRONG[number]
    rule = lookup_key(key)
    values = sample(rule, 0, (5,) * takes_arrays(rule)) if values is None else values
    assert agrees(worst_gap(rule, values))
    wrong = dataclasses.replace(rule, pullbacks={**rule.pullbacks, **changed})
    assert worst_gap(wrong, values) > 1e-3


def test_there_are_nine_wrong_rules():
    assert len(WRONG) == 9


# -- the edges of docs/kinks.md ------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[2] / "docs" / "kinks.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([^`]+)` \| `([^`]+)` \| `([^`]+)` \|", PAGE, re.M)


def test_the_page_has_rows():
    assert len(ROWS) >= 60


@pytest.mark.parametrize(("text", "g", "adjoints"), ROWS, ids=[f"{r[0]} {r[1]}" for r in ROWS])
def test_edges(text, g, adjoints):
    import cmath  # noqa: F401  (the page calls its functions)

    from scipy import special

    if "min=" in text and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        pytest.skip("these keywords came with NumPy 2.1")
    names = {
        "np": np,
        "math": math,
        "cmath": cmath,
        "special": special,
        "inf": math.inf,
        "nan": math.nan,
        "__builtins__": __builtins__,
    }
    node = ast.parse(text, mode="eval").body
    if isinstance(node, ast.BinOp):
        rule = lookup_key({ast.Pow: "operator.pow", ast.Mod: "operator.mod"}[type(node.op)])
        nodes, keywords = [node.left, node.right], {}
    else:
        rule = lookup(eval(ast.unparse(node.func), names))  # noqa: S307
        nodes, keywords = node.args, {k.arg: eval(ast.unparse(k.value), names) for k in node.keywords}  # noqa: S307
    args = [eval(ast.unparse(n), names) for n in nodes]  # noqa: S307
    starred = rule.params[0].startswith("*")
    given = {rule.params[0][1:]: args} if starred else dict(zip(rule.params, args, strict=False))
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        y = call(rule, {**given, **keywords})
        values = {**given, **keywords}
        bar = eval(g, names)  # noqa: S307
        order = (
            [(rule.params[0][1:], k) for k in range(len(args))] if starred else [(p, None) for p in (*given, *keywords)]
        )
        inert = {p for p in values if values[p] is None or rule.pullbacks.get(p, "not_diff").startswith("not_diff")}
        found = [None if p in inert else contribution(rule, p, values, y, bar, k) for p, k in order]
    wanted = eval(f"({adjoints},)", names)  # noqa: S307
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        assert (a is None) == (b is None)
        if b is not None:
            np.testing.assert_allclose(np.asarray(a), b, rtol=1e-12, atol=1e-300, equal_nan=True)


# -- the table as a whole ------------------------------------------------------------------------------------


def test_every_ufunc_has_a_rule():
    ufuncs = {f.__name__: f for f in vars(np).values() if isinstance(f, np.ufunc)}
    without = {name for name, f in ufuncs.items() if lookup(f) is None}
    assert without <= set(NO_UFUNC_RULE)
    assert len(ufuncs) >= 88  # so many has NumPy 2.0


@pytest.mark.parametrize("module", ["math", "cmath"])
def test_every_scalar_function_has_a_rule(module):
    functions = {n: f for n, f in vars(__import__(module)).items() if callable(f) and not n.startswith("_")}
    assert not {n for n, f in functions.items() if lookup(f) is None}


def test_parameters_are_those_of_the_functions():
    """Optional parameters are passed by name, so the names must be the function's own."""
    wrong = []
    for key, rule in TABLE.by_key.items():
        try:
            own = inspect.signature(rule.function).parameters
        except (TypeError, ValueError):
            continue
        open_ended = any(p.kind is p.VAR_KEYWORD for p in own.values())
        wrong += [f"{key}: {p}" for p in rule.defaults if not open_ended and p not in own]
    assert not wrong


def test_literal_exponents_read_as_one_writes_them():
    from adjoint_compiler.ir.nodes import Const

    rule = lookup_key("operator.pow")
    for n in (1, 2, 3, 2.0, 7):
        plain = whole_power({}, {"z": Const(n)})["x"]
        x = np.array([-1.5, 0.0, 2.0])
        np.testing.assert_allclose(
            np.broadcast_to(evaluate(plain, rule, {"x": x}), 3),
            evaluate(rule.pullbacks["x"], rule, {"x": x, "z": n}),
        )
    assert all(whole_power({}, {"z": Const(n)}) is None for n in (0, -1, 0.5, True, "2", math.inf, math.nan))
    assert angle_in_radians({}, {}) and angle_in_radians({}, {"deg": Const(True)}) is None


def test_polygamma_agrees_with_scipy():
    special = pytest.importorskip("scipy.special")
    for x in (1e-3, 0.4, 1.0, 2.5, 13.0, 170.5, 1e6, 1e300):
        for n in range(4):
            np.testing.assert_allclose(real_polygamma(n, x), special.polygamma(n, x), rtol=1e-13)
    for x in (-0.5, -1.3, -7.75, -100.2):
        np.testing.assert_allclose(real_polygamma(0, x), special.digamma(x), rtol=1e-11)
    assert math.isnan(real_polygamma(0, -2.0)) and math.isnan(real_polygamma(0, -math.inf))
