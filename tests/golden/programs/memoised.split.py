def legendre_primal(n, x, known):
    known_saved = None
    result = None
    result2_tape = None
    result_tape = None
    t2 = None
    t3 = None
    t4 = None
    t7 = None
    test2 = n not in known
    if test2:
        t2 = 2 * n - 1
        t3 = t2 * x
        t4 = n - 1
        result, result_tape = legendre_primal(t4, x, known)
        t7 = n - 2
        result2, result2_tape = legendre_primal(t7, x, known)
        known_saved = known.get(n)
        known[n] = (t3 * result - t4 * result2) / n
    return known[n], (test2, t2, t3, t4, result, result_tape, t7, result2_tape, known_saved)


def memoised_primal(x, n):
    t = {0: 1.0, 1: x}
    result2, result2_tape = legendre_primal(n, x, t)
    return result2, (x, n, t, result2_tape)


def legendre_adjoint(tape, result_bar, n, known, known_bar):
    t2 = tape[1]
    t3 = tape[2]
    t4 = tape[3]
    result = tape[4]
    result_tape = tape[5]
    t7 = tape[6]
    result2_tape = tape[7]
    known_saved = tape[8]
    # reverse sweep
    x_bar = 0.0
    # 7: return known[n]
    known_bar[n] = known_bar[n] + result_bar
    # 5: if n not in known:
    if tape[0]:
        # 6: known[n] = ((2 * n - 1) * x * legendre(n - 1, x, known) - (n - 1) * legendre(n - 2, x, known)) / n
        known[n] = known_saved
        t10_bar = known_bar[n]
        known_bar[n] = 0.0
        t9_bar = t10_bar / n
        t16 = legendre_adjoint(result2_tape, -t9_bar * t4, t7, known, known_bar)
        t19 = legendre_adjoint(result_tape, t9_bar * t3, t4, known, known_bar)
        x_bar = x_bar + t16 + t19 + t9_bar * result * t2
    return x_bar


def memoised_adjoint(tape, result_bar):
    x = tape[0]
    n = tape[1]
    result2_tape = tape[3]
    memory = detached((tape[2], result2_tape))
    t = memory[0]
    result2_tape = memory[1]
    # reverse sweep
    t_bar = zeros_like(t)
    # 11: return legendre(n, x, {0: 1.0, 1: x})
    x_bar2 = legendre_adjoint(result2_tape, result_bar, n, t, t_bar)
    x_bar = x_bar2 + t_bar[1]
    return number_gradient(x_bar, x),
