from onemanage.platform.database.migrations import run_migrations
from onemanage.preview.models import SCHEMA, metadata

run_migrations(SCHEMA, metadata)
