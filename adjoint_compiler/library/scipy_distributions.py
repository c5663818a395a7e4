"""Definitions of distributions of scipy.stats with fixed parameters, which a program keeps in a variable.

    noise = stats.norm(m, s)                     an object of m and s
    noise.logpdf(x)                    ->        stats.norm.logpdf(x, m, s)

One text serves all of them: they differ in their shape parameters.
"""

from __future__ import annotations

import linecache
from typing import Any

import numpy as np
from scipy import stats

from adjoint_compiler.library import defines

CONTINUOUS = ("pdf", "logpdf", "cdf", "logcdf", "sf", "logsf", "ppf", "isf")
DISCRETE = ("pmf", "logpmf", "cdf", "logcdf", "sf", "logsf")


def frozen_text(shapes: list[str], moved: list[str], methods: tuple[str, ...]) -> str:
    """The class of a distribution with fixed parameters.

    >>> print(frozen_text([], ["loc=0"], ("pmf",)))
    class Frozen:
        def __init__(self, loc=0):
            self.loc = loc
    <BLANKLINE>
        def pmf(self, x):
            return family.pmf(x, self.loc)
    <BLANKLINE>
    """
    names = [*shapes, *(m.partition("=")[0] for m in moved)]
    held = "".join(f"        self.{n} = {n}\n" for n in names)
    given = ", ".join(f"self.{n}" for n in names)
    bodies = "".join(f"\n    def {m}(self, x):\n        return family.{m}(x, {given})\n" for m in methods)
    return f"class Frozen:\n    def __init__(self, {', '.join([*shapes, *moved])}):\n{held}{bodies}"


def enter(name: str, family: Any) -> None:
    """Define what a distribution with fixed parameters is."""
    continuous = isinstance(family, stats.rv_continuous)
    shapes = [s.strip() for s in (family.shapes or "").split(",") if s.strip()]
    text = frozen_text(
        shapes, ["loc=0", "scale=1"] if continuous else ["loc=0"], CONTINUOUS if continuous else DISCRETE
    )
    file = f"<adjoint_compiler scipy.stats.{name}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    names: dict[str, Any] = {"family": family, "__name__": __name__}
    exec(compile(text, file, "exec"), names)  # noqa: S102  (the text above)
    cls = names["Frozen"]
    cls.__name__ = cls.__qualname__ = f"Frozen_{name}"
    defines(family)(cls)


for _name, _family in sorted(vars(stats).items()):
    if isinstance(_family, (stats.rv_continuous, stats.rv_discrete)):
        enter(_name, _family)


@defines(stats.multivariate_normal)
class FrozenNormal:
    """``multivariate_normal(mean, cov)``."""

    def __init__(self, mean: Any, cov: Any) -> None:
        self.mean = np.asarray(mean)
        self.cov = np.asarray(cov)

    def pdf(self, x: Any) -> Any:
        return stats.multivariate_normal.pdf(x, self.mean, self.cov)

    def logpdf(self, x: Any) -> Any:
        return stats.multivariate_normal.logpdf(x, self.mean, self.cov)
