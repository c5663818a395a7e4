def logsumexp_grad(x):
    # forward sweep
    m = x.max()
    t3 = np.exp(x - m)
    t4 = t3.sum()
    # reverse sweep
    with np.errstate(all='ignore'):
        # 8: return m + np.log(np.sum(np.exp(x - m)))
        t2_bar = 1.0 / t4 * t3
        m_bar = 1.0 - t2_bar.sum()
        # 7: m = np.max(x)
        x_bar = t2_bar + share_ties(m_bar, x, m)
    return shaped_like(x_bar, x)
