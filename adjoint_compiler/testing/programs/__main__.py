"""``python -m adjoint_compiler.testing.programs``."""

import sys

from adjoint_compiler.testing.programs.command_line import main

if __name__ == "__main__":
    sys.exit(main())
