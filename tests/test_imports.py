"""Imports run downwards: api and cli, what they call, the pipeline, the passes, rules, runtime helpers, IR.

Every import counts, wherever it is written; only the testing tools may reach up to the api, inside functions.
"""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "adjoint_compiler"
ROOT = Path(__file__).parent.parent / PACKAGE

# What may be imported by everything below it in this list; members of one layer may import each other.
LAYERS = (
    ("", "__main__", "api", "api_matrices", "cli", "numba_extension"),
    (
        "derivative",
        "jacobians",
        "sparsity",
        "colouring",
        "leaves",
        "rows",
        "taylor_mode",
        "pullback",
        "pushforward",
        "specialization",
        "made_again",
        "binding",
        "calling",
        "library_functions",
        "spreading",
        "arguments",
        "notes",
        "orders",
    ),
    ("pipeline",),
    ("rewrites", "levels"),
    ("state",),
    ("backend", "optimize", "differentiate", "analysis", "frontend", "report", "testing"),
    ("rules",),
    ("library",),
    ("runtime",),
    ("ir",),
)
# Parts that may be imported from anywhere.
ANYWHERE = ("diagnostics",)
# Parts that may import nothing of the package but these.
ONLY = {"ir": {"ir"}, "library": {"library", "runtime"}, "runtime": {"runtime"}, "diagnostics": {"diagnostics", "ir"}}
# Parts that may import nothing from outside but NumPy and the standard library.
NUMPY_ONLY = ("ir", "runtime", "diagnostics")


@dataclass(frozen=True)
class Import:
    """One import: where it is written, what it names, and whether it is inside a function."""

    line: int
    module: str
    lazy: bool


def part_of(module: str) -> str:
    """The part of the package that a module belongs to; the package itself is ''.

    >>> part_of("adjoint_compiler.ir.nodes"), part_of("adjoint_compiler")
    ('ir', '')
    """
    return module.split(".")[1] if "." in module else ""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(source: str, module: str, is_package: bool, submodules: set[str]) -> Iterator[Import]:
    """Every import of a module, absolute; ``from p import q`` is an import of ``p.q`` if that is a module."""

    def visit(node: ast.AST, lazy: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(node.lineno, alias.name, lazy)
        elif isinstance(node, ast.ImportFrom):
            base = absolute(node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield Import(node.lineno, inner if inner in submodules else base, lazy)
        lazy = lazy or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        for child in ast.iter_child_nodes(node):
            yield from visit(child, lazy)

    def absolute(node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = module.split(".")
        package = package[: len(package) - node.level + is_package]
        return ".".join([*package, *([node.module] if node.module else [])])

    yield from visit(ast.parse(source), False)


def height(part: str) -> int | None:
    """How far down the layers a part is; None for a part that has no layer."""
    return next((k for k, layer in enumerate(LAYERS) if part in layer), None)


def fault_of(importer: str, found: Import) -> str:
    """What is wrong with an import of a part; empty if nothing is."""
    top = found.module.split(".")[0]
    if top != PACKAGE:
        foreign = top != "numpy" and top not in sys.stdlib_module_names
        return "only NumPy and the standard library" if importer in NUMPY_ONLY and foreign else ""
    target = part_of(found.module)
    if importer == "testing" and found.lazy:
        return ""
    if importer in ONLY:
        allowed = ", ".join(sorted(ONLY[importer]))
        return "" if target in ONLY[importer] else f"of the package it may import only {allowed}"
    if target in ANYWHERE or target == importer:
        return ""
    above, below = height(importer), height(target)
    if above is None or below is None:
        return f"{target if below is None else importer!r} has no layer: give it one in {Path(__file__).name}"
    return "" if above <= below else "imports run downwards"


def all_modules() -> dict[str, Path]:
    return {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


MODULES = all_modules()


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_downwards(module):
    path, submodules = MODULES[module], set(MODULES)
    found = imports_of(path.read_text(encoding="utf-8"), module, path.name == "__init__.py", submodules)
    faults = [
        f"{path.relative_to(ROOT.parent)}:{i.line}: {part_of(module) or PACKAGE} imports {i.module}: {fault}"
        for i in found
        if (fault := fault_of(part_of(module), i))
    ]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize("module", MODULES)
def test_every_part_has_a_layer(module):
    part = part_of(module)
    assert part in ANYWHERE or height(part) is not None, f"give {part!r} a layer in {Path(__file__).name}"


WRONG = {
    "ir.nodes": "import scipy",
    "ir.printer": "from adjoint_compiler.diagnostics import Diagnostic",
    "runtime.memory": "from adjoint_compiler.ir import nodes",
    "rules.table": "def f():\n    from adjoint_compiler import frontend",
    "rules.linalg": "from ..analysis.typing import infer_types",
    "rules.methods": "from adjoint_compiler import stop_gradient",
    "frontend.lower": "import adjoint_compiler.pipeline",
    "analysis.activity": "class C:\n    def f(self):\n        from .. import api",
    "pipeline": "from .api import grad",
    "diagnostics": "from adjoint_compiler.rules import lookup",
    "testing.programs": "from adjoint_compiler.api import grad",
    "optimize.fold": "import adjoint_compiler as ac",
    "backend.write": "from adjoint_compiler.surprise import thing",
}
RIGHT = {
    "ir.nodes": "import numpy as np, math\nfrom .types import Type",
    "runtime": "from .memory import restore",
    "runtime.memory": "from adjoint_compiler.runtime.shaping import spread",
    "rules.table": "from adjoint_compiler import diagnostics, runtime\nimport scipy.special",
    "frontend.lower": "import gast\nfrom adjoint_compiler import rules\nfrom ..analysis import typing",
    "testing.programs": "def check():\n    from adjoint_compiler.api import grad",
    "pipeline": "from .frontend import lower\nfrom .diagnostics import Diagnostic",
    "api": "from adjoint_compiler import pipeline\nfrom adjoint_compiler.testing import programs",
    "": "from adjoint_compiler.api import grad",
}
PARTS = {*ANYWHERE, "api", *(part for layer in LAYERS[1:] for part in layer)}
EXAMPLE_MODULES = {f"{PACKAGE}.{part}" for part in PARTS}


def faults_in(name: str, source: str) -> list[str]:
    module = f"{PACKAGE}.{name}".rstrip(".")
    found = imports_of(source, module, "." not in name and name in ("", "runtime"), EXAMPLE_MODULES)
    return [fault for i in found if (fault := fault_of(part_of(module), i))]


@pytest.mark.parametrize("name", WRONG)
def test_wrong_imports_are_found(name):
    assert len(faults_in(name, WRONG[name])) == 1


@pytest.mark.parametrize("name", RIGHT)
def test_right_imports_pass(name):
    assert faults_in(name, RIGHT[name]) == []
