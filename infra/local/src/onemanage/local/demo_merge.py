"""`demo-merge`: one template and a table of sixty rows become pictures, checked."""

import csv
import io
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from anyio import to_thread

from onemanage.client import Merged, OneManage, OneManageError, types
from onemanage.local.addresses import free_ports
from onemanage.local.demo import PATIENCE, SERVICES_LOG, DemoFailed
from onemanage.local.output import log_file
from onemanage.local.up import open_stack, until_signalled

SHEET = "contact-sheet.webp"
REJECTS = "rejects.csv"
ROWS, REJECTED = 60, 2
_PATTERN = "{sku}-{lang}"
_TITLES = {
    "en": ("SUMMER", "LEMONADE", "ICED TEA", "GINGER ALE", "COLD BREW", "MINT & LIME"),
    "zh": ("夏日特饮", "柠檬气泡水", "冰镇红茶", "姜汁汽水", "冷萃咖啡", "薄荷青柠"),
    "ar": (
        "عرض الصيف",
        "ليمونادة",
        "شاي مثلج",
        "زنجبيل غازي",
        "قهوة باردة",
        "نعناع وليمون",
    ),
}
_CURRENCY = {"en": "${}", "zh": "¥{}", "ar": "{} ﷼"}
_LONG = {
    "en": "LEMONADE, PRESSED COLD",
    "zh": "冰镇柠檬气泡水买五送一",
    "ar": "ليمونادة باردة طازجة",
}
_CHANGES: list[types.SlotChangeBody] = [
    {"name": "price", "rules": {"overflow": "shrink"}}
]
"""The tag has no room for more than it has in the design."""
_EMPTY_AT, _WRONG_AT = 17, 42
"""Rows that are faulty on purpose: one without a title, one whose photo is none."""


async def demo_merge(out: Path, say: Callable[[str], None]) -> None:
    """Run it, and save what comes of it in ``out``. Raises DemoFailed."""
    with tempfile.TemporaryDirectory(prefix="onemanage-demo-") as folder:
        data_dir = Path(folder)

        async def run() -> None:
            begun = time.monotonic()
            log = data_dir / SERVICES_LOG
            try:
                async with open_stack(
                    data_dir, free_ports(1)[0], log_file(log)
                ) as stack:
                    say(f"stack ready in {time.monotonic() - begun:.1f} s")
                    visit = MergeVisit(stack.base_url, stack.owner_api_key, out, say)
                    await to_thread.run_sync(visit.run)
            except DemoFailed:
                shutil.copy(log, out / SERVICES_LOG)
                raise

        out.mkdir(parents=True, exist_ok=True)
        await until_signalled(run)


class MergeVisit:
    """One client's visit: by the Python client, as anyone's would be."""

    def __init__(
        self, base_url: str, api_key: str, out: Path, say: Callable[[str], None]
    ) -> None:
        self._client = OneManage(api_key, url=base_url)
        self._out, self._say = out, say

    def run(self) -> None:
        """Raises DemoFailed where a promise is not kept."""
        try:
            with self._client as client:
                self._make(client)
        except OneManageError as error:
            raise DemoFailed(str(error)) from error

    def _make(self, client: OneManage) -> None:
        template = self._template(client)
        photos = [self._photo(client, number) for number in range(3)]
        table = self._out / "offers.csv"
        table.write_bytes(table_csv(photos))
        begun = time.monotonic()
        made = client.templates.merge(
            template,
            table,
            name=_PATTERN,
            on_empty="reject",
            timeout=PATIENCE,
            on_progress=self._tell_step,
        )
        seconds = time.monotonic() - begun
        self._save(client, made)
        self._tell(made, seconds)

    def _template(self, client: OneManage) -> str:
        from onemanage.local.sample_template import build_template  # slow to import

        path = self._out / "template.psd"
        build_template(path)
        parsed = client.psd.documents.create(path)
        document = client.tasks.result(parsed, timeout=PATIENCE)
        task = client.templates.create(
            document_id=document.id, name="Offer", changes=_CHANGES
        )
        found = client.tasks.result(task, timeout=PATIENCE)
        slots = ", ".join(f"{slot.name} ({slot.kind})" for slot in found.slots)
        self._say(f"template: {found.width} x {found.height}, slots {slots}")
        return found.id

    def _photo(self, client: OneManage, number: int) -> str:
        from onemanage.local.sample import CORAL, LEMON, TEAL
        from onemanage.local.sample_template import photo, png

        colors = ((CORAL, LEMON), (TEAL, CORAL), (LEMON, TEAL))[number]
        content = png(photo(*colors))
        return client.files.upload(content, name=f"photo-{number + 1}.png").id

    def _tell_step(self, progress: types.Progress) -> None:
        self._say(f"  {progress.done} of {progress.total} {progress.step}")

    def _save(self, client: OneManage, made: Merged) -> None:
        made.save(self._out / "pictures")
        made.save_rejects(self._out / REJECTS, overwrite=True)
        made.contact_sheet().save(self._out / SHEET, overwrite=True)
        for content, name in (
            (client.merges.manifest(made.id), "manifest.csv"),
            (client.merges.manifest_as_parquet(made.id), "manifest.parquet"),
        ):
            content.save(self._out / name, overwrite=True)

    def _tell(self, made: Merged, seconds: float) -> None:
        text = (self._out / REJECTS).read_text()
        rejects = list(csv.DictReader(io.StringIO(text)))
        for row in rejects:
            self._say(
                f"  rejected: line {row['_line']}, {row['_column']}: {row['_error']}"
            )
        self._say(f"sheet, pictures, manifest and rejects: {self._out}")
        found = made.completed, made.rejected, len(rejects)
        if found != (ROWS - REJECTED, REJECTED, REJECTED):
            raise DemoFailed(f"not as promised: {found}")
        self._say(
            f"merge: {made.completed} pictures, {made.rejected} rejected, "
            f"{seconds:.1f} seconds"
        )


def table_csv(photos: list[str]) -> bytes:
    """Sixty rows in three scripts. ``photos`` are ids of files."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(["sku", "lang", "title", "price", "photo"])
    table.writerows(_rows(photos))
    return text.getvalue().encode()


def _rows(photos: list[str]) -> Iterator[list[str]]:
    for number in range(1, ROWS + 1):
        lang = list(_TITLES)[number % 3]
        titles = _TITLES[lang]
        title = titles[number // 3 % len(titles)] if number % 10 else _LONG[lang]
        price = _CURRENCY[lang].format(2 + number % 8)
        photo = photos[number // 3 % len(photos)]
        if number == _EMPTY_AT:
            title = ""
        if number == _WRONG_AT:
            photo = "lemonade.png"
        yield [f"{number:04}", lang, title, price, photo]
