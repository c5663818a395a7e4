def logsumexp_primal(x):
    m = x.max()
    t3 = np.exp(x - m)
    t4 = t3.sum()
    return m + np.log(t4), (x.copy(), m, t3, t4)


def logsumexp_adjoint(tape, result_bar):
    x = tape[0]
    m = tape[1]
    t3 = tape[2]
    t4 = tape[3]
    # reverse sweep
    with np.errstate(all='ignore'):
        # 8: return m + np.log(np.sum(np.exp(x - m)))
        t2_bar = guarded(result_bar, result_bar / t4) * t3
        m_bar = result_bar + np.sum(-t2_bar)
        # 7: m = np.max(x)
        x_bar = t2_bar + share_ties(m_bar, x, m)
    return x_bar,
