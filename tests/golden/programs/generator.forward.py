def generator_jvp(v, v_dot):
    s_dot = 0.0
    s = 1.0
    stop = False
    total_dot = 0.0
    total = 0.0
    stop2 = False
    for k in range(len(v)):
        a_dot = v_dot[k]
        a = v[k]
        total_dot = total_dot + a_dot
        total = total + a
        total2_dot = total_dot
        total2 = total
        if total2 > 2.0:
            stop = True
        else:
            s_dot = s_dot * total2 + total2_dot * s
            s = s * total2
        if bool(stop):
            stop2 = True
        if stop2:
            break
    return s, s_dot
