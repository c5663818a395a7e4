"""Integrals: differentiated under the integral sign, and by their limits."""

from __future__ import annotations

from adjoint_compiler.rules.solvers.given import Given, joined

TIGHT = "epsabs=1e-200, epsrel=1e-10"


def integral(k: Given) -> str:
    """``quad``: by its limits what the integrand is there, by a parameter the integral of its derivative."""
    points = f", points={k.text_of('points')}" if k.text_of("points") else ""
    ends = (("a", "-"), ("b", ""))
    bwd, moved = "", ""
    for x, sign in ends:
        if k.has(x):
            bwd += (
                f"    {x}_bar = {sign}np.sum(g[0] * np.asarray(function({k.after(x)}))) if np.isfinite({x}) else 0.0\n"
            )
            moved += f"    if np.isfinite({x}):\n        dot = dot + {sign or '1.0 * '}t_{x} * function({k.after(x)})\n"
    solved = f"args=({{}},), {TIGHT}{points})[0]"
    bars = k.bars("quad_vec(by_{n}, a, b, " + solved.format(joined("g[0]", *k.params)))
    under = f"def under({joined('t', *k.params, *k.dots)}):\n    pair = {k.along('function', 't')}\n    return pair[1]\n\n\n"
    inner = f"quad_vec(under, a, b, {solved.format(joined(*k.params, *k.dots))}" if k.varied else "0.0"
    return (
        k.weighted("t") + k.gradients("weighted", 2) + "\n\n" + (under if k.varied else "")
        + k.rule(bwd, ["a_bar" if k.has("a") else "None", "b_bar" if k.has("b") else "None", *bars],
                 f"    dot = {inner}\n{moved}", "(dot, 0.0)")
    )  # fmt: skip


__all__ = ["integral"]
