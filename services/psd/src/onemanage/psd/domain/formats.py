"""The formats of images that are made, by what a rendition calls them."""

MEDIA_TYPES = {
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "tiff": "image/tiff",
    "exr": "image/x-exr",
}
ENDINGS = {
    "png": "png",
    "webp": "webp",
    "avif": "avif",
    "jpeg": "jpg",
    "tiff": "tif",
    "exr": "exr",
}
