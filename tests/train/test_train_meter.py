import pytest

from docmarks.train import meter


def test_time_waited_and_time_that_does_not_count(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(meter.time, "perf_counter", lambda: clock[0])

    def stream():
        while True:
            clock[0] += 1.0  # a batch takes a second to come
            yield "batch"

    counted, batches = meter.Meter(batch=8), stream()
    for _ in range(2):
        assert counted.wait_for(batches, 2) == ["batch", "batch"]
        clock[0] += 3.0  # the step
        with counted.paused():
            clock[0] += 100.0  # a measurement
    assert counted.figures() == {"seconds": 10.0, "waiting": 0.4, "images_per_second": pytest.approx(1.6)}
