def lax_wendroff_elements_jvp(q, c, steps, q_dot):
    q = entry_copy(q)
    q_dot2 = laid_out(q_dot, q)
    n = len(q)
    t2 = n - 1
    flux = np.zeros(t2)
    flux_dot = np.zeros_like(flux)
    for t4 in range(steps):
        for i in range(t2):
            t7 = 0.5 * c
            t8_dot = q_dot2[i]
            t8 = q[i]
            index = i + 1
            t9_dot = q_dot2[index]
            t9 = q[index]
            flux_dot[i] = (t8_dot + t9_dot + (t8_dot - t9_dot) * c) * t7
            flux[i] = t7 * (t8 + t9 + c * (t8 - t9))
        for i3 in range(1, t2):
            index3 = i3 - 1
            q_dot2[i3] += flux_dot[index3] - flux_dot[i3]
            q[i3] += flux[index3] - flux[i3]
        index4 = n - 2
        q_dot2[0] = q_dot2[index4]
        q[0] = q[index4]
        q_dot2[t2] = q_dot2[1]
        q[t2] = q[1]
    return q, q_dot2
