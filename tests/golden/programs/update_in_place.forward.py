def update_in_place_jvp(a, a_dot):
    a = entry_copy(a)
    a_dot2 = laid_out(a_dot, a)
    t = a[2:]
    t2 = a[:-2]
    a_dot2[1:-1] += a_dot2[2:] * t2 + a_dot2[:-2] * t
    a[1:-1] += t * t2
    result = a.prod()
    return result, unbroadcast(a_dot2 * (products_before(a) * products_before(a, None, -1)), spread(result, a)).sum()
