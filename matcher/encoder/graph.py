"""The default model as an ONNX graph in eight bits, from the packed weights. The only module that imports onnx.

Weights of the layers are whole numbers with a scale for each output; what flows between the layers becomes whole
numbers with a scale for each token, so that no token depends on its company and nothing has to be calibrated.
The word table keeps the four bits in which it is packed, exactly. Norms, softmax and sums stay float32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from matcher.encoder.packed import PackedFile

_ORT = "com.microsoft"
_OPSET, _ORT_OPSET, _IR = 21, 1, 10
_STEPS = 63
"""Largest whole number of a weight. Processors without VNNI add two products in 16 bits: 2 × 255 × 63 still fits."""
_MIDDLE, _REACH = 128, 127
"""Zero and range of what flows, as unsigned bytes."""


def write_graph(packed: PackedFile, path: Path) -> None:
    """Token ids of texts of one length, without padding, to vectors of unit length: `ids` (n, tokens) → `vectors`."""
    network, graph = packed.network, _Graph()
    words, rows = _embedded(graph, packed)
    for layer in range(network.layers):
        rows = _layer(graph, packed, f"l{layer}", rows, words)
    mean = graph.add("ReduceMean", graph.add("Reshape", rows, words), graph.whole("tokens", [1]), keepdims=0)
    vectors = graph.add("LpNormalization", mean, axis=1, p=2)
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["n", "tokens"])]
    outputs = [helper.make_tensor_value_info(vectors, TensorProto.FLOAT, ["n", network.hidden])]
    made = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_ORT, _ORT_OPSET)]
    onnx.save(helper.make_model(made, opset_imports=opsets, ir_version=_IR), str(path))


class _Graph:
    """Nodes and constants, in the order they are added. A name says what a constant is; nodes are numbered."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self._known: set[str] = set()

    def add(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """A node with one output, whose name is returned."""
        return self.split(kind, 1, *inputs, domain=domain, **attributes)[0]

    def split(self, kind: str, count: int, *inputs: str, domain: str = "", **attributes: Any) -> list[str]:
        """A node with `count` outputs."""
        outputs = [f"{kind}_{len(self.nodes)}_{index}" for index in range(count)]
        self.nodes.append(helper.make_node(kind, list(inputs), outputs, domain=domain, **attributes))
        return outputs

    def keep(self, tensor: onnx.TensorProto) -> str:
        """A constant, once for each name."""
        if tensor.name not in self._known:
            self._known.add(tensor.name)
            self.constants.append(tensor)
        return tensor.name

    def array(self, name: str, values: NDArray[np.generic]) -> str:
        """A constant of numbers."""
        return self.keep(numpy_helper.from_array(np.ascontiguousarray(values), name))

    def whole(self, name: str, values: list[int]) -> str:
        """A constant of a few whole numbers, as shapes and axes are."""
        return self.array(name, np.array(values, dtype=np.int64))

    def byte(self, name: str, value: int) -> str:
        """A single unsigned byte."""
        return self.array(name, np.array(value, dtype=np.uint8))

    def number(self, name: str, value: float) -> str:
        """A single float."""
        return self.array(name, np.array(value, dtype=np.float32))


def _embedded(graph: _Graph, packed: PackedFile) -> tuple[str, str]:
    """The shape (n, tokens, hidden), and word plus position and type of every token, one row each."""
    hidden = packed.network.hidden
    table, scales = packed.blocks("emb.word")
    nibbles = (table[:, 0::2] ^ 8) | ((table[:, 1::2] ^ 8) << 4)  # two's complement, the even one in the low half
    stored = helper.make_tensor(
        "words", TensorProto.INT4, [table.size // hidden, hidden], nibbles.astype(np.uint8).tobytes(), raw=True
    )
    scale = graph.array("words.scale", scales.reshape(-1, hidden // 32))
    words = graph.add(
        "GatherBlockQuantized",
        graph.keep(stored),
        "ids",
        scale,
        domain=_ORT,
        gather_axis=0,
        quantize_axis=1,
        block_size=32,
    )
    places = packed.tensor("emb.pos").reshape(-1, hidden) + packed.tensor("emb.type").reshape(-1, hidden)[0]
    shape = graph.add("Shape", "ids")
    length = graph.add("Gather", shape, graph.whole("second", [1]), axis=0)
    here = graph.add(
        "Slice", graph.array("places", places), graph.whole("start", [0]), length, graph.whole("rows", [0])
    )
    full = graph.add("Concat", shape, graph.whole("hidden", [hidden]), axis=0)
    rows = graph.add("Reshape", graph.add("Add", words, here), graph.whole("flat", [-1, hidden]))
    norm = (graph.array(f"emb.ln.{part}", packed.tensor(f"emb.ln.{part}")) for part in "wb")
    return full, graph.add("LayerNormalization", rows, *norm, epsilon=packed.network.epsilon, axis=-1)


def _layer(graph: _Graph, packed: PackedFile, layer: str, rows: str, shape: str) -> str:
    """Attention and the two inner products, each followed by its norm."""
    network = packed.network
    joined = np.concatenate([packed.tensor(f"{layer}.{part}.w").reshape(-1, network.hidden) for part in "qkv"])
    bias = graph.array(f"{layer}.qkv.b", np.concatenate([packed.tensor(f"{layer}.{part}.b") for part in "qkv"]))
    parts = graph.split("Split", 3, _product(graph, f"{layer}.qkv", rows, joined), axis=1, num_outputs=3)
    heads = [graph.add("Reshape", part, shape) for part in parts]
    seen = graph.add("MultiHeadAttention", *heads, bias, domain=_ORT, num_heads=network.heads)
    seen = graph.add("Reshape", seen, graph.whole("flat", [-1, network.hidden]))
    rows = _normed(
        graph, packed, layer, ("ao", "aln"), _weighed(graph, packed, f"{layer}.ao", seen, network.hidden), rows
    )
    inner = _weighed(graph, packed, f"{layer}.fi", rows, network.hidden)
    inner = graph.add("BiasGelu", inner, graph.array(f"{layer}.fi.b", packed.tensor(f"{layer}.fi.b")), domain=_ORT)
    outer = _weighed(graph, packed, f"{layer}.fo", inner, network.inner)
    return _normed(graph, packed, layer, ("fo", "oln"), outer, rows)


def _weighed(graph: _Graph, packed: PackedFile, name: str, rows: str, width: int) -> str:
    return _product(graph, name, rows, packed.tensor(f"{name}.w").reshape(-1, width))


def _normed(graph: _Graph, packed: PackedFile, layer: str, names: tuple[str, str], new: str, old: str) -> str:
    """The sum with what was there before and the bias, normed."""
    product, norm = names
    wanted = (f"{layer}.{norm}.w", f"{layer}.{norm}.b", f"{layer}.{product}.b")
    constants = [graph.array(name, packed.tensor(name)) for name in wanted]
    return graph.add("SkipLayerNormalization", new, old, *constants, domain=_ORT, epsilon=packed.network.epsilon)


def _product(graph: _Graph, name: str, rows: str, weights: NDArray[np.float32]) -> str:
    """Rows times weights (outputs, inputs), as whole numbers, scaled back for each output and then for each row."""
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-12) / _STEPS
    whole = np.rint(weights / scale[:, None]).astype(np.int8)
    bytes_, spread = _as_bytes(graph, rows)
    product = graph.add(
        "MatMulIntegerToFloat",
        bytes_,
        graph.array(f"{name}.w", whole.T),
        graph.number("one", 1.0),
        graph.array(f"{name}.scale", scale.astype(np.float32)),
        graph.byte("middle", _MIDDLE),
        domain=_ORT,
    )
    return graph.add("Mul", product, spread)


def _as_bytes(graph: _Graph, rows: str) -> tuple[str, str]:
    """Every row as unsigned bytes around `_MIDDLE`, and the rows' scales as a column."""
    first = graph.whole("tokens", [1])
    largest = graph.add("ReduceMax", graph.add("Abs", rows), first, keepdims=0)
    largest = graph.add("Max", largest, graph.number("tiny", 1e-12))
    scales = graph.add("Mul", largest, graph.number("reach", 1 / _REACH))
    middles = graph.add("Expand", graph.byte("middle", _MIDDLE), graph.add("Shape", scales))
    return graph.add("QuantizeLinear", rows, scales, middles, axis=0), graph.add("Unsqueeze", scales, first)
