"""Random NumPy programs, for testing the compiler against numerical differences.

``generate`` writes a plain function that stores, updates, aliases, loops and branches at random, and yet is
bounded and smooth at its arguments; ``check_program`` compares its compiled gradient with central differences
and with the unoptimized one; ``shrink`` deletes what a failure does not need. From the command line:

    python -m adjoint_compiler.testing.programs --count 300 --seed 0
"""

from __future__ import annotations

import argparse
import ast
import functools
import hashlib
import itertools
import linecache
import random
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import numpy as np

Shape = tuple[int, ...]
Gradient = list[Any]
MIN_LINES, MAX_LINES = 5, 30
STEPS = (1e-3, 5e-4, 2.5e-4, 1.25e-4)  # of central differences; a kink within the first shows in them
SMOOTH = 1e-7  # spread of the extrapolated differences of a smooth program, relative to the derivative
LARGEST, SMALLEST = 1e3, 1e-3  # of values and derivatives; of the largest derivative
TOLERANCE = 1e-6  # between derivative and differences, relative to the largest entry (at least 1)
CONSISTENT = 1e-10  # the same between two optimization levels
MAX_EVENTS = 200_000  # lines run after which a program that was cut down is taken to run for ever


# -- programs ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GeneratedProgram:
    """A function, its source, and a point at which it is smooth.

    Attributes:
        source: the text of a module that defines ``f`` and the functions it calls.
        values: the arguments; arrays are nested lists.
        wrt: positions of the arguments to differentiate by.
        seed: what ``generate`` made the program from.
        function: ``f``, compiled; ``inspect.getsource`` finds its text.
    """

    source: str
    values: tuple[Any, ...]
    wrt: tuple[int, ...]
    seed: int = 0
    function: Callable[..., Any] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "function", _load(self.source, self.seed))

    @property
    def args(self) -> tuple[Any, ...]:
        """The arguments, made anew at each access: the program may change them.

        >>> p = GeneratedProgram("def f(v, n): return v[0] * n", ([0.5, 2.0], 3), (0,))
        >>> p.args, float(p.function(*p.args))
        ((array([0.5, 2. ]), 3), 1.5)
        """
        return tuple(np.array(v) if isinstance(v, list) else v for v in self.values)

    def listing(self) -> str:
        """The source and the arguments, as text that can be pasted into a test.

        >>> print(GeneratedProgram("def f(v, n): return v[0] * n", ([0.5, 2.0], 3), (0,)).listing())
        def f(v, n): return v[0] * n
        <BLANKLINE>
        args = [np.array([0.5, 2.0]), 3]
        wrt = (0,)
        """
        args = ", ".join(f"np.array({v})" if isinstance(v, list) else repr(v) for v in self.values)
        return f"{self.source.rstrip()}\n\nargs = [{args}]\nwrt = {self.wrt}"


def _load(source: str, seed: int) -> Callable[..., Any]:
    digest = hashlib.sha256(source.encode()).hexdigest()[:8]
    file = f"<random program {seed} {digest}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": f"random_program_{digest}"}
    exec(compile(source, file, "exec"), namespace)
    function: Callable[..., Any] = namespace["f"]
    return function


def generate(seed: int) -> GeneratedProgram:
    """A random program: 5 to 30 lines, bounded, smooth at its arguments; the same one for the same seed.

    >>> p = generate(2)
    >>> p == generate(2), p == generate(3), bool(np.isfinite(p.function(*p.args)))
    (True, False, True)
    """
    for attempt in itertools.count():
        rng = random.Random(f"{seed} {attempt}")
        writer = _Writer(rng)
        source = writer.write()
        if not MIN_LINES <= sum(bool(line) for line in source.splitlines()) <= MAX_LINES:
            continue
        program = GeneratedProgram(source, tuple(writer.values.values()), writer.wrt(), seed)
        gradient = differences(program)
        if gradient is not None and max(np.max(np.abs(g)) for g in gradient) > SMALLEST:
            return program
    raise AssertionError("unreachable")


# -- differences ---------------------------------------------------------------------------------------------


def differences(program: GeneratedProgram) -> Gradient | None:
    """The gradient by central differences; None where the program is not smooth and bounded.

    Entry by entry, differences at neighbouring steps of a grid are extrapolated to zero (L. F. Richardson,
    1911), and of the extrapolations the two that agree best are taken.

    >>> gradient = differences(GeneratedProgram("def f(x, n): return x**n", (2.0, 3), (0,)))
    >>> [round(float(g), 9) for g in gradient]
    [12.0]
    >>> differences(GeneratedProgram("def f(x): return abs(x - 1.0)", (1.0003,), (0,))) is None
    True
    """
    try:
        with np.errstate(divide="raise", over="raise", invalid="raise"), warnings.catch_warnings():
            warnings.simplefilter("error")
            value = program.function(*program.args)
            if np.shape(value) != () or not abs(value) < LARGEST:
                return None
            gradient = [_differences_by(program, position) for position in program.wrt]
    except (ArithmeticError, ValueError, Warning):
        return None
    return None if any(g is None for g in gradient) else gradient


def _differences_by(program: GeneratedProgram, position: int) -> Any:
    shape = np.shape(program.values[position])
    out = np.zeros(shape)
    for place in np.ndindex(*shape):
        slopes = [_slope(program, position, place, h) for h in STEPS]
        better = [(4 * b - a) / 3 for a, b in itertools.pairwise(slopes)]
        spread, best = min((abs(a - b), b) for a, b in itertools.pairwise(better))
        if not (spread <= SMOOTH * (1 + abs(best)) and abs(best) < LARGEST):
            return None
        if not abs(slopes[0] - slopes[1]) <= 1e-2 * (1 + abs(best)):
            return None
        out[place] = best
    return out


def _slope(program: GeneratedProgram, position: int, place: Shape, h: float) -> float:
    ends = []
    for step in (h, -h):
        args = list(program.args)
        if place:
            args[position][place] += step
        elif isinstance(args[position], np.ndarray):
            args[position] = args[position] + step
        else:
            args[position] += step
        ends.append(float(program.function(*args)))
    return (ends[0] - ends[1]) / (2 * h)


# -- writing programs ----------------------------------------------------------------------------------------

# Templates of expressions; {a} and {b} are operands, {c} is a constant. All are smooth and none grows fast.
UNARY = (
    "np.sin({a})", "np.cos({a})", "np.tanh({a})", "np.arctan({a})", "np.exp(-({a}) ** 2)", "({a}) * {c}",
    "np.sqrt(1.0 + ({a}) ** 2)", "np.log(2.0 + np.cos({a}))", "1.0 / (1.5 + np.sin({a}))", "({a}) + {c}",
    "(2.0 + np.cos({a})) ** 1.5", "np.square(np.sin({a}))", "-({a})",
)  # fmt: skip
SCALAR_UNARY = ("math.sin({a})", "math.tanh({a})", "math.sqrt(1.0 + ({a}) ** 2)")
BROADCASTING = ("({a}) + ({b})", "({a}) - ({b})", "({a}) * ({b})", "({a}) / (1.5 + ({b}) ** 2)")
BINARY = (
    *BROADCASTING, "({a}) * np.cos({b})", "np.arctan2({a}, 2.0 + np.cos({b}))", "np.multiply({a}, {b})",
    "(2.0 + np.sin({a})) ** np.tanh({b})", "{c} * ({a}) + ({b})", "np.hypot({a}, 1.0 + np.cos({b}) ** 2)",
)  # fmt: skip
ARRAY_BINARY = ("np.where(({a}) > {c}, {a}, {b})", "np.where(({b}) < {c}, np.sin({a}), {b})")
REDUCTIONS = (
    "np.sum({a})",
    "{a}.sum()",
    "np.mean({a})",
    "{a}.mean()",
    "np.sum({a} ** 2)",
    "np.sum(np.sin({a}))",
)
PRODUCTS = ("np.dot({a}, {b})", "{a} @ ({b})", "np.sum({a} * ({b}))")
FRESH = ("{a}.copy()", "np.zeros_like({a})", "np.array({a})", "1.0 * {a}")
UPDATES = ("+= {e}", "-= {e}", "*= np.cos({e})", "/= 1.5 + ({e}) ** 2", "+= {c} * ({e})", "*= {c}")

# Views of an array by its rank; {i} and {j} index its axes.
VIEWS = {
    1: ("{a}", "{a}[::-1]", "{a}[::2]", "{a}[1:]", "{a}[:-1]", "{a}[:2]", "{a}.reshape(2, -1)"),
    2: ("{a}", "{a}[::-1]", "{a}[:, ::-1]", "{a}[::2]", "{a}[1:]", "{a}[:, 1:]", "{a}[:2]", "{a}[{i}, 1:]",
        "{a}[{i}]", "{a}[{i}]", "{a}[{i}]", "{a}[:, {j}]", "{a}[:, {j}]", "{a}.T", "{a}.reshape(-1)"),
}  # fmt: skip

# Stores whose two sides share memory: into any array, into matrices, into square ones.
OVERLAPPING = (
    "{a}[1:] = {a}[:-1]",
    "{a}[:-1] = {a}[1:] * {c}",
    "{a}[1:] += {c} * {a}[:-1]",
    "{a}[:] = {a}[::-1]",
)
OVERLAPPING_COLUMNS = ("{a}[:, 1:] = {a}[:, :-1]", "{a}[:, 1:] *= np.cos({a}[:, :-1])")
OVERLAPPING_SQUARE = ("{a}[...] = {a}.T", "{a} += {c} * {a}.T")

# Functions that programs call, by kind: "map" takes anything and returns the like, "scalar" takes numbers,
# "pair" returns two; the others take an array first: "mutate" changes it, "change" changes and returns it,
# "pick" returns an item of it.
HELPERS = {
    "blend": ("map", """\
def blend(a, b):
    return a * np.cos(b) + 0.5 * b"""),
    "squash": ("map", """\
def squash(a, b):
    t = a - b
    t = t / (1.0 + t * t)
    return t"""),
    "damp": ("scalar", """\
def damp(a, b):
    if a > 0.35:
        return np.tanh(a) * b
    return 0.5 * a"""),
    "iterate": ("scalar", """\
def iterate(a, b):
    for k in range(5):
        if k == 3:
            return a
        a = np.sin(a) + 0.3 * b
    return b"""),
    "turn": ("pair", """\
def turn(a, b):
    c = np.cos(b)
    return a * c, a - c"""),
    "bump": ("mutate", """\
def bump(V, s):
    V[0] = np.sin(V[-1]) * s
    V[1:] *= 0.7"""),
    "settle": ("mutate", """\
def settle(V, s):
    V *= 0.8
    V += 0.2 * s"""),
    "exchange": ("mutate", """\
def exchange(V, s):
    V[0], V[1] = V[1] * s, V[0]"""),
    "pick": ("pick", """\
def pick(V, k):
    return V[k]"""),
    "relax": ("change", """\
def relax(V, s):
    for k in range(1, len(V)):
        V[k] += 0.5 * s * V[k - 1]
    return V"""),
    "push": ("change", """\
def push(V, s):
    V[1:] = V[:-1]
    V[0] = V[0] * s
    return V"""),
}  # fmt: skip
CALLS = {"map": 3, "scalar": 2, "pair": 2, "mutate": 4, "pick": 2, "change": 2}
HELPER_LINES = {name: source.count("\n") + 1 for name, (_, source) in HELPERS.items()}

# Kinds of statements, by how often they are tried; each is a method of _Writer.
STATEMENTS = {
    "bind_scalar": 5, "bind_array": 5, "bind_view": 6, "update_scalar": 4, "update_array": 4, "store_item": 5,
    "store_view": 5, "update_view": 5, "store_overlapping": 3, "scatter": 3, "swap": 2, "unpack": 2,
    "call": 4, "choose": 2, "branch": 5, "loop": 7, "loop_while": 2, "return_early": 1,
}  # fmt: skip


@functools.cache
def shape_of(template: str, shape: Shape) -> Shape | None:
    """The shape of a view of an array; None if there is no such view, or nothing in it.

    >>> shape_of("{a}[:, {j}]", (2, 3)), shape_of("{a}.reshape(2, -1)", (3,)), shape_of("{a}[1:]", (1,))
    ((2,), None, None)
    """
    try:
        view = eval(template.format(a="a", i=0, j=0), {"a": np.empty(shape)})
    except ValueError:
        return None
    return view.shape if view.size else None


def tidy(expression: str) -> str:
    """An expression without the parentheses it does not need.

    >>> tidy("((a)) * ((b) + (c))")
    'a * (b + c)'
    """
    return ast.unparse(ast.parse(expression, mode="eval"))


class _Variables:
    """The variables of the program being written, and random choices among them.

    Attributes:
        shapes: variables that hold floats, the one bound or stored into last at the end; () for numbers.
        limits: integer expressions; their values are at least 0 and less than this.
        values: the parameters.
    """

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.shapes: dict[str, Shape] = {}
        self.limits: dict[str, int] = {}
        self.values: dict[str, Any] = {}
        self.taken = {*HELPERS, "f", "n", "idx", "np", "math"}
        self.add_parameters()

    def add_parameters(self) -> None:
        columns, rows = self.rng.randint(3, 5), self.rng.randint(2, 4)
        if self.chance(0.3):
            rows = columns
        shapes: dict[str, Shape] = {"x": (), "y": (), "v": (columns,), "w": (columns,), "A": (rows, columns)}
        for name, shape in shapes.items():
            if name in ("x", "v") or self.chance(0.6):
                self.touch(name, shape)
                self.values[name] = self.random_values(shape)
        least = min(columns, rows)
        if self.chance(0.3):
            self.values["idx"] = [self.rng.randrange(least) for _ in range(self.rng.randint(2, 3))]
        self.values["n"] = self.rng.choice((0, 1, 2, 2, 3, 3) if least > 2 else (1, 2))

    def random_values(self, shape: Shape) -> Any:
        if not shape:
            return round(self.rng.uniform(-1.2, 1.2), 2)
        return [self.random_values(shape[1:]) for _ in range(shape[0])]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def pick(self, choices: Sequence[str]) -> str:
        return self.rng.choice(choices)

    def recent(self, names: Sequence[str]) -> str:
        """One of some variables, often the most recent."""
        return names[-1] if self.chance(0.35) else self.pick(names)

    def numbers(self) -> list[str]:
        return self.of_shape(())

    def arrays(self, rank: int | None = None, least: int = 1) -> list[str]:
        """Arrays, of a rank if one is given, with at least so many items."""
        ranks = (1, 2) if rank is None else (rank,)
        return [name for name, shape in self.shapes.items() if len(shape) in ranks and shape[0] >= least]

    def of_shape(self, shape: Shape) -> list[str]:
        return [name for name, s in self.shapes.items() if s == shape]

    def touch(self, name: str, shape: Shape | None = None) -> None:
        """Note that a variable was bound (to a value of a shape) or stored into."""
        before = self.shapes.pop(name, ())
        self.shapes[name] = before if shape is None else shape
        self.taken.add(name)

    def fresh(self, stem: str) -> str:
        """A name that the program has not used yet."""
        numbered = itertools.chain((stem,), (f"{stem}{k}" for k in itertools.count(2)))
        name = next(name for name in numbered if name not in self.taken)
        self.taken.add(name)
        return name


class _Expressions(_Variables):
    """Writes expressions of a known shape, with parentheses to spare."""

    def constant(self, low: float = -1.0, high: float = 1.0) -> str:
        """A number that is not close to 0, which would hide its operand."""
        value = round(self.rng.uniform(low, high), 2)
        return repr(value if abs(value) >= 0.1 else 0.4)

    def fill(self, template: str, operand: Callable[[int], str], depth: int) -> str:
        return template.format(a=operand(depth - 1), b=operand(depth - 1), c=self.constant())

    def scalar(self, depth: int = 2) -> str:
        """An expression whose value is a number."""
        roll = self.rng.random()
        if depth == 0 or roll < 0.2:
            return self.scalar_atom()
        if roll < 0.5:
            return self.fill(self.pick(UNARY + SCALAR_UNARY), self.scalar, depth)
        if roll < 0.8:
            return self.fill(self.pick(BINARY), self.scalar, depth)
        if roll < 0.9:
            return self.pick(REDUCTIONS).format(a=self.view(self.pick(self.arrays()))[0])
        name = self.pick(self.arrays(1))
        return self.pick(PRODUCTS).format(a=name, b=self.array(self.shapes[name], 0))

    def scalar_atom(self) -> str:
        roll = self.rng.random()
        if roll < 0.45 and self.numbers():
            return self.recent(self.numbers())
        if roll < 0.9:
            return self.item(self.pick(self.arrays()))
        if roll < 0.97 and self.limits:
            return f"0.3 * ({self.pick(list(self.limits))})"
        return self.constant()

    def index(self, size: int) -> str:
        """An integer expression that indexes an axis, often a loop's counter."""
        counters = [text for text, limit in self.limits.items() if limit <= size]
        return self.pick(counters) if counters and self.chance(0.7) else str(self.rng.randrange(-1, size))

    def item(self, name: str) -> str:
        """An element of an array."""
        separator = "][" if self.chance(0.1) else ", "
        return f"{name}[{separator.join(self.index(size) for size in self.shapes[name])}]"

    def views(self, name: str) -> list[tuple[str, Shape]]:
        """Views of an array, with their shapes."""
        shape = self.shapes[name]
        i, j = self.index(shape[0]), self.index(shape[-1])
        forms = ((form, shape_of(form, shape)) for form in VIEWS[len(shape)])
        return [(form.format(a=name, i=i, j=j), s) for form, s in forms if s is not None]

    def view(self, name: str) -> tuple[str, Shape]:
        return self.rng.choice(self.views(name))

    def array(self, shape: Shape, depth: int = 2) -> str:
        """An expression whose value is an array of a shape."""
        roll = self.rng.random()
        if depth == 0 or roll < 0.2:
            return self.array_atom(shape)
        if roll < 0.5:
            return self.fill(self.pick(UNARY), lambda d: self.array(shape, d), depth)
        if roll < 0.65:
            operands = [self.array(shape, depth - 1), self.scalar(depth - 1)]
            self.rng.shuffle(operands)
            return self.pick(BROADCASTING).format(a=operands[0], b=operands[1])
        if len(shape) == 2 and roll < 0.75:
            return f"({self.array(shape, depth - 1)}) * ({self.array(shape[1:], depth - 1)})"
        return self.fill(self.pick(BINARY + ARRAY_BINARY), lambda d: self.array(shape, d), depth)

    def array_atom(self, shape: Shape) -> str:
        found = [text for name in self.arrays() for text, s in self.views(name) if s == shape]
        found += self.vector_atoms(shape[0]) if len(shape) == 1 else self.matrix_atoms(shape)
        if not found or self.chance(0.05):
            size = str(shape[0]) if len(shape) == 1 else str(shape)
            found = [f"np.full({size}, {self.constant()})", f"{self.scalar(0)} * np.ones({size})"]
        return self.pick(found)

    def vector_atoms(self, size: int) -> list[str]:
        """Vectors that are no views: products, sums, gathers."""
        found = []
        for name in self.arrays(2):
            rows, columns = self.shapes[name]
            found += [f"{name} @ {b}" for b in self.of_shape((columns,))[-1:] if rows == size]
            found += [f"{name}.sum(axis=0)"] if columns == size else []
        for name in self.arrays(1):
            found += [f"{name}[{self.places(name, size)}]"] if self.chance(0.3) else []
            found += [f"np.cumsum({name})"] if self.shapes[name] == (size,) and self.chance(0.3) else []
        if size == len(self.values.get("idx", ())):
            found += [f"{name}[idx]" for name in self.arrays(1, least=max(self.values["idx"]) + 1)]
        if size <= 3 and self.chance(0.3):
            found.append(f"np.array([{', '.join(self.scalar(0) for _ in range(size))}])")
        return found

    def matrix_atoms(self, shape: Shape) -> list[str]:
        """Matrices that are no views: outer products."""
        rows, columns = (self.of_shape((size,))[-1:] for size in shape)
        outer = self.pick(("np.outer({a}, {b})", "{a}[:, None] * {b}"))
        return [outer.format(a=a, b=b) for a in rows for b in columns]

    def places(self, name: str, count: int) -> str:
        """A literal index array, in which places may repeat."""
        return str([self.rng.randrange(self.shapes[name][0]) for _ in range(count)])

    def comparison(self) -> str:
        """A condition; its constant is drawn blindly, since programs close to a tie are not smooth."""
        if self.limits and self.chance(0.4):
            return f"{self.pick(list(self.limits))} {self.pick(('% 2 == 0', '< 2', '== 1', '> 0'))}"
        if self.chance(0.1):
            return f"n > {self.rng.randint(0, 3)}"
        test = tidy(f"{self.scalar(1)} {self.pick(('>', '<', '>=', '<='))} {self.constant(-0.8, 0.8)}")
        if self.chance(0.15):
            return f"{test} {self.pick(('and', 'or'))} {self.comparison()}"
        return f"not {test}" if self.chance(0.1) else test


class _Writer(_Expressions):
    """Writes the program line by line.

    The methods that ``STATEMENTS`` names write one statement, or return False if they find nothing for it.
    """

    def __init__(self, rng: random.Random) -> None:
        super().__init__(rng)
        self.lines: list[str] = []
        self.helpers: list[str] = []
        self.depth, self.loops = 1, 0

    def write(self) -> str:
        for _ in range(self.rng.randint(3, 9)):
            self.statement()
        self.emit(f"return {self.result()}")
        main = "\n".join([f"def f({', '.join(self.values)}):", *self.lines])
        imports = "import math\n\nimport numpy as np" if "math." in main else "import numpy as np"
        return "\n\n\n".join([imports, *(HELPERS[name][1] for name in self.helpers), main]) + "\n"

    def wrt(self) -> tuple[int, ...]:
        return tuple(k for k, name in enumerate(self.values) if name not in ("idx", "n"))

    def result(self) -> str:
        """A number that depends on the most recent variables."""
        terms = [self.pick(REDUCTIONS).format(a=name) for name in self.arrays()[-4:]]
        terms += [self.pick(("{a}", "np.sin({a})")).format(a=name) for name in self.numbers()[-3:]]
        return " + ".join(terms)

    # lines and blocks

    def room(self) -> int:
        return MAX_LINES - 4 - sum(HELPER_LINES[name] for name in self.helpers) - len(self.lines)

    def emit(self, *lines: str) -> bool:
        self.lines += ["    " * self.depth + line for line in lines]
        return True

    def statement(self) -> None:
        kinds, weights = list(STATEMENTS), list(STATEMENTS.values())
        while self.room() > 0:
            if getattr(self, self.rng.choices(kinds, weights)[0])():
                return

    def block(self, head: str, *first: str, limits: dict[str, int] | None = None) -> None:
        """A nested block; names first bound in it are forgotten after it, since it may not have run."""
        known, outer = set(self.shapes), self.limits
        self.limits = {**outer, **(limits or {})}
        self.emit(head)
        self.depth += 1
        start = len(self.lines)
        self.emit(*first)
        for _ in range(self.rng.randint(1, 3)):
            self.statement()
        if len(self.lines) == start:
            self.emit("pass")
        self.depth -= 1
        self.shapes = {name: shape for name, shape in self.shapes.items() if name in known}
        self.limits = outer

    def loop_block(self, head: str, *first: str, limits: dict[str, int] | None = None) -> bool:
        self.loops += 1
        jump: tuple[str, ...] = ()
        if self.chance(0.3):
            counters = [f"{name} == 1" for name in limits or () if name.isidentifier()]
            test = self.pick(counters) if counters and self.chance(0.5) else self.comparison()
            jump = (f"if {test}:", "    " + self.pick(("break", "continue")))
        self.block(head, *first, *jump, limits=limits)
        self.loops -= 1
        return True

    # binding names

    def target(self, shape: Shape) -> str:
        """A name to bind: a variable of that shape, or a new one."""
        known = self.of_shape(shape)
        stems = (("s", "t", "r"), ("u", "z"), ("B", "C"))[len(shape)]
        return self.pick(known) if known and self.chance(0.5) else self.fresh(self.pick(stems))

    def bind(self, shape: Shape, value: str) -> bool:
        name, value = self.target(shape), tidy(value)
        if name == value:
            return False
        self.touch(name, shape)
        return self.emit(f"{name} = {value}")

    def bind_two(self, shape: Shape, values: str) -> bool:
        first, second = self.fresh("p"), self.fresh("q")
        self.touch(first, shape)
        self.touch(second, shape)
        return self.emit(f"{first}, {second} = {values}")

    def bind_scalar(self) -> bool:
        return self.bind((), self.scalar())

    def bind_array(self) -> bool:
        name = self.pick(self.arrays())
        fresh = self.pick(FRESH).format(a=name)
        return self.bind(self.shapes[name], fresh if self.chance(0.3) else self.array(self.shapes[name]))

    def bind_view(self) -> bool:
        text, shape = self.view(self.recent(self.arrays()))
        return self.bind(shape, text)

    def unpack(self) -> bool:
        if self.chance(0.6):
            return self.bind_two((), f"{tidy(self.scalar(1))}, {tidy(self.scalar(1))}")
        name = self.pick(self.arrays(least=2))
        return self.bind_two(self.shapes[name][1:], name if self.shapes[name][0] == 2 else f"{name}[:2]")

    def choose(self) -> bool:
        """A name that means one thing or another."""
        first = self.pick(list(self.shapes))
        shape = self.shapes[first]
        others = [name for name in self.of_shape(shape) if name != first]
        if others and self.chance(0.7):
            second = self.pick(others)
        else:
            second = tidy(self.array(shape, 1) if shape else self.scalar(1))
        test = self.comparison()
        if self.chance(0.5) or self.room() < 4:
            return self.bind(shape, f"{first} if {test} else {second}")
        target = self.target(shape)
        self.touch(target, shape)
        return self.emit(f"if {test}:", f"    {target} = {first}", "else:", f"    {target} = {second}")

    def swap(self) -> bool:
        name = self.pick(list(self.shapes))
        others = [other for other in self.of_shape(self.shapes[name]) if other != name]
        if others and self.chance(0.7):
            other = self.pick(others)
        elif self.shapes[name]:
            name, other = f"{name}[0]", f"{name}[-1]"
        else:
            return False
        return self.emit(f"{name}, {other} = {other}, {name}")

    # stores and updates

    def change(self, name: str, statement: str) -> bool:
        """Write a statement that changes a variable."""
        self.touch(name)
        return self.emit(statement)

    def store(self, name: str, place: str, value: str) -> bool:
        return self.change(name, f"{place} = {tidy(value)}")

    def update(self, name: str, place: str, value: str) -> bool:
        operator, _, value = self.pick(UPDATES).format(e=value, c=self.constant()).partition(" ")
        return self.change(name, f"{place} {operator} {tidy(value)}")

    def place(self, name: str) -> tuple[str, Shape]:
        """A view that can stand on the left of ``=``."""
        text, shape = self.view(name)
        return (text if text.endswith("]") else f"{text}[{self.pick((':', '...'))}]"), shape

    def value(self, shape: Shape, scalar: float) -> str:
        """A value to store into a place of a shape: with some probability a number."""
        return self.scalar() if not shape or self.chance(scalar) else self.array(shape, 1)

    def update_scalar(self) -> bool:
        names = self.numbers()
        return bool(names) and self.update(name := self.recent(names), name, self.scalar())

    def update_array(self) -> bool:
        name = self.recent(self.arrays())
        return self.update(name, name, self.value(self.shapes[name], 0.3))

    def store_item(self) -> bool:
        name = self.recent(self.arrays())
        write = self.update if self.chance(0.4) else self.store
        return write(name, self.item(name), self.scalar())

    def store_view(self) -> bool:
        name = self.recent(self.arrays())
        place, shape = self.place(name)
        return self.store(name, place, self.value(shape, 0.2))

    def update_view(self) -> bool:
        name = self.recent(self.arrays())
        place, shape = self.place(name)
        return self.update(name, place, self.value(shape, 0.3))

    def store_overlapping(self) -> bool:
        name = self.recent(self.arrays())
        shape = self.shapes[name]
        forms = OVERLAPPING + (OVERLAPPING_COLUMNS if len(shape) == 2 else ())
        forms += OVERLAPPING_SQUARE if len(shape) == 2 and shape[0] == shape[1] else ()
        return self.change(name, self.pick(forms).format(a=name, c=self.constant()))

    def scatter(self) -> bool:
        name = self.recent(self.arrays())
        size, rest = self.shapes[name][0], self.shapes[name][1:]
        count = self.rng.randint(2, 3)
        places = self.places(name, count)
        if "idx" in self.values and max(self.values["idx"]) < size and self.chance(0.6):
            places, count = "idx", len(self.values["idx"])
        write = self.update if self.chance(0.5) else self.store
        return write(name, f"{name}[{places}]", self.value((count, *rest), 0.4))

    # calls

    def call(self) -> bool:
        kind = self.rng.choices(list(CALLS), list(CALLS.values()))[0]
        helper = self.pick([name for name, (k, _) in HELPERS.items() if k == kind])
        if helper not in self.helpers:
            if self.room() <= HELPER_LINES[helper]:
                return False
            self.helpers.append(helper)
        scalar = tidy(self.scalar(1))
        if kind in ("map", "scalar", "pair"):
            name = self.pick(self.arrays() if kind == "map" and self.chance(0.5) else self.numbers() or ["0.5"])
            bind = self.bind_two if kind == "pair" else self.bind
            return bind(self.shapes.get(name, ()), f"{helper}({name}, {scalar})")
        name = self.recent(self.arrays(least=2))
        text, shape = self.view(name)
        if shape[0] < 2:
            text, shape = name, self.shapes[name]
        if kind == "pick":
            return self.bind(shape[1:], f"{helper}({text}, {self.index(shape[0])})")
        if kind == "change" and self.chance(0.6):
            return self.bind(shape, f"{helper}({text}, {scalar})")
        return self.change(name, f"{helper}({text}, {scalar})")

    # control flow

    def branch(self) -> bool:
        if self.depth > 3 or self.room() < 4:
            return False
        self.block(f"if {self.comparison()}:")
        if self.chance(0.4) and self.room() > 3:
            self.block("else:")
        return True

    def loop(self) -> bool:
        if self.loops > 1 or self.room() < 4:
            return False
        n, k, roll = self.values["n"], self.fresh(self.pick(("i", "j", "k"))), self.rng.random()
        if roll < 0.4:
            return self.loop_block(f"for {k} in range(n):", limits={k: n})
        if roll < 0.55:
            return self.loop_block(f"for {k} in range(1, n):", limits={k: n, f"{k} - 1": n})
        if roll < 0.65:
            return self.loop_block(f"for {k} in range(n - 1, -1, -1):", limits={k: n})
        name = self.pick(self.arrays())
        size, rest = self.shapes[name][0], self.shapes[name][1:]
        if roll < 0.75:
            return self.loop_block(f"for {k} in range(len({name})):", limits={k: size})
        item = self.fresh("row" if rest else "e")
        self.touch(item, rest)
        if roll < 0.85:
            self.loop_block(f"for {item} in {name}:")
        else:
            self.loop_block(f"for {k}, {item} in enumerate({name}):", limits={k: size})
        del self.shapes[item]
        return True

    def loop_while(self) -> bool:
        if self.loops > 1 or self.room() < 5:
            return False
        n, k, numbers = self.values["n"], self.fresh("k"), self.numbers()
        self.emit(f"{k} = 0")
        if self.chance(0.5) or not numbers:
            return self.loop_block(f"while {k} < n:", f"{k} += 1", limits={f"{k} - 1": n})
        s = self.pick(numbers)
        grow = f"{s} = {s} + 0.4 + 0.2 * np.sin({self.scalar_atom()})"
        limit = self.constant(0.5, 1.5)
        return self.loop_block(f"while {s} < {limit} and {k} < 4:", f"{k} += 1", grow, limits={f"{k} - 1": 4})

    def return_early(self) -> bool:
        return (
            self.room() > 2
            and len(self.lines) > 2
            and self.emit(f"if {self.comparison()}:", f"    return {self.result()}")
        )


# -- checking ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a check found.

    Attributes:
        kind: ``agrees``; or ``refused``, ``raised`` (the compiler or the derivative), ``arguments changed``,
            ``wrong`` (not what differences say), ``inconsistent`` (not what the unoptimized derivative says),
            ``not smooth`` (the program, so that nothing can be said).
        text: the numbers, or the error.
    """

    kind: str
    text: str = ""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.kind == "agrees"


def check_program(program: GeneratedProgram, *, levels: Sequence[int | None] = (None,)) -> Report:
    """Compare the gradient in reverse mode with central differences and with that of ``optimize=0``.

    Args:
        program: what to differentiate.
        levels: values of ``optimize`` to compare; None is the default of ``grad``.

    >>> check_program(GeneratedProgram("def f(x): return abs(x)", (0.0001,), (0,))).kind
    'not smooth'
    """
    expected = differences(program)
    if expected is None:
        return Report("not smooth")
    plain = _gradient(program, 0)
    for level in (0, *levels):
        found = plain if level == 0 else _gradient(program, level)
        if isinstance(found, Report):
            return found
        fault = _mismatch(program, found, expected, TOLERANCE, "differences")
        if fault:
            return Report("wrong", f"optimize={level}: {fault}")
        assert not isinstance(plain, Report)
        fault = _mismatch(program, found, plain, CONSISTENT, "optimize=0")
        if fault:
            return Report("inconsistent", f"optimize={level}: {fault}")
    return Report("agrees")


def _gradient(program: GeneratedProgram, level: int | None) -> Gradient | Report:
    from adjoint_compiler.api import grad
    from adjoint_compiler.diagnostics import DifferentiationError

    args, before = program.args, program.args
    try:
        gradient = list(grad(program.function, wrt=program.wrt, optimize=level)(*args))
    except DifferentiationError as error:
        internal = any(d.code == "AC017" for d in error.diagnostics)
        return Report("raised" if internal else "refused", f"optimize={level}: {error}")
    except Exception:  # a fault of the compiler can be any error, and is what this looks for
        return Report("raised", f"optimize={level}: {traceback.format_exc()}")
    if not all(np.array_equal(a, b) for a, b in zip(args, before, strict=True)):
        return Report("arguments changed", f"optimize={level}: from {before} to {args}")
    return gradient


def _mismatch(program: GeneratedProgram, found: Gradient, expected: Gradient, tolerance: float, name: str) -> str:
    """How two gradients differ, argument by argument; empty if they agree. NaN agrees with nothing."""
    if len(found) != len(expected):
        return f"{len(found)} gradients for {len(expected)} arguments"
    faults = []
    for position, a, b in zip(program.wrt, found, expected, strict=True):
        if np.shape(a) != np.shape(b):
            faults.append(f"argument {position}: shape {np.shape(a)} instead of {np.shape(b)}")
        elif not np.max(np.abs(np.subtract(a, b)), initial=0.0) <= tolerance * max(1.0, np.max(np.abs(b), initial=0.0)):
            faults.append(f"argument {position}:\nreverse mode\n{a}\n{name}\n{b}")
    return "\n".join(faults)


# -- shrinking -----------------------------------------------------------------------------------------------


def shrink(program: GeneratedProgram, failure: Callable[[GeneratedProgram], str] | None = None) -> GeneratedProgram:
    """Delete statements, one after the other, as long as the program still fails in the same way.

    Args:
        program: a program that fails.
        failure: names the way in which a program fails; the kind of ``check_program``'s report by default.

    Returns:
        A program none of whose statements can be deleted, nor be replaced by the statements in it. Like the
        one given it runs, and is bounded and smooth.

    Raises:
        ValueError: if ``check_program`` finds nothing wrong with the program, and no other failure is given.

    >>> source = "def f(x):\\n    y = x * x\\n    if x > 0.0:\\n        y *= x\\n    z = y\\n    return x + y"
    >>> fails = lambda p: "product" if "y *= x" in p.source else ""
    >>> print(shrink(GeneratedProgram(source, (0.5,), (0,)), fails).source)
    def f(x):
        y = x * x
        y *= x
        return x + y
    """
    if failure is None and check_program(program).ok:
        raise ValueError("there is nothing to shrink: the program's derivatives agree")
    failure = failure or (lambda candidate: check_program(candidate).kind)
    kind = failure(program)
    progress = True
    while progress:
        progress = False
        k = 0
        while (source := edited(program.source, k)) is not None:
            candidate = _candidate(program, source)
            if candidate is not None and failure(candidate) == kind:
                program, progress = candidate, True
            else:
                k += 1
    return program


def _candidate(program: GeneratedProgram, source: str) -> GeneratedProgram | None:
    """The program with another source; None if it does not run, does not end, or is not smooth."""
    if source == program.source:
        return None
    try:
        candidate = GeneratedProgram(source, program.values, program.wrt, program.seed)
        _run_within(MAX_EVENTS, candidate)
        return None if differences(candidate) is None else candidate
    except Exception:  # whatever a mutilated program does
        return None


def _run_within(events: int, program: GeneratedProgram) -> None:
    """Run a program; TimeoutError after so many lines."""
    left = itertools.count(events, -1)

    def trace(frame: FrameType, event: str, arg: Any) -> Any:
        if next(left) <= 0:
            raise TimeoutError
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        program.function(*program.args)
    finally:
        sys.settrace(before)


def edited(source: str, k: int) -> str | None:
    """A module's text after edit number ``k`` of those that make it smaller; None if there are fewer.

    >>> edited("if a:\\n    b = 1", 0), edited("if a:\\n    b = 1", 1), edited("if a:\\n    b = 1", 2)
    ('', 'b = 1', 'if a:\\n    pass')
    >>> edited("if a:\\n    b = 1", 3)
    """
    tree = ast.parse(source)
    edits = [
        (block, index, inner)
        for node in ast.walk(tree)
        for block in _blocks(node)
        for index, statement in enumerate(block)
        if not isinstance(statement, ast.Pass)
        for inner in ([], *([] if isinstance(statement, ast.FunctionDef) else _blocks(statement)))
    ]
    if k >= len(edits):
        return None
    block, index, inner = edits[k]
    block[index : index + 1] = inner
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.If, ast.For, ast.While)) and not node.body:
            node.body.append(ast.Pass())
    return ast.unparse(tree)


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    found = [getattr(node, name, None) for name in ("body", "orelse")]
    return [block for block in found if isinstance(block, list) and block]


# -- command line --------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Check programs by their seeds; prints those that fail, and returns 1 if any does."""
    parser = argparse.ArgumentParser(prog="python -m adjoint_compiler.testing.programs", description=main.__doc__)
    parser.add_argument("--count", type=int, default=300, help="how many programs (default: 300)")
    parser.add_argument("--seed", type=int, default=0, help="the first one's seed (default: 0)")
    parser.add_argument("--shrink", action="store_true", help="delete what the failures do not need")
    parser.add_argument("--show", action="store_true", help="print the programs and check nothing")
    options = parser.parse_args(arguments)
    failures: dict[str, list[int]] = {}
    for seed in range(options.seed, options.seed + options.count):
        program = generate(seed)
        if options.show:
            print(f"# seed {seed}\n{program.listing()}\n")
            continue
        report = check_program(program)
        if report.ok:
            continue
        failures.setdefault(report.kind, []).append(seed)
        if options.shrink:
            program = shrink(program)
            report = check_program(program)
        print(f"# seed {seed}: {report.kind}\n{program.listing()}\n\n{report.text}\n", flush=True)
    if not options.show:
        print(f"{options.count - sum(map(len, failures.values()))} of {options.count} programs agree")
        for kind, seeds in failures.items():
            print(f"{kind}: {len(seeds)}, seeds {', '.join(map(str, seeds))}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
