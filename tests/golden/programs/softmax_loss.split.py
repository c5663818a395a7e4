def softmax_loss_primal(W, x, label):
    scores = W @ x
    p = np.exp(scores)
    t3 = p.sum()
    p2 = p / t3
    t5 = p2[label]
    return -np.log(t5), (x.copy(), label, p, t3, p2, t5)


def softmax_loss_adjoint(tape, result_bar):
    x = tape[0]
    label = tape[1]
    p = tape[2]
    t3 = tape[3]
    p2 = tape[4]
    t5 = tape[5]
    # reverse sweep
    with np.errstate(all='ignore'):
        p2_bar = np.zeros_like(p2)
        # 10: return -np.log(p[label])
        t6_bar = -result_bar
        p2_bar[label] += guarded(t6_bar, t6_bar / t5)
        # 9: p = p / p.sum()
        t7 = p2_bar / t3
        p_bar = guarded(p2_bar, t7) - guarded(p2_bar, t7 * p2).sum()
        # 8: p = np.exp(scores)
        scores_bar = p_bar * p
        # 7: scores = W @ x
        W_bar = scores_bar[:, None] * x
    return W_bar,
