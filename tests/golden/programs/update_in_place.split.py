def update_in_place_primal(a):
    a = entry_copy(a)
    t = a[2:]
    t2 = a[:-2]
    a_saved2 = a[1:-1].copy()
    a[1:-1] += t * t2
    return a.prod(), (a, t, t2, a_saved2)


def update_in_place_adjoint(tape, result_bar):
    a = tape[0]
    memory = detached((a, tape[1], tape[2]))
    a = memory[0]
    t = memory[1]
    t2 = memory[2]
    # reverse sweep
    a_bar = np.zeros_like(a)
    # 6: return a.prod()
    a_bar += spread(result_bar, a) * (products_before(a) * products_before(a, None, -1))
    # 5: a[1:-1] += a[2:] * a[:-2]
    a[1:-1] = tape[3]
    t3_bar = a_bar[1:-1]
    t_bar = t3_bar * t2
    a_bar[:-2] += t3_bar * t
    a_bar[2:] += t_bar
    return a_bar,
