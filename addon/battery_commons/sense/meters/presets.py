"""Where well-known meters keep their power, so that nobody has to look it up."""

from dataclasses import dataclass

from battery_commons.domain.meter_source import Number, Registers, WordOrder


@dataclass(frozen=True, slots=True)
class Preset:
    """Where a well-known meter keeps its total active power, with who says so."""

    name: str
    registers: Registers
    register: int
    number: Number
    word_order: WordOrder
    scale_w: float
    said_by: str
    """The manufacturer's list of registers. All of these stand in github.com/volkszaehler/mbmd too."""


PRESETS = {
    "sdm630": Preset(
        "Eastron SDM630",
        Registers.INPUT,
        0x0034,
        Number.FLOAT32,
        WordOrder.BIG,
        1.0,
        "bg-etech.de/download/manual/SDM630Register.pdf",
    ),
    "abb-b": Preset(
        "ABB B23, B24",
        Registers.HOLDING,
        0x5B14,
        Number.INT32,
        WordOrder.BIG,
        0.01,
        "datenblatt.stark-elektronik.de/Energiezaehler_B-Serie_Handbuch.pdf",
    ),
    "em24": Preset(
        "Carlo Gavazzi EM24 (Ethernet)",
        Registers.INPUT,
        0x0028,
        Number.INT32,
        WordOrder.LITTLE,
        0.1,
        "enika.eu/data/files/produkty/energy%20m/CP/em24%20ethernet%20cp.pdf",
    ),
    "pac2200": Preset(
        "Siemens PAC2200",
        Registers.INPUT,
        65,
        Number.FLOAT32,
        WordOrder.BIG,
        1.0,
        "github.com/evcc-io/evcc/files/8588580/PAC2200.pdf",
    ),
}
