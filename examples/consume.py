"""Consumes Waywarden's decisions: verifies every seal, brakes when no valid one comes for 300 ms.

    python3 consume.py ~/.config/waywarden/car.key [host] [port] [vehicle]
Needs paho-mqtt. docs/wire.md explains each check; both machines need the same time of day.
"""
import hashlib, hmac, queue, struct, sys, time
import paho.mqtt.client as mqtt

MODES = ["?", "NORMAL", "CAUTION", "COMFORT_STOP", "EMERGENCY_STOP", "HOLD"]

def crc32p4(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xC8DF352F if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF

def varint(data, at):
    low, (high, end) = data[at] & 127, varint(data, at + 1) if data[at] > 127 else (0, at + 1)
    return low | high << 7, end

def fields(data):
    """Last value of each field of a protobuf message: number -> int, or bytes."""
    found, at = {}, 0
    while at < len(data):
        tag, at = varint(data, at)
        size = {1: 8, 5: 4}.get(tag & 7)
        value, at = (int.from_bytes(data[at : at + size], "little"), at + size) if size else varint(data, at)
        if tag & 7 == 2:  # bytes: what was read is their length
            value, at = data[at : at + value], at + value
        found[tag >> 3] = value
    return found

class Seals:
    last = None  # (epoch, counter) of the newest valid message

    def open(self, sealed, topic, key):  # -> body that may be acted on, messages lost before it
        f = fields(sealed)
        counter, epoch, t_us, valid_ms, body = f.get(2, 0), f[3], f[4], f[5], f.get(9, b"")
        header = struct.pack(">II8sqII", f[1], counter, epoch, t_us, valid_ms, f[6])
        mac = hmac.digest(key, header + body, hashlib.sha256)[:16]
        wrong = [name for name, fine in {
            "form": len(body) == f[6] and len(epoch) == 8 and f[1] == crc32p4(topic.encode()),
            "crc": f[7] == crc32p4(header + body),
            "mac": hmac.compare_digest(f[8], mac),
            "age": 1 <= valid_ms <= 300 and abs(time.time() * 1e6 - t_us) <= valid_ms * 1000,
            "epoch": not self.last or epoch == self.last[0],
        }.items() if not fine]
        step = (counter - self.last[1]) % 2**32 if self.last else 1
        if not wrong and 1 <= step < 2**31:
            self.last = (epoch, counter)
        if wrong or not 1 <= step <= 3:  # a jump costs the message that shows it
            raise ValueError(f"{wrong or 'counter'}")
        return body, step - 1

def main(key_file, host="127.0.0.1", port="1883", vehicle="car"):
    key, topic = bytes.fromhex(open(key_file).read()), f"waywarden/v1/{vehicle}/decision"
    version = getattr(mqtt, "CallbackAPIVersion", None)  # paho 2 asks for it
    client, inbox, seals = mqtt.Client(*([version.VERSION2] if version else [])), queue.Queue(), Seals()
    client.on_connect = lambda *_: client.subscribe(topic, qos=1)
    client.on_message = lambda _client, _data, message: inbox.put(message)
    client.connect(host, int(port), keepalive=5)
    client.loop_start()  # and connects again by itself
    due = time.monotonic() + 0.3
    while True:
        if time.monotonic() >= due:
            due = time.monotonic() + 0.3
            print("EMERGENCY_STOP: no valid decision for 300 ms", flush=True)
        try:
            message = inbox.get(timeout=max(0, due - time.monotonic()))
            body, lost = seals.open(b"" if message.retain else message.payload, topic, key)
            due, decision = time.monotonic() + 0.3, fields(body)
            print(f"decision {decision.get(1, 0)} {MODES[decision[6]]} lost {lost}", flush=True)
        except queue.Empty:
            continue
        except (ValueError, KeyError, IndexError, TypeError, struct.error) as error:
            print(f"refused: {error}", flush=True)

main(*sys.argv[1:])
