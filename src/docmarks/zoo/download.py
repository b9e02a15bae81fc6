"""Downloads that resume, that notice a login page, and that are whole or not there."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from http.client import HTTPException, HTTPResponse
from pathlib import Path

from docmarks.errors import DocmarksError, is_full_disk
from docmarks.files.atomic import PART
from docmarks.files.cache import VARIABLE

CHUNK = 1 << 20
TIMEOUT_S = 30

Watch = Callable[[int, int | None], None]
"""Told (bytes so far, bytes in all or None)."""


def sha256_of(path: Path) -> str:
    """The file's SHA-256, in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def fetch(
    urls: Sequence[str], target: Path, sha256: str | None = None, offline: bool = False, watch: Watch | None = None
) -> Path:
    """The file at the first address that gives it; what is in ``target`` already is not fetched again.

    Args:
        urls: Mirrors, in the order in which to try them.
        target: Where to keep it. A transfer that broke off goes on in ``target.part``.
        sha256: What it must be, if known.
        offline: Never use the network.
        watch: Told of the progress.

    Raises:
        DocmarksError: No mirror gave the file, with the reason of each; or the file is not the expected one.
    """
    if target.is_file():
        _check(target, sha256, "the cached file")
        return target
    if offline:
        raise DocmarksError(f"{target.name}: not in the cache {target.parent}, and --offline forbids to fetch it")
    reasons = []
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for url in urls:
            part = target.with_name(target.name + PART)
            try:
                _transfer(url, part, watch)
                _check(part, sha256, url)
            except (OSError, HTTPException, DocmarksError) as error:
                if is_full_disk(error):  # no mirror can help
                    raise
                reasons.append(f"{url}: {_told(error)}")
                continue
            part.replace(target)
            return target
    except OSError as error:
        raise DocmarksError(f"{target}: cannot be written ({error.strerror}); set {VARIABLE}") from error
    raise DocmarksError(f"{target.name} could not be fetched; " + "; ".join(reasons))


def _transfer(url: str, part: Path, watch: Watch | None) -> None:
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(
        url, headers={"User-Agent": "docmarks", **({"Range": f"bytes={have}-"} if have else {})}
    )
    try:
        response: HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing is left to send, or the file has changed: start anew
            part.unlink()
            return _transfer(url, part, watch)
        raise
    with response:
        if "text/html" in response.headers.get("Content-Type", ""):
            raise DocmarksError("a web page came instead of the file (a login or a notice)")
        resumed = response.status == 206
        length = response.headers.get("Content-Length")
        total = None if length is None else int(length) + (have if resumed else 0)
        done = have if resumed else 0
        with part.open("ab" if resumed else "wb") as file:
            while chunk := response.read(CHUNK):
                file.write(chunk)
                done += len(chunk)
                if watch is not None:
                    watch(done, total)
    if total is not None and done < total:
        raise DocmarksError(f"the transfer broke off after {done} of {total} bytes; run it again to go on")


def _check(path: Path, sha256: str | None, where: str) -> None:
    if sha256 is not None and (found := sha256_of(path)) != sha256:
        path.unlink()
        raise DocmarksError(f"{where}: is not the published file (sha256 {found[:12]}..., not {sha256[:12]}...)")


def _told(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return str(error.reason)
    return str(error) or type(error).__name__
