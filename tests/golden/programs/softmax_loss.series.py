def softmax_loss_taylor(W, x, label, W_coef):
    scores_coef = W_coef @ x
    scores = W @ x
    p = np.exp(scores)
    p_coef = exp_series(p, scores, scores_coef)
    t3 = p.sum()
    p2 = p / t3
    p2_coef = quotient_series(p2, p, p_coef, t3, p_coef.sum(axis=1))
    t5 = p2[label]
    t6 = np.log(t5)
    return -t6, -log_series(t6, t5, p2_coef[:, label])
