def tanh_rnn_grad(W, U, xs):
    h_tape = []
    t4_tape = []
    t5_tape = []
    # forward sweep
    h = np.zeros(len(W))
    n = len(xs)
    for k in range(n):
        x = xs[k]
        t4_2 = W @ h
        t5_2 = U @ x
        h_tape.append(h)
        h = np.tanh(t4_2 + t5_2)
        t5_tape.append(t5_2.shape)
        t4_tape.append(t4_2.shape)
    # reverse sweep
    # 12: return h.sum()
    h_bar = spread(1.0, h)
    # 10: for x in xs:
    U_lefts = []
    U_rights = []
    W_lefts = []
    W_rights = []
    for k in reversed(range(n)):
        # 11: h = np.tanh(W @ h + U @ x)
        t7 = h
        h = h_tape.pop()
        t6_bar = h_bar * (1 - t7 * t7)
        t4_bar = unbroadcast(t6_bar, np.empty(t4_tape.pop()))
        x = xs[k]
        U_lefts.append(unbroadcast(t6_bar, np.empty(t5_tape.pop())))
        U_rights.append(x)
        W_lefts.append(t4_bar)
        W_rights.append(h)
        h_bar = W.T @ t4_bar
    U_bar = outer_sum(U_lefts, U_rights, U)
    W_bar = outer_sum(W_lefts, W_rights, W)
    return W_bar, U_bar
