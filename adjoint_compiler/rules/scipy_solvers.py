"""Solvers of SciPy that take a function: the rule of each, as a user would write it with ``ac.custom_vjp``.

A root, a fixed point or a minimizer is differentiated by the implicit function theorem at the solution; an integral under the
integral sign; the solution of a differential equation by its variational and its adjoint equation. So these are derivatives of
what the solver approximates, not of its steps: they are as accurate as its tolerance. They call the solvers again, and are
differentiable in turn.

References:
    Griewank and Walther, Evaluating Derivatives (2008), chapter 15; Bradley, PDE-constrained optimization and the adjoint method
    (2010).
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from adjoint_compiler.ir.types import FLOAT, UNKNOWN, Type, array_type, type_of
from adjoint_compiler.rules.solvers import adjoint_equation
from adjoint_compiler.rules.solvers.checks import check_slope, check_solved, is_inside
from adjoint_compiler.rules.solvers.events import with_events
from adjoint_compiler.rules.solvers.given import Given
from adjoint_compiler.rules.solvers.integrals import integral
from adjoint_compiler.rules.solvers.results import (
    EVENTFUL,
    LEAST,
    MINIMUM,
    ONE_MINIMUM,
    REPORT,
    ROOT,
    TRAJECTORY,
    Found,
    read_estimate,
    read_eventful,
    read_floats,
    read_found,
    read_least,
    read_list,
    read_point,
    read_report,
    read_solution,
    read_trajectory,
)
from adjoint_compiler.rules.solvers.roots import COST, DIFFERENCE, FIRST, SLOPE, SLOPE_OF_FIRST, Root, fit
from adjoint_compiler.rules.solvers.trajectories import initial_value, is_stiff, limit_of, tight_trajectory, trajectory
from adjoint_compiler.rules.user import CustomVjp

_serial = itertools.count(1)


class SolverRule(CustomVjp):
    """The rule of a solver for one function. Its own rules are made only where they are needed: there is no end of them.

    Attributes:
        result: the type of what it returns.
        jvp: its forward mode.
    """

    result: Type = UNKNOWN
    jvp: Any = None


@dataclass(frozen=True)
class Solver:
    """How calls of a solver are differentiated.

    Attributes:
        main: its parameters that are numbers and arrays, after the function.
        text: makes the text of the rule's functions from what a call is given.
        result: the type of what it returns.
        options: keywords that are passed on; there is no derivative by them: refused where they are active.
        guesses: keywords that are passed on, by which the derivative is zero: where to look for a root.
        functions: keywords that hold functions, like a Jacobian: passed on, and not needed for derivatives.
        read: makes what programs may read of what the solver returns.
        call: how the solver is called, with ``{main}``, ``{args}`` and ``{options}``.
        data: parameters that are handed to the function, or compared with what it returns: they are put before its own.
        reads: options that ``read`` is told, too.
        leads: how many arguments the function gets before ``args``.
        variants: keywords that, where they are true, make another solver of it.
    """

    main: tuple[str, ...]
    text: Callable[[Given], str]
    result: Type = UNKNOWN
    options: tuple[str, ...] = ()
    guesses: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    read: Callable[..., Any] | None = None
    call: str = "solver(function, {main}, args={args}{options})"
    data: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    leads: int = 1
    variants: tuple[str, ...] = ()


_PAIR = Type("tuple", items=(FLOAT, FLOAT))
_VECTOR = array_type("float64", 1)
_TOLERANCES = ("xtol", "rtol", "maxiter", "disp")
_NOTHING = ", None" * 6
_BRACKETED = Solver(("a", "b"), Root(scalar=True).text, FLOAT, _TOLERANCES, variants=("full_output",))
_BRACKETED_FULL = Solver(
    ("a", "b"), Root(scalar=True, x="y[0]", g="g[0]", dot="(dot, None)").text, Type("tuple", items=(FLOAT, REPORT)),
    (*_TOLERANCES, "full_output"), read=read_report,
)  # fmt: skip
_NEWTON = Solver(("x0",), Root(scalar=True).text, UNKNOWN, ("tol", "rtol", "maxiter", "disp"), ("x1",), ("fprime", "fprime2"),
                 read_point, variants=("full_output",))  # fmt: skip
_SCALAR = Root(scalar=True, x="y.root", g="g[0]", dot="(dot, None, None, None, None)")
_ROOT_SCALAR = Solver(
    (), _SCALAR.text, type_of(Found(0.5, True, "", 1, 1)), ("method", "xtol", "rtol", "maxiter", "options"), ("bracket", "x0", "x1"),
    ("fprime", "fprime2"), read_found, "solver(function, args={args}{options})", variants=("fprime2", "fprime"),
)  # fmt: skip
_FSOLVE = Solver(("x0",), Root().text, _VECTOR, ("xtol", "maxfev", "epsfcn", "factor", "diag", "band", "col_deriv"), (),
                 ("fprime",), variants=("full_output",))  # fmt: skip
_ROOTS = Solver(("x0",), Root(x="y.x", g="g[0]", dot=f"(dot, 0.0 * y.fun{_NOTHING})").text, ROOT,
                ("method", "tol", "options"), (), ("jac",), read_solution, variants=("jac",))  # fmt: skip
_AT_MINIMUM = Root("stationary", SLOPE, "y.x", "g[0]", f"(dot, at[1]{_NOTHING})", "function", free="y.free")
_MINIMIZE = Solver(("x0",), _AT_MINIMUM.text, MINIMUM, ("method", "tol", "options", "bounds"), (),
                   ("jac", "hess", "hessp"), read_solution, reads=("bounds",), variants=("jac",))  # fmt: skip

_INITIAL_VALUE = Solver(
    ("t_span", "y0", "t_eval"), initial_value, TRAJECTORY,
    ("method", "rtol", "atol", "max_step", "first_step", "min_step", "vectorized", "jac_sparsity", "lband", "uband"), (), ("jac",),
    read_trajectory, "solver(function, t_span, y0, t_eval=t_eval, args={args}{options})", leads=2,
)  # fmt: skip

SOLVERS: dict[str, Solver] = {
    "scipy.integrate.quad": Solver(("a", "b"), integral, _PAIR, ("epsabs", "epsrel", "limit", "points")),
    "scipy.integrate.quad_vec": Solver(("a", "b"), integral, UNKNOWN, ("epsabs", "epsrel", "limit", "points", "norm", "quadrature")),
    "scipy.integrate.odeint": Solver(
        ("y0", "t"), trajectory, array_type("float64", 2),
        ("rtol", "atol", "tfirst", "mxstep", "hmax", "h0", "hmin", "tcrit", "ixpr", "mxhnil", "mxordn", "mxords", "ml", "mu", "col_deriv"),
        (), ("Dfun",), leads=2,
    ),
    "scipy.integrate.solve_ivp": _INITIAL_VALUE,
    "scipy.integrate.solve_ivp:events": replace(
        _INITIAL_VALUE, text=with_events, result=EVENTFUL, functions=("jac", "events"), read=read_eventful
    ),
    "adjoint_compiler.trajectory": Solver(("y0", "times"), tight_trajectory, array_type("float64", 2), ("stiff", "limit"), leads=2),
    "scipy.optimize.newton": _NEWTON,
    "scipy.optimize.newton:full_output": replace(
        _BRACKETED_FULL, main=("x0",), options=(*_NEWTON.options, "full_output"), guesses=("x1",), functions=_NEWTON.functions
    ),
    **{f"scipy.optimize.{n}": _BRACKETED for n in ("brentq", "brenth", "bisect", "ridder", "toms748")},
    **{f"scipy.optimize.{n}:full_output": _BRACKETED_FULL for n in ("brentq", "brenth", "bisect", "ridder", "toms748")},
    "scipy.optimize.root_scalar": _ROOT_SCALAR,
    **{f"scipy.optimize.root_scalar:{n}": replace(
        _ROOT_SCALAR, text=replace(_SCALAR, function="first", definition=FIRST).text, options=("fprime", "fprime2", *_ROOT_SCALAR.options)
    ) for n in _ROOT_SCALAR.variants},
    "scipy.optimize.fixed_point": Solver(("x0",), Root("residual", DIFFERENCE).text, UNKNOWN, ("xtol", "maxiter", "method"), read=read_floats),
    "scipy.optimize.fsolve": _FSOLVE,
    "scipy.optimize.fsolve:full_output": replace(
        _FSOLVE, text=Root(x="y[0]", g="g[0]", dot="(dot, None, None, None)").text, options=(*_FSOLVE.options, "full_output"),
        result=type_of((np.zeros(2), {"nfev": 1}, 1, "")), read=read_list,
    ),
    "scipy.optimize.root": _ROOTS,
    "scipy.optimize.root:jac": replace(
        _ROOTS, text=Root("first", FIRST, "y.x", "g[0]", f"(dot, 0.0 * y.fun{_NOTHING})").text, options=("jac", "method", "tol", "options")
    ),
    "scipy.optimize.minimize": _MINIMIZE,
    "scipy.optimize.minimize:jac": replace(
        _MINIMIZE, text=replace(_AT_MINIMUM, definition=SLOPE_OF_FIRST, value="first").text, options=("jac", *_MINIMIZE.options)
    ),
    "scipy.optimize.minimize_scalar": Solver(
        (), replace(_AT_MINIMUM, scalar=True, free="", bounds="bounds").text, ONE_MINIMUM, ("method", "tol", "options", "bounds"),
        ("bracket",), read=read_solution, call="solver(function, args={args}{options})",
    ),
    "scipy.optimize.least_squares": Solver(
        ("x0",), Root("stationary", COST, "y.x", "g[0]", "(dot, at[1], None, None, None, None, None)", "cost", free="y.free").text, LEAST,
        ("method", "ftol", "xtol", "gtol", "x_scale", "diff_step", "tr_solver", "tr_options", "max_nfev", "verbose", "bounds"), (),
        ("jac",), read_least,
    ),
    "scipy.optimize.curve_fit": Solver(
        (), fit, Type("tuple", items=(_VECTOR, array_type("float64", 2))),
        ("absolute_sigma", "check_finite", "method", "maxfev", "ftol", "xtol", "gtol", "epsfcn", "nan_policy"), ("p0",), ("jac",), read_estimate,
        "solver(lambda x, *theta: function(x, *theta{more}), {first}, {second}, sigma={third}{options})",
        ("xdata", "ydata", "sigma"),
    ),
}  # fmt: skip


def make_rule(
    name: str, solver: Any, function: Any, given: Given, types: Sequence[Type] = (), functions: dict[str, Any] | None = None,
    prelude: str = "",
) -> SolverRule:  # fmt: skip
    """The rule of a solver for a function.

    Args:
        name: the key of the solver in ``SOLVERS``.
        solver: the solver itself.
        function: what it is to solve, a Python function.
        given: the names of the call's operands.
        types: types of the function's parameters.
        functions: functions that the texts of options and the prelude name.
        prelude: the text of functions that the rule's own call.
    """
    known = SOLVERS[name]
    passed = "".join(
        f", {k}={given.text_of(k)}"
        for k in dict.fromkeys((*known.options, *known.guesses, *known.functions))
        if given.text_of(k)
    )
    further = f"({''.join(f'{n}, ' for n in given.params)})"
    data = dict(zip(("first", "second", "third"), given.params))
    more = "".join(f", {n}" for n in given.params[len(known.data) :])
    call = known.call.format(main=", ".join(known.main), args=further, options=passed, more=more, **data)
    call += "".join(f", {n}={given.text_of(n)}" for n in known.reads if given.text_of(n))
    text = (
        "import numpy as np\nfrom scipy.integrate import quad_vec\n\nimport adjoint_compiler as ac\n\n\n"
        f"{prelude}def solve({given.names}):\n    return {'' if known.read is None else 'read'}({call})\n\n\n"
        + known.text(given)
    )  # fmt: skip
    short = name.rpartition(".")[2].partition(":")[0]
    for part in ("fwd", "bwd", "jvp"):
        text = text.replace(f"def {part}(", f"def {short}_{part}(")
    file = f"<adjoint_compiler rule {next(_serial)} of {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {
        "function": function,
        "solver": solver,
        "read": known.read,
        "is_inside": is_inside,
        "check_slope": check_slope,
        "check_solved": check_solved,
        "__name__": __name__,
        **(functions or {}),
    }
    rule = SolverRule(solver)
    names["run"] = rule
    if "def pull_fwd" in text:
        names["trajectory"] = adjoint_equation.trajectory
        names["pull"] = SolverRule(solver)
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    rule.function, rule.__name__, rule.result = names["solve"], short, known.result  # type: ignore[attr-defined]
    rule.fwd, rule.bwd, rule.jvp = (names[f"{short}_{part}"] for part in ("fwd", "bwd", "jvp"))
    if "pull" in names:
        _make_pull(names, given, types)
    return rule


def _make_pull(names: dict[str, Any], given: Given, types: Sequence[Type]) -> None:
    """The rule of ``pull``, the adjoint equation, in the names of a rule's text."""
    flow, by_y, stiff, limit = names["flow"], names["by_y"], is_stiff(given), limit_of(given)
    by_params = names["by_params"] if given.varied else None

    def pull(y0: Any, times: Any, *more: Any) -> tuple[Any, ...]:
        return adjoint_equation.adjoint_equation(flow, by_y, by_params, y0, times, more[:-1], more[-1], stiff, limit)

    rule = names["pull"]
    rule.function, rule.__name__ = pull, "pull"
    rule.fwd, rule.bwd, rule.jvp = names["pull_fwd"], names["pull_bwd"], names["pull_jvp"]
    found = (t for n, t in zip(given.params, types) if n in given.varied)
    rule.result = Type("tuple", items=(_VECTOR, _VECTOR, *found))


__all__ = ["SOLVERS", "Solver", "SolverRule", "make_rule"]
