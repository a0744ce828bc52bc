"""What the helper takes as a request; anything else is refused as a whole, before the first change."""

from __future__ import annotations

import json
from types import ModuleType

import pytest

from tests.helper.support import arguments_for

GOOD = b'{"pid":42,"start_time":7,"adj":-500}\n'
UNIT = b'{"unit":"nginx.service","set":{"OOMScoreAdjust":-500}}\n'


def unit(name: object, **more: object) -> bytes:
    return json.dumps({"unit": name, **(more or {"remove": True})}).encode()


@pytest.mark.parametrize(
    ("verb", "data", "count"),
    [
        pytest.param("own", GOOD, 1, id="one process"),
        pytest.param("own", GOOD.strip(), 1, id="no newline at the end"),
        pytest.param("other", b' { "pid" : 42 , "start_time":7,"adj":0 } \r\n', 1, id="white space"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"uid":0,"exe":"/a b"}', 1, id="owner and program"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":"/\\udcff"}', 1, id="program not UTF-8"),
        pytest.param("own", b"".join(b'{"pid":%d,"start_time":1,"adj":0}\n' % pid for pid in range(1, 1001)), 1000,
                     id="a thousand"),
        pytest.param("unit", UNIT + GOOD, 2, id="unit and process"),
        pytest.param("unit", unit("a@b:c_d-1.e.service"), 1, id="instance"),
        pytest.param("unit", unit("many@a@b.example.service"), 1, id="instance with an @"),
        pytest.param("unit", unit(r"fsck@dev-disk-by\x2duuid-1.service"), 1, id="escaped instance"),
        pytest.param("unit", unit("x.service", set={"OOMPolicy": "kill", "ManagedOOMPreference": "omit"}), 1,
                     id="words"),
        pytest.param("unit", unit("x.service", set={"OOMPolicy": "kill"}, was=(1 << 32) - 1), 1, id="what was there"),
        pytest.param("unit", unit("a" * 245 + ".service"), 1, id="longest name"),
    ],
)  # fmt: skip
def test_accepted(helper: ModuleType, verb: str, data: bytes, count: int) -> None:
    assert len(helper.parse(arguments_for(verb, data), data)[1]) == count


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        pytest.param("own", b"", id="nothing"),
        pytest.param("own", b"\n", id="an empty line"),
        pytest.param("own", GOOD + b"\n" + b'{"pid":43,"start_time":7,"adj":0}', id="an empty line between"),
        pytest.param("own", b"\xff" + GOOD, id="no UTF-8"),
        pytest.param("own", b"\xef\xbb\xbf" + GOOD, id="byte order mark"),
        pytest.param("own", GOOD + b"x", id="a bad line after a good one"),
        pytest.param("own", GOOD[:-2], id="cut off"),
        pytest.param("own", GOOD + GOOD, id="the same process twice"),
        pytest.param("own", b"[" * 60000, id="nested lists"),
        pytest.param("own", b'{"pid":' * 9000, id="nested objects"),
        pytest.param("own", b"[]", id="a list"),
        pytest.param("own", b'"pid start_time adj"', id="a string"),
        pytest.param("own", b"null", id="null"),
        pytest.param("own", b"7", id="a number"),
        pytest.param("own", b'{"pid":42,"start_time":7}', id="a key is missing"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"name":"x"}', id="an unknown key"),
        pytest.param("own", b'{"pid":42,"pid":43,"start_time":7,"adj":0}', id="a key twice"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0} {}', id="two objects on a line"),
        pytest.param("own", b'{"pid":true,"start_time":7,"adj":0}', id="true as pid"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":false}', id="false as value"),
        pytest.param("own", b'{"pid":42.0,"start_time":7,"adj":0}', id="a fraction"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":1e2}', id="an exponent"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":NaN}', id="not a number"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":-Infinity}', id="infinity"),
        pytest.param("own", b'{"pid":"42","start_time":7,"adj":0}', id="a string as pid"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":[0]}', id="a list as value"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":-%s}' % (b"9" * 60000), id="a number of 60000 digits"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":-10000}', id="no oom_score_adj at all"),
        pytest.param("own", b'{"pid":0,"start_time":7,"adj":0}', id="pid 0"),
        pytest.param("own", b'{"pid":-1,"start_time":7,"adj":0}', id="pid -1"),
        pytest.param("own", b'{"pid":4194305,"start_time":7,"adj":0}', id="above any pid"),
        pytest.param("own", b'{"pid":42,"start_time":-1,"adj":0}', id="before the boot"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"uid":-1}', id="uid -1"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"uid":4294967295}', id="the uid that is none"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"uid":null}', id="null for an owner"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":null}', id="null for a program"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":"sshd"}', id="a program without its path"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":"/a\\u0000b"}', id="NUL in a program"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":"/\\ud800"}', id="half a character"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":"/%s"}' % (b"a" * 4096), id="too long a program"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"exe":"/a\nb"}', id="newline in a string"),
        pytest.param("own", b"".join(b'{"pid":%d,"start_time":1,"adj":0}\n' % pid for pid in range(1, 1002)),
                     id="more than a thousand"),
        pytest.param("own", GOOD.strip() + b" " * 65536, id="more than 64 KiB"),
        pytest.param("own", UNIT, id="a unit under own"),
        pytest.param("other", UNIT, id="a unit under other"),
        pytest.param("unit", UNIT + UNIT, id="the same unit twice"),
        pytest.param("unit", unit("nginx.service", set={}), id="no setting"),
        pytest.param("unit", unit("nginx.service", set={"OOMPolicy": "kill"}, was=1 << 32), id="no checksum"),
        pytest.param("unit", unit("nginx.service", set={"OOMPolicy": "kill"}, was="x"), id="a text for a checksum"),
        pytest.param("own", b'{"pid":42,"start_time":7,"adj":0,"was":0}', id="a checksum of a process"),
        pytest.param("unit", unit("nginx.service", set=[]), id="a list of settings"),
        pytest.param("unit", unit("nginx.service", set=None), id="null for settings"),
        pytest.param("unit", unit("nginx.service", set={"ExecStart": "/bin/sh"}), id="another setting"),
        pytest.param("unit", unit("nginx.service", set={"OOMPolicy": "stop\nExecStart=/bin/sh"}), id="a line in a word"),
        pytest.param("unit", unit("nginx.service", set={"OOMPolicy": "STOP"}), id="another word"),
        pytest.param("unit", unit("nginx.service", set={"OOMPolicy": ["stop"]}), id="a word in a list"),
        pytest.param("unit", unit("nginx.service", set={"OOMScoreAdjust": "-500"}), id="a string as value"),
        pytest.param("unit", unit("nginx.service", set={"OOMScoreAdjust": True}), id="true as value"),
        pytest.param("unit", unit("nginx.service", set={"OOMScoreAdjust": 1.0}), id="a fraction as value"),
        pytest.param("unit", unit("nginx.service", set={"OOMScoreAdjust": -1000}), id="a unit exempt for good"),
        pytest.param("unit", unit("nginx.service", set={"OOMScoreAdjust": 1001}), id="above the range"),
        pytest.param("unit", unit("nginx.service", remove=False), id="remove: false"),
        pytest.param("unit", unit("nginx.service", remove=1), id="remove: 1"),
        pytest.param("unit", unit("nginx.service", remove=True, set={"OOMPolicy": "stop"}), id="both"),
        pytest.param("unit", b'{"unit":"nginx.service"}', id="neither"),
        pytest.param("unit", unit(7), id="a number as name"),
        pytest.param("unit", unit(None), id="null as name"),
        pytest.param("unit", unit(["nginx.service"]), id="a list as name"),
        *(
            pytest.param("unit", unit(name), id=f"name {name!r:.40}")
            for name in (
                "", ".service", "nginx", "nginx.slice", "nginx.socket", "nginx.service/", "/nginx.service",
                "../nginx.service", "a/../nginx.service", "..service", ".x.service", "-x.service", "nginx.service\n",
                "nginx.service\0", "nginx service.service", "n\u00e9.service", "nginx\u202e.service", "*.service",
                "nginx-.service", "nginx@.service", "nginx-@x.service", "@x.service", "@a@x.service", "%i.service",
                "a" * 246 + ".service", "nginx.service.d", "\uff4eginx.service",
            )
        ),
    ],
)  # fmt: skip
def test_refused_as_a_whole(helper: ModuleType, verb: str, data: bytes) -> None:
    with pytest.raises(helper.RefusedError) as refused:
        helper.parse(arguments_for(verb, data), data)
    assert str(refused.value).isascii(), "what was sent is never quoted"
    assert len(str(refused.value)) < 80


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["own", "own"], ["OWN"], ["--help"], [""], ["own\n"], ["root"], ["own"], ["other"], ["unit"], ["own", "protect"],
        ["own", "protect", "0"], ["own", "protect", "01"], ["own", "protect", "1\n"], ["own", "protect", "\u0661"],
        ["own", "protect", "10000"], ["own", "PROTECT", "1"], ["own", "protect", "1", "1"], ["own", "nginx.service"],
        ["unit", "x-.service"], ["unit", "x@.service"], ["unit", "../x.service"], ["unit", "nginx.service", "x.service"],
    ],
)  # fmt: skip
def test_other_arguments(helper: ModuleType, arguments: list[str]) -> None:
    with pytest.raises(helper.RefusedError, match="usage"):
        helper.parse(arguments, GOOD)


@pytest.mark.parametrize(
    ("arguments", "data"),
    [
        pytest.param(["own", "protect", "2"], GOOD, id="fewer processes than the dialog said"),
        pytest.param(["own", "protect", "1"], GOOD + GOOD.replace(b"42", b"43"), id="more processes"),
        pytest.param(["unit", "cups.service"], UNIT, id="another unit"),
        pytest.param(["unit", "nginx.service"], UNIT + unit("cups.service"), id="a unit more"),
        pytest.param(["unit", "nginx.service"], GOOD, id="no unit"),
    ],
)
def test_what_the_arguments_do_not_say_is_refused(
    helper: ModuleType, arguments: list[str], data: bytes
) -> None:
    """The dialog, the rules of an administrator and the log of pkexec have seen the arguments alone."""
    with pytest.raises(helper.RefusedError, match="not what the arguments say"):
        helper.parse(arguments, data)


FLOOR = b'{"pid":42,"start_time":7,"adj":200,"floor":100}\n'


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param("protect", FLOOR, id="a floor under protect"),
        pytest.param("undo", GOOD, id="no floor under undo"),
        pytest.param("undo", FLOOR.replace(b"100", b"-1000"), id="the floor that exempts for good"),
        pytest.param("undo", FLOOR.replace(b"100", b"1001"), id="a floor above the range"),
        pytest.param("undo", FLOOR.replace(b"100", b"true"), id="no number"),
    ],
)
def test_a_floor_belongs_to_undo_alone(helper: ModuleType, kind: str, data: bytes) -> None:
    with pytest.raises(helper.RefusedError, match="malformed"):
        helper.parse(["own", kind, "1"], data)


@pytest.mark.parametrize("floor", [b"100", b"-999", b"null"])
def test_undo_takes_a_floor_or_none(helper: ModuleType, floor: bytes) -> None:
    assert helper.parse(["other", "undo", "1"], FLOOR.replace(b"100", floor))[1][0].undo
