"""How entries of the audit are described."""

from onemanage.gateway.audit.store import AuditRow
from onemanage.gateway.http.shown import Answer, list_of


class AuditEntryOut(Answer, of=AuditRow): ...


AuditEntryList = list_of(AuditEntryOut)
