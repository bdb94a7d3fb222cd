"""Makes the tiny random checkpoints that the tests of inference compare with, and what the reference
libraries compute with them.

    python -m venv build/python && build/python/bin/pip install torch transformers sentence-transformers \
        sentencepiece protobuf 'pillow<12' && build/python/bin/python tests/inference/models/make_models.py

Writes beside itself: one folder a family with the checkpoint as its users have it and expected.json
(texts, token ids, vectors, images' vectors); strings.json, the hard strings of the tokenizer tests;
images/, small pictures; resized.json, what Pillow makes of them. Everything is seeded: the same
versions of the libraries give the same files.
"""
import json
import os
import random
import shutil
import struct
import zlib
from pathlib import Path

import numpy as np
import sentencepiece
import torch
import transformers
from PIL import Image
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer, models as tokenizer_models, trainers
from tokenizers import normalizers, pre_tokenizers

HERE = Path(__file__).parent
SEED = 20240607

LABELS = [
    "Running", "riding a horse", "playing_guitar", "BalanceBeam", "jump//hurdle", "Throw Discus",
    "applying lipstick", "a video of a person cutting vegetables", "打太极拳", "Naïve café déjà vu",
    "", "   ", "shot put", "Punch & kick!", "don't stop", "walk the dog (on a leash)", "HIGH-JUMP",
    "fix a car's tyre", "pouring milk into a cup of coffee, then stirring it with a small spoon",
]


def hard_strings():
    """500 strings that tokenizers get wrong: scripts, accents, marks, spaces, emoji, runs, tokens."""
    rng = random.Random(SEED)
    pieces = [
        "run", "Running", "RUNNING", "naïve", "NAÏVE", "na\u0131ve", "na\u0069\u0308ve", "Ångström",
        "A\u030angstro\u0308m", "ß", "ẞ", "straße", "İstanbul", "ıI", "ΣΊΣΥΦΟΣ", "Σ", "ὈΔΥΣΣΕΎΣ",
        "ﬁne", "ﬀ", "①②③", "½ cup", "x²", "Ⅷ", "١٢٣", "१२३", "3.14", "1,000,000", "2024-06-07",
        "don't", "we'll", "I'VE", "it's", "'s", "''s", "rock'n'roll", "he’s", "“quoted”", "«oui»",
        "…", "...", "—", "–", "-", "--", "_", "__init__", "a_b_c", "snake_case", "CamelCase",
        "kebab-case", "path/to/file", "a//b", "C++", "C#", "#tag", "@user", "e-mail@example.org",
        "https://example.org/?q=1&r=2", "100%", "$5", "€7", "£", "¥", "a&b", "&amp;", "&lt;b&gt;",
        "<b>", "</s>", "<s>", "<unk>", "<pad>", "<mask>", "[CLS]", "[SEP]", "[MASK]", "[PAD]",
        "[UNK]", "<|endoftext|>", "<|startoftext|>", "<eos>", "<bos>", "<0x41>", "▁", "▁a", "##ing",
        "日本語", "漢字かな交じり文", "カタカナ", "ｶﾀｶﾅ", "한국어", "\u1112\u1161\u11ab", "中文", "打太极拳",
        "㍿", "𠀀𠀁", "豈", "ไทย", "กำลัง", "हिन्दी", "বাংলা", "தமிழ்", "عربى", "مَرْحَبًا", "עִבְרִית",
        "Ελληνικά", "русский", "Ёлка", "українська", "հայերեն", "ქართული", "አማርኛ", "Tiếng Việt",
        "Tie\u0302\u0301ng", "Đ", "Łódź", "čeština", "ŞğÜö", "Æther", "Œuvre", "ð", "þ",
        "🙂", "👍🏽", "👨‍👩‍👧", "🇩🇪", "❤️", "♥", "☕", "\u2764\ufe0f\u200d\U0001F525", "🤸🏿‍♀️", "⛹️",
        "\t", "\n", "\r\n", "\u00a0", "\u2003", "\u3000", "\u200b", "\u200d", "\ufeff", "\u2028",
        "\u0085", "\u000b", "\u000c", "\u001c", "\u0007", "\u007f", "\ufffd", "\u00ad", "\u0301",
        "e\u0301\u0301", "\u0344", "\u1e9b\u0323", "\u212b", "\u2126", "\u0958", "zalgo\u0336\u0337",
        "a" * 30, "ha" * 60, "!" * 20, "?!?!", "((()))", "[[x]]", "{}", "{x}", "~`", "^", "\\", "|",
        "\"", "'", "``", "´", "°C", "µm", "™", "®", "§", "¶", "†", "•", "·", "∑", "√", "≈", "→", "⇒",
        "─", "█", "♪", "✓", "☃", "𝓗𝓮𝓵𝓵𝓸", "𝟙𝟚", "Ｆｕｌｌ　ｗｉｄｔｈ", "ｆ１", "ⅻ", "ǅ", "ŉ", "ΐ", "ﬃ",
        "a\u0000b", "\u0080", "\ue000", "\U000e0001", "\U0001f9ff", "\u0e33", "\u0f77",
        "The quick brown fox jumps over the lazy dog", "person doing push-ups", "play tennis",
        "x" * 101, "supercalifragilisticexpialidocious", "antidisestablishmentarianism" * 4,
        "word " * 90, "1234567890" * 12, "日" * 90,
    ]
    strings = list(dict.fromkeys(pieces))
    while len(strings) < 500:
        parts = rng.choices(pieces, k=rng.randint(2, 7))
        text = rng.choice(["", " ", " ", "  "]).join(parts)
        if len(text) > 400:
            continue
        if rng.random() < 0.2:
            text = " " + text + "  "
        if rng.random() < 0.1:
            text = text.upper()
        if text not in strings:
            strings.append(text)
    return strings[:500]


def corpus(strings):
    words = "run jump throw catch ride play cut pour walk kick punch dance swim climb paint cook".split()
    rng = random.Random(SEED + 1)
    lines = [" ".join(rng.choices(words, k=6)) + "ing the ball with a person" for _ in range(400)]
    return lines + [s for s in strings if "\u0000" not in s] + LABELS


def randomize(model, scale=0.25):
    """Weights large enough for wrong arithmetic to show, small enough for stable sums."""
    generator = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if name.endswith(("logit_scale", "logit_bias")):
                continue
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * noise)
            else:
                parameter.copy_(scale * noise)
    return model.eval()


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n")


def rounded(array):
    return [[float(f"{x:.8g}") for x in row] for row in np.asarray(array, dtype=np.float64)]


def clean(folder):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def drop(folder, *names):
    for name in names:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():
            path.unlink()


def word_pieces(strings, specials, lower=True, size=900):
    tokenizer = Tokenizer(tokenizer_models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(corpus(strings), trainer)
    return tokenizer.get_vocab()


def token_ids(tokenizer, strings, length):
    return [tokenizer(s, truncation=True, max_length=length)["input_ids"] for s in strings]


def sentence_model(folder, encoder, tokenizer, pooling, normalize, max_tokens, dense=None):
    encoder.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    modules = [("", "sentence_transformers.models.Transformer"),
               ("1_Pooling", "sentence_transformers.models.Pooling")]
    write_json(folder / "sentence_bert_config.json", {"max_seq_length": max_tokens, "do_lower_case": False})
    (folder / "1_Pooling").mkdir()
    write_json(folder / "1_Pooling" / "config.json", {
        "word_embedding_dimension": encoder.config.hidden_size,
        "pooling_mode_cls_token": pooling == "cls", "pooling_mode_mean_tokens": pooling == "mean",
        "pooling_mode_max_tokens": pooling == "max", "pooling_mode_mean_sqrt_len_tokens": False})
    if dense:
        (folder / "2_Dense").mkdir()
        write_json(folder / "2_Dense" / "config.json", {
            "in_features": encoder.config.hidden_size, "out_features": dense, "bias": True,
            "activation_function": "torch.nn.modules.activation.Tanh"})
        generator = torch.Generator().manual_seed(SEED + 2)
        torch.save({"linear.weight": torch.randn(dense, encoder.config.hidden_size, generator=generator) * 0.3,
                    "linear.bias": torch.randn(dense, generator=generator) * 0.3},
                   folder / "2_Dense" / "pytorch_model.bin")
        modules.append(("2_Dense", "sentence_transformers.models.Dense"))
    if normalize:
        modules.append(("2_Normalize", "sentence_transformers.models.Normalize"))
    write_json(folder / "modules.json", [
        {"idx": i, "name": str(i), "path": path, "type": kind} for i, (path, kind) in enumerate(modules)])
    model = SentenceTransformer(str(folder), device="cpu")
    return model.encode(LABELS, batch_size=8, convert_to_numpy=True)


def make_bert(strings):
    folder = clean(HERE / "bert")
    vocabulary = word_pieces(strings, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    tokenizer = transformers.BertTokenizer(vocab=vocabulary, do_lower_case=True, model_max_length=64)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=64)
    model = randomize(transformers.BertModel(config, add_pooling_layer=False))
    vectors = sentence_model(folder, model, tokenizer, "mean", True, 48)
    write_json(folder / "expected.json", {
        "ids": token_ids(tokenizer, strings, 48), "max_tokens": 48, "texts": LABELS,
        "vectors": rounded(vectors)})


def make_bert_cls(strings):
    """Another BERT: its own case, an old pickled checkpoint, CLS pooling, a dense layer."""
    folder = clean(HERE / "bert-cls")
    vocabulary = word_pieces(strings, ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], lower=False)
    tokenizer = transformers.BertTokenizer(vocab=vocabulary, do_lower_case=False, model_max_length=64)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=48, max_position_embeddings=64, hidden_act="relu")
    model = randomize(transformers.BertModel(config, add_pooling_layer=False))
    vectors = sentence_model(folder, model, tokenizer, "cls", False, 40, dense=16)
    old = {}
    for name, tensor in model.state_dict().items():
        name = "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta")
        old[name] = tensor
    torch.save(old, folder / "pytorch_model.bin")
    drop(folder, "model.safetensors")
    # As older checkpoints have it: the list of tokens alone.
    ordered = sorted(vocabulary, key=vocabulary.get)
    (folder / "vocab.txt").write_text("\n".join(ordered) + "\n", encoding="utf-8")
    drop(folder, "tokenizer.json")
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "BertTokenizer", "do_lower_case": False, "model_max_length": 64})
    write_json(folder / "special_tokens_map.json", {
        "cls_token": "[CLS]", "mask_token": "[MASK]", "pad_token": "[PAD]", "sep_token": "[SEP]",
        "unk_token": "[UNK]"})
    write_json(folder / "expected.json", {
        "ids": token_ids(tokenizer, strings, 40), "max_tokens": 40, "texts": LABELS,
        "vectors": rounded(vectors)})


def make_mpnet(strings):
    folder = clean(HERE / "mpnet")
    vocabulary = word_pieces(strings, ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"])
    tokenizer = transformers.MPNetTokenizer(vocab=vocabulary, do_lower_case=True, model_max_length=300)
    config = transformers.MPNetConfig(
        vocab_size=len(vocabulary), hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
        intermediate_size=40, max_position_embeddings=302, layer_norm_eps=1e-5)
    model = randomize(transformers.MPNetModel(config, add_pooling_layer=False))
    texts = LABELS + ["jump over the hurdle " * 60]  # distances past the last bucket
    LABELS[:] = texts
    try:
        vectors = sentence_model(folder, model, tokenizer, "mean", True, 300)
    finally:
        LABELS.pop()
    write_json(folder / "expected.json", {
        "ids": token_ids(tokenizer, strings, 300), "max_tokens": 300, "texts": texts,
        "vectors": rounded(vectors)})


def make_images():
    folder = clean(HERE / "images")
    rng = np.random.default_rng(SEED)
    for name, (height, width) in {"wide": (37, 83), "tall": (91, 40), "small": (9, 11),
                                  "square": (64, 64)}.items():
        y, x = np.mgrid[0:height, 0:width]
        planes = [127 + 120 * np.sin(x / 5 + c) * np.cos(y / (3 + c)) for c in range(3)]
        pixels = np.stack(planes, axis=-1) + rng.integers(-8, 9, (height, width, 3))
        Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(folder / f"{name}.png")
    grey = Image.open(folder / "wide.png").convert("L")
    grey.save(folder / "grey.png")
    clear = Image.open(folder / "tall.png").convert("RGBA")
    clear.putalpha(128)
    clear.save(folder / "clear.png")
    return sorted(p.name for p in folder.glob("*.png"))


def make_resized(images):
    """Checksums of what Pillow makes of each image, by filter and size."""
    results = []
    filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC,
               "lanczos": Image.LANCZOS, "box": Image.BOX, "hamming": Image.HAMMING}
    for name in images:
        image = Image.open(HERE / "images" / name).convert("RGB")
        for kind, code in filters.items():
            for width, height in ((16, 16), (30, 17), (100, 120), (image.width, 12), (50, image.height)):
                resized = image.resize((width, height), code)
                results.append({"image": name, "filter": kind, "width": width, "height": height,
                                "crc32": zlib.crc32(resized.tobytes())})
    write_json(HERE / "resized.json", results)


def image_vectors(model, processor, images):
    pictures = [Image.open(HERE / "images" / name).convert("RGB") for name in images]
    pixels = torch.cat([processor(images=p, return_tensors="pt")["pixel_values"] for p in pictures])
    with torch.no_grad():
        features = model.get_image_features(pixel_values=pixels)
    features = getattr(features, "pooler_output", features)
    return torch.nn.functional.normalize(features, dim=-1).numpy()


def text_vectors(model, ids, mask=None):
    with torch.no_grad():
        features = model.get_text_features(
            input_ids=torch.tensor(ids), **({"attention_mask": torch.tensor(mask)} if mask else {}))
    features = getattr(features, "pooler_output", features)
    return torch.nn.functional.normalize(features, dim=-1).numpy()


def make_clip(strings, images):
    folder = clean(HERE / "clip")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    base = Tokenizer(tokenizer_models.BPE(end_of_word_suffix="</w>", continuing_subword_prefix=""))
    base.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    base.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    base.train_from_iterator(corpus(strings), trainers.BpeTrainer(
        vocab_size=700, end_of_word_suffix="</w>", initial_alphabet=alphabet, show_progress=False))
    trained = json.loads(base.to_str())["model"]
    pieces = alphabet + [c + "</w>" for c in alphabet]
    merges = []
    for left, right in trained["merges"]:
        merged = left + right
        if left in pieces and right in pieces:
            merges.append((left, right))
            if merged not in pieces:
                pieces.append(merged)
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    vocabulary = {piece: i for i, piece in enumerate(pieces)}
    tokenizer = transformers.CLIPTokenizer(vocab=vocabulary, merges=merges, model_max_length=24)
    end = vocabulary["<|endoftext|>"]
    config = transformers.CLIPConfig(
        projection_dim=20,
        text_config=dict(vocab_size=len(vocabulary), hidden_size=24, intermediate_size=48,
                         num_hidden_layers=2, num_attention_heads=3, max_position_embeddings=24,
                         bos_token_id=end - 1, eos_token_id=end, pad_token_id=end, projection_dim=20),
        vision_config=dict(hidden_size=32, intermediate_size=64, num_hidden_layers=2,
                           num_attention_heads=4, image_size=32, patch_size=8, projection_dim=20))
    model = randomize(transformers.CLIPModel(config))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    # The older form of the same tokenizer is read too: without tokenizer.json.
    write_json(folder / "vocab.json", vocabulary)
    (folder / "merges.txt").write_text(
        "#version: 0.2\n" + "\n".join(" ".join(m) for m in merges) + "\n", encoding="utf-8")
    processor = transformers.CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    processor.save_pretrained(folder)
    batch = tokenizer(LABELS, padding=True, truncation=True, max_length=24)
    write_json(folder / "expected.json", {
        "ids": token_ids(tokenizer, strings, 24), "max_tokens": 24, "texts": LABELS,
        "vectors": rounded(text_vectors(model, batch["input_ids"], batch["attention_mask"])),
        "images": images, "image_vectors": rounded(image_vectors(model, processor, images)),
        "logit_scale": float(model.logit_scale.exp())})


def siglip_config(vocabulary, patch):
    return transformers.SiglipConfig(
        text_config=dict(vocab_size=vocabulary, hidden_size=24, intermediate_size=40,
                         num_hidden_layers=2, num_attention_heads=3, max_position_embeddings=16,
                         projection_size=32, pad_token_id=1, bos_token_id=None, eos_token_id=1),
        vision_config=dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2,
                           num_attention_heads=4, image_size=28, patch_size=patch))


def siglip_expected(folder, model, tokenizer, processor, strings, images):
    with torch.no_grad():
        model.logit_scale.fill_(2.25)
        model.logit_bias.fill_(-7.5)
    model.save_pretrained(folder)
    full = tokenizer(LABELS, padding="max_length", truncation=True, max_length=16)["input_ids"]
    longest = tokenizer(LABELS[:7], padding="longest", truncation=True, max_length=16)["input_ids"]
    write_json(folder / "expected.json", {
        "ids": token_ids(tokenizer, strings, 16), "max_tokens": 16, "texts": LABELS,
        "vectors": rounded(text_vectors(model, full)),
        "longest": {"texts": LABELS[:7], "vectors": rounded(text_vectors(model, longest))},
        "images": images, "image_vectors": rounded(image_vectors(model, processor, images)),
        "logit_scale": float(model.logit_scale.exp()), "logit_bias": float(model.logit_bias)})


def train_pieces(strings, prefix, **options):
    text = prefix.parent / "corpus.txt"
    lines = [line.replace("\n", " ").replace("\r", " ") for line in corpus(strings)]
    text.write_text("\n".join(lines), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(prefix), character_coverage=1.0, minloglevel=2,
        hard_vocab_limit=False, num_threads=1, **options)
    text.unlink()
    Path(str(prefix) + ".vocab").unlink()


def make_siglip(strings, images):
    folder = clean(HERE / "siglip")
    train_pieces(strings, folder / "spiece", model_type="unigram", vocab_size=900, pad_id=0, eos_id=1,
                 unk_id=2, bos_id=-1, unk_piece="<unk>", add_dummy_prefix=True)
    tokenizer = transformers.SiglipTokenizer(
        str(folder / "spiece.model"), pad_token="</s>", model_max_length=16, model_input_names=["input_ids"])
    model = randomize(transformers.SiglipModel(siglip_config(tokenizer.vocab_size, 14)))
    tokenizer.save_pretrained(folder)
    processor = transformers.SiglipImageProcessorPil(size={"height": 28, "width": 28}, resample=3)
    processor.save_pretrained(folder)
    siglip_expected(folder, model, tokenizer, processor, strings, images)


def make_siglip2(strings, images):
    folder = clean(HERE / "siglip2")
    train_pieces(strings, folder / "tokenizer", model_type="bpe", vocab_size=1200, pad_id=0, eos_id=1,
                 bos_id=2, unk_id=3, pad_piece="<pad>", eos_piece="<eos>", bos_piece="<bos>",
                 byte_fallback=True, add_dummy_prefix=False, remove_extra_whitespaces=False,
                 normalization_rule_name="identity", split_by_whitespace=True)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    names = [pieces.id_to_piece(i) for i in range(pieces.get_piece_size())]
    vocabulary = {name: i for i, name in enumerate(names)}
    # A merge for each way to cut a piece in two pieces, the earliest piece first.
    merges = []
    for name in names:
        if pieces.is_control(vocabulary[name]) or pieces.is_byte(vocabulary[name]):
            continue
        cuts = [(name[:i], name[i:]) for i in range(1, len(name))]
        cuts = [c for c in cuts if c[0] in vocabulary and c[1] in vocabulary]
        merges += sorted(cuts, key=lambda c: (vocabulary[c[0]], vocabulary[c[1]]))
    tokenizer = transformers.Siglip2Tokenizer(
        vocab=vocabulary, merges=merges, model_max_length=16, padding_side="right",
        add_bos_token=False, add_eos_token=True)
    from tokenizers import processors
    tokenizer.backend_tokenizer.post_processor = processors.TemplateProcessing(
        single="$A:0 <eos>:0", pair="$A:0 <eos>:0 $B:1 <eos>:1", special_tokens=[("<eos>", 1)])
    model = randomize(transformers.SiglipModel(siglip_config(len(names), 7)))
    tokenizer.save_pretrained(folder)
    processor = transformers.SiglipImageProcessorPil(size={"height": 28, "width": 28}, resample=2)
    processor.save_pretrained(folder)
    siglip_expected(folder, model, tokenizer, processor, strings, images)
    # What the sentencepiece library makes of the lower-cased strings with the same vocabulary.
    ids = []
    for s in strings:
        lowered = "".join(c.lower() for c in s)
        ids.append(pieces.encode(lowered)[:15] + [1])
    write_json(folder / "expected_model.json", {"ids": ids})


class Script(torch.nn.Module):
    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(SEED)
        self.table = torch.nn.Parameter(torch.randn(2000, 12, generator=generator))
        self.colour = torch.nn.Parameter(torch.randn(12, 3, generator=generator))

    @torch.jit.export
    def encode_text(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        rows = self.table[input_ids] * attention_mask.unsqueeze(-1)
        return rows.sum(1) / attention_mask.sum(1, keepdim=True)

    @torch.jit.export
    def encode_image(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.mean([2, 3]).matmul(self.colour.t())

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        return self.encode_text(input_ids, attention_mask)


def make_script(images):
    folder = clean(HERE / "script")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(HERE / "bert" / name, folder / name)
    model = Script().eval()
    torch.jit.script(model).save(str(folder / "model.pt"))
    write_json(folder / "gesta_model.json", {
        "module": "model.pt", "dimension": 12, "normalize": False,
        "text": {"method": "encode_text", "inputs": ["input_ids", "attention_mask"], "max_tokens": 20},
        "image": {"method": "encode_image"}})
    processor = transformers.SiglipImageProcessorPil(size={"height": 20, "width": 24}, resample=2)
    processor.save_pretrained(folder)
    tokenizer = transformers.BertTokenizer.from_pretrained(folder)
    batch = tokenizer(LABELS, padding=True, truncation=True, max_length=20, return_tensors="pt")
    with torch.no_grad():
        vectors = model.encode_text(batch["input_ids"], batch["attention_mask"]).numpy()
        pictures = [Image.open(HERE / "images" / name).convert("RGB") for name in images]
        pixels = torch.cat([processor(images=p, return_tensors="pt")["pixel_values"] for p in pictures])
        image_rows = model.encode_image(pixels).numpy()
    write_json(folder / "expected.json", {
        "texts": LABELS, "vectors": rounded(vectors), "images": images,
        "image_vectors": rounded(image_rows)})


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    strings = hard_strings()
    write_json(HERE / "strings.json", strings)
    images = make_images()
    make_resized(images)
    make_bert(strings)
    make_bert_cls(strings)
    make_mpnet(strings)
    make_clip(strings, images)
    make_siglip(strings, images)
    make_siglip2(strings, images)
    make_script(images)


if __name__ == "__main__":
    main()
