def lax_wendroff_primal(q, c, steps):
    q = entry_copy(q)
    flux = np.zeros(len(q) - 1)
    for t4 in range(steps):
        t7 = q[:-1]
        t8 = q[1:]
        flux[:] = 0.5 * c * (t7 + t8 + c * (t7 - t8))
        q[1:-1] -= flux[1:] - flux[:-1]
    return q.copy(), (q, c, steps, flux)


def lax_wendroff_adjoint(tape, seed_bar):
    q = tape[0]
    c = tape[1]
    steps = tape[2]
    flux = tape[3]
    # reverse sweep
    flux_bar = np.zeros_like(flux)
    q_bar = np.zeros_like(q)
    # 10: for t in range(steps):
    q_bar += seed_bar
    q_bar_part = q_bar[1:-1]
    flux_bar_part = flux_bar[:-1]
    flux_bar_part2 = flux_bar[1:]
    flux_bar_part3 = flux_bar[:]
    q_bar_part2 = q_bar[1:]
    q_bar_part3 = q_bar[:-1]
    for t4 in reversed(range(steps)):
        # 12: q[1:-1] -= flux[1:] - flux[:-1]
        flux_bar_part[...] = q_bar_part
        flux_bar_part2 -= q_bar_part
        # 11: flux[:] = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        t14_bar = flux_bar_part3 * (0.5 * c)
        flux_bar_part3[...] = 0.0
        t12_bar = t14_bar * c
        q_bar_part2 += -t12_bar + t14_bar
        q_bar_part3 += t12_bar + t14_bar
    return q_bar,
