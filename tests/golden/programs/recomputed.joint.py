def recomputed_grad(q):
    # reverse sweep
    q_bar = np.zeros_like(q)
    # 8: for i in range(1, len(q)):
    for i in reversed(range(1, len(q))):
        # 10: energy += np.sin(d) * d
        index = i - 1
        d = q[i] - q[index]
        d_bar = np.sin(d) + d * np.cos(d)
        # 9: d = q[i] - q[i - 1]
        q_bar[index] = -d_bar
        q_bar[i] += d_bar
    return q_bar
