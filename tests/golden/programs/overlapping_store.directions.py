def overlapping_store_jvp(a, a_dot):
    a = entry_copy(a)
    a_dot2 = laid_out_directions(a_dot, a)
    a_dot2[:, 1:] = a_dot2[:, :-1]
    a[1:] = a[:-1]
    t4 = a_dot2 * a
    return (a * a).sum(), np.sum(t4 + t4, axis=1)
