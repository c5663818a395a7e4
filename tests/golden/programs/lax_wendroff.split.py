def lax_wendroff_primal(q, c, steps):
    q = entry_copy(q)
    flux_tape2 = []
    q_tape2 = []
    flux = np.zeros(len(q) - 1)
    for t4 in range(steps):
        t7 = q[:-1]
        t8 = q[1:]
        flux_tape2.append(copied(flux[:]))
        flux[:] = 0.5 * c * (t7 + t8 + c * (t7 - t8))
        q_tape2.append(copied(q[1:-1]))
        q[1:-1] -= flux[1:] - flux[:-1]
    return copied(q), (q, c, steps, flux_tape2, q_tape2, flux)


def lax_wendroff_adjoint(tape, seed_bar):
    q = tape[0]
    c = tape[1]
    steps = tape[2]
    flux_tape2 = tape[3]
    q_tape2 = tape[4]
    flux = tape[5]
    flux_tape2 = list(flux_tape2)
    q_tape2 = list(q_tape2)
    memory = detached((q, flux))
    q = memory[0]
    flux = memory[1]
    # reverse sweep
    flux_bar = np.zeros_like(flux)
    q_bar = np.zeros_like(q)
    # 10: for t in range(steps):
    q_bar += seed_bar
    for t4 in reversed(range(steps)):
        # 12: q[1:-1] -= flux[1:] - flux[:-1]
        q[1:-1] = q_tape2.pop()
        t16 = flux[1:]
        t17 = flux[:-1]
        t18_bar = unbroadcast(-copied(q_bar[1:-1]), t16 - t17)
        flux_bar[:-1] += unbroadcast(-t18_bar, t17)
        flux_bar[1:] += unbroadcast(t18_bar, t16)
        # 11: flux[:] = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        flux[:] = flux_tape2.pop()
        t6 = 0.5 * c
        t7 = q[:-1]
        t8 = q[1:]
        t9 = t7 + t8
        t13 = c * (t7 - t8)
        t27 = copied(flux_bar[:])
        flux_bar[:] = 0.0
        t14_bar = unbroadcast(t27, t6 * (t9 + t13)) * t6
        t9_bar = unbroadcast(t14_bar, t9)
        t12_bar = unbroadcast(t14_bar, t13) * c
        q_bar[1:] += unbroadcast(-t12_bar, t8)
        q_bar[:-1] += unbroadcast(t12_bar, t7)
        q_bar[1:] += unbroadcast(t9_bar, t8)
        q_bar[:-1] += unbroadcast(t9_bar, t7)
    return q_bar,
