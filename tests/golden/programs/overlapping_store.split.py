def overlapping_store_primal(a):
    a = entry_copy(a)
    t = a[:-1]
    a[1:] = t
    t2 = a * a
    return np.sum(t2), (a, t, t2)


def overlapping_store_adjoint(tape, result_bar):
    a = tape[0]
    # reverse sweep
    a_bar = np.zeros_like(a)
    # 6: return (a * a).sum()
    t6 = spread(result_bar, tape[2]) * a
    a_bar += t6
    a_bar += t6
    # 5: a[1:] = a[:-1]
    t4 = copied(a_bar[1:])
    a_bar[1:] = 0.0
    a_bar[:-1] += unbroadcast(t4, tape[1])
    return a_bar,
