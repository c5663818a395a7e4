"""What a call of a solver is given, and the parts that the texts of all rules are made of.

A rule is four functions over the same names: the solver's own arguments, then the parameters of the function that it is
given (``p0`` has a derivative, ``c1`` has none), then operands of options (``o0``).

    solve(a, b, p0, c1)                   what SciPy returns
    fwd(a, b, p0, c1)                     -> y, residuals
    bwd(residuals, g)                     -> adjoints of all of them
    jvp(primals, tangents)                -> y, y_dot
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


def joined(*names: str) -> str:
    """Names with commas between them; empty ones are left out.

    >>> joined("x", "", "p0")
    'x, p0'
    """
    return ", ".join(n for n in names if n)


@dataclass(frozen=True)
class Given:
    """The names of a call's operands.

    Attributes:
        main: the solver's own arguments.
        params: the further parameters of the function.
        extra: operands of options.
        fixed: those of ``main`` that are integers or None.
        absent: those that are None.
        options: the literal options.
        named: the texts of those that are operands or functions.
        events: for each function of an event, whether it ends the solution.
    """

    main: tuple[str, ...]
    params: tuple[str, ...]
    extra: tuple[str, ...] = ()
    fixed: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    options: dict[str, object] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    events: tuple[bool, ...] = ()

    @property
    def names(self) -> str:
        """All names, with commas."""
        return joined(*self.main, *self.params, *self.extra)

    @property
    def varied(self) -> list[str]:
        """The function's parameters that have a derivative.

        >>> Given(("a",), ("p0", "c1", "p2")).varied
        ['p0', 'p2']
        """
        return [n for n in self.params if not n.startswith("c")]

    @property
    def dots(self) -> list[str]:
        """The names of their tangents."""
        return [f"t_{n}" for n in self.varied]

    def text_of(self, option: str) -> str:
        """The text of an option; empty where it is not given.

        >>> Given((), (), options={"tol": 0.5}).text_of("tol")
        '0.5'
        """
        literal = self.options.get(option)
        return self.named.get(option, "" if literal is None else repr(literal))

    def has(self, name: str) -> bool:
        """Whether one of the solver's own arguments has a derivative."""
        return name in self.main and name not in self.fixed

    def after(self, *before: str) -> str:
        """Names, then the function's parameters."""
        return joined(*before, *self.params)

    def tangents(self, *before: str) -> str:
        """Tangents of what comes before the function's parameters, then theirs, each with a comma."""
        own = (f"t_{n}" if n in self.varied else "None" for n in self.params)
        return "".join(f"{n}, " for n in (*before, *own))

    def along(self, function: str, *before: str, moving: Sequence[str] = ()) -> str:
        """The value and the tangent of a function of ``before`` and the parameters.

        >>> Given((), ("p0", "c1")).along("f", "x")
        'ac.jvp(f, (x, p0, c1, ), (None, t_p0, None, ))'
        """
        dots = moving or ["None"] * len(before)
        primals = "".join(f"{n}, " for n in (*before, *self.params))
        return f"ac.jvp({function}, ({primals}), ({self.tangents(*dots)}))"

    def bars(self, form: str) -> list[str]:
        """The adjoint of each of the function's parameters: ``form`` with its name, ``None`` where it has none."""
        return [form.format(n=n) if n in self.varied else "None" for n in self.params]

    def gradients(self, of: str, first: int, stem: str = "by") -> str:
        """A gradient by each parameter, ``by_p0``, of a function whose parameter ``first`` is the first of them."""
        wrt = ((first + k, n) for k, n in enumerate(self.params) if n in self.varied)
        return "".join(f"{stem}_{n} = ac.grad({of}, wrt={k})\n" for k, n in wrt)

    def rule(self, bwd: str, bars: Sequence[str], jvp: str, dot: str) -> str:
        """The texts of ``fwd``, ``bwd`` and ``jvp``.

        Args:
            bwd: statements that use ``y``, the result, and ``g``, its adjoint.
            bars: the adjoints of ``main`` and of ``params``.
            jvp: statements that use ``y`` and tangents, ``t_p0``.
            dot: the tangent of ``y``.
        """
        names = self.names
        returned = joined(*bars, *("None" for _ in self.extra))
        dots = joined(*(f"t_{n}" for n in (*self.main, *self.params, *self.extra)))
        return (
            f"def fwd({names}):\n    y = run({names})\n    return y, (y, {names},)\n\n\n"
            f"def bwd(residuals, g):\n    y, {names}, = residuals\n{bwd}    return {returned},\n\n\n"
            f"def jvp(primals, tangents):\n    {names}, = primals\n    {dots}, = tangents\n    y = run({names})\n"
            f"{jvp}    return y, {dot}\n"
        )

    def weighted(self, *before: str, function: str = "function") -> str:
        """``weighted``: the inner product of a function's value with weights; its gradient is a product with the Jacobian."""
        return (
            f"def weighted({self.after(*before, 'w')}):\n"
            f"    return np.sum(w * np.asarray({function}({self.after(*before)})))\n\n\n"
        )


__all__ = ["Given", "joined"]
