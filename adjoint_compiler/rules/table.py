"""How rules are stated.

A rule is data: a signature, and for each differentiable parameter one expression.

* ``elementwise``: the expression is the **partial** of the result with respect to that parameter. The engine forms
  ``g * partial``, conjugates it for complex operands and undoes broadcasting.
* ``structural``: the expression is the **pullback**: what the parameter's adjoint receives, in terms of ``g``.
* ``inert`` operations have no derivative by nature (shapes, comparisons); ``zero`` ones have derivative zero.

Expressions are written over the parameters' names, ``y`` (the result) and ``g`` (the result's adjoint). The functions
they call are runtime helpers (:mod:`adjoint_compiler.runtime`), then the module of the function itself (``cos`` in a rule
of ``math.sin`` is ``math.cos``), then NumPy; ``linalg.inv`` is ``np.linalg.inv``. What a rule reads, and so what the
compiler records, is computed from the expression: ``x.shape`` and parameters that a helper declares ``shape_only`` read
no contents.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

import numpy as np

from adjoint_compiler.ir.nodes import Const, Pack
from adjoint_compiler.ir.types import UNKNOWN, Type, type_of
from adjoint_compiler.rules.expressions import RuleError
from adjoint_compiler.rules.registry import TABLE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.rules.signatures import keyword_only, parse_signature

# The modules that functions are filed in, and those that they are imported from.
PUBLIC = {
    "_bisect": "bisect", "_csv": "csv", "_io": "io", "_thread": "threading", "_warnings": "warnings", "genericpath": "os.path",
    "ntpath": "os.path", "posixpath": "os.path", "nt": "os", "posix": "os",
}  # fmt: skip
RENAMED = {"io.open": "builtins.open", "threading.allocate_lock": "threading.Lock", "threading.lock": "threading.Lock"}


def function_key(function: Any) -> str:
    """The dotted name under which a library function is known.

    >>> import math
    >>> function_key(np.sin), function_key(math.sin), function_key(np.linalg.inv)
    ('numpy.sin', 'math.sin', 'numpy.linalg.inv')
    """
    name = getattr(function, "__name__", None)
    if name is None:  # an object of SciPy 1.15 that is called
        module = re.sub(r"[.]_.*", "", type(function).__module__)
        name = next(n for n, known in vars(sys.modules[module]).items() if known is function)
        return f"{module}.{name}"
    if isinstance(function, np.ufunc):
        return f"numpy.{name}" if getattr(np, name, None) is function else f"scipy.special.{name}"
    module = getattr(function, "__module__", None) or "builtins"
    module = PUBLIC.get(module, module)
    if module.startswith("scipy."):  # as it is imported from, not as it is filed
        return f"{re.sub(r'[.]_.*', '', module)}.{name}"
    key = f"{module}.{getattr(function, '__qualname__', name)}".replace("numpy._core.", "numpy.")
    return RENAMED.get(key, key)


def present(module: Any, *names: str) -> list[Any]:
    """The functions of a module that this version of it has.

    >>> import math
    >>> present(math, "sin", "function_of_a_later_python")
    [<built-in function sin>]
    """
    return [getattr(module, name) for name in names if hasattr(module, name)]


def elementwise(
    signature: str,
    /,
    *functions: Any,
    singular: str = "",
    domain: dict[str, tuple[float, float]] | None = None,
    note: str = "",
    linear: str = "",
    view: str | None = None,
    result: Callable[..., Any] | None = None,
    specialise: Callable[..., dict[str, str] | None] | None = None,
    tangents: dict[str, str] | None = None,
    together: dict[tuple[int, ...], str] | None = None,
    **partials: str,
) -> None:
    """Enter an elementwise operation under every function given (``np.sin`` and ``math.sin``), one rule each.

    Args:
        signature: name and parameters, e.g. ``"arctan2(x, z)"``.
        functions: callables with these partials; the key is each one's own dotted name.
        singular: parameters whose partial may be infinite, separated by blanks.
        domain: interval from which tests draw each parameter (default (-2, 2)).
        note: conventions.
        linear: parameters in which, taken together, the operation is linear.
        view: parameter that may come out as it is.
        result: computes the result type where a sample does not tell (see :class:`Rule`).
        specialise: computes simpler partials for particular arguments (see :class:`Rule`).
        tangents: what tangents contribute, where that is not a partial times ``t`` (see :class:`Rule`).
        together: the tangent that all operands give together (see :class:`Rule`).
        partials: one expression per differentiable parameter.
    """
    _enter(
        signature,
        functions,
        "elementwise",
        partials,
        singular=frozenset(singular.split()),
        view=view,
        view_kind="maybe",
        result=result,
        linear=frozenset(linear.split()),
        domain=domain or {},
        note=note,
        specialise=specialise,
        tangents=tangents or {},
        together=together or {},
    )


def structural(
    signature: str,
    /,
    *functions: Any,
    view: str | None = None,
    view_kind: str = "always",
    shares: Callable[[dict[str, Any]], bool] | None = None,
    shape_only: str = "",
    linear: str = "",
    bilinear: str = "",
    tangents: dict[str, str] | None = None,
    together: dict[tuple[int, ...], str] | None = None,
    cheap: bool = False,
    result: Callable[..., Any] | None = None,
    domain: dict[str, tuple[float, float]] | None = None,
    note: str = "",
    cases: dict[tuple[int, ...], dict[str, str]] | None = None,
    specialise: Callable[..., dict[str, str] | None] | None = None,
    several: bool = False,
    shape_of: str | None = None,
    flat: str | None = None,
    **pullbacks: str,
) -> None:
    """Enter a structural operation: ``pullbacks`` say what each parameter's adjoint receives (see :class:`Rule`).

    Forward mode follows from them: a linear operation is applied to tangents, and a pullback is transposed. What that
    would not write as one does by hand is stated: ``tangents`` by parameter, of its tangent ``t``, or ``together``.

    A pullback for a parameter that is a sequence of arrays gives the sequence of contributions. A pullback for
    ``*operands`` is that of operand number ``k``.
    """
    _enter(
        signature,
        functions,
        "structural",
        pullbacks,
        view=view,
        view_kind=view_kind,
        shares=shares,
        shape_only=frozenset(shape_only.split()),
        linear=frozenset(linear.split()),
        bilinear=frozenset(bilinear.split()),
        tangents=tangents or {},
        together=together or {},
        cheap=cheap or view is not None,
        result=result,
        domain=domain or {},
        note=note,
        keyword_only=keyword_only(signature),
        cases=tuple((cases or {}).items()),
        specialise=specialise,
        several=several,
        shape_of=shape_of,
        flat=flat,
    )


def inert(signature: str, /, *functions: Any, result: Callable[..., Any] | None = None, shape_only: str = "",
          cheap: bool = True, note: str = "", view: str | None = None, several: bool = False,
          acts: bool = False) -> None:  # fmt: skip
    """Enter operations that have no derivative by nature: shapes, comparisons, ``argmax``, constructors.

    Those that ``act`` (print, write, take what is typed in) are never cheap.
    """
    fields = {"view": view, "view_kind": "maybe", "shape_only": frozenset(shape_only.split()), "several": several}
    _enter(signature, functions, "inert", {}, result=result, cheap=cheap and not acts, acts=acts, note=note, **fields)


def zero(signature: str, /, *functions: Any, result: Callable[..., Any] | None = None, note: str = "",
         view: str | None = None) -> None:  # fmt: skip
    """Enter operations whose derivative is zero where it exists: ``floor``, ``sign``, ``round``."""
    _enter(signature, functions, "zero", {}, result=result, note=note, view=view, view_kind="maybe")


def of_constants(*functions: Any) -> None:
    """Enter functions without a rule that programs call with constants: a call with an active argument is refused.

    What they return may be memory of an argument.
    """
    for function in functions:
        key = function_key(function)
        try:
            named = [p.name for p in inspect.signature(function).parameters.values() if p.kind is not p.VAR_POSITIONAL]
        except ValueError:  # written in C
            named = []
        params = ("*args", *named)
        fault = f"not_differentiated({f'calls of `{key}` with an active argument'!r})"
        pullbacks = {p.lstrip("*"): fault for p in params}
        defaults = dict.fromkeys(named, "None")
        TABLE.add(
            Rule(key, function, params, "structural", defaults, pullbacks, cheap=False, view="args", view_kind="maybe",
                 result=partial(_of_call, function, named))
        )  # fmt: skip


def _of_call(function: Any, named: list[str], types: dict[str, Any], operands: dict[str, Any]) -> Type:
    """The type of what a pure function returns for constants that are written out."""
    try:
        args: list[Any] = []
        kwargs = {}
        for p, o in operands.items():  # arguments by position stand under the names before theirs
            if p == ("*args", *named)[len(args)]:
                args.append(_written(o))
            else:
                kwargs[p] = _written(o)
        return type_of(function(*args, **kwargs))
    except Exception:  # noqa: BLE001  (not written out, or not the function's arguments: it will say so)
        return UNKNOWN


def _written(operand: Any) -> Any:
    if isinstance(operand, Pack) and operand.kind in ("tuple", "list"):
        return (tuple if operand.kind == "tuple" else list)(_written(o) for o in operand.items)
    if not isinstance(operand, Const):
        raise ValueError(operand)
    return operand.value


def cite(source: str, /, *patterns: str) -> None:
    """Say where the formulas of rules come from: of those whose names match, else of all stated so far without a source.

    Each module of rules ends with this, for what it states.

    Args:
        source: a book, a paper, a section of a function reference.
        patterns: names of operations, with ``*`` for any text: ``"*.eigh"``.

    Raises:
        RuleError: a pattern that matches no rule without a source.
    """
    open_ones = [k for k in TABLE.by_key if k not in TABLE.sources and k not in TABLE.stated]
    for pattern in patterns or ("*",):
        named = [k for k in open_ones if fnmatchcase(k, pattern)]
        if not named:
            raise RuleError(f"there is no rule {pattern!r} without a source")
        TABLE.sources.update(dict.fromkeys(named, source))


def for_reals(*patterns: str, only: str = "", but: str = "") -> None:
    """Say of which rules the formulas are those of real numbers: a complex argument has them refused.

    Args:
        patterns: names of operations, with ``*`` for any text: ``"scipy.stats.*"``.
        only: the parameters that this is true of; all of them otherwise.
        but: operations that a pattern matches and that take complex numbers, separated by blanks.

    Raises:
        RuleError: a pattern that matches no rule.
    """
    for pattern in patterns:
        named = [k for k in TABLE.by_key if fnmatchcase(k, pattern) and k not in but.split()]
        if not named:
            raise RuleError(f"there is no rule {pattern!r}")
        TABLE.for_reals.update(dict.fromkeys(named, frozenset(only.split()) or None))


def of_lapack(*patterns: str) -> None:
    """Say of which rules the formulas call functions of LAPACK or FFTs: other precisions than single and double are refused.

    Args:
        patterns: names of operations, with ``*`` for any text.
    """
    TABLE.of_lapack.update(k for k in TABLE.by_key if any(fnmatchcase(k, pattern) for pattern in patterns))


def complex_valued(*functions: Any) -> None:
    """Say of which functions results are complex where the arguments are real."""
    TABLE.complex_valued.update(map(function_key, functions))


def _enter(signature: str, functions: tuple[Any, ...], kind: str, pullbacks: dict[str, str], **fields: Any) -> None:
    """Enter one rule for each function; one that is a text is the key of an operation without a function."""
    _, params, defaults = parse_signature(signature)
    for function in functions:
        key, known = (function_key(function), function) if callable(function) else (function, None)
        TABLE.add(Rule(key, known, params, kind, defaults, pullbacks, **fields))
