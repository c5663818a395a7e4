"""What statements of a module bind and change."""

import textwrap

import gast
import pytest

from adjoint_compiler.frontend.module_bindings import bindings_of

MODULE = """
    import numpy as np, scipy.special
    import scipy.linalg
    import numpy as np
    from math import *
    from math import pi as PI
    A, (B, C) = 1, (2, 3)
    D = E = 5.0
    F: float = 1.0
    G: int
    H, *I = (1, 2)
    J = 1
    J += 1
    def k(x):
        global L, A
        L = A
    L = 3
    class M: pass
    async def n(): pass
    with open("x") as O: pass
    if TYPE_CHECKING:
        import Q
    if __name__ == "__main__":
        R = 1
    try:
        import S
    except ImportError:
        S = None
    T = lambda x: x
    del T
"""


def test_every_kind_of_statement():
    found = bindings_of(gast.parse(textwrap.dedent(MODULE)))
    kinds = {}
    for name, binding in found.names.items():
        kinds.setdefault(binding.kind, []).append(name)
    assert kinds == {
        "import": ["np", "scipy", "PI"],
        "constant": ["A", "B", "C", "D", "E", "F"],
        "other": ["H", "I", "J", "L", "n", "O", "S", "T"],
        "function": ["k"],
        "class": ["M"],
    }
    assert [s.module for s in found.stars] == ["math"]
    assert "rebound by a function" in found.names["L"].why


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("K[0] = 1", ["K"]),
        ("K.x.y[0] += 1", ["K"]),
        ("del K[0]", ["K"]),
        ("for K[0] in x: pass", ["K"]),
        ("[K[0], L] = x", ["K"]),
        ("K.sort()", ["K"]),
        ("np.add.at(K, 0, 1)", ["K"]),
        ("random.shuffle(K)", ["K"]),
        ("g(K[1:], (L, 2), *M, k=N)", ["K", "L", "M", "N"]),
        ("x = g(K)", ["K"]),
        ("g(np.sin, k=np.pi)", []),
        ("g(np)", ["np"]),
        ("print(K, np.sin(K), len(K), K.sum())", []),
        ("np.put(K, 0, 1)", ["K"]),
        ("np.sin(K, out=(L,))", ["L"]),
        ("def f(K, M=1):\n    K[0] = 1\n    M[0] = 1\n    L = []\n    L[0] = 1\n    N[0] = K", ["N"]),
        ("def f():\n    def g():\n        K[0] = 1", ["K"]),
        ("def f():\n    g(K)", []),
        ("def K2(): pass\nK2.flag = 1", ["K2"]),
        ("K = [1]\nL = K\nM = [L]\nM[0][0] = 1", ["K", "L", "M"]),
    ],
)
def test_changes(code, changed):
    found = bindings_of(gast.parse("import numpy as np\n" + code))
    assert sorted(found.changes) == changed
