"""Golden files: tiny programs, and the derivative that the compiler writes for each, byte for byte.

`programs/NAME.py` holds a function NAME, `example()` with its arguments, and where they apply `WRT`, `OF` and `PARALLEL`, the
function as Numba compiles it.
Beside it stand `NAME.joint.py` (the joint form), `NAME.split.py` (primal and adjoint) and `NAME.forward.py` (the tangent),
for the types of the example; of some also `NAME.numba.py`, the joint form that Numba compiles, `NAME.directions.py` and
`NAME.rows.py`, tangent and adjoint of many directions, and `NAME.series.py`, Taylor coefficients.
`python -m tests.golden.rewrite` writes them anew; read the diff before committing it.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import adjoint_compiler as ac
from adjoint_compiler import runtime
from adjoint_compiler.pushforward import forward_of

FOLDER = Path(__file__).parent / "programs"
NAMES = sorted(path.stem for path in FOLDER.glob("*.py") if "." not in path.stem)
FORMS = ("joint", "split", "forward")
COMPILED = (  # with a file for the Numba backend, too
    "lax_wendroff", "logsumexp", "nearest_centres", "parallel_smoothing", "polynomial_loop", "rows_of_a_matrix",
    "swapped_buffers",
)  # fmt: skip

WIDE = {  # with files for many directions in one sweep, forward or in reverse, and for Taylor coefficients
    "branch": ("directions", "series"),
    "gather_with_repeats": ("directions", "rows"),
    "lax_wendroff": ("directions", "rows", "series"),
    "matrix_chain": ("directions", "series"),
    "overlapping_store": ("directions", "rows", "series"),
    "product_of_sines": ("directions", "series"),
    "softmax_loss": ("directions", "series"),
    "store_in_a_loop": ("directions", "series"),
    "view_of_a_row": ("directions", "series"),
}


@dataclass(frozen=True)
class Golden:
    """One program: its function, how to get fresh arguments, and what is differentiated."""

    name: str
    function: Callable[..., Any]
    example: Callable[[], tuple[Any, ...]]
    wrt: int | str | tuple[str, ...]
    of: str | None
    parallel: Any = None

    @property
    def derivative(self) -> Any:
        return ac.grad(self.function, wrt=self.wrt, of=self.of)

    @property
    def compiled(self) -> Any:
        """The derivative under Numba."""
        return ac.grad(self.parallel or self.function, wrt=self.wrt, of=self.of, backend="numba")

    def expected(self, form: str) -> Path:
        """The file that holds what the compiler should write."""
        return FOLDER / f"{self.name}.{form}.py"

    def written(self) -> dict[str, str]:
        """What the compiler writes, by form."""
        found = self.derivative.specialize(*self.example())
        forward = forward_of(self.function, None, None)
        chosen = forward.target.positions(self.wrt)
        tangent = forward.compiled(self.example(), chosen, of=self.of).texts[0]
        split = f"{found.primal_source}\n\n{found.adjoint_source}"
        texts = {"joint": found.source, "split": split, "forward": tangent}
        texts.update((form, self.wide(form).texts[0]) for form in WIDE.get(self.name, ()))
        return {**texts, "numba": self.compiled.specialize(*self.example()).source} if self.name in COMPILED else texts

    def wide(self, form: str) -> Any:
        """What is compiled for many directions, or for Taylor coefficients."""
        if form == "rows":
            y, pullback = ac.vjp(self.function, *self.example(), of=self.of)
            adjoint, tape, _ = pullback.linear_in
            return forward_of(adjoint.function, None, None).compiled((tape, np.zeros_like(y)), (1,), directions=True)
        forward = forward_of(self.function, None, None)
        chosen = forward.target.positions(self.wrt)
        companion = "series" if form == "series" else "tangents"
        return forward.compiled(self.example(), chosen, of=self.of, directions=True, companion=companion)


def load(name: str) -> Golden:
    """A program by its name."""
    module = importlib.import_module(f"tests.golden.programs.{name}")
    wrt, of = getattr(module, "WRT", 0), getattr(module, "OF", None)
    return Golden(name, getattr(module, name), module.example, wrt, of, getattr(module, "PARALLEL", None))


def execute(text: str) -> dict[str, Any]:
    """Run generated text with NumPy, math and the runtime helpers at hand; the functions it defines."""
    space: dict[str, Any] = {n: getattr(runtime, n) for n in dir(runtime) if not n.startswith("__")}
    space.update(np=np, math=math)
    exec(compile(text, "<golden>", "exec"), space)
    return space
