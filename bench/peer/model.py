"""The three graphs of a model folder in onnxruntime, set up as src/inference/session.ts does."""

import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from .bev_input import BevInput
from .observation import F32, U8
from .vocabulary import Vocabulary

TEXT_TOKENS_MAX = 32


class Model:
    def __init__(self, folder: str, threads: int) -> None:
        root = Path(folder)
        card = json.loads((root / "card.json").read_text())
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.log_severity_level = 3

        def open_graph(name: str) -> ort.InferenceSession:
            path = root / card["files"][name]["file"]
            return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

        self._text = open_graph("text")
        self._bev = open_graph("bev")
        self._planner = open_graph("planner")
        self._tokenizer = Tokenizer.from_file(str(root / card["files"]["tokenizer"]["file"]))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._sentences: dict[str, F32] = {}
        self._guess = np.zeros((1, len(card["slots"])), np.int64)
        ranges = {kind: (first, count) for kind, (first, count) in card["vocabulary"].items()}
        self.vocabulary = Vocabulary(ranges, card["slots"])

    def perceive(self, seen: BevInput) -> U8:
        """BevState [1, 12, 128, 64] uint8."""
        inputs = {
            "pillars": seen.pillars.reshape(1, 6, 256, 128),
            "images": seen.images,
            "lift": seen.lift,
        }
        (bev,) = self._bev.run(["bev"], inputs)
        return np.asarray(bev, np.uint8)

    def text_states(self, text: str) -> F32:
        """Per-token states [1, T, 384] of a sentence, T at most 32, kept by sentence."""
        if text not in self._sentences:
            ids = self._tokenizer.encode(text).ids
            if len(ids) > TEXT_TOKENS_MAX:
                ids = [*ids[: TEXT_TOKENS_MAX - 1], ids[-1]]
            tokens = np.array([ids], np.int64)
            inputs = {"input_ids": tokens, "attention_mask": np.ones_like(tokens)}
            (states,) = self._text.run(["states"], inputs)
            self._sentences[text] = np.asarray(states, np.float32)
        return self._sentences[text]

    def plan(self, bev: U8, text: str, state: list[int], mask: F32) -> tuple[list[int], F32]:
        """19 token ids and their logits [19, V]; those of the call before are the guess."""
        inputs = {
            "bev": bev,
            "text": self.text_states(text),
            "state": np.array([state], np.int64),
            "mask": mask,
            "guess": self._guess,
        }
        tokens, logits = self._planner.run(["tokens", "logits"], inputs)
        self._guess = tokens
        return np.asarray(tokens)[0].tolist(), np.asarray(logits, np.float32)[0]
