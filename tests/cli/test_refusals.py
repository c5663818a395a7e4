"""What `emit` refuses: by name, with a place, and with the exit code that says why."""

import io
import json
import re
import sys

import pytest

from adjoint_compiler import orders
from adjoint_compiler.cli import main
from adjoint_compiler.diagnostics import CODES

from . import emit, write


def refusal(path, function, capsys, *words):
    """What is printed when a function is refused."""
    assert main(["emit", f"{path}:{function}", *words]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_the_documented_example_and_its_fix(tmp_path, capsys):
    path = write(tmp_path, "m.py", CODES["AC018"].example)
    line = next(k for k, text in enumerate(path.read_text().splitlines(), 1) if "# AC018" in text)
    text = refusal(path, "f", capsys)
    assert text.startswith(f"m.py:{line}:") and "error[AC018]: `TABLE` is a call of `np.load`" in text
    assert "help: pass `TABLE` as an argument" in text
    assert "def f_grad(x, table):" in emit(write(tmp_path, "fixed.py", CODES["AC018"].fix), "f")


# what the module says, what the function computes, what is said of it
NAMES = [
    ("from functools import lru_cache\n@lru_cache\ndef h(x):\n    return x", "h(x)", "keeps results between calls"),
    ("import functools\n@functools.cache\ndef h(x):\n    return x", "h(x)", "keeps results between calls"),
    ("import pandas as pd", "x * pd.options", "`pd` comes from `pandas`"),
    ("from torch import tanh", "tanh(x)", "`tanh` comes from `torch`"),
    ("from .other import h", "h(x)", "`h` comes from `other`"),
    ("from math import cosine", "cosine(x)", "`cosine` is not found in `math`"),
    ("import numpy as np\nK = np.random.rand(3)", "x * K[0]", "`K` is a call of `np.random.rand`"),
    ("K = open('k').read()", "x * K", "`K` is a call of `open('k').read`"),
    ("K = 1 / 0", "x * K", "`K` is an expression that raises ZeroDivisionError"),
    ("K = 10 ** 10 ** 10", "x * K", "`K` is a value too large to be computed"),
    ("import numpy as np\nK = np.zeros((10**6, 10**6))", "x * K[0]", "`K` is a value too large"),
    ("K = K + 1", "x * K", "`K` is `K`, which is not run"),
    ("A = B\nB = A", "x * A", "`A` is defined by itself"),
    ("K = {1, 2}", "x * K", "`K` is `{1, 2}`"),
    ("K = [k for k in (1, 2)]", "x * K[0]", "`K` is `[k for k in (1, 2)]`"),
    ("K = 1.0\nK = 2.0", "x * K", "`K` is bound more than once, at line 2 again"),
    ("K = 1.0\nK += 2.0", "x * K", "`K` is bound more than once"),
    ("for K in (1, 2): pass", "x * K", "`K` is bound by a statement at line 1"),
    ("try:\n    K = 1.0\nexcept E:\n    K = 2.0", "x * K", "`K` is bound by a statement at line 1"),
    ("K, L = pair()", "x * K", "`K` is unpacked from a sequence at line 1"),
    ("K = 1.0\ndef g():\n    global K\n    K = 2.0", "x * K", "`K` is rebound by a function at line 3"),
    ("from stuff import *", "abs(x)", "`abs` may come from `from stuff import *`"),
    ("import numpy as np\nnp.sin = np.cos", "np.sin(x)", "`np` is changed at line 2"),
    ("", "x * len(__file__)", "`__file__` is known only when the module is imported"),
    ("class C(list):\n    k = 1.0", "x * C.k", "`C` inherits from `list`"),
    ("@remote\ndef h(x):\n    return x", "h(x)", "`h` is decorated with `remote`"),
    ("import adjoint_compiler as ac\n@ac.grad\ndef h(x):\n    return x", "h(x)", "`h` is decorated"),
]


@pytest.mark.parametrize(("statements", "result", "reason"), NAMES)
def test_names_that_only_running_the_file_could_tell(statements, result, reason, tmp_path, capsys):
    source = f"{statements}\ndef f(x):\n    return {result}\n"
    text = refusal(write(tmp_path, "m.py", source), "f", capsys)
    assert "error[AC018]" in text and reason in text


CHANGES = {
    "K[0] = 1.0": 3,
    "K[1:] += 1.0": 3,
    "K.fill(1.0)": 3,
    "L = K\nL[0] = 1.0": 4,
    "np.copyto(K, 1.0)": 3,
    "np.sin(K, out=K)": 3,
    "prepare(K)": 3,
    "for k in range(3):\n    K[k] = k": 4,
    "def g():\n    K[0] = 1.0": 4,
    "class C:\n    def g(self):\n        K.sort()": 5,
}


@pytest.mark.parametrize("change", CHANGES)
def test_arrays_that_other_code_changes(change, tmp_path, capsys):
    source = f"import numpy as np\nK = np.zeros(3)\n{change}\ndef f(x):\n    return x * K[0]\n"
    text = refusal(write(tmp_path, "m.py", source), "f", capsys)
    assert "m.py:2:1: error[AC018]: what `K` holds may be changed" in text
    assert f"at line {CHANGES[change]}, which is not run" in text


UNCHANGED = (
    "print(K, K.sum(), np.sin(K))",
    "if __name__ == '__main__':\n    K[0] = 1.0",
    "def g(K):\n    K[0] = 1.0",
    "def g():\n    K = [1.0]\n    K[0] = 1.0",
)


@pytest.mark.parametrize("code", UNCHANGED)
def test_arrays_that_are_only_read(code, tmp_path):
    source = f"import numpy as np\nK = np.zeros(3)\n{code}\ndef f(x):\n    return x * K[0]\n"
    assert "\nK = np.zeros(3)\n" in emit(write(tmp_path, "m.py", source), "f")


def test_the_function_may_use_an_array_of_its_module_as_a_buffer(tmp_path):
    source = "import numpy as np\nK = np.empty(3)\ndef f(x: 'float64[:]'):\n    K[:] = x * x\n    return K.sum()\n"
    namespace = {}
    exec(emit(write(tmp_path, "m.py", source), "f"), namespace)
    assert namespace["f_grad"](namespace["np"].arange(3.0)).tolist() == [0.0, 2.0, 4.0]


def test_all_problems_are_told_at_once(tmp_path, capsys):
    source = "import pandas\ndef f(x):\n    a = pandas.a * x\n    b = x ** missing\n    del a.flags\n    return b\n"
    text = refusal(write(tmp_path, "m.py", source), "f", capsys)
    assert re.findall(r"error\[(AC\d+)\]", text) == ["AC018", "AC012", "AC001"]


@pytest.mark.parametrize("terms", [300, 600, 900, 3000])
@pytest.mark.parametrize("text", ["def f(x):\n    return x{}", "def f(x):\n    return x\nK = 1{}"])
def test_expressions_that_are_nested_too_deeply(text, terms, tmp_path, capsys):
    path = write(tmp_path, "m.py", text.format(" + x" * terms))
    assert main(["emit", f"{path}:f"]) == 0 or "error[AC001]" in capsys.readouterr().err


def test_messages_speak_of_options_too(tmp_path, capsys):
    path = write(tmp_path, "m.py", "def f(a):\n    a += 1.0\ndef g(a: 'float64[:]'):\n    a[0] = 1.0\n")
    assert "note: on the command line, types can be given too: --signature" in refusal(path, "f", capsys)
    assert "note: on the command line: --of NAME" in refusal(path, "g", capsys)


def test_files_and_functions_that_are_not_there(tmp_path, capsys):
    assert "AC006" in refusal(tmp_path / "none.py", "f", capsys)
    assert "AC001" in refusal(write(tmp_path, "bad.py", "def f(:\n"), "f", capsys)
    path = write(tmp_path, "m.py", "def g(x):\n    return x\ndef h(x):\n    yield x\nasync def c(x):\n    return x\n")
    assert "m.py has no function `f`" in (text := refusal(path, "f", capsys)) and "it has g" in text
    assert "error[AC016]: `h` is a generator" in refusal(path, "h", capsys)
    assert "`c` is bound by a statement" in refusal(path, "c", capsys)


@pytest.mark.parametrize("t", ["bool", "int64[:]"])
def test_integers_and_bools_in_wrt(t, tmp_path, capsys):
    text = refusal(write(tmp_path, "m.py", f"def f(k: '{t}'):\n    return k\n"), "f", capsys)
    assert "m.py:1:7: error[AC004]: `k` is " in text


def test_wrong_use_is_told_apart(tmp_path, capsys):
    path = write(tmp_path, "m.py", "def f(x):\n    return x\n")
    uses = {
        (
            "--mode",
            "forward",
            "--form",
            "split",
        ): "--form split is one of reverse mode; --mode forward has one function",
        ("--check",): "--check needs -o OUT",
        ("--dump-after", "magic"): "no pass 'magic'; there are: rename_webs, ",
        ("--of", "y"): "`f` has no parameter 'y'; its parameters are x",
        ("-o", str(tmp_path / "none" / "out.py")): "No such file or directory",
    }
    for words, message in uses.items():
        assert main(["emit", f"{path}:f", *words]) == 2, words
        assert message in capsys.readouterr().err
    assert main(["emit", str(path)]) == 2
    assert "is no FILE:FUNC" in capsys.readouterr().err
    for words in ((), ("emit",), ("emit", f"{path}:f", "--form", "loose")):
        with pytest.raises(SystemExit) as caught:
            main(list(words))
        assert caught.value.code == 2


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_colours_on_a_terminal_only(tmp_path, monkeypatch):
    path = write(tmp_path, "m.py", "def f(x):\n    return x * k\ndef g(x):\n    return x\n")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for stream, coloured in ((Terminal(), True), (io.StringIO(), False)):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            assert main(["emit", f"{path}:f"]) == 1
        assert ("\x1b[" in stream.getvalue()) == coloured
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert main(["emit", f"{path}:f"]) == 1
    assert "\x1b[" not in sys.stderr.getvalue()


def test_faults_of_the_compiler_are_called_that(tmp_path, monkeypatch, capsys):
    def broken(state, watch):
        watch("first", state)
        raise KeyError("t7")

    monkeypatch.setattr(orders, "run", broken)
    text = refusal(write(tmp_path, "m.py", "def f(x):\n    return x + 1\n"), "f", capsys)
    assert "error[AC017]: KeyError: 't7' (test_refusals.py, line" in text
    assert "this is a bug of the compiler" in text and "def f(x):" in text


def test_what_is_refused_as_json(tmp_path, capsys):
    path = write(tmp_path, "m.py", "from h import half\n\ndef f(x):\n    return half(x) + missing\n")
    write(tmp_path, "h.py", "import numpy as np\n\ndef half(x):\n    return np.polynomial.polyutils.getdomain(x)[0]\n")
    assert main(["emit", f"{path}:f", "--json"]) == 1
    out, err = capsys.readouterr()
    helper, own = json.loads(out)
    assert err == "" and (helper["code"], own["code"]) == ("AC002", "AC012")
    assert helper["span"] == {"file": "h.py", "line": 4, "col": 12, "end_line": 4, "end_col": 48}
    assert helper["called_from"] == [{"file": "m.py", "line": 4, "col": 12, "end_line": 4, "end_col": 19}]
    assert helper["help"] and helper["message"] == "no derivative rule for `np.polynomial.polyutils.getdomain`"


def test_a_decorator_that_makes_another_function(tmp_path, capsys):
    text = "def twice(f):\n    def g(x):\n        return 2.0 * f(x)\n    return g\n\n\n@twice\ndef f(x):\n    return x * x\n"
    assert "error[AC018]: `f` is what `twice` makes of it" in refusal(write(tmp_path, "m.py", text), "f", capsys)
