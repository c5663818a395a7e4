def lax_wendroff_jvp(q, c, steps, q_dot):
    directions = len(q_dot)
    q = entry_copy(q)
    q_dot2 = laid_out_directions(q_dot, q)
    flux = np.zeros(len(q) - 1)
    flux_dot = zero_directions(flux, directions)
    for t4 in range(steps):
        t6 = 0.5 * c
        t7_dot = q_dot2[:, :-1]
        t7 = q[:-1]
        t8_dot = q_dot2[:, 1:]
        t8 = q[1:]
        flux_dot[:, :] = (t7_dot + t8_dot + (t7_dot - t8_dot) * c) * t6
        flux[:] = t6 * (t7 + t8 + c * (t7 - t8))
        q_dot2[:, 1:-1] -= flux_dot[:, 1:] - flux_dot[:, :-1]
        q[1:-1] -= flux[1:] - flux[:-1]
    return q, q_dot2
