"""How often the encoding of a table file is found: ours, chardet alone, and others.

    make bench NAME=import_encodings

A grid of encodings, languages and sizes of files (parts/encoding_texts.py). Right is a
file whose text comes out letter by letter as it was written; the name does not matter.
Of ours, silent are the wrong ones that are said to be sure. SEED chooses the files.
"""

import os
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chardet
import charset_normalizer

from onemanage.data_import.domain.reading.archive import open_bytes
from onemanage.data_import.domain.reading.decode import utf8_blocks
from onemanage.data_import.domain.reading.encodings import Encoding, sniff_encoding

from .parts import summary
from .parts.encoding_texts import ENCODINGS, SIZES, Sample, samples

AT_LEAST = {"ours": 0.97}


def ours(sample: Sample, path: Path) -> tuple[Encoding, str]:
    path.write_bytes(sample.data)
    found = sniff_encoding(path, None, 5.0)
    with open_bytes(path) as stream:
        data = b"".join(utf8_blocks(stream, found.name))
    return found, data.decode(errors="replace")


def by_chardet(data: bytes) -> str | None:
    found = chardet.detect(data, compat_names=False, prefer_superset=True)
    return found["encoding"]


def by_charset_normalizer(data: bytes) -> str | None:
    best = charset_normalizer.from_bytes(data).best()
    return best.encoding if best else None


def is_right(sample: Sample, detect: Callable[[bytes], str | None]) -> bool:
    name = detect(sample.data)
    try:
        return name is not None and _bare(sample.data.decode(name)) == sample.text
    except UnicodeDecodeError:
        return False


def _bare(text: str) -> str:
    return text.removeprefix("\ufeff")


def measure(seed: int, path: Path) -> dict[str, Any]:
    peers = {"chardet": by_chardet, "charset_normalizer": by_charset_normalizer}
    right: dict[str, Counter[int]] = {name: Counter() for name in ("ours", *peers)}
    seconds: defaultdict[str, float] = defaultdict(float)
    count: Counter[int] = Counter()
    silent = unsure = 0
    for sample in samples(seed):
        count[sample.rows] += 1
        started = time.process_time()
        found, text = ours(sample, path)
        seconds["ours"] += time.process_time() - started
        right["ours"][sample.rows] += text == sample.text
        sure = found.ranked is None or found.ranked.sure
        silent += sure and text != sample.text
        unsure += not sure and text == sample.text
        if text != sample.text:
            named = f"{sample.encoding} {sample.language} {sample.rows} rows"
            print(f"wrong: {named} as {found.name}, sure: {sure}")
        for name, detect in peers.items():
            started = time.process_time()
            right[name][sample.rows] += is_right(sample, detect)
            seconds[name] += time.process_time() - started
    for name, by_size in right.items():
        shares = {rows: round(by_size[rows] / count[rows], 3) for rows in SIZES}
        print(f"{name:20} by rows {shares}")
    files = count.total()
    return {
        "files": files,
        "encodings": len(ENCODINGS),
        "right": {name: round(by.total() / files, 4) for name, by in right.items()},
        "silent": silent,
        "right_but_unsure": round(unsure / files, 4),
        "ms_each": {name: round(s / files * 1e3, 1) for name, s in seconds.items()},
    }


def main() -> None:
    seed = int(os.environ.get("SEED", "7"))
    with tempfile.TemporaryDirectory() as folder:
        found = measure(seed, Path(folder) / "table.csv")
    right = found.pop("right")
    told = {**right, "silent": found.pop("silent")}
    summary.say(
        "import_encodings",
        told,
        at_least=AT_LEAST,
        at_most={"silent": 0},
        places=4,
        seed=seed,
        **found,
    )


if __name__ == "__main__":
    main()
