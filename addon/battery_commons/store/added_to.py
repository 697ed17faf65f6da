"""Tables that are only added to: the database itself refuses to change or delete a row."""

from sqlalchemy import Connection, text


def protect(connection: Connection, table: str) -> None:
    """Have the database refuse, as it refuses a broken rule, to change what stands in one of our tables."""
    refusal = f"the {table} log is only added to"
    if connection.dialect.name == "postgresql":
        statements = [
            f"""CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
            f"""CREATE TRIGGER {table}_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            EXECUTE FUNCTION {table}_refuse()""",
        ]
    else:
        statements = [
            f"CREATE TRIGGER {table}_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            for change in ("UPDATE", "DELETE")
        ]
    for statement in statements:
        connection.execute(text(statement))
