def where_with_sqrt_jvp(x, x_dot):
    with np.errstate(all='ignore'):
        test = x > 0.0
        t_dot = x_dot * np.sign(x)
        t2 = np.sqrt(np.absolute(x))
        result_dot = np.where(test, guarded(t_dot, t_dot * 0.5 / t2), 0.0).sum()
        result = np.where(test, t2, 0.0).sum()
    return result, result_dot
