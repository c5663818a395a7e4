def exception_jvp(v, v_dot):
    with np.errstate(all='ignore'):
        v = entry_copy(v)
        v_dot2 = laid_out(v_dot, v)
        s_dot = 0.0
        s = 0.0
        for k in range(len(v)):
            t3_dot = v_dot2[k]
            t3 = v[k] - 0.5
            try:
                t4 = math.sqrt(t3)
                t10 = s + t4
                s_dot = s_dot + guarded(t3_dot, t3_dot * reciprocal_or_inf(2 * t4))
                s = t10
                failed = False
            except ValueError:
                failed = True
            if not failed:
                t5 = v[k]
                v_dot2[k] = s_dot * t5 + v_dot2[k] * s
                v[k] = s * t5
            if failed:
                t7 = v[k]
                s_dot = s_dot * t7 + v_dot2[k] * s
                s = s * t7
        result_dot = s_dot + v_dot2.sum()
        result = s + v.sum()
    return result, result_dot
