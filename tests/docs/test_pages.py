"""The pages agree with the code, with each other, and with the files they point to."""

from __future__ import annotations

import re

import pytest

from adjoint_compiler.pipeline import PASSES

from .rewrite import DOCS, errors_page, index_page, lints_page

PAGES = sorted(DOCS.rglob("*.md"))
ADVICE = "out of date: python -m tests.docs.rewrite"
# the words that code and documents are to use: section 8 of the design
WORDS = """primal tangent adjoint seed active varied useful recorded tape shadow value buffer container view
    primitive rule partial specialization"""
PHRASES = ("forward sweep", "reverse sweep", "joint form", "split form", "public pair", "internal pair")


def read(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_errors_are_those_of_the_table():
    assert read("errors.md") == errors_page(), ADVICE


def test_lints_are_those_of_the_table():
    assert read("lints.md") == lints_page(), ADVICE


def test_index_lists_every_pass_in_order():
    text = read("index.md")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [name for name, _, _ in PASSES], ADVICE
    assert text == index_page(text), ADVICE


def test_glossary_has_every_word_once():
    words = re.findall(r"^\| \*\*([^*]+)\*\* \|", read("glossary.md"), re.MULTILINE)
    assert len(set(words)) == len(words)
    assert set(WORDS.split()) | set(PHRASES) <= set(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_lines_are_short(page):
    for line in page.read_text(encoding="utf-8").splitlines():
        assert len(line) <= 130 or line.startswith("|"), line
