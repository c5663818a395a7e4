"""How helpers are registered with Numba, and what they ask of its types."""

from __future__ import annotations

import functools
from typing import Any

from numba import types
from numba.extending import intrinsic, overload


def compiled_as(stub: Any, **options: Any) -> Any:
    """Decorator of a function that picks, by Numba's types of the arguments, what stands for ``stub`` in compiled code."""

    def register(choose: Any) -> Any:
        choose.__annotations__ = {}  # Numba compares signatures, annotations included

        @functools.wraps(choose)
        def chosen(*args: Any, **kwargs: Any) -> Any:
            found = choose(*args, **kwargs)
            if found is not None:
                found.__annotations__ = {}
            return found

        chosen.__annotations__ = {}
        overload(stub, **options)(chosen)
        return choose

    return register


def inlined(generate: Any) -> Any:
    """Decorator of what writes LLVM code: Numba's ``intrinsic``, as a function that type checkers take any arguments of."""
    found: Any = intrinsic(generate)
    return found


def made(text: str, name: str, **names: Any) -> Any:
    """The function ``name`` of a text that is written for one number of axes."""
    namespace = dict(names)
    exec(text, namespace)
    return namespace[name]


def of_items(x: Any, word: str, helper: Any) -> Any:
    """What stands for a helper of a tuple: a tuple of the same class, of what the helper makes of each item."""
    items = "".join(f"{word}(x[{k}]), " for k in range(len(items_of(x))))
    named = isinstance(x, types.BaseNamedTuple)
    text = f"def each(x):\n    return {'cls' if named else ''}({items})"
    return made(text, "each", **{word: helper, "cls": getattr(x, "instance_class", None)})


def is_array(t: Any) -> bool:
    """Whether a Numba type is an array's."""
    return isinstance(t, types.Array)


def items_of(t: Any) -> tuple[Any, ...]:
    """The types of a tuple's items."""
    return tuple(t.types) if hasattr(t, "types") else (t.dtype,) * t.count


def is_number(t: Any) -> bool:
    """Whether a Numba type is a number's (a bool counts as one)."""
    return isinstance(t, (types.Number, types.Boolean))


def is_absent(t: Any) -> bool:
    """Whether a Numba type is that of ``None``, or of an argument left out."""
    return t is None or isinstance(t, (types.NoneType, types.Omitted)) and getattr(t, "value", None) is None
