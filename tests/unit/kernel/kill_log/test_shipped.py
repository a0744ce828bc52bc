"""A report says the same in the JSON of what collects logs; what its fields say of the time and of the program is heeded."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from oomtray.kernel.kill_log import log_reader, newest_first
from oomtray.kernel.kill_log.facts import Killed
from tests.unit.kernel.kill_log.test_outer import AT, REPORT, events, is_read

DATE = "2026-08-28T05:53:20.000Z"
SYSLOG = "Aug 28 05:53:20 web kernel: [  100.123456] "
LINES = REPORT.splitlines()
Form = Callable[[str], object]


DATED: dict[str, Form] = {
    "Google Cloud": lambda line: {"insertId": "x", "jsonPayload": {"MESSAGE": line, "_TRANSPORT": "kernel"}, "timestamp": DATE},
    "Google Cloud, a text": lambda line: {"insertId": "x", "textPayload": f"[  100.123456] {line}", "timestamp": DATE},
    "CloudWatch": lambda line: {"timestamp": int(AT * 1000), "message": f"web kernel: {line}", "ingestionTime": 1},
    "Loki": lambda line: {"labels": {"job": "x"}, "line": line, "timestamp": DATE},
    "Loki, nanoseconds": lambda line: {"line": line, "timestamp": str(int(AT) * 10**9)},
    "Fluent Bit": lambda line: {"date": AT, "MESSAGE": line, "_TRANSPORT": "kernel"},
    "Filebeat": lambda line: {"@timestamp": DATE, "message": SYSLOG + line, "host": {"name": "x"}},
    "Journalbeat": lambda line: {"@timestamp": DATE, "message": line, "syslog": {"identifier": "kernel"}},
    "Google Cloud by Fluent Bit": lambda line: {"jsonPayload": {"transport": "kernel", "syslog_identifier": "kernel\u0001", "message": line}, "timestamp": DATE},
    "Elasticsearch": lambda line: {"_index": "x", "_source": {"@timestamp": DATE, "message": line}},
    "Splunk": lambda line: {"preview": False, "result": {"_raw": SYSLOG + line, "_time": "2026-08-28 05:53:20.000 UTC"}},
    "dmesg -JT": lambda line: {"pri": 4, "time": "Fri Aug 28 05:53:20 2026", "msg": line},
    "LAVA": lambda line: {"dt": "2026-08-28T05:53:20.000000", "lvl": "target", "msg": f"[  100.123456] {line}"},
    "Azure": lambda line: {"TimeGenerated": DATE, "Computer": "web", "Facility": "kern", "SyslogMessage": line, "ProcessName": "kernel"},
    "Splunk's collector": lambda line: {"time": AT, "host": "web", "event": SYSLOG + line},
    "OpenTelemetry": lambda line: {"timeUnixNano": str(int(AT) * 10**9), "body": {"stringValue": line}},
    "OpenTelemetry, exported": lambda line: {"Timestamp": DATE, "SeverityText": "WARN", "Body": line},
    "VictoriaLogs": lambda line: {"_msg": line, "_stream": '{x="y"}', "_time": DATE, "_TRANSPORT": "kernel"},
    "Datadog": lambda line: {"id": "x", "attributes": {"timestamp": DATE, "service": "kernel", "message": line}},
}
AROUND: dict[str, Callable[[list[str], list[object]], str]] = {
    "a line each": lambda lines, _: "".join(f"{line}\n" for line in lines),
    "a list": lambda lines, _: "[" + ",".join(lines) + "]\n",
    "a named list": lambda lines, _: '{"events": [' + ",".join(lines) + "]}\n",
    "in YAML": lambda lines, _: "".join(f"- {line}\n" for line in lines),
    "with a date and a tag": lambda lines, _: "".join(f"{DATE}\tkube.kernel\t{line}\n" for line in lines),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("form", DATED)
def test_dated(form: str, around: str) -> None:
    objects = [DATED[form](line) for line in LINES]
    (found,) = events(AROUND[around]([json.dumps(one) for one in objects], objects))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("form", DATED)
def test_with_a_line_for_each_field(form: str) -> None:
    (found,) = events(json.dumps({"events": [DATED[form](line) for line in LINES]}, indent=4))
    is_read(found)
    assert found.time == AT


@pytest.mark.parametrize("texts", [{"short_message": "{}"}, {"short_message": "vim invoked", "full_message": "{}"}])
def test_graylog(texts: dict[str, str]) -> None:
    (found,) = events("".join(json.dumps({"host": "web", "timestamp": AT} | {name: text.format(line) for name, text in texts.items()}) + "\n" for line in LINES))
    is_read(found)
    assert found.time == AT


def test_a_time_since_the_start() -> None:
    objects = [{"pri": 4, "time": 100.5, "msg": line} for line in LINES]
    for text in (json.dumps({"dmesg": objects}), json.dumps({"dmesg": objects}, indent=3), "".join(f"{json.dumps(one)}\n" for one in objects)):
        (found,) = events(text)
        is_read(found)
        assert (found.time, found.uptime) == (None, 100.5)


def test_labels_between_date_and_line() -> None:
    (found,) = events("".join(f'2026-08-28T05:53:20Z {{job="x", unit=""}} {line}\n' for line in LINES))
    is_read(found)
    assert found.time == AT


def test_a_text_in_yaml() -> None:
    (found,) = events("".join(f"---\ninsertId: x\ntextPayload: '{line}'\n" for line in LINES))
    is_read(found)


@pytest.mark.parametrize(
    "fields",
    [{"SYSLOG_IDENTIFIER": "sshd"}, {"syslog_identifier": "sshd"}, {"app_name": "sshd"}, {"ident": "sshd"}, {"service": "sshd"}, {"syslog": {"identifier": "sshd"}}, {"process": {"name": "sshd"}}, {"kind": "Event", "reason": "OOMKilling"}],
)
def test_another_programs_words_are_not_the_kernels(fields: dict[str, object]) -> None:
    assert events("".join(json.dumps({"message": line, "timestamp": DATE} | fields) + "\n" for line in LINES)) == []


def of_kubernetes(number: int, text: str, **changes: object) -> dict[str, object]:
    """An event as `kubectl get events -o json` writes it."""
    event = {
        "apiVersion": "v1", "count": 1, "eventTime": None, "firstTimestamp": DATE, "involvedObject": {"kind": "Node", "name": "n1", "uid": "n1"}, "kind": "Event", "lastTimestamp": DATE,
        "message": text, "metadata": {"creationTimestamp": DATE, "name": f"n1.{number}", "namespace": "default"}, "reason": "OOMKilling", "reportingComponent": "",
        "source": {"component": "kernel-monitor", "host": "n1"}, "type": "Warning",
    }  # fmt: skip
    return event | changes


KILLED = "Killed process {} (web) total-vm:9000kB, anon-rss:700kB, file-rss:12kB, shmem-rss:0kB"
TOLD = [
    of_kubernetes(1, "Memory cgroup out of memory: " + KILLED.format(41)),
    of_kubernetes(2, "Memory cgroup out of memory: Kill process 42 (web) score 900 or sacrifice child\n" + KILLED.format(42)),
    of_kubernetes(3, "Memory cgroup out of memory: Kill process 43 (web) score 900 or sacrifice child"),
    of_kubernetes(4, "Out of memory: " + KILLED.format(44), source={"component": "kubelet", "host": "n1"}),
    of_kubernetes(5, "Back-off restarting failed container", reason="BackOff", source={}),
]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"apiVersion": "v1", "items": TOLD, "kind": "List"}, indent=4), id="kubectl get events -o json"),
        pytest.param("".join(json.dumps(one) + "\n" for one in TOLD), id="one a line"),
        pytest.param("".join(json.dumps(one, indent=2) + "\n" for one in TOLD), id="one after the other"),
    ],
)
def test_kills_that_kubernetes_tells_of_as_events(text: str) -> None:
    first, second, third = events(text)
    assert [([one.pid for one in found.victims], found.time, found.host, found.constraint) for found in (first, second)] == [([pid], AT, "n1", "memcg") for pid in (41, 42)]
    assert (third.outcome, third.victims, third.chosen and third.chosen.pid) == ("unknown", (), 43)


VICTIM = "System OOM encountered, victim process: {}, pid: {}"


def test_a_list_of_events_on_one_line() -> None:
    """As the cluster itself answers: no event in it repeats its kind."""
    items = [{name: value for name, value in one.items() if name not in {"kind", "apiVersion"}} for one in TOLD]
    answer = {"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "17"}, "items": items}
    for text in (json.dumps(answer), json.dumps(answer, separators=(",", ":"))):
        assert [([one.pid for one in found.victims], found.time, found.host) for found in events(text + "\n")] == [([41], AT, "n1"), ([42], AT, "n1"), ([], AT, "n1")]


def test_what_elasticsearch_answers() -> None:
    hits = [{"_index": "logs", "_source": {"@timestamp": DATE, "message": line, "host": {"name": "web"}}} for line in LINES]
    answer = {"took": 1, "timed_out": False, "hits": {"total": {"value": len(hits)}, "max_score": 1.0, "hits": hits}}
    for text in (json.dumps(answer), json.dumps(answer, separators=(",", ":")), json.dumps(answer, indent=2, separators=(",", " : "))):
        (found,) = events(text + "\n")
        is_read(found)
        assert found.time == AT


@pytest.mark.parametrize(
    "form",
    [
        pytest.param("  Warning  SystemOOM  4m  kubelet  {}", id="describe"),
        pytest.param("53m   Warning   SystemOOM   node/n1   {}", id="get events"),
        pytest.param("  message: '{}'", id="YAML"),
        pytest.param("  Warning  SystemOOM  2m (x16 over 3m)  kubelet  (combined from similar events): {}", id="combined"),
        pytest.param('Aug 28 05:53:20 n1 kubelet[499]: I0828 05:53:20.857758     499 event.go:291] "Event occurred" object="n1" reason="SystemOOM" message="{}"', id="its own log"),
    ],
)
def test_a_kill_that_the_kubelet_tells_of(form: str) -> None:
    (found,) = events(form.format(VICTIM.format("web", 41)) + "\n")
    assert (found.killer, found.outcome, found.constraint, found.victims) == ("kernel", "killed", None, (Killed(41, "web"),))
    kernels = "Aug 28 05:53:20 n1 kernel: " if form.startswith("Aug") else "  Warning  OOMKilling  4m  kernel-monitor  "
    lines = [form.format(VICTIM.format("web", 41)), f"{kernels}Out of memory: {KILLED.format(41)}"]
    for told in (lines, lines[::-1]):
        (found,) = events("\n".join(told) + "\n")
        assert [(one.pid, one.freed) for one in found.victims] == [(41, 712 << 10)]
    assert len(events(lines[0] + "\n" + form.format(VICTIM.format("db", 41)) + "\n")) == 2
    assert events(form.format(VICTIM.format("%s", "%d")) + "\n") == []
    assert events("Aug 28 05:53:20 n1 sshd[4]: " + VICTIM.format("web", 41) + "\n") == []


def test_the_kubelets_own_event_has_a_date() -> None:
    (found,) = events(json.dumps(of_kubernetes(1, VICTIM.format("web", 41), reason="SystemOOM", source={"component": "kubelet", "host": "n1"})) + "\n")
    assert (found.victims, found.time, found.host) == ((Killed(41, "web"),), AT, "n1")


def test_an_event_of_kubernetes_beside_the_kernels_line_is_no_second_kill() -> None:
    for pid in (41, 42):
        lines = [f"{DATE} n1 kernel: Memory cgroup out of memory: {KILLED.format(pid)}", json.dumps(TOLD[pid - 41])]
        assert len(events("".join(f"{line}\n" for line in lines))) == 1


def test_a_time_that_is_none_is_unknown() -> None:
    for odd in (True, -5, 1e300, "soon", [], "05"):
        (found,) = events("".join(json.dumps({"message": line, "timestamp": odd}) + "\n" for line in LINES))
        is_read(found)
        assert found.time is None


@pytest.mark.parametrize("depth", [3, 4, 5, 100, 480, 900, 100_000])
def test_objects_within_objects(depth: int) -> None:
    line = json.dumps({"line": REPORT.splitlines()[-1]})
    nested = '{"result":' * depth + line + "}" * depth
    assert len(events(f"{nested}\n{line}\n")) == (2 if depth < 5 else 1)


def test_the_unit_tells_whose_an_entry_is_that_names_no_program() -> None:
    def entry(unit: str, line: str) -> str:
        return json.dumps({"_SYSTEMD_UNIT": unit, "MESSAGE": line, "__REALTIME_TIMESTAMP": str(int(AT) * 10**6)}) + "\n"

    assert events("".join(entry("shop.service", line) for line in LINES)) == []
    (by_oomd,) = events(entry("systemd-oomd.service", "Killed /a.slice/b.scope due to memory pressure for /a.slice being 60.00% > 50.00% for > 20s with reclaim activity"))
    assert (by_oomd.killer, by_oomd.victims[0].name) == ("systemd-oomd", "b.scope")
    (by_manager,) = events(entry("user@1000.service", "b.scope: systemd-oomd killed 2 process(es) in this unit."))
    assert (by_manager.killer, by_manager.victims[0].name) == ("systemd-oomd", "b.scope")


@pytest.mark.parametrize("indent", [None, 4])
def test_a_console_in_one_text_has_stamps_of_its_own(indent: int | None) -> None:
    """Amazon's `get-console-output`: its date is that of the copy."""
    lines = [f"[ {100 * number}.123456] {line}" for number in (1, 2) for line in LINES]
    boot = [f"[    0.{number:06}] a line of the boot" for number in range(1500)]
    console = {"InstanceId": "i-0", "Output": "\r\n".join([*boot, *lines, ""]), "Timestamp": DATE}
    found = events(json.dumps(console, indent=indent) + "\n")
    assert [(event.uptime, event.time) for event in found] == [(100.123456, None), (200.123456, None)]


def test_several_lines_in_one_entry_have_its_date() -> None:
    entry = {"log": "\n".join(f"[  100.123456] {line}" for line in LINES), "time": DATE}
    (event,) = events(json.dumps(entry) + "\n")
    assert (event.uptime, event.time) == (100.123456, AT)


def loki(lines: list[str], indent: int | None, extra: list[object], labels: dict[str, str] | None = None) -> str:
    """Loki's answer with a stream without lines and one with these."""
    values = [[str(int(AT * 10**9) + at), line, *extra] for at, line in enumerate(lines)]
    stream = {"stream": {"job": 'a "[{x}]" \\', "filename": "/var/log/kern.log"} | (labels or {}), "values": values}
    empty = {"stream": {"job": "b"}, "values": []}
    return json.dumps({"status": "success", "data": {"resultType": "streams", "result": [empty, stream], "stats": {"summary": {}}}}, indent=indent)


@pytest.mark.parametrize("extra", [[], [{"level": "warn"}]], ids=["", "with metadata"])
@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("before", ["", SYSLOG])
def test_an_answer_of_loki(before: str, indent: int | None, newest_first: bool, extra: list[object]) -> None:
    """Which has the newest line first unless told otherwise."""
    lines = [before + line for line in LINES]
    whole = loki(lines, indent, extra)
    if newest_first:
        answer = json.loads(whole)
        answer["data"]["result"][1]["values"].reverse()
        whole = json.dumps(answer, indent=indent)
    (found,) = events(whole)
    is_read(found)
    assert found.time == pytest.approx(AT, abs=1e-3)


def test_a_long_answer_of_loki_is_read_in_pieces() -> None:
    other = ["[    1.000000] usb 1-1: " + '"], ["1700000000000000000", "' * 9] * 200
    found = events(loki([one for at in range(40) for one in [*other, *(f"[{200 + at}.123456] {line}" for line in LINES)]], None, []))
    assert len(found) == 40
    for one in found:
        is_read(one)


def test_another_programs_words_in_an_answer_of_loki() -> None:
    assert events(loki(LINES, None, [], {"syslog_identifier": "sshd"})) == []
    assert len(events(loki(LINES, None, [], {"syslog_identifier": "kernel"}))) == 1


def test_an_answer_of_loki_that_was_cut() -> None:
    whole = loki([*LINES, "eth0: link is up"], None, [])
    (found,) = events(whole[: whole.index("link")])
    is_read(found)


@pytest.mark.parametrize("stamp", ["", "[  100.123456] "])
@pytest.mark.parametrize("form", ["ts={0} level=info msg={1}", 'time="{0}" level=warning msg={1} host=web', "level=info ts={0} caller=kmsg.go:12 message={1}", "appname=kernel facility=kern message={1} severity=warning timestamp={0}"])
def test_pairs(form: str, stamp: str) -> None:
    (found,) = events("".join(form.format(DATE, json.dumps(stamp + line)) + "\n" for line in LINES))
    is_read(found)
    assert (found.time, found.uptime) == (AT, 100.123456 if stamp else None)


@pytest.mark.parametrize("form", ["ts={0} level=info app_name=web msg={1}", "ts={0} level=info msg={1} and more", "ts={0} msg={1}", "ts={0} level=info text={1}"])
def test_pairs_of_another_program_or_none(form: str) -> None:
    assert events("".join(form.format(DATE, json.dumps(line)) + "\n" for line in LINES)) == []


@pytest.mark.parametrize("stamp", ["[Fri Aug 28 05:53:20 2026] ", SYSLOG, "2026-08-28T05:53:20+00:00 web kernel: "])
def test_several_lines_in_one_entry_have_dates_of_their_own(stamp: str) -> None:
    entry = {"log": "\n".join(stamp + line for line in LINES), "time": "2026-08-28T06:00:00Z"}
    (found,) = events(json.dumps(entry) + "\n")
    is_read(found)
    assert found.time == AT


def by_fields(form: str, fields: dict[str, str]) -> str:
    if form == "export":
        return "".join(f"{name}={value}\n" for name, value in fields.items()) + "\n"
    if form == "verbose":
        return "Fri 2026-08-28 05:53:20.000000 UTC [s=1;i=2]\n" + "".join(f"    {name}={value}\n" for name, value in fields.items())
    return json.dumps(fields, indent="\t") + "\n"


@pytest.mark.parametrize("form", ["export", "verbose", "json-pretty", "a list"])
@pytest.mark.parametrize("program", ["kernel", "sshd"])
def test_an_entry_that_is_read_in_two_pieces(form: str, program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What tells when it was logged, and by whom, may follow its message."""
    monkeypatch.setattr(log_reader, "CHUNK", 1 << 14)
    monkeypatch.setattr(newest_first, "CHUNK", 1 << 14)
    entries = [
        {f"FIELD_{at}": "x" * 99 for at in range(9)}
        | {"MESSAGE": LINES[-1].replace("2101", str(1000 + number))}
        | {f"FIELD_{at}": "x" * 99 for at in range(9, 19)}
        | {"__REALTIME_TIMESTAMP": str(int(AT + number) * 10**6), "_TRANSPORT": "kernel" if program == "kernel" else "syslog", "SYSLOG_IDENTIFIER": program}
        for number in range(200)
    ]
    text = json.dumps(entries, indent=2) if form == "a list" else ("__CURSOR=1\n" if form == "export" else "") + "".join(by_fields(form, entry) for entry in entries)
    found = events(text)
    assert [one.victims[0].pid for one in found] == ([*range(1000, 1200)] if program == "kernel" else [])
    assert all(one.time is not None for one in found)
