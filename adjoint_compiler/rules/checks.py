"""Rules of the helpers that check arguments, so that emitted code can be differentiated again."""

from adjoint_compiler.rules.table import cite, inert
from adjoint_compiler.runtime import checks

inert("check_type(value, expected, name)", checks.check_type, shape_only="value")
inert("check_store(part, value)", checks.check_store, shape_only="part value")
inert("check_distinct(x)", checks.check_distinct, shape_only="x")
inert("check_separate(x, *others)", checks.check_separate, shape_only="x others")
inert("check_dtype(a)", checks.check_dtype, shape_only="a")
inert("check_power(y)", checks.check_power)
inert("check_places(part)", checks.check_places, shape_only="part")
inert("check_number(x)", checks.check_number, shape_only="x")

cite("the argument itself")
