def softmax_loss_primal(W, x, label):
    scores = W @ x
    p = np.exp(scores)
    t3 = np.sum(p)
    p2 = p / t3
    t5 = p2[label]
    return -np.log(t5), (copied(W), copied(x), label, p, t3, p2, t5)


def softmax_loss_adjoint(tape, result_bar):
    W = tape[0]
    x = tape[1]
    label = tape[2]
    p = tape[3]
    t3 = tape[4]
    p2 = tape[5]
    t5 = tape[6]
    # reverse sweep
    with np.errstate(all='ignore'):
        p2_bar = np.zeros_like(p2)
        # 10: return -np.log(p[label])
        p2_bar[label] += guarded(-result_bar, np.divide(1, t5))
        # 9: p = p / p.sum()
        p_bar = guarded(p2_bar, 1 / t3) + spread(np.sum(guarded(p2_bar, -p2 / t3)), p)
        # 8: p = np.exp(scores)
        scores_bar = p_bar * p
        # 7: scores = W @ x
        W_bar = np.outer(scores_bar, x)
        gradient = as_gradient(W_bar, W)
    return gradient,
