"""The grid operator as `openadr3_client` plays it (BL), with the validator judging all that passes."""

from collections.abc import Sequence
from typing import Any

from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.extensions.resource_group import (
    ExistingResourceGroup,
    NewResourceGroup,
    ResourceGroupClientFactory,
    ResourceGroupUpdate,
)
from openadr3_client.oadr310._bl.client import BusinessLogicClient
from openadr3_client.oadr310.models.event.event import ExistingEvent, NewEvent
from openadr3_client.oadr310.models.program.program import NewProgram
from openadr3_client.oadr310.models.report.report import ExistingReport
from openadr3_client.oadr310.models.resource.resource import ExistingResource, ResourceUpdateBlRequest
from openadr3_client.version import OADRVersion
from requests import Session

from tests.village.openadr.dutch_profile.operator_server import SECRETS
from tests.village.openadr.dutch_profile.written import Raw, attributes, group, program

_SERVERS = ("id", "createdDateTime", "modificationDateTime")


class GridOperator:
    """Talks to its server synchronously."""

    def __init__(self, url: str, client_id: str = "dso", secret: str = SECRETS["dso"]) -> None:
        """Call the server at `url`."""
        to: dict[str, Any] = {
            "vtn_base_url": url,
            "client_id": client_id,
            "client_secret": secret,
            "token_url": f"{url}/auth/token",
            "allow_insecure_http": True,
        }
        client = BusinessLogicHttpClientFactory.create_http_bl_client(**to, version=OADRVersion.OADR_310)
        assert isinstance(client, BusinessLogicClient)
        self._vtn = client
        self._groups = ResourceGroupClientFactory.create_bl_client(**to)
        self.program_id = ""

    def close(self) -> None:
        """Let go of the connections."""
        vtn = self._vtn
        for each in (vtn.programs, vtn.events, vtn.reports, vtn.resources, self._groups):
            session = getattr(each, "session", None)  # of those over HTTP, as all of these are
            assert isinstance(session, Session)
            session.close()

    def make_program(self) -> None:
        """Offer the profile's program: events are of this one from now on."""
        self.program_id = self._vtn.programs.create_program(NewProgram.model_validate(_new(program()))).id

    def make_event(self, raw: Raw) -> ExistingEvent:
        """Publish an event."""
        new = _new(raw) | {"programID": self.program_id}
        return self._vtn.events.create_event(NewEvent.model_validate(new))

    def delete_event(self, event_id: str) -> None:
        """Take an event back."""
        self._vtn.events.delete_event_by_id(event_id)

    def make_group(self) -> ExistingResourceGroup:
        """Make the village's group, without batteries."""
        new = _new(group()) | {"children": []}
        return self._groups.create_resource_group(NewResourceGroup.model_validate(new))

    def resources(self) -> Sequence[ExistingResource]:
        """Return the batteries that villages registered."""
        return self._vtn.resources.get_resources(None, None, None, None)

    def reports(self, event_id: str) -> Sequence[ExistingReport]:
        """Return what villages reported on an event."""
        found = self._vtn.reports.get_reports(None, None, event_id, None)
        return [each for each in found if each.event_id == event_id]

    def enroll(self, group_id: str, resource_ids: Sequence[str]) -> None:
        """Take batteries into a group."""
        for resource in self.resources():
            if resource.id in resource_ids:
                self._mark(resource, REGISTRATION_STATUS="ENROLLED")
        self.set_members(group_id, resource_ids)

    def reject(self, resource_id: str, reason: str) -> None:
        """Do not take a battery into a group."""
        (resource,) = [each for each in self.resources() if each.id == resource_id]
        self._mark(resource, REGISTRATION_STATUS="REJECTED", REJECTED_REASON=reason)

    def _mark(self, resource: ExistingResource, **values: str) -> None:
        said = resource.model_dump(by_alias=True, mode="json")
        decided = ("REGISTRATION_STATUS", "REJECTED_REASON")
        said["attributes"] = [each for each in said["attributes"] if each["type"] not in decided]
        said["attributes"] += attributes(**values)
        said |= {"objectType": "BL_RESOURCE_REQUEST", "targets": [resource.resource_name]}
        self._vtn.resources.update_resource_by_id(resource.id, ResourceUpdateBlRequest.model_validate(said))

    def set_members(self, group_id: str, resource_ids: Sequence[str]) -> None:
        """Have just these batteries in a group."""
        self._update(group_id, {"children": [{"type": "ven_resource", "id": each} for each in resource_ids]})

    def count_on(self, group_id: str, baseline_kw: float, available_kw: float) -> None:
        """Write on a group what it is taken to draw, and how much less can be called."""
        counted = attributes(
            ACTIVE_BASELINE=baseline_kw,
            RESERVED_BASELINE=0.0,
            ACTIVE_AVAILABLE_FLEX=available_kw,
            RESERVED_AVAILABLE_FLEX=0.0,
        )
        self._update(group_id, {"attributes": group()["attributes"] + counted})

    def _update(self, group_id: str, changed: Raw) -> None:
        known = self._groups.get_resource_group_by_id(group_id).model_dump(by_alias=True, mode="json")
        self._groups.update_resource_group_by_id(
            group_id, ResourceGroupUpdate.model_validate(_new(known) | changed)
        )


def _new(raw: Raw) -> Raw:
    return {key: value for key, value in raw.items() if key not in _SERVERS}
