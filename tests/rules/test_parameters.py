"""Parameters without a derivative: each is discrete, or its derivative is zero, or it is refused; by name where a rule does not know it.

An active value in a parameter that a rule has, and states nothing of, would have a derivative of zero. So no result may change
continuously with one.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import linecache
import textwrap
import warnings

import numpy as np
import pytest

pytest.importorskip("scipy")

import scipy  # noqa: E402

import adjoint_compiler as ac  # noqa: E402
from adjoint_compiler import runtime  # noqa: E402
from adjoint_compiler.library import defined, definition_of  # noqa: E402
from adjoint_compiler.rules import TABLE  # noqa: E402
from tests.rules.all_cases import EVERY  # noqa: E402
from tests.rules.structural.checks import bound, flat, inexact, run  # noqa: E402


def candidates(v, first):
    """Real values that somebody may give a parameter whose value is ``v``, beside the array ``first``."""
    arrays = []
    if first is not None:
        arrays = [np.full(first.shape, 0.37), np.full(first.shape[-1:], 0.37), np.linspace(0.3, 0.7, first.shape[0])]
        if first.ndim == 2 and first.shape[0] == first.shape[1]:
            arrays.append(1.3 * np.eye(len(first)))
    if isinstance(v, (tuple, list)) and v and all(isinstance(i, (int, float)) for i in v):
        return [type(v)(float(i) for i in v), 0.37, *arrays]
    if isinstance(v, (bool, str, tuple, list, type(None))):
        return [0.37, *arrays]
    if isinstance(v, (int, float)):
        return [float(v), v + 0.37]
    return [v + (0.0 if v.dtype.kind == "f" else 0.25)] if isinstance(v, np.ndarray) and v.dtype.kind in "fiu" else []


def distance(a, b):
    """How far apart two results are; None where they are of other forms."""
    pairs = list(zip(flat(a), flat(b), strict=False))
    if len(flat(a)) != len(flat(b)) or any(np.shape(x) != np.shape(y) for x, y in pairs):
        return None
    found = [0.0]
    for x, y in pairs:
        if isinstance(x, (float, complex, np.ndarray, np.generic)) and np.result_type(x).kind in "fc":
            gap = np.abs(np.asarray(x) - np.asarray(y))
            found.append(float(np.max(gap, initial=0.0, where=np.isfinite(gap))))
    return max(found)


def slope(c, param, value):
    """How fast the result of a call changes with a parameter, if it does so in proportion; else zero."""
    base = bound(c.rule, c.args, c.kwargs)
    given = {*bound(c.rule, c.args, c.kwargs, defaults=False), param}
    h = 1e-5

    def at(k):
        moved = type(value)(x + k * h for x in value) if isinstance(value, (list, tuple)) else value + k * h
        return run(c.rule, {**base, param: moved}, given)

    try:
        near, far = (distance(at(0), at(k)) for k in (1, 2))
    except Exception:  # noqa: BLE001  (no value for this parameter)
        return 0.0
    return near / h if near and far and near > 1e-9 and 1.5 < far / near < 2.5 else 0.0


def open_parameters():
    """The parameters of which rules state nothing, each with a case for it."""
    seen = {}
    for c in EVERY:
        if not c.rule.name.startswith(("adjoint_compiler.", "custom")) and c.rule.pullbacks:
            for p in c.rule.params:
                if p.lstrip("*") not in c.rule.pullbacks:
                    seen.setdefault((c.rule.name, p.lstrip("*")), []).append(c)
    return seen


OPEN = open_parameters()


def test_no_result_changes_continuously_with_a_parameter_without_a_derivative():
    found = []
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for (key, p), cases in OPEN.items():
            for c in cases[:12]:
                base = bound(c.rule, c.args, c.kwargs)
                first = next(
                    (x for v in base.values() for x in flat(v) if isinstance(x, np.ndarray) and x.ndim and inexact(x)),
                    None,
                )
                if any(slope(c, p, v) for v in candidates(base.get(p), first)):
                    found.append((key, p))
                    break
    assert len(OPEN) > 450 and not found


# -- definitions: what only decides, and what only its value is computed of ------------------------------------

VALUES = {n for n in vars(runtime) if n.endswith("_value")}
# Parameters by which a definition branches, or which SciPy's own value is computed of: flags, modes, names and counts.
FLAGS = {
    "bias", "include_initial", "density", "returned", "upper", "r", "variable", "increasing", "axis", "kind", "method", "bounds_error", "side",
    "order", "mode", "boundary", "padded", "shape", "input_onesided", "time_axis", "freq_axis", "dtype", "fisher", "grid",
    "grid_mode", "output_shape", "reshape", "irlen", "deriv", "polyorder", "keepdims", "copy", "symbol",
    "casting", "tensor", "overwrite_input",
}  # fmt: skip


def read_for_values_only(function):
    """The parameters of a definition that it computes nothing from itself, and does not refuse where they are active."""
    tree = next(
        n for n in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))) if isinstance(n, ast.FunctionDef)
    )
    aside: set[int] = set()
    constants: set[str] = set()
    for n in ast.walk(tree):
        called = (
            n.func.attr
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
            else getattr(getattr(n, "func", None), "id", "")
        )
        if isinstance(n, ast.Call) and (
            called in VALUES or called in ("ndim", "shape", "size", "iscomplexobj", "isinstance")
        ):
            aside.update(map(id, ast.walk(n)))
        if isinstance(n, (ast.If, ast.IfExp)):
            aside.update(map(id, ast.walk(n.test)))
        if isinstance(n, ast.Assign) and any(getattr(t, "id", "") == "options" for t in n.targets):
            aside.update(map(id, ast.walk(n)))
        if called == "constant":
            constants |= {m.id for m in ast.walk(n) if isinstance(m, ast.Name)}
    used = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load) and id(n) not in aside
    }
    args = tree.args
    return {a.arg for a in (*args.posonlyargs, *args.args, *args.kwonlyargs)} - used - constants - {"self"}


def test_no_operand_of_a_definition_is_left_to_its_value():
    import scipy.interpolate  # noqa: F401
    import scipy.optimize  # noqa: F401
    import scipy.sparse.linalg  # noqa: F401

    found = {}
    for function, definition in defined():
        methods = (
            [m for m in vars(definition).values() if inspect.isfunction(m)]
            if isinstance(definition, type)
            else [definition]
        )
        for m in methods:
            left = read_for_values_only(m)
            if (function is np.histogram_bin_edges) and "weights" in left:
                left -= {"weights"}  # which edges do not hang on
            if left - FLAGS:
                found[getattr(function, "__name__", function), m.__name__] = left - FLAGS
    assert not found and len(defined()) > 150


# -- SciPy's keywords -----------------------------------------------------------------------------------------


def scipy_keywords():
    """Each parameter of a function of SciPy with derivatives that its rule or definition does not take, and how many it needs."""
    entered = [
        (r.function, r)
        for k, r in TABLE.by_key.items()
        if k.startswith("scipy.") and r.pullbacks and r.function is not None
    ]
    entered += [
        (f, None)
        for f, d in defined()
        if (getattr(f, "__module__", None) or "").startswith("scipy.") and not isinstance(d, type)
    ]
    for function, rule in entered:
        definition = definition_of(function)
        home = (
            rule.name.rpartition(".")[0]
            if rule is not None
            else ".".join(p for p in function.__module__.split(".") if not p.startswith("_"))
        )
        name = rule.name.rpartition(".")[2] if rule is not None else function.__name__
        if inspect.ismethod(function) or isinstance(function, np.ufunc) or not hasattr(_home(home), name):
            continue
        taken = set() if rule is None else set(rule.params)
        required = 0 if rule is None else sum(p not in rule.defaults for p in rule.params)
        if definition is not None:
            own = inspect.signature(definition).parameters.values()
            taken |= {p.name for p in own}
            required = max(required, sum(p.default is p.empty for p in own))
        try:
            theirs = inspect.signature(function).parameters.values()
        except (TypeError, ValueError):
            continue
        for p in theirs:
            if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD) and p.name not in taken and p.default is not p.empty:
                yield f"{home}.{name}", p.name, max(required, 1)


def _home(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


REFUSED = sorted(set(scipy_keywords()))


def test_there_are_keywords_of_scipy():
    assert len(REFUSED) > 150


@pytest.mark.parametrize(("name", "keyword", "count"), REFUSED)
def test_other_keywords_of_scipy_are_refused_by_name(name, keyword, count):
    text = f"def f(x):\n    return {name}({', '.join('x' * count)}, {keyword}=3)\n"
    space = {"scipy": scipy}
    exec(compile(text, "<scipy keywords>", "exec"), space)
    linecache.cache["<scipy keywords>"] = (len(text), None, text.splitlines(True), "<scipy keywords>")
    with pytest.raises(ac.DifferentiationError) as error:
        _ = ac.grad(space["f"]).specialize(np.ones(3)).source
    assert any(keyword in f"{d.message} {d.help}" for d in error.value.diagnostics), str(error.value)
