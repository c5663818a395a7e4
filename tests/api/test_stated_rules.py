"""Elementwise rules that users state for functions of their own."""

import math
import threading

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.rules import TABLE, RuleError
from adjoint_compiler.testing import check_grads, check_rule

calls = []


def softsign(x):
    calls.append(1)
    return x / (1 + abs(x))


def squashed(x, scale, sharpness=1.0):
    return scale * np.tanh(sharpness * x)


def kept(x, y):
    return x * y


def rooted(x):
    return np.sqrt(x)


def turned(x):
    return np.sin(x)


ac.rules.elementwise("softsign(x)", softsign, x="(1 / (1 + absolute(x))) ** 2", note="1 at 0")
ac.rules.elementwise("squashed(x, scale, sharpness=1.0)", squashed, x="scale * sharpness * (1 - tanh(sharpness * x) ** 2)",
                     scale="tanh(sharpness * x)", sharpness="scale * x * (1 - tanh(sharpness * x) ** 2)",
                     domain={"sharpness": (0.5, 1.5)})  # fmt: skip
ac.rules.elementwise("kept(x, z)", kept, x="z")
ac.rules.elementwise("rooted(x)", rooted, x="0.5 / y", singular="x", domain={"x": (0.5, 2.0)})
ac.rules.elementwise("turned(x)", turned, x="np.cos(x)", holomorphic=True)


@ac.custom_vjp
def solved(a, b, transposed=False):
    return np.linalg.solve(a, b)


def solved_fwd(a, b, transposed=False):
    y = np.linalg.solve(a, b)
    return y, (a, y)


def solved_bwd(residuals, y_bar):
    a, y = residuals
    b_bar = np.linalg.solve(a.T, y_bar)
    return -np.outer(b_bar, y), b_bar, None


def test_check_rule_takes_rules_of_reverse_mode_as_they_are():
    a, b = np.array([[2.0, 1.0], [0.3, 3.0]]), np.array([1.0, 2.0])
    solved.defvjp(solved_fwd, solved_bwd)
    check_rule(solved, (a, b))
    solved.defvjp(solved_fwd, lambda residuals, y_bar: (*solved_bwd(residuals, y_bar)[:1], y_bar, None))
    with pytest.raises(AssertionError, match="reverse mode of `solved`, order 1: wrong derivative for `b`"):
        check_rule(solved, (a, b))


def test_check_rule_names_the_parameter_and_its_partial():
    def shifted(x, z):
        return x * z + np.sin(x)

    ac.rules.elementwise("shifted(x, z)", shifted, x="z - cos(x)", z="x")
    with pytest.raises(
        AssertionError, match=r"of `shifted`, order 1: wrong derivative for `x`, by its partial 'z - cos\(x\)'"
    ):
        check_rule(shifted)


def test_partials_are_texts():
    with pytest.raises(RuleError, match="the partial by x is a text like"):
        ac.rules.elementwise("tripled(x)", lambda x: 3 * x, x=lambda x: 3.0)


def test_what_has_no_partial_is_told():
    with pytest.raises(ac.DifferentiationError, match="in their parameter z, for which no partial is stated,"):
        ac.grad(lambda z: kept(2.0, z))(1.5)


def test_custom_rules_are_refused_by_numba():
    pytest.importorskip("numba")
    solved.defvjp(solved_fwd, solved_bwd)
    with pytest.raises(ac.DifferentiationError, match="has a rule of its own, which is not compiled by Numba yet"):
        ac.grad(lambda b: solved(np.eye(2), b).sum(), backend="numba")(np.ones(2))


def in_a_loop(x, w):
    total = 0.0
    u = x.copy()
    row = u[:2]
    for k in range(3):
        u[1:] = softsign(u[:-1]) + squashed(w, u[1:], sharpness=2.0)
        if k == 1:
            row[0] = softsign(total) * row[1]
        total = total + helper(u, w).sum()
    return total + u.sum()


def helper(u, w):
    return squashed(u, softsign(w))


def test_nasty_program():
    x, w = np.array([0.3, -0.4, 1.1]), 0.7
    check_grads(in_a_loop, (x, w), order=3)


def test_generated_code_reads_as_by_hand():
    assert "x_bar = (1 / (1 + np.absolute(x))) ** 2" in ac.grad(lambda x: softsign(x)).specialize(2.0).source


@pytest.mark.parametrize("function", [softsign, squashed, rooted, turned])
def test_check_rule(function):
    check_rule(function)


def test_the_function_is_called_not_read():
    calls.clear()
    assert ac.value_and_grad(lambda x: softsign(x) * 2.0)(1.0) == (1.0, 0.5)
    assert calls


def test_variables_of_the_same_name():
    def f(x):
        softsign = 3.0  # of the program: the function is meant in the helper only
        return through(x) * softsign

    check_grads(f, (0.4,))


def through(x):
    return softsign(x)


def test_a_parameter_without_partial_is_refused_where_it_is_active():
    assert ac.grad(lambda x: kept(x, 3.0))(2.0) == 3.0
    with pytest.raises(ac.DifferentiationError, match="calls of kept in their parameter z"):
        ac.grad(lambda x: kept(x, x))(2.0)


def test_complex_numbers_are_refused_unless_stated():
    with pytest.raises(ac.DifferentiationError, match="holomorphic=True"):
        ac.grad(lambda x: softsign(x).real)(1 + 2j)
    check_grads(lambda x: turned(x) * 2j, (1 + 2j,))


def test_zero_partials():
    def stepped(x, z):
        return np.where(x > 0, z, -z)

    ac.rules.elementwise("stepped(x, z)", stepped, x="0", z="where(x > 0, 1.0, -1.0)")
    check_grads(lambda x, z: stepped(x, z) * x, (np.array([0.5, -0.5]), 2.0))


def test_a_definition_that_runs_again_replaces_the_rule():
    before = len(TABLE.stated)
    space = {"__name__": "notebook"}
    for factor in (2.0, 3.0):
        exec(f"def grown(x):\n    return {factor} * x\n", space)
        ac.rules.elementwise("grown(x)", space["grown"], x=f"{factor}")
        f = eval("lambda x: grown(x) * x", space)
        assert ac.grad(f)(1.0) == pytest.approx(2 * factor)
    assert len(TABLE.stated) == before + 1


def test_one_rule_for_several_functions_and_partials_that_call_functions_with_rules():
    def slope(x):
        return np.exp(-x * x)

    def area(x):
        return 0.886226925452758 * np.vectorize(math.erf)(x) if np.ndim(x) else 0.886226925452758 * math.erf(x)

    with pytest.raises(RuleError, match="slope"):
        ac.rules.elementwise("area(x)", area, x="slope(x)")
    ac.rules.elementwise("area(x)", area, x="exp(-x * x)")
    check_grads(lambda x: area(x) ** 2, (0.3,), order=3)


@pytest.mark.parametrize(
    ("signature", "function", "partials", "message"),
    [
        ("f(x)", np.sin, {"x": "cos(x)"}, "numpy.sin has a rule already"),
        ("f(x)", kept, {"x": "1"}, "own parameters are x, y"),
        ("f(x, y)", kept, {"x": "y"}, "`y` has a meaning of its own"),
        ("f(x, z)", kept, {"q": "z"}, "unknown parameter 'q'"),
        ("f(x, z)", kept, {"x": "w"}, "unknown names"),
        ("f(x, z)", kept, {"x": "unheard(z)"}, "nothing is called 'unheard'"),
        ("f(x, z)", kept, {"x": "z +"}, "is no expression"),
        ("f(x, z=2.0)", kept, {"x": "z"}, "own parameters are x, y"),
        ("f(*x)", kept, {"x": "1"}, "one by one"),
        ("f(x)", lambda x: x.sum(), {"x": "1"}, "not elementwise"),
        ("f(x)", lambda x: x, {"x": "1"}, "returns its argument itself"),
        ("f(x)", lambda x: np.multiply(x, 2.0, out=x) + 0.0, {"x": "2"}, "changes its argument"),
        ("f(x)", 3, {"x": "1"}, "a rule needs a function"),
    ],
)
def test_rules_that_cannot_be_right(signature, function, partials, message):
    with pytest.raises(RuleError, match=message):
        ac.rules.elementwise(signature, function, **partials)


def test_wrong_rules_are_noticed():
    def f(x):
        return np.sin(x)

    for partial, message in (("1.001 * cos(x)", "wrong derivative"), ("cos(x) + 0 * sqrt(x)", "nan")):
        ac.rules.elementwise("f(x)", f, x=partial)
        with pytest.raises(AssertionError, match=message):
            check_rule(f)

    def root(x):
        return np.sqrt(x)

    ac.rules.elementwise("root(x)", root, x="0.5 / y", domain={"x": (0.5, 2.0)})
    with pytest.raises(AssertionError, match="singular"):
        check_rule(root)


def test_rules_that_do_not_say_enough_for_the_check():
    with pytest.raises(ValueError, match="has no rule"):
        check_rule(test_zero_partials)
    with pytest.raises(ValueError, match="give the arguments"):
        check_rule(np.cumsum)
    check_rule(np.cumsum, (np.array([[1.0, 2.0], [3.0, 4.0]]),))


def test_custom_rules_are_checked_at_arguments():
    @ac.custom_vjp
    def cube(x):
        return x * x * x

    cube.defvjp(lambda x: (x * x * x, x), lambda x, g: (3 * x * x * g,))
    check_rule(cube, (np.array([1.0, -2.0]),), modes=("reverse",))
    cube.defvjp(lambda x: (x * x * x, x), lambda x, g: (2 * x * x * g,))
    with pytest.raises(AssertionError, match="wrong derivative"):
        check_rule(cube, (np.array([1.0, -2.0]),), modes=("reverse",))


def test_threads_state_rules():
    def made(k):
        space = {"np": np, "__name__": f"thread{k}"}
        exec("def own(x):\n    return np.sin(x)\n", space)
        ac.rules.elementwise("own(x)", space["own"], x="cos(x)")
        f = eval("lambda x: own(x)", space)
        found.append(ac.grad(f)(1.0))

    found = []
    threads = [threading.Thread(target=made, args=(k,)) for k in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert found == [math.cos(1.0)] * 8


def test_emitted_modules_do_not_ignore_a_rule(tmp_path):
    from adjoint_compiler.cli import main

    file = tmp_path / "model.py"
    file.write_text(
        "import adjoint_compiler as ac\n\n\ndef softsign(x):\n    return x / (1 + abs(x))\n\n\n"
        'ac.rules.elementwise("softsign(x)", softsign, x="(1 / (1 + absolute(x))) ** 2")\n\n\n'
        "def f(x):\n    return softsign(3 * x)\n"
    )
    assert main(["emit", f"{file}:f"]) != 0


def test_numba_refuses_them():
    pytest.importorskip("numba")
    with pytest.raises(ac.DifferentiationError, match="rule of its own"):
        ac.grad(lambda x: softsign(3 * x), backend="numba")(1.0)
