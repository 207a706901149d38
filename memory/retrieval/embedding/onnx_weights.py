"""Reads the weights out of a model that `bert_graph` wrote, where onnx is not installed.

The format is that of protocol buffers, with the messages of github.com/onnx/onnx, onnx/onnx.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from memory.retrieval.embedding.bert_folder import Weights

_GRAPH, _INITIALIZER = 7, 5  # fields of ModelProto and of GraphProto
_DIMS, _DATA_TYPE, _NAME, _RAW_DATA = 1, 2, 8, 9  # of TensorProto
_FLOAT = 1  # of TensorProto.DataType
_VARINT, _BYTES = 0, 2  # protobuf.dev/programming-guides/encoding; the others are not there


def read_onnx_weights(path: Path) -> Weights:
    """The tensors of floats by name; what multiplies a layer's input is inputs x outputs.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no such file, or is cut short.
    """
    content = np.memmap(path, np.uint8, "r").data
    graphs = _messages(content, _GRAPH)
    tensors = (_tensor(one) for graph in graphs for one in _messages(graph, _INITIALIZER))
    return dict(filter(None, tensors))


def _tensor(message: memoryview) -> tuple[str, np.ndarray] | None:
    """Its name and numbers; None of one that has no floats."""
    shape: list[int] = []
    name, kind, numbers = "", 0, message[:0]
    for field, value in _fields(message):
        if field == _DIMS and isinstance(value, int):
            shape.append(value)
        elif field == _DATA_TYPE and isinstance(value, int):
            kind = value
        elif field == _NAME and isinstance(value, memoryview):
            name = bytes(value).decode()
        elif field == _RAW_DATA and isinstance(value, memoryview):
            numbers = value
    if kind != _FLOAT:
        return None
    return name, np.frombuffer(numbers, "<f4").reshape(shape)


def _messages(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """What a field holds, each time that it is there."""
    for field, value in _fields(message):
        if field == wanted and isinstance(value, memoryview):
            yield value


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | int]]:
    """The numbers and values of a message's fields, in their order."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, at = _varint(message, at)
        if key & 7 == _VARINT:
            yield key >> 3, number
        elif key & 7 != _BYTES:
            raise ValueError(f"no such kind of field: {key & 7}")
        elif at + number > len(message):
            raise ValueError("it is cut short")
        else:
            yield key >> 3, message[at : at + number]
            at += number


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """A number, and where what follows it begins."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7
    raise ValueError("it is cut short")
