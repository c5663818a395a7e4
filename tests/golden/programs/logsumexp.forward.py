def logsumexp_jvp(x, x_dot):
    with np.errstate(all='ignore'):
        m = x.max()
        m_dot = share_ties_adjoint(x_dot, x, m)
        t3 = np.exp(x - m)
        t4_dot = ((x_dot - m_dot) * t3).sum()
        t4 = t3.sum()
        result_dot = m_dot + guarded(t4_dot, t4_dot / t4)
        result = m + np.log(t4)
    return result, result_dot
