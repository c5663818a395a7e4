def lax_wendroff_elements_primal(q, c, steps):
    q = entry_copy(q)
    n = len(q)
    t2 = n - 1
    flux = np.zeros(t2)
    for t4 in range(steps):
        for i in range(t2):
            t8 = q[i]
            t9 = q[i + 1]
            flux[i] = 0.5 * c * (t8 + t9 + c * (t8 - t9))
        for i3 in range(1, t2):
            q[i3] += flux[i3 - 1] - flux[i3]
        q[0] = q[n - 2]
        q[t2] = q[1]
    return q.copy(), (q, c, steps, n, flux)


def lax_wendroff_elements_adjoint(tape, seed_bar):
    q = tape[0]
    c = tape[1]
    steps = tape[2]
    n = tape[3]
    flux = tape[4]
    # reverse sweep
    flux_bar = np.zeros_like(flux)
    q_bar = np.zeros_like(q)
    # 11: for t in range(steps):
    q_bar += seed_bar
    for t4 in reversed(range(steps)):
        # 17: q[n - 1] = q[1]
        t6 = n - 1
        t22_bar = q_bar[t6]
        q_bar[t6] = 0.0
        q_bar[1] += t22_bar
        # 16: q[0] = q[n - 2]
        t21_bar = q_bar[0]
        q_bar[0] = 0.0
        q_bar[n - 2] += t21_bar
        # 14: for i in range(1, n - 1):
        for i3 in reversed(range(1, t6)):
            # 15: q[i] += flux[i - 1] - flux[i]
            t20_bar = q_bar[i3]
            flux_bar[i3] -= t20_bar
            flux_bar[i3 - 1] += t20_bar
        # 12: for i in range(n - 1):
        for i in reversed(range(t6)):
            # 13: flux[i] = 0.5 * c * (q[i] + q[i + 1] + c * (q[i] - q[i + 1]))
            t16_bar = flux_bar[i]
            flux_bar[i] = 0.0
            t15_bar = t16_bar * (0.5 * c)
            t13_bar = t15_bar * c
            q_bar[i + 1] += -t13_bar + t15_bar
            q_bar[i] += t13_bar + t15_bar
    return q_bar,
