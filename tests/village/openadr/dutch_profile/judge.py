"""The grid operators' own validator, as the judge of all that is sent and accepted."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from openadr3_client.extensions.resource_group import ExistingResourceGroup
from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client.oadr310.models.program.program import ExistingProgram
from openadr3_client.oadr310.models.report.report import NewReport
from openadr3_client.oadr310.models.resource.resource import ExistingResource
from openadr3_client.plugin import ValidatorPluginRegistry
from openadr3_client_nlflex_compliance.nlflex10.plugin import Nlflex10ValidatorPlugin
from pydantic import ValidationError

type Raw = Mapping[str, object]


@contextmanager
def judging() -> Iterator[None]:
    """Have the models of `openadr3_client` hold to the profile, as the validator's README says."""
    ValidatorPluginRegistry.register_plugin(Nlflex10ValidatorPlugin.setup())
    try:
        yield
    finally:
        ValidatorPluginRegistry.clear_plugins()


def accepts_event(raw: Raw) -> bool:
    """Return whether the judge takes it for an event of the profile."""
    return _accepts(ExistingEvent, raw)


def accepts_program(raw: Raw) -> bool:
    """Return whether the judge takes it for a program of the profile."""
    return _accepts(ExistingProgram, raw)


def accepts_resource(raw: Raw) -> bool:
    """Return whether the judge takes it for a resource of the profile."""
    return _accepts(ExistingResource, raw)


def accepts_group(raw: Raw) -> bool:
    """Return whether the judge takes it for a resource group of the profile."""
    return _accepts(ExistingResourceGroup, raw)


def judged_report(raw: Raw) -> NewReport:
    """Return a report of the profile as the judge reads it. Raises ValidationError for what is none."""
    return NewReport.model_validate(raw)


def _accepts(
    model: type[ExistingEvent | ExistingProgram | ExistingResource | ExistingResourceGroup], raw: Raw
) -> bool:
    try:
        model.model_validate(raw)
    except ValidationError:
        return False
    return True
