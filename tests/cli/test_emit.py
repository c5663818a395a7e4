"""`emit` on whole files: what it writes, and that it computes what the live derivative computes."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.cli import main

from . import ROOT, emit, in_fresh_interpreter, write

MODEL = """
    '''A model: constants, helpers here and in a file beside it, stores into its argument.'''
    import numpy as xp
    from settings import damp, TABLE as WEIGHTS
    import settings

    N = 4
    KERNEL = xp.array([0.5, 1.0,  # the middle
                       2.0, 4.0]) ** 2
    SCALE, OFFSET = 2.0, (1.0, 3.0)


    class Negative(ValueError):
        '''The argument must be positive.'''


    def f(a: "float64[:]", x: float):
        if x < 0:
            raise Negative(f"x is {x}")
        for i in range(N):
            a[i] = a[i] * xp.sin(x) * KERNEL[i]
        settings.shift(a, SCALE)
        return damp(a, WEIGHTS) * x + settings.GRAVITY * OFFSET[1] * square(x)


    def square(t, power=2 * 1):
        return t**power


    if __name__ == "__main__":
        KERNEL[0] = 0.0
"""
SETTINGS = """
    import numpy
    from math import pi

    GRAVITY = 9.81
    TABLE = numpy.linspace(0.0, pi, 4)


    def damp(v, weights):
        v[1:] *= 0.5
        return numpy.sum(v * weights)


    def shift(v, by):
        v[:-1] += v[1:] * by
"""


@pytest.fixture
def model(tmp_path):
    write(tmp_path, "settings.py", SETTINGS)
    return write(tmp_path, "model.py", MODEL)


def imported(path, monkeypatch):
    """The module of a file, really imported."""
    monkeypatch.syspath_prepend(str(path.parent))
    monkeypatch.delitem(sys.modules, "settings", raising=False)
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_joint_gradients_are_the_same_without_this_package(model, monkeypatch):
    emit(model, "f", "--wrt", "a,x")
    found = in_fresh_interpreter(model.parent / "emitted" / "f.py", "f_grad(np.arange(4.0), 0.7)")
    expected = ac.grad(imported(model, monkeypatch).f, wrt=("a", "x"))(np.arange(4.0), 0.7)
    np.testing.assert_allclose(found[0], expected[0], rtol=1e-14)
    assert found[1] == pytest.approx(expected[1], rel=1e-14)


def test_split_pairs_are_the_same_without_this_package(model, monkeypatch):
    emit(model, "f", "--wrt", "x", "--form", "split")
    pair = "(lambda y, tape: [y, *f_adjoint(tape, 2.0)])(*f_primal(np.arange(4.0), 0.7))"
    found = in_fresh_interpreter(model.parent / "emitted" / "f.py", pair)
    y, pullback = ac.vjp(imported(model, monkeypatch).f, np.arange(4.0), 0.7)
    assert found == pytest.approx([y, pullback(2.0)[1]], rel=1e-14)


def test_it_carries_constants_and_classes_as_they_are_written(model):
    text = emit(model, "f", "--wrt", "a,x")
    assert "KERNEL = np.array([0.5, 1.0,  # the middle\n                   2.0, 4.0]) ** 2\n" in text
    assert "SCALE, OFFSET = 2.0, (1.0, 3.0)\n" in text
    assert "TABLE = np.linspace(0.0, math.pi, 4)\n" in text
    assert "class Negative(ValueError):\n    '''The argument must be positive.'''\n" in text
    assert text.startswith(
        "# Derivative of `f` in model.py, written by adjoint_compiler.\nimport math\n\nimport numpy as np\n"
    )


def test_it_imports_only_what_it_uses(model, tmp_path):
    modules = {
        name: {a.name for n in ast.walk(ast.parse(emit(path, name))) if isinstance(n, ast.Import) for a in n.names}
        for path, name in (
            (model, "f"),
            (write(tmp_path, "plain.py", "import numpy\ndef g(x: float):\n    return 3.0 * x\n"), "g"),
        )
    }
    assert modules == {"f": {"math", "numpy"}, "g": {"numpy"}}  # g checks that x is a number


def test_it_passes_ruff(model):
    ruff = shutil.which("ruff", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if ruff is None:
        pytest.skip("ruff is not installed")
    for form in ("joint", "split"):
        emit(model, "f", "--wrt", "a,x", "--form", form)
        command = [ruff, "check", "--isolated", "--no-cache", str(model.parent / "emitted" / "f.py")]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout


def test_it_never_runs_the_file(tmp_path, monkeypatch):
    marker = tmp_path / "marker"
    trap = f"open({str(marker)!r}, 'w').close()\n"
    beside = write(tmp_path, "helpers.py", trap + "def h(x):\n    return x * x\n")
    path = write(tmp_path, "model.py", trap + "from helpers import h\ndef f(x, k=open):\n    return h(x)\n" + trap)
    write(tmp_path, "scipy.py", trap)
    text = emit(path, "f")
    assert "def f_grad(x, k):" in text
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "adjoint_compiler", "emit", "model.py:f"]
    local = "def f(x):\n    import scipy\n    return x * x\n"
    for source in (path.read_text(), trap + local):
        path.write_text(source)
        run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        assert "def f_grad" in run.stdout
    assert beside.exists() and not marker.exists()


def test_the_same_bytes_for_every_hash_seed_and_working_directory(model, tmp_path):
    texts = set()
    for seed, folder in (("1", model.parent), ("4242", ROOT)):
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed}
        for form in ("joint", "split"):
            command = [
                sys.executable,
                "-m",
                "adjoint_compiler",
                "emit",
                f"{model}:f",
                "--wrt",
                "a,x",
                "--form",
                form,
            ]
            run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=True)
            texts.add((form, run.stdout))
    assert len(texts) == 2
    assert all(str(tmp_path).encode() not in text for _, text in texts)


def test_check_compares_and_writes_nothing(model, tmp_path, capsys):
    out = tmp_path / "model_grad.py"
    words = ["emit", f"{model}:f", "--wrt", "x", "-o", str(out)]
    assert main([*words, "--check"]) == 1
    assert "+def f_grad(a, x):" in capsys.readouterr().out and not out.exists()
    assert main(words) == 0
    assert main([*words, "--check"]) == 0
    assert capsys.readouterr().out == ""
    model.write_text(model.read_text().replace("N = 4", "N = 3"))
    before = out.read_bytes()
    assert main([*words, "--check"]) == 1
    difference = capsys.readouterr().out
    assert "-N = 4\n+N = 3\n" in difference and difference.startswith(
        f"--- {out}\n+++ {out} (as it would be written)\n"
    )
    assert out.read_bytes() == before


def test_dump_after_shows_the_program(model, capsys):
    assert main(["emit", f"{model}:f", "--dump-after", "resolve"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("def f(a: float64[:], x: float):\n    free ") and "f_grad" not in shown
    assert main(["emit", f"{model}:f", "--dump-after", "differentiate", "--form", "split"]) == 0
    shown = capsys.readouterr().out
    assert "def f_primal(" in shown and "def f_adjoint(" in shown
    assert main(["emit", f"{model}:f", "--dump-after", "emit"]) == 0
    assert "helper" not in capsys.readouterr().out


def test_dump_after_works_on_programs_that_are_refused_later(tmp_path, capsys):
    path = write(tmp_path, "model.py", "import numpy as np\ndef f(x):\n    return x.tofile('t')\n")
    assert main(["emit", f"{path}:f", "--dump-after", "rename_webs"]) == 0
    assert "def f(x):" in capsys.readouterr().out


def test_types_are_checked_on_entry(tmp_path):
    path = write(tmp_path, "m.py", "def f(x: float, w: 'float64[:, :]', n: int):\n    return x * w[0, n]\n")
    emit(path, "f")
    module = path.parent / "emitted" / "f.py"
    assert in_fresh_interpreter(module, "f_grad(2, np.ones((1, 2)), np.int64(1))") == 1.0
    wrong = {
        "f_grad('2', np.ones((1, 2)), 0)": "x must be float, not str",
        "f_grad(2.0, np.ones(2), 0)": "w must be float64[:,:], not float64[:]",
        "f_grad(2.0, np.ones((1, 2), np.float32), 0)": "w must be float64[:,:], not float32[:,:]",
        "f_grad(2.0, np.ones((1, 2)), 0.0)": "n must be int, not float",
    }
    for call, message in wrong.items():
        assert in_fresh_interpreter(module, f"message(lambda: {call})") == message


def test_signatures_go_before_annotations(tmp_path, capsys):
    path = write(tmp_path, "m.py", "def f(x: float, k: int = 3):\n    return x**k\n")
    text = emit(path, "f", "--signature", "x: float64[:, :], k: float")
    assert "check_type(x, 'float64[:,:]', 'x')" in text and "check_type(k, 'float', 'k')" in text
    assert "def f_grad(x, k=3):" in text
    assert main(["emit", f"{path}:f", "--signature", "z: float"]) == 2
    assert "no parameter 'z'; its parameters are x, k" in capsys.readouterr().err
    assert main(["emit", f"{path}:f", "--signature", "x: spam"]) == 2
    assert "'spam' is no type" in capsys.readouterr().err


def test_wrt_takes_names_and_positions(tmp_path, capsys):
    path = write(tmp_path, "m.py", "def f(x: float, y: float):\n    return x * y\n")
    returns = {words: emit(path, "f", *words).splitlines()[-1].strip() for words in (
        (), ("--wrt", "y"), ("--wrt", "1"), ("--wrt", "y,x"), ("--wrt", "y,"))}  # fmt: skip
    assert returns == {
        (): "return y",
        ("--wrt", "y"): "return x",
        ("--wrt", "1"): "return x",
        ("--wrt", "y,x"): "return x, y",
        ("--wrt", "y,"): "return x,",
    }
    for wrong in ("z", "7", "x,x", ""):
        assert main(["emit", f"{path}:f", "--wrt", wrong]) == 2, wrong
    assert "`f` has no parameter 'z'; its parameters are x, y" in capsys.readouterr().err


def test_ints_in_wrt_are_differentiated_as_floats(tmp_path, capsys):
    loop = "def g(n: int):\n    for i in range(n):\n        i\n    return n * 1.0\n"
    path = write(tmp_path, "m.py", "def f(n: int):\n    return n * n\n" + loop)
    assert "check_type(n, 'float', 'n')" in emit(path, "f")
    assert main(["emit", f"{path}:g"]) == 1
    assert "AC014" in capsys.readouterr().err


def test_of_names_a_mutated_argument(tmp_path):
    path = write(tmp_path, "m.py", "def step(a: 'float64[:]', k: float):\n    a[1:] = a[:-1] * k\n")
    emit(path, "step", "--of", "a", "--wrt", "a,k")
    found = in_fresh_interpreter(path.parent / "emitted" / "step.py", "step_grad(np.arange(4.0), 2.0)")
    assert found == [[3.0, 2.0, 2.0, 0.0], 3.0]


def test_functions_called_like_helpers_and_awkward_files(tmp_path):
    text = emit(
        write(tmp_path, "m.py", "copied = 2.0\nnp = 3.0\ndef spread(x: float):\n    return copied * x * np\n"),
        "spread",
    )
    namespace = {}
    exec(text, namespace)
    assert namespace["spread_grad"](1.0) == 6.0
    unusual = tmp_path / "coding=latin-1\n.py"
    unusual.write_text("def f(x: float):\n    return x\n")
    text = emit(unusual, "f")
    assert text.splitlines()[0] == "# Derivative of `f` in coding?latin-1?.py, written by adjoint_compiler."


def test_decorators_of_the_function_do_not_count(tmp_path):
    source = "import adjoint_compiler as ac\n@ac.grad(wrt=0)\n@unknown.thing\ndef f(x: float):\n    return x * x\n"
    assert "def f_grad(x):" in emit(write(tmp_path, "m.py", source), "f")


def test_lambdas_and_recursion(tmp_path):
    power = "def power(x: float, n: int):\n    return 1.0 if n == 0 else x * power(x, n - 1)\n"
    path = write(tmp_path, "m.py", "square = lambda x: x * x\n" + power)
    emit(path, "square", "--signature", "x: float")
    assert "def square_grad(x):" in (path.parent / "emitted" / "square.py").read_text()
    emit(path, "power")
    assert in_fresh_interpreter(path.parent / "emitted" / "power.py", "power_grad(2.0, 3)") == 12.0


def test_the_commands_of_the_readme_work(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert main(["emit", "examples/quickstart.py:f", "--wrt", "x,y"]) == 0
    assert "def f_grad(x, y):" in capsys.readouterr().out


def test_as_a_module():
    command = [sys.executable, "-m", "adjoint_compiler", "emit", "examples/quickstart.py:f"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0 and "def f_grad(x, y):" in run.stdout


def test_version(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0 and re.fullmatch(r"adjoint-compiler \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_rewrites_are_left_out_by_level_and_by_name(tmp_path, capsys):
    path = write(tmp_path, "m.py", "def f(x: float):\n    y = x * x\n    return -(x * x) * y\n")
    default, plain = emit(path, "f"), emit(path, "f", "--optimize", "0")
    assert len(default.splitlines()) < len(plain.splitlines())
    assert emit(path, "f", "--optimize", "2") == default == emit(path, "f", "--optimize=-hold_views")
    assert emit(path, "f", "--optimize=-absorb_signs,-share_primal") != default
    values = {
        in_fresh_interpreter(write(tmp_path, f"{k}.py", text), "f_grad(1.5)") for k, text in enumerate((default, plain))
    }
    assert len(values) == 1
    for wrong in ("3", "-hold_view", "hold_views"):
        assert main(["emit", f"{path}:f", f"--optimize={wrong}"]) == 2
        assert f"--optimize {wrong}:" in capsys.readouterr().err


def test_loggers_of_the_module_are_carried(tmp_path, caplog):
    text = """
        import logging

        logger, steps = logging.getLogger(__name__), logging.getLogger("steps")


        def f(x: float):
            for k in range(2):
                steps.warning("step %d", k)
                x = x * x
            logger.warning("done")
            return x
    """
    names = {"__name__": "emitted"}
    exec(emit(write(tmp_path, "m.py", text), "f"), names)
    assert names["f_grad"](3.0) == 4 * 3.0**3
    assert [r.message for r in caplog.records] == ["step 0", "step 1", "done"]
