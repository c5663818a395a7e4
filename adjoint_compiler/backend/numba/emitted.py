"""Modules for Numba that need nothing but Numba and NumPy: the helpers they call are written into them.

A helper is written as a function under its name that only stands for it, the overload that picks what is compiled for
given types, and all that this calls.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

from adjoint_compiler.backend.helper_text import plain_text
from adjoint_compiler.backend.module import carried_sections, definitions, globals_read, import_lines, plain_name
from adjoint_compiler.backend.numba.jit import Jit
from adjoint_compiler.backend.numba.module import decorator
from adjoint_compiler.frontend.static import StaticLowered

HELPERS = Path(__file__).parent / "helpers"
FILES = ("typed", "checks", "tapes", "elementwise", "broadcasting", "contractions", "frames", "gradients", "indexing", "memory",
         "sequences", "shadows", "list_shadows", "tangents", "moving", "linalg", "pieces", "ordering", "structures", "reductions",
         "transcendental")  # fmt: skip
KNOWN = "numba = np = types = overload = functools = math = None"


class Source:
    """The definitions of the helpers' files.

    Attributes:
        texts: of functions and constants, by name, in the order of the files.
        reads: the names that each reads.
        overloads: the functions that pick what stands for a helper, by the helper's name.
        stubs: helpers that are NumPy's versions under another name.
    """

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.reads: dict[str, set[str]] = {}
        self.overloads: dict[str, str] = {}
        self.stubs: dict[str, str] = {}
        for file in FILES:
            text = (HELPERS / f"{file}.py").read_text(encoding="utf-8")
            for node in ast.parse(text).body:
                self.note(node, text)

    def note(self, node: ast.stmt, text: str) -> None:
        """Enter one definition."""
        if isinstance(node, ast.FunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            lines = text.split("\n")[first - 1 : node.end_lineno]
            self.texts[node.name] = plain_text("\n".join(lines))
            self.reads[node.name] = set(globals_read(self.texts[node.name]))
            for d in node.decorator_list:
                if isinstance(d, ast.Call) and isinstance(d.func, ast.Name) and d.func.id == "compiled_as":
                    self.overloads[ast.unparse(d.args[0])] = node.name
                    params = ", ".join(a.arg for a in node.args.args) or "*arrays"
                    self.stubs[ast.unparse(d.args[0])] = params
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        ):
            name = node.targets[0].id
            self.texts[name], self.reads[name] = ast.unparse(node), set()

    def closure(self, names: set[str]) -> list[str]:
        """The texts that names need, each after what runs before it can be defined."""
        needed: set[str] = set()
        work = list(names)
        while work:
            name = work.pop()
            if name in needed or name not in self.texts and name not in self.stubs:
                continue
            needed.add(name)
            work += self.reads.get(name, set())
            if name in self.overloads:
                work.append(self.overloads[name])
        stubs = [f'def {n}({self.stubs[n]}):\n    """Compiled as `{self.overloads[n]}` says."""'
                 for n in self.stubs if n in needed and n not in self.texts]  # fmt: skip
        own = [n for n in self.texts if n in needed]
        typed = [n for n in own if n in _typed_names() or n.isupper()]
        rest = [n for n in own if n not in typed]
        return [*(self.texts[n] for n in typed), *stubs, *(self.texts[n] for n in rest)]


@functools.cache
def _typed_names() -> frozenset[str]:
    tree = ast.parse((HELPERS / "typed.py").read_text(encoding="utf-8"))
    return frozenset(n.name for n in tree.body if isinstance(n, ast.FunctionDef))


@functools.cache
def _source() -> Source:
    return Source()


def emitted_text(functions: tuple[str, ...], lowered: StaticLowered, file_name: str, jit: Jit) -> str:
    """The text of a module that holds compiled functions and all they need.

    Args:
        functions: the texts of the functions.
        lowered: the program they were generated from.
        file_name: the name of the file that the program stands in, without its directory.
        jit: how they are compiled.
    """
    body = "\n\n\n".join(f"{decorator(jit, text=f)}\n{f.rstrip()}" for f in definitions(functions).values())
    read = set(globals_read(body))
    helpers = _source().closure(read)
    constants = carried_sections(body, lowered, set(read))
    text = "\n\n\n".join([*constants, *helpers, body])
    standard = [i for i in import_lines(f"{KNOWN}\n{text}") if i]
    if "functools." in text:
        standard.append("import functools")
    if "math." in text:
        standard.append("import math")
    third = ["import numba", "import numpy as np"]
    third += ["from numba import types"] if "types." in text else []
    third += ["from numba.extending import overload"] if "overload(" in text else []
    comment = f"# Derivative of `{lowered.program.name}` in {plain_name(file_name)}, written by adjoint_compiler."
    head = "\n\n".join("\n".join(part) for part in (sorted(set(standard)), third) if part)
    spacing = "\n" if constants else "\n\n"
    return f"{comment}\n{head}\n{spacing}{text}\n"
