"""What the imaging service does about events of others: nothing yet."""

from onemanage.imaging.store import Store
from onemanage.platform.events import Handler

HANDLERS: tuple[Handler[Store], ...] = ()
