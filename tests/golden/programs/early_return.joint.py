def early_return_grad(x, n):
    test_tape = []
    y_tape = []
    # forward sweep
    returned = False
    y = x
    stop = False
    trips = 0
    for k in range(n):
        trips = trips + 1
        y_tape.append(y)
        y = y * x
        test2 = y > 10.0
        if test2:
            returned = True
            stop = True
        test_tape.append(test2)
        if stop:
            break
    # reverse sweep
    x_bar2 = 0.0
    y_bar = 0.0
    # 10: return y
    result_bar2 = 1.0
    if not returned:
        # 10: return y
        result_bar2_2 = result_bar2
        result_bar2 = 0.0
        y_bar = y_bar + result_bar2_2
    # 6: for k in range(n):
    for k in reversed(range(trips)):
        test = test_tape.pop()
        # 8: if y > 10.0:
        if test:
            # 9: return y - x
            t2_bar = result_bar2
            result_bar2 = 0.0
            y_bar = y_bar + t2_bar
            x_bar2 = x_bar2 - t2_bar
        # 7: y = y * x
        y = y_tape.pop()
        t_bar = y_bar
        y_bar = t_bar * x
        x_bar2 = x_bar2 + t_bar * y
    # 5: y = x
    x_bar = x_bar2 + y_bar
    return x_bar
