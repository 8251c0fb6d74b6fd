"""States of all sentences of a dataset, computed once by the frozen sentence model."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training.shards import Dataset
from training.spec import TEXT_TOKENS_MAX, TEXT_WIDTH
from training.text_model import load_text_model, load_tokenizer


class TextStates(NamedTuple):
    """states float16 [N, 32, 384], zero where padded; mask float32 [N, 32]."""

    states: Tensor
    mask: Tensor


def encode_sentences(sentences: list[str], batch: int = 256) -> TextStates:
    """Runs the sentence model over unique sentences."""
    tokenizer, model = load_tokenizer(), load_text_model()
    states = torch.zeros((len(sentences), TEXT_TOKENS_MAX, TEXT_WIDTH), dtype=torch.float16)
    mask = torch.zeros((len(sentences), TEXT_TOKENS_MAX))
    for first in range(0, len(sentences), batch):
        part = [tokenizer.encode(text).ids for text in sentences[first : first + batch]]
        longest = max(map(len, part))
        ids = torch.zeros((len(part), longest), dtype=torch.int64)
        for row, found in enumerate(part):
            ids[row, : len(found)] = torch.tensor(found)
            mask[first + row, : len(found)] = 1
        kept = mask[first : first + len(part), :longest]
        with torch.no_grad():
            out = model(ids, kept.to(torch.int64)) * kept[..., None]
        states[first : first + len(part), :longest] = out.half()
    return TextStates(states, mask)


def cached_states(dataset: Dataset, cache: Path) -> TextStates:
    """States of a dataset's sentences, from `cache` when they are there already."""
    key = hashlib.sha256("\n".join(dataset.sentences).encode()).hexdigest()[:16]
    path = cache / f"text-{key}.npy"
    mask_path = cache / f"text-{key}-mask.npy"
    if path.exists() and mask_path.exists():
        return TextStates(torch.from_numpy(np.load(path)), torch.from_numpy(np.load(mask_path)))
    found = encode_sentences(dataset.sentences)
    cache.mkdir(parents=True, exist_ok=True)
    np.save(path, found.states.numpy())
    np.save(mask_path, found.mask.numpy())
    return found
