"""The random programs themselves, and the tools that check and shrink them."""

import ast
import hashlib
import inspect
import os
import re
import subprocess
import sys
import time
from types import ModuleType

import numpy as np
import pytest

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.ir.nodes import NOWHERE
from adjoint_compiler.testing.programs import (
    MAX_LINES,
    MIN_LINES,
    GeneratedProgram,
    check_program,
    differences,
    edited,
    generate,
    main,
    shrink,
)

COUNT = 300


@pytest.fixture(scope="module")
def programs():
    start = time.perf_counter()
    found = [generate(seed) for seed in range(COUNT)]
    assert time.perf_counter() - start < 20.0
    return found


def fingerprint(programs):
    return hashlib.sha256("\n".join(p.listing() for p in programs).encode()).hexdigest()


# -- generated programs --------------------------------------------------------------------------------------


def test_same_seed_same_program(programs):
    assert [generate(seed) for seed in range(20)] == programs[:20]
    assert len({p.source for p in programs}) == COUNT


@pytest.mark.parametrize("hash_seed", ["0", "1"])
def test_programs_do_not_depend_on_the_hash_seed(programs, hash_seed):
    script = (
        "import hashlib; from adjoint_compiler.testing.programs import generate; "
        "text = '\\n'.join(generate(seed).listing() for seed in range(40)); "
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    paths = os.pathsep.join(filter(None, sys.path))
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": paths}
    printed = subprocess.check_output([sys.executable, "-c", script], env=environment, text=True)
    assert printed.strip() == fingerprint(programs[:40])


def test_programs_are_smooth_and_bounded(programs):
    for p in programs:
        gradient = differences(p)
        assert gradient is not None, p.listing()
        assert [np.shape(g) for g in gradient] == [np.shape(p.args[k]) for k in p.wrt]
        assert all(np.isfinite(g).all() for g in gradient)


def test_programs_return_the_same_number_each_time(programs):
    for p in programs:
        value = p.function(*p.args)
        assert np.shape(value) == () and np.isfinite(value)
        assert value == p.function(*p.args)


def test_arguments_are_fresh(programs):
    for p in programs:
        for first, second in zip(p.args, p.args, strict=True):
            assert np.array_equal(first, second)
            assert not isinstance(first, np.ndarray) or not np.shares_memory(first, second)
        assert all(np.asarray(p.args[k]).dtype == float for k in p.wrt)
        assert len(p.args) == len(inspect.signature(p.function).parameters)


def test_programs_have_a_source(programs):
    for p in programs:
        assert MIN_LINES <= sum(bool(line) for line in p.source.splitlines()) <= MAX_LINES
        assert inspect.getsource(p.function) in p.source
        assert inspect.getsource(p.function).startswith("def f(")
        assert p.function.__code__.co_filename.startswith("<random program ")


def test_listing_runs(programs):
    space = {}
    exec(programs[0].listing(), space)
    assert space["f"](*space["args"]) == programs[0].function(*programs[0].args)
    assert space["wrt"] == programs[0].wrt


# What programs must contain, as a pattern of their source, and in how many of the 300 at least.
FEATURES = {
    "element store": (r"^ +\w+\[[^:\]\[]*\] = ", 30),
    "slice store": (r"^ +\w+\[[^\]]*:[^\]]*\] = ", 30),
    "update of a name": (r"^ +\w+ [-+*/]= ", 100),
    "update of a view": (r"^ +\w+(\.T)?\[.*\] [-+*/]= ", 100),
    "view bound": (r"^ +\w+ = \w+\[[^\]\[]*(:|\w - 1|\d)[^\]\[]*\]$", 50),
    "transpose": (r"\w\.T\b", 30),
    "store through a transpose": (r"^ +\w+\.T\[.*\] [-+*/]?= ", 5),
    "reshape": (r"\.reshape\(", 30),
    "store through a reshape": (r"^ +\w+\.reshape\(.*\)\[.*\] [-+*/]?= ", 10),
    "overlapping store": (r"^ +(\w+)\[1:\] = \1\[:-1\]", 10),
    "gather": (r"= .*\w\[(\[\d, |idx)", 10),
    "scatter": (r"^ +\w+\[(\[\d, \d.*\]|idx)\] [-+*/]?= ", 40),
    "repeated places": (r"\[(\d), (?:\d, )?\1\]", 10),
    "counted loop": (r"^ +for \w+ in range\(", 100),
    "backward loop": (r"range\(n - 1, -1, -1\)", 10),
    "loop over rows or elements": (r"^ +for (\w+, )?\w+ in (enumerate\(\w+\)|\w+):", 30),
    "while": (r"^ +while ", 20),
    "while on data": (r"^ +while .* and ", 10),
    "break": (r"^ +break$", 20),
    "continue": (r"^ +continue$", 20),
    "branch on data": (r"^ +if .*[<>]=? -?\d\.\d", 80),
    "branch on a counter": (r"^ +if (not )?\w+( - 1)? (% 2|<|>|==) ", 40),
    "else": (r"^ +else:", 40),
    "conditional expression": (r" if .* else ", 10),
    "names chosen by a branch": (r"^( +)if .*:\n\1    (\w+) = \w+\n\1else:\n\1    \2 = ", 10),
    "names swapped": (r"^ +(\w+), (\w+) = \2, \1$", 10),
    "elements or rows swapped": (r"^ +(\w+)\[0\], \1\[-1\] = ", 10),
    "tuple unpacking": (r"^ +p\d*, q\d* = ", 30),
    "helper that returns": (r"^def (blend|squash|damp|iterate|turn)\(", 40),
    "helper that mutates": (r"^def (bump|settle|exchange|relax|push)\(", 40),
    "helper given a view": (r"^ +(bump|settle|exchange|relax|push)\(\w+[.\[]", 20),
    "helper that returns an alias": (r"= (pick|relax|push)\(", 10),
    "early return": (r"^ {8,}return (?!a$)", 10),
    "early return in a helper's loop": (r"^def iterate", 5),
    "copy": (r"\.copy\(\)|np\.array\(\w+\)", 20),
}


@pytest.mark.parametrize("feature", FEATURES)
def test_programs_contain(programs, feature):
    pattern, least = FEATURES[feature]
    found = [p for p in programs if re.search(pattern, p.source, re.MULTILINE)]
    assert len(found) >= least


def in_loops(program, matches):
    """Whether a statement inside some loop matches."""
    loops = [node for node in ast.walk(ast.parse(program.source)) if isinstance(node, (ast.For, ast.While))]
    return any(matches(inner) for loop in loops for statement in loop.body for inner in ast.walk(statement))


def swaps(node):
    sides = ast.unparse(node).split(" = ") if isinstance(node, ast.Assign) else []
    names = sides[0].strip("()").split(", ") if sides else []
    return len(names) == 2 and sides[1].strip("()").split(", ") == names[::-1]


STRUCTURES = {
    "nested loops": (lambda p: in_loops(p, lambda node: isinstance(node, (ast.For, ast.While))), 20),
    "swapped in a loop": (lambda p: in_loops(p, swaps), 10),
    "no iterations": (lambda p: p.values[-1] == 0 and "range(n)" in p.source, 10),
    "square matrices": (lambda p: any(is_matrix(v) and len(v) == len(v[0]) for v in p.values), 10),
}


def is_matrix(value):
    return isinstance(value, list) and isinstance(value[0], list)


@pytest.mark.parametrize("structure", STRUCTURES)
def test_programs_are_structured(programs, structure):
    matches, least = STRUCTURES[structure]
    assert sum(map(matches, programs)) >= least


def test_both_sides_of_branches_are_taken(programs):
    """Over all programs, a fair share of the lines runs and a fair share does not."""
    lines = run = 0
    for p in programs:
        seen = set()

        def trace(frame, event, arg, seen=seen):
            seen.add((frame.f_code.co_filename, frame.f_lineno))
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            p.function(*p.args)
        finally:
            sys.settrace(before)
        file = p.function.__code__.co_filename
        run += sum(name == file for name, _ in seen)
        lines += sum(bool(line) for line in p.source.splitlines())
    assert 0.6 < run / lines < 0.95


# -- checking ------------------------------------------------------------------------------------------------

PROGRAM = GeneratedProgram(
    "import numpy as np\n\n\ndef f(x, v, n):\n    v[1:] *= x\n    return np.sum(v * v) + n",
    (0.7, [0.4, -1.0], 2),
    (0, 1),
)


@pytest.fixture
def fake_grad(monkeypatch):
    """Replaces the compiler's ``grad``: ``change(gradient, level, args)`` says what the gradient is."""

    def install(change, program=PROGRAM):
        def grad(function, wrt, optimize):
            assert wrt == program.wrt
            return lambda *args: tuple(change(differences(program), optimize, args))

        module = ModuleType("adjoint_compiler.api")
        module.grad = grad
        monkeypatch.setitem(sys.modules, "adjoint_compiler.api", module)

    return install


def fails(error):
    raise error


def nan_in_place(gradient):
    gradient[1][0] = np.nan
    return gradient


def store_into(array, gradient):
    array[0] = 0.0
    return gradient


REFUSAL = DifferentiationError(Diagnostic("AC002", NOWHERE, "no rule"))
INTERNAL = DifferentiationError(Diagnostic("AC017", NOWHERE, "a bug"))
KINDS = {
    "agrees": lambda g, level, args: g,
    "wrong": lambda g, level, args: [g[0] + 1e-4, g[1]],
    "inconsistent": lambda g, level, args: [g[0] + (0.0 if level == 0 else 1e-7), g[1]],
    "refused": lambda g, level, args: fails(REFUSAL),
    "raised": lambda g, level, args: fails(ZeroDivisionError("division by zero")),
    "arguments changed": lambda g, level, args: store_into(args[1], g),
}
MORE_KINDS = {
    "raised, internal": ("raised", lambda g, level, args: fails(INTERNAL)),
    "wrong, not a number": ("wrong", lambda g, level, args: nan_in_place(g)),
    "wrong, shape": ("wrong", lambda g, level, args: [g[0], g[1][:1]]),
    "wrong, shape of a number": ("wrong", lambda g, level, args: [np.array([g[0]]), g[1]]),
    "wrong, count": ("wrong", lambda g, level, args: g[:1]),
    "wrong, only when optimized": ("wrong", lambda g, level, args: [g[0] + (level is None), g[1]]),
}


@pytest.mark.parametrize(("kind", "change"), [*KINDS.items(), *MORE_KINDS.values()], ids=[*KINDS, *MORE_KINDS])
def test_check_tells(fake_grad, kind, change):
    fake_grad(change)
    report = check_program(PROGRAM)
    assert report.kind == kind
    assert report.ok == (kind == "agrees")
    assert report.ok or report.text.startswith("optimize=")


def test_check_compares_every_level(fake_grad):
    fake_grad(lambda g, level, args: [g[0] + (level == 1), g[1]])
    assert check_program(PROGRAM).ok
    assert check_program(PROGRAM, levels=(None, 1)).kind == "wrong"


@pytest.mark.parametrize(
    "body",
    [
        "abs(x - 0.7003)",
        "float(x > 0.7001)",
        "x if x < 0.7002 else 2 * x",
        "x / 0.0",
        "(x - 1.0) ** 0.5",
        "1e9 * x",
        "[x, x]",
    ],
)
def test_programs_that_are_not_smooth(body):
    source = f"import numpy as np\n\n\ndef f(x):\n    return np.asarray({body})[()]"
    program = GeneratedProgram(source, (0.7,), (0,))
    assert differences(program) is None
    assert check_program(program).kind == "not smooth"


def test_stores_that_numpy_does_not_buffer_are_refusals():
    source = "import numpy as np\n\n\ndef f(x):\n    y = x * x\n    y[::2] = y[:{}]\n    return np.sum(y * y)"
    assert check_program(GeneratedProgram(source.format(2), ([0.4, 0.9, 0.7, 0.3],), (0,))).kind == "agrees"
    assert check_program(GeneratedProgram(source.format(3), ([0.4, 0.9, 0.7, 0.3, 0.5],), (0,))).kind == "refused"


def test_differences_are_accurate():
    source = "import numpy as np\n\n\ndef f(v, x):\n    return np.sum(np.exp(v) * np.sin(3.0 * v)) * x"
    v, x = np.array([[0.3, -0.2], [1.1, 0.0]]), 0.5
    by_v, by_x = differences(GeneratedProgram(source, (v.tolist(), x), (0, 1)))
    expected = np.exp(v) * (np.sin(3 * v) + 3 * np.cos(3 * v)) * x
    assert np.allclose(by_v, expected, rtol=1e-10, atol=1e-11)
    assert np.allclose(by_x, np.sum(np.exp(v) * np.sin(3 * v)), rtol=1e-10, atol=1e-11)


# -- shrinking -----------------------------------------------------------------------------------------------


def test_shrink_keeps_what_fails(programs):
    def failure(program):
        return "tanh" if "np.tanh" in program.source else "none"

    large = next(p for p in programs if "np.tanh" in p.source and p.source.count("\n") > 20)
    small = shrink(large, failure)
    assert "np.tanh" in small.source
    assert small.source.count("\n") < 10
    assert small.values == large.values and small.wrt == large.wrt
    assert differences(small) is not None
    k = 0
    while (source := edited(small.source, k)) is not None:
        assert "np.tanh" not in source or _does_not_run(source, small)
        k += 1


def _does_not_run(source, program):
    try:
        return differences(GeneratedProgram(source, program.values, program.wrt)) is None
    except Exception:
        return True


def test_shrink_does_not_wait_for_endless_loops():
    source = "def f(x):\n    k = 0\n    while k < 3:\n        k += 1\n        x = x * 0.5\n    return x"
    small = shrink(GeneratedProgram(source, (0.5,), (0,)), lambda p: str("while" in p.source))
    assert small.source == "def f(x):\n    k = 0\n    while k < 3:\n        k += 1\n    return x"


def test_shrink_wants_a_failure(fake_grad):
    fake_grad(KINDS["agrees"])
    with pytest.raises(ValueError, match="nothing to shrink"):
        shrink(PROGRAM)


def test_edits():
    source = "def f(x):\n    for k in range(3):\n        x = x * x\n    else:\n        pass\n    return x"
    edits = []
    while (text := edited(source, len(edits))) is not None:
        edits.append(text)
    assert "def f(x):\n    for k in range(3):\n        x = x * x\n    else:\n        pass" in edits
    assert "def f(x):\n    x = x * x\n    return x" in edits
    assert "def f(x):\n    return x" in edits
    assert "def f(x):\n    for k in range(3):\n        pass\n    else:\n        pass\n    return x" in edits
    assert "" in edits
    assert edits == sorted(set(edits), key=edits.index)


# -- command line --------------------------------------------------------------------------------------------


def install_checker(monkeypatch, failing):
    from adjoint_compiler.testing.programs import checking

    def check(program, **levels):
        return checking.Report("wrong" if failing in program.source else "agrees", "the numbers")

    monkeypatch.setattr(checking, "check_program", check)


def test_command_line_tells_failures(monkeypatch, capsys, programs):
    install_checker(monkeypatch, "np.tanh")
    bad = [p.seed for p in programs[5:15] if "np.tanh" in p.source]
    assert main(["--seed", "5", "--count", "10"]) == 1
    out = capsys.readouterr().out
    assert f"{10 - len(bad)} of 10 programs agree" in out
    assert f"wrong: {len(bad)}, seeds {', '.join(map(str, bad))}" in out
    assert all(f"# seed {seed}: wrong\n{programs[seed].listing()}\n\nthe numbers" in out for seed in bad)


def test_command_line_shrinks(monkeypatch, capsys, programs):
    install_checker(monkeypatch, "np.tanh")
    bad = next(p for p in programs if "np.tanh" in p.source and p.source.count("\n") > 15)
    assert main(["--seed", str(bad.seed), "--count", "1", "--shrink"]) == 1
    assert len(capsys.readouterr().out.splitlines()) < len(bad.listing().splitlines())


def test_command_line_without_failures(monkeypatch, capsys):
    install_checker(monkeypatch, "something that no program contains")
    assert main(["--count", "3"]) == 0
    assert capsys.readouterr().out == "3 of 3 programs agree\n"


def test_command_line_shows_programs(capsys, programs):
    assert main(["--seed", "7", "--count", "1", "--show"]) == 0
    assert capsys.readouterr().out == f"# seed 7\n{programs[7].listing()}\n\n"
