def recomputed_jvp(q, q_dot):
    energy_dot = 0.0
    energy = 0.0
    for i in range(1, len(q)):
        index = i - 1
        d_dot = q_dot[i] - q_dot[index]
        d = q[i] - q[index]
        t5 = np.sin(d)
        energy_dot = energy_dot + (d_dot * np.cos(d) * d + d_dot * t5)
        energy = energy + t5 * d
    return energy, energy_dot
