from contextlib import contextmanager

from docmarks.experiments import start
from docmarks.experiments.start import find_start


def test_a_download_is_followed(monkeypatch, tmp_path):
    seen = []

    @contextmanager
    def fetching(name):
        yield lambda done, total: seen.append((name, done, total))

    def pull(name, watch):
        watch(1, 2)
        return tmp_path / name, tmp_path / "config.yaml"

    monkeypatch.setattr(start, "pull", pull)
    monkeypatch.setattr(start, "_imported", lambda file, config, backbone_only: file.name)
    assert find_start("coco-r50", fetching) == "coco-r50" and seen == [("coco-r50", 1, 2)]
