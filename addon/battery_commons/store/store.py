"""The store: everything the village remembers, behind one door."""

from battery_commons.store.audit import AuditStore
from battery_commons.store.codes import CodeStore
from battery_commons.store.dispatches import DispatchStore
from battery_commons.store.grid import GridStore
from battery_commons.store.measurements import MeasurementStore
from battery_commons.store.members import MemberStore
from battery_commons.store.own_data import OwnDataStore
from battery_commons.store.prices import PriceStore
from battery_commons.store.retention import RetentionStore


class Store(
    GridStore,
    MemberStore,
    MeasurementStore,
    PriceStore,
    DispatchStore,
    CodeStore,
    OwnDataStore,
    AuditStore,
    RetentionStore,
):
    """The village's database. Each method is one transaction and may block: call it off the event loop.

    Every method raises StoreError when the database cannot be used.
    """
