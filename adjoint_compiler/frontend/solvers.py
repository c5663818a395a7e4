"""Calls of solvers with a function, ``brentq(f, a, b, args=(p,))``: calls of a function with a rule (see ``rules.scipy_solvers``).

    x = brentq(lambda t: t**2 - c, 0, 9)      ->      pair = brentq_fwd(0, 9, c); x = pair[0]

The variables of the program that a nested function reads become arguments of it: the solver's rule has derivatives by them.
"""

from __future__ import annotations

import copy
import inspect
import itertools
import linecache
from typing import Any

import gast

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import custom
from adjoint_compiler.frontend.assumptions import types_so_far
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.scope import Free, LocalFunction, Scope, Value, Variable
from adjoint_compiler.ir.nodes import Const, Operand, Pack
from adjoint_compiler.ir.types import UNKNOWN, is_discrete
from adjoint_compiler.rules.scipy_solvers import SOLVERS, make_rule
from adjoint_compiler.rules.shapes import rank, value_or_array

_serial = itertools.count(1)
AROUND = (Variable, LocalFunction, Free)  # what a nested function may read


def solver_of(function: Any) -> str | None:
    """The key of a solver's rule, if the function is one.

    >>> solver_of(len) is None
    True
    """
    module = getattr(function, "__module__", None) or ""
    if not module.startswith("scipy."):
        return None
    key = f"{module.partition('._')[0]}.{getattr(function, '__name__', '')}"
    return key if key in SOLVERS else None


def lower_solver(cx: Context, scope: Scope, node: Any, key: str, solver: Any, stem: str) -> Operand:
    """Lower a call of a solver."""
    from adjoint_compiler.frontend import expressions

    known = SOLVERS[key]
    given = _bound(cx, scope, node, key, solver)
    main: list[Operand] = []
    own, captured = _function(cx, scope, node, key, given.pop(next(iter(inspect.signature(solver).parameters))))
    for name in known.main:
        operand = expressions.lower(cx, scope, given.pop(name)) if name in given else Const(None)
        main.append(_constant(cx, operand) if name in known.times else _array(cx, operand))
    further = _further(cx, scope, node, key, given.pop("args", None))
    options = {}
    for name, value in given.items():
        operand = expressions.lower(cx, scope, value)
        if name not in known.options or not isinstance(operand, Const):
            raise cx.refuse("AC009", node, scope, f"keyword `{name}` of `{key}` is not differentiated",
                            f"supported, as literals: {', '.join(known.options)}")  # fmt: skip
        options[name] = operand.value
    known_types = types_so_far(cx)
    types = [operand_type(o, known_types) for o in (*main, *further, *captured)]
    letters = ["c" if is_discrete(t) or t.kind in ("str", "none") else "p" for t in types[len(main) :]]
    rule = make_rule(key, solver, own, [f"{letter}{k}" for k, letter in enumerate(letters)], options)
    if known.result == UNKNOWN and len(main) == 1:  # as the first guess
        rule.result = value_or_array("float64", rank(types[0])) if rank(types[0]) is not None else UNKNOWN
    args: list[Operand] = [cx.bind("copy", a) if isinstance(a, Pack) else a for a in (*main, *further, *captured)]
    return custom.bind_custom_call(cx, scope, node, rule, args, stem)


def _bound(cx: Context, scope: Scope, node: Any, key: str, solver: Any) -> dict[str, Any]:
    """The expressions of a call by the solver's parameters."""
    signature = inspect.signature(solver)
    try:
        bound = signature.bind(*node.args, **{k.arg: k.value for k in node.keywords})
    except TypeError as fault:
        raise cx.refuse("AC001", node, scope, f"this call does not fit: {fault}", "fix the call") from None
    arguments = dict(bound.arguments)
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            arguments.update(arguments.pop(name, {}))
    return arguments


def _array(cx: Context, operand: Operand) -> Operand:
    """A list of numbers as the array that a solver makes of it."""
    listed = isinstance(operand, Pack) or operand_type(operand, types_so_far(cx)).kind in ("list", "tuple")
    return cx.bind("numpy.array", operand) if listed else operand


def _constant(cx: Context, operand: Operand) -> Operand:
    """An operand by which a solver has no derivative: refused where it is active."""
    if isinstance(operand, Const):
        return operand
    if isinstance(operand, Pack):
        return Pack(operand.kind, tuple(_constant(cx, item) for item in operand.items), operand.keys)
    return cx.bind("adjoint_compiler.runtime.custom.without_derivative", operand)


def _further(cx: Context, scope: Scope, node: Any, key: str, args: Any) -> list[Operand]:
    """The operands of ``args=(p, q)``."""
    from adjoint_compiler.frontend import expressions

    if args is None:
        return []
    if not isinstance(args, gast.Tuple):
        raise cx.refuse("AC009", node, scope, f"`args` of `{key}` must be a tuple that is written out", "args=(p,)")
    return [expressions.lower(cx, scope, item) for item in args.elts]


def _function(cx: Context, scope: Scope, node: Any, key: str, expression: Any) -> tuple[Any, list[Operand]]:
    """The function that a solver is given, as a Python function, and what it reads of the program."""
    from adjoint_compiler.frontend import expressions

    found = expressions.compile_time(cx, scope, expression)
    if isinstance(found, Value) and callable(found.value):
        return found.value, []
    if not isinstance(found, LocalFunction):
        raise cx.refuse("AC019", node, scope, f"the compiler cannot tell which function `{key}` is given",
                        "pass a function that is defined by `def`, or a lambda")  # fmt: skip
    if not is_live(found.scope):
        raise cx.refuse("AC001", node, scope, f"`{key}` is not written into emitted modules yet", "use ac.grad")
    return lifted(cx, node, scope, found)


def is_live(scope: Scope | None) -> bool:
    """Whether a function runs in this process: one of a parsed file has no globals."""
    while scope is not None:
        if scope.source is not None and scope.source.function is not None:
            return True
        scope = scope.parent
    return False


def lifted(cx: Context, node: Any, scope: Scope, function: LocalFunction) -> tuple[Any, list[Operand]]:
    """A nested function as one of its own, with the variables that it reads as last parameters, and their values."""
    from adjoint_compiler.frontend import expressions
    from adjoint_compiler.frontend.function_texts import own_nodes
    from adjoint_compiler.frontend.inlining import body_of

    tree, body = function.tree, copy.deepcopy(body_of(function.tree))
    names: dict[str, Any] = {}
    captured: dict[str, Operand] = {}
    meanings: dict[str, Any] = {}
    definitions: list[Any] = []
    own = _own_names(tree)
    work = [(name, function.scope, False) for name in _names_read(tree)]
    while work:
        name, around, inner = work.pop(0)
        meaning = around.lookup(name)
        other = name in own and inner
        if other or (name in meanings and isinstance(meaning, AROUND) and meaning != meanings[name]):
            raise cx.refuse("AC001", node, scope, f"two nested functions mean different things by `{name}`",
                            "rename one of them")  # fmt: skip
        if name in meanings:
            continue
        meanings[name] = meaning
        if isinstance(meaning, (Variable, Free)):
            captured[name] = expressions.lower(cx, around, gast.Name(name, gast.Load(), None, None))
        elif isinstance(meaning, Value):
            names[name] = meaning.value
        elif isinstance(meaning, LocalFunction):
            definitions.insert(0, _definition(name, meaning.tree))
            work += [(n, meaning.scope, True) for n in _names_read(meaning.tree)]
    body = [*definitions, *body]
    rebound = {n for s in body for x in gast.walk(s) if isinstance(x, gast.Nonlocal) for n in x.names}
    mine = {n for x in own_nodes(tree) if isinstance(x, gast.Nonlocal) for n in x.names}
    if outside := sorted(n for n in rebound if n in captured or n in mine or n not in own):
        raise cx.refuse("AC011", node, scope, f"the function that is given here rebinds `{outside[0]}`, a name outside of it",
                        "return the value, and assign it where the function is called")  # fmt: skip
    definition = gast.FunctionDef(
        "lifted", copy.deepcopy(tree.args), body, [], None, None, []
    )  # fmt: skip
    parameters = [gast.Name(n, gast.Param(), None, None) for n in captured]
    definition.args.args = [*definition.args.args, *parameters]
    definition.args.defaults = []
    text = gast.unparse(gast.fix_missing_locations(gast.Module([definition], []))) + "\n"
    file = f"<adjoint_compiler lifted {next(_serial)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the user's own function)
    return names["lifted"], list(captured.values())


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


def _definition(name: str, tree: Any) -> Any:
    """The statement that defines a nested function under a name."""
    tree = copy.deepcopy(tree)
    if isinstance(tree, gast.Lambda):
        return gast.Assign([gast.Name(name, gast.Store(), None, None)], tree, None)
    tree.name, tree.decorator_list = name, []
    return tree


__all__ = ["is_live", "lower_solver", "solver_of"]
