"""The codes of refusals, as documentation: each has a program that earns it, and that program put right.

The offending line carries the code in a comment; both programs stand after ``import numpy as np`` and
``import adjoint_compiler as ac``. docs/errors.md is written from this table, and the tests run it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Code:
    """One kind of problem: its title, why it is one, a program that has it, and that program put right."""

    title: str
    explanation: str
    example: str
    fix: str


CODES: Mapping[str, Code] = MappingProxyType(
    {
        "AC001": Code(
            "unsupported syntax",
            "The statement or expression lies outside the language the compiler can differentiate.",
            "def f(x):\n    class Spring:  # AC001\n        rate = 0.5\n    return Spring.rate * x\nac.grad(f)(2.0)",
            "class Spring:\n    rate = 0.5\ndef f(x):\n    return Spring.rate * x\nac.grad(f)(2.0)",
        ),
        "AC002": Code(
            "call without a rule",
            "The library function is known neither to have a derivative nor to be free of one. Write the "
            "result with functions that have rules, or state its derivative with ac.custom_vjp.",
            "def f(c):\n    return np.polynomial.polyutils.getdomain([-1.0, c, 1.0])[1]  # AC002\nac.grad(f)(2.0)",
            "def f(c):\n    return np.max(np.array([-1.0, c, 1.0]))\nac.grad(f)(2.0)",
        ),
        "AC003": Code(
            "meaning depends on an unknown type",
            "For a number `s += b` binds a new value, for an array it changes memory that other names see. "
            "Without example arguments the compiler cannot know which; annotate the parameter.",
            "def f(a, b):\n    s = a\n    s += b  # AC003\n    return np.sum(s * a)\nac.grad(f).source",
            "def f(a: float, b: float):\n    s = a\n    s += b\n    return np.sum(s * a)\nac.grad(f).source",
        ),
        "AC004": Code(
            "integer or bool argument in wrt",
            "Integers and bools have no neighbours to differentiate towards. Pass a floating-point array, "
            "or leave the argument out of wrt.",
            "def f(x):\n    return np.sum(x * x)\nac.grad(f)(np.arange(3))  # AC004",
            "def f(x):\n    return np.sum(x * x)\nac.grad(f)(np.arange(3.0))",
        ),
        "AC005": Code(
            "grad of a result that is not a scalar",
            "A gradient belongs to one number. Reduce the result to one, or use ac.vjp.",
            "def f(x):\n    return x * x\nac.grad(f)(np.ones(3))  # AC005",
            "def f(x):\n    return x * x\nac.vjp(f, np.ones(3))",
        ),
        "AC006": Code(
            "missing source",
            "Functions written in C, made by exec, shipped without their .py file, or edited since they were "
            "imported have no text that can be trusted.",
            "space = {}\nexec(' '.join(['def f(x):', 'return 2.0 * x']), space)\nac.grad(space['f'])(2.0)  # AC006",
            "def f(x):\n    return x * x\nac.grad(f)(2.0)",
        ),
        "AC007": Code(
            "argument overlaps a mutated one",
            "The function stores into one argument and another one shares its memory, so the two have no "
            "derivatives of their own. Pass a copy of one of them.",
            "def f(a, b):\n    a[0] = b[1] * b[1]\n    return np.sum(a * b)\nx = np.ones(3)\nac.grad(f)(x, x)  # AC007",
            "def f(a, b):\n    a[0] = b[1] * b[1]\n    return np.sum(a * b)\nx = np.ones(3)\nac.grad(f)(x, x.copy())",
        ),
        "AC008": Code(
            "array subclass or foreign container",
            "Subclasses of ndarray (matrix, masked) and containers of other libraries (pandas, xarray) "
            "redefine the operators, so the rules for arrays do not hold for them. Pass the plain array.",
            "def f(x):\n    return np.sum(x * x)\nac.grad(f)(np.ma.array([1.0, 2.0]))  # AC008",
            "def f(x):\n    return np.sum(x * x)\nac.grad(f)(np.ma.array([1.0, 2.0]).data)",
        ),
        "AC009": Code(
            "unsupported keyword of a library function",
            "The function has a rule, but not for this keyword, which would change what is computed.",
            "def f(x):\n    return np.sin(x, casting='unsafe')  # AC009\nac.grad(f)(1.0)",
            "def f(x):\n    return np.sin(x)\nac.grad(f)(1.0)",
        ),
        "AC010": Code(
            "store through the result of stop_gradient",
            "ac.stop_gradient(x) is x itself: a store through it changes x unseen. Store into a copy.",
            "def f(x):\n    y = ac.stop_gradient(x * 2.0)\n    y[0] = x[1]  # AC010\n"
            "    return np.sum(x * y)\nac.grad(f)(np.ones(3))",
            "def f(x):\n    y = ac.stop_gradient(x * 2.0).copy()\n    y[0] = x[1]\n"
            "    return np.sum(x * y)\nac.grad(f)(np.ones(3))",
        ),
        "AC011": Code(
            "assignment to a global or nonlocal name",
            "A derivative may run its primal more than once, so it must not rebind names outside of the "
            "function. Return the value instead.",
            "total = 0.0\ndef f(x):\n    global total  # AC011\n    total = x * x\n    return total * x\n"
            "ac.grad(f)(2.0)",
            "def f(x):\n    total = x * x\n    return total * x\nac.grad(f)(2.0)",
        ),
        "AC012": Code(
            "name that cannot be resolved",
            "The name is bound neither in the function nor around it.",
            "def f(x):\n    return x * rate  # AC012\nac.grad(f)(2.0)",
            "rate = 0.5\ndef f(x):\n    return x * rate\nac.grad(f)(2.0)",
        ),
        "AC013": Code(
            "mutated argument overlaps itself",
            "Several elements of the argument are the same memory (broadcast_to, as_strided), so a store "
            "into one changes others. Pass a copy.",
            "def f(a):\n    a[0] = a[1] * 2.0\n    return np.sum(a * a)\n"
            "x = np.lib.stride_tricks.as_strided(np.ones(4), (2, 3), (8, 8))\nac.grad(f)(x)  # AC013",
            "def f(a):\n    a[0] = a[1] * 2.0\n    return np.sum(a * a)\n"
            "x = np.lib.stride_tricks.as_strided(np.ones(4), (2, 3), (8, 8))\nac.grad(f)(x.copy())",
        ),
        "AC014": Code(
            "int in wrt needed as an index or size",
            "An int named by wrt is differentiated as the float of its value, and a float is no index, "
            "size, shift or range. Pass a float, or drop it from wrt.",
            "def f(x, n):\n    return x[n] * n  # AC014\nac.grad(f, wrt='n')(np.ones(3), 2)",
            "def f(x, n):\n    return x[n] * n\nac.grad(f, wrt='x')(np.ones(3), 2)",
        ),
        "AC015": Code(
            "grad of a complex result",
            "A complex result has no steepest ascent. Take .real, .imag or abs of it, or use ac.vjp.",
            "def f(z):\n    return z * z  # AC015\nac.grad(f)(1.0 + 2.0j)",
            "def f(z):\n    return (z * z).real\nac.grad(f)(1.0 + 2.0j)",
        ),
        "AC016": Code(
            "generator or async function",
            "Calling it computes nothing yet: it returns an object that runs later. Return the values.",
            "def f(x):  # AC016\n    yield x * x\nac.grad(f)(2.0)",
            "def f(x):\n    return x * x\nac.grad(f)(2.0)",
        ),
        "AC017": Code(
            "internal error",
            "A bug of the compiler, not of the program. Please report it with the notes below it.",
            "",
            "",
        ),
        "AC018": Code(
            "module-level name that emit cannot carry",
            "emit reads the file without running it, so it can carry literals, NumPy constructors of "
            "literals and classes, no values that come from running it. Pass the value as an argument.",
            "import numpy as np\nTABLE = np.load('table.npy')\ndef f(x):\n    return np.sum(TABLE * x)  # AC018",
            "import numpy as np\ndef f(x, table):\n    return np.sum(table * x)",
        ),
        "AC019": Code(
            "call of something that is not a Python function",
            "The callee is an object whose text the compiler cannot read (a cached function, a method of an unknown "
            "object), or a function that is chosen while running. Call a function or lambda that does the same.",
            "from functools import lru_cache\n@lru_cache\ndef square(x):\n    return x**2\n"
            "def f(x):\n    return square(x)  # AC019\nac.grad(f)(2.0)",
            "def square(x):\n    return x**2\ndef f(x):\n    return square(x)\nac.grad(f)(2.0)",
        ),
        "AC020": Code(
            "argument of an unsupported structure",
            "Arguments are numbers, arrays, and tuples, lists, dicts, named tuples or objects of them.",
            "def f(xs):\n    s = 0.0\n    for x in xs:\n        s += x * x\n    return s\n"
            "ac.grad(f)({1.0, 2.0})  # AC020",
            "def f(xs):\n    s = 0.0\n    for x in xs:\n        s += x * x\n    return s\nac.grad(f)([1.0, 2.0])",
        ),
        "AC021": Code(
            "not for Numba",
            'With backend="numba" a derivative is compiled, or refused: nothing falls back to a slower mode. The '
            "message says what Numba cannot compile; the same function may have a derivative under NumPy.",
            "def f(x):\n    return np.sum(np.flip(x, axis=1) * x)  # AC021\n"
            'ac.grad(f, backend="numba")(np.ones((2, 3)))',
            'def f(x):\n    return np.sum(x[:, ::-1] * x)\nac.grad(f, backend="numba")(np.ones((2, 3)))',
        ),
    }
)
