"""What is known of the batteries that other integrations bring: which of their entities does what.

A preset fills the form; what counts afterwards is what the resident has confirmed in it. Everything here was
read in the source of the integration that is named; where a source leaves something open (often a sign), the
preset leaves it to the resident and to the trial at set-up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ..driver import Control
from .roles import Option, Role


@dataclass(frozen=True, slots=True)
class Match:
    """How an entity is recognised in the entity registry."""

    platform: str
    translation_key: str | None = None
    unique_id_end: str | None = None
    beside_state_of_charge: bool = False
    """Only on the same device as the state of charge: elsewhere this key means something else."""


@dataclass(frozen=True, slots=True)
class PowerActions:
    """The actions of an integration that takes its orders by action, for a device."""

    domain: str
    charge: str
    discharge: str
    stop: str | None = None
    """Ends an order; where there is none, a choice ends it."""
    until_state_of_charge: bool = False
    """Whether an order must name the state of charge at which it ends."""
    for_minutes: bool = False
    """Whether an order must say how long it lasts, at least a minute."""


@dataclass(frozen=True, slots=True)
class Preset:
    """One kind of battery."""

    control: Control
    roles: Mapping[Role, tuple[Match, ...]]
    """What it can have, and how that is recognised; the best match first."""
    integrations: tuple[str, ...] = ()
    """The integrations that bring it; none for a battery of any make."""
    optional: frozenset[Role] = frozenset()
    """What it can do without."""
    options: Mapping[Option, tuple[str, ...]] = field(default_factory=dict)
    """What its choices can mean, and how the integration calls that."""
    inverted: bool = False
    """Whether its power sensor counts charging as positive; Home Assistant counts discharging as positive."""
    setpoint_inverted: bool = False
    """The same for its setpoint."""
    fresh_for: timedelta = timedelta(seconds=60)
    """How old its readings may be; also how long it may take until a change shows in an entity."""
    own_timer: timedelta | None = None
    """The longest that the device keeps an order that is not repeated; None where it keeps it for good."""
    stays_in_control: bool = False
    """Whether it is left obeying when the village lets go, and serves its own house by one of its modes: who
    decides is kept in memory that wears."""
    actions: PowerActions | None = None
    charges: bool = True
    """Whether a reserve above the state of charge makes it charge."""


def _any_power() -> dict[Role, tuple[Match, ...]]:
    return {
        Role.STATE_OF_CHARGE: (),
        Role.POWER: (),
        Role.CHARGE_POWER: (),
        Role.DISCHARGE_POWER: (),
    }


ANY_DEVICE_FRESH_FOR = timedelta(minutes=5)
"""A sensor of unknown make may be silent for so long while nothing changes."""

GENERIC_WATTS = Preset(
    Control.WATTS,
    roles=_any_power()
    | {
        Role.SETPOINT: (),
        Role.CHARGE_SETPOINT: (),
        Role.DISCHARGE_SETPOINT: (),
        Role.MODE: (),
        Role.CONTROL: (),
    },
    optional=frozenset({Role.MODE, Role.CONTROL}),
    options={
        Option.CHARGE: (),
        Option.DISCHARGE: (),
        Option.STANDBY: (),
        Option.OBEY: (),
        Option.OWN_HOUSE: (),
    },
    fresh_for=ANY_DEVICE_FRESH_FOR,
)
GENERIC_MODE = Preset(
    Control.MODE,
    roles=_any_power() | {Role.MODE: ()},
    options={
        Option.OWN_HOUSE: (),
        Option.CHARGE: (),
        Option.STANDBY: (),
        Option.DISCHARGE: (),
        Option.CHARGE_ONLY: (),
        Option.DISCHARGE_ONLY: (),
    },
    fresh_for=ANY_DEVICE_FRESH_FOR,
)
GENERIC_RESERVE = Preset(
    Control.RESERVE, roles=_any_power() | {Role.RESERVE: ()}, fresh_for=ANY_DEVICE_FRESH_FOR
)

SESSY = Preset(
    # PimDoos/ha-sessy: unique ids `sessy-{serial}-sensor-{name without spaces}` for all platforms; the sensor
    # "Charge Power" is the negative part of "Power", so positive is discharging; the options are those of
    # sessypy's SessyPowerStrategy without their prefix. Its setpoint only counts in the strategy "api".
    Control.WATTS,
    integrations=("sessy",),
    roles={
        Role.STATE_OF_CHARGE: (Match("sessy", unique_id_end="-sensor-stateofcharge"),),
        Role.POWER: (Match("sessy", unique_id_end="-sensor-power"),),
        Role.SETPOINT: (Match("sessy", unique_id_end="-sensor-powersetpoint"),),
        Role.CONTROL: (Match("sessy", unique_id_end="-sensor-powerstrategy"),),
    },
    options={Option.OBEY: ("api",), Option.OWN_HOUSE: ("nom",)},
)
HOMEWIZARD = Preset(
    # Core `homewizard`: the choice is on the P1 meter, the state of charge on each battery. A battery's
    # `active_power_w` is what it draws (its `active_production_power_w` is the same, negated).
    Control.MODE,
    integrations=("homewizard",),
    roles={
        Role.STATE_OF_CHARGE: (Match("homewizard", "state_of_charge_pct"),),
        Role.POWER: (
            Match("homewizard", "battery_group_power_w"),
            Match("homewizard", unique_id_end="_active_power_w", beside_state_of_charge=True),
        ),
        Role.MODE: (Match("homewizard", "battery_group_mode"),),
    },
    options={
        Option.OWN_HOUSE: ("zero",),
        Option.CHARGE: ("to_full",),
        Option.STANDBY: ("standby",),
        Option.CHARGE_ONLY: ("zero_charge_only",),
        Option.DISCHARGE_ONLY: ("zero_discharge_only",),
    },
    inverted=True,
)
ZONNEPLAN = Preset(
    # fsaris/home-assistant-zonneplan-one (core's `zonneplan` has no battery): one choice of strategies, none
    # of which simply charges or stands still; what they are to the village is the resident's choice.
    Control.MODE,
    integrations=("zonneplan_one",),
    roles={
        Role.STATE_OF_CHARGE: (Match("zonneplan_one", unique_id_end="_state_of_charge"),),
        Role.POWER: (Match("zonneplan_one", unique_id_end="_power_ac"),),
        Role.MODE: (Match("zonneplan_one"),),
    },
    options={Option.OWN_HOUSE: ("self_consumption",), Option.CHARGE: (), Option.STANDBY: ()},
    fresh_for=timedelta(minutes=15),
)
ENPHASE = Preset(
    # Core `enphase_envoy`: the total of all Encharges, the storage current transformer and the reserve.
    Control.RESERVE,
    integrations=("enphase_envoy",),
    roles={
        Role.STATE_OF_CHARGE: (Match("enphase_envoy", unique_id_end="_battery_level"),),
        Role.POWER: (Match("enphase_envoy", "battery_discharge"),),
        Role.RESERVE: (Match("enphase_envoy", "reserve_soc"),),
    },
    fresh_for=timedelta(minutes=3),
)
POWERWALL = Preset(
    # Core `tesla_fleet`, `teslemetry` and `tessie` share their keys. Core `powerwall` reads locally, but only
    # reads: with it, the reserve comes from one of the others.
    Control.RESERVE,
    integrations=("tesla_fleet", "teslemetry", "tessie"),
    roles={
        Role.STATE_OF_CHARGE: (
            Match("powerwall", "charge"),
            Match("tesla_fleet", "percentage_charged"),
            Match("teslemetry", "percentage_charged"),
            Match("tessie", "percentage_charged"),
        ),
        Role.POWER: (
            Match("powerwall", "battery_instant_power"),
            Match("tesla_fleet", "battery_power"),
            Match("teslemetry", "battery_power"),
            Match("tessie", "battery_power"),
        ),
        Role.RESERVE: (
            Match("tesla_fleet", "backup_reserve_percent"),
            Match("teslemetry", "backup_reserve_percent"),
            Match("tessie", "backup_reserve_percent"),
        ),
    },
    fresh_for=timedelta(minutes=5),
)
VICTRON_GX = Preset(
    # Core `victron_gx` (victron-mqtt): a phase's setpoint counts in "external control" (ESS mode 3). Positive
    # charges (sfstar/hass-victron issue 226). Victron documents that it is dropped after 60 s; owners see it
    # dropped after 10 s (openWB/core issue 3355), so it is repeated at every look. It is the power at the AC
    # input: with loads at the AC output it is not the battery's.
    Control.WATTS,
    integrations=("victron_gx",),
    roles={
        Role.STATE_OF_CHARGE: (
            Match("victron_gx", "system_dc_battery_soc"),
            Match("victron_gx", "battery_soc"),
        ),
        Role.POWER: (Match("victron_gx", "system_dc_battery_power"), Match("victron_gx", "battery_power")),
        Role.SETPOINT: (Match("victron_gx", "vebus_ac_power_setpoint_phase"),),
        Role.CONTROL: (Match("victron_gx", "system_ess_mode"),),
    },
    options={Option.OBEY: ("external_control",), Option.OWN_HOUSE: ("phase_compensation_enabled",)},
    inverted=True,
    setpoint_inverted=True,
    own_timer=timedelta(seconds=10),
)
INDEVOLT = Preset(
    # Core `indevolt`: its actions switch to real-time control, its stop button keeps it there at nothing.
    Control.WATTS,
    integrations=("indevolt",),
    roles={
        Role.STATE_OF_CHARGE: (Match("indevolt", "battery_soc"),),
        Role.CHARGE_POWER: (Match("indevolt", "ac_input_power"),),
        Role.DISCHARGE_POWER: (Match("indevolt", "ac_output_power"),),
        Role.CONTROL: (Match("indevolt", "energy_mode"),),
        Role.STOP: (Match("indevolt", "stop"),),
        Role.ORDER: (Match("indevolt", "realtime_command"),),
        Role.ORDER_POWER: (Match("indevolt", "realtime_power_limit"),),
        Role.LOWEST_STATE_OF_CHARGE: (Match("indevolt", "discharge_limit"),),
    },
    options={
        Option.OBEY: ("real_time_control",),
        Option.OWN_HOUSE: ("self_consumed_prioritized",),
    },
    fresh_for=timedelta(seconds=90),
    actions=PowerActions("indevolt", "charge", "discharge", until_state_of_charge=True),
)
GROWATT = Preset(
    # Core `growatt_server`, inverters of the MIN series with the token API: there is no setpoint, but the
    # state of charge at which discharging stops. Raising that keeps energy; it does not charge.
    Control.RESERVE,
    integrations=("growatt_server",),
    roles={
        Role.STATE_OF_CHARGE: (Match("growatt_server", "tlx_statement_of_charge"),),
        Role.CHARGE_POWER: (Match("growatt_server", "tlx_battery_1_charge_w"),),
        Role.DISCHARGE_POWER: (Match("growatt_server", "tlx_battery_1_discharge_w"),),
        Role.RESERVE: (Match("growatt_server", "battery_discharge_soc_limit_on_grid"),),
    },
    fresh_for=timedelta(minutes=15),
    charges=False,
)
HUAWEI = Preset(
    # wlcrs/huawei_solar: actions for the device "Battery", and a sensor that tells the order in force. Its
    # power is positive while charging. Writing needs its option for elevated permissions. A forced discharge
    # with no power holds the battery still (evcc-io/evcc, template `huawei-sun2000-hybrid`).
    Control.WATTS,
    integrations=("huawei_solar",),
    roles={
        Role.STATE_OF_CHARGE: (Match("huawei_solar", unique_id_end="_storage_state_of_capacity"),),
        Role.POWER: (Match("huawei_solar", unique_id_end="_storage_charge_discharge_power"),),
        Role.ORDER: (Match("huawei_solar", unique_id_end="_storage_forcible_charge_discharge_write"),),
    },
    inverted=True,
    fresh_for=timedelta(seconds=90),
    own_timer=timedelta(days=1),
    actions=PowerActions(
        "huawei_solar",
        "forcible_charge",
        "forcible_discharge",
        stop="stop_forcible_charge",
        for_minutes=True,
    ),
)
SOLAREDGE = Preset(
    # Core `solaredge_modbus`, and WillCodeForCats/solaredge-modbus-multi with the same registers. In remote
    # control the command holds for the inverter's command timeout, which is an hour unless somebody changed
    # it, and cannot be seen to have run out. "Solar only" is without battery. The control mode is kept in
    # memory that wears (the register map in `../modbus/solaredge.py`), so remote control is taken once.
    Control.WATTS,
    integrations=("solaredge_modbus", "solaredge_modbus_multi"),
    roles={
        Role.STATE_OF_CHARGE: (
            Match("solaredge_modbus", "state_of_energy"),
            Match("solaredge_modbus_multi", unique_id_end="_battery_soe"),
        ),
        Role.POWER: (
            Match("solaredge_modbus", "dc_power", beside_state_of_charge=True),
            Match("solaredge_modbus_multi", unique_id_end="_dc_power", beside_state_of_charge=True),
        ),
        Role.CHARGE_SETPOINT: (
            Match("solaredge_modbus", "charge_limit"),
            Match("solaredge_modbus_multi", unique_id_end="_storage_charge_limit"),
        ),
        Role.DISCHARGE_SETPOINT: (
            Match("solaredge_modbus", "discharge_limit"),
            Match("solaredge_modbus_multi", unique_id_end="_storage_discharge_limit"),
        ),
        Role.MODE: (
            Match("solaredge_modbus", "storage_command_mode"),
            Match("solaredge_modbus_multi", unique_id_end="_storage_command_mode"),
        ),
        Role.CONTROL: (
            Match("solaredge_modbus", "storage_control_mode"),
            Match("solaredge_modbus_multi", unique_id_end="_storage_control_mode"),
        ),
    },
    options={
        Option.CHARGE: ("charge_from_solar_and_grid", "Charge from Solar Power and Grid"),
        Option.DISCHARGE: ("discharge_to_maximize_export", "Discharge to Maximize Export"),
        Option.STANDBY: ("solar_only", "Solar Power Only (Off)"),
        Option.OBEY: ("remote_control", "Remote Control"),
        Option.OWN_HOUSE: ("maximize_self_consumption", "Maximize Self Consumption"),
    },
    inverted=True,
    own_timer=timedelta(minutes=55),
    stays_in_control=True,
)
MARSTEK = Preset(
    # ViperRNMC/marstek_venus_modbus, registers/*.yaml; unique ids end with the key of the entity. The switch
    # and the setpoints are not enabled unless the resident does so. `ac_power` is positive while
    # discharging (evcc-io/evcc, template `marstek-venus`).
    Control.WATTS,
    integrations=("marstek_modbus",),
    roles={
        Role.STATE_OF_CHARGE: (Match("marstek_modbus", unique_id_end="_battery_soc"),),
        Role.POWER: (Match("marstek_modbus", unique_id_end="_ac_power"),),
        Role.CHARGE_SETPOINT: (Match("marstek_modbus", unique_id_end="_set_charge_power"),),
        Role.DISCHARGE_SETPOINT: (Match("marstek_modbus", unique_id_end="_set_discharge_power"),),
        Role.MODE: (Match("marstek_modbus", unique_id_end="_force_mode"),),
        Role.CONTROL: (Match("marstek_modbus", unique_id_end="_rs485_control_mode"),),
    },
    options={
        Option.CHARGE: ("charge",),
        Option.DISCHARGE: ("discharge",),
        Option.STANDBY: ("standby",),
    },
)

PRESETS: Mapping[str, Preset] = {
    "enphase": ENPHASE,
    "growatt": GROWATT,
    "homewizard": HOMEWIZARD,
    "huawei": HUAWEI,
    "indevolt": INDEVOLT,
    "marstek": MARSTEK,
    "powerwall": POWERWALL,
    "sessy": SESSY,
    "solaredge": SOLAREDGE,
    "victron_gx": VICTRON_GX,
    "zonneplan": ZONNEPLAN,
    "generic_watts": GENERIC_WATTS,
    "generic_mode": GENERIC_MODE,
    "generic_reserve": GENERIC_RESERVE,
}
"""By the key that a battery's configuration keeps."""
