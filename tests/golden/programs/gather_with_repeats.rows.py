def gather_with_repeats_adjoint_jvp(tape, result_bar, result_bar_dot):
    directions = len(result_bar_dot)
    x = tape[0]
    index = tape[1]
    y = tape[2]
    x_bar = np.zeros_like(x)
    x_bar_dot = zero_directions(x_bar, directions)
    t5 = tape[3]
    y_bar2_dot = unbroadcast_directions(result_bar_dot[:, None] * t5, y) * y
    y_bar2 = unbroadcast(result_bar * t5, y) * y
    y_bar_dot = y_bar2_dot + y_bar2_dot
    y_bar = y_bar2 + y_bar2
    for direction in range(directions):
        t10 = x_bar_dot[direction]
        np.add.at(t10, index, y_bar_dot[direction])
    np.add.at(x_bar, index, y_bar)
    return (x_bar,), (x_bar_dot,)
