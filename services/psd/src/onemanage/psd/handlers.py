"""What the psd service does about events of others: nothing yet."""

from onemanage.platform.handlers import Handler
from onemanage.psd.store import Store

HANDLERS: tuple[Handler[Store], ...] = ()
