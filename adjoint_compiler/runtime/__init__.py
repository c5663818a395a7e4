"""The few helpers emitted code may need: small, dependency-free, copied into emitted modules by name.

Every helper is an operation of the IR with a rule of its own, so that emitted code can be differentiated again.
"""

from adjoint_compiler.runtime.broadcasting import *  # noqa: F403
from adjoint_compiler.runtime.broadcasting import guarded, spread, unbroadcast, valued
from adjoint_compiler.runtime.checks import *  # noqa: F403
from adjoint_compiler.runtime.contractions import *  # noqa: F403
from adjoint_compiler.runtime.custom import *  # noqa: F403
from adjoint_compiler.runtime.dependencies import *  # noqa: F403
from adjoint_compiler.runtime.dependency_products import *  # noqa: F403
from adjoint_compiler.runtime.directions import *  # noqa: F403
from adjoint_compiler.runtime.fourier import *  # noqa: F403
from adjoint_compiler.runtime.indexing import *  # noqa: F403
from adjoint_compiler.runtime.library_values import *  # noqa: F403
from adjoint_compiler.runtime.linalg import *  # noqa: F403
from adjoint_compiler.runtime.memory import *  # noqa: F403
from adjoint_compiler.runtime.moving import *  # noqa: F403
from adjoint_compiler.runtime.ordering import *  # noqa: F403
from adjoint_compiler.runtime.partials import *  # noqa: F403
from adjoint_compiler.runtime.polynomials import *  # noqa: F403
from adjoint_compiler.runtime.reductions import *  # noqa: F403
from adjoint_compiler.runtime.scipy_images import *  # noqa: F403
from adjoint_compiler.runtime.scipy_integrate import *  # noqa: F403
from adjoint_compiler.runtime.scipy_linalg import *  # noqa: F403
from adjoint_compiler.runtime.scipy_objects import *  # noqa: F403
from adjoint_compiler.runtime.scipy_signal import *  # noqa: F403
from adjoint_compiler.runtime.scipy_special import *  # noqa: F403
from adjoint_compiler.runtime.scipy_stats import *  # noqa: F403
from adjoint_compiler.runtime.series import *  # noqa: F403
from adjoint_compiler.runtime.shaping import *  # noqa: F403
from adjoint_compiler.runtime.shares import *  # noqa: F403
from adjoint_compiler.runtime.structures import *  # noqa: F403

__all__ = ["guarded", "spread", "unbroadcast", "valued"]
