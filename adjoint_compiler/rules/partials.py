"""Rules of the helpers in ``runtime/partials.py`` and ``shares.py``: emitted code is differentiable too.

Families close on themselves: a derivative of a power is a power derivative of the next order, the linear
shares are their own adjoints.
"""

from adjoint_compiler.rules import shapes
from adjoint_compiler.rules.table import cite, elementwise, inert, structural
from adjoint_compiler.runtime import partials as p
from adjoint_compiler.runtime import shares as s

POSITIVE = {"x": (0.5, 2.0)}

# fmt: off
elementwise("reciprocal_or_inf(x)", p.reciprocal_or_inf, x="-y * y", singular="x", domain=POSITIVE)
elementwise("component_over_square(a, b)", p.component_over_square,
            a="component_over_square(b, a) * component_over_square(b, a) - y * y",
            b="-2 * y * component_over_square(b, a)")
structural("ldexp_or_inf(v, n)", p.ldexp_or_inf, v="unbroadcast(ldexp_or_inf(g, n), v)", linear="v",
           cheap=True)

inert("power_base(x, z)", p.power_base)
elementwise("power_partial_base(x, z)", p.power_partial_base, x="power_derivative(x, z, 2, 0)",
            z="power_derivative(x, z, 1, 1)", singular="x z", domain=POSITIVE)
elementwise("power_partial_exponent(x, z, y_)", p.power_partial_exponent, x="divide_or_zero(y_, x)",
            y_="base_logarithm(x, y_)", singular="x", domain=POSITIVE)
elementwise("base_logarithm(x, y_)", p.base_logarithm, x="divide_or_zero(1, x)", domain=POSITIVE)
elementwise("power_derivative(x, z, n, m)", p.power_derivative, x="power_derivative(x, z, n + 1, m)",
            z="power_derivative(x, z, n, m + 1)", singular="x z", domain=POSITIVE)

elementwise("logaddexp_share(x, z)", p.logaddexp_share, x="y * logaddexp_share(z, x)",
            z="-y * logaddexp_share(z, x)")
elementwise("sinc_partial(x, order=1)", p.sinc_partial, x="sinc_partial(x, order + 1)")
elementwise("bessel_i(n, x)", p.bessel_i, x="0.5 * (bessel_i(n - 1, x) + bessel_i(n + 1, x))")
elementwise("real_digamma(x)", p.real_digamma, x="real_polygamma(1, x)", domain=POSITIVE)
elementwise("real_polygamma(n, x)", p.real_polygamma, x="real_polygamma(n + 1, x)", domain=POSITIVE)

# With a = Re(1j * conj(g) * x), and b the same of v, the pairing of g with the result is a * b / |x|**3.
structural("sign_pullback(v, x)", s.sign_pullback, v="sign_pullback(g, x)", linear="v", cheap=True, flat="x",
           x="divide_or_zero(-1j * (g * real(1j * conj(v) * x) + v * real(1j * conj(g) * x)),"
             " absolute(x) ** 3)"
             " - divide_or_zero(3 * real(1j * conj(v) * x) * real(1j * conj(g) * x) * x, absolute(x) ** 5)")

structural("larger_share(v, x, z)", s.larger_share, v="unbroadcast(larger_share(g, x, z), v)", linear="v",
           cheap=True)
structural("smaller_share(v, x, z)", s.smaller_share, v="unbroadcast(smaller_share(g, x, z), v)", linear="v",
           cheap=True)
structural("clip_share(part, v, x, a_min, a_max, low=None, high=None)", s.clip_share,
           v="unbroadcast(clip_share(part, g, x, a_min, a_max, low, high), v)", linear="v", cheap=True)
structural("finite_share(v, x)", s.finite_share, v="unbroadcast(finite_share(g, x), v)", linear="v",
           cheap=True)

structural("each_gets(v, items)", s.each_gets, v="unbroadcast(sum_items(g), v)", shape_only="items",
           linear="v", result=shapes.listed_items)
structural("sum_items(items)", s.sum_items, items="each_gets(g, items)", linear="items")
structural("stack_items(items)", s.stack_items, items="list_items(g, items)", linear="items")
structural("list_items(v, items)", s.list_items, v="stack_items(g)", shape_only="items", linear="v")
structural("stack_factors(items, y_)", s.stack_factors, items="list_factors(g, items, y_)", shape_only="y_", linear="items")
structural("list_factors(v, items, y_)", s.list_factors, v="stack_factors(g, y_)", shape_only="items y_", linear="v",
           result=shapes.listed("items"))
inert("index_of_largest(args)", s.index_of_largest, s.index_of_smallest)
structural("share_at(v, args, place, at)", s.share_at, v="pick_at(g, args, place, at)", shape_only="args",
           linear="v", cheap=True, result=shapes.of_one_sequence)
structural("pick_at(v, args, place, at)", s.pick_at, v="share_at(g, args, place, at)", shape_only="args",
           linear="v", cheap=True)
cite("derivatives of the partials that they compute")
# fmt: on
