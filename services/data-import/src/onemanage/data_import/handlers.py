"""What the data-import service does about events of others: nothing yet."""

from onemanage.data_import.store import Store
from onemanage.platform.events import Handler

HANDLERS: tuple[Handler[Store], ...] = ()
