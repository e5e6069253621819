"""What each field of an output allows and together makes no sense."""

from collections.abc import Iterator

from onemanage.contracts.imaging.outputs import (
    AvifOutput,
    BestOutput,
    GifOutput,
    JpegOutput,
    JxlOutput,
    LossyOutput,
    Output,
    PngOutput,
    TiffOutput,
    WebpOutput,
)


def output_faults(output: Output) -> Iterator[tuple[str, str]]:
    """Fields of the output that are wrong, and why."""
    yield from _colors(output)
    if output.location and output.metadata != "all":
        yield "location", "Places are metadata: keep all of it, or leave this out."
    match output:
        case JpegOutput(gain_map="keep") if output.space in ("gray", "cmyk"):
            yield "gain_map", f"It makes RGB brighter, not {output.space}: drop it."
        case PngOutput(interlaced=True) if output.colors is not None:
            yield "interlaced", "A palette is not interlaced. Leave one out."
        case WebpOutput() if output.near_lossless is not None:
            yield from _chosen(output, "near_lossless")
        case AvifOutput(lossless=True) if output.bits != 8:
            yield "bits", "Lossless keeps the 8 bits that there are. Leave one out."
        case BestOutput() if len(set(output.formats)) < len(output.formats):
            yield "formats", "Name each format once."


def _colors(output: Output) -> Iterator[tuple[str, str]]:
    space = output.space
    if space == "cmyk" and not isinstance(output, JpegOutput | TiffOutput):
        yield "space", "Only JPEG and TIFF hold CMYK. Ask for one of them."
    if space in ("p3", "source"):
        if isinstance(output, GifOutput | JxlOutput):
            yield "space", "No profile is written in this format: leave it out."
        if isinstance(output, BestOutput) and output.formats == ["jxl"]:
            yield "formats", "JPEG XL is written in sRGB alone. Name another format."
    if space in ("p3", "source", "cmyk") and not output.icc:
        yield "icc", f"Without a profile nobody knows that it is {space}. Leave it out."
    if space == "gray" and isinstance(output, PngOutput) and output.colors:
        yield "colors", "Gray needs no palette. Leave one out."


def _chosen(output: LossyOutput, name: str) -> Iterator[tuple[str, str]]:
    if output.max_bytes is not None or output.ssim is not None:
        yield name, "It has no quality to choose: leave out max_bytes and ssim."
