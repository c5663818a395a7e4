def tanh_rnn_grad(W, U, xs):
    h_tape2 = []
    t4_tape2 = []
    t5_tape2 = []
    # forward sweep
    h = np.zeros(len(W))
    n = len(xs)
    for k in range(n):
        x = xs[k]
        t4 = W @ h
        t5 = U @ x
        t6 = t4 + t5
        t7 = np.tanh(t6)
        h_tape2.append(h)
        h = t7
        t5_tape2.append(t5)
        t4_tape2.append(t4)
    # reverse sweep
    U_bar = np.zeros_like(U)
    W_bar = np.zeros_like(W)
    # 12: return h.sum()
    h_bar = spread(1.0, h)
    # 10: for x in xs:
    for k in reversed(range(n)):
        t4 = t4_tape2.pop()
        t5 = t5_tape2.pop()
        # 11: h = np.tanh(W @ h + U @ x)
        h = h_tape2.pop()
        t6 = t4 + t5
        t7 = np.tanh(t6)
        t6_bar = h_bar * (1 - t7 * t7)
        t4_bar = unbroadcast(t6_bar, t4)
        x = xs[k]
        U_bar = U_bar + np.outer(unbroadcast(t6_bar, t5), x)
        W_bar = W_bar + np.outer(t4_bar, h)
        h_bar = W.T @ t4_bar
    return as_gradient(W_bar, W), as_gradient(U_bar, U)
