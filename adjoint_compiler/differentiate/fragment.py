"""What differentiation yields for one statement: a fragment. Control flow nests fragments as it nests statements."""

from __future__ import annotations

from dataclasses import dataclass, field

from adjoint_compiler.analysis.uses import Path
from adjoint_compiler.ir.nodes import Statement


@dataclass
class Fragment:
    """One primal statement and its reverse.

    Attributes:
        statement: the primal statement.
        path: where it stands in the program.
        reverse: its reverse code, in the order it runs (leaves only).
        blocks: the fragments of nested blocks, by label, in execution order.
        save: what the forward sweep does just before the statement, so that ``restore`` can undo it.
        locate: recomputes the index and the buffer that ``restore`` needs, first thing in the reverse.
        restore: undoes the statement's overwriting.
        prepare: recomputes values, after ``restore`` and before ``reverse``.
    """

    statement: Statement
    path: Path
    reverse: list[Statement] = field(default_factory=list)
    blocks: dict[str, FragmentBlock] = field(default_factory=dict)
    save: list[Statement] = field(default_factory=list)
    locate: list[Statement] = field(default_factory=list)
    restore: list[Statement] = field(default_factory=list)
    prepare: list[Statement] = field(default_factory=list)


@dataclass
class FragmentBlock:
    """The fragments of one block.

    Attributes:
        path: the block's path.
        fragments: one per statement, in program order.
        in_loop: whether the block runs once per iteration of some loop.
        record: end of the block's forward sweep: what goes on tapes.
        recall: start of the block's reverse sweep: what comes back from tapes.
        enter: then: adjoints that start at zero.
        prepare: values recomputed for ``enter``.
    """

    path: Path
    fragments: list[Fragment]
    in_loop: bool
    record: list[Statement] = field(default_factory=list)
    recall: list[Statement] = field(default_factory=list)
    enter: list[Statement] = field(default_factory=list)
    prepare: list[Statement] = field(default_factory=list)
    start: list[Statement] = field(default_factory=list)

    def walk(self) -> list[FragmentBlock]:
        """This block and all nested ones, inner ones first."""
        out: list[FragmentBlock] = []
        for fragment in self.fragments:
            for inner in fragment.blocks.values():
                out += inner.walk()
        out.append(self)
        return out

    def size(self) -> int:
        """How many statements of reverse code there are."""
        return sum(len(b.enter) + sum(len(fr.reverse) for fr in b.fragments) for b in self.walk())
