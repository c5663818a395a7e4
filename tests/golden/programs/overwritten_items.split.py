def overwritten_items_primal(x):
    pair_tape = []
    pair = [x[0], x[1]]
    t3 = len(x)
    for k in range(2, t3):
        index = k % 2
        pair_tape.append(pair[index])
        pair[index] = pair[0] * pair[1] + x[k]
    return pair[0] - pair[1], (x.copy(), pair_tape, pair, t3)


def overwritten_items_adjoint(tape, result_bar):
    x = tape[0]
    pair_tape = tape[1]
    pair = tape[2]
    pair_tape = list(pair_tape)
    memory = detached((pair_tape, pair))
    pair_tape = memory[0]
    pair = memory[1]
    # reverse sweep
    pair_bar = zeros_like(pair)
    x_bar = np.zeros_like(x)
    # 8: return pair[0] - pair[1]
    pair_bar[1] = pair_bar[1] + -result_bar
    pair_bar[0] = pair_bar[0] + result_bar
    # 6: for k in range(2, len(x)):
    for k in reversed(range(2, tape[3])):
        # 7: pair[k % 2] = pair[0] * pair[1] + x[k]
        index = k % 2
        pair[index] = pair_tape.pop()
        t8_bar = pair_bar[index]
        pair_bar[index] = 0.0
        x_bar[k] = t8_bar
        t4_bar = t8_bar * pair[1]
        pair_bar[1] = pair_bar[1] + t8_bar * pair[0]
        pair_bar[0] = pair_bar[0] + t4_bar
    # 5: pair = [x[0], x[1]]
    x_bar[1] = pair_bar[1]
    x_bar[0] = pair_bar[0]
    return x_bar,
