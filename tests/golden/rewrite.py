"""Write the golden files anew: `python -m tests.golden.rewrite [NAME ...]`, from the repository's root."""

from __future__ import annotations

import sys

import adjoint_compiler as ac

from . import FOLDER, NAMES, load


def rewrite(names: list[str]) -> tuple[list[str], list[str]]:
    """Write the expected files of the programs; the names of the files that changed, and what was refused."""
    changed, refused = [], []
    for name in names:
        golden = load(name)
        try:
            texts = golden.written()
        except ac.DifferentiationError as error:
            refused.append(str(error))
            continue
        for form in texts:
            path = golden.expected(form)
            if not path.exists() or path.read_text(encoding="utf-8") != texts[form]:
                path.write_text(texts[form], encoding="utf-8", newline="\n")
                changed.append(path.name)
    return changed, refused


def remove_orphans() -> list[str]:
    """Delete expected files whose program is gone; their names."""
    gone = [p for p in sorted(FOLDER.glob("*.*.py")) if p.name.split(".")[0] not in NAMES]
    for path in gone:
        path.unlink()
    return [path.name for path in gone]


def main(arguments: list[str]) -> int:
    unknown = [name for name in arguments if name not in NAMES]
    if unknown:
        print(f"no such program: {', '.join(unknown)}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    changed, refused = rewrite(arguments or NAMES)
    for name in changed:
        print(f"wrote {name}")
    for name in remove_orphans():
        print(f"removed {name}")
    print("\n\n".join(refused), file=sys.stderr, end="\n" if refused else "")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
