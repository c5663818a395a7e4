def lax_wendroff_grad(q, c, steps):
    q = entry_copy(q)
    flux_tape2 = []
    q_tape2 = []
    # forward sweep
    flux = np.zeros(len(q) - 1)
    for t4 in range(steps):
        t6 = 0.5 * c
        t7 = q[:-1]
        t8 = q[1:]
        t9 = t7 + t8
        t10 = q[:-1]
        t11 = q[1:]
        t12 = t10 - t11
        t13 = c * t12
        t14 = t9 + t13
        t15 = t6 * t14
        flux_saved3_2 = copied(flux[:])
        flux_tape2.append(flux_saved3_2)
        flux[:] = t15
        t16 = flux[1:]
        t17 = flux[:-1]
        t18 = t16 - t17
        q_saved3_2 = copied(q[1:-1])
        q_tape2.append(q_saved3_2)
        q[1:-1] -= t18
    # reverse sweep
    flux_bar = np.zeros_like(flux)
    q_bar = np.zeros_like(q)
    # 10: for t in range(steps):
    q_bar += 1.0
    for t4 in reversed(range(steps)):
        # 12: q[1:-1] -= flux[1:] - flux[:-1]
        q_saved3_2 = q_tape2.pop()
        q[1:-1] = q_saved3_2
        t16 = flux[1:]
        t17 = flux[:-1]
        t18 = t16 - t17
        t18_bar = unbroadcast(-copied(q_bar[1:-1]), t18)
        flux_bar[:-1] += unbroadcast(-t18_bar, t17)
        flux_bar[1:] += unbroadcast(t18_bar, t16)
        # 11: flux[:] = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        flux_saved3_2 = flux_tape2.pop()
        flux[:] = flux_saved3_2
        t6 = 0.5 * c
        t7 = q[:-1]
        t8 = q[1:]
        t9 = t7 + t8
        t10 = q[:-1]
        t11 = q[1:]
        t12 = t10 - t11
        t13 = c * t12
        t14 = t9 + t13
        t15 = t6 * t14
        t27 = copied(flux_bar[:])
        flux_bar[:] = 0.0
        t14_bar = unbroadcast(t27, t15) * t6
        t9_bar = unbroadcast(t14_bar, t9)
        t12_bar = unbroadcast(t14_bar, t13) * c
        q_bar[1:] += unbroadcast(-t12_bar, t11)
        q_bar[:-1] += unbroadcast(t12_bar, t10)
        q_bar[1:] += unbroadcast(t9_bar, t8)
        q_bar[:-1] += unbroadcast(t9_bar, t7)
    return q_bar
