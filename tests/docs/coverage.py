"""docs/coverage.md: written from what the compiler says of each name."""

from __future__ import annotations

import textwrap
from pathlib import Path

import numpy as np

from adjoint_compiler.report.coverage import INERT, MISSING, ZERO, Coverage, coverage_of, numpy_coverage
from adjoint_compiler.rules.optional import load_all

COVERAGE_HEAD = """# Coverage

What is done with each public name of NumPy, and with three lists of names of NumPy, SciPy, `math` and Python: those that autograd
differentiates (or knows to have no derivative), those that JAX has in addition, and those that neither has.

* *differentiable*: by a rule, by a definition of what it composes, or read by the compiler itself;
* *zero*: the derivative is zero wherever there is one;
* *inert*: without derivative by nature, as shapes, indices, settings and files are;
* *not implemented*: a call with active arguments is refused, with what to write instead. Keywords without a derivative are, too.

`adjoint-compiler rules NAME` prints a rule with its conventions; those at kinks are in [kinks.md](kinks.md).

*Written by `python -m tests.docs.rewrite` from `adjoint_compiler/report/coverage.py`, with NumPy {version}.*
"""
LISTS = (
    ("names_of_autograd", "Names of autograd"),
    ("more_names_of_jax", "More names of JAX"),
    ("names_of_neither", "Names of neither"),
)


def share(rows: list[Coverage]) -> str:
    """How many of the names that take floats have no derivative."""
    counted = [r for r in rows if r.status != INERT]
    missing = sum(r.status == MISSING for r in counted)
    return f"{len(rows)} names, {len(counted)} of which take floats; {missing} of these ({missing / len(counted):.1%}) are not implemented"


def names_in_list(name: str) -> list[str]:
    """The names of a list in tests/docs/data."""
    return (Path(__file__).parent / "data" / f"{name}.txt").read_text(encoding="utf-8").split()


def wrapped(title: str, items: list[str]) -> list[str]:
    """A paragraph of names, if there are any."""
    return ["\n".join(textwrap.wrap(f"**{title}**: {', '.join(items)}", 120, break_on_hyphens=False))] if items else []


def group(rows: list[Coverage], prefix: str) -> list[str]:
    """The paragraphs of one module."""

    def short(r: Coverage) -> str:
        name = f"`{r.name.removeprefix(prefix + '.')}`"
        return f"{name} ({r.note})" if r.status == MISSING and r.note else name

    statuses = ("differentiable", ZERO, INERT, MISSING)
    return [part for status in statuses for part in wrapped(status, [short(r) for r in rows if r.status == status])]


def coverage_page() -> str:
    """docs/coverage.md."""
    load_all()
    rows = numpy_coverage()
    parts = [
        COVERAGE_HEAD.format(version=".".join(np.__version__.split(".")[:2])).rstrip(),
        "## NumPy",
        f"{share(rows)}.",
    ]
    by_module: dict[str, list[Coverage]] = {}
    for r in rows:
        by_module.setdefault(r.name.rpartition(".")[0], []).append(r)
    for module, some in by_module.items():
        parts += [f"### {module}", *group(some, module)]
    for file, title in LISTS:
        found = [coverage_of(name) for name in names_in_list(file)]
        missing = [f"`{r.name}`" + (f" ({r.note})" if r.note else "") for r in found if r.status == MISSING]
        parts += [f"## {title}", f"{share(found)}.", *wrapped(MISSING, missing)]
    return "\n\n".join(parts) + "\n"
