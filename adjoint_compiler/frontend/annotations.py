"""Types written by people: annotations and signature strings.

x: float     n: int     A: "float64[:, :]"
"""

from __future__ import annotations

import inspect
import re
from typing import Any

import numpy as np

from adjoint_compiler.ir.types import BOOL, COMPLEX, FLOAT, INT, STR, Type, array_type, scalar_type

SIMPLE = {"float": FLOAT, "int": INT, "bool": BOOL, "complex": COMPLEX, "str": STR}


def parse_annotation(annotation: Any) -> Type | None:
    """The type an annotation stands for; None for one that tells nothing.

    >>> str(parse_annotation("float64[:, :]")), str(parse_annotation(int))
    ('float64[:,:]', 'int')
    """
    if annotation is inspect.Parameter.empty or annotation is None:
        return None
    if isinstance(annotation, type):
        if issubclass(annotation, np.generic):
            return scalar_type(annotation)
        return SIMPLE.get(annotation.__name__) if annotation.__module__ == "builtins" else None
    return parse_type(annotation) if isinstance(annotation, str) else None


def parse_type(text: str) -> Type | None:
    """``"float64[:, :]"`` as a type; None for what is no type.

    >>> str(parse_type("int64[:]")), parse_type("spam")
    ('int64[:]', None)
    """
    text = text.strip().strip("'\"")
    if text in SIMPLE:
        return SIMPLE[text]
    match = re.fullmatch(r"(?:np\.|numpy\.)?([a-z]+[0-9]*)\[([:,\s]*)\]", text)
    if not match:
        return None
    try:
        dtype = np.dtype({"float": "float64", "int": "int64", "complex": "complex128"}.get(match[1], match[1]))
    except TypeError:
        return None
    return array_type(dtype, match[2].count(":"))


def parse_signature_text(text: str) -> dict[str, Type]:
    """``"x: float64[:], n: int"`` as types by name; ``ValueError`` for an entry that is no type.

    >>> {k: str(v) for k, v in parse_signature_text("x: float64[:], n: int").items()}
    {'x': 'float64[:]', 'n': 'int'}
    """
    out: dict[str, Type] = {}
    for entry in re.split(r",(?![^\[]*\])", text):
        if not entry.strip():
            continue
        name, _, spelled = entry.partition(":")
        t = parse_type(spelled)
        if t is None:
            raise ValueError(f"{spelled.strip()!r} is no type; write float, int, or float64[:, :]")
        out[name.strip()] = t
    return out
