"""Finding the text of functions, wherever they were written."""

import ast
import contextlib
import doctest
import functools
import importlib
import linecache
import os
import py_compile
import select
import subprocess
import sys
import textwrap
import threading
import types
import warnings
from pathlib import Path

import gast
import numpy as np
import pytest

from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend.source import module_source, parse_module, source_of, span_of


def passthrough(**_options):
    return lambda function: function


def doubling(function):
    @functools.wraps(function)
    def wrapper(*args):
        return 2 * function(*args)

    return wrapper


def plain(x):
    return x * x


@passthrough(
    wrt="x",
)
@passthrough()
def decorated(x):
    # a comment
    return np.sin(x)


@doubling
def wrapped(x):
    return x + 1


class Model:
    rate = 0.5

    def apply(self, x):
        return self.rate * x

    @staticmethod
    def fixed(x):
        return x - 1

    @classmethod
    def of_class(cls, x):
        return cls.rate + x


def with_assert(x):
    assert x > 0, "positive"
    return x * 3


pair = [lambda x: x + 1, lambda x: x * 2]
twins = (lambda x: x - 1, lambda x: x - 1)
constants = [lambda: 1, lambda: 1.0, lambda: True]
nested_lambda = lambda x: lambda y: x * y  # noqa: E731
several = [
    lambda x, k=3: (
        x**k  # over several lines
        + 1
    )
][0]
π_shift = lambda x: "é" * 0 or x  # noqa: E731


def refused(function):
    with pytest.raises(DifferentiationError) as caught:
        source_of(function)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Write a module and import it."""

    def load(name, text):
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        importlib.invalidate_caches()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module(name)
        monkeypatch.delitem(sys.modules, name)
        return module

    return load


def register(name, text):
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {"np": np}
    exec(compile(text, name, "exec"), space)
    return space


# -- functions of files --------------------------------------------------------------------------------------


def test_plain_function():
    source = source_of(plain)
    assert source.text == "def plain(x):\n    return x * x"
    assert source.first_line == plain.__code__.co_firstlineno == source.tree.lineno
    assert isinstance(source.tree, gast.FunctionDef)
    assert source.globals is globals() and source.closure == {}
    assert (source.name, source.qualname, source.function) == ("plain", "plain", plain)
    assert source.owner is None and source.dispatcher is None


def test_decorators_are_left_out_and_wrappers_are_themselves():
    source = source_of(decorated)
    assert source.text == "def decorated(x):\n    # a comment\n    return np.sin(x)"
    assert source.first_line > decorated.__code__.co_firstlineno and source.tree.decorator_list == []
    source.tree.body.clear()
    assert source_of(decorated).tree.body  # asking again gives another tree
    source = source_of(wrapped)
    assert source.tree.name == "wrapper" and source.name == "wrapped"
    assert source.closure["function"].cell_contents(1) == 2


def test_methods():
    model = Model()
    bound = source_of(model.apply)
    assert bound.owner is model and bound.qualname == "Model.apply"
    assert bound.text == "def apply(self, x):\n    return self.rate * x"
    assert source_of(Model.apply).owner is None and source_of(model.of_class).owner is Model
    assert source_of(Model.fixed).tree.name == source_of(Model.__dict__["fixed"]).tree.name == "fixed"


def test_nested_functions():
    scale = 3.0

    def inner(x):
        def innermost(y):
            return y * scale

        return innermost(x)

    def make(flag):
        if flag:

            def f(x):
                return x + 1
        else:

            def f(x):
                return x + 2

        return f

    source = source_of(inner)
    assert source.text.startswith("def inner(x):\n    def innermost(y):")
    assert source.lines[0].startswith("    def inner")
    assert {name: cell.cell_contents for name, cell in source.closure.items()} == {"scale": 3.0}
    assert [source_of(make(flag)).text[-1] for flag in (True, False)] == ["1", "2"]


def test_functions_with_rewritten_asserts():
    if not any(name.startswith("@py") for name in with_assert.__code__.co_names):
        pytest.skip("asserts are not rewritten in this run")
    assert source_of(with_assert).text.endswith("return x * 3")


UNUSUAL = {
    "outdented": "class A:\n    def f(self, x):\n        '''First.\n\nleft\n'''\n        return x\nf = A.f\n",
    "future": (
        "from __future__ import annotations\nclass A:\n    def f(self, x: Missing) -> Missing:\n"
        "        def g(y: Absent):\n            return y\n        return self.__hidden + g(x)\nf = A.f\n"
    ),
    "warned": "def f(x):\n    return x if '\\d' else x is 1\n",
    "form_feed": "x = 1\n\x0c\ns = '\u2028'\ndef f(x):\n    return x\n",
}
if sys.version_info >= (3, 12):
    UNUSUAL["type_parameters"] = "def f[T](x: T) -> T:\n    return x\n"


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_files(load, name):
    f = load(f"unusual_{name}", UNUSUAL[name]).f
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # what the file was warned of is not said again
        source = source_of(f)
    assert source.text.startswith("def f") and source.text.split("\n")[-1].lstrip().startswith("return")
    assert source.tree.body[-1].lineno == source.first_line + len(source.lines) - 1


def test_edited_files(load, tmp_path):
    module = load("edited", "def f(x):\n    return x * 1.0, x in {1, 2}\nh = lambda x: x - 5\n")
    path = tmp_path / "edited.py"
    path.write_text("# a new first line: lines have moved\n" + path.read_text())
    assert (source_of(module.f).first_line, source_of(module.h).first_line) == (2, 4)
    path.write_text("def f(x):\n    return x * True, x in {1, 2}  # equal, but not the same\n")
    assert refused(module.f).code == "AC006" and "`f` is not in edited.py as" in refused(module.f).message
    path.write_text("def f(x:\n")
    assert "cannot be parsed" in refused(module.f).message


def test_only_compiled_files_are_refused(load, tmp_path):
    module = load("compiled_only", "def f(x):\n    return x\n")
    py_compile.compile(str(tmp_path / "compiled_only.py"), cfile=str(tmp_path / "compiled_only.pyc"))
    (tmp_path / "compiled_only.py").unlink()
    diagnostic = refused(module.f)
    assert diagnostic.code == "AC006" and "compiled_only.py cannot be read" in diagnostic.message
    assert str(tmp_path) not in diagnostic.render()


# -- lambdas -------------------------------------------------------------------------------------------------


def test_lambdas_of_one_line():
    first, second = map(source_of, pair)
    assert isinstance(first.tree.body.op, gast.Add) and isinstance(second.tree.body.op, gast.Mult)
    assert first.text == second.text == "pair = [lambda x: x + 1, lambda x: x * 2]"
    assert first.name == "<lambda>"
    assert [repr(source_of(f).tree.body.value) for f in constants] == ["1", "1.0", "True"]
    if sys.version_info >= (3, 11):  # columns are known
        columns = [source_of(f).tree.col_offset for f in twins]
        assert columns[0] < columns[1]


def test_lambdas_elsewhere():
    assert isinstance(source_of(nested_lambda).tree.body, gast.Lambda)
    assert isinstance(source_of(nested_lambda(2)).tree.body, gast.BinOp)
    assert source_of(nested_lambda(2)).closure["x"].cell_contents == 2
    assert len(source_of(several).tree.args.args) == 2 and source_of(several).text.startswith("several = [")
    inner = (lambda f: f)(lambda x: x + 3)
    assert source_of(inner).text == "inner = (lambda f: f)(lambda x: x + 3)"
    for f in (lambda x: x + 4,):
        assert source_of(f).text == "for f in (lambda x: x + 4,):"


# -- text that is in no file ---------------------------------------------------------------------------------


def test_text_registered_in_linecache():
    name = "<adjoint_compiler f_adjoint 1>"
    source = source_of(register(name, "import numpy as np\n\ndef f(x):\n    return np.exp(x)\n")["f"])
    assert (source.file, source.first_line) == (name, 3)
    f = register("<shared>", "def f(x):\n    return x\n")["f"]
    register("<shared>", "def f(x):\n    return x * x\n")
    assert refused(f).code == "AC006"
    space = {}
    exec("".join(["def f(x): ", "return x + 12.5"]), space)
    assert refused(space["f"]).code == "AC006" and refused(space["f"]).help


def test_doctest_examples():
    text = """
    >>> from adjoint_compiler.frontend.source import source_of
    >>> def f(x):
    ...     return x ** 3
    >>> print(source_of(f).text)
    def f(x):
        return x ** 3
    >>> source_of(lambda x: -x).text
    'source_of(lambda x: -x).text'
    """
    test = doctest.DocTestParser().get_doctest(text, {}, "typed", None, None)
    assert doctest.DocTestRunner(verbose=False).run(test).failed == 0


def test_notebook_cells():
    """IPython compiles a cell statement by statement, under a name it registers."""
    text = "y = 1\nf = lambda x: x + y\ndef g(x):\n    return x - y\n"
    name, space = "<ipython-input-7-abc>", {}
    linecache.cache[name] = (len(text), 123.0, text.splitlines(keepends=True), name)
    for statement in ast.parse(text).body:
        exec(compile(ast.Interactive([statement]), name, "single"), space)
    assert source_of(space["f"]).text == "f = lambda x: x + y" and source_of(space["g"]).first_line == 3


SCRIPT = """
from adjoint_compiler.frontend.source import source_of
def f(x):
    '''doc'''
    assert x
    return x
fs = [lambda x: x + 1, lambda x: x + 2]
print(source_of(f).first_line, [source_of(g).tree.body.right.value for g in fs])
"""


def test_other_ways_to_run(tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)

    def run(*arguments):
        root = str(Path(module_source.__globals__["__file__"]).parents[2])
        return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, cwd=root)

    columns = ["-X", "no_debug_ranges"] if sys.version_info >= (3, 11) else []
    for flags in ([], ["-OO"], columns):
        script = f"import runpy; runpy.run_path({str(tmp_path / 'script.py')!r})"
        assert run(*flags, "-c", script).stdout == "3 [1, 2]\n"
    assert run("-c", SCRIPT).stdout == "3 [1, 2]\n"


RUN = "import adjoint_compiler as ac\n{}\nprint(ac.grad(f)(3.0), ac.grad(g)(3.0))\n"
MADE = [
    ("exec of a variable", "text = 'def f(x):\\n    return x * x\\n\\ng = lambda x: 5.0 * x'\nexec(text)", "6.0 5.0\n"),
    ("exec of a constant", "exec('def f(x): return x * x')\ng = eval('lambda x: 5.0 * x')", "6.0 5.0\n"),
    ("exec of what is gone", "exec(' '.join(['def f(x): return x', '* x']))\ng = f", "AC006"),
    ("two texts", "a = 'def f(x): return x'\nb = 'def f(x): return x * x'\nexec(b)\ng = f", "6.0 6.0\n"),
]


@pytest.mark.parametrize(("name", "text", "expected"), MADE, ids=[name for name, _, _ in MADE])
def test_texts_given_to_exec(name, text, expected, tmp_path):
    (tmp_path / "script.py").write_text(RUN.format(text))
    done = subprocess.run([sys.executable, str(tmp_path / "script.py")], capture_output=True, text=True)
    assert done.stdout == expected if expected != "AC006" else "AC006" in done.stderr


def test_scripts_on_standard_input(tmp_path):
    script = RUN.format("def f(x): return x * x\ng = lambda x: 5.0 * x")
    (tmp_path / "script.py").write_text(script)
    with open(tmp_path / "script.py", "rb") as file:
        done = subprocess.run([sys.executable, "-"], stdin=file, capture_output=True, text=True)
    assert done.stdout == "6.0 5.0\n"
    piped = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True)
    assert sys.version_info >= (3, 13) or "AC006" in piped.stderr


def test_what_is_typed_in():
    lines = [
        "def f(x):",
        "    y = 2.0 * x",
        "    return y * x",
        "",
        "g = lambda x: 5.0 * x",
        "def f(x):",
        "    return x * x",
        "",
        "class A:",
        "    def at(self, x):",
        "        return x",
        "",
    ]
    readline = types.SimpleNamespace(
        get_current_history_length=lambda: len(lines), get_history_item=lambda k: lines[k - 1] if k <= len(lines) else None
    )  # fmt: skip
    space = {}
    for first, last in ((0, 4), (4, 5), (5, 8), (8, 12)):
        exec(compile("\n".join(lines[first:last]) + "\n", "<stdin>", "single"), space)
        space[f"f{first}"] = space["f"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "readline", readline)
        assert [len(source_of(space[n]).lines) for n in ("f0", "g", "f5")] == [3, 1, 2]
        assert source_of(space["A"]().at).text.startswith("def at(self, x):")


def session(lines, monkeypatch):
    """What Python prints when the lines are typed in, at a terminal."""
    pty = pytest.importorskip("pty")
    root = Path(module_source.__globals__["__file__"]).parents[2]
    for name, value in (
        ("TERM", "dumb"),
        ("PYTHONPATH", str(root)),
        ("PYTHON_COLORS", "0"),
        ("PYTHON_HISTORY", os.devnull),
    ):
        monkeypatch.setenv(name, value)
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-q", "-B"])
    out = b""
    for line in (*lines, "exit()"):
        while not out.endswith((b">>> ", b"... ")):
            assert select.select([terminal], [], [], 60)[0], out
            out += os.read(terminal, 1 << 16)
        out += b"|"
        os.write(terminal, line.encode() + b"\n")
    with contextlib.suppress(OSError):
        while read := os.read(terminal, 1 << 16):
            out += read
    os.close(terminal)
    os.waitpid(child, 0)
    return out.decode()


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="the prompt of Python 3.13 keeps the text itself")
def test_a_session_at_a_terminal(monkeypatch):
    pytest.importorskip("readline")
    lines = ["import adjoint_compiler as ac", "def f(x):", "    y = 2.0 * x", "    return y * x", ""]
    lines += ["print('first', ac.grad(f)(3.0))", "g = lambda x: 5.0 * f(x)", "print('second', ac.grad(g)(1.0))"]
    lines += ["def f(x):", "    return x * x", "", "print('third', ac.grad(f)(3.0), ac.grad(g)(1.0))"]
    printed = session(lines, monkeypatch)
    assert "first 12.0" in printed and "second 20.0" in printed and "third 6.0 10.0" in printed, printed


CELLS = """
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()


def run(cell):
    done = shell.run_cell(cell, store_history=True)
    done.raise_error()
    return done.result


run("import math, adjoint_compiler as ac\\nscale = 2.0")
run("def f(x):\\n    return scale * g(x)\\n\\ndef g(x):\\n    return x * x")
found = [run("ac.grad(f)(3.0)")]
run("scale = 3.0")
found.append(run("ac.grad(f)(3.0)"))
run("def g(x):\\n    return x * x * x")
found.append(run("ac.grad(f)(3.0)"))
found += run("[ac.grad(k)(3.0) for k in (lambda x: x * x, lambda x: 5.0 * x)]")
run("class Model:\\n    def __init__(self, k):\\n        self.k = k\\n    def at(self, x):\\n        return self.k * x * x")
found.append(run("ac.grad(Model(3.0).at)(2.0)"))
run("@ac.grad\\ndef h(x):\\n    return x ** 4")
found.append(run("h(1.0)"))
run("%%time\\ndef timed(x):\\n    return x ** 3\\nac.grad(timed)(2.0)")
found.append(run("ac.grad(timed)(2.0)"))
run("%timeit -n1 -r1 ac.grad(f)(3.0)")
print("found", found)
"""


def test_cells_that_ipython_runs(tmp_path):
    pytest.importorskip("IPython")
    (tmp_path / "cells.py").write_text(CELLS)
    env = {
        **os.environ,
        "IPYTHONDIR": str(tmp_path),
        "PYTHONPATH": str(Path(module_source.__globals__["__file__"]).parents[2]),
    }
    done = subprocess.run([sys.executable, str(tmp_path / "cells.py")], capture_output=True, text=True, env=env)
    assert "found [12.0, 18.0, 81.0, 6.0, 5.0, 12.0, 4.0, 12.0]" in done.stdout, done.stdout + done.stderr


# -- what is not a function of Python ------------------------------------------------------------------------


def generator(x):
    yield x


async def coroutine(x):
    return x


async def async_generator(x):
    yield x


LIBRARY = [len, np.sin, np.sum, "".join, str.upper, np.ndarray.sum]
OBJECTS = [functools.partial(plain, 1), Model, Model(), functools.lru_cache(plain), 3.0]
LATER = [generator, coroutine, async_generator]


@pytest.mark.parametrize(
    ("thing", "code"),
    [(f, "AC006") for f in LIBRARY] + [(f, "AC019") for f in OBJECTS] + [(f, "AC016") for f in LATER],
)
def test_other_things_are_refused(thing, code):
    diagnostic = refused(thing)
    assert diagnostic.code == code and diagnostic.help
    if code == "AC016":
        header = f"def {thing.__name__}(x):"
        _, line, carets, *_ = diagnostic.render().splitlines()
        assert line.endswith(header) and carets.endswith("^" * len(header))


class Dispatcher:
    """Looks like a numba dispatcher."""

    def __init__(self, function):
        self.py_func = function

    def __call__(self, *args):
        return self.py_func(*args)


def test_dispatchers():
    dispatcher, ufunc = Dispatcher(plain), Dispatcher(plain)
    assert source_of(dispatcher).function is plain and source_of(dispatcher).dispatcher is dispatcher
    ufunc.nin = 1
    kernel = type("Kernel", (Dispatcher,), {"__getitem__": lambda self, grid: self})(plain)
    assert refused(ufunc).code == refused(kernel).code == "AC019"


def test_numba_functions():
    compiled = pytest.importorskip("numba").njit(plain)
    assert source_of(compiled).dispatcher is compiled and source_of(compiled).function is plain


# -- spans and files that are only read ----------------------------------------------------------------------


def test_spans():
    source = source_of(π_shift)
    span = span_of(source.tree.body, source)
    assert span.text[span.col : span.end_col] == '"é" * 0 or x'  # characters, not bytes
    assert span.line == span.end_line == source.first_line
    assert span_of(object(), source).line == 0
    source = source_of(Model.apply)
    span = span_of(source.tree.body[0].value, source)
    assert span.text[span.col : span.end_col] == "self.rate * x"
    span = span_of(source_of(several).tree, source_of(several))
    assert span.end_line == span.line + 3 and span.text.strip() == "lambda x, k=3: ("


def test_files_are_parsed_never_run(tmp_path):
    path = tmp_path / "untrusted.py"
    path.write_text("raise SystemExit\n\n@unknown\ndef f(x):\n    return x\n")
    module = module_source(str(path))
    assert isinstance(parse_module(str(path)), gast.Module)
    assert module.tree.body[1].decorator_list
    assert span_of(module.tree.body[1], module).text == "def f(x):"


BROKEN = [b"x = 1\n    def f(:\n", b"x = '\x00'", b"# coding: nonsense\n", b"\xff\xfe", b"-" * 100000 + b"1"]


@pytest.mark.parametrize("content", [*BROKEN, None])
def test_files_that_cannot_be_read(tmp_path, content):
    path = tmp_path / "broken.py"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DifferentiationError) as caught:
        parse_module(str(path))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == ("AC006" if content is None else "AC001")
    assert str(tmp_path) not in diagnostic.render()
    assert content is not BROKEN[0] or diagnostic.span.line == 2


def test_several_threads_at_once():
    found = []
    threads = [threading.Thread(target=lambda: found.extend(map(source_of, pair))) for _ in range(8)]
    for step in (threading.Thread.start, threading.Thread.join):
        for thread in threads:
            step(thread)
    assert len(found) == 16
