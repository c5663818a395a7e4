def tanh_rnn_jvp(W, U, xs, W_dot, U_dot):
    h = np.zeros(len(W))
    h_dot = np.zeros_like(h)
    for k in range(len(xs)):
        x = xs[k]
        t7 = np.tanh(W @ h + U @ x)
        h_dot = (W_dot @ h + W @ h_dot + U_dot @ x) * (1 - t7 * t7)
        h = t7
    return h.sum(), h_dot.sum()
