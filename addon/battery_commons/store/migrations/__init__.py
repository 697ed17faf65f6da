"""The steps that brought the database to its present shape, run by Alembic when it is opened."""
