"""A corpus of small NumPy programs that the compiler has to differentiate.

Each program is an ordinary function, registered by the decorator `program` together with a sample
point, so that a test can run over all of them:

    for entry in all_programs():
        args = entry.example()
        entry.function(*args)

Every program is deterministic, smooth at its sample point, and takes arguments that share no
memory. `python -m tests.programs.check_primals` checks that. Some programs change their arguments,
so take fresh ones with `example()` for every run.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

Function = TypeVar("Function", bound=Callable[..., Any])
Sampler = Callable[[np.random.Generator], tuple[Any, ...]]

MODULES = (
    "scalars",
    "control",
    "calls",
    "indexing",
    "views",
    "mutation",
    "containers",
    "starred",
    "joined",
    "comprehensions",
    "container_methods",
    "shared_containers",
    "objects",
    "trees",
    "names",
    "matching",
    "made_functions",
    "held_functions",
    "updated_records",
    "generators",
    "iterators",
    "list_parts",
    "dict_entries",
    "collections_used",
    "rebound",
    "object_items",
    "exceptions",
    "contexts",
    "files",
    "dict_views",
    "functions_as_data",
    "as_written",
    "numpy_ops",
    "stored_by_functions",
    "effects",
    "design9",
    "kernels",
    "kernels_stencils",
    "kernels_linalg",
    "recursive_containers",
    "late_attributes",
    "sets_and_heaps",
    "held_iterators",
    "several_classes",
)


@dataclass(frozen=True)
class Program:
    """One function of the corpus, and what a test has to know about it."""

    name: str
    """Unique in its module: the function's own name, except for lambdas."""
    kind: str
    """The module it comes from, which is its theme."""
    function: Callable[..., Any]
    args: Sampler
    """Makes the arguments of the sample point."""
    wrt: int | tuple[int, ...] = 0
    """Position or positions of the parameters to differentiate by: floating point numbers and
    arrays, and containers of them (in which integers and bools are inert)."""
    of: str | None = None
    """The mutated parameter that is the output; None: the returned value is."""
    complex_step: bool = True
    """Whether the plain function is right for complex data: every floating array among the
    arguments, and every floating leaf of those named by `wrt`, made complex."""
    tags: tuple[str, ...] = ()
    """Words to select by; TAGS says what they mean."""
    raises: type[BaseException] | None = None
    """The exception that the program ends with, if it does: the derivative raises the same."""
    big: Sampler | None = None
    """Like `args`, at a size where the function takes a few milliseconds."""

    @property
    def id(self) -> str:
        return f"{self.kind}.{self.name}"

    @property
    def positions(self) -> tuple[int, ...]:
        """`wrt` as a tuple, even of one."""
        return self.wrt if isinstance(self.wrt, tuple) else (self.wrt,)

    @property
    def of_position(self) -> int | None:
        """The position of the parameter that `of` names."""
        if self.of is None:
            return None
        return list(inspect.signature(self.function).parameters).index(self.of)

    def example(self, seed: int = 0) -> tuple[Any, ...]:
        """Fresh arguments: the same ones for the same seed."""
        return self.args(np.random.default_rng(seed))

    def big_example(self, seed: int = 0) -> tuple[Any, ...]:
        """Fresh arguments for a benchmark."""
        if self.big is None:
            raise ValueError(f"{self.id} has no large size")
        return self.big(np.random.default_rng(seed))


TAGS = {
    "alias": "which memory a name means depends on the data or on a call",
    "closure": "reads variables of an enclosing function, or passes functions around",
    "complex": "complex numbers inside, real arguments and result",
    "comprehension": "a list comprehension or generator expression",
    "container": "tuples, lists or dicts as arguments, results, or changed in place",
    "design9": "from the list of programs that broke other designs",
    "global": "reads or writes module-level data",
    "integer-store": "stores active values into an integer array: derivative zero, with a warning",
    "kernel": "a PolyBench or stencil kernel in place, of a size to benchmark",
    "layout": "view or copy, depending on strides",
    "loop-else": "an else clause on a loop",
    "prints": "writes to standard output",
    "recursion": "calls itself",
    "repeats": "an index array that names a place more than once",
    "ufunc-method": "a method of a ufunc: np.add.at, np.add.reduce, np.multiply.outer",
    "ufunc-where": "the where= argument of a ufunc",
    "warns": "warns when run plainly: its derivative warns no more than that",
}

_registry: dict[tuple[str, str], Program] = {}


def program(
    args: Sampler,
    *,
    wrt: int | tuple[int, ...] = 0,
    of: str | None = None,
    complex_step: bool = True,
    tags: tuple[str, ...] = (),
    raises: type[BaseException] | None = None,
    big: Sampler | None = None,
    name: str | None = None,
) -> Callable[[Function], Function]:
    """Register the decorated function, and return it unchanged."""

    def register(function: Function) -> Function:
        own_name = name or function.__name__
        kind = function.__module__.rpartition(".")[2]
        unknown = set(tags) - TAGS.keys()
        if unknown:
            raise ValueError(f"{kind}.{own_name}: unknown tags {sorted(unknown)}")
        if (kind, own_name) in _registry:
            raise ValueError(f"two programs are called {kind}.{own_name}")
        _registry[kind, own_name] = Program(own_name, kind, function, args, wrt, of, complex_step, tags, raises, big)
        return function

    return register


def all_programs() -> list[Program]:
    """Every program: module by module in the order of MODULES, then in the order of definition."""
    for module in MODULES:
        importlib.import_module(f"{__name__}.{module}")
    return sorted(_registry.values(), key=lambda entry: MODULES.index(entry.kind))
