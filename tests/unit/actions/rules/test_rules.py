"""The rules file is read with its mistakes named, and its rules are applied to processes that come and change."""

from __future__ import annotations

import math
import os
import stat
import subprocess
import sys

import pytest

from oomtray.actions.adjust import Change, Target
from oomtray.actions.rules import engine as engine_module
from oomtray.actions.rules.edit import NoRule, NotEdited, add, decline, remove
from oomtray.actions.rules.engine import RuleEngine
from oomtray.actions.rules.match import Subject, first_match
from oomtray.actions.rules.model import Mistake, Rule
from oomtray.actions.rules.parse import MAX_BYTES, MAX_MISTAKES, RuleSet, load, parse
from oomtray.actions.rules.profiles import convert, load_profiles, profile
from oomtray.actions.rules.service import RulesService
from oomtray.config import Presets
from oomtray.file_access import FileProblem
from oomtray.kernel.reader import SystemReader
from tests.rigs.processes.proc_tree import ProcTree

GOOD = """\
# kept comment
[[rule]]
label = "The database"   # why
unit = "postgresql@*.service"
set = "protect"

[[rule]]
app = "firefox"
set = 300
"""


def not_edited(edit):
    """Why an edit was refused."""
    with pytest.raises(NotEdited) as refused:
        edit()
    return refused.value.why


def test_a_file_is_read_in_order_with_lines():
    read = parse(GOOD)
    assert read.mistakes == ()
    assert [(rule.label, rule.conditions, rule.set, rule.line) for rule in read.rules] == [
        ("The database", {"unit": "postgresql@*.service"}, "protect", 2),
        ("", {"app": "firefox"}, 300, 7),
    ]


LONG = "9" * 309


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        pytest.param(
            '[[rule]]\nap = "x"\nset = 1\n', Mistake("misspelt-key", 2, 1, {"key": "ap", "meant": "app"}), id="misspelt-condition"
        ),
        pytest.param("[[rule]]\nset = 1\n", Mistake("no-condition", 1, 1), id="no-condition"),
        pytest.param('[[rule]]\napp = "x"\n', Mistake("nothing-set", 1, 1), id="no-set"),
        pytest.param('[[rule]]\napp = "x"\nset = -1000\n', Mistake("never", 3, 1), id="never"),
        pytest.param(
            '[[rule]]\napp = "x"\nset = 2000\n',
            Mistake("out-of-range", 3, 1, {"value": "2000", "lowest": -999, "highest": 1000}),
            id="out-of-range",
        ),
        pytest.param(
            f'[[rule]]\napp = "x"\nset = {LONG}\n',
            Mistake("out-of-range", 3, 1, {"value": f"{int(LONG):#x}"[:59] + "…", "lowest": -999, "highest": 1000}),
            id="309-digits",
        ),
        pytest.param('[[rule]]\napp = "x"\nset = true\n', Mistake("no-value", 3, 1), id="boolean-set"),
        pytest.param(
            '[[rule]]\napp = "x"\nset = "protekt"\n',
            Mistake("misspelt-preset", 3, 1, {"value": "protekt", "meant": "protect"}),
            id="misspelt-word",
        ),
        pytest.param(
            '[[rule]]\napp = "x"\nset = "never"\n', Mistake("unknown-preset", 3, 1, {"value": "never"}), id="unknown-preset"
        ),
        pytest.param(
            '[[rule]]\nprocess = "systemd-journald-long"\nset = 1\n',
            Mistake("long-name", 2, 1, {"value": "systemd-journald-long", "limit": 15}),
            id="longer-than-comm",
        ),
        pytest.param(
            '[[rule]]\nexe = "bin/x"\nset = 1\n', Mistake("relative-exe", 2, 1, {"value": "bin/x"}), id="relative-exe"
        ),
        pytest.param('[[rule]]\nexe = "/*/x"\nset = 1\n', Mistake("star-inside", 2, 1), id="star-inside"),
        pytest.param(
            '[[rule]]\nunit = "nginx"\nset = 1\n', Mistake("no-unit-name", 2, 1, {"value": "nginx"}), id="unit-without-type"
        ),
        pytest.param('[[rule]]\nuser = "ana"\nset = 1\n', Mistake("user-alone", 2, 1), id="user-alone"),
        pytest.param('[[rule]]\napp = "*"\nset = 1\n', Mistake("empty", 2, 1, {"key": "app"}), id="only-a-star"),
        pytest.param("[[rule]]\napp = 7\nset = 1\n", Mistake("not-text", 2, 1, {"key": "app"}), id="a-number-for-a-text"),
        pytest.param(
            '[[rule]]\nuser = -1\napp="x"\nset = 1\n', Mistake("no-uid", 2, 1, {"value": "-1"}), id="negative-uid"
        ),
        pytest.param(
            '[[rule]]\nask = "no"\napp="x"\nset = 1\n', Mistake("not-boolean", 2, 1, {"key": "ask"}), id="text-for-ask"
        ),
        pytest.param("rules = 1\n", Mistake("unknown-table", 1, values={"key": "rules"}), id="unknown-key"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_others_count(text, mistake):
    read = parse(text + '\n[[rule]]\napp = "good"\nset = "first"\n')
    assert [rule.app for rule in read.rules] == ["good"]
    assert read.mistakes == (mistake,)


@pytest.mark.parametrize(
    ("content", "line", "trouble"),
    [
        pytest.param(b"[[rule]]\napp = \n", 2, "not-toml", id="broken-toml"),
        pytest.param(b"a\n\xff", 2, "not-utf8", id="not-utf-8"),
        pytest.param(b"rule = 3\n", 1, None, id="one-bracket"),
        pytest.param(b'[[rule]]\napp = "x"\nset = ' + b"9" * 4301, 3, "long-number", id="4301-digits"),
        pytest.param(b"x" + b".a" * 30_000 + b" = 1", 1, "too-deep", id="a-key-of-too-many-parts"),
        pytest.param(b"#" * (MAX_BYTES + 1), None, "too-large", id="large"),
    ],
)
def test_a_file_that_is_no_rules_file_is_unusable(tmp_path, content, line, trouble):
    path = tmp_path / "rules.toml"
    path.write_bytes(content)
    read = load(str(path))
    assert not read.usable
    (mistake,) = read.mistakes
    assert (mistake.line, mistake.cause and mistake.cause.id) == (line, trouble)


NO_FILES = {
    "fifo": os.mkfifo,
    "endless": lambda path: path.symlink_to("/dev/zero"),
    "directory": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_file_is_neither_waited_for_nor_changed(tmp_path, make):
    path = tmp_path / "rules.toml"
    make(path)
    problem = FileProblem("not-regular", str(path))
    assert load(str(path)) == RuleSet(mistakes=(Mistake("not-read", cause=problem),), usable=False)
    assert not_edited(lambda: add(str(path), [Rule("first", app="x")])) == problem


def test_thousands_of_mistakes_take_no_longer_than_a_few():
    read = parse("[[rule]]\nx = 1\n" * 5000)
    assert len(read.mistakes) < 2 * MAX_MISTAKES


def test_no_file_means_no_rules(tmp_path):
    assert load(str(tmp_path / "none")) == RuleSet()


@pytest.fixture
def tree(tmp_path):
    tree = ProcTree(tmp_path / "proc")
    tree.add(1, name=b"init", score=0)
    return tree


@pytest.fixture
def snapshot(tree, tmp_path):
    readers = []

    def look():
        if not readers:
            readers.append(SystemReader(str(tree), str(tmp_path / "cg")))
        return readers[0].snapshot(full=True)

    yield look
    for reader in readers:
        reader.close()


def subject(snapshot, pid, app=None, unit=None, user=None):
    process = next(p for p in snapshot.processes if p.pid == pid)
    return Subject(process, app, app, unit, user)


def test_a_rule_holds_for_a_name_that_the_kernel_cut_inside_a_character(tree, snapshot):
    tree.add(4242, name="새 브라우저웹".encode()[:15])

    read = parse("[[rule]]\nprocess = '새 브라우\\xec\\xa0'\nset = 300\n")

    assert not read.mistakes
    assert first_match(read.rules, subject(snapshot(), 4242), lambda: None) is read.rules[0]


@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Rule(1, process="mysqld"), True),
        (Rule(1, process="mysql"), False),
        (Rule(1, app="org.mozilla.firefox"), True),
        (Rule(1, app="Firefox"), True),
        (Rule(1, app="fire"), False),
        (Rule(1, unit="app-*.scope"), True),
        (Rule(1, unit="app-[f]*.scope"), False),
        (Rule(1, process="mysqld", user="ana"), True),
        (Rule(1, process="mysqld", user="1000"), True),
        (Rule(1, process="mysqld", user="bob"), False),
        (Rule(1, command="--port 3306"), True),
        (Rule(1, command="--port 1"), False),
        (Rule(1, exe="/usr/*"), False),
    ],
    ids=lambda value: str(value.conditions) if isinstance(value, Rule) else str(value),
)
def test_every_condition_that_is_given_must_hold(tree, snapshot, rule, holds):
    tree.add(7, name=b"mysqld")
    held = subject(snapshot(), 7, app="firefox", unit="app-firefox-1.scope", user="ana")
    assert (first_match([rule], held, lambda: "mysqld --port 3306") is rule) is holds


def test_the_first_match_counts(tree, snapshot):
    tree.add(7, name=b"x")
    first, second = Rule(1, process="x"), Rule(2, process="x")
    assert first_match([first, second], subject(snapshot(), 7), lambda: None) is first


@pytest.mark.parametrize(
    ("kind", "options"),
    [("kernel thread", {"flags": 0x200000}), ("zombie", {"rss_kib": None, "state": "Z"}), ("init", {"pid": 1})],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_some_processes_match_nothing(tree, snapshot, kind, options):
    pid = options.pop("pid", 7)
    tree.add(pid, name=b"x", **options)
    assert first_match([Rule(1, process="x")], subject(snapshot(), pid), lambda: None) is None


def adj(tree, pid):
    return int((tree.root / str(pid) / "oom_score_adj").read_text())


def engine(tree, *rules, **options):
    return RuleEngine(RuleSet(rules), Presets(), proc=str(tree), **options)


def test_a_rule_is_applied_to_a_process_that_is_there_and_to_a_new_one(tree, snapshot):
    tree.add(7, name=b"hog")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    status = rules.apply(snapshot())
    assert adj(tree, 7) == 300
    assert [(one.process.pid, one.state) for one in status.applied] == [(7, "kept")]
    tree.add(8, name=b"hog")
    rules.apply(snapshot())
    assert adj(tree, 8) == 300


def test_a_process_that_is_still_its_parents_image_is_left_for_the_next_scan(tree, snapshot):
    tree.add(1, name=b"bash", score=0)
    rules = engine(tree, Rule("first", process="bash"), Rule("deprioritize", process="hog"))
    rules.apply(snapshot())
    tree.add(8, name=b"bash")  # its parent is 1
    rules.apply(snapshot())
    assert adj(tree, 8) == 0
    tree.add(8, name=b"hog")
    rules.apply(snapshot())
    assert adj(tree, 8) == 300


def test_a_process_that_becomes_another_program_is_decided_anew(tree, snapshot):
    tree.add(7, name=b"sh")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    rules.apply(snapshot())
    tree.add(7, name=b"hog")
    rules.apply(snapshot())
    assert adj(tree, 7) == 300


def test_what_the_program_sets_back_is_told_and_not_fought(tree, snapshot):
    tree.add(7, name=b"firefox")
    rules = engine(tree, Rule("deprioritize", process="firefox"))
    rules.apply(snapshot())
    rules.apply(snapshot())
    tree.add(7, name=b"firefox", adj=100)
    for _ in range(3):
        status = rules.apply(snapshot())
        assert [one.state for one in status.applied] == ["set-back"]
        assert adj(tree, 7) == 100


def test_a_dry_run_tries_nothing(tree, snapshot):
    tree.add(7, name=b"hog")
    status = engine(tree, Rule("deprioritize", process="hog"), dry=True).apply(snapshot())
    assert [(one.process.pid, one.wanted) for one in status.applied] == [(7, 300)]
    assert adj(tree, 7) == 0


def test_a_failed_reload_keeps_the_old_rules_and_says_why(tree, snapshot):
    tree.add(7, name=b"hog")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    rules.replace(parse("[[rule]\n"), Presets())
    status = rules.apply(snapshot())
    assert adj(tree, 7) == 300
    assert status.mistakes


def test_changed_levels_are_applied_again(tree, snapshot):
    tree.add(7, name=b"hog")
    rules = engine(tree, Rule("deprioritize", process="hog"))
    rules.apply(snapshot())
    rules.replace(RuleSet((Rule("deprioritize", process="hog"),)), Presets(deprioritize=500))
    rules.apply(snapshot())
    assert adj(tree, 7) == 500


@pytest.mark.parametrize(
    ("rule", "asks"),
    [
        (Rule("protect", process="sshd"), False),
        (Rule("protect", app="x", exe="/usr/sbin/x"), False),
        (Rule("protect", process="sshd", user="root"), True),
        (Rule("protect", unit="ssh.service"), True),
        (Rule("protect", unit="ssh.service", ask=False), False),
    ],
    ids=["name", "path", "name-and-user", "unit", "declined-for-good"],
)
def test_a_name_alone_never_earns_a_privileged_change(rule, asks):
    assert rule.may_ask is asks


@pytest.fixture
def refused(monkeypatch):
    """Every change needs permission."""
    monkeypatch.setattr(
        engine_module, "reach",
        lambda target, value, _, proc: Change(
            target.pid, target.start_time, "x", 0, value, done=False, error="needs-authorisation", wanted=value
        ),
    )  # fmt: skip


MINE = os.geteuid()


@pytest.mark.parametrize(
    ("path", "state"),
    [
        pytest.param("/system.slice/ssh.service", "waiting", id="the-systems"),
        pytest.param("/system.slice/system-x.slice/ssh.service", "waiting", id="below-slices"),
        pytest.param(f"/user.slice/u.slice/user@{MINE}.service/app.slice/ssh.service", "name-only", id="ones-own"),
        pytest.param(f"/user.slice/u.slice/user@{MINE + 1}.service/app.slice/ssh.service", "name-only", id="anothers"),
        pytest.param("/system.slice/docker-1.scope/system.slice/ssh.service", None, id="a-containers"),
        pytest.param("/machine.slice/machine-deb.scope/payload/system.slice/ssh.service", None, id="a-machines"),
        pytest.param(f"/x.slice/c.scope/user@{MINE}.service/ssh.service", None, id="a-containers-user"),
        pytest.param("/lxc.payload.c/system.slice/ssh.service", None, id="a-container-without-unit"),
        pytest.param("/system.slice/nginx.service/ssh.service", None, id="below-another-service"),
    ],
)
def test_a_units_name_earns_a_privileged_change_only_from_who_may_give_it(tree, snapshot, refused, path, state):
    """None: no unit of this name is there at all, whatever a container or a service calls its own parts."""
    tree.add(7, name=b"sshd", uid=MINE + 1, cgroup=f"0::{path}\n")
    status = engine(tree, Rule("protect", unit="ssh.service")).apply(snapshot())
    assert [one.state for one in status.applied] == ([] if state is None else [state])


@pytest.mark.parametrize(
    ("rule", "path", "value"),
    [
        pytest.param(Rule(-999, unit="ssh.service"), "/system.slice/ssh.service", -999, id="the-systems-unit"),
        pytest.param(Rule(-999, process="sshd", user="1234"), "/user.slice", -999, id="name-and-user"),
        pytest.param(Rule(-999, unit="ssh.service"), "/user.slice/user-1234.slice/user@1234.service/app.slice/ssh.service", 0,
                     id="a-users-unit-of-that-name"),
        pytest.param(Rule(-999, unit="user@*"), "/user.slice/user-1234.slice/user@1234.service/x", 0, id="right-in-a-users-manager"),
        pytest.param(Rule(-999, process="sshd"), "/system.slice/ssh.service", 0, id="a-name-alone"),
        pytest.param(Rule(500, process="sshd"), "/user.slice", 500, id="raising-takes-nothing-from-anybody"),
    ],
)  # fmt: skip
def test_roots_rules_make_nobody_unkillable_who_merely_took_a_name(tree, snapshot, monkeypatch, rule, path, value):
    """The kernel refuses root nothing, so the guard stands before the plain write as well."""
    monkeypatch.setattr("oomtray.actions.rules.engine.os.geteuid", lambda: 0)
    tree.add(7, name=b"sshd", uid=1234, cgroup=f"0::{path}\n")
    engine(tree, rule).apply(snapshot())
    assert adj(tree, 7) == value


def test_a_rule_on_an_executable_finds_the_program_after_its_upgrade(tree, snapshot):
    tree.add(7, name=b"hog")
    (tree.root / "7/exe").symlink_to("/usr/bin/hog (deleted)")
    engine(tree, Rule("first", exe="/usr/bin/hog")).apply(snapshot())
    assert adj(tree, 7) == 900


def test_permission_is_asked_for_what_the_rule_saw(tree, snapshot, refused):
    """A set-uid program is root's by the effective uid, whoever started it, under whatever name."""
    for pid in (7, 8, 9):
        tree.add(pid, name=b"p%d" % pid, uid=0, cgroup="0::/system.slice/x.service\n")
    status = engine(
        tree,
        Rule("protect", process="p7", user="root"),
        Rule("protect", process="p8", unit="x.service"),
        Rule("first", process="p9", user="root"),
    ).apply(snapshot())
    assert status.owners == {Target(7, 4711): 0, Target(9, 4711): 0}
    assert status.exes == {}


def test_permission_is_asked_for_the_very_program_that_a_pattern_matched(tree, snapshot, refused):
    """Else another program under the same path could take the place of the one that was seen."""
    tree.add(8, name=b"x", uid=0)
    (tree.root / "8/exe").symlink_to("/opt/x/bin/x")
    status = engine(tree, Rule("protect", exe="/opt/x/*", user="root")).apply(snapshot())
    assert status.exes == {Target(8, 4711): "/opt/x/bin/x"}


@pytest.mark.parametrize(
    ("old", "new"), [(-17, -999), (-16, -941), (-10, -588), (-5, -294), (0, 0), (5, 294), (10, 588), (15, 1000)], ids=str
)
def test_the_old_scale_is_converted_as_the_kernel_does_it_short_of_never(old, new):
    assert convert(old) == new


def test_a_rule_that_protects_never_raises_what_is_lower_already(tree, snapshot):
    """sshd sets itself to -1000: the profile's -999 would protect it less."""
    tree.add(7, name=b"sshd", uid=MINE, adj=-1000, score=0)
    tree.add(8, name=b"sshd", uid=MINE, adj=500)
    status = engine(tree, Rule(-999, process="sshd", user=str(MINE))).apply(snapshot())
    assert [(one.process.pid, one.wanted, one.state) for one in status.applied if one.process.pid == 7] == [(7, -1000, "kept")]
    assert (tree.root / "7/oom_score_adj").read_text().strip() == "-1000"
    assert (tree.root / "8/oom_score_adj").read_text().strip() == "-999"


def test_what_the_rules_themselves_lowered_follows_a_weaker_level(tree, snapshot):
    tree.add(7, name=b"hog", uid=MINE)
    rule = Rule("protect", process="hog", user=str(MINE))
    rules = engine(tree, rule)
    rules.apply(snapshot())
    rules.replace(RuleSet((rule,)), Presets(protect=-300))
    rules.apply(snapshot())
    assert (tree.root / "7/oom_score_adj").read_text().strip() == "-300"


@pytest.mark.parametrize(
    ("me", "owner", "value", "state"),
    [
        pytest.param(1000, 1000, -500, "waiting", id="below-0"),
        pytest.param(1000, 1000, 100, "kept", id="where-there-may-be-a-floor-of-ones-own"),
        pytest.param(1000, 27, 100, "waiting", id="lowering-anothers"),
        pytest.param(1000, 27, 900, "not-yours", id="raising-anothers"),
        pytest.param(0, 27, -500, "kept", id="root"),
    ],
)
def test_a_dry_run_says_what_needs_a_password(tree, snapshot, monkeypatch, me, owner, value, state):
    monkeypatch.setattr("oomtray.actions.rules.engine.os.geteuid", lambda: me)
    tree.add(7, name=b"hog", uid=owner, adj=200)
    rules = RuleSet((Rule(value, process="hog", user=str(owner)),))
    (one,) = RuleEngine(rules, Presets(), proc=str(tree), dry=True).apply(snapshot()).applied
    assert one.state == state
    assert (tree.root / "7/oom_score_adj").read_text().strip() == "200"


def test_the_profiles_that_come_with_the_program():
    profiles = {one.name: one for one in load_profiles()}
    assert list(profiles) == ["remote-access", "databases", "web-servers", "browsers", "development-tools"]
    for one in profiles.values():
        assert one.rules
        assert all(rule.may_ask for rule in one.rules if one.value < 0), "a negative one must be able to ask"
        text = "".join(
            "[[rule]]\n" + "".join(f'{key} = "{value}"\n' for key, value in rule.conditions.items()) + f"set = {rule.set}\n"
            for rule in one.rules
        )
        assert parse(text).mistakes == ()
    assert [one.name for one in profile("browsers")] == ["browsers"]
    assert len(profile("all")) == 5
    with pytest.raises(KeyError):
        profile("nope")


def test_adding_keeps_comments_and_adds_nothing_twice(tmp_path):
    path = tmp_path / "deep" / "rules.toml"
    path.parent.mkdir()
    path.write_text(GOOD)
    assert add(str(path), [Rule("protect", app="code", label="Editor"), Rule(300, app="firefox")]) == 1
    assert add(str(path), [Rule("protect", app="code")]) == 0
    assert path.read_text().startswith(GOOD)
    assert [rule.label or rule.app for rule in load(str(path)).rules] == ["The database", "firefox", "Editor"]


def test_adding_makes_the_file(tmp_path):
    path = tmp_path / "new" / "rules.toml"
    assert add(str(path), [Rule("first", exe="/usr/bin/x", user="ana", ask=False)]) == 1
    rule = load(str(path)).rules[0]
    assert (rule.exe, rule.user, rule.ask, rule.set) == ("/usr/bin/x", "ana", False, "first")
    assert path.read_text().startswith("# Rules of OOM Tray")


def test_removing_takes_out_that_rule_alone(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)
    assert remove(str(path), [2]) == 1
    assert [rule.label for rule in load(str(path)).rules] == ["The database"]
    assert "# kept comment" in path.read_text()
    assert not_edited(lambda: remove(str(path), [9])) == NoRule(9, 1)


def test_declining_for_good_is_written_down(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)
    assert decline(str(path), [load(str(path)).rules[0]]) == 1
    assert [rule.ask for rule in load(str(path)).rules] == [False, True]
    assert "# why" in path.read_text()


def test_a_broken_file_is_not_touched(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text("[[rule]\nmine = 1\n")
    assert not_edited(lambda: add(str(path), [Rule("first", app="x")])).id == "not-toml"
    assert path.read_text() == "[[rule]\nmine = 1\n"


def test_a_directory_that_takes_no_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    why = not_edited(lambda: add(str(tmp_path / "file" / "rules.toml"), [Rule("first", app="x")]))
    assert why.id == "unwritable"


def test_mode_and_link_are_kept(tmp_path):
    real = tmp_path / "dotfiles.toml"
    real.write_text(GOOD)
    os.chmod(real, 0o640)
    link = tmp_path / "rules.toml"
    link.symlink_to(real)
    add(str(link), [Rule("first", app="x")])
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.parametrize("make", NO_FILES.values(), ids=NO_FILES)
def test_the_service_goes_on_with_the_old_rules_where_the_file_is_none_any_more(tree, snapshot, tmp_path, make):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    service = RulesService(Presets(), str(path), proc=str(tree))
    service.apply(snapshot())
    path.unlink()
    make(path)
    tree.add(7, name=b"hog")
    status, _ = service.apply(snapshot())
    assert [mistake.cause.id for mistake in status.mistakes] == ["not-regular"]
    assert adj(tree, 7) == 111


def test_two_that_add_rules_at_once_lose_none(tmp_path):
    path = tmp_path / "rules.toml"
    code = (
        "import sys; from oomtray.actions.rules.edit import add; from oomtray.actions.rules.model import Rule\n"
        "for n in range(10):\n"
        "    assert add(sys.argv[1], [Rule('first', app=f'{sys.argv[2]}{n}')]) == 1\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, path, me]) for me in "abc"]
    assert [program.wait(60) for program in running] == [0, 0, 0]
    assert sorted(rule.app for rule in load(str(path)).rules) == sorted(f"{me}{n}" for me in "abc" for n in range(10))
    assert os.listdir(tmp_path) == ["rules.toml"]


def test_what_an_editor_saves_at_the_same_moment_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "rules.toml"
    path.write_text(GOOD)

    def saves(*argument):
        monkeypatch.undo()
        path.write_text(GOOD + '[[rule]]\napp = "theirs"\nset = 1\n')
        return parse(*argument)

    monkeypatch.setattr("oomtray.actions.rules.edit.parse", saves)
    assert add(str(path), [Rule("first", app="ours")]) == 1
    assert [rule.app for rule in load(str(path)).rules[1:]] == ["firefox", "theirs", "ours"]


def test_the_service_rereads_a_changed_file_and_keeps_the_old_rules_of_a_broken_one(tree, snapshot, tmp_path):
    path = tmp_path / "rules.toml"
    tree.add(7, name=b"hog")
    service = RulesService(Presets(), str(path), proc=str(tree))
    assert service.apply(snapshot()) == (None, False)
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    service.apply(snapshot())
    assert adj(tree, 7) == 111
    path.write_text('[[rule]\nprocess = "hog"\nset = 2222\n')
    tree.add(8, name=b"hog")
    status, _ = service.apply(snapshot())
    assert status is not None
    assert status.mistakes[0].line == 1
    assert adj(tree, 8) == 111
    path.unlink()
    status, _ = service.apply(snapshot())
    assert status is not None
    assert status.applied == ()


def test_the_service_says_how_old_a_scan_may_be(tree, snapshot, tmp_path):
    """Not at all where the file has changed, some seconds where a new process could be given a rule."""
    path = tmp_path / "rules.toml"
    service = RulesService(Presets(), str(path), proc=str(tree))
    service.apply(snapshot())
    assert service.scan_within() == math.inf
    path.write_text('[[rule]]\nprocess = "hog"\nset = 111\n')
    assert service.scan_within() == 0
    service.apply(snapshot())
    assert service.scan_within() == 20
    path.unlink()
    assert service.scan_within() == 0
    service.apply(snapshot())
    assert service.scan_within() == math.inf


def test_the_service_applies_changed_levels(tree, snapshot, tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text('[[rule]]\nprocess = "hog"\nset = "first"\n')
    tree.add(7, name=b"hog")
    service = RulesService(Presets(), str(path), proc=str(tree))
    service.apply(snapshot())
    assert adj(tree, 7) == 900
    service.presets = Presets(first=800)
    service.apply(snapshot())
    assert adj(tree, 7) == 800
