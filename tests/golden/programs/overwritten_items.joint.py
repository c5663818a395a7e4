def overwritten_items_grad(x):
    pair_tape = []
    # forward sweep
    pair = [x[0], x[1]]
    t3 = len(x)
    for k in range(2, t3):
        index2 = k % 2
        pair_tape.append(pair[index2])
        pair[index2] = pair[0] * pair[1] + x[k]
    # reverse sweep
    pair_bar = zeros_like(pair)
    x_bar = np.zeros_like(x)
    # 8: return pair[0] - pair[1]
    pair_bar[1] = pair_bar[1] + -1.0
    pair_bar[0] = pair_bar[0] + 1.0
    # 6: for k in range(2, len(x)):
    for k in reversed(range(2, t3)):
        # 7: pair[k % 2] = pair[0] * pair[1] + x[k]
        index = k % 2
        pair[index] = pair_tape.pop()
        t8_bar = pair_bar[index]
        pair_bar[index] = 0.0
        x_bar[k] = t8_bar
        pair_bar[1] = pair_bar[1] + t8_bar * pair[0]
        pair_bar[0] = pair_bar[0] + t8_bar * pair[1]
    # 5: pair = [x[0], x[1]]
    x_bar[1] = pair_bar[1]
    x_bar[0] = pair_bar[0]
    return x_bar
