"""Finding the text of functions, wherever they were written."""

import functools
import importlib
import linecache
import py_compile
import subprocess
import sys
import textwrap
import threading

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
    y = x * 3
    return y


pair = [lambda x: x + 1, lambda x: x * 2]
twins = (lambda x: x - 1, lambda x: x - 1)
nested_lambda = lambda x: lambda y: x * y  # noqa: E731
several = (
    lambda x, k=3: (
        x**k
        + 1
    )
)  # fmt: skip
π_shift = lambda x: "é" * 0 or x  # noqa: E731, PLC2401


def body_of(function):
    return (
        gast.unparse(source_of(function).tree)
        if hasattr(gast, "unparse")
        else gast.dump(source_of(function).tree)
    )


def refused(function):
    with pytest.raises(DifferentiationError) as caught:
        source_of(function)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def load(tmp_path, monkeypatch, text, name="subject"):
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(text), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, name, raising=False)
    importlib.invalidate_caches()
    return importlib.import_module(name)


# -- functions of files ----------------------------------------------------------------------------------------


def test_plain_function():
    source = source_of(plain)
    assert source.text == "def plain(x):\n    return x * x"
    assert source.first_line == plain.__code__.co_firstlineno
    assert isinstance(source.tree, gast.FunctionDef)
    assert source.tree.lineno == source.first_line
    assert source.globals is globals() and source.closure == {}
    assert (source.name, source.qualname, source.function) == ("plain", "plain", plain)
    assert source.owner is None and source.dispatcher is None


def test_decorators_are_left_out_and_comments_stay():
    source = source_of(decorated)
    assert source.tree.decorator_list == []
    assert source.text == "def decorated(x):\n    # a comment\n    return np.sin(x)"
    assert source.first_line > decorated.__code__.co_firstlineno


def test_a_wrapper_is_itself_not_what_it_wraps():
    source = source_of(wrapped)
    assert source.tree.name == "wrapper" and source.name == "wrapped"
    assert source.closure["function"].cell_contents(1) == 2


def test_asking_twice_gives_separate_trees():
    first = source_of(decorated)
    first.tree.body.clear()
    assert source_of(decorated).tree.body


def test_methods():
    model = Model()
    bound = source_of(model.apply)
    assert bound.owner is model and bound.qualname == "Model.apply"
    assert bound.text == "def apply(self, x):\n    return self.rate * x"
    assert source_of(Model.apply).owner is None
    assert source_of(Model.fixed).tree.name == "fixed"
    assert source_of(Model.__dict__["fixed"]).tree.name == "fixed"
    assert source_of(model.of_class).owner is Model


def test_nested_function_with_closure():
    scale, unused = 3.0, 4.0

    def inner(x):
        def innermost(y):
            return y * scale

        return innermost(x)

    source = source_of(inner)
    assert source.text.startswith("def inner(x):\n    def innermost(y):")
    assert source.lines[0].startswith("    def inner")
    assert source.closure["scale"].cell_contents == 3.0 and unused
    assert set(source.closure) == {"scale"}


def test_redefinitions_are_told_apart():
    def make(flag):
        if flag:

            def f(x):
                return x + 1
        else:

            def f(x):
                return x + 2

        return f

    assert source_of(make(True)).text.endswith("x + 1")
    assert source_of(make(False)).text.endswith("x + 2")


def test_functions_with_rewritten_asserts():
    if not any(name.startswith("@py") for name in with_assert.__code__.co_names):
        pytest.skip("asserts are not rewritten in this run")
    assert source_of(with_assert).text.endswith("return y")


def test_strings_with_lines_of_their_own(tmp_path, monkeypatch):
    module = load(
        tmp_path,
        monkeypatch,
        '''
        class A:
            def f(self, x):
                """First.

        outdented text
                """
                return x
        ''',
    )
    source = source_of(module.A.f)
    assert source.text.splitlines()[0] == "def f(self, x):"
    assert source.tree.body[-1].lineno == source.first_line + len(source.lines) - 1


def test_private_names_and_future_annotations(tmp_path, monkeypatch):
    module = load(
        tmp_path,
        monkeypatch,
        """
        from __future__ import annotations
        class A:
            def f(self, x: Missing) -> Missing:
                def g(y: Absent):
                    return y
                return self.__hidden + g(x)
        """,
    )
    assert source_of(module.A.f).tree.name == "f"


def test_warnings_of_the_file_are_not_given_again(tmp_path, monkeypatch, recwarn):
    (tmp_path / "warned.py").write_text("def f(x):\n    return x if '\\d' else x is 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module("warned")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert source_of(module.f).tree.name == "f"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are new in 3.12")
def test_type_parameters(tmp_path, monkeypatch):
    module = load(tmp_path, monkeypatch, "def f[T](x: T) -> T:\n    return x\n", "generic_subject")
    assert source_of(module.f).tree.name == "f"


def test_moved_lines_are_followed_and_edits_refused(tmp_path, monkeypatch):
    module = load(tmp_path, monkeypatch, "def f(x):\n    return x + 1\nh = lambda x: x - 5\n", "edited")
    path = tmp_path / "edited.py"
    path.write_text("# a new first line, long enough to change the size\n" + path.read_text())
    assert source_of(module.f).first_line == 2
    assert source_of(module.h).first_line == 4
    path.write_text("def f(x):\n    return x + 2  # edited without importing again\n")
    diagnostic = refused(module.f)
    assert diagnostic.code == "AC006" and "edited.py no longer holds `f`" in diagnostic.message
    path.write_text("def f(x:\n")
    assert "cannot be parsed" in refused(module.f).message


def test_constants_that_compare_equal_are_not_the_same(tmp_path, monkeypatch):
    module = load(tmp_path, monkeypatch, "def f(x):\n    return x * 1.0, x in {1, 2}\n", "constants")
    assert source_of(module.f)
    (tmp_path / "constants.py").write_text("def f(x):\n    return x * True, x in {1, 2} # longer\n")
    assert refused(module.f).code == "AC006"


def test_only_compiled_files_are_refused(tmp_path, monkeypatch):
    source = tmp_path / "compiled_only.py"
    source.write_text("def f(x):\n    return x\n")
    py_compile.compile(str(source), cfile=str(tmp_path / "compiled_only.pyc"))
    source.unlink()
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    diagnostic = refused(importlib.import_module("compiled_only").f)
    assert diagnostic.code == "AC006" and "compiled_only.py cannot be read" in diagnostic.message
    assert str(tmp_path) not in diagnostic.render()


# -- lambdas ---------------------------------------------------------------------------------------------------


def test_lambdas_of_one_line():
    first, second = map(source_of, pair)
    assert gast.dump(first.tree.body).startswith("BinOp") and isinstance(first.tree.body.op, gast.Add)
    assert isinstance(second.tree.body.op, gast.Mult)
    assert first.text == second.text == "pair = [lambda x: x + 1, lambda x: x * 2]"
    assert first.name == "<lambda>"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="columns are known since 3.11")
def test_equal_lambdas_are_told_apart_by_column():
    columns = [source_of(f).tree.col_offset for f in twins]
    assert columns[0] < columns[1]


def test_nested_and_multi_line_lambdas():
    assert isinstance(source_of(nested_lambda).tree.body, gast.Lambda)
    assert isinstance(source_of(nested_lambda(2)).tree.body, gast.BinOp)
    assert source_of(nested_lambda(2)).closure["x"].cell_contents == 2
    assert len(source_of(several).tree.args.args) == 2
    assert source_of(several).text.startswith("several = (")


def test_lambdas_in_calls_and_headers():
    def call(f):
        return f

    inner = call(lambda x: x + 3)
    assert source_of(inner).text == "inner = call(lambda x: x + 3)"
    for f in (lambda x: x + 4,):
        assert source_of(f).text == "for f in (lambda x: x + 4,):"


# -- text that is in no file -----------------------------------------------------------------------------------


def register(name, text):
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    space = {"np": np}
    exec(compile(text, name, "exec"), space)
    return space


def test_text_registered_in_linecache():
    space = register(
        "<adjoint_compiler f_adjoint 1>", "import numpy as np\n\ndef f(x):\n    return np.exp(x)\n"
    )
    source = source_of(space["f"])
    assert (source.file, source.first_line) == ("<adjoint_compiler f_adjoint 1>", 3)


def test_exec_without_text_is_refused():
    space = {}
    exec("def f(x): return x", space)
    diagnostic = refused(space["f"])
    assert diagnostic.code == "AC006" and "exec" in diagnostic.message and diagnostic.help


def test_text_of_something_else_under_the_same_name_is_refused():
    space = register("<shared>", "def f(x):\n    return x\n")
    register("<shared>", "def f(x):\n    return x * x\n")
    assert refused(space["f"]).code == "AC006"


def test_doctest_examples():
    import doctest

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
    import ast

    text = "y = 1\nf = lambda x: x + y\ndef g(x):\n    return x - y\nawait_me = 1\n"
    name = "<ipython-input-7-abc>"
    linecache.cache[name] = (len(text), 123.0, text.splitlines(keepends=True), name)
    space = {}
    for statement in ast.parse(text).body:
        exec(compile(ast.Interactive([statement]), name, "single"), space)
    assert source_of(space["f"]).text == "f = lambda x: x + y"
    assert source_of(space["g"]).first_line == 3


SCRIPT = "from adjoint_compiler.frontend.source import source_of\ndef f(x):\n    return x\nprint(source_of(f).text)\n"


def test_command_line_text():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True)
    if sys.version_info >= (3, 13):  # kept by Python itself
        assert run.stdout == "def f(x):\n    return x\n"
    else:
        assert "AC006" in run.stderr


def test_optimized_and_without_columns(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from adjoint_compiler.frontend.source import source_of\n"
        "def f(x):\n    '''doc'''\n    assert x\n    return x\n"
        "fs = [lambda x: x + 1, lambda x: x + 2]\n"
        "print(source_of(f).first_line, [source_of(g).tree.body.right.value for g in fs])\n"
    )
    flags = ["-OO", *(["-X", "no_debug_ranges"] if sys.version_info >= (3, 11) else [])]
    root = module_source.__globals__["__file__"].rsplit("adjoint_compiler", 1)[0]
    for flag in ([], flags):
        run = subprocess.run(
            [sys.executable, *flag, str(script)], capture_output=True, text=True, env={"PYTHONPATH": root}
        )
        assert run.stdout == "2 [1, 2]\n", run.stderr


# -- what is not a function of Python --------------------------------------------------------------------------


@pytest.mark.parametrize("function", [len, np.sin, np.sum, "".join, str.upper, np.ndarray.sum])
def test_library_functions_have_no_source(function):
    diagnostic = refused(function)
    assert diagnostic.code == "AC006" and "library function" in diagnostic.message


@pytest.mark.parametrize(
    "thing", [functools.partial(plain, 1), Model, Model(), functools.lru_cache(plain), 3.0]
)
def test_other_objects_are_refused(thing):
    diagnostic = refused(thing)
    assert diagnostic.code == "AC019" and diagnostic.help


def generator(x):
    yield x


async def coroutine(x):
    return x


async def async_generator(x):
    yield x


@pytest.mark.parametrize("function", [generator, coroutine, async_generator])
def test_functions_that_run_later_are_refused(function):
    diagnostic = refused(function)
    assert diagnostic.code == "AC016"
    assert diagnostic.span.text.endswith(f"def {function.__name__}(x):")
    assert diagnostic.render().splitlines()[2].endswith("^" * len(f"def {function.__name__}(x):"))


class Dispatcher:
    """Looks like a numba dispatcher."""

    def __init__(self, function):
        self.py_func = function

    def __call__(self, *args):
        return self.py_func(*args)


def test_dispatchers():
    dispatcher = Dispatcher(plain)
    source = source_of(dispatcher)
    assert source.function is plain and source.dispatcher is dispatcher


def test_ufuncs_and_kernels_are_no_dispatchers():
    ufunc = Dispatcher(plain)
    ufunc.nin = 1
    kernel = type("Kernel", (Dispatcher,), {"__getitem__": lambda self, grid: self})(plain)
    assert refused(ufunc).code == refused(kernel).code == "AC019"


def test_numba_functions():
    numba = pytest.importorskip("numba")
    compiled = numba.njit(plain)
    assert source_of(compiled).dispatcher is compiled


# -- spans and files that are only read ------------------------------------------------------------------------


def test_spans_count_characters_of_the_file():
    source = source_of(π_shift)
    span = span_of(source.tree.body, source)
    assert span.text.startswith("π_shift")
    assert span.text[span.col : span.end_col] == '"é" * 0 or x'
    assert span.line == span.end_line == source.first_line
    assert span_of(object(), source).line == 0


def test_spans_over_several_lines():
    source = source_of(several)
    span = span_of(source.tree, source)
    assert span.end_line > span.line
    assert span.text.strip().startswith("lambda x, k=3")


def test_spans_of_indented_functions():
    source = source_of(Model.apply)
    span = span_of(source.tree.body[0].value, source)
    assert span.text[span.col : span.end_col] == "self.rate * x"


def test_files_are_parsed_never_run(tmp_path):
    path = tmp_path / "untrusted.py"
    path.write_text("raise SystemExit\n\n@unknown\ndef f(x):\n    return x\n")
    module = module_source(str(path))
    assert isinstance(parse_module(str(path)), gast.Module)
    definition = module.tree.body[1]
    assert definition.decorator_list
    assert span_of(definition, module).text == "def f(x):"


def test_files_that_cannot_be_parsed(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("x = 1\n    def f(:\n")
    with pytest.raises(DifferentiationError) as caught:
        parse_module(str(path))
    assert caught.value.diagnostics[0].code == "AC001" and caught.value.diagnostics[0].span.line == 2
    for content in (b"x = '\x00'", b"# coding: nonsense\n", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(DifferentiationError):
            parse_module(str(path))
    with pytest.raises(DifferentiationError) as caught:
        parse_module(str(tmp_path / "absent.py"))
    assert caught.value.diagnostics[0].code == "AC006"


def test_several_threads_at_once():
    found = []
    threads = [
        threading.Thread(target=lambda: found.extend(source_of(f).text for f in pair)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
