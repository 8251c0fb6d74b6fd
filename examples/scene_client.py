"""A small simulator for `waywarden scene`: three straight lanes, boxes, and ego moved by the decisions.

    python3 scene_client.py [host [port [vehicle]]]
Needs paho-mqtt alone. docs/scene.md tells every field, and how the same is done with protoc."""
import io, math, queue, struct, sys, uuid
import paho.mqtt.client as mqtt

def varint(n):
    return bytes([n]) if n < 128 else bytes([n & 127 | 128]) + varint(n >> 7)
def read_varint(data):
    byte = data.read(1)[0]
    return byte if byte < 128 else byte & 127 | read_varint(data) << 7

def message(*values):  # protobuf of fields 1, 2, …: float is double, None is left out, a list repeats
    out = b""
    for number, value in enumerate(values, 1):
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, float):
                out += varint(number << 3 | 1) + struct.pack("<d", one)
            elif isinstance(one, int):
                out += varint(number << 3) + varint(one)
            elif one is not None:
                out += varint(number << 3 | 2) + varint(len(one)) + one
    return out

def fields(payload):  # number -> int, or bytes; the last one of each
    found, data = {}, io.BytesIO(payload)
    while data.tell() < len(payload):
        tag = read_varint(data)
        value = {1: 8, 5: 4}.get(tag & 7) or read_varint(data)
        found[tag >> 3] = data.read(value) if tag & 7 else value
    return found

def scene(session, step, ego, last):
    lanes = [message(id, [message(-50.0, y), message(300.0, y)], 3.5, None, None, None, left, right)
             for id, y, left, right in [(1, 3.5, None, 2), (2, 0.0, 1, 3), (3, -3.5, 2, None)]]
    boxes = [message(id, 1, x, y, 0.0, 4.5, 1.8, 1.5, speed)  # 1 is CAR; then pose, size, speed
             for id, x, y, speed in [(1, 60.0, 0.0, 0.0), (2, 6 + step * 0.8, 3.5, 8.0)]]
    return message(session, step, step * 100_000, ego, lanes, boxes, *[None] * 8, last)

def main(host="127.0.0.1", port="1883", vehicle="car", steps=100):
    topic, inbox, session = f"waywarden/v1/{vehicle}/", queue.Queue(), uuid.uuid4().hex.encode()
    client = mqtt.Client(*([mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []))
    client.on_message = lambda _client, _data, answer: inbox.put(answer)
    client.connect(host, int(port))
    client.subscribe([(topic + "decision", 1), (topic + "refusal", 1)])
    client.loop_start()
    x, y, yaw, speed, accel, curvature = 0.0, 0.0, 0.0, 8.0, 0.0, 0.0
    for step in range(1, steps + 1):
        ego = message(x, y, yaw, speed, accel, speed * curvature)
        client.publish(topic + "scene", scene(session, step, ego, step == steps), qos=1)
        answer = inbox.get(timeout=60)
        answer.topic.endswith("decision") or sys.exit(fields(answer.payload)[2].decode())
        decision = fields(fields(answer.payload)[9])  # body of Sealed; for a real car, verify the seal
        (accel, *_), (curvature, *_) = (struct.unpack("<6d", fields(decision[11])[k]) for k in (1, 2))
        speed, yaw = max(0.0, speed + accel * 0.1), yaw + speed * curvature * 0.1
        x, y = x + speed * math.cos(yaw) * 0.1, y + speed * math.sin(yaw) * 0.1
        print(f"{step} decision {decision[1]} x {x:.1f} m {speed:.1f} m/s {decision[17].decode()}", flush=True)

main(*sys.argv[1:])
