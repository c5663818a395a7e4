"""Rules of the helpers that deal with memory, so that emitted code can be differentiated again."""

from adjoint_compiler.ir.types import Type, is_number
from adjoint_compiler.rules import shapes
from adjoint_compiler.rules.table import cite, inert, structural
from adjoint_compiler.runtime import memory, structures


def unchanged(types: dict[str, Type], operands: dict[str, object]) -> Type | None:
    """The type of the argument; ``None`` when it is not known.

    >>> str(unchanged({"x": Type("float")}, {}))
    'float'
    """
    return types.get("x")


def given_as_number(types: dict[str, Type], operands: dict[str, object]) -> dict[str, str] | None:
    """The pullback of ``as_gradient`` where the adjoint is no list or tuple: the adjoint itself."""
    t = types.get("g_")
    return {"g_": "g"} if t is not None and (t.kind in ("array", "dict") or is_number(t)) else None


structural("entry_copy(x)", memory.entry_copy, x="g", linear="x", result=unchanged)
structural("entry_copies(x)", memory.entry_copies, x="g", linear="x", result=unchanged)
structural("copied(x)", memory.copied, x="g", linear="x", result=unchanged)
structural("laid_out(t, x)", memory.laid_out, t="g", linear="t", shape_only="x", result=shapes.listed("x", "t"))
structural("mirrored(t, s, v, x)", memory.mirrored, t="g", linear="t s", shape_only="s v x", view="t", view_kind="maybe",
           result=shapes.listed("v", "t"))  # fmt: skip
inert("zero_tangent(x)", structures.zero_tangent, shape_only="x", result=shapes.tangent_of("x"))
structural(
    "as_gradient(g_, x)",
    structures.as_gradient,
    g_="array_adjoint(g, g_)",
    shape_only="x",
    linear="g_",
    result=shapes.gradient_of,
    tangents={"g_": "gradient_tangent(t, x)"},
    specialise=given_as_number,
)
structural(
    "gradient_tangent(t_, x)", structures.gradient_tangent, t_="array_adjoint(g, t_)", shape_only="x", linear="t_",
    result=shapes.tangent_of_gradient, tangents={"t_": "gradient_tangent(t, x)"},
)  # fmt: skip
structural("array_gradient(g_, x)", structures.array_gradient, g_="g", shape_only="x", linear="g_")
structural("number_gradient(g_, x)", structures.number_gradient, g_="g", shape_only="x", linear="g_")
structural("shaped_like(g_, x)", structures.shaped_like, g_="g", shape_only="x", linear="g_", view="g_")
# Tables of shadows have tables of tangents, in which what belongs to a variable is found by the variable, too.
structural(
    "shadow(shadows, x)", memory.shadow, view="shadows", view_kind="item", shape_only="x", linear="shadows",
    result=shapes.listed("x")
)  # fmt: skip
structural(
    "from_shadows(shadows, x, g_, depths, shown=None)",
    memory.from_shadows,
    view="shadows",
    shape_only="x shown",
    linear="shadows g_",
    shadows="g",
    g_="g",  # what they reach is told by it; reverse mode refuses it
)
structural(
    "slot_adjoint(g_, x)",
    structures.slot_adjoint,
    g_="g",
    shape_only="x",
    linear="g_",
    view="g_",
    result=shapes.listed("x", "g_"),
)
structural("add_structure(a, b)", structures.add_structure, a="g", b="g", linear="a b", result=shapes.summed)
inert("zeros_like(x)", structures.zeros_like, shape_only="x", result=shapes.listed("x"))
inert("scalar_seed(y_)", structures.scalar_seed, shape_only="y_")
inert("last_writer(a, index)", memory.last_writer, shape_only="a")
structural("detached(arrays)", memory.detached, arrays="g", linear="arrays")

cite("what is copied or viewed passes its adjoint on")
