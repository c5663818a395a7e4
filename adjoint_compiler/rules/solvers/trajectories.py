"""Solutions of differential equations ``y' = f(t, y, p)``: by the variational equation, or by the adjoint equation.

The tangents ``y_dot' = f_y y_dot + f_p p_dot`` are solved together with ``y``. The adjoint ``w' = -w f_y`` is solved
backwards along a solution that is kept, by ``pull``; its own derivative is, by symmetry, the gradient of the tangents.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from adjoint_compiler.rules.solvers.given import Given, joined


def _common(k: Given) -> str:
    """What both modes need: ``moved``, the tangents at all times, and the rule of ``pull``.

    ``flow`` is the right-hand side, as an array. All start at ``times[0]``.
    """
    params, dots = k.params, k.dots
    us = [f"u{2 + j}" for j in range(len(k.varied))]
    u = [f"u[{2 + j}]" for j in range(len(k.varied))]
    ts = [f"tangents[{2 + j}]" for j, n in enumerate(params) if n in k.varied]
    every = tuple(2 + j for j, n in enumerate(params) if n in k.varied)
    last = 2 + len(params) + 2 + len(us)  # the place of G in `along`
    taken = joined(*(f"bars[{2 + k.varied.index(n)}]" if n in k.varied else "None" for n in params))
    given = joined("y0", "times", *params)
    how = f"stiff={is_stiff(k)}, limit={limit_of(k)}"
    moved = f"moved({joined('y0', '{0}', 'times', '{1}', *params, '{2}')})"
    return (
        k.weighted("t", "y", function="flow")
        + f"by_y = ac.grad(weighted, wrt=1)\nby_params = ac.grad(weighted, wrt={tuple(1 + j for j in every)})\n\n\n"
        f"def variational({joined('t', 'z', 'n', *params, *dots)}):\n"
        f"    pair = {k.along('flow', 't', 'z[:n]', moving=['None', 'z[n:]'])}\n"
        "    return np.concatenate((pair[0], pair[1]))\n\n\n"
        f"def moved({joined('y0', 't_y0', 'times', 't_times', *params, *dots)}):\n    n = np.size(y0)\n"
        f"    start = np.concatenate((y0, t_y0 - t_times[0] * flow({joined('times[0]', 'y0', *params)})))\n"
        f"    z = trajectory(variational, start, times, args=({joined('n', *params, *dots)},), {how})\n"
        "    out = np.zeros((np.size(times), n))\n    for k in range(np.size(times)):\n"
        f"        out[k] = z[k, n:] + t_times[k] * flow({joined('times[k]', 'z[k, :n]', *params)})\n    return out\n\n\n"
        f"def along({joined(given, 'u0', 'u1', *us, 'G')}):\n"
        f"    return np.sum(G * {moved.format('u0', 'u1', ', '.join(us))})\n\n\n"
        f"def along_all({joined(given, 'u0', 'u1', *us, 'G', 'G_dot')}):\n"
        f"    y = trajectory(flow, y0, times, args=({joined(*params)}{',' if params else ''}), {how})\n"
        f"    return np.sum(G * {moved.format('u0', 'u1', ', '.join(us))}) + np.sum(G_dot * y)\n\n\n"
        f"twice = ac.grad(along, wrt={(0, 1, *every, last)})\nagain = ac.grad(along_all, wrt={(0, 1, *every)})\n\n\n"
        f"def pull_fwd({joined(given, 'G')}):\n    return pull({joined(given, 'G')}), ({joined(given, 'G')})\n\n\n"
        f"def pull_bwd(residuals, u):\n    {joined(given, 'G')} = residuals\n"
        f"    bars = twice({joined(given, 'u[0]', 'u[1]', *u, 'G')})\n"
        f"    return {joined('bars[0]', 'bars[1]', taken, f'bars[{2 + len(us)}]')}\n\n\n"
        f"def pull_jvp(primals, tangents):\n    {joined(given, 'G')} = primals\n"
        f"    value = pull({joined(given, 'G')})\n"
        f"    dots = again({joined(given, 'tangents[0]', 'tangents[1]', *ts, 'G', f'tangents[{2 + len(params)}]')})\n"
        "    return value, dots\n\n\n"
    )  # fmt: skip


def equation(k: Given, order: str) -> str:
    """``flow``, the right-hand side as a vector, and what both modes need of it; ``order`` is that of its first two parameters."""
    return (
        f"def flow({joined('t', 'y', *k.params)}):\n"
        f"    return np.ravel(np.asarray(function({joined(order, *k.params)})))\n\n\n" + _common(k)
    )


def is_stiff(k: Given) -> bool:
    """Whether the equations of a derivative are solved by methods for stiff ones: as the program does."""
    own = "RK45" if "t_span" in k.main else "LSODA"
    return bool(k.options.get("stiff", k.options.get("method", own) not in ("RK45", "RK23", "DOP853")))


def limit_of(k: Given) -> Any:
    """The longest step, where the program sets one: what is shorter must not be stepped over."""
    return k.options.get("limit", k.options.get("max_step", k.options.get("hmax")))


def _bars(k: Given) -> list[str]:
    return k.bars("{n}_bar")


def _taken(k: Given) -> str:
    return "".join(f"    {n}_bar = bars[{2 + j}]\n" for j, n in enumerate(k.varied))


def trajectory(k: Given) -> str:
    """``odeint``: the solution at given times, of which the first is that of ``y0``."""
    order = "t, y" if k.options.get("tfirst") else "y, t"
    t = k.main[1]
    start = f"    start, all_times = 1.0 * np.ravel(y0), 1.0 * np.asarray({t})\n"
    t_start = "1.0 * np.ravel(t_y0)" if k.has("y0") else "np.zeros(np.size(y0))"
    t_times = f"t_{t}" if k.has(t) else f"np.zeros(np.size({t}))"
    dots = joined("start", t_start, "all_times", t_times, *k.params, *k.dots)
    return (
        equation(k, order)
        + k.rule(f"{start}    bars = pull({joined('start', 'all_times', *k.params, 'g')})\n{_taken(k)}",
                 ["np.reshape(bars[0], np.shape(y0))" if k.has("y0") else "None", "bars[1]" if k.has(t) else "None", *_bars(k)],
                 start, f"moved({dots})")
    )  # fmt: skip


def tight_trajectory(k: Given) -> str:
    """``trajectory``, which the rules themselves call: the solution as exactly as can be had."""
    return trajectory(replace(k, options={**k.options, "tfirst": True}))


def initial_value(k: Given) -> str:
    """``solve_ivp``: as ``odeint``, with the start as a time of its own; without ``t_eval`` the steps between are inert."""
    times = (
        "    start, times = 1.0 * np.asarray(y0), np.concatenate((np.array([1.0 * t_span[0]]), y.t))\n"
    )  # fmt: skip
    chosen = "t_eval" in k.absent
    t_start = "t_y0" if k.has("y0") else "np.zeros(np.size(y0))"
    set_times, t_t = "    t_times = np.zeros(np.size(times))\n", "None"
    if k.has("t_span"):
        set_times += "    t_times[0] = t_t_span[0]\n"
        if chosen:
            set_times += "    t_times[1] = t_t_span[0]\n    t_times[np.size(times) - 1] = t_t_span[1]\n"
    if k.has("t_eval"):
        set_times += "    t_times[1:] = t_t_eval[: np.size(y.t)]\n"
    if k.has("t_span") or k.has("t_eval"):
        t_t = "t_times[1:]"
    dots = joined("start", t_start, "times", "t_times", *k.params, *k.dots)
    bwd = (
        f"{times}    weights = np.concatenate((np.zeros((1, np.size(y0))), np.transpose(g[1])))\n"
        f"    bars = pull({joined('start', 'times', *k.params, 'weights')})\n"
    )
    span_bar, eval_bar = "None", "None"
    if k.has("t_span"):
        first, end = ("bars[1][0] + bars[1][1] + g[0][0]", "bars[1][np.size(times) - 1] + g[0][np.size(times) - 2]")
        span_bar = "span_bar"
        bwd += "    span_bar = np.zeros(2)\n"
        bwd += f"    span_bar[0] = {first if chosen else 'bars[1][0]'}\n" + (
            f"    span_bar[1] = {end}\n" if chosen else ""
        )
    if k.has("t_eval"):
        eval_bar = "eval_bar"
        bwd += "    eval_bar = np.zeros(np.size(t_eval))\n    eval_bar[: np.size(y.t)] = bars[1][1:] + g[0]\n"
    return (
        equation(k, "t, y")
        + k.rule(bwd + _taken(k), [span_bar, "bars[0]" if k.has("y0") else "None", eval_bar, *_bars(k)],
                 f"{times}{set_times}    z = moved({dots})\n", f"({t_t}, np.transpose(z[1:]), None, None, None, None)")
    )  # fmt: skip


__all__ = ["equation", "initial_value", "is_stiff", "limit_of", "tight_trajectory", "trajectory"]
