"""Turns MediaPipe's two published pose models into one bundle that its Tasks API accepts.

Bytes in, bytes out, and the same bytes on every machine. Where the models come from and where the
bundle is kept is the business of `model.py`.
"""

import io
import struct
import zipfile
from collections.abc import Sequence

import flatbuffers

DETECTOR = "pose_detector.tflite"
LANDMARKER = "pose_landmarks_detector.tflite"

_VERSION, _OPERATOR_CODES, _SUBGRAPHS, _DESCRIPTION, _BUFFERS, _METADATA = 0, 1, 2, 3, 4, 6
_MODEL_FIELDS = 8
_SUBGRAPH_OUTPUTS = 2
_SEGMENTATION, _POSE_FLAG = 2, 1
_ZIP_HEADER_BYTES, _ZIP_PADDING = 30, 0xD935
_ALIGNMENT = 16
"""TensorFlow Lite reads weights in blocks of 16 bytes, so none of them may shift against that."""


def pose_bundle(detector: bytes, landmarker: bytes) -> bytes:
    """Zip the two models as a `.task` file, the landmark model without its segmentation branch."""
    bundle = io.BytesIO()
    with zipfile.ZipFile(bundle, "w", zipfile.ZIP_STORED) as archive:
        for name, model in (
            (DETECTOR, detector),
            (LANDMARKER, with_metadata(without_segmentation(landmarker))),
        ):
            archive.writestr(_entry(name, bundle.tell()), model)
    return bundle.getvalue()


def _entry(name: str, position: int) -> zipfile.ZipInfo:
    """Describe a file of the bundle so that its content is aligned: it is used where it lies."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system = 3  # the default differs between systems, and with it the hash
    padding = -(position + _ZIP_HEADER_BYTES + len(name) + 4) % _ALIGNMENT
    entry.extra = struct.pack("<HH", _ZIP_PADDING, padding) + bytes(padding)
    return entry


def without_segmentation(landmarker: bytes) -> bytes:
    """Point the segmentation output at the 1x1 pose flag, so that nothing needs its branch.

    The runtime then never computes the 256x256 map that nobody reads; landmarks stay the same.
    """
    pruned = bytearray(landmarker)
    (subgraph,) = _members(landmarker, _target(landmarker, _root(landmarker), _SUBGRAPHS))
    outputs = _target(landmarker, subgraph, _SUBGRAPH_OUTPUTS) + 4
    flag = _uint32(landmarker, outputs + 4 * _POSE_FLAG)
    struct.pack_into("<I", pruned, outputs + 4 * _SEGMENTATION, flag)
    return bytes(pruned)


def with_metadata(landmarker: bytes) -> bytes:
    """Add what the Tasks API insists on: how a pixel becomes an input value (0..255 to 0..1).

    A FlatBuffer is written from its end to its start and its offsets point forwards, so the old
    model stays untouched as the tail, and a new root table in front of it points into it.
    """
    tail = landmarker + bytes(-len(landmarker) % _ALIGNMENT)
    builder = flatbuffers.Builder(2 * len(tail))
    builder.head -= len(tail)
    builder.Bytes[builder.head :] = tail
    old_buffers, old_entries = (
        [len(tail) - member for member in _members(tail, _target(tail, _root(tail), field))]
        for field in (_BUFFERS, _METADATA)
    )
    entry = _metadata_entry(builder, buffer_index=len(old_buffers))
    buffers = _offsets(builder, [*old_buffers, _buffer(builder, _normalization())])
    entries = _offsets(builder, [*old_entries, entry])
    _write_root(builder, tail, {_BUFFERS: buffers, _METADATA: entries})
    return bytes(builder.Output())


def _write_root(builder: flatbuffers.Builder, tail: bytes, replaced: dict[int, int]) -> None:
    """Write the Model table: the old one's fields, except those that were replaced."""
    root = _root(tail)
    kept = {
        field: len(tail) - _target(tail, root, field)
        for field in (_OPERATOR_CODES, _SUBGRAPHS, _DESCRIPTION)
    }
    builder.StartObject(_MODEL_FIELDS)
    builder.PrependUint32Slot(_VERSION, _uint32(tail, _field(tail, root, _VERSION)), 0)
    for field, offset in {**kept, **replaced}.items():
        builder.PrependUOffsetTRelativeSlot(field, offset, 0)
    builder.Finish(builder.EndObject(), file_identifier=b"TFL3")


def _metadata_entry(builder: flatbuffers.Builder, *, buffer_index: int) -> int:
    name = builder.CreateString("TFLITE_METADATA")
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(0, name, 0)
    builder.PrependUint32Slot(1, buffer_index, 0)
    return int(builder.EndObject())


def _buffer(builder: flatbuffers.Builder, content: bytes) -> int:
    builder.StartVector(1, len(content), _ALIGNMENT)
    builder.head -= len(content)
    builder.Bytes[builder.head : builder.head + len(content)] = content
    return _wrapped(builder, 1, 0, builder.EndVector())


def _normalization() -> bytes:
    """Build a ModelMetadata buffer: for the one input, a pixel is (value - 0) / 255."""
    builder = flatbuffers.Builder(256)
    mean, std = (_floats(builder, value) for value in (0.0, 255.0))
    builder.StartObject(2)
    builder.PrependUOffsetTRelativeSlot(0, mean, 0)
    builder.PrependUOffsetTRelativeSlot(1, std, 0)
    options = builder.EndObject()
    builder.StartObject(2)
    builder.PrependUint8Slot(0, 1, 0)  # the first member of the union: NormalizationOptions
    builder.PrependUOffsetTRelativeSlot(1, options, 0)
    unit = builder.EndObject()
    tensor = _wrapped(builder, 7, 4, _offsets(builder, [unit]))  # TensorMetadata.process_units
    graph = _wrapped(builder, 10, 2, _offsets(builder, [tensor]))  # .input_tensor_metadata
    root = _wrapped(builder, 8, 3, _offsets(builder, [graph]))  # ModelMetadata.subgraph_metadata
    builder.Finish(root, file_identifier=b"M001")
    return bytes(builder.Output())


def _wrapped(builder: flatbuffers.Builder, fields: int, slot: int, offset: int) -> int:
    """Write a table in which only one field is set."""
    builder.StartObject(fields)
    builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    return int(builder.EndObject())


def _floats(builder: flatbuffers.Builder, value: float) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependFloat32(value)
    return int(builder.EndVector())


def _offsets(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _root(model: bytes) -> int:
    return _uint32(model, 0)


def _field(model: bytes, table: int, field: int) -> int:
    """Where a field's value lies, according to the table's vtable."""
    vtable = table - struct.unpack_from("<i", model, table)[0]
    return int(table + struct.unpack_from("<H", model, vtable + 4 + 2 * field)[0])


def _target(model: bytes, table: int, field: int) -> int:
    """Where the vector, string or table lies that a field refers to."""
    at = _field(model, table, field)
    return at + _uint32(model, at)


def _members(model: bytes, vector: int) -> list[int]:
    """Where each table of a vector of tables lies."""
    slots = range(vector + 4, vector + 4 + 4 * _uint32(model, vector), 4)
    return [at + _uint32(model, at) for at in slots]


def _uint32(model: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", model, at)[0])
