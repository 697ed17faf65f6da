"""Names that several modules of the integration share."""

import logging

DOMAIN = "battery_commons"
LOGGER = logging.getLogger(__package__)

CONF_INVITATION = "invitation"
CONF_CONSENT = "consent"
CONF_KEY = "key"
CONF_CERTIFICATE = "certificate"
CONF_HOME_ID = "home_id"
CONF_VILLAGE_NAME = "village_name"
CONF_TRANSFORMER_NAME = "transformer_name"

SUBENTRY_METERS = "meters"
CONF_GRID_POWER = "grid_power"
CONF_GRID_RETURN = "grid_return"
CONF_INVERTED = "inverted"
CONF_SOLAR_POWER = "solar_power"
CONF_FUSE_A = "fuse_a"
CONF_PHASES = "phases"
CONF_SHARED = "shared"

SUBENTRY_BATTERY = "battery"
CONF_KIND = "kind"
KIND_MODBUS = "modbus"
KIND_ENTITIES = "entities"
CONF_MAP = "map"
CONF_SHADOW = "shadow"
CONF_UNIT_ID = "unit_id"
CONF_CAPACITY_WH = "capacity_wh"
CONF_MAX_CHARGE_W = "max_charge_w"
CONF_MAX_DISCHARGE_W = "max_discharge_w"
CONF_MANUFACTURER = "manufacturer"
CONF_MODEL = "model"
CONF_SERIAL_NUMBER = "serial_number"
