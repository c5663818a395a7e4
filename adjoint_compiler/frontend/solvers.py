"""Calls of solvers with a function, ``brentq(f, a, b, args=(p,))``: calls of a function with a rule (see ``rules.scipy_solvers``).

    x = brentq(lambda t: t**2 - c, 0, 9)      ->      pair = brentq_fwd(0, 9, c); x = pair[0]

The variables of the program that a nested function reads become arguments of it: the solver's rule has derivatives by them.
"""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass, field
from typing import Any

import gast
import numpy as np

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.frontend import custom
from adjoint_compiler.frontend.context import Context
from adjoint_compiler.frontend.given import Given as GivenOperand
from adjoint_compiler.frontend.lifting import is_live, lifted
from adjoint_compiler.frontend.scope import LocalFunction, Scope, Several, Value
from adjoint_compiler.frontend.types_so_far import types_so_far
from adjoint_compiler.ir.nodes import Const, Operand, Pack
from adjoint_compiler.ir.types import UNKNOWN, array_type, is_discrete
from adjoint_compiler.rules.scipy_solvers import SOLVERS, Solver, make_rule
from adjoint_compiler.rules.shapes import rank, value_or_array
from adjoint_compiler.rules.solvers.adjoint_equation import trajectory
from adjoint_compiler.rules.solvers.given import Given

STEPS = ("max_step", "hmax")
WITHOUT = "adjoint_compiler.runtime.custom.without_derivative"


def solver_of(function: Any) -> str | None:
    """The key of a solver's rule, if the function is one.

    >>> solver_of(len) is None
    True
    """
    if function is trajectory:
        return "adjoint_compiler.trajectory"
    module = getattr(function, "__module__", None) or ""
    if not module.startswith("scipy."):
        return None
    key = f"{module.partition('._')[0]}.{getattr(function, '__name__', '')}"
    return key if key in SOLVERS else None


@dataclass
class _Options:
    """The keywords of a call: literals, the texts of others, the operands and the functions that these name."""

    literal: dict[str, Any] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    extra: list[Operand] = field(default_factory=list)
    functions: dict[str, Any] = field(default_factory=dict)

    def name(self, operand: Operand) -> str:
        """The name of an operand in the rule."""
        self.extra.append(operand)
        return f"o{len(self.extra) - 1}"


@dataclass
class _Events:
    """Functions of events, and how they and the first function call those that are given with their own parameters."""

    functions: dict[str, Any] = field(default_factory=dict)
    attributes: list[dict[str, Any]] = field(default_factory=list)
    captured: list[Operand] = field(default_factory=list)
    own: list[slice] = field(default_factory=list)
    args: int = 0

    def text(self, params: tuple[str, ...]) -> str:
        """The text of ``function`` and ``event_0``, ..., which take all parameters.

        >>> print(_Events({}, [{"terminal": True}], [], [slice(1, 1), slice(1, 2)], 1).text(("p0", "p1")))
        def function(t, y, p0, p1):
            return given_function(t, y, p0)
        <BLANKLINE>
        <BLANKLINE>
        def event_0(t, y, p0, p1):
            return given_event_0(t, y, p0, p1)
        <BLANKLINE>
        <BLANKLINE>
        event_0.terminal = True
        <BLANKLINE>
        <BLANKLINE>
        <BLANKLINE>
        """
        names = ("function", *(f"event_{k}" for k in range(len(self.attributes))))
        out = ""
        for name, own in zip(names, self.own):
            passed = (*params[: self.args], *params[own])
            out += f"def {name}({', '.join(('t', 'y', *params))}):\n    return given_{name}({', '.join(('t', 'y', *passed))})\n\n\n"
        for k, found in enumerate(self.attributes):
            out += "".join(f"event_{k}.{n} = {found[n]!r}\n" for n in ("terminal", "direction") if n in found)
        return out + "\n\n"


def _events(
    cx: Context, scope: Scope, node: Any, key: str, wanted: Any, count: int | None, args: int, captured: int
) -> _Events:
    """The functions of events, one or several of them."""
    from adjoint_compiler.frontend import expressions

    out = _Events(args=args, own=[slice(args, args + captured)])
    found = expressions.compile_time(cx, scope, wanted)
    for k, one in enumerate(found.items if isinstance(found, Several) else [found]):
        function, read = _function(
            cx, scope, node, key, GivenOperand(one, wanted) if one is not None else wanted, count
        )
        first = args + captured + len(out.captured)
        out.own.append(slice(first, first + len(read)))
        out.captured += read
        out.functions[f"given_event_{k}"] = function
        out.attributes.append(
            dict(one.attributes if isinstance(one, LocalFunction) else getattr(one.value, "__dict__", {}))
        )
    return out


def lower_solver(cx: Context, scope: Scope, node: Any, key: str, solver: Any, stem: str) -> Operand:
    """Lower a call of a solver."""
    from adjoint_compiler.frontend import expressions

    nodes = _bound(cx, scope, node, key, solver)
    parameters = iter(inspect.signature(solver).parameters)
    function = nodes.pop(next(parameters))
    variant = next((f"{key}:{n}" for n in SOLVERS[key].variants if getattr(nodes.get(n), "value", None) is True), key)
    known = SOLVERS[variant]
    main: list[Operand] = []
    for name in known.main:
        operand = expressions.lower(cx, scope, nodes.pop(name)) if name in nodes else Const(None)
        main.append(_array(cx, operand))
    data = [_array(cx, expressions.lower(cx, scope, nodes.pop(n))) if n in nodes else Const(None) for n in known.data]
    further = [*data, *_further(cx, scope, node, key, nodes.pop("args", None))]
    count = None if data else known.leads + len(further)
    own, captured = _function(cx, scope, node, key, function, count)
    events: _Events | None = None
    if (wanted := nodes.pop("events", None)) is not None and getattr(wanted, "value", wanted) is not None:
        variant = f"{key}:events"
        events, known = _events(cx, scope, node, key, wanted, count, len(further), len(captured)), SOLVERS[variant]
        captured += events.captured
    options = _options(cx, scope, node, key, known, nodes, (count, 0 if data else len(captured)))
    if events is not None:
        options.functions.update(events.functions | {"given_function": own})
        options.named["events"] = f"[{', '.join(f'event_{k}' for k in range(len(events.attributes)))}]"
    if data:
        options.literal["count"] = _unknowns(cx, scope, node, own, len(captured))
        if "p0" not in options.literal and "p0" not in options.named:
            options.named["p0"] = f"np.ones({options.literal['count']})"
    seen = types_so_far(cx)
    types = [operand_type(o, seen) for o in (*main, *further, *captured)]
    if any(t.kind == "complex" or t.dtype.startswith("complex") for t in types[: len(main)]):
        raise cx.refuse("AC001", node, scope, f"complex arguments of `{key}` are not differentiated",
                        "solve for real and imaginary parts")  # fmt: skip
    inert = [is_discrete(t) or t.kind in ("str", "none") for t in types]
    letters = ["c" if fixed else "p" for fixed in inert[len(main) :]]
    given = Given(
        known.main, tuple(f"{letter}{k}" for k, letter in enumerate(letters)),
        tuple(f"o{k}" for k in range(len(options.extra))), frozenset(n for n, fixed in zip(known.main, inert) if fixed),
        frozenset(n for n, o in zip(known.main, main) if o == Const(None)), options.literal, options.named,
        tuple(bool(a.get("terminal")) for a in events.attributes) if events is not None else (),
    )  # fmt: skip
    _check_method(cx, scope, node, given)
    prelude = events.text(given.params) if events is not None else ""
    rule = make_rule(variant, solver, own, given, types[len(main) :], options.functions, prelude)
    if known.result == UNKNOWN and len(main) == 1:  # as the first guess
        ndim = rank(types[0])
        made = array_type if key == "scipy.optimize.fixed_point" else value_or_array  # it returns 0-d arrays
        rule.result = made("float64", ndim) if ndim is not None else UNKNOWN
    operands = (*main, *further, *captured, *options.extra)
    args: list[Operand] = [cx.bind("copy", a) if isinstance(a, Pack) else a for a in operands]
    return custom.bind_custom_call(cx, scope, node, rule, args, stem)


def _options(
    cx: Context,
    scope: Scope,
    node: Any,
    key: str,
    known: Solver,
    nodes: dict[str, Any],
    counts: tuple[int | None, int],
) -> _Options:
    """The keywords that are passed on.

    Functions among them are called with so many arguments, and with as many again that only the first function reads.
    """
    from adjoint_compiler.frontend import expressions

    out, (count, others) = _Options(), counts
    for name, value in nodes.items():
        if name not in (*known.options, *known.guesses, *known.functions):
            supported = (*known.options, *known.guesses, *known.functions)
            raise cx.refuse("AC009", node, scope, f"keyword `{name}` of `{key}` is not differentiated",
                            f"supported: {', '.join(supported)}")  # fmt: skip
        try:
            out.literal[name] = ast.literal_eval(gast.gast_to_ast(value))
            continue
        except ValueError:
            pass
        if name in known.functions:
            function, captured = _function(cx, scope, node, key, value, count and count + (name == "hessp"))
            out.functions[f"given_{name}"] = function
            read = "".join(f", {out.name(operand)}" for operand in captured)
            out.named[name] = f"lambda *a: given_{name}(*a[: len(a) - {others}]{read})"
            continue
        operand = _bounds(cx, scope, value) or expressions.lower(cx, scope, value)
        if isinstance(operand, Const) and isinstance(operand.value, (int, float)) and name in STEPS:
            out.literal[name] = operand.value if np.isfinite(operand.value) else None
            continue
        if name in STEPS:
            raise cx.refuse("AC009", node, scope, f"keyword `{name}` of `{key}` must be a number that is written out",
                            f"{name}=0.1")  # fmt: skip
        out.named[name] = out.name(operand if name in known.guesses else _constant(cx, operand))
    return out


def _bounds(cx: Context, scope: Scope, node: Any) -> Operand | None:
    """``Bounds(lower, upper)`` as pairs; None for other expressions."""
    from adjoint_compiler.frontend import expressions

    made = isinstance(node, gast.Call) and expressions.meaning(cx, scope, node.func)
    if not isinstance(made, Value) or getattr(made.value, "__name__", "") != "Bounds" or len(node.args) != 2:
        return None
    ends = [cx.bind("numpy.asarray", expressions.lower(cx, scope, a)) for a in node.args]
    return cx.bind("numpy.column_stack", Pack("tuple", tuple(cx.bind("numpy.atleast_1d", e) for e in ends)))


def _check_method(cx: Context, scope: Scope, node: Any, given: Given) -> None:
    """Bounds are differentiated for methods that end on them exactly."""
    exact = (None, "L-BFGS-B", "SLSQP", "Nelder-Mead", "bounded", "trf", "dogbox", "lm")
    if given.text_of("bounds") and ("method" in given.named or given.options.get("method") not in exact):
        raise cx.refuse("AC009", node, scope, "`bounds` are not differentiated with this `method`",
                        f"method='L-BFGS-B'; one of {', '.join(map(str, exact[1:]))}")  # fmt: skip


def _unknowns(cx: Context, scope: Scope, node: Any, function: Any, captured: int) -> int:
    """How many parameters ``curve_fit`` finds."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        parameters = ()  # type: ignore[assignment]
    count = len(parameters) - captured - 1
    if count < 1 or any(p.kind is not p.POSITIONAL_OR_KEYWORD for p in parameters):
        raise cx.refuse("AC001", node, scope, "the number of parameters to fit is not known while compiling",
                        "name them: def model(x, a, b)")  # fmt: skip
    return count


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
    return cx.bind(WITHOUT, operand)


def _further(cx: Context, scope: Scope, node: Any, key: str, args: Any) -> list[Operand]:
    """The operands of ``args=(p, q)``."""
    from adjoint_compiler.frontend import expressions

    if args is None:
        return []
    if isinstance(args, gast.Tuple):
        return [expressions.lower(cx, scope, item) for item in args.elts]
    operand = expressions.lower(cx, scope, args)
    t = operand_type(operand, types_so_far(cx))
    if t.kind != "tuple":
        if t.kind in ("array", "scalar", "float", "int", "real") and key.startswith("scipy.optimize"):
            return [operand]  # SciPy makes a tuple of it
        raise cx.refuse("AC009", node, scope, f"`args` of `{key}` must be a tuple of known length", "args=(p,)")
    return [cx.bind("index", operand, Const(k)) for k in range(len(t.items))]


def _function(
    cx: Context, scope: Scope, node: Any, key: str, expression: Any, count: int | None
) -> tuple[Any, list[Operand]]:
    """The function that a solver is given and calls with ``count`` arguments, and what it reads of the program."""
    from adjoint_compiler.frontend import derivatives, expressions

    found = expressions.compile_time(cx, scope, expression)
    if found is None and isinstance(expression, gast.Call):
        found = derivatives.made_here(cx, scope, expression)
    if isinstance(found, Value) and isinstance(found.value, derivatives.Nested):
        return found.value.derivative, list(found.value.around.captured)
    if isinstance(found, Value) and callable(found.value):
        return found.value, []
    if not isinstance(found, LocalFunction):
        raise cx.refuse("AC019", node, scope, f"the compiler cannot tell which function `{key}` is given",
                        "pass a function that is defined by `def`, or a lambda")  # fmt: skip
    if not is_live(found.scope):
        raise cx.refuse("AC001", node, scope, f"`{key}` is not written into emitted modules yet", "use ac.grad")
    return lifted(cx, node, scope, found, count)


__all__ = ["lower_solver", "solver_of"]
