def product_of_sines_primal(x, y):
    a = math.sin(x)
    t2 = x * y
    b = math.sin(t2)
    return a * b, (x, y, a, t2, b)


def product_of_sines_adjoint(tape, result_bar):
    x = tape[0]
    y = tape[1]
    a = tape[2]
    b = tape[4]
    # reverse sweep
    # 11: return a * b
    a_bar = result_bar * b
    b_bar = result_bar * a
    # 10: b = math.sin(x * y)
    t2_bar = b_bar * math.cos(tape[3])
    y_bar = t2_bar * x
    # 9: a = math.sin(x)
    x_bar = t2_bar * y + a_bar * math.cos(x)
    return x_bar, y_bar
