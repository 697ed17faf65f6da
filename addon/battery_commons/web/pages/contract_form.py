"""The form of a contract, and what can be wrong with what is filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as fields
from datetime import date, time, timedelta

from aiohttp import web

from battery_commons.domain.contract import Contract, ContractKind, Days
from battery_commons.flexibility.contracts import template
from battery_commons.web.pages.forms import field
from battery_commons.wire.messages import MAX_FEEDER_POWER_W

_LONGEST_NAME = 80
_MOST_EUR = 10_000_000.0
_MOST_HOURS = 24.0
_MOST_NOTICE_H = 24.0 * 31
FIELDS = (
    "operator",
    "congestion_point",
    "subject",
    "first_day",
    "last_day",
    "from_time",
    "until_time",
    "days",
    "import_kw",
    "export_kw",
    "call_kw",
    "longest_h",
    "notice_h",
    "eur_per_year",
    "eur_per_kwh",
    "penalty_eur_per_kwh",
    "brps",
)


@dataclass(frozen=True, slots=True)
class ContractForm:
    """What stands in the form, as it was typed."""

    kind: ContractKind
    typed: Mapping[str, str]
    """By field."""
    one_brp: bool
    contract: Contract | None = None
    """What the form says; None where something is wrong with it."""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/contract.py)."""

    @property
    def brps(self) -> Sequence[str]:
        """The balance responsible parties of the connections that take part."""
        return [each.strip() for each in self.typed["brps"].split(",") if each.strip()]

    @classmethod
    def of(cls, kind: ContractKind, subject: str, today: date) -> ContractForm:
        """Return the form of a contract that is begun from what its kind usually says."""
        usual = template(kind, "", subject, today)
        typed = {
            "operator": "",
            "congestion_point": "",
            "subject": subject,
            "first_day": today.isoformat(),
            "last_day": "",
            "from_time": f"{usual.from_time:%H:%M}",
            "until_time": f"{usual.until_time:%H:%M}",
            "days": usual.days.value,
            "import_kw": _kilowatts(usual.import_w),
            "export_kw": _kilowatts(usual.export_w),
            "call_kw": _kilowatts(usual.call_w),
            "longest_h": "" if usual.longest_call is None else f"{usual.longest_call / timedelta(hours=1):g}",
            "notice_h": f"{usual.notice / timedelta(hours=1):g}",
            "eur_per_year": "0",
            "eur_per_kwh": "0",
            "penalty_eur_per_kwh": "0",
            "brps": "",
        }
        return cls(kind, typed, usual.one_brp)

    @classmethod
    async def filled_in(cls, request: web.Request, subjects: Sequence[str]) -> ContractForm:
        """Return the form that was sent; `subjects` are the parts of the grid that there are.

        Raises ValueError for a kind of contract that there is not.
        """
        kind = ContractKind(await field(request, "kind"))
        typed = {name: await field(request, name) for name in FIELDS}
        one_brp = bool(await field(request, "one_brp"))
        read = _Reader(typed)
        values = {
            "operator": read.name("operator"),
            "congestion_point": read.name("congestion_point", needed=False),
            "subject": read.one_of("subject", subjects),
            "first_day": read.day("first_day"),
            "last_day": read.day("last_day") if typed["last_day"] else None,
            "from_time": read.clock("from_time"),
            "until_time": read.clock("until_time"),
            "days": Days(read.one_of("days", [each.value for each in Days]) or Days.ALL),
            "import_w": read.watts("import_kw"),
            "export_w": read.watts("export_kw"),
            "call_w": read.watts("call_kw"),
            "longest_call": read.hours("longest_h", _MOST_HOURS) if typed["longest_h"] else None,
            "notice": read.hours("notice_h", _MOST_NOTICE_H),
            "eur_per_year": read.figure("eur_per_year", _MOST_EUR),
            "eur_per_kwh": read.figure("eur_per_kwh", _MOST_EUR),
            "penalty_eur_per_kwh": read.figure("penalty_eur_per_kwh", _MOST_EUR),
        }
        if read.errors:
            return cls(kind, typed, one_brp, errors=read.errors)
        try:
            contract = Contract(kind=kind, one_brp=one_brp, **values)  # type: ignore[arg-type]
        except ValueError:
            return cls(kind, typed, one_brp, errors={"import_kw": "contract_contradicts"})
        return cls(kind, typed, one_brp, contract)


class _Reader:
    """Reads fields, and gathers what is wrong with them."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self._typed = typed
        self.errors: dict[str, str] = {}

    def name(self, name: str, *, needed: bool = True) -> str:
        text = self._typed[name]
        if not (int(needed) <= len(text) <= _LONGEST_NAME and text.isprintable()):
            self.errors[name] = "name_wrong"
        return text

    def one_of(self, name: str, known: Sequence[str]) -> str:
        if self._typed[name] not in known:
            self.errors[name] = "contract_choice_wrong"
            return ""
        return self._typed[name]

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self._typed[name])
        except ValueError:
            self.errors[name] = "contract_day_wrong"
            return date.min

    def clock(self, name: str) -> time:
        try:
            read = time.fromisoformat(self._typed[name])
        except ValueError:
            read = None
        if read is None or read.tzinfo is not None or read.second or read.microsecond:
            self.errors[name] = "contract_time_wrong"
            return time(0)
        return read

    def figure(self, name: str, most: float) -> float:
        try:
            read = float(self._typed[name].replace(",", "."))
        except ValueError:
            read = -1.0
        if not 0 <= read <= most:
            self.errors[name] = "contract_figure_wrong"
            return 0.0
        return read

    def watts(self, name: str) -> float | None:
        return 1000 * self.figure(name, MAX_FEEDER_POWER_W / 1000) if self._typed[name] else None

    def hours(self, name: str, most: float) -> timedelta:
        return timedelta(hours=self.figure(name, most))


def _kilowatts(power_w: float | None) -> str:
    return "" if power_w is None else f"{power_w / 1000:g}"
