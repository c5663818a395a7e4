"""The form of a rule, and the registry of rules.

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

import ast
import cmath
import copy
import functools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import numpy as np

KINDS = ("elementwise", "structural", "inert", "zero")


@dataclass(frozen=True, eq=False)
class Rule:
    """One operation.

    Attributes:
        name: key of the operation in the IR, e.g. ``numpy.sin``.
        function: the callable it is recognised by (identity), None for syntax such as ``operator.mul``'s symbol.
        params: parameter names in order; one that begins with ``*`` takes the remaining positional arguments.
        defaults: source text of default values, by parameter.
        kind: one of ``KINDS``.
        pullbacks: expression per differentiable parameter (a partial when elementwise).
        singular: parameters whose partial can be infinite at finite points; their product with the adjoint is guarded.
        view: parameter whose memory the result may share, if any.
        view_kind: ``always``, ``maybe`` (depends on layout) or ``same`` (the result is the argument, as with ``out``).
        shares: says of the operands of a call, by parameter, whether its result may share memory; None: any call's may.
        shape_only: parameters of which only the shape is read.
        linear: parameters in which, taken together, the operation is linear.
        cheap: whether recomputing is preferred to recording (elementwise work, views, metadata).
        result: computes the result type from the argument types where evaluating a sample does not tell.
        domain: sampling interval per parameter, for the tests.
        note: conventions at kinks and edges.
        keyword_only: parameters that NumPy takes by keyword only, or only after one that is not supported here.
        cases: pullbacks to use instead where the ranks of the leading parameters are the ones given. They are for
            adjoints of the primal's own rank; the general ones also take a leading axis of directions.
        specialise: computes pullbacks to use instead from the arguments' types and operands.

    A parameter without a pullback has derivative zero or none; what is not supported is no parameter.
    """

    name: str
    function: Any
    params: tuple[str, ...]
    kind: str
    defaults: dict[str, str] = field(default_factory=dict)
    pullbacks: dict[str, str] = field(default_factory=dict)
    singular: frozenset[str] = frozenset()
    view: str | None = None
    view_kind: str = "always"
    shares: Callable[[dict[str, Any]], bool] | None = None
    shape_only: frozenset[str] = frozenset()
    linear: frozenset[str] = frozenset()
    cheap: bool = True
    result: Callable[..., Any] | None = None
    domain: dict[str, tuple[float, float]] = field(default_factory=dict)
    note: str = ""
    keyword_only: frozenset[str] = frozenset()
    cases: tuple[tuple[tuple[int, ...], dict[str, str]], ...] = ()
    specialise: Callable[..., dict[str, str] | None] | None = None

    def pullbacks_for(self, types: dict[str, Any], operands: dict[str, Any]) -> dict[str, str]:
        """The pullbacks for particular arguments: specialised, else a case by ranks, else the general ones.

        Args:
            types: types of the arguments given, by parameter; ``*operands`` as one tuple type under ``operands``.
            operands: the arguments given, by parameter; ``*operands`` as one ``Pack`` under ``operands``.

        Returns:
            Expressions by parameter, or under ``operands[0]``, ``operands[1]``, ... where those of ``*operands``
            differ. Arguments that are absent and default in the functions called, too, are left out.
        """
        out = dict(self.pullbacks)
        for ranks, alternative in self.cases:
            if ranks == tuple(_rank(types.get(p.lstrip("*"))) for p in self.params[: len(ranks)]):
                out.update(alternative)
                break
        if self.specialise is not None:
            out.update(self.specialise(types, operands) or {})
        absent = frozenset((p, d) for p, d in self.defaults.items() if p not in operands)
        arrays = frozenset(p for p, t in types.items() if getattr(t, "kind", "") == "array")
        return {p: trim(e, self, absent, arrays) for p, e in out.items()}

    @property
    def module(self) -> str:
        """``math`` or ``cmath`` for rules of those modules, else ``numpy``."""
        first = self.name.partition(".")[0]
        return first if first in ("math", "cmath") else "numpy"

    def reads(self, param: str) -> frozenset[str]:
        """Names whose contents the pullback of ``param`` reads (``y`` is the result).

        >>> from adjoint_compiler.rules import lookup_key
        >>> sorted(lookup_key("numpy.sin").reads("x")), sorted(lookup_key("numpy.exp").reads("x"))
        (['x'], ['y'])
        """
        return contents_read(self.pullbacks[param], self)


@functools.cache
def parse(expression: str) -> ast.expr:
    """The expression of a rule as a Python tree."""
    return ast.parse(expression, mode="eval").body


@functools.cache
def expression_reads(expression: str) -> frozenset[str]:
    """Names whose contents an expression reads; ``x.shape`` and the like read no contents."""
    metadata = {id(n.value) for n in ast.walk(parse(expression)) if isinstance(n, ast.Attribute) and n.attr in METADATA}
    calls = {id(n.func) for n in ast.walk(parse(expression)) if isinstance(n, ast.Call)}
    return frozenset(
        n.id
        for n in ast.walk(parse(expression))
        if isinstance(n, ast.Name) and id(n) not in metadata and id(n) not in calls and n.id != "g"
    )


METADATA = frozenset({"shape", "ndim", "size", "dtype"})


def contents_read(expression: str, rule: Rule) -> frozenset[str]:
    """``expression_reads`` without the names that only stand where a function reads nothing but a shape.

    >>> from adjoint_compiler.rules import lookup_key
    >>> sorted(contents_read("spread(g, a, axis) * conj(y)", lookup_key("numpy.prod")))
    ['axis', 'y']
    """
    tree = copy.deepcopy(parse(expression))
    for node in ast.walk(tree):
        callee = callee_of(node, rule) if isinstance(node, ast.Call) else None
        if isinstance(node, ast.Call) and callee is not None:
            starred = callee.params[-1:] if callee.params[-1:] and callee.params[-1].startswith("*") else ()
            params = callee.params + starred * len(node.args)
            kept = [a for a, p in zip(node.args, params) if p not in callee.shape_only or not isinstance(a, ast.Name)]
            node.args = kept
    return expression_reads(ast.unparse(tree))


def callee_of(node: ast.Call, rule: Rule) -> Rule | None:
    """The rule of the function that a call in a rule's expression calls."""
    try:
        return TABLE.by_identity.get(id(resolve_function(ast.unparse(node.func), rule)))
    except RuleError:
        return None


def _rank(t: Any) -> int | None:
    """The rank of values of a type; None when unknown or not a number or array."""
    return 0 if getattr(t, "kind", "") in ("bool", "int", "float", "complex", "number") else getattr(t, "ndim", None)


@functools.lru_cache(maxsize=4096)
def trim(expression: str, rule: Rule, absent: frozenset[tuple[str, str]], arrays: frozenset[str] = frozenset()) -> str:
    """An expression of a rule without the arguments that repeat a default of the function called.

    The shapes of what is known to be an array are its attributes.

    >>> from adjoint_compiler.rules import lookup_key
    >>> trim("spread(g, a, axis, keepdims)", lookup_key("numpy.sum"), frozenset({("keepdims", "False")}))
    'spread(g, a, axis)'
    >>> trim("reshape(g, shape(a))", lookup_key("numpy.sum"), frozenset(), frozenset({"a"}))
    'reshape(g, a.shape)'
    """
    defaults = dict(absent)

    def text(node: ast.expr) -> str:
        return defaults.get(node.id, "") if isinstance(node, ast.Name) else ast.unparse(node)

    tree = ast.parse(expression, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            callee = callee_of(node, rule)
            if callee is None:
                continue
            node.keywords = [k for k in node.keywords if callee.defaults.get(k.arg or "") != text(k.value)]
            while node.args and not node.keywords and len(node.args) <= len(callee.params):
                if callee.defaults.get(callee.params[len(node.args) - 1]) != text(node.args[-1]):
                    break
                node.args.pop()
    return re.sub(r"\bshape\((\w+)\)", lambda m: f"{m[1]}.shape" if m[1] in arrays else m[0], ast.unparse(tree))


class RuleError(ValueError):
    """A rule that cannot be right: unknown names, parameters without meaning, duplicates."""


def parse_signature(signature: str) -> tuple[str, tuple[str, ...], dict[str, str]]:
    """Split ``"sum(x, axis=None)"`` into name, parameters and defaults.

    >>> parse_signature("sum(x, axis=None, *, keepdims=False)")
    ('sum', ('x', 'axis', 'keepdims'), {'axis': 'None', 'keepdims': 'False'})
    >>> parse_signature("einsum(subscripts, *operands)")
    ('einsum', ('subscripts', '*operands'), {})
    """
    name, _, rest = signature.partition("(")
    tree = ast.parse(f"lambda {rest.rpartition(')')[0]}: 0", mode="eval").body
    assert isinstance(tree, ast.Lambda)
    positional = [*tree.args.posonlyargs, *tree.args.args]
    params = [a.arg for a in positional]
    first_default = len(positional) - len(tree.args.defaults)
    defaults = {a.arg: ast.unparse(d) for a, d in zip(positional[first_default:], tree.args.defaults)}
    if tree.args.vararg:
        params.append("*" + tree.args.vararg.arg)
    for arg, default in zip(tree.args.kwonlyargs, tree.args.kw_defaults):
        params.append(arg.arg)
        if default is not None:
            defaults[arg.arg] = ast.unparse(default)
    return name.strip(), tuple(params), defaults


def keyword_only(signature: str) -> frozenset[str]:
    """The parameters after the bare star of a signature.

    >>> sorted(keyword_only("sum(x, axis=None, *, keepdims=False)"))
    ['keepdims']
    """
    tree = ast.parse(f"lambda {signature.partition('(')[2].rpartition(')')[0]}: 0", mode="eval").body
    assert isinstance(tree, ast.Lambda)
    return frozenset() if tree.args.vararg else frozenset(a.arg for a in tree.args.kwonlyargs)


class Registry:
    """The built-in table: filled at import, then frozen."""

    def __init__(self) -> None:
        self.by_key: dict[str, Rule] = {}
        self.by_identity: dict[int, Rule] = {}
        self.frozen = False

    def add(self, rule: Rule, aliases: Iterable[Any] = ()) -> Rule:
        """Enter a rule; raises ``RuleError`` for duplicates and malformed ones."""
        if self.frozen:
            raise RuleError("the built-in table is frozen; user rules go through custom_vjp")
        if rule.kind not in KINDS:
            raise RuleError(f"{rule.name}: unknown kind {rule.kind!r}")
        names = {p.lstrip("*") for p in rule.params}
        stated = [*rule.pullbacks.items(), *(item for _, case in rule.cases for item in case.items())]
        for param, expression in stated:
            if param not in names:
                raise RuleError(f"{rule.name}: pullback for unknown parameter {param!r}")
            unknown = expression_reads(expression) - names - {"y", "k", "pi", "True", "False", "linalg"}
            if unknown:
                raise RuleError(f"{rule.name}: unknown names {sorted(unknown)} in {expression!r}")
        if rule.view is not None and rule.view not in names:
            raise RuleError(f"{rule.name}: view of unknown parameter {rule.view!r}")
        if rule.name in self.by_key:
            raise RuleError(f"{rule.name}: stated twice")
        self.by_key[rule.name] = rule
        for function in (rule.function, *aliases):
            if function is None:
                continue
            if id(function) in self.by_identity:
                raise RuleError(f"{rule.name}: its function already belongs to {self.by_identity[id(function)].name}")
            self.by_identity[id(function)] = rule
        return rule


TABLE = Registry()


def function_key(function: Any) -> str:
    """The dotted name under which a library function is known.

    >>> function_key(np.sin), function_key(math.sin), function_key(np.linalg.inv)
    ('numpy.sin', 'math.sin', 'numpy.linalg.inv')
    """
    if isinstance(function, np.ufunc):
        return f"numpy.{function.__name__}"
    module = getattr(function, "__module__", None) or "builtins"
    return f"{module}.{getattr(function, '__qualname__', function.__name__)}".replace("numpy._core.", "numpy.")


def elementwise(
    signature: str,
    /,
    *functions: Any,
    singular: str = "",
    domain: dict[str, tuple[float, float]] | None = None,
    note: str = "",
    linear: str = "",
    view: str | None = None,
    specialise: Callable[..., dict[str, str] | None] | None = None,
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
        specialise: computes simpler partials for particular arguments (see :class:`Rule`).
        partials: one expression per differentiable parameter.
    """
    _, params, defaults = parse_signature(signature)
    for function in functions:
        TABLE.add(
            Rule(
                function_key(function) if callable(function) else function,
                function if callable(function) else None,
                params,
                "elementwise",
                defaults,
                partials,
                frozenset(singular.split()),
                view=view,
                view_kind="maybe",
                linear=frozenset(linear.split()),
                domain=domain or {},
                note=note,
                specialise=specialise,
            )
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
    cheap: bool = False,
    result: Callable[..., Any] | None = None,
    domain: dict[str, tuple[float, float]] | None = None,
    note: str = "",
    cases: dict[tuple[int, ...], dict[str, str]] | None = None,
    specialise: Callable[..., dict[str, str] | None] | None = None,
    **pullbacks: str,
) -> None:
    """Enter a structural operation: ``pullbacks`` say what each parameter's adjoint receives (see :class:`Rule`).

    A pullback for a parameter that is a sequence of arrays gives the sequence of contributions. A pullback for
    ``*operands`` is that of operand number ``k``.
    """
    _, params, defaults = parse_signature(signature)
    for function in functions:
        TABLE.add(
            Rule(
                function_key(function) if callable(function) else function,
                function if callable(function) else None,
                params,
                "structural",
                defaults,
                pullbacks,
                view=view,
                view_kind=view_kind,
                shares=shares,
                shape_only=frozenset(shape_only.split()),
                linear=frozenset(linear.split()),
                cheap=cheap or view is not None,
                result=result,
                domain=domain or {},
                note=note,
                keyword_only=keyword_only(signature),
                cases=tuple((cases or {}).items()),
                specialise=specialise,
            )
        )


def inert(signature: str, /, *functions: Any, result: Callable[..., Any] | None = None, shape_only: str = "",
          cheap: bool = True, note: str = "", view: str | None = None) -> None:  # fmt: skip
    """Enter operations that have no derivative by nature: shapes, comparisons, ``argmax``, constructors."""
    _enter_without_derivative("inert", signature, functions, result, shape_only, cheap, note, view)


def zero(signature: str, /, *functions: Any, result: Callable[..., Any] | None = None, note: str = "",
         view: str | None = None) -> None:  # fmt: skip
    """Enter operations whose derivative is zero where it exists: ``floor``, ``sign``, ``round``."""
    _enter_without_derivative("zero", signature, functions, result, "", True, note, view)


def _enter_without_derivative(
    kind: str, signature: str, functions: tuple[Any, ...], result: Any, shape_only: str, cheap: bool, note: str,
    view: str | None,
) -> None:  # fmt: skip
    _, params, defaults = parse_signature(signature)
    for function in functions:
        TABLE.add(
            Rule(
                function_key(function) if callable(function) else function,
                function if callable(function) else None,
                params,
                kind,
                defaults,
                result=result,
                shape_only=frozenset(shape_only.split()),
                cheap=cheap,
                note=note,
                view=view,
                view_kind="maybe",
            )
        )


def evaluate(expression: str, rule: Rule, values: dict[str, Any]) -> Any:
    """Evaluate a rule's expression on numbers, as generated code would (used by the rule tests).

    >>> rule = TABLE.by_key["numpy.sin"]
    >>> float(evaluate(rule.pullbacks["x"], rule, {"x": 0.0}))
    1.0
    """
    return eval(expression, _Namespace(rule, values))  # noqa: S307  (the table's own expressions)


class _Namespace(dict):  # type: ignore[type-arg]
    def __init__(self, rule: Rule, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.rule = rule

    def __missing__(self, name: str) -> Any:
        return resolve_function(name, self.rule)


def resolve_function(name: str, rule: Rule) -> Any:
    """What a function name in a rule's expression means: helper, then the rule's own module, then NumPy."""
    from adjoint_compiler import runtime

    if name == "linalg":
        return np.linalg
    if callable(getattr(runtime, name, None)):
        return getattr(runtime, name)
    if name.startswith("linalg."):
        return getattr(np.linalg, name.removeprefix("linalg."))
    module: ModuleType = {"math": math, "cmath": cmath}.get(rule.module, np)
    if hasattr(module, name):
        return getattr(module, name)
    if hasattr(np, name):
        return getattr(np, name)
    raise RuleError(f"{rule.name}: nothing is called {name!r}")
