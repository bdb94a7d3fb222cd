"""The published way to align one video with one candidate, in numpy and Python.

published.py FRAMES SUBACTIONS DIMENSION prints two numbers: the seconds that a pair needs, and those of
its time warping.
"""
import sys
import time

import numpy as np


def similarity(frames, subactions):
    frames = frames / np.linalg.norm(frames, axis=1, keepdims=True)
    subactions = subactions / np.linalg.norm(subactions, axis=1, keepdims=True)
    return 1 / (1 + np.exp(-(frames @ subactions.T * np.exp(4.72) - 16.77)))


def warp(matrix):
    rows, columns = matrix.shape
    totals = np.full((rows + 1, columns + 1), -np.inf)
    totals[0, 0] = 0
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            totals[i, j] = matrix[i - 1, j - 1] + max(totals[i - 1, j - 1], totals[i - 1, j], totals[i, j - 1])
    path = []
    i, j = rows, columns
    while i > 0 and j > 0:
        path.append((i - 1, j - 1))
        step = np.argmax([totals[i - 1, j - 1], totals[i - 1, j], totals[i, j - 1]])
        if step != 2:
            i -= 1
        if step != 1:
            j -= 1
    return totals[rows, columns] / len(path), path[::-1]


def seconds(work):
    """The least of several runs: whatever else the machine does counts for the published method."""
    times = []
    begin = time.perf_counter()
    while len(times) < 3 or time.perf_counter() - begin < 0.2:
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


frame_count, subaction_count, dimension = map(int, sys.argv[1:])
random = np.random.default_rng(1)
frames = random.standard_normal((frame_count, dimension), dtype=np.float32)
subactions = random.standard_normal((subaction_count, dimension), dtype=np.float32)
matrix = similarity(frames, subactions)
print(seconds(lambda: warp(similarity(frames, subactions))), seconds(lambda: warp(matrix)))
