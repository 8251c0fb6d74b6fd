"""`python -m peer LOG --model DIR --cameras a,b [--broker HOST:PORT] [--check DIR] [--stages]`."""

import argparse
import json
import resource
import sys
from collections.abc import Iterator
from importlib.metadata import version

from .check import Check
from .log import Log
from .model import Model
from .observation import Observation
from .publisher import Publisher
from .run import decide_all, time_stages

PACKAGES = ("numpy", "onnxruntime", "opencv-python-headless", "mcap", "protobuf", "paho-mqtt")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m peer")
    parser.add_argument("log")
    parser.add_argument("--model", required=True)
    parser.add_argument("--cameras", required=True, help="names, front first, separated by commas")
    parser.add_argument("--text", default="follow the road")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--broker", help="host:port of an MQTT broker")
    parser.add_argument("--check", help="folder written by dist/bench/peer-dump.js")
    parser.add_argument("--stages", action="store_true", help="each stage alone, nothing beside it")
    args = parser.parse_args()

    model = Model(args.model, args.threads)

    def observations() -> Iterator[Observation]:
        return Log(args.log, args.cameras.split(","), args.text).observations()

    if args.check:
        result = Check(args.check).run(observations(), model)
    elif args.stages:
        result = time_stages(observations(), model)
    else:
        host, _, port = (args.broker or "").partition(":")
        publisher = Publisher(host, int(port)) if args.broker else None
        result = decide_all(observations(), model, publisher)
        if publisher is not None:
            publisher.close()
    result["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result["versions"] = {
        "python": sys.version.split()[0],
        **{name: version(name) for name in PACKAGES},
    }
    print(json.dumps(result))


main()
