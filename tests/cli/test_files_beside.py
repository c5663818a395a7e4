"""Names that come from files beside the one that is compiled: parsed, like the file itself."""

import pytest

from adjoint_compiler.cli import main

from . import emit, write

IMPORTS = {
    "from helpers import h, C": "h(x) * C",
    "from helpers import h as g, C as D": "g(x) * D",
    "import helpers": "helpers.h(x) * helpers.C",
    "import helpers as hp": "hp.h(x) * hp.C",
    "from helpers import *": "h(x) * C",
    "from lib.inner import h, C": "h(x) * C",
    "import lib.inner": "lib.inner.h(x) * lib.inner.C",
    "from lib import inner": "inner.h(x) * inner.C",
    "import lib": "lib.h(x) * lib.C",
    "from folder.deep import h, C": "h(x) * C",
    "import folder.deep as d": "d.h(x) * d.C",
}
HELPERS = "import numpy\nC = 3.0\ndef h(x):\n    return numpy.square(x)\n"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path, "helpers.py", HELPERS)
    write(tmp_path, "lib/inner.py", HELPERS)
    write(tmp_path, "lib/__init__.py", "from .inner import h\nfrom .inner import C\n")
    write(tmp_path, "folder/deep.py", HELPERS)
    return tmp_path


def gradient(text, x):
    namespace = {}
    exec(text, namespace)
    return namespace["f_grad"](x)


@pytest.mark.parametrize("statement", IMPORTS)
def test_imports_of_files(statement, folder):
    path = write(folder, "m.py", f"{statement}\ndef f(x: float):\n    return {IMPORTS[statement]}\n")
    text = emit(path, "f")
    assert gradient(text, 2.0) == 12.0
    assert "\nC = 3.0\n" in text


RELATIVE = {
    "from .helpers import h, C": "h(x) * C",
    "from . import helpers": "helpers.h(x) * helpers.C",
    "from ..top import h, C": "h(x) * C",
    "from pkg.sub.helpers import h, C": "h(x) * C",
    "import pkg.top as top": "top.h(x) * top.C",
}


@pytest.mark.parametrize("statement", RELATIVE)
def test_imports_within_a_package(statement, tmp_path):
    for name in ("pkg/__init__.py", "pkg/sub/__init__.py"):
        write(tmp_path, name, "")
    for name in ("pkg/top.py", "pkg/sub/helpers.py"):
        write(tmp_path, name, HELPERS)
    path = write(tmp_path, "pkg/sub/m.py", f"{statement}\ndef f(x: float):\n    return {RELATIVE[statement]}\n")
    assert gradient(emit(path, "f"), 2.0) == 12.0


def test_constants_of_one_name_in_two_files_are_kept_apart(tmp_path):
    write(tmp_path, "a.py", "N = 2\nK = 1.0 * N\ndef h(x):\n    return K * x\n")
    write(tmp_path, "b.py", "N = 3\nK = 1.0 * N\ndef h(x):\n    return K * x\n")
    path = write(tmp_path, "m.py", "import a, b\nK = 5.0\ndef f(x: float):\n    return a.h(x) * b.h(x) * K\n")
    text = emit(path, "f")
    assert gradient(text, 1.0) == 60.0
    assert [line for line in text.splitlines() if line.startswith(("N", "K"))] == [
        "N = 2", "K = 1.0 * N", "N2 = 3", "K2 = 1.0 * N2", "K3 = 5.0",
    ]  # fmt: skip


def test_one_array_under_two_names_stays_one(tmp_path):
    source = "import numpy as np\nK = np.ones(3)\nL = K\ndef f(x: float):\n    return x * K[0] * L[1]\n"
    text = emit(write(tmp_path, "m.py", source), "f")
    assert "\nK = np.ones(3)\nL = K\n" in text


def test_defaults_of_helpers_are_values_of_their_own_module(tmp_path):
    write(
        tmp_path,
        "a.py",
        "import numpy as np\nN = 2.0\ndef h(x, k=N * 2, w=np.full(2, 3.0)):\n    return k * x * w[1]\n",
    )
    path = write(tmp_path, "m.py", "from a import h\nN = 7.0\ndef f(x: float):\n    return h(x)\n")
    text = emit(path, "f")
    assert gradient(text, 1.0) == 12.0
    assert "\nw = np.full(2, 3.0)\n" in text


def test_own_defaults_stay(tmp_path):
    source = "def f(x, y, k=N + 1, lo=-np.inf, name='a', flag=True):\n    return x * y * k\n"
    text = emit(write(tmp_path, "m.py", "import numpy as np\nN = 3\n" + source), "f")
    assert "def f_grad(x, y, k=4, lo=-np.inf, name='a', flag=True):" in text
    keyword = "def f(x, *, k=2.0, n):\n    return x * k * n\n"
    assert "def f_grad(x, k, n):" in emit(write(tmp_path, "k.py", keyword), "f")


def test_files_that_import_each_other(tmp_path):
    write(tmp_path, "a.py", "from m import C\ndef h(x):\n    return C * x\n")
    path = write(tmp_path, "m.py", "from a import h\nC = 2.0\ndef f(x: float):\n    return h(x)\n")
    assert gradient(emit(path, "f"), 1.0) == 2.0


def test_names_that_only_lead_to_each_other(tmp_path, capsys):
    write(tmp_path, "a.py", "from m import C\n")
    path = write(tmp_path, "m.py", "from a import C\ndef f(x):\n    return C * x\n")
    assert main(["emit", f"{path}:f"]) == 1
    assert "AC018" in capsys.readouterr().err


def test_problems_in_a_helper_are_shown_there(tmp_path, capsys):
    write(tmp_path, "a.py", "import pandas\ndef h(x):\n    return x * pandas.k\n")
    path = write(tmp_path, "m.py", "from a import h\ndef f(x):\n    return h(x)\n")
    assert main(["emit", f"{path}:f"]) == 1
    assert capsys.readouterr().err.startswith("a.py:3:16: error[AC018]: `pandas` comes from `pandas`")


def test_exception_classes_and_what_they_use(tmp_path):
    write(tmp_path, "errors.py", "LIMIT = 3\nclass Base(RuntimeError):\n    pass\n\n\nclass Far(Base):\n"
          "    def __init__(self, x):\n        super().__init__(f'{x} > {LIMIT}')\n")  # fmt: skip
    source = "import errors as e\ndef f(x: float):\n    if x > e.LIMIT:\n        raise e.Far(x)\n    return x\n"
    namespace = {}
    exec(emit(write(tmp_path, "m.py", source), "f"), namespace)
    with pytest.raises(namespace["Base"], match="4.0 > 3"):
        namespace["f_grad"](4.0)


def test_library_names_under_any_alias(tmp_path):
    source = """
        import numpy as xp, math as m
        from numpy import sin, linalg as la, pi as PI
        from math import *
        cosine = xp.cos
        dtype = xp.float32

        def f(x: float):
            w = xp.ones(2, dtype=dtype)
            return sin(x) * cosine(x) + la.norm(xp.array([x, 1.0])) * PI * m.e + sqrt(x) * tau + w[0]
    """
    text = emit(write(tmp_path, "m.py", source), "f")
    assert not any("xp." in line for line in text.splitlines() if "#" not in line)
    x = 0.7
    numeric = sum(s * evaluate(source, x + s * 1e-6) for s in (1, -1)) / 2e-6
    assert gradient(text, x) == pytest.approx(numeric, rel=1e-8)


def evaluate(source, x):
    import textwrap

    namespace = {}
    exec(textwrap.dedent(source), namespace)
    return namespace["f"](x)
