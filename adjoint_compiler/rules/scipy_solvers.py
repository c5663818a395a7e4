"""Solvers of SciPy that take a function: the rule of each, as a user would write it with ``ac.custom_vjp``.

A root, a fixed point or a minimizer is differentiated by the implicit function theorem at the solution; an integral under the
integral sign; the solution of a differential equation by its adjoint equation, solved backwards between the outputs. So these
are derivatives of what the solver approximates, not of its steps: they are as accurate as its tolerance. They call the solvers
again, and are differentiable in turn.

References:
    Griewank and Walther, Evaluating Derivatives (2008), chapter 15; Bradley, PDE-constrained optimization and the adjoint method
    (2010).
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from adjoint_compiler.ir.types import FLOAT, UNKNOWN, Type, array_type, type_of
from adjoint_compiler.rules.user import CustomVjp

_serial = itertools.count(1)


class Solution(NamedTuple):
    """What a root finder or a minimizer returns, as far as programs may read it."""

    x: Any
    fun: Any
    success: bool


class Trajectory(NamedTuple):
    """What ``scipy.integrate.solve_ivp`` returns, as far as programs may read it."""

    t: Any
    y: Any
    success: bool


class SolverRule(CustomVjp):
    """The rule of a solver for one function. Its own rules are made only where they are needed: there is no end of them.

    Attributes:
        result: the type of what it returns.
    """

    result: Type = UNKNOWN


@dataclass(frozen=True)
class Solver:
    """How calls of a solver are differentiated.

    Attributes:
        main: its parameters that are numbers and arrays, after the function.
        text: makes the text of the rule's functions from names of the function's parameters and of the options given.
        result: the type of what it returns.
        options: keywords that are passed on; they must be literals.
        read: makes what programs may read of what the solver returns.
        call: how the solver is called, with ``{main}`` and ``{args}``.
        times: those of ``main`` by which there is no derivative: refused where they are active.
    """

    main: tuple[str, ...]
    text: Callable[[Sequence[str], str], str]
    result: Type = UNKNOWN
    options: tuple[str, ...] = ()
    read: Callable[[Any], Any] | None = None
    call: str = "solver(function, {main}, args={args}{options})"
    times: tuple[str, ...] = ()


def _joined(*names: str) -> str:
    return ", ".join(n for n in names if n)


def _rule(main: str, kept: str, p: Sequence[str], body: str, bars: Sequence[str]) -> str:
    """The texts of ``fwd`` and ``bwd``: ``y`` is the result, ``g`` its adjoint."""
    params = ", ".join(p)
    residuals = _joined("y", kept, params)
    returned = _joined(*bars)
    return (
        f"def fwd({_joined(main, params)}):\n    y = run({_joined(main, params)})\n    return y, ({residuals},)\n\n\n"
        f"def bwd(residuals, g):\n    {residuals}, = residuals\n{body}    return {returned},\n"
    )


def varied(p: Sequence[str]) -> list[str]:
    """Those parameters that have a derivative; integers, whose names begin with ``c``, have none.

    >>> varied(["p0", "c1", "p2"])
    ['p0', 'p2']
    """
    return [n for n in p if not n.startswith("c")]


def _gradients(of: str, first: int, p: Sequence[str]) -> str:
    return "".join(f"by_{n} = ac.grad({of}, wrt={first + k})\n" for k, n in enumerate(p) if n in varied(p))


def _bars(form: str, p: Sequence[str]) -> list[str]:
    """The adjoint of each parameter: ``form`` with its name, ``None`` for integers."""
    return [form.format(n=n) if n in varied(p) else "None" for n in p]


def _weighted(before: str, p: Sequence[str], function: str = "function") -> str:
    """``weighted``: the inner product of the function's value with weights; its gradient is a product with the Jacobian."""
    params = ", ".join(p)
    return (
        f"def weighted({_joined(before, 'w', params)}):\n"
        f"    return np.sum(w * np.asarray({function}({_joined(before, params)})))\n\n\n"
    )


def integral(p: Sequence[str], options: str) -> str:
    """``quad``: by its limits what the integrand is there, by a parameter the integral of its derivative."""
    params = ", ".join(p)
    at = [
        f"{s}np.sum(g[0] * function({_joined(x, params)})) if np.isfinite({x}) else 0.0"
        for x, s in (("a", "-"), ("b", ""))
    ]
    bars = _bars(f"quad_vec(by_{{n}}, a, b, args=({_joined('g[0]', *p)},), epsabs=1e-12)[0]", p)
    body = f"    a_bar = {at[0]}\n    b_bar = {at[1]}\n"
    return (
        _weighted("t", p) + _gradients("weighted", 2, p) + "\n\n"
        + _rule("a, b", "a, b", p, body, ["a_bar", "b_bar", *bars])
    )  # fmt: skip


def bracketed_root(p: Sequence[str], options: str) -> str:
    """``brentq``: ``x_p = -f_p / f_x`` at the root; the bracket does not matter."""
    return scalar_root("a, b", p)


def guessed_root(p: Sequence[str], options: str) -> str:
    """``newton``: as ``brentq``; the first guess does not matter."""
    return scalar_root("x0", p)


def scalar_root(main: str, p: Sequence[str]) -> str:
    """A root of one equation for a number."""
    params = ", ".join(p)
    body = f"    w = -g / slope({_joined('y', params)})\n"
    bars = [*("None" for _ in main.split(",")), *_bars(f"by_{{n}}({_joined('y', 'w', *p)})", p)]
    return (
        _weighted("x", p) + "slope = ac.grad(function, wrt=0)\n" + _gradients("weighted", 2, p) + "\n\n"
        + _rule(main, "", p, body, bars)
    )  # fmt: skip


def root_of(
    function: str, definition: str = "", solution: str = "y", value: str = ""
) -> Callable[[Sequence[str], str], str]:
    """Roots of several equations: ``J.T w = -g`` at the root, then what ``w`` gives by each parameter.

    Args:
        function: the name of the function whose root it is.
        definition: its definition, where it is not the one given.
        solution: the root in what the solver returns.
        value: the name of the function of which the value at the solution is returned, too: a minimum changes as the
            function does where it is.
    """

    def text(p: Sequence[str], options: str) -> str:
        params = ", ".join(p)
        g = "g" if solution == "y" else "g[0]"
        body = (
            f"    x = {solution}\n    J = np.zeros((np.size(x), np.size(x)))\n    for i in range(np.size(x)):\n"
            f"        J[i] = row({_joined('x', 'i', params)})\n"
            "    w = np.zeros_like(x)\n"
            f"    w[...] = np.reshape(np.linalg.solve(J.T, -np.ravel({g})), np.shape(x))\n"
        )
        more = f" + g[1] * value_by_{{n}}({_joined('x', *p)})" if value else ""
        bars = ["None", *_bars(f"by_{{n}}({_joined('x', 'w', *p)}){more}", p)]
        values = _gradients(value, 1, p).replace("by_", "value_by_") if value else ""
        return (
            definition.format(args=_joined("x", params)) + _weighted("x", p, function)
            + f"def component({_joined('x', 'i', params)}):\n"
            f"    return np.ravel({function}({_joined('x', params)}))[i]\n\n\n"
            + values + "row = ac.grad(component, wrt=0)\n" + _gradients("weighted", 2, p) + "\n\n"
            + _rule("x0", "", p, body, bars)
        )  # fmt: skip

    return text


def trajectory(p: Sequence[str], options: str) -> str:
    """``odeint``: the adjoint equation ``w' = -J.T w``, backwards; parameters gather ``w f_p`` on the way."""
    params = ", ".join(p)
    sizes = "".join(f"    m_{n} = np.zeros(np.size({n}))\n" for n in varied(p))
    cuts, start = "", "2 * n"
    for n in varied(p):
        cuts += f"        m_{n} = z[{start} : {start} + np.size({n})]\n"
        start += f" + np.size({n})"
    gathered = "".join(f", -np.ravel(by_{n}({_joined('y', 't', 'w', params)}))" for n in varied(p))
    body = (
        "    n = y.shape[1]\n    w = 1.0 * g[-1]\n    t_bar = np.zeros(np.size(t))\n" + sizes
        + "    for k in range(np.size(t) - 1, 0, -1):\n"
        f"        t_bar[k] = np.sum(g[k] * np.asarray(function({_joined('y[k]', 't[k]', params)})))\n"
        f"        z = np.concatenate([{_joined('y[k]', 'w', *(f'm_{n}' for n in varied(p)))}])\n"
        f"        z = odeint(augmented, z, np.array([t[k], t[k - 1]]), args=({_joined('n', params)},){options})[1]\n"
        "        w = z[n : 2 * n] + g[k - 1]\n" + cuts
        + f"    t_bar[0] = -np.sum((w - g[0]) * np.asarray(function({_joined('y[0]', 't[0]', params)})))\n"
    )  # fmt: skip
    bars = ["w", "t_bar", *_bars("np.reshape(m_{n}, np.shape({n}))", p)]
    return (
        _weighted("y, t", p) + "by_y = ac.grad(weighted, wrt=0)\n" + _gradients("weighted", 3, p)
        + f"\n\ndef augmented({_joined('z', 't', 'n', params)}):\n    y, w = z[:n], z[n : 2 * n]\n"
        f"    return np.concatenate([np.asarray(function({_joined('y', 't', params)})),"
        f" -by_y({_joined('y', 't', 'w', params)}){gathered}])\n\n\n"
        + _rule("y0, t", "t", p, body, bars)
    )  # fmt: skip


def initial_value(p: Sequence[str], options: str) -> str:
    """``solve_ivp``: as ``odeint``; where the first output is later than the start, there is one step more."""
    params = ", ".join(p)
    sizes = "".join(f"    m_{n} = np.zeros(np.size({n}))\n" for n in varied(p))
    gathered = "".join(f", -np.ravel(by_{n}({_joined('y', 't', 'w', params)}))" for n in varied(p))
    step, start = "", "2 * n"
    for n in varied(p):
        step += f"{{0}}m_{n} = z[{start} : {start} + np.size({n})]\n"
        start += f" + np.size({n})"
    state = _joined("{0}", "w", *(f"m_{n}" for n in varied(p)))
    solved = f"odeint(augmented, z, np.array([{{0}}]), args=({_joined('n', params)},), rtol=1e-10, atol=1e-10)[1]"
    body = (
        "    t, n, out = y.t, y.y.shape[0], g[1]\n    w = np.zeros(n)\n    w[...] = out[:, -1]\n" + sizes
        + f"    for k in range(t.size - 1, 0, -1):\n        z = np.concatenate([{state.format('y.y[:, k]')}])\n"
        f"        z = {solved.format('t[k], t[k - 1]')}\n        w = z[n : 2 * n] + out[:, k - 1]\n"
        + step.format("        ")
        + f"    if t[0] != t_span[0]:\n        z = np.concatenate([{state.format('y.y[:, 0]')}])\n"
        f"        z = {solved.format('t[0], t_span[0]')}\n        w = z[n : 2 * n]\n" + step.format("        ")
    )  # fmt: skip
    bars = ["None", "w", "None", *_bars("np.reshape(m_{n}, np.shape({n}))", p)]
    return (
        f"def flow({_joined('y', 't', params)}):\n    return function({_joined('t', 'y', params)})\n\n\n"
        + _weighted("y, t", p, "flow") + "by_y = ac.grad(weighted, wrt=0)\n" + _gradients("weighted", 3, p)
        + f"\n\ndef augmented({_joined('z', 't', 'n', params)}):\n    y, w = z[:n], z[n : 2 * n]\n"
        f"    return np.concatenate([np.asarray(flow({_joined('y', 't', params)})),"
        f" -by_y({_joined('y', 't', 'w', params)}){gathered}])\n\n\n"
        + _rule("t_span, y0, t_eval", "t_span", p, body, bars)
    )  # fmt: skip


def _trajectory(found: Any) -> Trajectory:
    return Trajectory(found.t, found.y, bool(found.success))


def _point(found: Any) -> Any:
    return np.asarray(found, float)[()]


def _solution(found: Any) -> Solution:
    return Solution(np.asarray(found.x, float), found.fun, bool(found.success))


_PAIR = Type("tuple", items=(FLOAT, FLOAT))
_VECTOR = array_type("float64", 1)
_ROOT = type_of(Solution(np.zeros(2), np.zeros(2), True))
_MINIMUM = type_of(Solution(np.zeros(2), 0.5, True))
_DIFFERENCE = "def residual({args}):\n    return function({args}) - x\n\n\n"
_SLOPE = "gradient = ac.grad(function, wrt=0)\n\n\ndef stationary({args}):\n    return gradient({args})\n\n\n"
_BRACKETED = Solver(("a", "b"), bracketed_root, FLOAT, ("xtol", "rtol", "maxiter"))

SOLVERS: dict[str, Solver] = {
    "scipy.integrate.quad": Solver(("a", "b"), integral, _PAIR, ("epsabs", "epsrel", "limit")),
    "scipy.integrate.quad_vec": Solver(("a", "b"), integral, UNKNOWN, ("epsabs", "epsrel")),
    "scipy.integrate.odeint": Solver(("y0", "t"), trajectory, array_type("float64", 2), ("rtol", "atol")),
    "scipy.integrate.solve_ivp": Solver(
        ("t_span", "y0", "t_eval"), initial_value, type_of(Trajectory(np.zeros(1), np.zeros((1, 1)), True)),
        ("method", "rtol", "atol", "max_step", "first_step"), _trajectory,
        "solver(function, t_span, y0, t_eval=t_eval, args={args}{options})", ("t_span", "t_eval"),
    ),
    "scipy.optimize.newton": Solver(("x0",), guessed_root, UNKNOWN, ("tol", "maxiter"), _point),
    "scipy.optimize.brentq": _BRACKETED,
    "scipy.optimize.brenth": _BRACKETED,
    "scipy.optimize.bisect": _BRACKETED,
    "scipy.optimize.ridder": _BRACKETED,
    "scipy.optimize.toms748": _BRACKETED,
    "scipy.optimize.fixed_point": Solver(("x0",), root_of("residual", _DIFFERENCE), UNKNOWN, ("xtol", "maxiter", "method"), _point),
    "scipy.optimize.fsolve": Solver(("x0",), root_of("function"), _VECTOR, ("xtol", "maxfev", "epsfcn", "factor")),
    "scipy.optimize.root": Solver(("x0",), root_of("function", "", "y.x"), _ROOT, ("method", "tol"), _solution),
    "scipy.optimize.minimize": Solver(("x0",), root_of("stationary", _SLOPE, "y.x", "function"), _MINIMUM, ("method", "tol"), _solution),
}  # fmt: skip


def make_rule(name: str, solver: Any, function: Any, params: Sequence[str], options: dict[str, Any]) -> SolverRule:
    """The rule of a solver for a function.

    Args:
        name: the key of the solver in ``SOLVERS``.
        solver: the solver itself.
        function: what it is to solve, a Python function.
        params: names for the function's further arguments.
        options: keywords to pass on to the solver.
    """
    known = SOLVERS[name]
    given = ", ".join((*known.main, *params))
    passed = "".join(f", {k}={v!r}" for k, v in options.items())
    further = f"({''.join(f'{n}, ' for n in params)})"
    call = known.call.format(main=", ".join(known.main), args=further, options=passed)
    text = (
        "import numpy as np\nfrom scipy.integrate import odeint, quad_vec\n\nimport adjoint_compiler as ac\n\n\n"
        f"def solve({given}):\n    return {'' if known.read is None else 'read'}({call})\n\n\n"
        + known.text(params, passed)
    )  # fmt: skip
    short = name.rpartition(".")[2]
    text = text.replace("def fwd(", f"def {short}_fwd(").replace("def bwd(", f"def {short}_bwd(")
    file = f"<adjoint_compiler rule {next(_serial)} of {name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"function": function, "solver": solver, "read": known.read, "__name__": __name__}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    rule = names["run"] = SolverRule(names["solve"])
    rule.__name__ = short  # type: ignore[attr-defined]
    rule.result, rule.fwd, rule.bwd = known.result, names[f"{short}_fwd"], names[f"{short}_bwd"]
    return rule


__all__ = ["SOLVERS", "SolverRule", "make_rule"]
