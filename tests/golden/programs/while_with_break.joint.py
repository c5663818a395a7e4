def while_with_break_grad(a):
    x_tape = []
    # forward sweep
    x = a
    stop = False
    trips = 0
    while True:
        trips = trips + 1
        step = (x * x - a) / (2.0 * x)
        x_tape.append(x)
        x = x - step
        if abs(step) < 1e-12:
            stop = True
        if stop:
            break
    # reverse sweep
    a_bar2 = 0.0
    # 11: return x
    x_bar = 1.0
    # 6: while True:
    for trip in reversed(range(trips)):
        # 8: x = x - step
        x = x_tape.pop()
        step_bar = x_bar
        # 7: step = (x * x - a) / (2.0 * x)
        t3 = 2.0 * x
        step = (x * x - a) / t3
        t2_bar = step_bar / t3
        a_bar2 = a_bar2 + t2_bar
        t13 = t2_bar * x
        x_bar = step_bar + t2_bar * step * 2.0 - t13 - t13
    # 5: x = a
    a_bar = a_bar2 + x_bar
    return a_bar
