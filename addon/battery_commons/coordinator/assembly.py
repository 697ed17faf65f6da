"""The parts of a coordinator, put together: who is told by whom. Nothing runs yet."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.account.keeping.keeper import AccountKeeper
from battery_commons.community.keeping.keeper import CommunityKeeper
from battery_commons.coordinator.settings import Settings, own_home_assistant
from battery_commons.coordinator.upkeep import keep_backed_up, keep_examined, keep_tidy
from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.time import ScaledClock
from battery_commons.experiment.keeping.keeper import ExperimentKeeper
from battery_commons.mob.keeping.keeper import MobKeeper
from battery_commons.openadr.dutch_profile.in_force import dutch_calls
from battery_commons.openadr.dutch_profile.participant import DutchParticipant
from battery_commons.openadr.in_force import EventsInForce
from battery_commons.openadr.reports.sender import OperatorReports
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import Vtn
from battery_commons.sense.examination import Examiner
from battery_commons.sense.meters.keeper import MeterKeeper
from battery_commons.sense.prices.feed import keep_prices
from battery_commons.sense.prices.sources import price_sources
from battery_commons.sense.weather.feed import keep_weather
from battery_commons.sense.weather.sources import weather_sources
from battery_commons.store import Store
from battery_commons.tick.service import VillageService
from battery_commons.voting.keeping.keeper import VoteKeeper
from battery_commons.web.access.reach import Reach
from battery_commons.web.door import Door
from battery_commons.web.server import VillageServer
from battery_commons.web.tls import MembersTls

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a coordinator is made of."""

    settings: Settings
    session: ClientSession
    door: Door
    dispatcher: Dispatcher
    service: VillageService
    village: VillageServer
    votes: VoteKeeper
    meters: MeterKeeper
    operators: OperatorLines
    flexibility: DutchParticipant
    reports: OperatorReports
    below: Vtn

    def beside_ticks(self) -> Iterator[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return what goes on for as long as the coordinator runs, by what it is called in the log."""
        store, clock, books = self.village.store, self.settings.clock, self.village.books
        yield "meters", self.meters.run
        yield "votes", self.votes.run
        yield "the account", AccountKeeper(store, books, clock).run
        yield "the community's facts", CommunityKeeper(store, books, clock).run
        yield "lines to grid operators", self.operators.run
        yield "flexibility for grid operators", self.flexibility.run
        yield "reports to grid operators", self.reports.run
        yield "notifications of those below", self.below.notifications.run
        yield "question to those below", self.below.question.run
        yield "experiments", ExperimentKeeper(store, clock).run
        yield "codes", MobKeeper(store, clock, lambda: self.service.decided).run
        if isinstance(clock, ScaledClock):
            _LOGGER.info("prices and weather are not fetched: this village's clock is not theirs")
        else:
            yield "prices", partial(keep_prices, store, price_sources(self.session), clock)
            yield "weather", partial(keep_weather, store, weather_sources(self.session), clock)
        folder = self.settings.backup_folder
        if folder is not None and self.settings.supervisor is None:
            yield "nightly backups", partial(keep_backed_up, folder)
        yield "tidying", partial(keep_tidy, store, clock)
        yield "examining readings", partial(keep_examined, Examiner(store, clock, self.village.clocks))


def assembled(
    settings: Settings,
    store: Store,
    key: Ed25519PrivateKey,
    session: ClientSession,
    tls: MembersTls | None,
) -> Parts:
    """Return the parts of a coordinator on an open store, which nothing else writes to."""
    clock = settings.clock
    dispatcher = Dispatcher(store, key, clock, session)
    in_force = EventsInForce(store, clock, partial(dutch_calls, store, clock))
    service = VillageService(store, clock, dispatcher, in_force.signals, in_force.received)
    votes = VoteKeeper(
        store,
        clock,
        settings.data_dir,
        lambda: service.plan,
        service.settings_changed,
        books=lambda: village.books,
    )
    village = VillageServer(
        store=store,
        key=key,
        clock=clock,
        control_model=lambda: service.model,
        comparing_until=lambda: service.comparing_until,
        current_plan=lambda: service.plan,
        forecast_scores=lambda: {id_: keeper.report() for id_, keeper in service.scores.items()},
        readings_taken=service.readings_taken,
        members_changed=service.members_changed,
        settings_changed=service.settings_changed,
        votes_changed=votes.changed,
        vote_reckoned=votes.share_done,
        tick_figures=service.figures,
        leases=dispatcher.leases,
        estimated=lambda: service.estimated,
        peaks_shaved_w=lambda: service.peaks_shaved_w,
        tls=tls,
        links=dispatcher.links,
    )
    operators = OperatorLines(store, clock, service.operator_changed)
    door = Door(settings.trusted_proxies)
    return Parts(
        settings=settings,
        session=session,
        door=door,
        dispatcher=dispatcher,
        service=service,
        village=village,
        votes=votes,
        meters=MeterKeeper(store, clock, own_home_assistant(settings.supervisor)),
        operators=operators,
        flexibility=DutchParticipant(store, clock, operators.clients, service.operator_changed),
        reports=OperatorReports(store, clock, operators.clients, lambda: service.plan),
        below=Vtn(store, lambda: datetime.now(UTC), Reach(door=door).is_private),
    )
