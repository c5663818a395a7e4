"""Every program of docs/language.md: supported ones against differences, refused ones by line and code."""

from __future__ import annotations

import ast
import bisect
import collections
import contextlib
import copy
import csv
import functools
import heapq
import inspect
import io
import itertools
import json
import linecache
import logging
import math
import operator
import os
import random
import re
import tempfile
import threading
import types
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import adjoint_compiler as ac
from adjoint_compiler.diagnostics import CODES, DifferentiationError
from tests.regressions import check

DOCUMENT = Path(__file__).parents[2] / "docs" / "language.md"


@dataclass(frozen=True)
class Section:
    """A heading's programs: their text, and whether they stand under "Supported"."""

    title: str
    text: str
    supported: bool


def read_sections() -> list[Section]:
    out, chapter, title = [], "", ""
    for part in re.split(r"^(?=#)|^(?=```python)", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE):
        if part.startswith("## "):
            chapter = title = part.splitlines()[0][3:]
        elif part.startswith("### "):
            title = part.splitlines()[0][4:]
        elif part.startswith("```python"):
            out.append(Section(title, part[10 : part.index("```", 10)], chapter == "Supported"))
    return out


SECTIONS = read_sections()
HELPERS = (
    "square",
    "fill",
    "horner",
    "call_with",
    "repeated",
    "damped",
    "partial_sums",
    "all_but_the_last",
    "both",
    "cached",
    "halved",
    "relaxed",
)  # called by programs, not programs themselves
PROGRAMS = [
    (section, node.name)
    for section in SECTIONS
    for node in ast.parse(section.text).body
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name not in HELPERS
]
SUPPORTED = [pair for pair in PROGRAMS if pair[0].supported]
REFUSED = [pair for pair in PROGRAMS if not pair[0].supported]


def arguments(function: Any) -> tuple[Any, ...]:
    """An argument for every parameter, by its name."""
    rng = np.random.default_rng(3)
    values = {
        "x": 1.3,
        "y": 2.1,
        "n": 3,
        "v": np.array([0.7, 1.2, 0.9, 1.4]),
        "w": np.array([1.1, 0.6, 1.5, 0.8]),
        "A": rng.uniform(0.5, 1.5, (4, 4)),
        "index": np.array([2, 0, 3, 1]),
        "flag": True,
        "p": {"w": np.array([0.3, -0.2, 0.5, 0.1]), "b": 0.8},
        "L": [np.array([0.7, 1.2, 0.9, 1.4]), np.array([1.1, 0.6])],
    }
    parameters = list(inspect.signature(function).parameters.values())
    more = [0.4, 1.7] if any(p.kind is p.VAR_POSITIONAL for p in parameters) else []
    return (*(values[p.name] for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD), *more)


def load(section: Section, name: str) -> Any:
    """The function, as if its section were a file."""
    file = f"<language: {section.title.lower()}>"
    linecache.cache[file] = (len(section.text), None, section.text.splitlines(keepends=True), file)
    space = {
        m.__name__: m
        for m in (
            bisect,
            contextlib,
            copy,
            csv,
            functools,
            heapq,
            io,
            itertools,
            json,
            logging,
            math,
            operator,
            os,
            random,
            re,
            tempfile,
            threading,
            types,
            warnings,
        )
    }
    space |= {cls.__name__: cls for cls in (collections.Counter, collections.defaultdict, collections.deque)}
    space.update(np=np, ac=ac, __name__="language")
    exec(compile(section.text, file, "exec"), space)
    return space[name]


@pytest.mark.parametrize(("section", "name"), SUPPORTED, ids=[name for _, name in SUPPORTED])
def test_supported(section, name):
    function = load(section, name)
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(function, *arguments(function))


@pytest.mark.parametrize(("section", "name"), REFUSED, ids=[name for _, name in REFUSED])
def test_refused(section, name):
    function = load(section, name)
    lines = section.text.splitlines()
    (node,) = [n for n in ast.parse(section.text).body if getattr(n, "name", "") == name]
    expected = [
        (k, match[1])
        for k in range(node.lineno, node.end_lineno + 1)
        if (match := re.search(r"# (AC\d{3})$", lines[k - 1]))
    ]
    with pytest.raises(DifferentiationError) as caught:
        ac.grad(function)(*arguments(function))
    assert expected and [(d.span.line, d.code) for d in caught.value.diagnostics] == expected


def test_there_are_programs():
    assert len(SUPPORTED) >= 35 and len(REFUSED) >= 18


def test_codes_exist():
    assert set(re.findall(r"AC\d{3}", DOCUMENT.read_text(encoding="utf-8"))) <= set(CODES)
