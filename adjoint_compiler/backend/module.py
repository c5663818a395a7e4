"""A whole module: imports, carried constants, helpers, generated functions; it needs nothing but NumPy.

# Derivative of `f` in model.py, written by adjoint_compiler.
import numpy as np

C = 0.125


def f_grad(x):
    ...
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
import sys
from types import FunctionType, ModuleType

from adjoint_compiler import runtime
from adjoint_compiler.backend.carried import CarriedTexts
from adjoint_compiler.backend.helper_text import helper_text, helpers_of
from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, internal_error
from adjoint_compiler.frontend.parsed_modules import Carried
from adjoint_compiler.frontend.static import StaticLowered
from adjoint_compiler.ir.objects import Closure

IMPORTS = {"np": "import numpy as np"}


def module_text(functions: tuple[str, ...], lowered: StaticLowered, file_name: str) -> str:
    """The text of a module that holds generated functions and all they need.

    Args:
        functions: the texts of the functions.
        lowered: the program they were generated from.
        file_name: the name of the file that the program stands in, without its directory.

    Returns:
        Python source; the same for the same arguments.

    >>> import os, tempfile
    >>> from adjoint_compiler.frontend.static import lower_static
    >>> with tempfile.TemporaryDirectory() as directory:
    ...     path = os.path.join(directory, "model.py")
    ...     with open(path, "w") as file:
    ...         _ = file.write("C = 0.125  # Courant number\\ndef f(x):\\n    return C * x\\n")
    ...     lowered = lower_static(path, "f", {})
    >>> print(module_text(("def f_grad(x):\\n    return C\\n",), lowered, "model.py"), end="")
    # Derivative of `f` in model.py, written by adjoint_compiler.
    <BLANKLINE>
    C = 0.125
    <BLANKLINE>
    <BLANKLINE>
    def f_grad(x):
        return C
    """
    body = "\n\n\n".join(definitions(functions).values()) + "\n"
    read = globals_read(body)
    helpers = helpers_of(n for n in read if isinstance(getattr(runtime, n, None), FunctionType))
    own = {h.__name__ for h in helpers} | _defined(body)
    sections = [
        *carried_sections(body, lowered, own),
        *(helper_text(h).rstrip("\n") for h in helpers),
        body.rstrip("\n"),
    ]
    text = "\n\n\n".join(sections)
    comment = f"# Derivative of `{lowered.program.name}` in {plain_name(file_name)}, written by adjoint_compiler."
    imports = [f"{line}\n" for line in import_lines(text)]
    spacing = "\n\n" if text.startswith(("def ", "class ")) else "\n"
    return f"{comment}\n{''.join(imports)}{spacing}{text}\n"


def carried_sections(body: str, lowered: StaticLowered, own: set[str]) -> list[str]:
    """The constants and classes that functions read, as they are written in the program's files.

    Args:
        body: the functions.
        lowered: the program they were generated from.
        own: further names of the module.
    """
    read = globals_read(body)
    free = {n: lowered.free[n] for n in read if n in lowered.free}
    constants = {n: f for n, f in free.items() if isinstance(f, Carried)}
    functions = {
        n: c for n, c in lowered.constants.items() if n in read and isinstance(c, type) and issubclass(c, Closure)
    }
    unknown = [n for n, c in lowered.constants.items() if n in read and n not in functions and c not in lowered.classes]
    if unknown:  # it stands for one of Python's, inside of the program only
        message = f"`{unknown[0]}`, by which an object of Python's library is read, is not written into modules"
        advice = "run over it in one place, or make a list of it"
        raise DifferentiationError(Diagnostic("AC018", lowered.program.span, message, (), advice))
    classes = {n: lowered.classes[c] for n, c in lowered.constants.items() if n in read and n not in functions}
    carried = CarriedTexts(constants, classes, own)
    for constant in constants.values():
        carried.constant(constant)
    for definition in classes.values():
        carried.definition(definition)
    made = [f'class {n}:\n    """What the function `{c.__name__}` was made with."""' for n, c in functions.items()]
    return _sections([*carried.texts, *made])


def definitions(texts: tuple[str, ...]) -> dict[str, str]:
    """The functions of several texts by name, each once: two of them may call the same third."""
    out: dict[str, str] = {}
    for text in texts:
        lines, nodes = text.split("\n"), [n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)]
        for node in nodes:
            found = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            if out.setdefault(node.name, found) != found:
                raise internal_error(f"two generated functions are called `{node.name}`", ir=text)
    return out


def _sections(texts: list[str]) -> list[str]:
    """Classes and functions stand alone, constants one below the other."""
    alone = ("class", "def", "@")
    out: list[str] = []
    for text in texts:
        if out and not text.startswith(alone) and not out[-1].startswith(alone):
            out[-1] += "\n" + text
        else:
            out.append(text)
    return out


def globals_read(text: str) -> tuple[str, ...]:
    """The names that the functions of a text read from their module, builtins left out, sorted.

    >>> globals_read("def f(x):\\n    return np.sum([C * t for t in x], axis=0) + len(x)")
    ('C', 'np')
    """
    found: set[str] = set()
    work = [symtable.symtable(text, "<module>", "exec")]
    while work:
        table = work.pop()
        work += table.get_children()
        top = table.get_type() == "module"
        found |= {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return tuple(sorted(n for n in found if not hasattr(builtins, n)))


def _defined(text: str) -> set[str]:
    table = symtable.symtable(text, "<module>", "exec")
    return {s.get_name() for s in table.get_symbols() if s.is_assigned()}


def import_lines(text: str) -> list[str]:
    """The imports that a module's text needs, as its first lines.

    Raises:
        DifferentiationError: an internal error, when the text reads a name that nothing defines.

    >>> import_lines("C = math.pi\\ndef f(x):\\n    return np.sin(C * x)")
    ['import math', '', 'import numpy as np']
    """
    missing = [n for n in globals_read(text) if n not in _defined(text)]
    standard = sorted(f"import {n}" for n in missing if n in sys.stdlib_module_names)
    others = {IMPORTS[n] for n in missing if n in IMPORTS}
    for name in missing:
        if name not in IMPORTS and name not in sys.stdlib_module_names:
            parts = set(re.findall(rf"\b{name}(?:\.\w+)+", text)) or {name}
            found = {_module_part(p) for p in parts}
            if "" in found:
                raise internal_error(f"the emitted module reads `{name}`, which nothing defines", ir=text)
            others |= {f"import {m}" for m in found}
    return [*standard, *([""] if standard and others else []), *sorted(others)]


def _module_part(dotted: str) -> str:
    """The longest module name that a dotted name begins with."""
    parts = dotted.split(".")
    names = (".".join(parts[:k]) for k in range(len(parts), 0, -1))
    return next((n for n in names if isinstance(sys.modules.get(n), ModuleType)), "")


def plain_name(file_name: str) -> str:
    """A file name that can stand in a comment: it may come from anyone."""
    return re.sub(r"[^\w. -]", "?", file_name)
