"""IR to a Python tree in the forms that Numba compiles: no ``reversed``, no ``np.add.at``."""

from __future__ import annotations

import ast
from typing import Any

from adjoint_compiler.backend import spelling
from adjoint_compiler.backend.emit import Emitter
from adjoint_compiler.ir.nodes import Const, For, Name, Update


class NumbaEmitter(Emitter):
    """Writes one function for Numba."""

    def counted(self, s: For) -> Any:
        """A loop; one that runs backwards counts down, one whose trips may run together says so."""
        loop = super().counted(s)
        if s.parallel:
            loop.iter.func = ast.Attribute(spelling.name("numba"), "prange")
        if s.backward:
            loop.iter = self._downwards(s)
        return loop

    def _downwards(self, s: For) -> Any:
        """``range`` in the opposite order, for steps known to be one or minus one; else a helper finds the last counter."""
        start, stop = self.operand(s.start), self.operand(s.stop)
        if s.step == Const(1):
            return _range(_shifted(stop, -1), _shifted(start, -1), -1)
        if s.step == Const(-1):
            return _range(_shifted(stop, 1), _shifted(start, 1), 1)
        return spelling.call(spelling.name("backwards"), [start, stop, self.operand(s.step)], [])

    def update(self, s: Update) -> Any:
        """An update; entries that may repeat are added one by one."""
        if s.op != "scatter_add":
            return super().update(s)
        at = self.operand(s.index) if s.index is not None else ast.Constant(Ellipsis)
        args = [self.operand(Name(s.target)), at, self.operand(s.value)]
        return ast.Expr(spelling.call(spelling.name("scatter_add"), args, []))


def _range(start: Any, stop: Any, step: int) -> Any:
    args = [start, stop] + ([] if step == 1 else [spelling.constant(step)])
    return spelling.call(spelling.name("range"), args, [])


def _shifted(node: Any, by: int) -> Any:
    """``node + by``, a literal where ``node`` is one."""
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = -node.operand.value if isinstance(node.operand.value, int) else None
    if isinstance(value, int):
        return spelling.constant(value + by)
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and isinstance(node.right.value, int):
        sign = 1 if isinstance(node.op, ast.Add) else -1 if isinstance(node.op, ast.Sub) else 0
        total = sign * node.right.value + by
        if sign and total == 0:
            return node.left
        if sign:
            return ast.BinOp(node.left, ast.Add() if total > 0 else ast.Sub(), ast.Constant(abs(total)))
    return ast.BinOp(node, ast.Add() if by > 0 else ast.Sub(), ast.Constant(abs(by)))
