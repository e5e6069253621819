from onemanage.platform.migrations import run_migrations
from onemanage.psd.models import SCHEMA, metadata

run_migrations(SCHEMA, metadata)
