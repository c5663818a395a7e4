def nearest_centres_primal(centres, points):
    last_tape = []
    nearest_tape = []
    total = 0.0
    t = len(points)
    for i in range(t):
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
            distance3 = 0.0
            for a2 in range(points.shape[1]):
                distance3 = distance3 + (centres[last, a2] - points[i, a2]) ** 2
            nearest = distance3
        total = total + np.sqrt(nearest)
        last_tape.append(last)
        nearest_tape.append(nearest)
    return total, (centres.copy(), points.copy(), last_tape, nearest_tape, t)


def nearest_centres_adjoint(tape, result_bar):
    centres = tape[0]
    points = tape[1]
    last_tape = tape[2]
    nearest_tape = tape[3]
    t = tape[4]
    last_tape = list(last_tape)
    nearest_tape = list(nearest_tape)
    # reverse sweep
    with np.errstate(all='ignore'):
        centres_bar = np.zeros_like(centres)
        # 8: for i in range(len(points)):
        for i in reversed(range(t)):
            nearest = nearest_tape.pop()
            last = last_tape.pop()
            # 16: total += np.sqrt(nearest)
            nearest_bar = guarded(result_bar, result_bar * 0.5 / np.sqrt(nearest))
            # 15: nearest = distance
            if last >= 0:
                # 12: for a in range(points.shape[1]):
                for a2 in reversed(range(points.shape[1])):
                    # 13: distance += (centres[j, a] - points[i, a]) ** 2
                    centres_bar[last, a2] += nearest_bar * (2 * (centres[last, a2] - points[i, a2]))
    return centres_bar,
