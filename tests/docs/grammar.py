"""Python's grammar, node by node, as docs/language.md tells it: what each node is, and a program that shows what becomes of it.

The programs are those of the page, which `test_language` runs; `test_grammar` compares the table with the nodes that
`gast` knows, and with the programs.
"""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
from dataclasses import dataclass
from typing import Any

import gast

START, END = "<!-- grammar: written by python -m tests.docs.rewrite -->\n", "<!-- end of grammar -->"

# How each node is written; what is not among them must be in NEVER_MET or LATER.
WRITTEN = {
    # statements
    "FunctionDef": "`def`", "AsyncFunctionDef": "`async def`", "ClassDef": "`class`", "Return": "`return`",
    "Delete": "`del`", "Assign": "`a = b`", "AugAssign": "`a += b`", "AnnAssign": "`a: float = b`", "For": "`for`",
    "AsyncFor": "`async for`", "While": "`while`", "If": "`if`", "With": "`with`", "AsyncWith": "`async with`",
    "Match": "`match`", "Raise": "`raise`", "Try": "`try`", "Assert": "`assert`",
    "Import": "`import`", "ImportFrom": "`from ... import`", "Global": "`global`", "Nonlocal": "`nonlocal`",
    "Expr": "an expression alone, a docstring", "Pass": "`pass`", "Break": "`break`", "Continue": "`continue`",
    # expressions
    "BoolOp": "`and`, `or`", "NamedExpr": "`(a := b)`", "BinOp": "`a * b`", "UnaryOp": "`-a`", "Lambda": "`lambda`",
    "IfExp": "`a if c else b`", "Dict": "`{k: a}`", "Set": "`{a, b}`", "ListComp": "`[e for a in v]`",
    "SetComp": "`{e for a in v}`", "DictComp": "`{k: e for a in v}`", "GeneratorExp": "`(e for a in v)`",
    "Await": "`await`", "Yield": "`yield`", "YieldFrom": "`yield from`", "Compare": "`a < b`", "Call": "`f(a)`",
    "FormattedValue": "`{a:.1f}` in an f-string", "JoinedStr": "an f-string", "Constant": "`2.0`, `\"text\"`, `None`",
    "Attribute": "`a.b`", "Subscript": "`a[i]`", "Starred": "`*a`", "Name": "`a`", "List": "`[a, b]`",
    "Tuple": "`(a, b)`", "Slice": "`i:j:k`",
    # operators
    "And": "`and`", "Or": "`or`", "Add": "`+`", "Sub": "`-`", "Mult": "`*`", "MatMult": "`@`", "Div": "`/`", "Mod": "`%`",
    "Pow": "`**`", "LShift": "`<<`", "RShift": "`>>`", "BitOr": "`a \\| b`", "BitXor": "`^`", "BitAnd": "`&`",
    "FloorDiv": "`//`", "Invert": "`~`", "Not": "`not`", "UAdd": "`+a`", "USub": "`-a`", "Eq": "`==`", "NotEq": "`!=`",
    "Lt": "`<`", "LtE": "`<=`", "Gt": "`>`", "GtE": "`>=`", "Is": "`is`", "IsNot": "`is not`", "In": "`in`",
    "NotIn": "`not in`",
    # parts
    "Load": "a name that is read", "Store": "a name that is bound", "Del": "a name that is deleted",
    "Param": "a parameter", "comprehension": "`for a in v if c` of a comprehension", "arguments": "the parameters of a function",
    "keyword": "`f(k=a)`", "alias": "`import a as b`", "withitem": "`with a as b`", "match_case": "`case`",
    "ExceptHandler": "`except`", "MatchValue": "`case 1`", "MatchSingleton": "`case None`", "MatchSequence": "`case [a, b]`",
    "MatchMapping": "`case {k: a}`", "MatchClass": "`case float()`", "MatchStar": "`case [a, *b]`", "MatchAs": "`case _`, `case a`",
    "MatchOr": "`case 1 \\| 2`", "Module": "a file",
}  # fmt: skip
# What carries no derivative by its nature: it is run, or read, as it is.
INERT = frozenset(
    "Assert Raise Import ImportFrom Global Nonlocal Pass JoinedStr FormattedValue Set SetComp LShift RShift BitOr BitXor"
    " BitAnd Invert Not Is IsNot In NotIn alias".split()
)
# What no file of Python 3 contains.
NEVER_MET = {
    "Interactive": "the prompt", "Expression": "`eval`", "FunctionType": "comments that give types", "Suite": "Jython",
    "Print": "Python 2", "Exec": "Python 2", "Repr": "Python 2", "AugLoad": "Python 2", "AugStore": "Python 2",
    "type_ignore": "comments that give types",
}  # fmt: skip
# What only newer versions of Python can parse: the version, and what becomes of it.
LATER = {
    "TryStar": ("`except*`", "3.11", "refused (AC001)"),
    "TypeAlias": ("`type A = float`", "3.12", "inert"), "TypeVar": ("`def f[T]`", "3.12", "inert"),
    "ParamSpec": ("`def f[**P]`", "3.12", "inert"), "TypeVarTuple": ("`def f[*T]`", "3.12", "inert"),
    "TemplateStr": ("`t\"{a}\"`", "3.14", "refused (AC001)"), "Interpolation": ("`{a}` in it", "3.14", "refused (AC001)"),
}  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A program of the page: its name, whether it is supported, its kinds of nodes, and those that earn a code."""

    name: str
    supported: bool
    kinds: frozenset[str]
    refused: dict[str, str]


def node_names() -> list[str]:
    """Every kind of node that `gast` knows, those with kinds of their own below them left out."""
    classes = {n: c for n, c in vars(gast).items() if inspect.isclass(c) and issubclass(c, gast.AST)}
    bases = {b for c in classes.values() for b in c.__mro__[1:]}
    return [n for n, c in classes.items() if c not in bases]


@functools.cache
def programs(page: str) -> tuple[Program, ...]:
    """The programs of the page, in order; helpers among them count where they stand."""
    out, chapter = [], ""
    for part in re.split(r"^(?=#)|^(?=```python)", page, flags=re.MULTILINE):
        if part.startswith("## "):
            chapter = part.splitlines()[0][3:]
        elif part.startswith("```python\n") and chapter in ("Supported", "Refused"):
            text = part[10 : part.index("```", 10)]
            marks = {k: m[1] for k, line in enumerate(text.splitlines(), 1) if (m := re.search(r"# (AC\d{3})$", line))}
            for node in gast.parse(text).body:
                if isinstance(node, (gast.FunctionDef, gast.AsyncFunctionDef)):
                    inside = {k: c for k, c in marks.items() if node.lineno <= k <= node.end_lineno}
                    kinds = frozenset(type(n).__name__ for n in gast.walk(node))
                    out.append(Program(node.name, chapter == "Supported", kinds, _refused(node, inside)))
    return tuple(out)


def shown_by(name: str, found: tuple[Program, ...]) -> tuple[str, str]:
    """What becomes of a kind of node, and the program that shows it; empty if none does."""
    if name == "Module":
        return "supported", "all of this page"
    for p in found:
        if p.supported and name in p.kinds:
            return "inert" if name in INERT else "supported", p.name
    for p in found:
        if name in p.refused:
            return f"refused ({p.refused[name]})", p.name
    return "", ""


def _refused(tree: Any, codes: dict[int, str]) -> dict[str, str]:
    """The kinds of nodes that earn a code: at their own line, or as parts of a statement that is refused as a whole."""
    out: dict[str, str] = {}

    def visit(node: Any, around: str) -> None:
        code = codes.get(getattr(node, "lineno", 0), "")
        if code:
            out.setdefault(type(node).__name__, code)
        elif around:
            out.setdefault(type(node).__name__, around)
        for child in gast.iter_child_nodes(node):
            visit(child, code if code and isinstance(node, gast.stmt) else around)

    visit(tree, "")
    return out


def grammar_table(page: str) -> str:
    """The table of the page."""
    found = programs(page)
    rows = ["", "| node | written | what becomes of it | shown by |", "|---|---|---|---|"]
    for name, written in WRITTEN.items():
        status, program = shown_by(name, found)
        rows.append(f"| {name} | {written} | {status} | {program.replace('_', ' ')} |")
    rows += [f"| {n} | {written} | {status} | (Python {version}) |" for n, (written, version, status) in LATER.items()]
    never = ", ".join(f"{n} ({why})" for n, why in NEVER_MET.items())
    return "\n".join([*rows, "", *textwrap.wrap(f"Not met in files of Python 3: {never}.", 110), "", ""])


def language_page(page: str) -> str:
    """The page with its table renewed."""
    return re.sub(f"{START}.*?{END}", lambda _: START + grammar_table(page) + END, page, flags=re.DOTALL)
