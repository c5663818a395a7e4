"""What to write instead: the nearest name that has a rule, what a name is called today, the rule to add."""

from __future__ import annotations

import builtins
import difflib
import inspect
from collections.abc import Iterable
from typing import Any

import numpy as np

from adjoint_compiler.rules import TABLE

CUTOFF = 0.75
SHORT = {"numpy": "np"}
# What is gone from libraries, by its old name.
RENAMED = {
    "numpy.trapz": "np.trapezoid", "numpy.product": "np.prod", "numpy.cumproduct": "np.cumprod", "numpy.sometrue": "np.any",
    "numpy.alltrue": "np.all", "numpy.in1d": "np.isin", "numpy.row_stack": "np.vstack", "numpy.round_": "np.round",
    "numpy.msort": "np.sort(a, axis=0)", "numpy.asfarray": "np.asarray(a, dtype=float)", "numpy.mat": "np.asarray",
    "numpy.asscalar": "a.item()", "numpy.math": "the module math", "numpy.float": "float", "numpy.int": "int",
    "numpy.bool8": "np.bool", "numpy.complex": "complex", "numpy.object": "object", "numpy.str": "str",
    "numpy.float_": "np.float64", "numpy.complex_": "np.complex128", "numpy.Inf": "np.inf", "numpy.infty": "np.inf",
    "numpy.NaN": "np.nan", "numpy.NAN": "np.nan", "numpy.PINF": "np.inf", "numpy.NINF": "-np.inf", "numpy.cast": "a.astype",
    "scipy.integrate.trapz": "scipy.integrate.trapezoid", "scipy.integrate.simps": "scipy.integrate.simpson",
    "scipy.integrate.cumtrapz": "scipy.integrate.cumulative_trapezoid", "scipy.misc.logsumexp": "scipy.special.logsumexp",
}  # fmt: skip
ALIASES = {
    "np": "numpy as np",
    "numpy": "numpy",
    "math": "math",
    "scipy": "scipy",
    "cmath": "cmath",
    "sp": "scipy as sp",
}


def spelling(key: str) -> str:
    """How a program writes the function of a rule.

    >>> spelling("numpy.linalg.inv"), spelling("math.sin")
    ('np.linalg.inv', 'math.sin')
    """
    module, _, rest = key.partition(".")
    return f"{SHORT.get(module, module)}.{rest}"


def full_name(function: Any) -> str:
    """The name of a library function with the module that users import it from.

    >>> full_name(np.fft.fft), full_name(np.sin), full_name(len)
    ('numpy.fft.fft', 'numpy.sin', 'builtins.len')
    """
    module = getattr(function, "__module__", None) or ("numpy" if isinstance(function, np.ufunc) else "builtins")
    public = [part for part in module.split(".") if not part.startswith("_")]
    return ".".join([*public, str(getattr(function, "__name__", ""))])


def functions_with_rules() -> list[str]:
    """The library functions that have rules, by full name: those of modules that a program can import."""
    return [k for k, r in TABLE.by_key.items() if k.startswith(("numpy.", "math.", "cmath.", "scipy.")) and r.function]


def nearest_with_rule(full: str) -> str:
    """The spelling of the supported function whose name is nearest; empty if none is near.

    >>> nearest_with_rule("numpy.linalg.eig"), nearest_with_rule("numpy.acosh"), nearest_with_rule("numpy.roots")
    ('np.linalg.eigh', 'math.acosh', '')
    """
    module, _, name = full.rpartition(".")
    known = [k for k in functions_with_rules() if k != full]
    elsewhere = [k for k in known if k.rpartition(".")[2] == name and TABLE.by_key[k].pullbacks]
    here = {k.rpartition(".")[2]: k for k in known if k.rpartition(".")[0] == module}
    if elsewhere:
        return spelling(elsewhere[0])
    near = nearest(name, here)
    return spelling(here[near]) if near else ""


def for_missing_member(module: Any, text: str, name: str) -> str:
    """What to write for a name that a module does not have.

    >>> for_missing_member(np, "np", "trapz"), for_missing_member(np, "np", "arctann")
    ('it is `np.trapezoid` today', 'did you mean `np.arctan`?')
    """
    full = f"{getattr(module, '__name__', text)}.{name}"
    if full in RENAMED:
        return f"it is {RENAMED[full]} today" if " " in RENAMED[full] else f"it is `{RENAMED[full]}` today"
    supported = nearest_with_rule(full)
    if supported:
        return f"did you mean `{supported}`?"
    near = nearest(name, dir(module))
    return f"did you mean `{text}.{near}`?" if near else f"see dir({text})"


def for_missing_name(name: str, known: Iterable[str]) -> str:
    """What to write for a name that nothing binds.

    >>> for_missing_name("rat", ["rate", "x"]), for_missing_name("np", [])
    ('did you mean `rate`?', 'import it: `import numpy as np`')
    """
    if name in ALIASES:
        return f"import it: `import {ALIASES[name]}`"
    near = nearest(name, [n for n in (*dir(builtins), *known) if not n.startswith("_")])
    if near:
        return f"did you mean `{near}`?"
    function = next((k for k in functions_with_rules() if k in (f"numpy.{name}", f"math.{name}")), "")
    return f"did you mean `{spelling(function)}`?" if function else "define it before the function is compiled"


NESTED_OBJECTS = "how deep this object holds others of its class is not known"
LINKED = "linked lists and trees that loops build are not differentiated: keep the objects in a list, and in them their numbers in it"


def for_missing_method(name: str, methods: Iterable[str], attributes: Iterable[str]) -> str:
    """What to write for a method or attribute that arrays do not have, or that has no rule.

    >>> for_missing_method("summ", ["sum", "mean"], ["T"]), for_missing_method("exp", ["sum"], ["T"])
    ('did you mean `.sum()`?', 'write `np.exp(...)`')
    """
    if f"numpy.{name}" in TABLE.by_key:
        return f"write `np.{name}(...)`"
    calls = {*methods}
    near = nearest(name, (*calls, *attributes))
    return f"did you mean `.{near}{'()' if near in calls else ''}`?" if near else "use a NumPy function instead"


def for_keyword(name: str, allowed: Iterable[str]) -> str:
    """What to write for a keyword that a function does not take, or that has no rule.

    >>> for_keyword("keepdim", ["axis", "keepdims"]), for_keyword("casting", ["x"])
    ('did you mean `keepdims`?', 'leave it out; supported: x')
    """
    near = nearest(name, allowed)
    return f"did you mean `{near}`?" if near else f"leave it out; supported: {', '.join(sorted(allowed))}"


def nearest(name: str, names: Iterable[str]) -> str:
    """The nearest of some names, whatever their case; empty if none is near.

    >>> nearest("t", ["T", "sum"]), nearest("Sin", ["sin", "sinh"]), nearest("foo", ["bar"])
    ('T', 'sin', '')
    """
    by_case = {n.casefold(): n for n in names}
    near = difflib.get_close_matches(name.casefold(), by_case, 1, CUTOFF)
    return by_case[near[0]] if near else ""


def parameters_of(function: Any, count: int) -> list[str]:
    """Names for the first positional parameters of a library function, as many as a call passes (at least one).

    >>> parameters_of(np.interp, 3), parameters_of(np.hypot, 2), parameters_of(max, 2)
    (['x', 'xp', 'fp'], ['x1', 'x2'], ['x1', 'x2'])
    """
    found: list[str] = []
    try:
        for p in inspect.signature(function).parameters.values():
            if p.kind not in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
                break
            found.append(p.name)
    except (TypeError, ValueError):  # written in C, without a signature
        pass
    count = max(count, 1)
    if len(found) < count or isinstance(function, np.ufunc):
        return ["x"] if count == 1 else [f"x{k + 1}" for k in range(count)]
    return found[:count]


def rule_lines(text: str, function: Any, count: int) -> str:
    """The statements that give a library function a derivative, but for the adjoints of its arguments.

    >>> print(rule_lines("np.spacing", np.spacing, 1))
    def spacing_fwd(x):
        return np.spacing(x), (x,)
    def spacing_bwd(residuals, y_bar):
        (x,) = residuals
        return (x_bar,)  # of y_bar; None for no derivative
    ac.custom_vjp(np.spacing, fwd=spacing_fwd, bwd=spacing_bwd)
    """
    names, stem = parameters_of(function, count), text.rpartition(".")[2]
    listed, bars = ", ".join(names), ", ".join(f"{n}_bar" for n in names)
    comma = "," if len(names) == 1 else ""
    return "\n".join((
        f"def {stem}_fwd({listed}):",
        f"    return {text}({listed}), ({listed}{comma})",
        f"def {stem}_bwd(residuals, y_bar):",
        f"    ({listed}{comma}) = residuals",
        f"    return ({bars}{comma})  # of y_bar; None for no derivative",
        f"ac.custom_vjp({text}, fwd={stem}_fwd, bwd={stem}_bwd)",
    ))  # fmt: skip


__all__ = [
    "for_keyword",
    "for_missing_member",
    "for_missing_method",
    "for_missing_name",
    "nearest_with_rule",
    "rule_lines",
    "spelling",
]
