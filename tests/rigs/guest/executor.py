"""Runs programs for the tests inside a guest or a container: `executor.py NAME`, NAME being root or alice.

It listens on the virtio port NAME where the machine has one, else on the socket /run/rig/NAME. One JSON object a
line asks, one answers (`tests/rigs/guest/link.py` is the other end):

    {"id", "op": "run", "argv", "input": base64 | null, "timeout"}   -> {"id", "rc", "out": base64, "err": base64}
    {"id", "op": "start", "argv"}         runs on; answers with its first line   -> {"id", "pid", "line"}
    {"id", "op": "write", "pid", "text"}  to the standard input of a started one -> {"id"}
    {"id", "op": "kill", "pid"}               a started one                      -> {"id"}
    {"id", "op": "line", "pid", "timeout"}    its next line; "" where it ended   -> {"id", "line": text | null}
    {"id", "op": "first-exit", "pids", "timeout"}                                -> {"id", "exits": [[pid, rc]]}

As root it takes itself out of the kernel's reach (where it may) and starts everything at oom_score_adj 0 with the
floor at 0; alice's runs at what her session gives, as any program of hers.
Standard library only; `executor.py --prepare NAME`, as root, hands the port over to user NAME.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time
import traceback

SOCKETS = "/run/rig"
PORTS = "/sys/class/virtio-ports"


def main() -> None:
    if sys.argv[1] == "--prepare":
        prepare(sys.argv[2])
        return
    name = sys.argv[1]
    executor = Executor(as_root=os.geteuid() == 0)
    port = find_port(name)
    if port is not None:
        serve_port(executor, port)
    else:
        serve_socket(executor, name)


def find_port(name: str) -> str | None:
    for port in os.listdir(PORTS) if os.path.isdir(PORTS) else []:
        with open(f"{PORTS}/{port}/name") as file:
            if file.read().strip() == name:
                return f"/dev/{port}"
    return None


def prepare(name: str) -> None:
    os.makedirs(SOCKETS, exist_ok=True)
    os.chmod(SOCKETS, 0o1777)
    port = find_port(name)
    if port is not None:
        shutil.chown(port, name)


def serve_port(executor: Executor, path: str) -> None:
    port = os.open(path, os.O_RDWR)
    pending = b""
    while True:
        data = os.read(port, 1 << 16)
        if not data:  # nobody holds the other end: the kernel offers no event that tells when somebody does
            time.sleep(0.05)
        pending = executor.answer_lines(pending + data, port)


def serve_socket(executor: Executor, name: str) -> None:
    prepare(name) if executor.as_root else None
    path = f"{SOCKETS}/{name}"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    while True:
        connection, _ = server.accept()
        pending = b""
        with connection:
            while data := connection.recv(1 << 16):
                pending = executor.answer_lines(pending + data, connection.fileno())


class Executor:
    def __init__(self, *, as_root: bool) -> None:
        self.as_root = as_root
        self.started: dict[int, subprocess.Popen[bytes]] = {}
        if as_root:
            with contextlib.suppress(PermissionError):
                write_adj(-1000)

    def answer_lines(self, data: bytes, to: int) -> bytes:
        """Answer each whole line; what is left over."""
        *lines, rest = data.split(b"\n")
        for line in lines:
            if not line.strip():
                continue
            request = json.loads(line)
            try:
                answer = getattr(self, "do_" + request["op"].replace("-", "_"))(request)
            except Exception:
                answer = {"broken": traceback.format_exc()}
            reply = (json.dumps({"id": request["id"], **answer}) + "\n").encode()
            while reply:
                reply = reply[os.write(to, reply) :]
        return rest

    def _enter(self) -> None:
        if self.as_root:
            write_adj(0)

    def do_run(self, request: dict) -> dict:
        given = base64.b64decode(request.get("input") or "")
        # files, not pipes: a daemon that a command leaves behind holds a pipe open and the answer back
        with open_scratch() as out, open_scratch() as err:
            process = subprocess.Popen(
                request["argv"],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=err,
                preexec_fn=self._enter,
                start_new_session=True,
            )
            try:
                process.communicate(given, timeout=request["timeout"])
                rc = process.returncode
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait()
                rc = 124
            return {"rc": rc, "out": content(out), "err": content(err)}

    def do_start(self, request: dict) -> dict:
        process = subprocess.Popen(
            request["argv"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            preexec_fn=self._enter,
            start_new_session=True,
            bufsize=0,
        )
        self.started[process.pid] = process
        line = process.stdout.readline()
        return {"pid": process.pid, "line": line.decode(errors="replace")}

    def do_write(self, request: dict) -> dict:
        self.started[request["pid"]].stdin.write(request["text"].encode())
        return {}

    def do_kill(self, request: dict) -> dict:
        self.started[request["pid"]].kill()
        return {}

    def do_line(self, request: dict) -> dict:
        stdout = self.started[request["pid"]].stdout
        ready, _, _ = select.select([stdout], [], [], request["timeout"])
        return {"line": stdout.readline().decode(errors="replace") if ready else None}

    def do_first_exit(self, request: dict) -> dict:
        watched = [self.started[pid] for pid in request["pids"]]
        ended = [process for process in watched if process.poll() is not None]
        if not ended:
            pidfds = {os.pidfd_open(process.pid): process for process in watched}
            ready, _, _ = select.select(list(pidfds), [], [], request["timeout"])
            ended = [pidfds[pidfd] for pidfd in ready]
            for pidfd in pidfds:
                os.close(pidfd)
        return {"exits": [(process.pid, process.wait()) for process in ended]}


def write_adj(value: int) -> None:
    adj = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
    try:
        os.write(adj, b"%d" % value)
    finally:
        os.close(adj)


def open_scratch():
    return os.fdopen(os.memfd_create("output"), "w+b")


def content(scratch) -> str:
    scratch.seek(0)
    return base64.b64encode(scratch.read()).decode()


if __name__ == "__main__":
    main()
