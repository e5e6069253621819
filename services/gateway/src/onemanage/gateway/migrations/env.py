from onemanage.gateway import models as _of_work  # each for the metadata
from onemanage.gateway.access import models as _of_access
from onemanage.gateway.columns import SCHEMA, metadata
from onemanage.gateway.images.addresses import models as _of_addresses
from onemanage.gateway.webhooks import models as _of_webhooks
from onemanage.platform.database.migrations import run_migrations

run_migrations(SCHEMA, metadata)
