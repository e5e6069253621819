"""Every function of OpenCV that services call, on what it is called with: a script.

Prints a line for each, its name and a digest of what it gave, to be compared with the
same from another installation. The argument is the network that imaging looks with;
where there is none it is left out.
"""

import hashlib
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
from pyarrow import csv, parquet

_chance = np.random.default_rng(7)
RGB = cv2.resize(_chance.integers(0, 256, (24, 32, 3), np.uint8), (160, 120))
GRAY = np.ascontiguousarray(RGB[:, :, 0])
RGBA = np.dstack([RGB, RGB[:, :, 1]])
SHARE = GRAY.astype(np.float32) / 255
MASK = np.where(GRAY > 100, 255, 0).astype(np.uint8)
TABLE = np.arange(256, dtype=np.uint8)[::-1]
QUAD = np.array([[0, 0], [150, 9], [155, 110], [5, 115]], np.float32)
BOX = np.array([[0, 0], [160, 0], [160, 120], [0, 120]], np.float32)
KERNEL = _chance.random((61, 61), np.float32)
COLORS = np.ascontiguousarray(RGB.reshape(-1, 3).astype(np.float32))
ENDING = (cv2.TERM_CRITERIA_MAX_ITER, 10, 1.0)
NOWHERE = (0, 0, 1, 1)


def _cut() -> Any:
    found = np.where(MASK > 0, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(RGB, found, NOWHERE, *models, 2, cv2.GC_INIT_WITH_MASK)
    return found


def _faces() -> Any:
    name = "haarcascade_frontalface_default.xml"
    cascade = cv2.CascadeClassifier(str(Path(cv2.__file__).parent / "data" / name))
    return np.asarray(cascade.detectMultiScale(GRAY, minSize=(20, 20)))


def _network() -> Any:
    net = cv2.dnn.readNetFromONNX(np.fromfile(sys.argv[1], np.uint8))
    net.setInput(cv2.resize(SHARE, (320, 320))[None, None].repeat(3, 1))
    return np.round(net.forward(), 3)


def _mixed() -> Any:
    made = np.empty((120, 160, 4), np.uint8)
    cv2.mixChannels([RGB, RGBA], [made], [0, 0, 1, 1, 2, 2, 6, 3])
    return made


def _centers() -> Any:
    _, labels, centers = cv2.kmeans(
        COLORS,
        8,
        np.zeros((len(COLORS), 1), np.int32),
        ENDING,
        1,
        cv2.KMEANS_PP_CENTERS,
    )
    return labels


def _insert() -> Any:
    return cv2.insertChannel(GRAY, RGB.copy(), 1)


def _edges() -> Any:
    contours, _ = cv2.findContours(MASK, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return np.concatenate(contours)


def _warp(size: int) -> Any:
    matrix = cv2.getPerspectiveTransform(QUAD, BOX)
    return cv2.warpPerspective(RGB, matrix, (size, size), flags=cv2.INTER_CUBIC)


CALLS: dict[str, Callable[[], Any]] = {
    "CascadeClassifier": _faces,
    "GaussianBlur": lambda: cv2.GaussianBlur(RGB, (0, 0), 21.5),
    "LUT": lambda: cv2.LUT(RGB, TABLE),
    "Laplacian": lambda: cv2.Laplacian(GRAY, cv2.CV_32F),
    "Sobel": lambda: cv2.Sobel(SHARE, cv2.CV_32F, 1, 0, ksize=5),
    "absdiff": lambda: cv2.absdiff(RGB, RGB[::-1]),
    "addWeighted": lambda: cv2.addWeighted(RGB, 0.3, RGB[::-1], 0.7, 2),
    "bilateralFilter": lambda: cv2.bilateralFilter(RGB, 9, 30, 5),
    "bitwise_and": lambda: cv2.bitwise_and(RGB, RGB[::-1]),
    "bitwise_not": lambda: cv2.bitwise_not(RGB),
    "blendLinear": lambda: cv2.blendLinear(RGB, RGB[::-1], SHARE, 1 - SHARE),
    "blur": lambda: cv2.blur(SHARE, (31, 31)),
    "boundingRect": lambda: cv2.boundingRect(MASK),
    "boxFilter": lambda: cv2.boxFilter(SHARE, cv2.CV_32F, (25, 25)),
    "calcHist": lambda: cv2.calcHist([RGB], [1], MASK, [256], [0, 256]),
    "connectedComponents": lambda: cv2.connectedComponents(MASK)[1],
    "connectedComponentsWithStats": lambda: cv2.connectedComponentsWithStats(MASK)[2],
    "convertScaleAbs": lambda: cv2.convertScaleAbs(RGB, alpha=1.3, beta=-9),
    "copyMakeBorder": lambda: cv2.copyMakeBorder(RGB, 9, 9, 9, 9, cv2.BORDER_REFLECT),
    "copyTo": lambda: cv2.copyTo(RGB, MASK),
    "countNonZero": lambda: cv2.countNonZero(MASK),
    "cvtColor": lambda: cv2.cvtColor(RGB, cv2.COLOR_RGB2LAB),
    "dilate": lambda: cv2.dilate(MASK, np.ones((19, 19), np.uint8)),
    "distanceTransform": lambda: cv2.distanceTransform(
        MASK, cv2.DIST_L2, cv2.DIST_MASK_PRECISE
    ),
    "divide": lambda: cv2.divide(SHARE, SHARE + 1),
    "dnn.readNetFromONNX": _network,
    "drawContours": lambda: cv2.drawContours(
        GRAY.copy(), [QUAD.astype(np.int32)], -1, 255, cv2.FILLED
    ),
    "equalizeHist": lambda: cv2.equalizeHist(GRAY),
    "erode": lambda: cv2.erode(MASK, np.ones((19, 19), np.uint8)),
    "extractChannel": lambda: cv2.extractChannel(RGB, 1),
    "fillConvexPoly": lambda: cv2.fillConvexPoly(
        GRAY.copy(), QUAD.astype(np.int32), 255, cv2.LINE_8
    ),
    "filter2D": lambda: np.round(cv2.filter2D(SHARE, cv2.CV_32F, KERNEL), 2),
    "findContours": _edges,
    "findNonZero": lambda: cv2.findNonZero(MASK),
    "flip": lambda: cv2.flip(RGB, 1),
    "getPerspectiveTransform": lambda: np.round(
        cv2.getPerspectiveTransform(QUAD, BOX), 9
    ),
    "grabCut": _cut,
    "inRange": lambda: cv2.inRange(RGB, np.full(3, 40), np.full(3, 200)),
    "insertChannel": _insert,
    "integral": lambda: cv2.integral(GRAY),
    "kmeans": _centers,
    "max": lambda: cv2.max(RGB, RGB[::-1]),
    "medianBlur": lambda: cv2.medianBlur(RGB, 9),
    "merge": lambda: cv2.merge([GRAY, GRAY, MASK]),
    "mixChannels": _mixed,
    "morphologyEx": lambda: cv2.morphologyEx(
        MASK, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)
    ),
    "multiply": lambda: cv2.multiply(SHARE, SHARE),
    "perspectiveTransform": lambda: cv2.perspectiveTransform(
        QUAD[None], np.array([[1, 0.1, 5], [0, 2, 7], [0.001, 0, 1]])
    ),
    "pointPolygonTest": lambda: cv2.pointPolygonTest(QUAD, (50, 60), True),
    "remap": lambda: cv2.remap(RGB, SHARE * 150, SHARE[::-1] * 100, cv2.INTER_CUBIC),
    "resize": lambda: cv2.resize(RGB, (777, 555), interpolation=cv2.INTER_LANCZOS4),
    "rotate": lambda: cv2.rotate(RGB, cv2.ROTATE_90_CLOCKWISE),
    "sepFilter2D": lambda: cv2.sepFilter2D(SHARE, cv2.CV_32F, KERNEL[0], KERNEL[1]),
    "setNumThreads": lambda: cv2.setNumThreads(2),
    "setRNGSeed": lambda: cv2.setRNGSeed(5),
    "split": lambda: cv2.split(RGB)[2],
    "threshold": lambda: cv2.threshold(GRAY, 0, 255, cv2.THRESH_OTSU)[1],
    "transform": lambda: cv2.transform(SHARE[..., None].repeat(3, 2), np.eye(3)),
    "transpose": lambda: cv2.transpose(RGB),
    "warpAffine": lambda: cv2.warpAffine(RGB, np.eye(2, 3), (400, 400)),
    "warpPerspective": lambda: _warp(700),
}


def arrow() -> Iterator[Any]:
    """What data-import and psd do with tables, each in short."""
    table = pa.table({"a": [1, 2, None], "b": ["x ", "y", "z"]})
    file = io.BytesIO()
    with parquet.ParquetWriter(file, table.schema, compression="zstd") as writer:
        writer.write_table(table)
    read = parquet.ParquetFile(io.BytesIO(file.getvalue()))
    yield [batch.to_pylist() for batch in read.iter_batches()]
    yield csv.read_csv(io.BytesIO(b"a,b\n1,2\n")).to_pylist()
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table.schema) as told:
        told.write_table(table)
    yield pa.ipc.open_stream(stream.getvalue()).read_all().to_pylist()
    yield table["a"].cast(pa.float64()).take(pa.array([2, 0])).to_pylist()
    yield pc.utf8_trim_whitespace(table["b"]).to_pylist()
    yield pc.min_max(pc.if_else(pc.equal(table["a"], 1), 5, table["a"])).as_py()


def main() -> None:
    print(cv2.__file__, pa.__file__)
    if len(sys.argv) == 1:
        del CALLS["dnn.readNetFromONNX"]
    for name, call in CALLS.items():
        given = np.ascontiguousarray(np.asarray(call(), np.float64))
        print(name, hashlib.sha256(given.tobytes()).hexdigest(), flush=True)
    for number, given in enumerate(arrow()):
        print(f"arrow-{number}", given, flush=True)


if __name__ == "__main__":
    main()
