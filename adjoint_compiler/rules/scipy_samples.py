"""scipy.stats: statistics of samples. Masks and policies for nan have no derivative: leave them out."""

from scipy import special, stats

from adjoint_compiler.rules.scipy_forms import refused
from adjoint_compiler.rules.table import cite, for_reals, inert, structural, zero

# fmt: off
structural("sem(a, axis=0, ddof=1)", stats.sem, note="0 where all are equal", **refused("ddof"),
           a="spread(g, a, axis) * divide_or_zero(a - mean(a, axis=axis, keepdims=True), spread(y, a, axis))"
             " / (count(a, axis, 0, True) * count(a, axis, ddof, True))")
structural("zscore(a, axis=0, ddof=0)", stats.zscore, note="0 where all are equal", **refused("ddof"),
           a="divide_or_zero(g - mean(g, axis=axis, keepdims=True)"
             " - y * sum(g * y, axis=axis, keepdims=True) / count(a, axis, ddof, True),"
             " std(a, axis=axis, ddof=ddof, keepdims=True))")
structural("gmean(a, axis=0)", stats.gmean, a="spread(g * y, a, axis) / (count(a, axis, 0, True) * a)")
structural("hmean(a, axis=0)", stats.hmean, a="spread(g * y * y, a, axis) / (count(a, axis, 0, True) * a * a)")
zero("rankdata(a, method='average', axis=None)", stats.rankdata)
inert("bernoulli(n)", special.bernoulli)
for_reals("scipy.stats.*")
cite("Johnson, Kotz and Balakrishnan, Continuous univariate distributions (1994), chapter 1")
# fmt: on
