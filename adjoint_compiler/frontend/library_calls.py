"""Calls of library functions: by their rules, or as the stores that they are."""

from __future__ import annotations

import builtins
import cmath
import copy
import functools
import itertools
import math
import types
from typing import Any

import gast
import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.frontend import arguments, expressions, grids, library_objects, object_operators, suggestions
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Scope, Value, has_methods
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack, Store, Update, With
from adjoint_compiler.rules.moving import IN_PLACE
from adjoint_compiler.rules.rule import Rule
from adjoint_compiler.runtime.contractions import letters

SPLINE_VALUE = "adjoint_compiler.runtime.scipy_objects.spline_value"
DUPLICATE = "adjoint_compiler.runtime.library_values.duplicate"
LIBRARIES = ("numpy", "math", "scipy")
ITERATORS = (builtins.zip, builtins.enumerate, builtins.reversed, builtins.iter)
# What to write for functions that call others, or make what cannot be differentiated.
INSTEAD: tuple[tuple[Any, str], ...] = (
    (builtins.map, "use a list comprehension, or run over it where it is made"),
    (builtins.filter, "use a list comprehension with `if`"),
    (builtins.set, "use a list or a tuple"),
    (builtins.frozenset, "use a list or a tuple"),
    (functools.reduce, "use a loop"),
    (itertools.tee, "make a list of the items: `items = list(...)`"),
    (itertools.combinations, "write how many are chosen as a number, 2 or 3, or nest loops"),
    (itertools.permutations, "write how many are chosen as a number, 2 or 3, or nest loops"),
    (builtins.eval, "write the expression out"),
    (builtins.exec, "write the statements out"),
    (np.vectorize, "call what it makes at once: np.vectorize(f)(x)"),
)


def rule_of(function: Any, count: int) -> Rule | None:
    """The rule for calling a function with so many positional arguments; None if there is none."""
    primitive = getattr(function, "__adjoint_primitive__", None)
    if primitive is not None:
        return rules.lookup_key(primitive)
    if function is np.where and count == 1:
        function = np.nonzero
    return rules.lookup(np.empty if function is np.ndarray else function)


# Arguments by which rules know some calls only: where they stand, their names, and the values that a rule knows.
KNOWN: dict[str, tuple[int, str, tuple[str, ...]]] = {
    "numpy.pad": (2, "mode", ("constant", "edge", "reflect", "symmetric", "wrap", "empty")),
    "scipy.spatial.distance.cdist": (2, "metric", ("euclidean", "sqeuclidean", "cityblock")),
    "scipy.spatial.distance.pdist": (1, "metric", ("euclidean", "sqeuclidean", "cityblock")),
}
SEVERAL = (np.atleast_1d, np.atleast_2d, np.atleast_3d)  # which take arrays one by one


def is_covered(rule: Rule, node: Any) -> bool:
    """Whether a rule has the keywords of a call, and the mode; those of a definition may be more."""
    if rule.name in KNOWN:
        place, name, values = KNOWN[rule.name]
        given = [*node.args[place : place + 1], *(k.value for k in node.keywords if k.arg == name)]
        unknown = rule.function is not np.pad and bool(given)  # what is not written out: the definition knows all
        value = getattr(given[0], "value", None) if given else None
        if (isinstance(value, str) or unknown) and value not in values:
            return False
    if rule.function is np.nan_to_num:  # which changes its argument unless it copies
        copies = [*node.args[1:2], *(k.value for k in node.keywords if k.arg == "copy")]
        return all(getattr(c, "value", None) is True for c in copies)
    if not isinstance(rule.function, np.ufunc) and len(node.args) > len(rule.params) and rule.params[0][0] != "*":
        return False
    own = ("out", "where", "dtype") if isinstance(rule.function, np.ufunc) else ("out",)
    positional = [p for p in rule.params if p not in rule.keyword_only]
    if not isinstance(rule.function, np.ufunc) and not any(p.startswith("*") for p in positional):
        if len(node.args) > len(positional):
            return False
    return all(k.arg in (*rule.params, *own, None) for k in node.keywords)


def is_library(function: Any) -> bool:
    """Whether a function is not the user's: one of NumPy's, math's or SciPy's, a builtin, a class."""
    module = (getattr(function, "__module__", None) or "").split(".")[0]
    return (
        isinstance(function, (np.ufunc, types.BuiltinFunctionType, type))
        or module in LIBRARIES
        or (isinstance(function, types.MethodType) and isinstance(function.__self__, np.ufunc))
    )


def call_rule(cx: Context, scope: Scope, node: Any, rule: Rule, stem: str) -> Operand:
    """Call of an operation with a rule; ``out=`` becomes a store into the array given."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    made = object_operators.called_with_object(cx, scope, node, rule.function, args)
    if made is not None:
        return made
    out = keywords.pop("out", None)
    is_ufunc = isinstance(rule.function, np.ufunc)
    where = keywords.pop("where", None) if is_ufunc else None
    where = None if where == Const(True) else where
    if is_ufunc and len(args) > rule.function.nin:
        out = args.pop()
    if is_ufunc and "dtype" in keywords and "dtype" not in rule.params and is_of_one_type(rule.function):
        dtype = keywords.pop("dtype")
        args = [cx.bind("numpy.asarray", a, dtype=dtype) for a in args]
    args, keywords = _place(cx, scope, node, rule, args, keywords)
    cx.objects = cx.objects or library_objects.makes_object(rule)
    result = cx.bind(rule.name, *args, stem=stem, **keywords)
    if out is not None:
        return _store_out(cx, scope, node, result, out, where)
    if where is not None:
        raise cx.refuse("AC009", node, scope, "`where` without `out` leaves memory uninitialised", "pass `out`")
    return result


def is_of_one_type(ufunc: np.ufunc) -> bool:
    """Whether operands and result of a ufunc have one type, so that ``dtype=`` is a cast of the operands.

    >>> is_of_one_type(np.add), is_of_one_type(np.ldexp), is_of_one_type(np.less), is_of_one_type(np.absolute)
    (True, False, False, False)
    """
    one, real_of_complex = f"{'d' * ufunc.nin}->d", f"{'D' * ufunc.nin}->d"
    return ufunc.nout == 1 and one in ufunc.types and real_of_complex not in ufunc.types


SPLINES = ("PPoly", "BSpline", "UnivariateSpline")


def is_spline(value: Any) -> bool:
    """Whether a value is a spline of SciPy, of one variable and with numbers as values: ``CubicSpline(x, y)``, made outside."""
    classes = {c.__name__ for c in type(value).__mro__ if str(c.__module__).startswith("scipy.interpolate.")}
    return not classes.isdisjoint(SPLINES) and np.ndim(getattr(value, "c", np.zeros((1, 1)))) == (
        1 if "BSpline" in classes else 2
    )


def lower_spline(cx: Context, scope: Scope, node: Any, found: Value, stem: str) -> Operand:
    """The value of a spline that is a constant, ``s(x)`` or ``s(x, nu)``: its derivative is a spline, too."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    if len(args) == 2:
        keywords["nu"] = args.pop()
    if len(args) != 1 or not keywords.keys() <= {"nu"}:
        raise cx.refuse("AC009", node, scope, f"this call of the spline `{found.text}` is not differentiated", "s(x)")
    return cx.bind(SPLINE_VALUE, spline_operand(cx, found.value), args[0], stem=stem, **keywords)


def spline_operand(cx: Context, spline: Any) -> Const:
    """A spline as an operand: a constant by the name that generated code gives it."""
    name = next((n for n, value in cx.constants.items() if value is spline), None) or cx.names.fresh("spline")
    cx.constants[name] = spline
    return Const(spline, name)


def without_frozen(cx: Context, scope: Scope, node: Any) -> Any:
    """``norm(mu, s).logpdf(x)`` as ``norm.logpdf(x, mu, s)``: a distribution is asked with its parameters at once."""
    made = node.func.value if isinstance(node.func, gast.Attribute) else None
    if not isinstance(made, gast.Call):
        return node
    family = expressions.meaning(cx, scope, made.func)
    if not isinstance(family, Value) or not has_methods(family.value):
        return node
    function = gast.copy_location(gast.Attribute(made.func, node.func.attr, gast.Load()), node.func)
    both = gast.Call(function, [*node.args, *made.args], [*node.keywords, *made.keywords])
    return gast.copy_location(both, node)


def _place(
    cx: Context, scope: Scope, node: Any, rule: Rule, args: list[Operand], keywords: dict[str, Operand]
) -> tuple[list[Operand], dict[str, Operand]]:
    """Positional arguments past the first optional one become keywords: easier to read, and one form for rules."""
    allowed = {p.lstrip("*") for p in rule.params}
    for key in keywords:
        if key not in allowed:
            raise cx.refuse("AC009", node, scope, f"keyword `{key}` of `{rule.name}` is not differentiated",
                            suggestions.for_keyword(key, allowed))  # fmt: skip
    if any(p.startswith("*") for p in rule.params):
        return args, keywords
    if len(args) > len(rule.params):
        count = "one argument" if len(rule.params) == 1 else f"{len(rule.params)} arguments"
        raise cx.refuse("AC009", node, scope, f"`{rule.name}` takes at most {count} here",
                        f"supported: {', '.join(rule.params)}")  # fmt: skip
    named = dict(keywords)
    keep = [p for p in rule.params if p not in rule.defaults]
    head, tail = args[: max(len(keep), 1)], args[max(len(keep), 1) :]
    for param, value in zip(rule.params[len(head) :], tail):
        if param in rule.keyword_only:
            raise cx.refuse("AC009", node, scope, f"this many positional arguments of `{rule.name}` are not differentiated",
                            f"pass `{param}` and what follows by keyword")  # fmt: skip
        named[param] = value
    missing = [p for p in keep[len(head) :] if p not in named]
    if missing:
        raise cx.refuse("AC009", node, scope, f"`{rule.name}` lacks its argument `{missing[0]}`", "pass it")
    return head + [named.pop(param) for param in keep[len(head) :]], named


def _store_out(cx: Context, scope: Scope, node: Any, result: Name, out: Operand, where: Operand | None) -> Name:
    """Store a result, just computed, into the array given as ``out``."""
    if isinstance(out, Pack) and out.kind == "tuple" and len(out.items) == 1:
        out = out.items[0]
    if not isinstance(out, Name):
        raise cx.refuse("AC009", node, scope, "`out` must be an array held by a name here", "name the array first")
    if where is not None:
        # The places left out keep what they hold; what is computed there is dropped, its warnings too.
        computed = cx.block[-1]
        cx.rewind(len(cx.block) - 1)
        cx.emit(With(Const(None), (computed,), cx.span, "np.errstate(all='ignore')"))
        result = cx.bind("numpy.where", where, result, cx.bind("index", out, Const(Ellipsis)))
    cx.emit(Store(out.id, Const(Ellipsis), result, cx.span))
    return out


def lower_special(cx: Context, scope: Scope, node: Any, function: Any, stem: str) -> Operand | None:
    """Calls of library functions that are other operations, or stores; None for all others."""
    if function is np.copyto:
        return copy_to(cx, scope, node)
    if function in (copy.copy, copy.deepcopy) and len(node.args) == 1 and not node.keywords:
        return cx.bind(DUPLICATE, expressions.lower(cx, scope, node.args[0]), stem=stem)
    if function is np.fromfunction and node.args:
        return grids.from_function(cx, scope, node, stem)
    if function is np.piecewise and len(node.args) == 3 and not node.keywords:
        return grids.piecewise(cx, scope, node)
    key = next((key for changing, key in IN_PLACE if changing is function), None)
    if key is not None:
        return store_in_place(cx, scope, node, rules.lookup_key(key))
    if function in (math.log, cmath.log) and len(node.args) == 2:
        args, _ = arguments.lower_arguments(cx, scope, node)
        name = f"{function.__module__}.log"
        return cx.bind("operator.truediv", cx.bind(name, args[0]), cx.bind(name, args[1]), stem=stem)
    if getattr(function, "__self__", None) is np.add and function.__name__ == "at":
        return add_at(cx, scope, node)
    if function in SEVERAL and len(node.args) > 1 and not any(isinstance(a, gast.Starred) for a in node.args):
        each = [gast.copy_location(gast.Call(node.func, [a], []), node) for a in node.args]
        return Pack("tuple", tuple([expressions.lower(cx, scope, e) for e in each]))
    if function in (np.asarray, np.array) and len(node.args) == 1 and not node.keywords:
        return array_of_blocks(cx, scope, node.args[0], stem)
    if function is np.einsum and len(node.args) > 1 and is_list(node.args[1]):
        return einsum_of_lists(cx, scope, node, stem)
    return None


def array_of_blocks(cx: Context, scope: Scope, node: Any, stem: str) -> Operand | None:
    """``np.asarray(np.bmat([[A, B], [C, D]]))``, whose matrix nothing else sees; None for all other arguments."""
    made = isinstance(node, gast.Call) and expressions.meaning(cx, scope, node.func)
    if not isinstance(made, Value) or made.value is not np.bmat or len(node.args) != 1 or node.keywords:
        return None
    rows = getattr(node.args[0], "elts", [])
    nested = [isinstance(row, (gast.List, gast.Tuple)) for row in rows]
    if not rows or any(nested) != all(nested):
        return None

    def joined(items: Any, axis: int) -> Operand:
        return cx.bind("numpy.concatenate", Pack("tuple", tuple(items)), stem="t", axis=Const(axis))

    lists = [row.elts for row in rows] if all(nested) else [rows]
    blocks = [joined([expressions.lower(cx, scope, e) for e in row], -1) for row in lists]
    return cx.bind("numpy.atleast_2d", joined(blocks, 0), stem=stem)


def is_list(node: Any) -> bool:
    """Whether an expression is a list or tuple of integers and ellipses that is written out."""
    return isinstance(node, (gast.List, gast.Tuple)) and all(label_of(e) is not None for e in node.elts)


def label_of(node: Any) -> str | None:
    """The letter for an axis that ``np.einsum`` is told as an integer."""
    value = getattr(node, "value", None)
    if value is Ellipsis or (isinstance(node, gast.Name) and node.id == "Ellipsis"):
        return "..."
    return letters()[value] if isinstance(value, int) and 0 <= value < 52 else None


def einsum_of_lists(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """``np.einsum(a, [0, 1], b, [1, 2])`` as ``np.einsum("AB,BC", a, b)``."""
    pairs, last = node.args[: len(node.args) // 2 * 2], node.args[len(node.args) // 2 * 2 :]
    if not all(map(is_list, (*pairs[1::2], *last))):
        raise cx.refuse(
            "AC009", node, scope, "axes of np.einsum that are not written out", "write subscripts as a string"
        )
    texts = ["".join(str(label_of(e)) for e in part.elts) for part in (*pairs[1::2], *last)]
    text = ",".join(texts[: len(pairs) // 2]) + ("->" + texts[-1] if last else "")
    subscripts = gast.copy_location(gast.Constant(text, None), node)
    told = gast.copy_location(gast.Call(node.func, [subscripts, *pairs[::2]], node.keywords), node)
    return call_rule(cx, scope, told, rules.lookup_key("numpy.einsum"), stem)


def copy_to(cx: Context, scope: Scope, node: Any) -> Operand:
    """``np.copyto(dst, src, where=mask)`` as a store."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    where = keywords.pop("where", None)
    if len(args) != 2 or keywords or not isinstance(args[0], Name):
        raise cx.refuse("AC009", node, scope, "this form of np.copyto is not differentiated", "np.copyto(dst, src)")
    value = args[1]
    if where is not None:
        value = cx.bind("numpy.where", where, value, cx.bind("index", args[0], Const(Ellipsis)))
    cx.emit(Store(args[0].id, Const(Ellipsis), value, cx.span))
    return Const(None)


def store_in_place(cx: Context, scope: Scope, node: Any, rule: Rule) -> Operand:
    """``np.put(a, indices, values)`` and the like: what ``a`` holds then is computed, and stored into all of it."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    if not args or not isinstance(args[0], Name):
        raise cx.refuse(
            "AC009", node, scope, "the array that this changes must be held by a name here", "name it first"
        )
    target = args[0]
    held = cx.bind("index", target, Const(Ellipsis))
    args, keywords = _place(cx, scope, node, rule, [held, *args[1:]], keywords)
    result = cx.bind(rule.name, *args, stem="t", **keywords)
    cx.emit(Store(target.id, Const(Ellipsis), result, cx.span))
    return Const(None)


def add_at(cx: Context, scope: Scope, node: Any) -> Operand:
    """``np.add.at(a, index, values)``: an update that counts repeated places."""
    args, keywords = arguments.lower_arguments(cx, scope, node)
    if len(args) != 3 or keywords or not isinstance(args[0], Name):
        raise cx.refuse(
            "AC009", node, scope, "this form of np.add.at is not differentiated", "np.add.at(a, index, values)"
        )
    cx.emit(Update(args[0].id, args[1], "scatter_add", args[2], cx.span))
    return Const(None)


def missing_rule(cx: Context, scope: Scope, node: Any, found: Value) -> Exception:
    """The diagnostic for a library function without a rule: it prints the rule to add; another one for a class."""
    if isinstance(found.value, type) and found.value.__module__.split(".")[0] not in ("builtins", *LIBRARIES):
        other = "pass the instance as an argument, or use a tuple or a dictionary"
        advice = next((text for function, text in INSTEAD if function is found.value), other)
        return cx.refuse(
            "AC001", node, scope, f"making an instance of `{found.text}` is not differentiated yet", advice
        )
    if found.value in ITERATORS:
        message = f"what `{found.text}` makes is used as a value"
        return cx.refuse("AC001", node, scope, message, "run over it with `for`, or make a list of it: `list(...)`")
    if has_methods(found.value):
        advice = f"call a method with all parameters, like `{found.text}.logpdf(x, ...)`"
        return cx.refuse(
            "AC002", node, scope, f"`{found.text}` with fixed parameters is not kept in a variable", advice
        )
    advice = next((text for function, text in INSTEAD if function is found.value), "")
    nearest = suggestions.nearest_with_rule(suggestions.full_name(found.value)) if not advice else ""
    notes = [f"the nearest name with a rule is `{nearest}`"] if nearest else []
    lines = suggestions.rule_lines(found.text, found.value, len(node.args))
    if not node.args and not node.keywords:
        advice = (
            advice
            or f"call it before, and pass what it returns; or declare it inert: ac.nondifferentiable({found.text})"
        )
    advice = advice or f"state its derivative, before the function that calls it is differentiated:\n{lines}"
    return cx.refuse("AC002", node, scope, f"no derivative rule for `{found.text}`", advice, *notes)
