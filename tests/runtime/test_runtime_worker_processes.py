import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from docmarks.runtime.worker_processes import WorkerProcesses

PROGRAM = """
import signal
from docmarks.runtime.in_flight import in_flight
from docmarks.runtime.worker_processes import WorkerProcesses
from test_runtime_worker_processes import slowly

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are begun without
    for done in in_flight(slowly, range(1000), 2, WorkerProcesses):
        print(done, flush=True)
"""


def slowly(number):
    time.sleep(0.05)
    return os.getpid()


def test_what_they_do_is_done_elsewhere():
    with WorkerProcesses(2) as pool:
        assert os.getpid() not in {pool.submit(slowly, n).result() for n in range(3)}


@pytest.fixture
def running(tmp_path):
    """A process with two workers, each of which has told its number."""
    (tmp_path / "program.py").write_text(PROGRAM)
    folder = str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([folder, *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    workers = set()
    while len(workers) < 2:
        workers.add(int(process.stdout.readline()))
    yield process, workers
    process.kill()


def gone(number):
    """Whether a process ends within a while."""
    for _ in range(100):
        try:
            os.kill(number, 0)
            if "Z" in Path(f"/proc/{number}/stat").read_text().split(")")[1].split()[0]:
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.1)
    return False


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_they_end_with_their_parent_however_it_ends(running, told):
    process, workers = running
    if told == signal.SIGINT:
        os.killpg(process.pid, told)  # as a terminal does
    else:
        process.send_signal(told)
    _, errors = process.communicate(timeout=20)
    assert process.returncode != 0 and all(map(gone, workers))
    assert errors.count("Traceback") <= 1  # of the parent alone


def test_a_ctrl_c_while_work_is_handed_out_is_heard_afterwards(monkeypatch):
    def submitted(pool, work, *arguments, **keywords):
        signal.raise_signal(signal.SIGINT)
        return "handed out"

    monkeypatch.setattr(ProcessPoolExecutor, "submit", submitted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            WorkerProcesses(1).submit(slowly, 1)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    finally:
        signal.signal(signal.SIGINT, before)
