def overlapping_store_taylor(a, a_coef):
    a = entry_copy(a)
    a_coef2 = laid_out_directions(a_coef, a)
    a_coef2[:, 1:] = a_coef2[:, :-1]
    a[1:] = a[:-1]
    t2 = a * a
    return t2.sum(), product_series(t2, a, a_coef2, a, a_coef2).sum(axis=1)
