from onemanage.elastic.models import SCHEMA, metadata
from onemanage.platform.database.migrations import run_migrations

run_migrations(SCHEMA, metadata)
