from onemanage.gateway.models import SCHEMA, metadata
from onemanage.gateway.webhooks import models as _of_webhooks  # for the metadata
from onemanage.platform.database.migrations import run_migrations

run_migrations(SCHEMA, metadata)
