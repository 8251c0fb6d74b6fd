"""Proposals as JSON to a broker, QoS 1."""

import json
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

TOPIC = "waywarden/v1/peer/proposal"
IN_FLIGHT_MAX = 16
FLUSH_S = 5.0


class Publisher:
    def __init__(self, host: str, port: int) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="peer")
        self._client.max_inflight_messages_set(IN_FLIGHT_MAX)
        self._client.connect(host, port)
        self._client.loop_start()
        self._sent: list[mqtt.MQTTMessageInfo] = []

    def publish(self, proposal: dict[str, Any]) -> None:
        payload = json.dumps(proposal, separators=(",", ":"))
        self._sent.append(self._client.publish(TOPIC, payload, qos=1))

    def flush(self) -> int:
        """Waits for the last acknowledgement; gives back how many have come."""
        if self._sent:
            self._sent[-1].wait_for_publish(FLUSH_S)
        return sum(info.is_published() for info in self._sent)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
