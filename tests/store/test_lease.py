"""The lease: held by one, lost by the dead, and noticed by whoever lost it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphfraud.errors import LeaseHeldError
from graphfraud.store.lease import Lease

HOLD = """
import sys, time
from pathlib import Path
from graphfraud.store.lease import Lease
with Lease(Path(sys.argv[1]), purpose="a night", seconds=float(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""


def hold(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path), str(seconds)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_holder_is_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    with Lease(path, purpose="a night"), pytest.raises(LeaseHeldError) as caught, Lease(path, purpose="a night"):
        pass
    assert f"process {os.getpid()}" in str(caught.value)
    assert caught.value.exit_status == 3
    assert not path.exists()


def test_the_lease_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    with hold(path, 60) as process:
        with pytest.raises(LeaseHeldError), Lease(path, purpose="a night"):
            pass
        process.send_signal(signal.SIGKILL)
    with Lease(path, purpose="a night") as lease:
        lease.confirm()


def test_a_holder_that_stands_still_loses_it_after_expiry_and_notices(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    lease = Lease(path, purpose="a night", seconds=3600)
    with pytest.raises(LeaseHeldError, match="was lost"), lease:  # noqa: PT012 - the loss is what is tested
        stale = json.loads(path.read_bytes()) | {"expires_at": time.time() - 1}
        path.write_text(json.dumps(stale))
        with Lease(path, purpose="a night"):
            lease.confirm()


def test_a_number_reused_by_another_process_does_not_hold_it(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    old = {"token": "x", "host": socket.gethostname(), "process": os.getpid(), "born": "1", "purpose": "a night"}
    path.write_text(json.dumps(old | {"expires_at": time.time() + 3600}))
    with Lease(path, purpose="a night") as lease:
        lease.confirm()


def test_another_machine_is_believed_until_expiry(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    far = {"token": "x", "host": "elsewhere", "process": 1, "born": "1", "purpose": "a night"}
    path.write_text(json.dumps(far | {"expires_at": time.time() + 3600}))
    with pytest.raises(LeaseHeldError, match="on elsewhere"), Lease(path, purpose="a night"):
        pass


def test_it_is_renewed_while_the_work_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    with Lease(path, purpose="a night", seconds=0.3):
        first = json.loads(path.read_bytes())["expires_at"]
        deadline = time.monotonic() + 10
        while json.loads(path.read_bytes())["expires_at"] == first:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_damaged_lease_is_free(tmp_path: Path) -> None:
    path = tmp_path / "night.lease"
    path.write_text("{")
    with Lease(path, purpose="a night") as lease:
        lease.confirm()
