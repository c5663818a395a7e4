"""What messages tell to write instead is right: the rule to add works, the names proposed exist and have rules."""

import re

import numpy as np
import pytest
import scipy.linalg.interpolative

import adjoint_compiler as ac
from adjoint_compiler.frontend import suggestions
from adjoint_compiler.rules.user import USER_RULES


@pytest.fixture(autouse=True)
def clean_registry():
    before = dict(USER_RULES.rules)
    yield
    USER_RULES.rules.clear()
    USER_RULES.rules.update(before)
    USER_RULES.changed()


def ends(p):
    return np.sum(np.polynomial.polyutils.getdomain(p) * np.array([1.0, 2.0]))


product = np.frompyfunc(lambda a, b: a * b, 2, 1)


def doubled(x, y):
    return float(product(x * y, y)) * 2.0


def refusal(function, *args):
    with pytest.raises(ac.DifferentiationError) as caught:
        ac.grad(function)(*args)
    (problem,) = caught.value.diagnostics
    return problem


def add_rule(text, **bars):
    """Run the rule that a message shows, with the adjoints that it leaves open."""
    for name, bar in bars.items():
        assert text.count(f"{name}_bar") == 1
        text = text.replace(f"{name}_bar", bar)
    exec(text, {"np": np, "ac": ac, "product": product})


def test_the_rule_to_add_has_the_parameters_of_the_signature():
    problem = refusal(ends, np.array([1.0, -3.0, 2.0]))
    assert problem.code == "AC002" and problem.message == "no derivative rule for `np.polynomial.polyutils.getdomain`"
    head, lines = problem.help.split(":\n", 1)
    rule = "ac.custom_vjp(np.polynomial.polyutils.getdomain, fwd=getdomain_fwd, bwd=getdomain_bwd)"
    assert "def getdomain_fwd(x):" in lines and rule in lines
    add_rule(lines, x="np.where(x == np.min(x), y_bar[0], 0.0) + np.where(x == np.max(x), y_bar[1], 0.0)")
    p, step = np.array([1.0, -3.0, 2.0]), 1e-6
    differences = [(ends(p + step * e) - ends(p - step * e)) / (2 * step) for e in np.eye(3)]
    np.testing.assert_allclose(ac.grad(ends)(p), differences, rtol=1e-7)


def test_the_rule_of_a_ufunc_of_two():
    lines = refusal(doubled, 2.0, 3.0).help.split(":\n", 1)[1]
    assert "def product_fwd(x1, x2):" in lines
    add_rule(lines, x1="y_bar * x2", x2="y_bar * x1")
    assert ac.grad(doubled)(2.0, 3.0) == 18.0 and ac.grad(doubled, wrt="y")(2.0, 3.0) == 24.0


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("np.zzyzx(x)", "see dir(np)"),
        ("np.product(x)", "it is `np.prod` today"),
        ("np.math.sin(x)", "it is the module math today"),
        ("np.arctann(x)", "did you mean `np.arctan`?"),
        ("np.linalg.invv(x)", "did you mean `np.linalg.inv`?"),
        ("np.arcosh(x)", "did you mean `np.arccosh`?"),
        ("x * wieght", "did you mean `weight`?"),
        ("x * mth.pi", "did you mean `math`?"),
        ("x.exp()", "write `np.exp(...)`"),
        ("x.summ()", "did you mean `.sum()`?"),
        ("x.shap", "did you mean `.shape`?"),
        ("x.t()", "did you mean `.T`?"),
        ("np.Sin(x)", "did you mean `np.sin`?"),
        ("np.sum(x, axes=0)", "did you mean `axis`?"),
        ("x.sum(keepdim=True)", "did you mean `keepdims`?"),
        ("x.append(1.0)", "only lists have it: begin with `items = []`"),
        ("x(0)", "to read an element write `x[...]`; call functions that are defined by `def`"),
        ("helper(x, 2.0)", "call it as `helper(x)`"),
        ("np.einsum('ij,j->i', x)", "pass one array for each"),
        ("np.array(x, dtype=object).sum()", "leave dtype=object out, and give all rows the same length"),
    ],
)
def test_advice(expression, said, tmp_path, monkeypatch):
    path = tmp_path / "advised.py"
    path.write_text(
        f"import math\nimport numpy as np\nweight = 2.0\ndef helper(x):\n    return x\ndef f(x):\n    return {expression}\n"
    )
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    assert refusal(space["f"], np.ones((2, 2))).help == said


def test_the_nearest_name_with_a_rule_is_a_note():
    def f(x):
        return scipy.linalg.interpolative.svd(x, 1)

    assert refusal(f, np.ones((2, 2))).notes == ("the nearest name with a rule is `np.linalg.svd`",)


@pytest.mark.parametrize("name", [n for n in suggestions.RENAMED if n.startswith("numpy.")])
def test_what_replaces_old_names_exists(name):
    new = suggestions.RENAMED[name]
    found = re.fullmatch(r"-?(?:np\.)?(\w+)", new)
    if new.startswith(("np.", "-np.")) and found:
        assert hasattr(np, found[1])


def test_every_function_listed_as_having_a_rule_can_be_written():
    for key in suggestions.functions_with_rules():
        assert not key.rpartition(".")[2].startswith("_"), key
