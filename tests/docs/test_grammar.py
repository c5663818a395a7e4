"""docs/language.md lists every node of Python's grammar, and a program that is run shows what it says of each."""

from __future__ import annotations

import re
import sys
from dataclasses import replace

import gast
import pytest

import adjoint_compiler as ac
from adjoint_compiler.diagnostics import CODES
from adjoint_compiler.frontend.lower import lower_tree
from adjoint_compiler.frontend.scope import MISSING
from adjoint_compiler.frontend.source import source_of

from . import test_language
from .grammar import INERT, LATER, NEVER_MET, WRITTEN, grammar_table, node_names, programs, shown_by
from .rewrite import DOCS

PAGE = (DOCS / "language.md").read_text(encoding="utf-8")
ROWS = {
    name: (status, program.replace(" ", "_"))
    for name, status, program in re.findall(r"^\| (\w+) \| .* \| ([a-z][^|]*) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    if name != "node"
}
RUN = {name: section.supported for section, name in test_language.PROGRAMS}


def test_every_node_is_listed_once():
    assert set(node_names()) <= {*WRITTEN, *NEVER_MET, *LATER}
    assert not (WRITTEN.keys() & NEVER_MET.keys() or WRITTEN.keys() & LATER.keys() or NEVER_MET.keys() & LATER.keys())
    assert set(ROWS) == {*WRITTEN, *LATER} and set(WRITTEN) >= INERT


def test_the_table_is_up_to_date():
    assert grammar_table(PAGE).strip() in PAGE, "out of date: python -m tests.docs.rewrite"


@pytest.mark.parametrize("name", [n for n in WRITTEN if n != "Module"])
def test_a_program_that_is_run_contains_the_node(name):
    status, program = ROWS[name]
    assert (status, program) == shown_by(name, programs(PAGE))
    (found,) = [p for p in programs(PAGE) if p.name == program and p.supported == (status in ("supported", "inert"))]
    assert name in found.kinds
    if program in RUN:
        assert RUN[program] == found.supported
    else:  # a helper: some program that is run calls it
        assert program in test_language.HELPERS and any(
            re.search(rf"\b{program}\b", s.text) for s in test_language.SECTIONS
        )
    if not found.supported:
        code = re.fullmatch(r"refused \((AC\d{3})\)", status)[1]
        assert code in CODES and code == found.refused[name]


@pytest.mark.parametrize("name", NEVER_MET)
def test_what_no_file_contains_is_in_no_program(name):
    assert shown_by(name, programs(PAGE)) == ("", "")


# -- nodes of newer versions of Python, made by hand where this one cannot parse them -----------------------------------


def template(x):
    y = x * x
    return y


def faults(change):
    """What is refused of the template once its tree is changed."""
    source = source_of(template)
    change(source.tree)
    for node in gast.walk(source.tree):
        if not hasattr(node, "lineno"):
            gast.copy_location(node, source.tree.body[0])
    lowered = lower_tree(replace(source), lambda name: MISSING, "template", {}, {}, template)
    return [d.code for d in lowered.faults]


def name(text):
    return gast.Name(text, gast.Load(), None, None)


def test_nothing_is_refused_of_the_template():
    assert faults(lambda tree: None) == []


@pytest.mark.parametrize("kind", [n for n, (_, _, status) in LATER.items() if status != "inert" and hasattr(gast, n)])
def test_newer_nodes_are_refused(kind):
    handler = [gast.ExceptHandler(name("ValueError"), None, [gast.Pass()])]
    interpolation = [gast.Interpolation(name("x"), "x", -1, None)] if hasattr(gast, "Interpolation") else []
    made = {
        "TryStar": lambda: gast.TryStar([gast.Pass()], handler, [], []),
        "TypeAlias": lambda: gast.TypeAlias(gast.Name("A", gast.Store(), None, None), [], name("x")),
        "TemplateStr": lambda: gast.Assign(
            [gast.Name("t", gast.Store(), None, None)], gast.TemplateStr(interpolation), None
        ),
        "Interpolation": lambda: gast.Assign([gast.Name("t", gast.Store(), None, None)], interpolation[0], None),
    }[kind]()
    code = re.fullmatch(r"refused \((AC\d{3})\)", LATER[kind][2])[1]
    assert set(faults(lambda tree: tree.body.insert(0, made))) == {code}


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters came with Python 3.12")
def test_type_parameters_are_inert(tmp_path):
    path = tmp_path / "generic.py"
    path.write_text(
        "def f[T, *Ts, **P](x: T):\n    def square[U](y: U) -> U:\n        return y * y\n    return square(x) * x\n",
        encoding="utf-8",
    )
    space = {}
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), space)
    assert ac.grad(space["f"])(2.0) == 12.0
