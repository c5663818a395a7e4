"""Operations of the IR itself: binding, indexing, sequences. The engine reverses them; ``g`` only marks what is active."""

from adjoint_compiler.rules.table import cite, inert, structural

structural("copy(x)", "copy", x="g", view="x", view_kind="same", linear="x")
structural("index(x, at)", "index", x="g", view="x", linear="x")
structural("field(x, name)", "field", x="g", view="x", linear="x")
structural("attribute(x, name)", "attribute", cheap=True)
structural("method(x, name)", "method")
structural("list(x)", "builtins.list", x="g", linear="x")
structural("tuple(x)", "builtins.tuple", x="g", linear="x")
structural("as_sequence(x)", "as_sequence", x="g", view="x", view_kind="same", linear="x")
inert("range_length(start, stop, step)", "range_length")
inert("format(template, *values)", "format")

cite("Griewank and Walther, Evaluating Derivatives (2008), section 3.2")
