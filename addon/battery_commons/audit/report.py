"""What an audit found."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it has to be."""

    where: str
    """The file, and the line, entry or home in it."""
    expected: str
    found: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a home's month comes to, computed from what was measured, to hold the one it was given against.

    All in cents but what says otherwise; costs as costs, what the home receives as positive.
    """

    period: str
    account: str
    quarter_hours: int
    """That are known."""
    actual_cost: int
    alone_cost: int
    extra_wear: int
    stored: int
    made_whole: int
    relief_wh: int
    claim: int
    shortage: int
    share: int

    @property
    def total(self) -> int:
        """What the home receives."""
        return self.made_whole + self.claim + self.shortage + self.share


@dataclass(slots=True)
class Report:
    """What was looked at, and every difference."""

    village: str = ""
    public_key: str = ""
    """By which the ledger is signed: whoever audits compares it with the one that their home knows."""
    entries: int = 0
    last_hash: str = ""
    """Of the last entry: whoever keeps it finds it again in every later export of the same ledger."""
    closings: int = 0
    """How often a month was closed, or closed again."""
    quarter_hours: int = 0
    """Rows of measurements that were read."""
    statements: dict[tuple[str, str], Statement] = field(default_factory=dict)
    """By month and account, as the month was last closed."""
    differences: list[Difference] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether everything is as it has to be."""
        return not self.differences

    def differ(self, where: str, expected: object, found: object) -> None:
        """Note a difference."""
        self.differences.append(Difference(where, str(expected), str(found)))
