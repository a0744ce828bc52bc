"""A report to others names no user, computer or file, however their names are spelled and wherever they stand; programs stay named."""

from __future__ import annotations

import json
import re
import string

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oomtray.scrub import ADDRESS, HOST, INSTANCE, PATH, USER, Scrubber, person_names

SCRUBBER = Scrubber(["alice", "Alice Liddell", "김철수", "al", "o'neil", "ann-marie"], ["looking-glass", "glass.example.org"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("firefox", "firefox"),
        ("Web Content", "Web Content"),
        ("train.py", "train.py"),
        ("python3.11", "python3.11"),
        ("kworker/u8:2-events", "kworker/u8:2-events"),
        ("app-firefox-1234.scope", "app-firefox-1234.scope"),
        ("shop.service", "shop.service"),
        ("alice", USER),
        ("ALICE", USER),
        ("backup-of-Alice's", f"backup-of-{USER}'s"),
        ("alice-desktop.service", f"{USER}-desktop.service"),
        ("synergy@alice.service", f"synergy@{INSTANCE}.service"),
        ("openvpn@office.service", f"openvpn@{INSTANCE}.service"),
        ("user@1000.service", f"user@{INSTANCE}.service"),
        ("user-1000.slice", "user-UID.slice"),
        (r"dev-ann\x2dmarie.service", f"dev-{USER}.service"),
        (r"o\x27neil", USER),
        ("alice%20Liddell", USER),
        (r"\xea\xb9\x80\xec\xb2\xa0\xec\x88\x98", USER),
        ("김철수의 앱", f"{USER}의 앱"),
        ("firefox-김철", f"firefox-{USER}"),
        (r"firefox-김철\xec\x88", f"firefox-{USER}"),
        ("al", USER),
        ("calc", "calc"),
        ("run al now", f"run {USER} now"),
        ("ssh looking-gla", f"ssh {HOST}"),
        ("ssh glass.example.org", f"ssh {HOST}"),
        ("sshd: bob@pts/0", f"sshd: {PATH}"),
        ("mail bob@example.com", f"mail {ADDRESS}"),
        ("vim /home/bob/secret.txt", f"vim {PATH}"),
        ("vim ~bob", f"vim {PATH}"),
        ("docs/secret.txt", PATH),
        ("curl https://bob.example/x", f"curl {ADDRESS}"),
        ("ping 192.168.1.20", f"ping {ADDRESS}"),
        ("ping fe80::1", f"ping {ADDRESS}"),
        ("wol 00:11:22:aa:bb:cc", f"wol {ADDRESS}"),
        ("", ""),
    ],
)
def test_a_name(text: str, left: str) -> None:
    assert SCRUBBER.name(text) == left


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("/system.slice/shop.service", "/system.slice/shop.service"),
        ("/user.slice/user-1000.slice/user@1000.service/app.slice/app-x-1.scope",
         f"/user.slice/user-UID.slice/user@{INSTANCE}.service/app.slice/app-x-1.scope"),
        ("/docker/alice-db", f"/{PATH}/{PATH}"),
        ("/system.slice/alice.service/inner", f"/system.slice/{USER}.service/{PATH}"),
        ("/", "/"),
    ],
)  # fmt: skip
def test_a_control_group(path: str, left: str) -> None:
    assert SCRUBBER.cgroup(path) == left


def test_people_are_numbered_and_the_system_keeps_its_own() -> None:
    scrubber = Scrubber([], [])
    assert scrubber.object([{"uid": uid} for uid in (0, 33, 60123, 1000, 60123)]) == [{"uid": uid} for uid in (0, 33, 1000, 1001, 1000)]


def test_words_of_ours_stay_whatever_a_user_is_called() -> None:
    told = Scrubber(["kernel"], []).object({"killer": "kernel", "name": "kernel", "sources": ["kernel-log"]})
    assert told == {"killer": "kernel", "name": USER, "sources": ["kernel-log"]}


def test_an_account_is_all_that_names_somebody() -> None:
    accounts = [{"login": "al", "full": "Alice Liddell,Room 1", "home": "/srv/people/wonder/"}, {"login": "root", "full": "", "home": "/root"}]
    assert person_names(accounts) == {"al", "Alice Liddell", "Alice", "Liddell", "wonder"}


def test_a_given_name_of_two_letters() -> None:
    names = person_names([{"login": "mskim", "full": "김 민수", "home": "/home/mskim"}, {"login": "bo", "full": "Bo Li", "home": "/home/bo"}])
    assert names == {"mskim", "김 민수", "민수", "bo", "Bo Li"}
    assert Scrubber(names, []).name("민수-앱") == f"{USER}-앱"


LETTERS = string.ascii_letters + string.digits + "éßñ김철수한Яж"
NAMES = st.text(LETTERS, min_size=1, max_size=12).flatmap(
    lambda first: st.sampled_from([first, f"{first}-x9", f"{first}.{first}", f"{first}_7", f"d'{first}", f"{first} Mc{first}"])
)
OURS = json.dumps([USER, HOST, PATH, ADDRESS, INSTANCE, "name app unit command path victims service scope slice UID"]).casefold()
PROGRAMS = st.sampled_from(["python3", "code", "vim", "ssh", "Web Content", "kworker/0:1", ""])


def spelt(name: str) -> st.SearchStrategy[str]:
    """As logs, shells, systemd and people write it."""
    return st.sampled_from([
        name, name.upper(), name.title(), name.replace("-", r"\x2d").replace("'", r"\x27"),
        "".join(f"\\x{byte:02x}" for byte in name.encode()), name.replace(" ", "%20"), "".join(f"%{byte:02X}" for byte in name.encode()),
    ])  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> tuple[dict[str, object], list[str]]:
    """A report with names in the places where they are met, and those names."""
    users, hosts = draw(st.lists(NAMES, min_size=1, max_size=3)), draw(st.lists(NAMES, min_size=1, max_size=2))
    texts = []
    for _ in range(draw(st.integers(1, 5))):
        name = draw(spelt(draw(st.sampled_from(users + hosts))))
        frame = draw(st.sampled_from([
            "{}", "{} (x)", "run-{}.service", "x@{}.service", "/home/{}/a", "~{}/b", "{}@example.org", "http://{}/", "a,{};b", "--user={}",
            "({})", "\u202e{}", "{}\n{}", "sshd: {} [priv]", "{}'s",
        ]))  # fmt: skip
        texts.append(draw(PROGRAMS) + " " + frame.replace("{}", name))
    path = "/user.slice/" + draw(st.sampled_from(texts)).strip() + ".scope/x"
    report: dict[str, object] = {
        "victims": [{"name": text, "app": text[::1], "unit": f"{text}.service", "command": text} for text in texts], "path": path,
    }  # fmt: skip
    return report, [*users, *hosts]


def whole(name: str, text: str) -> bool:
    """Whether it stands there: as any part, or where it is short as a word."""
    if len(name) >= 3:
        return name in text
    return re.search(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", text) is not None


@settings(derandomize=True, max_examples=150, deadline=None, database=None)
@given(made=reports())
def test_no_name_is_left_however_it_is_spelt(made: tuple[dict[str, object], list[str]]) -> None:
    report, names = made
    assume(not any(whole(name.casefold(), OURS) for name in names))  # it stands in every report
    told = json.dumps(Scrubber(names[:-1], names[-1:]).object(report), ensure_ascii=False).casefold()
    told = told.replace("\\n", " ").replace("\\u202e", " ")
    assert [name for name in names if whole(name.casefold(), told)] == []
