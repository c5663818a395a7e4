def tanh_rnn_primal(W, U, xs):
    h_tape = []
    t4_tape = []
    t5_tape = []
    h = np.zeros(len(W))
    n = len(xs)
    for k in range(n):
        x = xs[k]
        t4 = W @ h
        t5 = U @ x
        h_tape.append(h)
        h = np.tanh(t4 + t5)
        t5_tape.append(t5.shape)
        t4_tape.append(t4.shape)
    return h.sum(), (W.copy(), U.copy(), xs.copy(), h_tape, t4_tape, t5_tape, h, n)


def tanh_rnn_adjoint(tape, result_bar):
    W = tape[0]
    U = tape[1]
    xs = tape[2]
    h_tape = tape[3]
    t4_tape = tape[4]
    t5_tape = tape[5]
    h = tape[6]
    h_tape = list(h_tape)
    t4_tape = list(t4_tape)
    t5_tape = list(t5_tape)
    # reverse sweep
    U_bar = np.zeros_like(U)
    W_bar = np.zeros_like(W)
    # 12: return h.sum()
    h_bar = spread(result_bar, h)
    # 10: for x in xs:
    for k in reversed(range(tape[7])):
        t4 = np.empty(t4_tape.pop())
        t5 = np.empty(t5_tape.pop())
        # 11: h = np.tanh(W @ h + U @ x)
        t7 = h
        h = h_tape.pop()
        t6_bar = h_bar * (1 - t7 * t7)
        t4_bar = unbroadcast(t6_bar, t4)
        x = xs[k]
        U_bar += np.outer(unbroadcast(t6_bar, t5), x)
        W_bar += np.outer(t4_bar, h)
        h_bar = W.T @ t4_bar
    return W_bar, U_bar
