"""Pictures as files of each format, in memory."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import imagecodecs
import numpy as np
import pillow_jxl  # noqa: F401  # registers itself with Pillow
from PIL import Image

from onemanage.contracts.imaging.outputs import (
    AnyOutput,
    AutoOutput,
    AvifOutput,
    BestOutput,
    GifOutput,
    JpegOutput,
    JxlOutput,
    Output,
    PngOutput,
    TiffOutput,
    WebpOutput,
)
from onemanage.imaging.domain import avifs, code_points, jpegs, separation, webps
from onemanage.imaging.domain.boxes import played
from onemanage.imaging.domain.color import SRGB
from onemanage.imaging.domain.interlacing import interlaced
from onemanage.imaging.domain.near_lossless import rounded
from onemanage.imaging.domain.operations.blend import on_color
from onemanage.imaging.domain.picture import Picture, Pixels
from onemanage.imaging.domain.png_writing import png

WHITE = (255, 255, 255, 255)
_SUBSAMPLING = {"4:4:4": 0, "4:2:2": 1, "4:2:0": 2}
_HALF = 128
"""Alpha from which a pixel of a GIF is not transparent."""

_MOST_OF_JXL = 99
"""The plugin takes 100 for lossless, and then refuses colours that are not."""

_LARGE = 16_000_000
"""Pixels from which a JPEG is encoded with as little memory as can be."""

FIRST_ALONE = "The format holds one picture: only the first frame is kept."
_ONE_CHANNEL = (JpegOutput, PngOutput, TiffOutput)
"""Outputs that hold gray as such."""
STILL_ALONE = "An animated AVIF has 8 bits, and is not without loss."
ANIMATED = (GifOutput, WebpOutput, AvifOutput, PngOutput)


def encoded(picture: Picture, output: AnyOutput, quality: int | None = None) -> bytes:
    """The file. ``quality`` is used instead of the output's own."""
    return _ENCODERS[type(output)](picture, output, quality)


def flattened(picture: Picture, output: AnyOutput) -> Picture:
    """What the format can hold of the picture: one frame, no alpha."""
    if not isinstance(output, ANIMATED) and picture.is_animated:
        picture = replace(picture, frames=picture.frames[:1], durations=())
        picture = picture.warned(FIRST_ALONE)
    if isinstance(output, JpegOutput) or output.space == "cmyk":
        return picture.mapped(lambda frame: on_color(frame, WHITE))
    return picture


def profile_of(picture: Picture, output: Output) -> bytes | None:
    """What a file of it embeds to say its colours; None for nothing."""
    if output.space == "cmyk":
        return separation.profile()
    if not output.icc:
        return None
    if output.space == "gray" and isinstance(output, _ONE_CHANNEL):
        return code_points.gray()
    return picture.icc or SRGB


def _jpeg(picture: Picture, output: JpegOutput, quality: int | None) -> bytes:
    is_plain = not output.progressive and output.space not in ("gray", "cmyk")
    if is_plain:
        return _plain_jpeg(picture, output, quality or output.quality)
    return _saved(
        picture,
        "JPEG",
        output,
        quality=quality or output.quality,
        optimize=True,
        progressive=output.progressive,
        subsampling=_SUBSAMPLING[output.subsampling],
    )


def _plain_jpeg(picture: Picture, output: JpegOutput, quality: int) -> bytes:
    """Straight from the array; Pillow would copy it, at four bytes a pixel, and takes
    twice as long. Huffman tables of its own make it a few per cent smaller; where it is
    large they are left out, as they need all its coefficients at once."""
    made = imagecodecs.jpeg8_encode(
        np.ascontiguousarray(picture.first),
        quality,
        colorspace="RGB",
        outcolorspace="YCBCR",
        subsampling=output.subsampling.replace(":", ""),
        optimize=picture.width * picture.height <= _LARGE,
    )
    icc = profile_of(picture, output)
    return bytes(made) if icc is None else jpegs.with_profile(bytes(made), icc)


def _png(picture: Picture, output: PngOutput, quality: int | None) -> bytes:
    if output.interlaced and not picture.is_animated:
        pixels = np.asarray(_images(picture, output)[0])
        pixels = pixels.reshape(picture.height, picture.width, -1)
        return interlaced(pixels, output.level, profile_of(picture, output))
    if not picture.is_animated and output.colors is None and output.space != "gray":
        return png(picture.first, output.level, profile_of(picture, output))
    images = _images(picture, output)
    if output.colors is not None:
        images = [_with_palette(image, output.colors, True) for image in images]
    return _saved(
        picture,
        "PNG",
        output,
        images,
        compress_level=output.level,
        **_timing(picture),
    )


def _webp(picture: Picture, output: WebpOutput, quality: int | None) -> bytes:
    near = output.near_lossless
    is_lossless = output.lossless or near is not None
    is_special = picture.is_animated or is_lossless or output.alpha_quality < 100
    # A side as long as can be is refused there.
    if not is_special and max(picture.width, picture.height) < webps.MOST:
        return _plain_webp(picture, output, quality or output.quality)
    if near is not None:
        picture = picture.mapped(lambda frame: rounded(frame, near))
    return _saved(
        picture,
        "WEBP",
        output,
        quality=quality or output.quality,
        lossless=is_lossless,
        alpha_quality=output.alpha_quality,
        method=output.effort,
        **_timing(picture),
    )


def _plain_webp(picture: Picture, output: WebpOutput, quality: int) -> bytes:
    """Straight from the array, as of JPEG: the same bytes, 4 per cent sooner."""
    pixels = np.ascontiguousarray(picture.first)
    made = imagecodecs.webp_encode(
        pixels, quality, lossless=False, method=output.effort
    )
    icc = profile_of(picture, output)
    return bytes(made) if icc is None else webps.with_parts(bytes(made), icc=icc)


def _avif(picture: Picture, output: AvifOutput, quality: int | None) -> bytes:
    if output.is_numbered:
        return avifs.encoded(picture.first, output, quality or output.quality)
    made = _saved(
        picture,
        "AVIF",
        output,
        quality=quality or output.quality,
        speed=output.speed,
        subsampling=output.subsampling,
        max_threads=1,
        exif=picture.says.exif,
        xmp=picture.says.xmp,
        advanced=avifs.of_alpha(picture, output),
        **_timing(picture),
    )
    # Pillow has no option for it, and says for ever.
    return played(made, picture.loop) if picture.is_animated else made


def _jxl(picture: Picture, output: JxlOutput, quality: int | None) -> bytes:
    return _saved(
        picture,
        "JXL",
        output,
        quality=min(quality or output.quality, _MOST_OF_JXL),
        lossless=output.lossless,
        effort=output.effort,
        num_threads=0,
    )


def _tiff(picture: Picture, output: TiffOutput, quality: int | None) -> bytes:
    names = {"none": "raw", "lzw": "tiff_lzw", "deflate": "tiff_adobe_deflate"}
    compression = names[output.compression]
    return _saved(picture, "TIFF", output, compression=compression)


def _gif(picture: Picture, output: GifOutput, quality: int | None) -> bytes:
    images = [_gif_frame(frame, output) for frame in picture.frames]
    timing = _timing(picture)
    if timing:
        # What was shown goes before a frame that is clear in parts.
        timing |= {"disposal": 2 if picture.has_alpha else 1}
        if picture.loop == 1:
            del timing["loop"]  # a GIF that says nothing is played once
        elif picture.loop > 1:
            timing["loop"] = picture.loop - 1  # it counts repetitions
    return _saved(picture, "GIF", output, images, interlace=output.interlaced, **timing)


def _gif_frame(pixels: Pixels, output: GifOutput) -> Image.Image:
    """With a palette, whose last colour stands for what is transparent."""
    if pixels.shape[2] == 3:
        return _with_palette(_image(pixels), output.colors, output.dither)
    is_clear = pixels[:, :, 3] < _HALF
    colors = np.ascontiguousarray(pixels[:, :, :3])
    colors[is_clear] = 0
    last = max(1, output.colors - 1)
    image = _with_palette(_image(colors), last, output.dither)
    indices = np.asarray(image).copy()
    indices[is_clear] = last
    made = Image.fromarray(indices).convert("P")
    made.putpalette((image.getpalette() or [])[: 3 * last] + [0, 0, 0])
    made.info["transparency"] = last
    return made


def _image(pixels: Pixels) -> Image.Image:
    return Image.fromarray(np.ascontiguousarray(pixels))


def _with_palette(image: Image.Image, colors: int, dither: bool) -> Image.Image:
    how = Image.Dither.FLOYDSTEINBERG if dither else Image.Dither.NONE
    if image.mode == "RGBA":
        # The only method that knows alpha; it does not dither.
        return image.quantize(colors, Image.Quantize.FASTOCTREE)
    palette = image.quantize(colors, Image.Quantize.MEDIANCUT)
    return image.quantize(colors, palette=palette, dither=how)


def _timing(picture: Picture) -> dict[str, Any]:
    if not picture.is_animated:
        return {}
    return {"duration": list(picture.durations), "loop": picture.loop}


def _images(picture: Picture, output: Output) -> list[Image.Image]:
    """Of the mode that the file is written in."""
    if output.space == "cmyk":
        return [separation.inked(frame) for frame in picture.frames]
    images = [_image(frame) for frame in picture.frames]
    if output.space == "gray" and isinstance(output, _ONE_CHANNEL):
        mode = "LA" if picture.has_alpha else "L"
        return [image.convert(mode) for image in images]
    return images


def _saved(
    picture: Picture,
    name: str,
    output: Output,
    images: list[Image.Image] | None = None,
    **options: Any,
) -> bytes:
    """``images`` instead of the frames as they are."""
    images = images or _images(picture, output)
    icc = None if name == "GIF" else profile_of(picture, output)
    if icc is not None:
        options["icc_profile"] = icc
    if len(images) > 1:
        options |= {"save_all": True, "append_images": images[1:]}
    file = io.BytesIO()
    images[0].save(file, name, **options)
    return file.getvalue()


def _open(picture: Picture, output: Output, quality: int | None) -> bytes:
    raise ValueError("the format is not settled yet")


_ENCODERS: dict[type[Output], Callable[[Picture, Any, int | None], bytes]] = {
    JpegOutput: _jpeg,
    PngOutput: _png,
    WebpOutput: _webp,
    AvifOutput: _avif,
    JxlOutput: _jxl,
    TiffOutput: _tiff,
    GifOutput: _gif,
    AutoOutput: _open,
    BestOutput: _open,
}
