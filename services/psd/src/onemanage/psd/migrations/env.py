from onemanage.platform.database.migrations import run_migrations
from onemanage.psd.models import SCHEMA, metadata

run_migrations(SCHEMA, metadata)
