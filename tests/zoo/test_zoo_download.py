"""Downloads from a server of our own on this machine."""

import errno
import hashlib
import shutil
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from docmarks.cli.main import main
from docmarks.errors import DocmarksError
from docmarks.weights import DEFAULT_MODEL
from docmarks.zoo import pull as pulling
from docmarks.zoo.download import fetch, sha256_of
from docmarks.zoo.published import MODELS
from docmarks.zoo.pull import published
from docmarks.zoo.verify import verify

CONTENT = bytes(range(256)) * 40
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(BaseHTTPRequestHandler):
    """/good, /broken (half of it, then the line drops), /login (redirects to a web page), /gone."""

    asked: list = []  # noqa: RUF012 (shared on purpose: the test reads what was asked)

    def do_GET(self):
        Server.asked.append((self.path, self.headers.get("Range")))
        if self.path == "/login":
            self.send_response(302)
            self.send_header("Location", "/page")
            self.end_headers()
            return
        if self.path == "/page":
            self._send(200, b"<html>please log in</html>", "text/html; charset=utf-8")
            return
        if self.path == "/gone":
            self.send_error(404)
            return
        start = int((self.headers.get("Range") or "bytes=0-").split("=")[1].rstrip("-"))
        if start >= len(CONTENT):
            self.send_error(416)
            return
        body = CONTENT[start:]
        self._send(206 if start else 200, body, "application/octet-stream", cut=self.path == "/broken")

    def _send(self, status, body, kind, cut=False):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    Server.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def test_a_file_comes_whole_and_is_kept(server, tmp_path):
    told = []
    path = fetch(
        [f"{server}/good"], tmp_path / "a" / "m.pkl", SHA256, watch=lambda done, total: told.append((done, total))
    )
    assert path.read_bytes() == CONTENT and told[-1] == (len(CONTENT), len(CONTENT))
    fetch([f"{server}/good"], path, SHA256)
    assert len(Server.asked) == 1 and sha256_of(path) == SHA256


def test_a_broken_transfer_goes_on_where_it_stopped(server, tmp_path):
    target = tmp_path / "m.pkl"
    with pytest.raises(DocmarksError, match="broke off after 5120 of 10240 bytes; run it again"):
        fetch([f"{server}/broken"], target, SHA256)
    assert not target.exists() and (tmp_path / "m.pkl.part").stat().st_size == 5120
    assert fetch([f"{server}/good"], target, SHA256).read_bytes() == CONTENT
    assert Server.asked[-1] == ("/good", "bytes=5120-")


def test_the_next_mirror_is_tried(server, tmp_path):
    urls = [f"{server}/gone", f"{server}/login", f"{server}/good"]
    assert fetch(urls, tmp_path / "m.pkl", SHA256).read_bytes() == CONTENT


def test_every_reason_is_told(server, tmp_path):
    with pytest.raises(DocmarksError) as error:
        fetch([f"{server}/gone", f"{server}/login"], tmp_path / "m.pkl")
    assert "HTTP 404" in str(error.value) and "a web page came instead of the file" in str(error.value)
    assert "\n" not in str(error.value) and not (tmp_path / "m.pkl").exists()


def test_another_file_is_refused_and_not_kept(server, tmp_path):
    with pytest.raises(DocmarksError, match="is not the published file"):
        fetch([f"{server}/good"], tmp_path / "m.pkl", "0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_complete_part_is_not_asked_for_more(server, tmp_path):
    (tmp_path / "m.pkl.part").write_bytes(CONTENT)
    assert fetch([f"{server}/good"], tmp_path / "m.pkl", SHA256).read_bytes() == CONTENT


def test_nobody_there(tmp_path):
    with pytest.raises(DocmarksError, match="could not be fetched"):
        fetch(["http://127.0.0.1:9/x"], tmp_path / "m.pkl")


def test_offline_uses_the_cache_alone(server, tmp_path):
    with pytest.raises(DocmarksError, match="--offline forbids"):
        fetch([f"{server}/good"], tmp_path / "m.pkl", offline=True)
    (tmp_path / "m.pkl").write_bytes(CONTENT)
    assert fetch([f"{server}/good"], tmp_path / "m.pkl", SHA256, offline=True).exists() and Server.asked == []


def test_pull_through_the_command(server, tmp_path, monkeypatch, capsys):
    near = replace(MODELS["coco-r50"], urls=(f"{server}/good.pkl",), sha256=SHA256)
    monkeypatch.setitem(MODELS, "coco-r50", near)
    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(SystemExit) as stop:
        main(["weights", "pull", "coco-r50"])
    assert stop.value.code == 0 and (tmp_path / "cache" / "coco-r50" / "model.pkl").read_bytes() == CONTENT
    told = capsys.readouterr().out
    assert "CC BY-SA 3.0" in told and "model.pkl" in told


def test_a_wrong_name_has_a_nearest_one():
    with pytest.raises(DocmarksError, match="did you mean coco-r50"):
        published("coco-r5")


def test_the_list_says_licence_and_size(capsys):
    with pytest.raises(SystemExit):
        main(["weights", "list"])
    told = capsys.readouterr().out
    assert all(name in told for name in ("coco-x101", "publaynet-x101", "imagenet-r50")) and "CC BY-SA" in told


def test_configurations_of_the_zoo_are_full_size_models(tmp_path, monkeypatch):
    from docmarks.zoo.detectron2_config import read_detectron2_config

    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path))
    monkeypatch.setattr(pulling, "fetch", lambda urls, target, *_: (target.parent.mkdir(parents=True), target)[1])
    _, config = pulling.pull("coco-x101")
    model = read_detectron2_config(config)
    assert (model.backbone.depth, model.backbone.groups, model.backbone.width_per_group) == (101, 32, 8)
    assert model.backbone.stride_in_1x1 is False and model.input.std == (57.375, 57.12, 58.395)
    assert len(model.labels) == 80 and model.anchors.sizes[0] == (32.0,)


def test_a_configuration_is_whole_or_not_there(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCMARKS_CACHE", str(tmp_path))
    monkeypatch.setattr(pulling, "fetch", lambda urls, target, *_: target)
    # The folder is a file: nothing can be written into it.
    (tmp_path / "coco-x101").write_text("")
    with pytest.raises(DocmarksError, match=r"config\.yaml: cannot be written .*; set DOCMARKS_CACHE"):
        pulling.pull("coco-x101")
    (tmp_path / "coco-x101").unlink()
    (tmp_path / "coco-x101").mkdir()
    _, config = pulling.pull("coco-x101")
    before = config.read_text()

    def full(self, data, **_):
        with self.open("w") as out:
            out.write(data[:9])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(DocmarksError, match="No space left"):
        pulling.pull("coco-x101")
    assert config.read_text() == before and list(config.parent.iterdir()) == [config]


def test_verify(tmp_path, capsys):
    (tmp_path / "m.pkl").write_bytes(CONTENT)
    with pytest.raises(SystemExit) as stop:
        main(["weights", "verify", str(tmp_path / "m.pkl")])
    assert stop.value.code == 2 and "m.pkl" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        main(["weights", "verify", str(tmp_path / "m.pkl"), "--sha256", "0" * 64])
    assert stop.value.code == 2 and SHA256 in capsys.readouterr().err


def test_a_model_without_its_weights_is_told(tmp_path):
    for suffix in (".xml", ".bin"):
        shutil.copy(DEFAULT_MODEL.with_suffix(suffix), tmp_path / f"m{suffix}")
    assert "docmarks model" in verify(tmp_path / "m.xml")
    (tmp_path / "m.bin").write_bytes((tmp_path / "m.bin").read_bytes()[:1000])
    with pytest.raises(DocmarksError, match=r"m\.xml: "):
        verify(tmp_path / "m.xml")
