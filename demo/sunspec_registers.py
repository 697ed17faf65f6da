"""The registers of a SunSpec device, laid out from the SunSpec Alliance's own model definitions.

The definitions are those that the package `pysunspec2` carries, so that nothing here is shared with
the driver that reads these registers: each is the other's independent witness.
"""

from collections.abc import Mapping, Sequence
from struct import unpack

from sunspec2 import device

BASE_ADDRESS = 40_000
"""Where a SunSpec map usually starts (SunSpec Device Information Model Specification, 6.2)."""
_MARKER = [0x5375, 0x6E53]
"""The text "SunS", by which a client recognises the map."""
_END_OF_MAP = [0xFFFF, 0]

type Value = int | float | str


class WriteRefusedError(Exception):
    """A write touched what cannot be written: a read-only register, or half of a point."""


class SunSpecRegisters:
    """A map of SunSpec models, seen as points with units from inside and as registers from outside."""

    def __init__(self, models: Mapping[int, Mapping[str, Value]]) -> None:
        """Lay out `models` in the given order, with their points' raw values.

        A point that is not named stays unimplemented and reads as its type's sentinel.
        """
        self._models = {}
        self._points = {}
        self._registers = list(_MARKER)
        for model_id, values in models.items():
            model = device.Model(model_id=model_id)
            self._models[model_id] = model
            start = BASE_ADDRESS + len(self._registers)
            groups = [model, *model.groups.values()]
            for point in (point for group in groups for point in group.points.values()):
                self._points[start + point.offset] = point
            for name, value in values.items():
                model.points[name].value = value
            self._registers += _words(model.get_mb())
        self._registers += _END_OF_MAP

    def get(self, model_id: int, name: str) -> float | None:
        """Return a point's value in the unit of its definition; None where it is unimplemented."""
        value: float | None = self._models[model_id].points[name].cvalue
        return value

    def put(self, model_id: int, name: str, value: Value) -> None:
        """Set a point in the unit of its definition; its scale factor decides the rounding."""
        self._models[model_id].points[name].cvalue = value

    def registers(self) -> list[int]:
        """Return the whole map as it reads now, from `BASE_ADDRESS`."""
        for address, point in self._points.items():
            words = _words(point.get_mb())
            start = address - BASE_ADDRESS
            self._registers[start : start + len(words)] = words
        return list(self._registers)

    def write(self, address: int, words: Sequence[int]) -> set[str]:
        """Take `words`, written from `address` on, and return the names of the points that were written.

        Raises:
            WriteRefusedError: A register is read-only, or a point would be written in part. Then
                nothing is written at all.
        """
        taken = []
        position = 0
        while position < len(words):
            point = self._points.get(address + position)
            if point is None or point.pdef.get("access") != "RW" or position + point.len > len(words):
                raise WriteRefusedError(f"register {address + position} cannot be written so")
            taken.append((point, words[position : position + point.len]))
            position += point.len
        for point, values in taken:
            point.set_mb(b"".join(word.to_bytes(2) for word in values))
        return {point.pdef["name"] for point, _ in taken}


def _words(data: bytes) -> list[int]:
    return list(unpack(f">{len(data) // 2}H", data))
