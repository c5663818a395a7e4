def lax_wendroff_taylor(q, c, steps, q_coef):
    directions = len(q_coef)
    q = entry_copy(q)
    q_coef2 = laid_out_directions(q_coef, q)
    flux = np.zeros(len(q) - 1)
    flux_coef = zero_directions(flux, directions)
    for t4 in range(steps):
        t6 = 0.5 * c
        t7_coef = q_coef2[:, :-1]
        t7 = q[:-1]
        t8_coef = q_coef2[:, 1:]
        t8 = q[1:]
        flux_coef[:, :] = (t7_coef + t8_coef + (t7_coef - t8_coef) * c) * t6
        flux[:] = t6 * (t7 + t8 + c * (t7 - t8))
        q_coef2[:, 1:-1] -= flux_coef[:, 1:] - flux_coef[:, :-1]
        q[1:-1] -= flux[1:] - flux[:-1]
    return q, q_coef2
