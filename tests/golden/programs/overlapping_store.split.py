def overlapping_store_primal(a):
    a = entry_copy(a)
    a[1:] = a[:-1]
    return (a * a).sum(), (a,)


def overlapping_store_adjoint(tape, result_bar):
    a = tape[0]
    # reverse sweep
    a_bar = np.zeros_like(a)
    # 6: return (a * a).sum()
    t4 = result_bar * a
    a_bar += t4 + t4
    # 5: a[1:] = a[:-1]
    t_bar = a_bar[1:].copy()
    a_bar[1:] = 0.0
    a_bar[:-1] += t_bar
    return a_bar,
