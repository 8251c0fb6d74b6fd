"""A live client of Waywarden: sends one camera and one LiDAR at 10 Hz and prints the decisions.

pip install paho-mqtt grpcio-tools
mkdir -p gen && python -m grpc_tools.protoc -I schemas --python_out=gen schemas/waywarden/v1/*.proto
PYTHONPATH=gen python examples/live_client.py picture.jpg WIDTH HEIGHT [host [port]]
"""
import os
import struct
import sys
import time

import paho.mqtt.client as mqtt
from waywarden.v1 import decision_pb2, observation_pb2, sealed_pb2

picture = open(sys.argv[1], "rb").read()
width, height = int(sys.argv[2]), int(sys.argv[3])
host, port = (sys.argv[4:] + ["127.0.0.1", "1883"][len(sys.argv) - 4 :])[:2]
EPOCH, STARTED_US = os.urandom(8), time.time_ns() // 1000  # a new epoch at each start


def place(target, rotation, translation):
    target.rotation.extend(rotation)
    target.translation_m.extend(translation)


def observation(counter):
    now_us = time.time_ns() // 1000
    o = observation_pb2.Observation(id=counter, stamp_us=now_us, period_us=100_000,
                                    expected_cameras=["front"], expected_lidars=["top"])
    o.source_epoch, o.source_counter = EPOCH, counter % 2**32
    o.route.text, o.route.given_us = "follow the road", STARTED_US  # given_us stays the same
    o.ego.stamp_us, o.ego.speed_mps = now_us, 5.0
    image = o.images.add(name="front", stamp_us=now_us, encoding="IMAGE_ENCODING_JPEG", data=picture)
    lens = image.intrinsics
    lens.width_px, lens.height_px, lens.fx_px, lens.fy_px = width, height, width * 0.8, width * 0.8
    lens.cx_px, lens.cy_px = width / 2, height / 2
    for pose in (image.mount_ego_from_camera, image.ego_from_camera):  # z ahead, x right, y down
        place(pose, [0, 0, 1, -1, 0, 0, 0, -1, 0], [1.5, 0, 1.5])
    points = [(x / 4, y / 4, 0.0) for x in range(12, 160) for y in range(-40, 40)]  # a flat road
    sweep = o.sweeps.add(name="top", stamp_us=now_us)
    sweep.xyz_m = b"".join(struct.pack("<3f", *p) for p in points)
    sweep.intensity = struct.pack("<f", 0.3) * len(points)
    place(sweep.ego_from_lidar, [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 1.8])
    return o.SerializeToString()


def on_message(_client, _userdata, message):
    body = sealed_pb2.Sealed.FromString(message.payload).body  # to drive by it, verify the seal first
    decision = decision_pb2.Decision.FromString(body)
    print(decision_pb2.Mode.Name(decision.mode), decision.sentence)


client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
client.on_message = on_message
client.connect(host, int(port))
client.subscribe("waywarden/v1/car/decision", qos=1)
client.loop_start()
for n in range(100):
    client.publish("waywarden/v1/car/observation", observation(n), qos=0)
    time.sleep(max(0, (STARTED_US + (n + 1) * 100_000) / 1e6 - time.time()))
