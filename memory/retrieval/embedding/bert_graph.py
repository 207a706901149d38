"""Writes a plain BERT as ONNX, from its weights, with numpy and onnx only: a second, no torch.

What is computed is `transformers.models.bert.modeling_bert.BertModel`, then sentence-transformers'
`Pooling`, then a division by the length. The same weights and onnx give the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from memory.retrieval.embedding.bert_folder import NotPlainBert

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from onnx import NodeProto
    from onnx import TensorProto as Tensor

    from memory.retrieval.embedding.bert_folder import Bert, Weights

INPUTS = ("input_ids", "attention_mask", "token_type_ids")  # each batch x length
_OPSET, _IR = 20, 10  # the first with Gelu, and the format that came with it: onnxruntime 1.17
_LEAST = np.finfo(np.float32).min  # what hides a token from the others
_PARTS = ("query", "key", "value")
_BY_HEAD = [0, 2, 1, 3]  # batch x heads x length x numbers, and back


def write_bert(bert: Bert, weights: Weights, path: Path) -> None:
    """Write the model's file: tokens in, unit vectors out, batch x dimension.

    Raises:
        NotPlainBert: a weight is missing or of another shape than the configuration says.
        OSError: it cannot be written.
    """
    graph = _Graph(bert, weights)
    output = graph.unit(graph.pooled(graph.encoded()))
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes,
        "bert",
        [value(name, TensorProto.INT64, ["batch", "length"]) for name in INPUTS],
        [value(output, TensorProto.FLOAT, ["batch", bert.dimension])],
        list(graph.constants.values()),
    )
    opsets = [helper.make_opsetid("", _OPSET)]
    model = helper.make_model(made, opset_imports=opsets, ir_version=_IR, producer_name="archmem")
    path.write_bytes(model.SerializeToString(deterministic=True))


class _Graph:
    """Nodes and constants as they come; each method adds some and names its result."""

    def __init__(self, bert: Bert, weights: Weights) -> None:
        self.bert, self.weights = bert, weights
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, Tensor] = {}
        self.mask = self.op("Cast", "attention_mask", to=TensorProto.FLOAT)

    def encoded(self) -> str:
        """What the last layer says of each token: batch x length x dimension."""
        hidden = self.embedded()
        hiding = self.op("Sub", self.constant("one", np.float32(1)), self.mask)
        hiding = self.op("Mul", hiding, self.constant("least", _LEAST))
        hiding = self.op("Unsqueeze", hiding, self.constant("axes_1_2", np.array([1, 2])))
        for layer in range(self.bert.layers):
            at = f"encoder.layer.{layer}"
            seen = self.attention(hidden, hiding, f"{at}.attention.self")
            seen = self.linear(seen, f"{at}.attention.output.dense")
            hidden = self.normed(self.op("Add", seen, hidden), f"{at}.attention.output.LayerNorm")
            wide = self.active(self.linear(hidden, f"{at}.intermediate.dense"))
            narrow = self.linear(wide, f"{at}.output.dense")
            hidden = self.normed(self.op("Add", narrow, hidden), f"{at}.output.LayerNorm")
        return hidden

    def embedded(self) -> str:
        """The sum of what each token's word, kind and place say."""
        words, kinds = (
            self.op("Gather", self.weight(f"embeddings.{table}_embeddings.weight"), ids)
            for table, ids in (("word", "input_ids"), ("token_type", "token_type_ids"))
        )
        length = self.op("Shape", "input_ids", start=1, end=2)
        places = self.op(
            "Slice",
            self.weight("embeddings.position_embeddings.weight"),
            self.constant("from_0", np.array([0])),
            length,
            self.constant("axis_0", np.array([0])),
        )
        both = self.op("Add", self.op("Add", words, kinds), places)
        return self.normed(both, "embeddings.LayerNorm")

    def attention(self, hidden: str, hiding: str, at: str) -> str:
        """What each token takes from those that it sees, head by head."""
        each = self.bert.dimension // self.bert.heads
        apart = self.constant("heads_apart", np.array([0, 0, self.bert.heads, each]))
        scale = self.constant("scale", np.float32(each**-0.5))
        query, key, value = (self.linear(hidden, f"{at}.{part}") for part in _PARTS)
        query, key, value = (
            self.op("Transpose", self.op("Reshape", part, apart), perm=order)
            for part, order in ((query, _BY_HEAD), (key, [0, 2, 3, 1]), (value, _BY_HEAD))
        )
        scores = self.op("Mul", self.op("MatMul", query, key), scale)
        shares = self.op("Softmax", self.op("Add", scores, hiding), axis=-1)
        taken = self.op("Transpose", self.op("MatMul", shares, value), perm=_BY_HEAD)
        together = self.constant("heads_together", np.array([0, 0, self.bert.dimension]))
        return self.op("Reshape", taken, together)

    def active(self, hidden: str) -> str:
        """The activation between the two halves of a layer."""
        if self.bert.activation == "relu":
            return self.op("Relu", hidden)
        return self.op(
            "Gelu", hidden, approximate="none" if self.bert.activation == "gelu" else "tanh"
        )

    def pooled(self, hidden: str) -> str:
        """One vector a text, of any length: batch x dimension."""
        if self.bert.pooling == "cls":
            return self.op("Gather", hidden, self.constant("first", np.array(0)), axis=1)
        axis = self.constant("axis_1", np.array([1]))
        mask = self.op("Unsqueeze", self.mask, self.constant("axis_2", np.array([2])))
        if self.bert.pooling == "max":
            seen = self.op("Cast", mask, to=TensorProto.BOOL)
            shown = self.op("Where", seen, hidden, self.constant("least", _LEAST))
            return self.op("ReduceMax", shown, axis, keepdims=0)
        total = self.op("ReduceSum", self.op("Mul", hidden, mask), axis, keepdims=0)
        return self.op("Div", total, self.op("ReduceSum", mask, axis, keepdims=0))

    def unit(self, vector: str) -> str:
        """The same vectors, of length 1."""
        return self.op("LpNormalization", vector, axis=-1, p=2)

    def linear(self, hidden: str, at: str) -> str:
        """A layer of weights, kept as outputs x inputs, and what is added to it."""
        product = self.op("MatMul", hidden, self.weight(f"{at}.weight", transposed=True))
        return self.op("Add", product, self.weight(f"{at}.bias"))

    def normed(self, hidden: str, at: str) -> str:
        """Each token's numbers with mean 0 and variance 1, then scaled and moved."""
        scale, bias = self.weight(f"{at}.weight"), self.weight(f"{at}.bias")
        return self.op(
            "LayerNormalization", hidden, scale, bias, axis=-1, epsilon=self.bert.epsilon
        )

    def weight(self, name: str, *, transposed: bool = False) -> str:
        """One of the model's tensors.

        Raises:
            NotPlainBert: there is none of this name.
        """
        if name not in self.weights:
            raise NotPlainBert(f"it has no {name}")
        tensor = self.weights[name]
        return self.constant(name, tensor.T if transposed else tensor)

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """A value that does not depend on the texts; the same name means the same value."""
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.asarray(value), name)
        return name

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """A node with one output, which it names."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name, **attributes))
        return name
