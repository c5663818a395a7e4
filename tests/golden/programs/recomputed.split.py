def recomputed_primal(q):
    energy = 0.0
    t = len(q)
    for i in range(1, t):
        d = q[i] - q[i - 1]
        energy = energy + np.sin(d) * d
    return energy, (q.copy(), t)


def recomputed_adjoint(tape, result_bar):
    q = tape[0]
    # reverse sweep
    q_bar = np.zeros_like(q)
    # 8: for i in range(1, len(q)):
    for i in reversed(range(1, tape[1])):
        # 10: energy += np.sin(d) * d
        index = i - 1
        d = q[i] - q[index]
        d_bar = result_bar * np.sin(d) + result_bar * d * np.cos(d)
        # 9: d = q[i] - q[i - 1]
        q_bar[index] = -d_bar
        q_bar[i] += d_bar
    return q_bar,
