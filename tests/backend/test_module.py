"""Whole modules: the helpers written into them, names, imports, and programs of the corpus end to end."""

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
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.static import read_function
from adjoint_compiler.ir.types import is_container, type_of
from adjoint_compiler.orders import Order, compiled_text
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


def test_helpers_use_numpy_math_scipy_and_each_other_only():
    every = helpers_of(HELPERS)
    assert {h.__name__ for h in every} == set(HELPERS), "a helper calls a function that is not exported"
    assert {m.__name__ for h in every for m in modules_of(h).values()} <= {"numpy", "math", "scipy"}


def test_helper_texts_pass_ruff(tmp_path):
    ruff = shutil.which("ruff", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])))
    if ruff is None:
        pytest.skip("ruff is not installed")
    path = tmp_path / "helpers.py"
    path.write_text(
        "import math\n\nimport numpy as np\nimport scipy\n\n\n" + "\n\n".join(map(helper_text, helpers_of(HELPERS)))
    )
    run = subprocess.run([ruff, "check", "--isolated", "--no-cache", path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


def test_globals_are_told_from_locals_attributes_and_builtins():
    inner = "    def g(y):\n        return K * L + y.M\n"
    text = f"def f(x):\n    K = 1\n{inner}    return [len(P) for q in x if Q(q)] + g(x)\n"
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
CHOSEN = [p for p in all_programs() if p.function.__name__ != "<lambda>" and not takes_containers(p)]
LIVE_ONLY = {
    "held_functions.objects_of_several_classes_from_outside",
    "objects.global_object",
    "sets_and_heaps.set_of_an_object",
}  # objects that a module makes are refused: AC018
CHOSEN = [p for p in CHOSEN if p.id not in LIVE_ONLY and p.kind != "held_iterators"]
CHOSEN = [p for k, p in enumerate(CHOSEN) if k % 9 == 0 or p.kind in ("objects", "object_items", "held_functions")]


def emitted(entry, form):
    """The names of the module emitted for a program of the corpus, given the types of its arguments."""
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


def ones_like(y):
    """A seed for a result."""
    if isinstance(y, (tuple, list)):
        return [ones_like(item) for item in y]
    if isinstance(y, dict):
        return {key: ones_like(item) for key, item in y.items()}
    return np.ones_like(y)[()]


@pytest.mark.parametrize("entry", CHOSEN, ids=lambda p: p.id)
def test_programs_of_the_corpus(entry):
    name = entry.function.__name__
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        joint = emitted(entry, "joint")[f"{name}_grad"] if entry.of or entry.raises else None
        if entry.raises is not None:
            with pytest.raises(entry.raises):
                joint(*entry.example())
            return
        try:
            y, pullback = ac.vjp(entry.function, *entry.example(), of=entry.of)
        except DifferentiationError as refusal:
            with pytest.raises(DifferentiationError) as caught:
                emitted(entry, "split")
            assert str(caught.value) == str(refusal)
            return
        every = pullback(ones_like(y))
        expected = [every[k] for k in entry.positions]
        pair = emitted(entry, "split")
        found_y, tape = pair[f"{name}_primal"](*entry.example())
        found = pair[f"{name}_adjoint"](tape, ones_like(found_y))
        close(list(found), expected)
        close(list(pair[f"{name}_adjoint"](tape, ones_like(found_y))), expected)  # the tape is not used up
        if joint is not None:
            close(list(joint(*entry.example())), expected)


def test_iterators_that_are_objects_are_not_carried():
    entry = next(p for p in all_programs() if p.id == "held_iterators.first_item_and_the_rest")
    with pytest.raises(DifferentiationError, match="AC018.*`sequence_iterator`"):
        emitted(entry, "split")
