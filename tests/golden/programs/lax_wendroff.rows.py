def lax_wendroff_adjoint_jvp(tape, seed_bar, seed_bar_dot):
    directions = len(seed_bar_dot)
    q = tape[0]
    c = tape[1]
    steps = tape[2]
    q_tape = tape[3]
    flux = tape[4]
    q_tape2 = list(q_tape)
    memory = detached((q, flux))
    q2 = memory[0]
    flux2 = memory[1]
    c_bar_dot = np.zeros(directions)
    c_bar = 0.0
    flux_bar = np.zeros_like(flux2)
    flux_bar_dot = zero_directions(flux_bar, directions)
    q_bar = np.zeros_like(q2)
    q_bar_dot = zero_directions(q_bar, directions)
    q_bar_dot += seed_bar_dot
    q_bar += seed_bar
    flux_bar_part_dot = flux_bar_dot[:, :-1]
    flux_bar_part = flux_bar[:-1]
    flux_bar_part2_dot = flux_bar_dot[:, 1:]
    flux_bar_part2 = flux_bar[1:]
    flux_bar_part3_dot = flux_bar_dot[:, :]
    flux_bar_part3 = flux_bar[:]
    for k in range(len(range(0, steps, 1)) - 1, -1, -1):
        q2[1:-1] = q_tape2.pop()
        t18_bar_dot = q_bar_dot[:, 1:-1]
        t18_bar = -q_bar[1:-1]
        flux_bar_part_dot += t18_bar_dot
        flux_bar_part -= t18_bar
        flux_bar_part2_dot -= t18_bar_dot
        flux_bar_part2 += t18_bar
        t7_2 = q2[:-1]
        t8_2 = q2[1:]
        t12_2 = t7_2 - t8_2
        t25 = t7_2 + t8_2 + c * t12_2
        t6_bar_dot = flux_bar_part3_dot @ t25
        t6_bar = flux_bar_part3.dot(t25)
        t27 = 0.5 * c
        t14_bar_dot = flux_bar_part3_dot * t27
        t14_bar = flux_bar_part3 * t27
        flux_bar_part3_dot[...] = 0.0
        flux_bar_part3[...] = 0.0
        t12_bar_dot = t14_bar_dot * c
        t12_bar = t14_bar * c
        q_bar_dot[:, 1:] += t14_bar_dot - t12_bar_dot
        q_bar[1:] += -t12_bar + t14_bar
        q_bar_dot[:, :-1] += t12_bar_dot + t14_bar_dot
        q_bar[:-1] += t12_bar + t14_bar
        c_bar_dot = c_bar_dot + t14_bar_dot @ t12_2 + t6_bar_dot * 0.5
        c_bar = c_bar + t14_bar.dot(t12_2) + t6_bar * 0.5
    parts = []
    for direction in range(directions):
        parts.append(number_gradient(c_bar_dot[direction], c))
    result_1_dot = stacked_directions(parts)
    result_1 = number_gradient(c_bar, c)
    return (q_bar, result_1), (q_bar_dot, result_1_dot)
