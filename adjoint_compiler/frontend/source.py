"""The text of a function, and the tree of exactly that function.

A code object knows its file and first line, not its text: the file may have been edited since it was
imported, and a line may hold several lambdas. So the text is compiled again, and a candidate is taken only
if it compiles to the very instructions of the function; text that does not is refused, never guessed at.
"""

from __future__ import annotations
import __future__

import ast
import functools
import importlib.util
import inspect
import linecache
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn, TypeAlias

import gast
import numpy as np

from adjoint_compiler.diagnostics import Diagnostic, DifferentiationError, display_file
from adjoint_compiler.frontend.declared_types import refuse_declared_types
from adjoint_compiler.frontend.kept_texts import kept_texts
from adjoint_compiler.ir.nodes import NOWHERE, Span

FunctionNode: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda"
LATER = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
KIND = LATER | inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
BUILTIN = (np.ufunc, *map(type, (np.sum, len, str.upper, str.__len__, "".__len__)))
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True, eq=False)
class Source:
    """A function as it was written.

    ``text`` is to be shown: the function, or the statement around a lambda, without decorators and
    indentation; ``lines`` are those lines in the file. What only a live function has is empty if nothing ran.
    """

    file: str  # the name Python knows it by
    first_line: int  # of the `def`, or of the statement a lambda stands in
    text: str
    lines: tuple[str, ...]
    tree: Any  # the function's own node, without decorators; line numbers are the file's
    name: str  # `<lambda>` for a lambda
    qualname: str  # with the classes and functions around it
    globals: dict[str, Any] = field(default_factory=dict)
    closure: dict[str, types.CellType] = field(default_factory=dict)
    function: types.FunctionType | None = None  # for its defaults and annotations
    owner: Any = None  # what a method is bound to
    dispatcher: Any = None  # the Numba dispatcher it was taken from


def source_of(function: Callable[..., Any], generators: bool = False) -> Source:
    """The source of a function, lambda, method, static method or Numba dispatcher.

    A wrapper made by a decorator is what Python runs, so it is the wrapper's source that is found; a
    decorator that is still at work on the function (``@ac.grad``) is left out of the tree. ``generators`` lets
    functions with ``yield`` pass.

    Raises:
        DifferentiationError: AC006 without source to be trusted, AC016 for generators and coroutines,
            AC019 for objects that are no Python functions.

    >>> import textwrap
    >>> source_of(textwrap.dedent).tree.name
    'dedent'
    """
    plain, owner, dispatcher = _unwrap(function)
    refuse_declared_types(dispatcher)
    if hasattr(plain, "linear_in"):
        _refuse(plain, "was made by `ac.vjp` outside of what is differentiated", "write `lambda g: pullback(g)`")
    code, name, file = plain.__code__, plain.__name__, display_file(plain.__code__.co_filename)
    if not file.startswith("<"):  # made-up names have no file to be compared with, and would be dropped
        linecache.checkcache(code.co_filename)
    text = "".join(linecache.getlines(code.co_filename, plain.__globals__))
    if not text and file.startswith("<"):
        text = _kept_text(plain)
    if not text and file.startswith("<"):
        _refuse(plain, "has no source: what is typed in, or made by exec, is not kept", "write it in a file")
    if not text:
        _refuse(plain, f"has no source: {file} cannot be read", "keep the .py file with its .pyc")
    try:
        found = _find(text, code, getattr(code, "co_qualname", plain.__qualname__))
        if found is None:
            _refuse(plain, f"is not in {file} as it was compiled", "the file has changed: import it again")
        source = _make(text, code.co_filename, found, name)
    except UNPARSABLE as fault:
        _refuse(plain, f"is in a file that cannot be parsed: {fault}", "correct it and import it again")
    if code.co_name != "<lambda>":
        source.tree.decorator_list = []
    if code.co_flags & LATER and not (generators and code.co_flags & LATER == inspect.CO_GENERATOR):
        kind = "a generator" if code.co_flags & inspect.CO_GENERATOR else "an async function"
        _refuse(plain, f"is {kind}", "return the values instead", "AC016", span_of(source.tree, source))
    closure = dict(zip(code.co_freevars, plain.__closure__ or (), strict=True))
    live = replace(source, globals=plain.__globals__, closure=closure, function=plain)
    return replace(live, owner=owner, dispatcher=dispatcher)


def _kept_text(f: types.FunctionType) -> str:
    """A text that Python did not keep with the function, and that compiles to it; empty if there is none."""
    for text in kept_texts(f):
        try:
            if _find(text, f.__code__, getattr(f.__code__, "co_qualname", f.__qualname__)) is not None:
                return text
        except UNPARSABLE:
            continue
    return ""


def parse_module(path: str) -> Any:
    """The ``gast.Module`` of a file, which is parsed, never run; raises as ``module_source`` does."""
    return module_source(path).tree


def module_source(path: str) -> Source:
    """A whole file as a ``Source`` whose tree is its ``gast.Module``; it is read and parsed, never run.

    Raises:
        DifferentiationError: AC006 when it cannot be read, AC001 when it is not Python.
    """
    try:
        with open(path, "rb") as file:
            text = importlib.util.decode_source(file.read())
        return Source(path, 1, text, tuple(text.split("\n")), gast.parse(text), "<module>", "<module>")
    except OSError as fault:
        problem = Diagnostic("AC006", Span(path), f"{display_file(path)} cannot be read: {fault.strerror}")
    except UNPARSABLE as fault:
        line, text = getattr(fault, "lineno", 0) or 0, getattr(fault, "text", "") or ""
        span = Span(path, line, len(text) - len(text.lstrip()), len(text.rstrip()), text.rstrip(), line)
        problem = Diagnostic("AC001", span, f"{display_file(path)} cannot be parsed: {getattr(fault, 'msg', fault)}")
    raise DifferentiationError(problem)


def span_of(node: Any, source: Source, caller: Span | None = None, statement: Span | None = None) -> Span:
    """Where a node of ``source.tree`` stands, statements that hold others without these; columns count characters, not bytes.

    ``caller`` and ``statement`` are what the span says of them.

    >>> import textwrap
    >>> source = source_of(textwrap.dedent)
    >>> span_of(source.tree, source).text
    'def dedent(text):'
    """
    line = getattr(node, "lineno", 0)
    text = _line_at(source, line)
    col = _characters(text, getattr(node, "col_offset", 0))
    end_line: int = getattr(node, "end_lineno", None) or line
    if end_line > line and isinstance(getattr(node, "body", None), list):
        return Span(source.file, line, col, len(text.rstrip()), text, line, caller, statement)
    more = tuple([_line_at(source, k) for k in range(line + 1, end_line + 1)])
    end_col = _characters(more[-1] if more else text, getattr(node, "end_col_offset", None) or 0)
    return Span(source.file, line, col, end_col, text, end_line, caller, statement, more)


def _line_at(source: Source, number: int) -> str:
    inside = 0 <= number - source.first_line < len(source.lines)
    return source.lines[number - source.first_line] if inside else ""


def _characters(text: str, column: int) -> int:
    """A column in characters, given in bytes."""
    return column if text.isascii() else len(text.encode()[:column].decode(errors="replace")) or column


def _unwrap(function: Any) -> tuple[types.FunctionType, Any, Any]:
    """The function behind a method, static method or dispatcher; what it is bound to; the dispatcher."""
    inner, owner, dispatcher = function, None, None
    while not isinstance(inner, types.FunctionType):
        if isinstance(inner, types.MethodType):
            owner, inner = inner.__self__, inner.__func__
        elif isinstance(inner, staticmethod):
            inner = inner.__func__
        elif _is_dispatcher(inner):
            dispatcher, inner = inner, inner.py_func
        else:
            _refuse_object(inner)
    return inner, owner, dispatcher


def _is_dispatcher(value: Any) -> bool:
    """A compiled function that has its Python form (``numba.njit``); not a ufunc, not a kernel."""
    if isinstance(value, type) or hasattr(value, "nin") or hasattr(value, "__getitem__"):
        return False
    return isinstance(getattr(value, "py_func", None), types.FunctionType)


def _refuse_object(value: Any) -> NoReturn:
    code, what = "AC019", f"an object of type {type(value).__name__} is not a Python function"
    if isinstance(value, BUILTIN):
        name = getattr(value, "__name__", "it")
        code, what = "AC006", f"`{name}` is a library function, without Python source to differentiate"
    advice = "use a def or lambda that calls it" if callable(value) else "pass a function"
    raise DifferentiationError(Diagnostic(code, NOWHERE, what, help=advice))


def _refuse(f: Any, what: str, advice: str, code: str = "AC006", span: Span | None = None) -> NoReturn:
    span = span or Span(f.__code__.co_filename, f.__code__.co_firstlineno)
    raise DifferentiationError(Diagnostic(code, span, f"`{f.__name__}` {what}", help=advice))


@dataclass(frozen=True)
class _Found:
    """A function of a text: node, qualified name, first and last line to show, and code once compiled."""

    node: FunctionNode
    qualname: str
    first: int
    last: int
    code: types.CodeType | None = None


def _make(text: str, file: str, found: _Found, name: str) -> Source:
    lines = tuple(text.split("\n")[found.first - 1 : found.last])
    indent = lines[0][: len(lines[0]) - len(lines[0].lstrip())]
    shown = "\n".join(line.removeprefix(indent) for line in lines)
    return Source(file, found.first, shown, lines, gast.ast_to_gast(found.node), name, found.qualname)


def _find(text: str, code: types.CodeType, qualname: str) -> _Found | None:
    """The node that compiles to the code: at its line or, if lines have moved, the only one of its name."""
    is_lambda = code.co_name == "<lambda>"
    table = _compiled(text, code.co_flags & __future__.annotations.compiler_flag, is_lambda)
    own = _fingerprint(code)
    same = [c for c in table if _fingerprint(c.code) == own]
    here = [c for c in same if _first_line(c.node) == code.co_firstlineno]
    if is_lambda and len(here) > 1:  # any would do: take the one the columns point at
        here = [c for c in here if _within(code, c.node)] or here
    rewritten = any(n.startswith("@py") for c in _codes(code) for n in c.co_names)  # asserts, by pytest
    if not here and rewritten:
        place = (code.co_name, code.co_firstlineno)
        here = [c for c in table if (getattr(c.node, "name", ""), _first_line(c.node)) == place]
    moved = [c for c in same if c.qualname == qualname]
    return here[0] if here else moved[0] if len(moved) == 1 else None


@functools.lru_cache(maxsize=16)
def _compiled(text: str, flags: int, lambdas: bool) -> tuple[_Found, ...]:
    """Every ``def`` (or every lambda) of a text with its code object.

    A ``def`` is known by its name and first line. Lambdas of a line share both, so while compiling each is
    moved, as a whole, to lines of its own: the instructions of an expression stay the same.
    """
    height = text.count("\n") + 2
    with warnings.catch_warnings():  # they were given when Python read it
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
        found = [f for f in _functions(tree) if isinstance(f.node, ast.Lambda) == lambdas]
        if lambdas:
            _place(found, height, apart=True)
        module = compile(tree, "<text>", "exec", flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    codes = {(c.co_name, c.co_firstlineno): c for c in _codes(module)}
    known = [replace(f, code=codes.get((getattr(f.node, "name", "<lambda>"), _first_line(f.node)))) for f in found]
    if lambdas:
        _place(found, height, apart=False)
    return tuple(f for f in known if f.code is not None)  # the compiler drops what stands under `if 0`


def _place(found: list[_Found], height: int, apart: bool) -> None:
    """Move functions ``height`` lines apart, more than the text has, or back to where they were."""
    for place, f in enumerate(found, 1):
        node: Any
        for node in (n for n in ast.walk(f.node) if hasattr(n, "lineno")):
            node.lineno = node.lineno % height + place * height * apart
            node.end_lineno = node.end_lineno % height + place * height * apart


def _functions(node: ast.AST, prefix: str = "", statement: ast.stmt | None = None) -> Iterator[_Found]:
    """Every function of a tree; a lambda is shown with the simple statement it stands in."""
    for child in ast.iter_child_nodes(node):
        inside, around = prefix, child if isinstance(child, ast.stmt) else statement
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            name = getattr(child, "name", "<lambda>")
            shown = child if around is None or hasattr(around, "body") else around
            yield _Found(child, prefix + name, shown.lineno, shown.end_lineno or shown.lineno)
            inside = f"{prefix}{name}.<locals>."
        elif isinstance(child, ast.ClassDef):
            inside = f"{prefix}{child.name}."
        yield from _functions(child, inside, around)


def _first_line(node: Any) -> int:
    """The line its code object names: that of the first decorator, if there is one."""
    return min(int(n.lineno) for n in (node, *getattr(node, "decorator_list", [])))


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _fingerprint(constant: Any) -> Any:
    """What decides the meaning of a code object (or of one of its constants), lines and files left out."""
    if isinstance(constant, types.CodeType):
        return (
            (constant.co_name, constant.co_argcount, constant.co_posonlyargcount, constant.co_kwonlyargcount),
            (constant.co_flags & KIND, constant.co_code, constant.co_names, constant.co_varnames),
            (constant.co_freevars, constant.co_cellvars, getattr(constant, "co_exceptiontable", b"")),
            tuple(map(_fingerprint, constant.co_consts)),
        )
    if isinstance(constant, tuple):
        return tuple(map(_fingerprint, constant))
    if isinstance(constant, frozenset):
        return ("frozenset", tuple(sorted(map(repr, constant))))
    return (type(constant), repr(constant))


def _within(code: types.CodeType, node: FunctionNode) -> bool:
    """Whether the columns its instructions come from (known since Python 3.11) lie in the lambda's body."""
    body: Any = node.body
    first, last = (body.lineno, body.col_offset), (body.end_lineno, body.end_col_offset)
    positions = code.co_positions() if hasattr(code, "co_positions") else ()
    known = [p for p in positions if None not in p and p[2:] != (0, 0)]
    return all(first <= (p[0], p[2]) and (p[1], p[3]) <= last for p in known)
