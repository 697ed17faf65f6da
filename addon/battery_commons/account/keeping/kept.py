"""The tables that closed months rest on, as they are kept: read one by one, since together they are large."""

from collections.abc import Container, Iterator, Mapping
from typing import override

from battery_commons.account.table import Table
from battery_commons.account.tables import QUARTER_HOURS
from battery_commons.store import Store
from battery_commons.store.ledger import TableKey


class KeptTexts(Mapping[TableKey, str]):
    """Kept tables as text, each read from the store when it is asked for."""

    def __init__(self, store: Store, named: Container[TableKey]) -> None:
        """Give those of these that are kept: none is ever changed or taken out."""
        self._store = store
        self._keys = [key for key in store.basis_keys() if key in named]

    @override
    def __getitem__(self, key: TableKey) -> str:
        if (text := self._store.basis_text(key)) is None:
            raise KeyError(key)
        return text

    @override
    def __iter__(self) -> Iterator[TableKey]:
        return iter(self._keys)

    @override
    def __len__(self) -> int:
        return len(self._keys)


class ReadTables(Mapping[str, Table]):
    """Kept tables, read when they are asked for. Those of homes, which are large, are not held on to."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        """Read from these texts, by the tables' names."""
        self._texts = texts
        self._read: dict[str, Table] = {}

    @override
    def __getitem__(self, name: str) -> Table:
        if name in self._read:
            return self._read[name]
        table = Table.read(name, self._texts[name])
        if not name.startswith(QUARTER_HOURS):
            self._read[name] = table
        return table

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    @override
    def __len__(self) -> int:
        return len(self._texts)
