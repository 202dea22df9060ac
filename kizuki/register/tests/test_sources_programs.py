"""What the real programs write is read as it was meant: nmap, ISC dhcpd, dnsmasq and `ip neigh`, on wires of the test's own.

Two network namespaces are joined by a virtual cable; nothing leaves them. Where a program or the right to make a namespace is
missing, the test says so and is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from kizuki.register.engine import sources

HERE, THERE = "192.0.2.1", "192.0.2.2"
MAC_HERE, MAC_THERE = "02:00:5e:00:53:01", "02:00:5e:00:53:02"
LISTEN = "import socket,time\ns=socket.create_server(('', 8001))\nprint('up', flush=True)\ntime.sleep(60)"


def wanted(*programs: str) -> None:
    for program in programs:
        if not shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            pytest.skip(
                f"{program} is not installed (apt-get install nmap isc-dhcp-server busybox dnsmasq-base iproute2)"
            )


def run(*command: str, seconds: float = 60) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, (command, done.stdout, done.stderr)
    return done.stdout


class Wire(NamedTuple):
    """Two namespaces with a cable between them: `here` has the end `a`, `there` the end `b`."""

    here: str
    there: str

    def on(self, side: str, *command: str) -> list[str]:
        return ["ip", "netns", "exec", side, *command]


@pytest.fixture
def wire() -> Iterator[Wire]:
    wanted("ip")
    made = Wire(f"kz{os.getpid()}a", f"kz{os.getpid()}b")
    if subprocess.run(["ip", "netns", "add", made.here], capture_output=True, check=False).returncode != 0:
        pytest.skip("network namespaces may not be made here")
    try:
        run("ip", "netns", "add", made.there)
        run("ip", "link", "add", "kza", "netns", made.here, "address", MAC_HERE, "type", "veth",
            "peer", "name", "kzb", "netns", made.there, "address", MAC_THERE)  # fmt: skip
        for side, end, address in ((made.here, "kza", HERE), (made.there, "kzb", THERE)):
            run("ip", "-n", side, "link", "set", "lo", "up")
            run("ip", "-n", side, "address", "add", f"{address}/24", "dev", end)
            run("ip", "-n", side, "link", "set", end, "up")
        yield made
    finally:
        for side in made:
            subprocess.run(["ip", "netns", "delete", side], capture_output=True, check=False)


@pytest.fixture
def listener(wire: Wire) -> Iterator[None]:
    command = wire.on(wire.there, sys.executable, "-c", LISTEN)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        yield
        process.kill()


def read(format: str, content: str | bytes, **options: object) -> sources.SourceReading:
    raw = content.encode() if isinstance(content, str) else content
    assert sources.detect("file", raw[: sources.START]) == format
    return sources.read(format, "file", raw, sources.Options(**options))  # type: ignore[arg-type]


def test_nmap_over_a_wire_tells_addresses_ports_and_the_time(wire: Wire, listener: None) -> None:
    wanted("nmap")
    before = datetime.now(UTC).replace(microsecond=0)
    reading = read("nmap", run(*wire.on(wire.here, "nmap", "-n", "-oX", "-", "-p", "8000-8002", THERE)))
    [proposal] = reading.proposals
    assert proposal.fields == {"name": THERE, "ips": (THERE,), "macs": (MAC_THERE,)}
    [seen] = reading.observations
    assert (seen.mac, seen.ips, seen.hosts) == (MAC_THERE, (THERE,), ())
    assert [key for key, _ in seen.says] == ["tcp/8001"]
    assert before <= seen.at <= datetime.now(UTC)
    assert reading.faults == ()


def test_nmap_on_the_own_machine_finds_its_ports_but_no_device() -> None:
    wanted("nmap")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        written = run("nmap", "-n", "-sT", "-Pn", "-oX", "-", "-p", str(port), "127.0.0.1")
    assert f'portid="{port}"' in written
    reading = read("nmap", written)
    assert reading.rows == 1
    assert (reading.proposals, reading.observations) == ((), ())  # 127.0.0.1 is every machine's address of itself
    assert {fault.form for fault in reading.faults} == {sources.says.NOT_IP, sources.says.NO_ADDRESS}


def test_nmap_broken_off_keeps_the_hosts_before_it(wire: Wire, listener: None) -> None:
    wanted("nmap")
    written = run(*wire.on(wire.here, "nmap", "-n", "-oX", "-", "-p", "8001", THERE, HERE))
    assert len(read("nmap", written).proposals) == 2
    reading = read("nmap", written[: written.index("</host>") + 60])
    assert [proposal.fields["name"] for proposal in reading.proposals] == [THERE]
    assert [fault.message for fault in reading.faults] == [sources.says.NOT_XML]


def lease(wire: Wire, server: list[str], file: Path, *client: str) -> str:
    """What the server wrote after a client in the other namespace got an address from it."""
    with subprocess.Popen(wire.on(wire.here, *server), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            time.sleep(1)
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            run(*wire.on(wire.there, *client))
            until = time.monotonic() + 10
            while MAC_THERE not in file.read_text() and time.monotonic() < until:
                time.sleep(0.1)
        finally:
            process.terminate()
            process.wait(10)
    return file.read_text()


CLIENT = (
    "busybox",
    "udhcpc",
    "-f",
    "-q",
    "-n",
    "-i",
    "kzb",
    "-s",
    "/bin/true",
    "-x",
    "hostname:PC-Sales-01",
    "-T",
    "1",
    "-t",
    "8",
)


def test_dhcpd_writes_a_lease_that_is_read(wire: Wire, tmp_path: Path) -> None:
    wanted("dhcpd", "busybox")
    settings, file = tmp_path / "dhcpd.conf", tmp_path / "dhcpd.leases"
    settings.write_text(
        "subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.50 192.0.2.59; default-lease-time 600; }\n"
    )
    file.touch()
    tmp_path.chmod(0o777)
    server = ["dhcpd", "-4", "-f", "-q", "-user", "root", "-group", "root", "-cf", str(settings), "-lf", str(file),
              "-pf", str(tmp_path / "pid"), "kza"]  # fmt: skip
    before = datetime.now(UTC).replace(microsecond=0)
    reading = read("dhcpd", lease(wire, server, file, *CLIENT))
    [seen] = reading.observations
    assert (seen.mac, seen.hosts) == (MAC_THERE, ("pc-sales-01",))
    assert seen.ips[0].startswith("192.0.2.5")
    assert before <= seen.at <= datetime.now(UTC)
    assert ("lease", "active") in seen.says
    assert reading.faults == ()


def test_dnsmasq_writes_a_lease_that_is_read(wire: Wire, tmp_path: Path) -> None:
    wanted("dnsmasq", "busybox")
    file = tmp_path / "dnsmasq.leases"
    file.touch()
    server = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=kza", "--user=root", "--no-ping",
              "--dhcp-authoritative", "--dhcp-range=192.0.2.50,192.0.2.59,10m", f"--dhcp-leasefile={file}", "--pid-file"]  # fmt: skip
    at = datetime(2026, 11, 28, tzinfo=UTC)
    reading = read("dnsmasq", lease(wire, server, file, *CLIENT), seen_at=at)
    [seen] = reading.observations
    assert (seen.mac, seen.hosts, seen.at) == (MAC_THERE, ("pc-sales-01",), at)
    assert seen.ips[0].startswith("192.0.2.5")
    assert reading.faults == ()


@pytest.mark.parametrize("json_wanted", [False, True])
def test_ip_neigh_tells_the_neighbour_and_not_the_one_that_is_missing(
    wire: Wire, listener: None, json_wanted: bool
) -> None:
    ask = "import socket\nfor a,t in ((%r,5),('192.0.2.9',1)):\n try: socket.create_connection((a,8001),t)\n except OSError: pass"
    run(*wire.on(wire.here, sys.executable, "-c", ask % THERE))
    written = run("ip", *(["-j"] if json_wanted else []), "-n", wire.here, "neigh", "show", "nud", "all")
    if json_wanted:
        assert "192.0.2.9" in {entry["dst"] for entry in json.loads(written)}
    at = datetime.now(UTC)
    reading = read("neighbours", written, seen_at=at, zone="lab")
    assert [(seen.mac, seen.ips, seen.at, seen.zone) for seen in reading.observations] == [
        (MAC_THERE, (THERE,), at, "lab")
    ]
    assert reading.faults == ()
    late = sources.read("neighbours", "file", written.encode(), sources.Options(seen_at=at + timedelta(days=1)))
    assert late.observations[0].at == at + timedelta(days=1)
