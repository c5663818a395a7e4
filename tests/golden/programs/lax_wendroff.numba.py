def lax_wendroff_grad(q, c, steps):
    q = entry_copy(q)
    # forward sweep
    flux = np.zeros(len(q) - 1)
    for t4 in range(steps):
        t6_2 = 0.5 * c
        for i in range(flux.shape[0]):
            flux[i] = t6_2 * (q[i] + q[i + 1] + c * (q[i] - q[i + 1]))
        for i in range(q.shape[0] - 2):
            q[i + 1] -= flux[i + 1] - flux[i]
    # reverse sweep
    flux_bar = np.zeros_like(flux)
    q_bar = np.ones_like(q)
    # 10: for t in range(steps):
    for t4 in range(steps - 1, -1, -1):
        # 12: q[1:-1] -= flux[1:] - flux[:-1]
        for i in range(flux_bar.shape[0] - 1):
            flux_bar[i] = q_bar[i + 1]
        for i in range(flux_bar.shape[0] - 1):
            flux_bar[i + 1] -= q_bar[i + 1]
        # 11: flux[:] = 0.5 * c * (q[:-1] + q[1:] + c * (q[:-1] - q[1:]))
        t6 = 0.5 * c
        for i in range(flux_bar.shape[0]):
            t14_bar = flux_bar[i] * t6
            flux_bar[i] = 0.0
            t12_bar = t14_bar * c
            q_bar[i + 1] += t14_bar - t12_bar
            q_bar[i] += t12_bar + t14_bar
    return q_bar
