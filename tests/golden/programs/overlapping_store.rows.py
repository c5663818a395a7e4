def overlapping_store_adjoint_jvp(tape, result_bar, result_bar_dot):
    directions = len(result_bar_dot)
    a = tape[0]
    a_bar = np.zeros_like(a)
    a_bar_dot = zero_directions(a_bar, directions)
    t4_dot = result_bar_dot[:, None] * a
    t4 = result_bar * a
    a_bar_dot += t4_dot + t4_dot
    a_bar += t4 + t4
    t_bar_dot = a_bar_dot[:, 1:].copy()
    t_bar = a_bar[1:].copy()
    a_bar_dot[:, 1:] = 0.0
    a_bar[1:] = 0.0
    a_bar_dot[:, :-1] += t_bar_dot
    a_bar[:-1] += t_bar
    return (a_bar,), (a_bar_dot,)
