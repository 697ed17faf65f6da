"""The tables of what is promised to grid operators, what they ask, and of those below who are asked."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from battery_commons.store.schema import METADATA, CompressedText, UtcDateTime

operator_line = Table(
    "operator_line",
    METADATA,
    Column("id", String, primary_key=True),
    Column("settings_json", Text, nullable=False),
    Column("secret", Text, nullable=False),  # apart, as a meter source's; empty once it is removed
    Column("webhook_key", String, nullable=False, unique=True),
    Column("webhook_token", String, nullable=False),
    Column("ven_id", String),
    Column("heard_at", UtcDateTime),
    Column("removed_at", UtcDateTime),  # what came over it is evidence, and stays
    Column("resource_names_json", Text),  # what the operator calls parts of the village, as last listed
)

operator_event = Table(
    "operator_event",
    METADATA,
    Column("line_id", ForeignKey("operator_line.id"), primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("version", String, primary_key=True),  # a digest of its content
    Column("rank", Integer, nullable=False),  # of versions the highest counts; 0 was overtaken on its way
    Column("program_id", String, nullable=False),
    Column("modified", UtcDateTime),  # by the operator's clock
    Column("ends_at", UtcDateTime),  # likewise; none where it has no end
    Column("received_at", UtcDateTime, nullable=False),
    Column("raw", CompressedText, nullable=False),
    Column("refusal", String),
    Column("withdrawn_at", UtcDateTime),
    Index("operator_event_by_rank", "line_id", "rank"),
)

operator_report = Table(
    "operator_report",
    METADATA,
    Column("line_id", ForeignKey("operator_line.id"), primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("body", CompressedText, nullable=False),
    Column("report_id", String),  # as the operator's server gave it
    Column("sent_at", UtcDateTime),
    Column("corrections", Integer, nullable=False),
    Column("refusal", String),
    Index("operator_report_by_time", "line_id", "due_at"),
)

activation = Table(
    "activation",
    METADATA,
    Column("event_id", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("start", UtcDateTime, nullable=False),
    Column("end", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False),
    Column("planned_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Column("accepted_at", UtcDateTime),
    Column("homes_asked", Integer, nullable=False),
    Column("homes_accepted", Integer, nullable=False),
    Column("homes_refused", Integer, nullable=False),
    Column("overload_w", Float, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Index("activation_by_time", "start"),
)

activation_slot = Table(
    "activation_slot",
    METADATA,
    Column("event_id", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("start", UtcDateTime, primary_key=True),
    Column("highest_w", Float),
    Column("lowest_w", Float),
    Column("ceiling_w", Float),
    Column("base_w", Float, nullable=False),
    Column("batteries_w", Float, nullable=False),
    # What the batteries did, once the quarter hour is closed: a sum, which outlasts the means of each.
    Column("drawn_w", Float),
    Column("silent", Integer),
    Column("silent_w", Float),
)

dutch_flex = Table(
    "dutch_flex",
    METADATA,
    Column("provider", String, primary_key=True),  # one row, or none
    Column("operator", String, nullable=False),
)

dutch_point = Table(
    "dutch_point",
    METADATA,
    Column("subject", String, primary_key=True),  # a transformer's id, or the feeder's
    Column("point_id", String, nullable=False),
    Column("max_duration", String, nullable=False),
)

dutch_connection = Table(
    "dutch_connection",
    METADATA,
    Column("home_id", ForeignKey("home.id", ondelete="CASCADE"), primary_key=True),
    Column("ean", String, nullable=False),  # personal: the connection of one household
)

dutch_group = Table(
    "dutch_group",
    METADATA,
    Column("line_id", ForeignKey("operator_line.id"), primary_key=True),
    Column("name", String, primary_key=True),
    Column("group_json", Text, nullable=False),
)

dutch_call = Table(
    "dutch_call",
    METADATA,
    Column("line_id", ForeignKey("operator_line.id"), primary_key=True),
    Column("event_id", String, primary_key=True),
    Column("subject", String, nullable=False),
    Column("baseline_w", Float, nullable=False),  # as it was when the call was taken on
)

vtn_client = Table(
    "vtn_client",
    METADATA,
    Column("client_id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("secret_sha256", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime),
)

vtn_object = Table(
    "vtn_object",
    METADATA,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("client_id", ForeignKey("vtn_client.client_id", ondelete="CASCADE"), nullable=False),
    Column("parent_id", ForeignKey("vtn_object.id", ondelete="CASCADE")),
    Column("name", String, nullable=False),
    Column("body", Text, nullable=False),  # JSON
    Column("created_at", UtcDateTime, nullable=False),
    Column("modified_at", UtcDateTime, nullable=False),
    Index("vtn_object_by_kind", "kind", "created_at"),
    Index("vtn_object_by_parent", "parent_id"),
    Index("vtn_object_by_client", "client_id", "kind", "created_at"),
)

contract = Table(
    "contract",
    METADATA,
    Column("id", String, primary_key=True),
    Column("terms_json", Text, nullable=False),
    Column("signed_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),  # what was agreed is evidence, and stays
)
