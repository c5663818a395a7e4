"""Integrals: differentiated under the integral sign, and by their limits."""

from __future__ import annotations

from adjoint_compiler.rules.solvers.given import Given, joined

TIGHT = "epsabs=1e-200, epsrel=1e-10, limit=2000"


def integral(k: Given) -> str:
    """``quad``: by its limits what the integrand is there, by a parameter the integral of its derivative."""
    return _text(k, "g[0]", "(dot, 0.0)", "number_integral")


def alone(k: Given) -> str:
    """``number_integral``, which the rules themselves call."""
    return _text(k, "g", "dot", "number_integral")


def of_arrays(k: Given) -> str:
    """``quad_vec``, whose integrand may be an array."""
    return _text(k, "g[0]", "(dot, 0.0)", "quad_vec")


def _text(k: Given, g: str, result: str, under_sign: str) -> str:
    points = f", points={k.text_of('points')}" if k.text_of("points") else ""
    ends = (("a", "-"), ("b", ""))
    bwd, moved = "", ""
    for x, sign in ends:
        if k.has(x):
            bwd += (
                f"    {x}_bar = {sign}np.sum({g} * np.asarray(function({k.after(x)}))) if np.isfinite({x}) else 0.0\n"
            )
            moved += f"    if np.isfinite({x}):\n        dot = dot + {sign or '1.0 * '}t_{x} * function({k.after(x)})\n"

    def solved(solver: str, f: str, args: str) -> str:
        if solver == "quad_vec":
            return f"quad_vec({f}, a, b, args=({args},), {TIGHT}{points})[0]"
        return f"number_integral({f}, a, b, args=({args},){points})"

    bars = [
        "None" if n not in k.varied
        else solved("number_integral" if n in k.numbers else "quad_vec", f"by_{n}", joined(g, *k.params))
        for n in k.params
    ]  # fmt: skip
    under = f"def under({joined('t', *k.params, *k.dots)}):\n    pair = {k.along('function', 't')}\n    return pair[1]\n\n\n"
    inner = solved(under_sign, "under", joined(*k.params, *k.dots)) if k.varied else "0.0"
    return (
        k.weighted("t") + k.gradients("weighted", 2) + "\n\n" + (under if k.varied else "")
        + k.rule(bwd, ["a_bar" if k.has("a") else "None", "b_bar" if k.has("b") else "None", *bars],
                 f"    dot = {inner}\n{moved}", result)
    )  # fmt: skip


__all__ = ["alone", "integral", "of_arrays"]
