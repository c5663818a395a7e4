def legendre_jvp(n, x, known, x_dot, known_dot):
    if n not in known:
        t2 = 2 * n - 1
        t3 = t2 * x
        t4 = n - 1
        pair = legendre_jvp(t4, x, known, x_dot, known_dot)
        result = pair[0]
        pair2 = legendre_jvp(n - 2, x, known, x_dot, known_dot)
        known_dot[n] = (x_dot * t2 * result + pair[1] * t3 - pair2[1] * t4) / n
        known[n] = (t3 * result - t4 * pair2[0]) / n
    return known[n], known_dot[n]


def memoised_jvp(x, n, x_dot):
    pair = legendre_jvp(n, x, {0: 1.0, 1: x}, x_dot, {0: 0.0, 1: x_dot})
    return pair[0], pair[1]
