"""Whole modules: helpers as they are written into them, names, imports, and programs of the corpus end to end."""

import ast
import contextlib
import inspect
import io
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler import runtime
from adjoint_compiler.backend.helper_text import helper_text, helpers_of, modules_of
from adjoint_compiler.backend.module import globals_read, import_lines
from adjoint_compiler.cli import Order, compiled_text
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.static import read_function
from adjoint_compiler.ir.types import is_container, type_of
from tests.programs import all_programs
from tests.programs.check_primals import arrays

HELPERS = [n for n in dir(runtime) if isinstance(getattr(runtime, n), FunctionType)]


@pytest.mark.parametrize("name", HELPERS)
def test_helper_texts_are_plain_definitions(name):
    helper = getattr(runtime, name)
    tree = ast.parse(helper_text(helper))
    assert [type(n) for n in tree.body] == [ast.FunctionDef] and tree.body[0].name == name
    for node in ast.walk(tree):
        assert not isinstance(node, (ast.AnnAssign, ast.Import, ast.ImportFrom))
        assert getattr(node, "annotation", None) is None and getattr(node, "returns", None) is None
    documented = ast.get_docstring(tree.body[0])
    assert documented == inspect.getdoc(helper).split("\n\n")[0]
    namespace = {}
    exec(helper_text(helper), namespace)
    plain = inspect.signature(helper)
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in plain.parameters.values()]
    assert str(inspect.signature(namespace[name])) == str(plain.replace(parameters=bare, return_annotation=plain.empty))


def test_helpers_use_numpy_math_and_each_other_only():
    every = helpers_of(HELPERS)
    assert {h.__name__ for h in every} == set(HELPERS), "a helper calls a function that is not exported"
    assert {m.__name__ for h in every for m in modules_of(h).values()} <= {"numpy", "math"}


def test_helper_texts_pass_ruff(tmp_path):
    ruff = shutil.which("ruff", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if ruff is None:
        pytest.skip("ruff is not installed")
    path = tmp_path / "helpers.py"
    path.write_text("import math\n\nimport numpy as np\n\n\n" + "\n\n".join(map(helper_text, helpers_of(HELPERS))))
    run = subprocess.run([ruff, "check", "--isolated", "--no-cache", path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_globals_are_told_from_locals_attributes_and_builtins():
    text = "def f(x):\n    K = 1\n    def g(y):\n        return K * L + y.M\n    return [len(P) for q in x if Q(q)] + g(x)\n"
    assert globals_read(text) == ("L", "P", "Q")


def test_imports_are_sorted_and_found_in_constants_too():
    text = "C = scipy.special.erf(math.pi)\ndef f(x):\n    return np.sin(x) * scipy.constants.c * C\n"
    pytest.importorskip("scipy.special")
    pytest.importorskip("scipy.constants")
    assert import_lines(text) == [
        "import math", "", "import numpy as np", "import scipy.constants", "import scipy.special",
    ]  # fmt: skip


def test_a_name_that_nothing_defines_is_a_fault_of_the_compiler():
    with pytest.raises(DifferentiationError, match="AC017.*reads `unheard_of`"):
        import_lines("def f(x):\n    return unheard_of(x)\n")


def takes_containers(entry):
    return any(is_container(type_of(a)) for a in entry.example())


# `emit` knows types of numbers and arrays, which is what annotations can say
CHOSEN = [p for p in all_programs() if p.function.__name__ != "<lambda>" and not takes_containers(p)][::3]


def emitted(entry, form):
    """The names of the module that is emitted for a program of the corpus, with the types of its arguments."""
    path = inspect.getsourcefile(entry.function)
    function = read_function(path, entry.function.__name__)
    types = {n: type_of(a) for n, a in zip(function.parameters, entry.example(), strict=False)}
    wrt = tuple(function.parameters[k] for k in entry.positions)
    text = compiled_text(Order(function, wrt, False, entry.of, form, types, ()), os.path.basename(path))
    namespace = {}
    exec(compile(text, f"<{entry.id}>", "exec"), namespace)
    return namespace


def close(found, expected):
    for a, b in zip(arrays(found), arrays(expected), strict=True):
        if b is not None:
            np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("entry", CHOSEN, ids=lambda p: p.id)
def test_programs_of_the_corpus(entry):
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            expected = ac.grad(entry.function, wrt=entry.positions, of=entry.of)(*entry.example())
        except Exception as fault:  # no scalar, refused, or what the program raises itself
            with pytest.raises(type(fault)):
                emitted(entry, "joint")[f"{entry.function.__name__}_grad"](*entry.example())
        else:
            found = emitted(entry, "joint")[f"{entry.function.__name__}_grad"](*entry.example())
            close(list(found), list(expected))
