"""Helpers of generated code for Numba: the same functions as in ``runtime``, compiled for the types they are called with.

A helper is a function under its usual name, which stands for NumPy's version, and an overload, which picks an
implementation by type. Only the modules of this package import Numba at once: nothing imports them before that is needed.
"""

import hashlib
from pathlib import Path

from adjoint_compiler.backend.numba.helpers.broadcasting import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.checks import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.contractions import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.dicts import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.elementwise import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.frames import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.gradients import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.indexing import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.linalg import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.list_shadows import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.memory import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.moving import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.ordering import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.pieces import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.reductions import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.sequences import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.shadows import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.structures import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.tangents import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.tapes import *  # noqa: F403
from adjoint_compiler.backend.numba.helpers.transcendental import *  # noqa: F403

NAMES = frozenset(n for n in globals() if not n.startswith("_") and n not in ("hashlib", "Path"))
DIGEST = hashlib.sha256(b"".join(p.read_bytes() for p in sorted(Path(__file__).parent.glob("*.py")))).hexdigest()[:12]
