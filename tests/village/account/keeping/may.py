"""The month that is kept in these tests, and what is looked up of it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from battery_commons.account.closing import closed_periods
from battery_commons.account.export import write_export
from battery_commons.account.keeping.basis import basis_stamp
from battery_commons.account.keeping.books import GRACE, Books, MonthState, state_of
from battery_commons.account.keeping.gathering import begin, gather_leaver, read_home, tariffs_over
from battery_commons.account.keeping.keeper import CLOSES_AFTER, AccountKeeper, until_next_look
from battery_commons.account.keeping.leaving import leave
from battery_commons.account.keeping.readings import QuarterHours
from battery_commons.account.ledger import BANK, FUND, GRID, EntryKind, Signature, balances, verify
from battery_commons.account.period import month_grid
from battery_commons.audit import audit
from battery_commons.community.keeping.told import facts_of
from battery_commons.community.period import Period
from battery_commons.domain.battery import Battery
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.grid import Transformer
from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount
from battery_commons.domain.quality import Finding, FindingKind, Quality, Source, SourceKind
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.settings import TariffChoice, VillageSettings
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store, StoreError
from battery_commons.store.audit import Act, Author
from battery_commons.store.ledger import MeanwhileError
from battery_commons.store.place import Place
from battery_commons.store.records import HomeBattery
from tests.village.account_store import KEY, Clock, Kept, join, kept, measured, priced, with_month
from tests.village.community.lived import village_of_may
from tests.village.postgresql import Cluster, on_both

MAY = "2026-05"
GRID_OF_MAY = month_grid(MAY)
START, END = GRID_OF_MAY.start, GRID_OF_MAY.end
DAY = timedelta(days=1)


def exported(village: Kept, tmp_path: Path) -> Path:
    path = tmp_path / "account.zip"
    path.unlink(missing_ok=True)
    write_export(path, village.books.export())
    return path


def account_of(store: Store, name: str) -> str:
    home = next(home.id for home in store.homes() if home.name == name)
    return next(each.account for each in store.memberships() if each.home_id == home)
