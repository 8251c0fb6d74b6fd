"""Reads an MCAP file with the Python packages mcap and mcap-protobuf-support; prints one JSON object.

python3 read_recording.py FILE: every message is decoded by the schemas that the file carries.
"""

import json
import sys
from collections import Counter

from google.protobuf.json_format import MessageToDict
from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory


def shorten(value):
    """Bytes and long lists say little; their first items and length do."""
    if isinstance(value, dict):
        return {key: shorten(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shorten(inner) for inner in value[:3]]
    if isinstance(value, str) and len(value) > 400:
        return value[:40]
    return value


def main(path: str) -> None:
    counts: Counter[str] = Counter()
    schemas: dict[str, str] = {}
    first: dict[str, object] = {}
    last: dict[str, object] = {}
    with open(path, "rb") as stream:
        reader = make_reader(stream, validate_crcs=True, decoder_factories=[DecoderFactory()])
        summary = reader.get_summary()
        for schema, channel, message, decoded in reader.iter_decoded_messages():
            assert schema is not None and message.log_time > 0
            counts[channel.topic] += 1
            schemas[channel.topic] = schema.name
            fields = shorten(MessageToDict(decoded, preserving_proto_field_name=True))
            first.setdefault(channel.topic, fields)
            last[channel.topic] = fields
        metadata = {record.name: dict(record.metadata) for record in reader.iter_metadata()}
    assert summary is not None and summary.statistics is not None
    chunks = {chunk.compression for chunk in summary.chunk_indexes}
    print(
        json.dumps(
            {
                "messages": summary.statistics.message_count,
                "compressions": sorted(chunks),
                "counts": counts,
                "schemas": schemas,
                "first": first,
                "last": last,
                "metadata": metadata,
            }
        )
    )


main(sys.argv[1])
