def nearest_centres_jvp(centres, points, centres_dot):
    with np.errstate(all='ignore'):
        total_dot = 0.0
        total = 0.0
        for i in range(len(points)):
            nearest_dot = 0.0
            nearest = np.inf
            last = -1
            nearest2 = np.inf
            for j in range(len(centres)):
                distance = 0.0
                for a in range(points.shape[1]):
                    distance = distance + (centres[j, a] - points[i, a]) ** 2
                if distance < nearest2:
                    nearest2 = distance
                    last = j
            if last >= 0:
                distance3_dot = 0.0
                distance3 = 0.0
                for a2 in range(points.shape[1]):
                    t16 = centres[last, a2] - points[i, a2]
                    distance3_dot = distance3_dot + centres_dot[last, a2] * (2 * t16)
                    distance3 = distance3 + t16 ** 2
                nearest_dot = distance3_dot
                nearest = distance3
            t9 = np.sqrt(nearest)
            total_dot = total_dot + guarded(nearest_dot, nearest_dot * 0.5 / t9)
            total = total + t9
        result_dot = total_dot
        result = total
    return result, result_dot
