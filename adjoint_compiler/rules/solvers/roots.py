"""Roots, fixed points and minimizers: differentiated by the implicit function theorem at the solution.

``r(x, p) = 0`` gives ``J x_dot = -r_p p_dot`` and, transposed, ``J.T w = -g``, ``p_bar = w r_p``.
"""

from __future__ import annotations

from dataclasses import dataclass

from adjoint_compiler.rules.solvers.given import Given, joined

DIFFERENCE = "def residual({args}):\n    return function({args}) - x\n\n\n"
SLOPE = "gradient = ac.grad(function, wrt=0)\n\n\ndef stationary({args}):\n    return gradient({args})\n\n\n"


FIRST = "def first({args}):\n    return function({args})[0]\n\n\n"
SLOPE_OF_FIRST = FIRST + SLOPE.replace("ac.grad(function", "ac.grad(first")

COST = (
    "def residuals({args}):\n    return np.ravel(np.asarray(function({args})))\n\n\n"
    "def cost({args}):\n    r = residuals({args})\n    return 0.5 * np.sum(r * r)\n\n\n"
    + SLOPE.replace("ac.grad(function", "ac.grad(cost")
)


@dataclass(frozen=True)
class Root:
    """What a solver finds, and how its rule is written.

    Attributes:
        function: the name of the function whose root it is.
        definition: the definitions that come first, with ``{args}`` for the function's parameters.
        x: the solution, in what the solver returns.
        g: its adjoint, in that of what the solver returns.
        dot: the tangent of what the solver returns; ``dot`` is that of the solution, ``at[1]`` that of the value there.
        value: the name of the function whose value at the solution is returned, too; its adjoint is ``g[1]``. A minimum
            changes as the function does where it is.
        whole: whether that value changes with the solution, too.
        scalar: whether the function is one of a number, or of each number of an array.
        free: which variables are not held at a bound, in what the solver returns.
        bounds: the option that holds the bounds of a number.
    """

    function: str = "function"
    definition: str = ""
    x: str = "y"
    g: str = "g"
    dot: str = "dot"
    value: str = ""
    whole: bool = False
    scalar: bool = False
    free: str = ""
    bounds: str = ""

    def text(self, k: Given) -> str:
        """The text of the rule's functions."""
        solve = self._slope if self.scalar else self._matrix
        before, matrix, check, back, forth = solve(k)
        value_dot = f"    at = {k.along(self.value, 'x', moving=['dot'])}\n" if self.value else ""
        weighted = k.weighted("x", function=self.function)
        values, more, g = "", "", f"    g_x = {self.g}\n"
        if self.whole:
            values = k.weighted("x", function=self.value).replace("weighted", "weighted_value")
            values += "value_by_x = ac.grad(weighted_value, wrt=0)\n" + k.gradients("weighted_value", 2, "value_by")
            more, g = (
                f" + value_by_{{n}}({k.after('x', 'g[1]')})",
                f"    g_x = {self.g} + value_by_x({k.after('x', 'g[1]')})\n",
            )
        elif self.value:
            values, more = k.gradients(self.value, 1, "value_by"), f" + g[1] * value_by_{{n}}({k.after('x')})"
        bars = [*("None" for _ in k.main), *k.bars(f"by_{{n}}({k.after('x', 'w')}){more}")]
        found = f"    x = {self.x}\n{matrix}{check}"
        along = f"    pair = {k.along(self.function, 'x')}\n"
        return (
            self.definition.format(args=k.after("x")) + weighted + before + values + k.gradients("weighted", 2) + "\n\n"
            + k.rule(found + g + back, bars, found + along + forth + value_dot, self.dot)
        )  # fmt: skip

    def _slope(self, k: Given) -> tuple[str, str, str, str, str]:
        at = k.after("x")
        bounds, held, free = k.text_of(self.bounds) if self.bounds else "", "", ""
        step = f"{self.function}({at}) / slope({at})"
        check = f"    check_slope(slope({at}))\n" if not bounds else ""
        if bounds:  # at a bound the function has a slope, and Newton's next step leads out
            held = f"    free = is_inside(x - {step}, {bounds})\n"
            free = " if free else 0.0 * x"
        return (
            f"def total({at}):\n    return np.sum({self.function}({at}))\n\n\nslope = ac.grad(total, wrt=0)\n", held,
            f"{check}    check_solved({step}{free}, x)\n", f"    w = -g_x / slope({at}){free}\n",
            f"    dot = -pair[1] / slope({at}){free}\n",
        )  # fmt: skip

    def _matrix(self, k: Given) -> tuple[str, str, str, str, str]:
        row, factor = f"J[i] = row({k.after('x', 'i')})\n", ""
        if self.free:  # a variable that is held at a bound stays there
            row, factor = (
                f"if {self.free}[i]:\n            {row}        else:\n            J[i, i] = 1.0\n",
                f" * {self.free}",
            )
        return (
            f"def component({k.after('x', 'i')}):\n    return np.ravel(np.asarray({self.function}({k.after('x')})))[i]\n\n\n"
            "row = ac.grad(component, wrt=0)\n",
            f"    J = np.zeros((np.size(x), np.size(x)))\n    for i in range(np.size(x)):\n        {row}",
            f"    check_solved(np.linalg.solve(J, np.ravel(np.asarray({self.function}({k.after('x')}))){factor}), np.ravel(x))\n",
            "    w = np.zeros_like(x)\n"
            f"    w[...] = np.reshape(np.linalg.solve(J.T, -np.ravel(g_x)){factor}, np.shape(x))\n",
            "    dot = np.zeros_like(x)\n"
            f"    dot[...] = np.reshape(np.linalg.solve(J, -np.ravel(np.asarray(pair[1])){factor}), np.shape(x))\n",
        )  # fmt: skip


def fit(k: Given) -> str:
    """``curve_fit``: the minimizer of half the sum of squares, and the covariance of the parameters that belongs to it.

    The function's first parameters are the data: where it is asked, what is to be found there, and its uncertainty.
    """
    x, y, sigma, *rest = k.params
    count = int(str(k.options["count"]))
    theta = joined(*(f"x[{i}]" for i in range(count)))
    scaled = "" if sigma.startswith("c") and k.options.get("sigma") is None else f" / {sigma}"
    args = k.after("x")
    tail = "" if k.options.get("absolute_sigma") else f" * (np.sum(residuals({args}) ** 2) / (np.size({y}) - {count}))"
    moves = k.along("residuals", "x", moving=["unit"]).replace("t_", "0.0 * ") if k.varied else ""
    definition = (
        f"def residuals({{args}}):\n    return (np.ravel(np.asarray(function({joined(x, theta, *rest)}))) - {y}){scaled}\n\n\n"
        f"def covariance({{args}}):\n    J = np.zeros((np.size({y}), {count}))\n    for i in range({count}):\n"
        f"        unit = np.zeros({count})\n        unit[i] = 1.0\n        pair = {moves}\n        J[:, i] = pair[1]\n"
        f"    return np.linalg.inv(J.T @ J){tail}\n\n\n"
    )
    root = Root(
        "stationary", definition + COST.partition("\n\n\n")[2], "y[0]", "g[0]", "(dot, at[1])", "covariance", whole=True
    )
    return root.text(k)


__all__ = ["COST", "DIFFERENCE", "FIRST", "SLOPE", "SLOPE_OF_FIRST", "Root", "fit"]
