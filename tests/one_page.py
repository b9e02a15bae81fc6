"""A cache of pages that holds one, for what cuts marks out of it."""

from docmarks.train.config import CacheConfig
from docmarks.train.samples.page_cache import PageCache


class OnePage(PageCache):
    """Whatever page is asked for, it is this one, in the size of its file."""

    def __init__(self, pixels):
        super().__init__(CacheConfig(), colour=pixels.ndim == 3)
        self.pixels = pixels

    def __call__(self, page):
        return self.pixels, 1.0
