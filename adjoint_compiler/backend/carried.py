"""Constants, classes and functions of parsed modules, as they are written, for an emitted module.

    N = 3 * 4
    K = xp.linspace(0.0, 1.0, N)        ->        N = 3 * 4
                                                  K = np.linspace(0.0, 1.0, N)

A name that is taken in the emitted module gets a number, where it is defined and where carried texts read it.
"""

from __future__ import annotations

import re
from typing import Any

import gast

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError
from adjoint_compiler.frontend.parsed_expressions import dotted_meaning, names_used
from adjoint_compiler.frontend.parsed_modules import Carried, Definition, Module
from adjoint_compiler.frontend.scope import LocalFunction, Namespace, Refusal, Value
from adjoint_compiler.frontend.source import span_of
from adjoint_compiler.ir.names import Names

Edit = tuple[int, int, str]
DEFINING = (gast.ClassDef, gast.FunctionDef, gast.Lambda)


class CarriedTexts:
    """Collects definitions; what they use comes before what uses it.

    Attributes:
        texts: the definitions, in order.
    """

    def __init__(self, free: dict[str, Carried], classes: dict[str, Definition], taken: set[str]) -> None:
        """Prepare to carry.

        Args:
            free: the constants that the program reads, by the names it reads them by.
            classes: the classes that it names, by those names.
            taken: further names of the emitted module.
        """
        self.texts: list[str] = []
        self.names = Names(taken | set(free) | set(classes))
        self.emitted = {(id(c.statement), c.name): name for name, c in free.items()}
        self.emitted |= {(id(d.statement), d.statement.name): name for name, d in classes.items()}
        self.written: set[int] = set()

    def constant(self, c: Carried) -> str:
        """Carry a constant; returns its name in the emitted module."""
        name = self._name(c.statement, c.name)
        if id(c.statement) not in self.written:
            self.written.add(id(c.statement))
            self.texts.append(self._constant_text(c, name))
        return name

    def definition(self, d: Definition) -> str:
        """Carry a class; returns its name in the emitted module."""
        name = self._name(d.statement, d.statement.name)
        if id(d.statement) not in self.written:
            self.written.add(id(d.statement))
            self.texts.append(self._definition_text(d.statement, d.home, name))
        return name

    def function(self, f: LocalFunction) -> str:
        """Carry a function that a class calls; returns its name in the emitted module."""
        home = getattr(f.scope.lookup_free, "__self__", None)
        assert isinstance(home, Module)
        name = self._name(f.tree, f.name)
        if id(f.tree) not in self.written:
            self.written.add(id(f.tree))
            if isinstance(f.tree, gast.Lambda):
                self.texts.append(f"{name} = {self._text(f.tree, home, self._uses(f.tree, home))}")
            else:
                self.texts.append(self._definition_text(f.tree, home, name))
        return name

    def _definition_text(self, node: Any, home: Module, name: str) -> str:
        """A class or function with its decorators."""
        uses = self._uses(node, home)
        parts = [(d, [u for u in uses if _place(d, home)[0] <= u[0] < _place(d, home)[1]]) for d in node.decorator_list]
        own = [u for u in uses if all(u not in inside for _, inside in parts)]
        text = re.sub(r"\A((?:class|def)\s+)\w+", rf"\g<1>{name}", self._text(node, home, own))
        return "\n".join([*(f"@{self._text(d, home, inside)}" for d, inside in parts), text])

    def _name(self, statement: Any, name: str) -> str:
        key = (id(statement), name)
        if key not in self.emitted:
            self.emitted[key] = self.names.fresh(name)
        return self.emitted[key]

    def _constant_text(self, c: Carried, name: str) -> str:
        s = c.statement
        value = s.value if isinstance(s, (gast.Assign, gast.AnnAssign)) else s
        edits = self._uses(value, c.home)
        if not isinstance(s, gast.Assign):
            return f"{name} = {self._text(value, c.home, edits)}"
        for target in (n for t in s.targets for n in gast.walk(t) if isinstance(n, gast.Name)):
            edits.append((*_place(target, c.home), self._name(s, target.id)))
        return self._text(s, c.home, edits)

    def _uses(self, node: Any, home: Module) -> list[Edit]:
        """Carry what an expression or class uses; the edits that call it by the names it has."""
        edits: list[Edit] = []
        for use in names_used(node, home.lookup):
            found = dotted_meaning(use, home.lookup)
            if isinstance(found, LocalFunction):
                edits.append((*_place(use, home), self.function(found)))
            if isinstance(use, gast.Name) and use.id == "__name__" and not isinstance(node, DEFINING):
                continue  # what a logger is called after
            if isinstance(found, Refusal) or (isinstance(found, Value) and isinstance(found.value, Namespace)):
                word = gast.unparse(use).strip()
                message = f"a class or function that the derivative carries uses `{word}`, which is not known"
                span = span_of(use, home.source)
                raise DifferentiationError(Diagnostic("AC018", span, message, (), "return numbers and arrays instead"))
            if isinstance(found, Carried):
                edits.append((*_place(use, home), self.constant(found)))
            elif isinstance(found, Value):
                known = home.files.classes.get(found.value) if isinstance(found.value, type) else None
                text = found.text if known is None else self.definition(known)
                edits.append((*_place(use, home), text))
        return edits

    @staticmethod
    def _text(node: Any, home: Module, edits: list[Edit]) -> str:
        """The text of a node with the edits made."""
        text = home.source.text
        first, end = _place(node, home)
        for start, stop, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[stop:]
            end += len(new) - (stop - start)
        return text[first:end]


def _place(node: Any, home: Module) -> tuple[int, int]:
    """Where a node begins and ends in its module's text; columns count UTF-8 bytes."""

    def offset(line: int, column: int) -> int:
        lines = home.source.lines
        before = sum(len(text) + 1 for text in lines[: line - 1])
        return before + len(lines[line - 1].encode()[:column].decode())

    return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)
