def softmax_loss_jvp(W, x, label, W_dot):
    with np.errstate(all='ignore'):
        scores_dot = W_dot @ x
        scores = W @ x
        p = np.exp(scores)
        p_dot = scores_dot * p
        t3 = p.sum()
        p2 = p / t3
        p2_dot = quotient_tangent(p_dot, p_dot.sum(), p2, t3)
        t5_dot = p2_dot[label]
        t5 = p2[label]
        result_dot = -guarded(t5_dot, t5_dot / t5)
        result = -np.log(t5)
    return result, result_dot
