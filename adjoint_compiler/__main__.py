"""``python -m adjoint_compiler``."""

import os
import sys


def leave_working_directory() -> None:
    """Import nothing from the working directory: the files there are read, and may come from anyone."""
    here = os.path.realpath(os.curdir)
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    if sys.path and os.path.realpath(sys.path[0] or os.curdir) == here != package:
        del sys.path[0]


if __name__ == "__main__":
    leave_working_directory()
    from adjoint_compiler.cli import main

    sys.exit(main())
