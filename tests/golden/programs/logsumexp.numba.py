def logsumexp_grad(x):
    # forward sweep
    m = x.max()
    t3 = np.empty(x.shape, np.float64)
    total = 0.0
    for i in range(x.shape[0]):
        t3[i] = exp_of(x[i] - m)
        total = plus(total, t3[i])
    # reverse sweep
    # 8: return m + np.log(np.sum(np.exp(x - m)))
    t4_bar = 1.0 / total
    t2_bar = np.empty(x.shape, np.float64)
    total2 = 0.0
    for i in range(x.shape[0]):
        t2_bar[i] = t4_bar * t3[i]
        total2 = plus(total2, t2_bar[i])
    m_bar = 1.0 - total2
    # 7: m = np.max(x)
    t = tied_share(m_bar, x, m)
    t5 = nan_share(m_bar, x, m)
    x_bar = np.empty(x.shape, np.float64)
    for i in range(x.shape[0]):
        x_bar[i] = t2_bar[i] + choose(x[i] == m, t, choose(x[i] != x[i], t5, 0.0))
    return shaped_like(x_bar, x)
