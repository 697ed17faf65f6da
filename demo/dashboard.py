"""The dashboard of the demonstration's Home Assistant: the battery, what it is asked and why, the village."""

from collections.abc import Mapping, Sequence
from typing import Any


def dashboard(entities: Mapping[str, str], battery_id: str, entry_id: str) -> dict[str, Any]:
    """Return a dashboard for one home.

    Args:
        entities: Entity ids by the integration's unique ids.
        battery_id: The battery's subentry.
        entry_id: The village's config entry.
    """

    def battery(key: str) -> str:
        return entities[f"{battery_id}_{key}"]

    def village(key: str) -> str:
        return entities[f"{entry_id}_{key}"]

    def tiles(*entity_ids: str) -> list[dict[str, Any]]:
        return [{"type": "tile", "entity": entity_id} for entity_id in entity_ids]

    def history(title: str, entity_ids: Sequence[str]) -> dict[str, Any]:
        return {"type": "history-graph", "title": title, "hours_to_show": 1, "entities": list(entity_ids)}

    def section(icon: str, heading: str, cards: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        return {
            "type": "grid",
            "cards": [{"type": "heading", "heading": heading, "icon": icon}, *cards],
        }

    return {
        "views": [
            {
                "title": "Battery Commons",
                "path": "home",
                "type": "sections",
                "max_columns": 3,
                "sections": [
                    section(
                        "mdi:home-battery",
                        "Battery",
                        [
                            {"type": "gauge", "entity": battery("state_of_charge"), "needle": True},
                            *tiles(
                                battery("power"),
                                battery("setpoint"),
                                battery("mode"),
                                battery("reason"),
                                battery("lease_end"),
                                battery("plan"),
                            ),
                        ],
                    ),
                    section(
                        "mdi:transmission-tower",
                        "Village",
                        [
                            *tiles(
                                village("congestion_signal"),
                                village("transformer_load"),
                                village("transformer_limit"),
                                village("control_model"),
                                village("coordinator"),
                            ),
                            *tiles(battery("participation"), battery("reserve")),
                        ],
                    ),
                    section(
                        "mdi:chart-line",
                        "Last hour",
                        [
                            history("Power", [battery("power"), battery("setpoint")]),
                            history("Transformer", [village("transformer_load")]),
                        ],
                    ),
                ],
            }
        ]
    }
