"""Solutions of differential equations with events: where a function of time and state is zero, and what the state is there.

The time of an event moves as its function makes it, ``t_dot = -(e_y y_dot + e_p p_dot) / (e_t + e_y f)``, and the state there moves
along, ``y_dot + f t_dot``. So events add a row each to the times of the adjoint equation.
"""

from __future__ import annotations

from adjoint_compiler.rules.solvers.given import Given, joined
from adjoint_compiler.rules.solvers.trajectories import equation

TIMES = """    start, n, m = 1.0 * np.ravel(y0), np.size(y0), np.size(y.t)
    every = np.concatenate((np.array([1.0 * t_span[0]]), y.t, {found}))
    order = np.argsort(every if t_span[1] >= t_span[0] else -every, kind="stable")
    back = np.argsort(order)
    stopped = {chosen} and y.status == 1
    row = 1 + m
"""


def with_events(k: Given) -> str:
    """``solve_ivp`` with ``events``."""
    chosen = "t_eval" in k.absent
    numbers = range(len(k.events))
    head = TIMES.format(found=joined(*(f"y.t_events[{j}]" for j in numbers)), chosen=chosen)
    rates, bwd, jvp = "", head, head
    bwd += "    weights = np.zeros((np.size(every), n))\n    weights[1 : 1 + m] = np.transpose(g[1])\n    t_bar = 1.0 * g[0]\n"
    bwd += "".join(f"    more_{p} = 0.0 * {p}\n" for p in k.varied)
    start = "1.0 * np.ravel(t_y0)" if k.has("y0") else "np.zeros(n)"
    jvp += f"    t_start, t_every = {start}, np.zeros(np.size(every))\n"
    if k.has("t_span"):
        jvp += "    t_every[0] = t_t_span[0]\n"
        if chosen:
            jvp += "    t_every[1] = t_t_span[0]\n    if not stopped:\n        t_every[m] = t_t_span[1]\n"
    if k.has("t_eval"):
        jvp += "    t_every[1 : 1 + m] = t_t_eval[:m]\n"
    dots = joined("start", "t_start", "every[order]", "t_every[order]", *k.params, *k.dots)
    jvp += (
        f"    z = moved({dots})[back]\n    t_dot, y_dot = 1.0 * t_every[1 : 1 + m], 1.0 * np.transpose(z[1 : 1 + m])\n"
    )
    for j in numbers:
        at = k.after("te", "ye")
        rates += (
            f"def total_{j}({k.after('t', 'y')}):\n    return np.sum(event_{j}({k.after('t', 'y')}))\n\n\n"
            f"by_t_{j}, by_y_{j} = ac.grad(total_{j}, wrt=0), ac.grad(total_{j}, wrt=1)\n"
            + k.gradients(f"total_{j}", 2, f"by_{j}")
            + "\n\n"
        )
        last = f"        last = {k.events[j]} and stopped and i == np.size(y.t_events[{j}]) - 1 and te == y.t[m - 1]\n"
        each = (
            f"    for i in range(np.size(y.t_events[{j}])):\n        te, ye = y.t_events[{j}][i], y.y_events[{j}][i]\n"
            f"        f = flow({at})\n        slope = by_y_{j}({at})\n        rate = by_t_{j}({at}) + np.sum(slope * f)\n"
            f"        check_slope(rate)\n{last if k.events[j] and chosen else ''}"
        )
        stop = "        if last:\n            stopped = False\n" if k.events[j] and chosen else ""
        bwd += f"{each}        wt, wy = g[2][{j}][i], 1.0 * g[3][{j}][i]\n" + (
            stop
            and f"{stop}            wt = wt + t_bar[m - 1]\n            wy = wy + weights[m]\n"
            "            t_bar[m - 1] = 0.0\n            weights[m] = 0.0\n"
        )
        bwd += (
            "        lam = -(wt + np.sum(wy * f)) / rate\n        weights[row] = wy + lam * slope\n        row += 1\n"
        )
        bwd += "".join(f"        more_{p} = more_{p} + lam * by_{j}_{p}({at})\n" for p in k.varied)
        jvp += f"    t_dots_{j}, y_dots_{j} = np.zeros(np.size(y.t_events[{j}])), np.zeros(np.shape(y.y_events[{j}]))\n{each}"
        jvp += f"        pair = {k.along(f'total_{j}', 'te', 'ye', moving=['None', 'z[row]'])}\n        d = -pair[1] / rate\n"
        jvp += f"        t_dots_{j}[i] = d\n        y_dots_{j}[i] = z[row] + d * f\n        row += 1\n"
        jvp += stop and f"{stop}            t_dot[m - 1] = d\n            y_dot[:, m - 1] = y_dots_{j}[i]\n"
    bwd += f"    bars = pull({joined('start', 'every[order]', *k.params, 'weights[order]')})\n    times_bar = bars[1][back]\n"
    bwd += "".join(f"    {p}_bar = bars[{2 + j}] + more_{p}\n" for j, p in enumerate(k.varied))
    if k.has("t_span"):
        bwd += "    t_span_bar = np.zeros(2)\n    t_span_bar[0] = times_bar[0]\n"
        if chosen:
            bwd += "    t_span_bar[0] = times_bar[0] + times_bar[1] + t_bar[0]\n"
            bwd += "    if y.status == 0:\n        t_span_bar[1] = times_bar[m] + t_bar[m - 1]\n"
    if k.has("t_eval"):
        bwd += "    t_eval_bar = np.zeros(np.size(t_eval))\n    t_eval_bar[:m] = times_bar[1 : 1 + m] + t_bar\n"
    main = ("np.reshape(bars[0], np.shape(y0))" if n == "y0" else f"{n}_bar" for n in k.main)
    dot = f"(t_dot, y_dot, [{joined(*(f't_dots_{j}' for j in numbers))}], [{joined(*(f'y_dots_{j}' for j in numbers))}], None, None, None, None)"
    bars = [text if k.has(n) else "None" for n, text in zip(k.main, main)]
    return equation(k, "t, y") + rates + k.rule(bwd, [*bars, *k.bars("{n}_bar")], jvp, dot)


__all__ = ["with_events"]
