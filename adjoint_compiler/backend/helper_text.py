"""The text of runtime helpers for emitted modules: without annotations, docstrings cut to their summary.

def half(x: Any) -> Any:                     def half(x):
    '''Half of x.                               '''Half of x.'''
                                      ->         return x / 2
    Returns: a number.
    '''
    return x / 2
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import re
from collections.abc import Iterable
from types import FunctionType, ModuleType

from adjoint_compiler import runtime

REMARK = re.compile(r"  # (type: ignore|noqa|fmt:).*$", re.MULTILINE)
Edit = tuple[int, int, str]


def helpers_of(names: Iterable[str]) -> tuple[FunctionType, ...]:
    """The helpers of these names and all that they call, by name.

    >>> [f.__name__ for f in helpers_of(["with_fields", "letters"])]
    ['field_names', 'instance', 'letters', 'with_fields']
    """
    found: dict[str, FunctionType] = {}
    work = [getattr(runtime, name) for name in names]
    while work:
        function = work.pop()
        if function.__name__ not in found:
            found[function.__name__] = function
            work += [v for v in _globals_of(function).values() if isinstance(v, FunctionType)]
    return tuple(found[name] for name in sorted(found))


def modules_of(helper: FunctionType) -> dict[str, ModuleType]:
    """The modules that a helper uses, by the names it calls them.

    >>> list(modules_of(runtime.letters)), list(modules_of(runtime.shadow))
    ([], ['np'])
    """
    return {n: v for n, v in _globals_of(helper).items() if isinstance(v, ModuleType)}


@functools.cache
def helper_text(helper: FunctionType) -> str:
    """A helper's definition for emitted modules.

    >>> helper_text(runtime.letters).splitlines()[0]
    'def letters():'
    """
    return plain_text(inspect.getsource(helper))


def plain_text(text: str) -> str:
    """The text of a function without annotations, with docstrings cut to their summary.

    >>> plain_text("def f(x: int = 2) -> int:\\n    return x")
    'def f(x=2):\\n    return x'
    """
    edits: list[Edit] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            edits += _signature_edits(node, text)
            edits += _docstring_edits(node, text)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            edits.append((_end(node.target, text), _start(node.value, text), " = "))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return REMARK.sub("", text)


def _globals_of(helper: FunctionType) -> dict[str, object]:
    """What a helper reads of its module, in the order of its text."""
    tree = ast.parse(helper_text(helper))
    own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    own |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name != helper.__name__}
    read = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and n.id not in own and not hasattr(builtins, n.id)]
    return {name: helper.__globals__[name] for name in dict.fromkeys(read)}


def _signature_edits(node: ast.FunctionDef, text: str) -> list[Edit]:
    args = node.args
    positional = [*args.posonlyargs, *args.args]
    defaults: list[ast.expr | None] = [*[None] * (len(positional) - len(args.defaults)), *args.defaults]
    pairs = [*zip(positional, defaults, strict=True), *zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    pairs += [(a, None) for a in (args.vararg, args.kwarg) if a is not None]
    out: list[Edit] = []
    for arg, default in pairs:
        if arg.annotation is not None:
            name_end = _offset(text, arg.lineno, arg.col_offset) + len(arg.arg)
            if default is None:
                out.append((name_end, _end(arg.annotation, text), ""))
            else:
                out.append((name_end, _start(default, text), "="))
    if node.returns is not None:
        arrow = text.rindex("->", 0, _start(node.returns, text))
        out.append((len(text[:arrow].rstrip()), _end(node.returns, text), ""))
    return out


def _docstring_edits(node: ast.FunctionDef, text: str) -> list[Edit]:
    if ast.get_docstring(node) is None:
        return []
    start, end = _start(node.body[0], text), _end(node.body[0], text)
    summary = text[start : end - 3].split("\n\n")[0].rstrip()
    return [(start, end, summary + text[end - 3 : end])]


def _offset(text: str, line: int, column: int) -> int:
    """The place of a line and a column in UTF-8 bytes."""
    lines = text.split("\n")
    return sum(len(earlier) + 1 for earlier in lines[: line - 1]) + len(lines[line - 1].encode()[:column].decode())


def _start(node: ast.AST, text: str) -> int:
    return _offset(text, getattr(node, "lineno"), getattr(node, "col_offset"))  # noqa: B009


def _end(node: ast.AST, text: str) -> int:
    return _offset(text, getattr(node, "end_lineno"), getattr(node, "end_col_offset"))  # noqa: B009
