"""Frees the input size that an old ONNX file fixes, on the file's bytes.

Some exports carry the size that they were traced with, although every operation in them works at any size;
onnxruntime then refuses other inputs. An ONNX file is a protocol buffer, and all that has to go is one
small field, so it is cut out here instead of asking for the `onnx` package.

Field numbers are from onnx.proto (ModelProto.graph 7; GraphProto.input 11, output 12, initializer 5;
ValueInfoProto.name 1, type 2; TypeProto.tensor_type 1; Tensor.shape 2); the wire format is described at
https://protobuf.dev/programming-guides/encoding/.
"""

from collections.abc import Callable, Iterator

_GRAPH, _INPUT, _OUTPUT, _INITIALIZER = 7, 11, 12, 5
_NAME, _TYPE, _TENSOR, _SHAPE, _INITIALIZER_NAME = 1, 2, 1, 2, 8
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

Change = Callable[[bytes], bytes]


def with_free_inputs(model: bytes) -> bytes:
    """Return an ONNX model whose inputs and outputs have no declared shape; weights listed as inputs keep theirs.

    Raises
    ------
    ValueError
        When the bytes are not a protocol buffer.
    """

    def free(value: bytes) -> bytes:
        return _edit(value, {_TYPE: lambda kind: _edit(kind, {_TENSOR: lambda tensor: _edit(tensor, {}, _SHAPE)})})

    def graph(content: bytes) -> bytes:
        weights = {
            name
            for number, _, _, body in _fields(content)
            if number == _INITIALIZER
            for name in _values(body, _INITIALIZER_NAME)
        }

        def entry(value: bytes) -> bytes:
            return value if weights.intersection(_values(value, _NAME)) else free(value)

        return _edit(content, {_INPUT: entry, _OUTPUT: free})

    return _edit(model, {_GRAPH: graph})


def _edit(message: bytes, changes: dict[int, Change], drop: int | None = None) -> bytes:
    """Return a message with some of its length-delimited fields changed and one dropped."""
    parts = []
    for number, wire, raw, body in _fields(message):
        if number == drop:
            continue
        change = changes.get(number)
        if change is None or wire != _BYTES:
            parts.append(raw)
            continue
        changed = change(body)
        parts += [_varint(number << 3 | _BYTES), _varint(len(changed)), changed]
    return b"".join(parts)


def _values(message: bytes, wanted: int) -> list[bytes]:
    return [body for number, _, _, body in _fields(message) if number == wanted]


def _fields(message: bytes) -> Iterator[tuple[int, int, bytes, bytes]]:
    """Yield number, wire type, whole encoding and body of each field of a message."""
    position = 0
    while position < len(message):
        start = position
        key, position = _read_varint(message, position)
        number, wire = key >> 3, key & 7
        body = position
        if wire == _VARINT:
            _, position = _read_varint(message, position)
        elif wire == _BYTES:
            length, body = _read_varint(message, position)
            position = body + length
        elif wire in (_FIXED64, _FIXED32):
            position += 8 if wire == _FIXED64 else 4
        else:
            raise ValueError("not an ONNX file")
        if position > len(message) or number == 0:
            raise ValueError("not an ONNX file")
        yield number, wire, message[start:position], message[body:position]


def _read_varint(message: bytes, position: int) -> tuple[int, int]:
    value, shift = 0, 0
    while True:
        if position >= len(message) or shift > 63:
            raise ValueError("not an ONNX file")
        byte = message[position]
        value |= (byte & 0x7F) << shift
        position += 1
        if byte < 0x80:
            return value, position
        shift += 7


def _varint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
