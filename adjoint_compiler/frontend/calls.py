"""Lowering of calls: library functions by their rules, Python functions by inlining, methods; and of iteration."""

from __future__ import annotations

import builtins
import cmath
import importlib
import math
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gast
import numpy as np

from adjoint_compiler import rules
from adjoint_compiler.diagnostics import DifferentiationError
from adjoint_compiler.frontend import custom, derivatives
from adjoint_compiler.frontend.context import Context, Frame
from adjoint_compiler.frontend.jumps import always_jumps, any_jump, assigned_names
from adjoint_compiler.frontend.recursion import Recursive, call_recursive, key_of
from adjoint_compiler.frontend.scope import Free, LocalFunction, Refusal, Scope, Value, Variable, live_lookup
from adjoint_compiler.frontend.source import source_of
from adjoint_compiler.ir.nodes import Const, Name, Operand, Pack, Pop, Push, Store, Update, With
from adjoint_compiler.rules.rule import Rule

MAX_INLINE_DEPTH = 40


def _expressions() -> Any:
    from adjoint_compiler.frontend import expressions

    return expressions


def lower_call(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """Lower a call by what its function certainly is."""
    ex = _expressions()
    found = ex.compile_time(cx, scope, node.func)
    if isinstance(found, LocalFunction):
        return inline_local(cx, scope, node, found)
    if isinstance(found, Value):
        return call_value(cx, scope, node, found, stem)
    if isinstance(node.func, gast.Attribute):
        return call_method(cx, scope, node, stem)
    raise cx.refuse("AC019", node, scope, "the compiler cannot tell which function is called here",
                    "call a function that is defined by `def`, not one chosen while running")  # fmt: skip


def arguments(cx: Context, scope: Scope, node: Any) -> tuple[list[Operand], dict[str, Operand]]:
    """Lower positional and keyword arguments, in evaluation order."""
    ex = _expressions()
    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise cx.refuse("AC001", node, scope, "starred arguments are not differentiated yet", "write the arguments out")
    positional = [ex.lower(cx, scope, a) for a in node.args]
    return positional, {k.arg: ex.lower(cx, scope, k.value) for k in node.keywords}


def call_value(cx: Context, scope: Scope, node: Any, found: Value, stem: str) -> Operand:
    """Call of a function known while compiling."""
    function = found.value
    if function is builtins.slice:
        args, _ = arguments(cx, scope, node)
        padded = {1: [Const(None), *args, Const(None)], 2: [*args, Const(None)], 3: args}[len(args)]
        return Pack("slice", tuple(padded))
    if function in (builtins.list, builtins.tuple) and node.args:
        args, _ = arguments(cx, scope, node)
        return cx.bind(f"builtins.{function.__name__}", *args, stem=stem)
    if function is builtins.list:
        return Pack("list", ())
    if function is builtins.dict and not node.args:
        _, keywords = arguments(cx, scope, node)
        return Pack("dict", tuple(keywords.values()), tuple(keywords))
    if hasattr(function, "__adjoint_target__"):
        return derivatives.lower_derivative_call(cx, scope, node, function)
    if hasattr(function, "__adjoint_transform__"):
        raise cx.refuse("AC001", node, scope, f"`{found.text}` inside a differentiated function is not differentiated yet",
                        "call ac.grad(...) or ac.value_and_grad(...) of a function there")  # fmt: skip
    user_rule = custom.user_rule(function)
    if user_rule is not None:
        return custom.lower_custom_call(cx, scope, node, user_rule, stem)
    primitive = getattr(function, "__adjoint_primitive__", None)
    if primitive is not None:
        return call_rule(cx, scope, node, rules.lookup_key(primitive), stem)
    if function is np.copyto:
        return copy_to(cx, scope, node)
    if function in (math.log, cmath.log) and len(node.args) == 2:
        args, _ = arguments(cx, scope, node)
        name = f"{function.__module__}.log"
        return cx.bind("operator.truediv", cx.bind(name, args[0]), cx.bind(name, args[1]), stem=stem)
    if getattr(function, "__self__", None) is np.add and function.__name__ == "at":
        return add_at(cx, scope, node)
    if function is np.where and len(node.args) == 1:
        function = np.nonzero
    rule = rules.lookup(np.empty if function is np.ndarray else function)
    if rule is not None:
        return call_rule(cx, scope, node, rule, stem)
    if isinstance(function, np.ufunc) or (getattr(function, "__module__", None) or "").split(".")[0] in (
        "numpy",
        "math",
        "scipy",
    ):
        raise missing_rule(cx, scope, node, found)
    if isinstance(function, types.MethodType) and isinstance(function.__self__, np.ufunc):
        raise missing_rule(cx, scope, node, found)
    if isinstance(function, types.BuiltinFunctionType) or isinstance(function, type):
        raise missing_rule(cx, scope, node, found)
    if isinstance(function, types.FunctionType) or hasattr(function, "py_func"):
        return inline_function(cx, scope, node, function)
    raise cx.refuse(
        "AC019", node, scope, f"`{found.text}` is not a Python function", "wrap what it computes in a `def`"
    )


def missing_rule(cx: Context, scope: Scope, node: Any, found: Value) -> Exception:
    """The diagnostic for a library function without a rule: it prints the rule to add."""
    return cx.refuse(
        "AC002", node, scope, f"no derivative rule for `{found.text}`",
        f"add one: ac.custom_vjp({found.text}, fwd=lambda *args: (y, residuals), bwd=lambda residuals, y_bar: bars)",
    )  # fmt: skip


def call_rule(cx: Context, scope: Scope, node: Any, rule: Rule, stem: str) -> Operand:
    """Call of an operation with a rule; ``out=`` becomes a store into the array given."""
    args, keywords = arguments(cx, scope, node)
    out = keywords.pop("out", None)
    is_ufunc = isinstance(rule.function, np.ufunc)
    where = keywords.pop("where", None) if is_ufunc else None
    if is_ufunc and len(args) > rule.function.nin:
        out = args.pop()
    starred = bool(rule.params) and any(p.startswith("*") for p in rule.params)
    allowed = {p.lstrip("*") for p in rule.params}
    for key in keywords:
        if key not in allowed:
            raise cx.refuse("AC009", node, scope, f"keyword `{key}` of `{rule.name}` is not differentiated",
                            f"leave it out; supported: {', '.join(sorted(allowed))}")  # fmt: skip
    if not starred and len(args) > len(rule.params):
        raise cx.refuse("AC009", node, scope, f"`{rule.name}` takes at most {len(rule.params)} arguments here",
                        f"supported: {', '.join(rule.params)}")  # fmt: skip
    if not starred:
        # Positional arguments past the first optional one become keywords: easier to read, and one form for rules.
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
        for param in keep[len(head) :]:
            head.append(named.pop(param))
        args, keywords = head, named
    result = cx.bind(rule.name, *args, stem=stem, **keywords)
    if out is None:
        if where is not None:
            raise cx.refuse("AC009", node, scope, "`where` without `out` leaves memory uninitialised", "pass `out`")
        return result
    if isinstance(out, Pack) and out.kind == "tuple" and len(out.items) == 1:
        out = out.items[0]
    if not isinstance(out, Name):
        raise cx.refuse("AC009", node, scope, "`out` must be an array held by a name here", "name the array first")
    if where is not None:
        # The places left out keep what they hold; what is computed there is dropped, its warnings too.
        computed = cx.block.pop()
        cx.emit(With(Const(None), (computed,), cx.span, "np.errstate(all='ignore')"))
        result = cx.bind("numpy.where", where, result, cx.bind("index", out, Const(Ellipsis)))
    cx.emit(Store(out.id, Const(Ellipsis), result, cx.span))
    return out


def copy_to(cx: Context, scope: Scope, node: Any) -> Operand:
    """``np.copyto(dst, src, where=mask)`` as a store."""
    args, keywords = arguments(cx, scope, node)
    where = keywords.pop("where", None)
    if len(args) != 2 or keywords or not isinstance(args[0], Name):
        raise cx.refuse("AC009", node, scope, "this form of np.copyto is not differentiated", "np.copyto(dst, src)")
    value = args[1]
    if where is not None:
        value = cx.bind("numpy.where", where, value, cx.bind("index", args[0], Const(Ellipsis)))
    cx.emit(Store(args[0].id, Const(Ellipsis), value, cx.span))
    return Const(None)


def add_at(cx: Context, scope: Scope, node: Any) -> Operand:
    """``np.add.at(a, index, values)``: an update that counts repeated places."""
    args, keywords = arguments(cx, scope, node)
    if len(args) != 3 or keywords or not isinstance(args[0], Name):
        raise cx.refuse(
            "AC009", node, scope, "this form of np.add.at is not differentiated", "np.add.at(a, index, values)"
        )
    cx.emit(Update(args[0].id, args[1], "scatter_add", args[2], cx.span))
    return Const(None)


def call_method(cx: Context, scope: Scope, node: Any, stem: str) -> Operand:
    """``x.method(...)``: lists' append and pop are IR statements, the rest is resolved once types are known."""
    ex = _expressions()
    name = node.func.attr
    receiver = ex.lower(cx, scope, node.func.value)
    args, keywords = arguments(cx, scope, node)
    if isinstance(receiver, Pack):
        receiver = cx.bind("copy", receiver)
    if isinstance(receiver, Name):
        if name == "append" and len(args) == 1:
            cx.emit(Push(receiver.id, args[0], cx.span))
            return Const(None)
        if name == "pop" and not args and not keywords:
            target = cx.temporary(stem)
            cx.emit(Pop(target, receiver.id, cx.span))
            return Name(target)
        if name == "__setitem__" and len(args) == 2:
            cx.emit(Store(receiver.id, args[0], args[1], cx.span))
            return Const(None)
        if name == "fill" and len(args) == 1:
            cx.emit(Store(receiver.id, Const(Ellipsis), args[0], cx.span))
            return Const(None)
        if name == "__getitem__" and len(args) == 1:
            return cx.bind("index", receiver, args[0], stem=stem)
    return cx.bind("method", receiver, Const(name), *args, stem=stem, **keywords)


# -- Python functions ------------------------------------------------------------------------------------------


def inline_function(cx: Context, scope: Scope, node: Any, function: Any) -> Operand:
    """Inline a call of a Python function found in globals or a closure."""
    try:
        source = source_of(function)
    except DifferentiationError as error:
        raise cx.refuse("AC006", node, scope, error.diagnostics[0].message, error.diagnostics[0].help) from None
    plain = getattr(function, "py_func", function)
    lookup = live_lookup(plain, source)
    outer = Scope({}, frozenset(), lookup, None, source)
    defaults: dict[str, Any] = {}
    names = [a.id for a in source.tree.args.args]
    for param, value in zip(names[len(names) - len(plain.__defaults__ or ()) :], plain.__defaults__ or ()):
        defaults[param] = default_operand(cx, param, value)
    for param, value in (plain.__kwdefaults__ or {}).items():
        defaults[param] = default_operand(cx, param, value)
    local = LocalFunction(source.tree, outer, plain.__name__, defaults)
    return inline_local(cx, scope, node, local, key=plain)


def default_operand(cx: Context, param: str, value: Any) -> Any:
    """The default of a parameter as an operand (a function: as a compile-time value)."""
    if isinstance(value, (bool, int, float, complex, str, type(None))):
        return Const(value)
    if callable(value):
        return Value(value, param)
    return cx.free_name(Free(param, value, lambda: value))


def lower_defaults(cx: Context, scope: Scope, args: Any) -> dict[str, Any]:
    """Defaults of a nested function, evaluated where it is defined."""
    ex = _expressions()
    out: dict[str, Any] = {}
    pairs = list(zip(args.args[len(args.args) - len(args.defaults) :], args.defaults))
    pairs += [(a, d) for a, d in zip(args.kwonlyargs, args.kw_defaults) if d is not None]
    for arg, default in pairs:
        out[arg.id] = ex.compile_time(cx, scope, default) or ex.lower(cx, scope, default)
    return out


def inline_local(cx: Context, scope: Scope, node: Any, function: LocalFunction, key: Any = None) -> Operand:
    """Inline a call: parameters become variables, ``return`` binds the result variable."""
    tree_args = function.tree.args
    if tree_args.vararg or tree_args.kwarg:
        raise cx.refuse("AC001", node, scope, "star parameters are not differentiated yet", "name the parameters")
    bound = _bind_arguments(cx, scope, node, function)
    return inline_bound(cx, scope, node, function, bound, key)


def inline_bound(
    cx: Context, scope: Scope, node: Any, function: LocalFunction, bound: dict[str, Any], key: Any = None
) -> Operand:
    """Inline a call whose arguments are lowered, by parameter."""
    ex = _expressions()
    known = {p: v for p, v in bound.items() if isinstance(v, (Value, LocalFunction))}
    key = key_of(function if key is None else key, known)
    if key in cx.recursive:
        return call_recursive(cx, scope, node, function, key, bound)
    if any(f.function == key for f in cx.frames):
        raise Recursive(key)
    if len(cx.frames) > MAX_INLINE_DEPTH:
        raise cx.refuse(
            "AC001", node, scope, f"the call of `{function.name}` is nested too deeply", "call fewer functions"
        )
    body = body_of(function.tree)
    span = cx.span
    meanings: dict[str, Any] = {}
    for param, value in bound.items():
        meanings[param] = value if param in known else Variable(cx.names.fresh(param))
        if param not in known:
            cx.assign(meanings[param].name, value)
    result = lower_function_body(cx, inner_scope(function, body, meanings), body, key, ex)
    cx.span = span
    return result


def body_of(tree: Any) -> list[Any]:
    """The statements of a function; those of a lambda are one ``return``."""
    is_lambda = isinstance(tree, gast.Lambda)
    return [gast.copy_location(gast.Return(tree.body), tree.body)] if is_lambda else list(tree.body)


def inner_scope(function: LocalFunction, body: list[Any], meanings: dict[str, Any]) -> Scope:
    """The scope of a function's body, in which its parameters mean what is given."""
    bound, outer = assigned_names(body) | frozenset(meanings), function.scope
    return Scope(dict(meanings), bound, outer.lookup_free, outer, outer.source)


def lower_function_body(cx: Context, scope: Scope, body: list[Any], key: Any, ex: Any) -> Name:
    """Lower a body whose ``return`` binds a result variable; falling off the end returns None."""
    frame = Frame(key, cx.temporary("result"))
    cx.frames.append(frame)
    if "return" in any_jump(body):
        frame.returned = cx.temporary("returned")
        cx.assign(frame.returned, Const(False))
    if not always_jumps(body):
        cx.assign(frame.result, Const(None))
    ex.statements().lower_block(cx, scope, body)
    cx.frames.pop()
    return Name(frame.result)


def _bind_arguments(cx: Context, scope: Scope, node: Any, function: LocalFunction) -> dict[str, Any]:
    ex = _expressions()
    args = function.tree.args
    positional = [a.id for a in (*args.posonlyargs, *args.args)]
    names = positional + [a.id for a in args.kwonlyargs]

    def value(expression: Any) -> Any:
        return ex.compile_time(cx, scope, expression) or ex.lower(cx, scope, expression)

    if any(isinstance(a, gast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
        raise cx.refuse("AC001", node, scope, "starred arguments are not differentiated yet", "write the arguments out")
    bound: dict[str, Any] = dict(zip(positional, [value(a) for a in node.args]))
    bound.update({k.arg: value(k.value) for k in node.keywords})
    wrong = [k for k in bound if k not in names]
    missing = [p for p in names if p not in bound and p not in function.defaults]
    if len(node.args) > len(positional) or wrong or missing:
        what = f"missing {missing}" if missing else f"unexpected {wrong or 'positional arguments'}"
        raise cx.refuse(
            "AC001", node, scope, f"`{function.name}` does not accept these arguments: {what}", "fix the call"
        )
    return {p: bound[p] if p in bound else _default(cx, scope, node, function.defaults[p]) for p in names}


def _default(cx: Context, scope: Scope, node: Any, default: Any) -> Any:
    if isinstance(default, Refusal):
        raise cx.refuse(default.code, node, scope, default.message, default.help)
    return cx.free_name(default) if isinstance(default, Free) else default


def lower_import(cx: Context, scope: Scope, s: Any) -> None:
    """An import inside a function: NumPy, math and SciPy modules only (they have no effects)."""
    for alias in s.names:
        name = alias.name if isinstance(s, gast.Import) else f"{s.module}"
        if name.split(".")[0] not in ("numpy", "math", "scipy"):
            raise cx.refuse("AC001", s, scope, f"import of `{name}` inside the function", "move it to the module's top")
        module = importlib.import_module(name)
        if isinstance(s, gast.ImportFrom):
            scope.locals[alias.asname or alias.name] = Value(getattr(module, alias.name), f"{name}.{alias.name}")
        elif alias.asname:
            scope.locals[alias.asname] = Value(module, name)
        else:
            scope.locals[name.split(".")[0]] = Value(importlib.import_module(name.split(".")[0]), name.split(".")[0])


# -- iteration -------------------------------------------------------------------------------------------------


@dataclass
class Iteration:
    """A counted loop: ``item(counter)`` gives the loop variable's value (``direct``: the counter itself)."""

    start: Operand
    stop: Operand
    step: Operand
    item: Callable[[Operand], Operand]
    direct: bool = False


def iteration(cx: Context, scope: Scope, node: Any) -> Iteration:
    """How ``for ... in node`` counts."""
    ex = _expressions()
    found = ex.compile_time(cx, scope, node.func) if isinstance(node, gast.Call) else None
    function = found.value if isinstance(found, Value) else None
    if function is builtins.range:
        args, _ = arguments(cx, scope, node)
        start, stop, step = (Const(0), *args, Const(1)) if len(args) == 1 else (*args, Const(1))[:3]
        return Iteration(start, stop, step, lambda k: k, direct=True)
    if function is builtins.reversed and len(node.args) == 1:
        length, item = sequence(cx, scope, node.args[0])
        last = cx.bind("operator.sub", length, Const(1))
        return Iteration(last, Const(-1), Const(-1), item, direct=False)
    length, item = sequence(cx, scope, node)
    return Iteration(Const(0), length, Const(1), item)


def sequence(cx: Context, scope: Scope, node: Any) -> tuple[Operand, Callable[[Operand], Operand]]:
    """The length of an iterable and how to get item number k, evaluated once before the loop."""
    ex = _expressions()
    found = ex.compile_time(cx, scope, node.func) if isinstance(node, gast.Call) else None
    function = found.value if isinstance(found, Value) else None
    if function is builtins.range:
        args, _ = arguments(cx, scope, node)
        start, stop, step = (Const(0), *args, Const(1)) if len(args) == 1 else (*args, Const(1))[:3]
        length = cx.bind("range_length", start, stop, step, stem="n")
        simple = start == Const(0) and step == Const(1)
        return length, (lambda k: k) if simple else lambda k: cx.bind(
            "operator.add", start, cx.bind("operator.mul", k, step)
        )
    if function is builtins.enumerate:
        length, item = sequence(cx, scope, node.args[0])  # type: ignore[assignment]
        _, keywords = [], {k.arg: ex.lower(cx, scope, k.value) for k in node.keywords}
        first = ex.lower(cx, scope, node.args[1]) if len(node.args) > 1 else keywords.get("start", Const(0))
        number = (lambda k: k) if first == Const(0) else lambda k: cx.bind("operator.add", first, k)
        return length, lambda k: Pack("tuple", (number(k), item(k)))
    if function is builtins.zip:
        if node.keywords:
            raise cx.refuse("AC001", node, scope, "keywords of zip are not differentiated yet", "leave them out")
        parts = [sequence(cx, scope, a) for a in node.args]
        length = parts[0][0] if len(parts) == 1 else cx.bind("builtins.min", *(p[0] for p in parts), stem="n")  # type: ignore[assignment]
        return length, lambda k: Pack("tuple", tuple(item(k) for _, item in parts))
    if function is builtins.reversed:
        length, item = sequence(cx, scope, node.args[0])  # type: ignore[assignment]
        last = cx.bind("operator.sub", length, Const(1))
        return length, lambda k: item(cx.bind("operator.sub", last, k))
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Attribute) and not node.args and found is None:
        if node.func.attr in ("items", "values", "keys"):
            holder = ex.lower_name(cx, scope, node.func.value)
            keys = cx.bind("builtins.list", holder, stem="keys")
            key = lambda k: cx.bind("index", keys, k, stem="key")  # noqa: E731

            def entry(k: Operand) -> Operand:
                name = key(k)  # type: ignore[no-untyped-call]
                if node.func.attr == "keys":
                    return name
                value = cx.bind("index", holder, name)
                return value if node.func.attr == "values" else Pack("tuple", (name, value))

            return cx.bind("builtins.len", keys, stem="n"), entry
    operand = ex.lower(cx, scope, node)
    held = cx.bind("copy", operand, stem="sequence")
    items = cx.bind("as_sequence", held, stem="sequence")
    return cx.bind("builtins.len", items, stem="n"), lambda k: cx.bind("index", items, k)
