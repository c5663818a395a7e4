def parallel_smoothing_grad(x, w):
    # forward sweep
    y = np.zeros_like(x)
    t3 = len(x) - 1
    for i in range(1, t3):
        s = x[i - 1] + x[i + 1]
        y[i] = np.sin(x[i]) + w[i] * s * s
    # reverse sweep
    w_bar = np.zeros_like(w)
    x_bar = np.zeros_like(x)
    y_bar = np.ones_like(y)
    # 11: for i in numba.prange(1, len(x) - 1):
    for i in reversed(range(1, t3)):
        # 13: y[i] = np.sin(x[i]) + w[i] * s * s
        t12_bar = y_bar[i]
        index = i - 1
        index2 = i + 1
        s = x[index] + x[index2]
        t9 = w[i]
        t10_bar = t12_bar * s
        s_bar = t12_bar * (t9 * s) + t10_bar * t9
        w_bar[i] += t10_bar * s
        x_bar[i] += t12_bar * np.cos(x[i])
        # 12: s = x[i - 1] + x[i + 1]
        x_bar[index2] += s_bar
        x_bar[index] += s_bar
    return x_bar, w_bar
