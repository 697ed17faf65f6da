"""The store: everything the village remembers, behind one door."""

from battery_commons.store.account_months import AccountMonthStore
from battery_commons.store.account_readings import AccountReadingStore
from battery_commons.store.accounts import AccountStore
from battery_commons.store.activations import ActivationStore
from battery_commons.store.administrators import AdministratorStore
from battery_commons.store.audit import AuditStore
from battery_commons.store.codes import CodeStore
from battery_commons.store.community import CommunityStore
from battery_commons.store.contracts import ContractStore
from battery_commons.store.decisions import DecisionStore
from battery_commons.store.dispatches import DispatchStore
from battery_commons.store.dutch_flex import DutchFlexStore
from battery_commons.store.event_references import EventReferenceStore
from battery_commons.store.experiments import ExperimentStore
from battery_commons.store.flash_mob import FlashMobStore
from battery_commons.store.grid import GridStore
from battery_commons.store.houses import HouseStore
from battery_commons.store.ledger import LedgerStore
from battery_commons.store.members import MemberStore
from battery_commons.store.meter_sources import MeterSourceStore
from battery_commons.store.operator_events import OperatorEventStore
from battery_commons.store.operator_lines import OperatorLineStore
from battery_commons.store.operator_reports import OperatorReportStore
from battery_commons.store.outside import OutsideStore
from battery_commons.store.own_data import OwnDataStore
from battery_commons.store.prices import PriceStore
from battery_commons.store.quality import QualityStore
from battery_commons.store.retention import RetentionStore
from battery_commons.store.settings import SettingsStore
from battery_commons.store.tables import TableStore
from battery_commons.store.votes import VoteStore
from battery_commons.store.vtn import VtnStore
from battery_commons.store.weather import WeatherStore


class Store(
    GridStore,
    MemberStore,
    HouseStore,
    QualityStore,
    PriceStore,
    WeatherStore,
    OutsideStore,
    DispatchStore,
    DecisionStore,
    CodeStore,
    FlashMobStore,
    OwnDataStore,
    AuditStore,
    RetentionStore,
    VoteStore,
    ExperimentStore,
    SettingsStore,
    MeterSourceStore,
    OperatorLineStore,
    OperatorEventStore,
    EventReferenceStore,
    OperatorReportStore,
    DutchFlexStore,
    VtnStore,
    ContractStore,
    ActivationStore,
    AdministratorStore,
    AccountStore,
    AccountMonthStore,
    AccountReadingStore,
    LedgerStore,
    CommunityStore,
    TableStore,
):
    """The village's database. Each method is one transaction and may block: call it off the event loop.

    Every method raises StoreError when the database cannot be used.
    """
