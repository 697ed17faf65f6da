"""A month's basis as CSV tables: what is settled is what is stored and exported (docs/account.md)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from battery_commons.account.basis import (
    BatteryMonth,
    Flags,
    GridMonth,
    HomeMonth,
    Ints,
    MonthBasis,
    MonthRules,
    Revenue,
)
from battery_commons.account.period import month_grid
from battery_commons.account.table import Row, Table, TableError
from battery_commons.domain.bylaws import SharingRule
from battery_commons.domain.home_tariff import StatedTariff

QUARTER_HOURS = "quarter-hours-"
"""Before a home's account, the name of the table of what was measured there."""


def tables_of(basis: MonthBasis) -> dict[str, Table]:
    """Return a month's basis as tables, by name: nearly a megabyte for each home."""
    return {table.name: table for table in each_table(basis)}


def each_table(basis: MonthBasis) -> Iterator[Table]:
    """Return a month's basis as tables, one after another; homes, grids and contracts in the order of theirs.

    Who looks at one at a time needs no memory for them all.
    """
    homes = sorted(basis.homes, key=lambda home: home.account)
    starts = [start.strftime("%Y-%m-%dT%H:%MZ") for start in month_grid(basis.period).starts()]
    yield _rules(basis.rules)
    revenues = sorted((revenue.contract, str(revenue.cents)) for revenue in basis.revenues)
    yield Table("revenue", ("contract", "cents"), tuple(revenues))
    prices = _rows(starts, [_cells(basis.price_1e5, basis.price_known)])
    yield Table("prices", ("start", "eur_1e5_per_kwh"), prices)
    yield _grid(basis, starts)
    yield _members(homes)
    yield _tariffs(homes, starts)
    yield _batteries(homes)
    for home in homes:
        yield _quarter_hours(home, starts)


def basis_of(period: str, tables: Mapping[str, Table]) -> MonthBasis:
    """Return the basis that stands in a month's tables.

    Raises:
        TableError: A table is missing or does not hold what it should.
        ValueError: Figures do not fit the month, or no household: see MonthBasis.
    """
    starts = [start.strftime("%Y-%m-%dT%H:%MZ") for start in month_grid(period).starts()]
    try:
        rules = {row[0]: row[1] for row in tables["rules"].rows}
        price, price_known = _column(tables["prices"], starts, 1)
        batteries, tariffs = _by_account(tables["batteries"]), _by_account(tables["tariffs"])
        return MonthBasis(
            period,
            MonthRules(
                SharingRule(rules["sharing"]),
                int(rules["fund_share_1e4"]),
                int(rules["fund_need_cents"]),
                rules["owners_bear_shortage"] == _flag(is_set=True),
                int(rules["wear_1e5_per_kwh"]),
            ),
            price,
            price_known,
            tuple(Revenue(contract, int(cents)) for contract, cents in tables["revenue"].rows),
            tuple(
                GridMonth(name, *_column(tables["grid"], starts, column))
                for column, name in enumerate(tables["grid"].header[1:], start=1)
            ),
            tuple(
                _home(
                    row,
                    tables[QUARTER_HOURS + row[0]],
                    tariffs.get(row[0], []),
                    batteries.get(row[0], []),
                    starts,
                )
                for row in tables["homes"].rows
            ),
        )
    except KeyError as error:
        raise TableError(f"{period}: there is no {error.args[0]}") from error


def _by_account(table: Table) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table.rows:
        found.setdefault(row[0], []).append(row)
    return found


def _home(
    row: Row, measured: Table, tariffs: Sequence[Row], batteries: Sequence[Row], starts: Sequence[str]
) -> HomeMonth:
    account, transformer, on_feeder, first_day, last_day = row
    rows, end = measured.rows[:-1], measured.rows[-1:]
    house, known = _column(Table(measured.name, measured.header, rows), starts, 1)
    columns = {name: index for index, name in enumerate(measured.header)}
    return HomeMonth(
        account,
        transformer,
        on_feeder == _flag(is_set=True),
        date.fromisoformat(first_day),
        date.fromisoformat(last_day),
        tuple((starts.index(cells[1]), _tariff(cells)) for cells in tariffs),
        house,
        known,
        tuple(
            BatteryMonth(
                cells[1],
                *_limits(cells),
                _numbers(row[columns[f"{cells[1]} W"]] for row in rows),
                _numbers(row[columns[f"{cells[1]} Wh"]] for row in (*rows, *end)),
            )
            for cells in batteries
        ),
    )


def _tariff(cells: Row) -> StatedTariff:
    import_share, import_fixed, export_share, export_fixed = (int(cell) for cell in cells[3:7])
    floor = cells[7] == _flag(is_set=True)
    return StatedTariff(cells[2], import_share, import_fixed, export_share, export_fixed, floor)


def _limits(cells: Row) -> tuple[int, int, int, int, int, int]:
    """Return a battery's limits, in BatteryMonth's order."""
    capacity, charge, discharge, gain, worth, reserve = (int(cell) for cell in cells[2:])
    return capacity, charge, discharge, gain, worth, reserve


def _rules(rules: MonthRules) -> Table:
    return Table(
        "rules",
        ("rule", "value"),
        (
            ("sharing", rules.sharing.value),
            ("fund_share_1e4", str(rules.fund_share_1e4)),
            ("fund_need_cents", str(rules.fund_need_cents)),
            ("owners_bear_shortage", _flag(is_set=rules.owners_bear_shortage)),
            ("wear_1e5_per_kwh", str(rules.wear_1e5)),
        ),
    )


def _members(homes: Iterable[HomeMonth]) -> Table:
    return Table(
        "homes",
        ("account", "transformer", "on_feeder", "first_day", "last_day"),
        tuple(
            (
                home.account,
                home.transformer,
                _flag(is_set=home.on_feeder),
                home.first_day.isoformat(),
                home.last_day.isoformat(),
            )
            for home in homes
        ),
    )


def _grid(basis: MonthBasis, starts: Sequence[str]) -> Table:
    grids = sorted(basis.grids, key=lambda grid: grid.id)
    columns = [_cells(grid.load_w, grid.known) for grid in grids]
    return Table("grid", ("start", *(grid.id for grid in grids)), _rows(starts, columns))


def _tariffs(homes: Iterable[HomeMonth], starts: Sequence[str]) -> Table:
    imported, exported = ("import_share_1e4", "import_fixed_1e5"), ("export_share_1e4", "export_fixed_1e5")
    return Table(
        "tariffs",
        ("account", "from", "name", *imported, *exported, "export_floor"),
        tuple(
            (
                home.account,
                starts[slot],
                tariff.name,
                str(tariff.import_share_1e4),
                str(tariff.import_fixed_1e5),
                str(tariff.export_share_1e4),
                str(tariff.export_fixed_1e5),
                _flag(is_set=tariff.export_floor),
            )
            for home in homes
            for slot, tariff in home.tariffs
        ),
    )


def _batteries(homes: Iterable[HomeMonth]) -> Table:
    header = ("account", "battery", "capacity_wh", "max_charge_w", "max_discharge_w")
    return Table(
        "batteries",
        (*header, "charge_efficiency_1e4", "discharge_efficiency_1e4", "reserve_1e4"),
        tuple(
            (
                home.account,
                battery.name,
                str(battery.capacity_wh),
                str(battery.max_charge_w),
                str(battery.max_discharge_w),
                str(battery.charge_efficiency_1e4),
                str(battery.discharge_efficiency_1e4),
                str(battery.reserve_1e4),
            )
            for home in homes
            for battery in sorted(home.batteries, key=lambda battery: battery.name)
        ),
    )


def _quarter_hours(home: HomeMonth, starts: Sequence[str]) -> Table:
    """A row for each quarter hour; the last, "end", has only what the batteries hold at the month's end."""
    batteries = sorted(home.batteries, key=lambda battery: battery.name)
    held = np.append(home.known, False) | np.insert(home.known, 0, values=False)
    columns = [[*_cells(home.house_w, home.known), ""]]
    for battery in batteries:
        columns += [[*_cells(battery.power_w, home.known), ""], _cells(battery.stored_wh, held)]
    names = [name for battery in batteries for name in (f"{battery.name} W", f"{battery.name} Wh")]
    return Table(QUARTER_HOURS + home.account, ("start", "house_w", *names), _rows([*starts, "end"], columns))


def _cells(figures: Ints, known: Flags) -> list[str]:
    pairs = zip(figures.tolist(), known.tolist(), strict=True)
    return [str(figure) if is_known else "" for figure, is_known in pairs]


def _rows(starts: Sequence[str], columns: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    return tuple(zip(starts, *columns, strict=True))


def _column(table: Table, starts: Sequence[str], column: int) -> tuple[Ints, Flags]:
    """Return a column's figures, and where there are any. Raises TableError for rows of other moments."""
    if [row[0] for row in table.rows] != list(starts):
        raise TableError(f"{table.name} does not have a row for each quarter hour of its month, in order")
    cells = [row[column] for row in table.rows]
    return _numbers(cells), np.array([cell != "" for cell in cells], dtype=np.bool_)


def _numbers(cells: Iterable[str]) -> Ints:
    return np.array([int(cell) if cell else 0 for cell in cells], dtype=np.int64)


def _flag(*, is_set: bool) -> str:
    return "yes" if is_set else "no"
