"""A picture as the bytes of a PNG file."""

from __future__ import annotations

import io

from PIL import Image


def png_bytes(picture: Image.Image, dpi: float | None = None) -> bytes:
    """The picture as a PNG file, which tells its resolution if that is given."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", **({} if dpi is None else {"dpi": (dpi, dpi)}))
    return buffer.getvalue()
