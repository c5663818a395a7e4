"""Nested functions as functions of their own: what they read of the program becomes their last parameters.

    brentq(lambda t: t**2 - c, 0, 9)      ->      def lifted(t, c): return t**2 - c

Objects are taken apart, so that what is passed are numbers, arrays and containers of them.
"""

from __future__ import annotations

import copy
import itertools
import linecache
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.derivatives import Nested
from adjoint_compiler.frontend.scope import Free, LocalFunction, Scope, Value, Variable
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Name, Operand
from adjoint_compiler.ir.objects import Closure
from adjoint_compiler.ir.types import Type
from adjoint_compiler.runtime.structures import instance

_serial = itertools.count(1)
FUNCTIONS = (gast.FunctionDef, gast.Lambda)
AROUND = (Variable, LocalFunction, Free)  # what a nested function may read


def is_live(scope: Scope | None) -> bool:
    """Whether a function runs in this process: one of a parsed file has no globals."""
    while scope is not None:
        if scope.source is not None and scope.source.function is not None:
            return True
        scope = scope.parent
    return False


def lifted(
    cx: Context, node: Any, scope: Scope, function: LocalFunction, count: int | None = None
) -> tuple[Any, list[Operand]]:
    """A nested function as one of its own, with the variables that it reads as last parameters, and their values.

    Of a function that is called with ``count`` arguments, parameters beyond those are such variables, with their defaults; so
    is the object that a method belongs to.
    """
    from adjoint_compiler.frontend.function_texts import own_nodes
    from adjoint_compiler.frontend.inlining import body_of

    tree, body = function.tree, copy.deepcopy(body_of(function.tree))
    names: dict[str, Any] = {}
    captured: dict[str, Operand] = {}
    meanings: dict[str, Any] = {}
    definitions: list[Any] = []
    own = _own_names(tree)
    work: list[tuple[str, Scope, Any]] = [(name, function.scope, None) for name in _names_read(tree)]
    while work:
        name, around, definition = work.pop(0)
        meaning = around.lookup(name)
        other = name in own and definition is not None
        if other or (name in meanings and not _same(meaning, meanings[name])):
            name = _renamed(definition, name, {*own, *meanings})
            if not name:
                raise cx.refuse("AC001", node, scope, "two nested functions mean different things by one name, which a function"
                                " in them has, too", "rename one of them")  # fmt: skip
        if name in meanings:
            continue
        meanings[name] = meaning
        if isinstance(meaning, Variable):
            captured[name] = Name(meaning.name)
        elif isinstance(meaning, Free):
            captured[name] = cx.free_name(meaning)
        elif isinstance(meaning, Value) and isinstance(meaning.value, Nested):
            definitions.insert(0, _nested_derivative(cx, node, scope, name, meaning.value, names, captured))
        elif isinstance(meaning, Value):
            names[name] = meaning.value
        elif isinstance(meaning, LocalFunction):
            made = _definition(name, meaning.tree)
            definitions.insert(0, made)
            work += [(n, meaning.scope, made) for n in _names_read(meaning.tree)]
    body = [*definitions, *body]
    rebound = {n for s in body for x in gast.walk(s) if isinstance(x, gast.Nonlocal) for n in x.names}
    mine = {n for x in own_nodes(tree) if isinstance(x, gast.Nonlocal) for n in x.names}
    if outside := sorted(n for n in rebound if n in captured or n in mine or n not in own):
        raise cx.refuse("AC011", node, scope, f"the function that is given here rebinds `{outside[0]}`, a name outside of it",
                        "return the value, and assign it where the function is called")  # fmt: skip
    arguments = copy.deepcopy(tree.args)
    kept = arguments.args
    if function.receiver is not None:
        if not isinstance(function.receiver, (Name, Value)):
            raise cx.refuse("AC001", node, scope, "a method of an object that is still being made is passed here",
                            "pass a function, or call this once the object is made")  # fmt: skip
        _enter(kept.pop(0).id, function.receiver, names, captured)
    for parameter in kept[count:] if count is not None else ():
        if parameter.id in function.defaults:
            kept.remove(parameter)
            _enter(parameter.id, function.defaults[parameter.id], names, captured)
    operands, made = _without_objects(cx, node, scope, names, captured)
    arguments.args = [*kept, *(gast.Name(n, gast.Param(), None, None) for n in operands)]
    arguments.defaults = []
    changed = {x.value.id for s in body for x in gast.walk(s)
               if isinstance(x, gast.Attribute) and isinstance(x.ctx, gast.Store) and isinstance(x.value, gast.Name)}  # fmt: skip
    if stored := sorted(changed & captured.keys() - operands.keys()):
        raise cx.refuse("AC011", node, scope, f"the function that is given here changes attributes of `{stored[0]}`",
                        "return the values, and store them where the function is called")  # fmt: skip
    definition = gast.FunctionDef("lifted", arguments, [*made, *body], [], None, None, [])
    text = gast.unparse(gast.fix_missing_locations(gast.Module([definition], []))) + "\n"
    file = f"<adjoint_compiler lifted {next(_serial)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the user's own function)
    return names["lifted"], list(operands.values())


def _enter(name: str, meaning: Any, names: dict[str, Any], captured: dict[str, Operand]) -> None:
    """Let a name mean an operand, or what is known while compiling."""
    if isinstance(meaning, Value):
        names[name] = meaning.value
    else:
        captured[name] = meaning


def _nested_derivative(
    cx: Context, node: Any, scope: Scope, name: str, nested: Any, names: dict[str, Any], captured: dict[str, Operand]
) -> Any:
    """The definition of a function that calls the derivative of a nested function, with what that has of the program around it.

    f4 = ac.grad(lambda t, k=2.0: t**3 * x * k)     ->      def f4(t, k=f4__k): return f4__made(t, k, f4__x)
    """
    derivative, around = nested.derivative, nested.around
    if hasattr(derivative, "__adjoint_product__"):
        raise cx.refuse("AC001", node, scope, f"`{name}`, a product with the Hessian of a nested function, is called by a function"
                        " that is differentiated in turn", "make it inside of that function")  # fmt: skip
    params = tuple(derivative.target.signature.parameters)
    own = params[: len(params) - len(around.captured)]
    given = dict(zip(params[len(own) :], around.captured)) | around.defaults
    names[f"{name}__made"] = derivative
    captured.update((f"{name}__{n}", o) for n, o in given.items())
    head = ", ".join(f"{n}={name}__{n}" if n in around.defaults else n for n in own)
    call = ", ".join((*own, *(f"{name}__{n}" for n in params[len(own) :])))
    return gast.parse(f"def {name}({head}): return {name}__made({call})\n").body[0]


def _without_objects(
    cx: Context, node: Any, scope: Scope, names: dict[str, Any], captured: dict[str, Operand]
) -> tuple[dict[str, Operand], list[Any]]:
    """What is captured, with the attributes of objects in place of these, and the statements that make them again."""
    operands: dict[str, Operand] = {}
    more: dict[str, Operand] = {}  # what derivatives in objects have of the program around them
    derivatives: list[Any] = []

    def made(name: str, operand: Operand) -> str:
        t = operand_type(operand, types_so_far(cx))
        if t.kind == "function" and isinstance(t.cls, Nested):
            derivatives.append(_nested_derivative(cx, node, scope, name, t.cls, names, more))
            return name
        if t.kind == "function":
            if not callable(t.cls):
                raise cx.refuse("AC001", node, scope, f"the function that is given here calls `{name}`, which a solver or a nested"
                                " function has made", "call it outside, or write a loop over its values")  # fmt: skip
            names[name] = t.cls
            return name
        if _holds_closures(t):
            raise cx.refuse("AC001", node, scope, f"`{name}` holds functions that are made in the program, and is read by a function"
                            " that is given here", "bind the function to a name: `f = fs[0]`")  # fmt: skip
        if t.kind != "record" or issubclass(t.cls, tuple):
            operands[name] = operand
            return name
        names[f"class_of_{name}"], names["instance"] = t.cls, instance
        parts = (f"{n}={made(f'{name}__{n}', cx.bind('attribute', operand, Const(n)))}" for n in t.keys)
        return f"instance({', '.join((f'class_of_{name}', *parts))})"

    texts = [(n, made(n, operand)) for n, operand in captured.items()]
    texts += [(n, made(n, operand)) for n, operand in more.items()]
    lines = "".join(f"{n} = {text}\n" for n, text in texts if n != text)
    return operands, [*derivatives, *gast.parse(lines).body]


def _holds_closures(t: Type) -> bool:
    """Whether values of a type are, or hold, functions as objects (see ``closures``)."""
    if isinstance(t.cls, type) and issubclass(t.cls, Closure):
        return True
    return any(map(_holds_closures, (*t.items, *((t.cls,) if type(t.cls) is Type else ()))))


def _own_names(tree: Any) -> set[str]:
    """The parameters and variables of a function."""
    from adjoint_compiler.frontend.inlining import body_of
    from adjoint_compiler.frontend.jumps import assigned_names

    parameters = (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)
    return {a.id for a in parameters} | assigned_names(body_of(tree))


def _names_read(tree: Any) -> list[str]:
    """What a function reads of the program around it, by name."""
    from adjoint_compiler.frontend.inlining import body_of

    own = _own_names(tree)
    read = [n.id for s in body_of(tree) for n in gast.walk(s) if isinstance(n, gast.Name) and n.id not in own]
    return list(dict.fromkeys(read))


def _same(one: Any, other: Any) -> bool:
    """Whether two meanings of a name, in different functions, are one."""
    if isinstance(one, Value) and isinstance(other, Value):
        return one.value is other.value
    return not isinstance(one, (*AROUND, Value)) or bool(one == other)


def _renamed(definition: Any, name: str, taken: set[str]) -> str:
    """Another name for what a nested function's definition, which is changed, reads by a name; empty where that cannot be."""
    if definition is None or any(name in _own_names(n) for n in gast.walk(definition) if isinstance(n, FUNCTIONS)):
        return ""
    taken = taken | {n.id for n in gast.walk(definition) if isinstance(n, gast.Name)}
    new = next(f"{name}_{k}" for k in itertools.count(2) if f"{name}_{k}" not in taken)
    for n in gast.walk(definition):
        if isinstance(n, gast.Name) and n.id == name:
            n.id = new
    return new


def _definition(name: str, tree: Any) -> Any:
    """The statement that defines a nested function under a name."""
    tree = copy.deepcopy(tree)
    if isinstance(tree, gast.Lambda):
        return gast.Assign([gast.Name(name, gast.Store(), None, None)], tree, None)
    tree.name, tree.decorator_list = name, []
    return tree


__all__ = ["is_live", "lifted"]
