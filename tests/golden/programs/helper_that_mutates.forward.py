def helper_that_mutates_jvp(x, x_dot):
    t = x_dot * x
    A_dot = t + t
    A = x * x
    t2 = A[0]
    A_dot[0] = A_dot[0] * np.cos(t2)
    A[0] = np.sin(t2)
    A3_dot = A_dot[1:]
    A3 = A[1:]
    t5 = A3[0]
    A3_dot[0] = A3_dot[0] * np.cos(t5)
    A3[0] = np.sin(t5)
    return A.sum(), A_dot.sum()
