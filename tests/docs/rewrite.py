"""Write the generated parts of the documents anew: `python -m tests.docs.rewrite`, from the root."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from adjoint_compiler.diagnostics import CODES, LINTS, Code, Lint
from adjoint_compiler.pipeline import PASSES

from .coverage import coverage_page
from .grammar import language_page

DOCS = Path(__file__).parents[2] / "docs"
START, END = "<!-- passes: written by python -m tests.docs.rewrite -->\n", "<!-- end -->"

HEAD = """# Errors

What the compiler refuses, by code. Each program earns its code at the line marked (where that is the call of a derivative,
because of what is passed or comes out, the message points at the function); the program below it is the same put right.
Both stand after `import numpy as np` and `import adjoint_compiler as ac`.

All problems of a function and of the functions it calls come in one `DifferentiationError`, before anything runs. Its
`diagnostics` are a list, by file, line and column: each has a `code`, a `span` (`file`, `line`, `col`, `end_line`,
`end_col`), a `message`, `notes`, `help`, and `callers`, the calls that lead to a fault in a helper; `to_dict()` gives JSON
types, `error.to_json()` all of them, and `error.show()` prints them, in colours on a terminal.

*Written by `python -m tests.docs.rewrite` from `adjoint_compiler/diagnostics/codes.py`.*
"""


def entry(code: str, what: Code) -> str:
    """One code as Markdown."""
    parts = [f"## {code}: {what.title}", "\n".join(textwrap.wrap(what.explanation, 110))]
    if what.example:
        parts += [f"```python\n{what.example}\n```", f"```python\n{what.fix}\n```"]
    return "\n\n".join(parts)


def errors_page() -> str:
    """docs/errors.md."""
    return "\n\n".join([HEAD.rstrip(), *(entry(code, what) for code, what in CODES.items())]) + "\n"


LINTS_HEAD = """# Lints

What is differentiated right, and may still not be what was meant. The first program of each code earns it at the line
marked, the second does not; both stand after `import numpy as np`, `import math` and `import adjoint_compiler as ac`.

Some are told as `ac.DifferentiationWarning`, once for each compilation. The others, which ordinary programs are full of,
are only listed, by `ac.grad(f).explain(*example_args)` and by `adjoint-compiler explain FILE:FUNC`.

To silence one, write `# ac: ignore[ACW01]` in a line of its statement (`# ac: ignore` silences all there), or use the
filters of `warnings`: the code stands at the front of the text.

```python
import warnings

warnings.filterwarnings("ignore", "ACW04", ac.DifferentiationWarning)
```

*Written by `python -m tests.docs.rewrite` from `adjoint_compiler/diagnostics/lint_codes.py`.*
"""


def lint_entry(code: str, what: Lint) -> str:
    """One lint as Markdown."""
    told = "Told as a warning." if what.warned else "Only listed by `explain`."
    text = "\n".join(textwrap.wrap(f"{what.explanation} {told}", 110))
    return "\n\n".join(
        [f"## {code}: {what.title}", text, f"```python\n{what.example}\n```", f"```python\n{what.instead}\n```"]
    )


def lints_page() -> str:
    """docs/lints.md."""
    return "\n\n".join([LINTS_HEAD.rstrip(), *(lint_entry(code, what) for code, what in LINTS.items())]) + "\n"


def passes_table() -> str:
    """The passes in order, as a Markdown table."""
    rows = [f"| `{name}` | {text} |" for name, text, _ in PASSES]
    return "\n".join(["", "| pass | what it does |", "|---|---|", *rows, "", ""])


def index_page(text: str) -> str:
    """docs/index.md with its table of passes renewed."""
    return re.sub(f"{START}.*?{END}", lambda _: START + passes_table() + END, text, flags=re.DOTALL)


def main() -> None:
    index = DOCS / "index.md"
    index.write_text(index_page(index.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    language = DOCS / "language.md"
    language.write_text(language_page(language.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
    (DOCS / "errors.md").write_text(errors_page(), encoding="utf-8", newline="\n")
    (DOCS / "coverage.md").write_text(coverage_page(), encoding="utf-8", newline="\n")
    (DOCS / "lints.md").write_text(lints_page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
