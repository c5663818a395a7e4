"""Find loads: views that are read only before the next store to their class, which so behave like values.

row = A[i]
x = np.sum(row)          row is a load: what is stored into A comes after its last use
A[i] = x
"""

from __future__ import annotations

from functools import cached_property

from adjoint_compiler.analysis.indexing import operand_type
from adjoint_compiler.analysis.places import Layout, Place, Places
from adjoint_compiler.analysis.typing import Types
from adjoint_compiler.analysis.views import view_rule, viewed
from adjoint_compiler.ir.nodes import Bind, Call, Pack, Program, Push, Store, Update
from adjoint_compiler.ir.types import UNKNOWN, is_container


class LoadFinder:
    """Finds the loads of a program (see the module's text)."""

    def __init__(self, program: Program, types: Types, classes: dict[str, int], places: dict[str, Places]) -> None:
        self.program, self.types, self.classes, self.places = program, types, classes, places
        self.statements = program.statements
        self.stores: dict[int, list[int]] = {}
        self.stored_names: set[str] = set()
        for number, s in enumerate(self.statements):
            if isinstance(s, (Store, Update, Call)):
                stored = s.stored
                self.stored_names.update(stored)
                for c in {classes[n] for n in stored}:
                    self.stores.setdefault(c, []).append(number)

    @cached_property
    def layout(self) -> Layout:
        """Where statements are within blocks."""
        return Layout(self.program)

    def is_load(self, s: Bind) -> bool:
        """Whether the view that a statement binds is a load."""
        rule, base = view_rule(s), viewed(s)
        if s.op == "copy" or rule is None or base is None or rule.view_kind == "same":
            return False
        if is_container(operand_type(base, self.types)):  # an item, or the shadow found in a table of them
            return False
        if not self.places[s.target].is_own():
            return False
        at = self.places[s.target].defs[0]
        views = self.derived_views(at, s.target)
        if views is None or views & self.stored_names:
            return False
        uses = [u for n in views for u in self.places[n].uses]
        return not uses or not self._stored_between(at, max(uses), self.classes[s.target])

    def _stored_between(self, at: Place, last: int, cls: int) -> bool:
        """Whether a class is stored into after a definition and before, or in the same compound statement as, its last use."""
        stores = [k for k in self.stores.get(cls, ()) if at.number < k < at.end]
        if not stores:
            return False
        first, end = self.layout.holder(at, last)
        return any(k < end and k != first for k in stores)

    def derived_views(self, at: Place, name: str) -> frozenset[str] | None:
        """The name and every view made of it; None when one escapes the run of the block (into a container, past its end)."""
        views, work = {name}, [name]
        while work:
            for s in (self.statements[k] for k in self.places[work.pop()].uses):
                if (
                    isinstance(s, (Push, Call))
                    or isinstance(s, Store)
                    and is_container(self.types.get(s.target, UNKNOWN))
                ):
                    return None
                if isinstance(s, Bind) and s.target not in views:
                    if s.op == "copy" and isinstance(s.args[0], Pack):
                        return None
                    if s.op == "copy" or view_rule(s) is not None:
                        views.add(s.target)
                        work.append(s.target)
        own = all(
            len(self.places[n].defs) == 1 and all(at.start <= u < at.end for u in self.places[n].uses) for n in views
        )
        return frozenset(views) if own else None
