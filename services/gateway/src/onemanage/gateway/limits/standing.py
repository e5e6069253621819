"""What decides what a workspace may do now, read together with who asks."""

import msgspec

from onemanage.gateway.limits.limits import Standing

TODAY = "(now() AT TIME ZONE 'UTC')::date"

STANDING = f"""
jsonb_build_object('own', w.limits, 'worked', (
    SELECT jsonb_build_object(
        'rows_day', coalesce(sum(rows_imported) FILTER (WHERE day = {TODAY}), 0),
        'rows_month', coalesce(sum(rows_imported), 0),
        'pixels_day', coalesce(sum(pixels) FILTER (WHERE day = {TODAY}), 0),
        'pixels_month', coalesce(sum(pixels), 0)
    ) FROM usage WHERE workspace_id = w.id AND day >= date_trunc('month', {TODAY})
))
"""
"""SQL of it; ``w`` is the workspace's row. A month has 31 rows at most."""

_standing = msgspec.json.Decoder(Standing)


def standing(text: str) -> Standing:
    """As STANDING gives it."""
    return _standing.decode(text)
