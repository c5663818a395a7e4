def softmax_loss_grad(W, x, label):
    # forward sweep
    scores = W @ x
    p = np.exp(scores)
    t3 = p.sum()
    p2 = p / t3
    t5 = p2[label]
    # reverse sweep
    with np.errstate(all='ignore'):
        p2_bar = np.zeros_like(p2)
        # 10: return -np.log(p[label])
        p2_bar[label] = -1.0 / t5
        # 9: p = p / p.sum()
        t7 = p2_bar / t3
        p_bar = guarded(p2_bar, t7) - guarded(p2_bar, t7 * p2).sum()
        # 8: p = np.exp(scores)
        scores_bar = p_bar * p
        # 7: scores = W @ x
        W_bar = scores_bar[:, None] * x
    return shaped_like(W_bar, W)
