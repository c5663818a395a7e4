"""Facts about programs: types, aliasing, activity, recording. Analyses return frozen values and change nothing."""
