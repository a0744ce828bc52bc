"""What a command line runs, for each interpreter and its options."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomtray.kernel.interpreters import is_interpreter, script_of

RUNS = [
    # command line, executable, name, interpreter
    ("python3 train.py --epochs 3", "python3.11", "train.py", "python3"),
    ("python3 -u /home/me/lab/train.py", "python3.11", "train.py", "python3"),
    ("/usr/bin/python3.11 -W ignore -X dev train.py", "python3.11", "train.py", "python3.11"),
    ("python3 -Wignore train.py", "python3.11", "train.py", "python3"),
    ("python -m http.server 8000", "python3.11", "http.server", "python"),
    ("python -um http.server", "python3.11", "http.server", "python"),
    ("python -mhttp.server", "python3.11", "http.server", "python"),
    ("python3 shop/__main__.py", "python3.11", "shop", "python3"),
    ("python3 /srv/shop/main.py", "python3.11", "shop/main.py", "python3"),
    ("python3 main.py", "python3.11", "main.py", "python3"),
    ("python3 -- -odd.py", "python3.11", "-odd.py", "python3"),
    ("pypy3 bench.py", "pypy3", "bench.py", "pypy3"),
    ("ipython train.py", "python3.11", "ipython", "python3.11"),
    ("node --max-old-space-size=4096 build.js", "node", "build.js", "node"),
    ("node -r dotenv/config build.js", "node", "build.js", "node"),
    ("node /srv/shop/server.js", "node", "shop/server.js", "node"),
    ("/usr/lib/electron28/electron /usr/lib/code/app.asar", "electron", "code", "electron"),
    ("deno run --allow-net fetch.ts", "deno", "fetch.ts", "deno"),
    ("bun run build.ts", "bun", "build.ts", "bun"),
    ("ruby -rbundler -I lib bin/rails s", "ruby3.1", "rails", "ruby"),
    ("ruby -S rake jobs", "ruby3.1", "rake", "ruby"),
    ("perl -w -Mstrict -I lib backup.pl", "perl", "backup.pl", "perl"),
    ("bash -eo pipefail backup.sh", "bash", "backup.sh", "bash"),
    ("-bash --rcfile x backup.sh", "bash", "backup.sh", "bash"),
    ("/bin/sh /usr/bin/steam", "dash", "steam", "sh"),
    ("php -d memory_limit=1G artisan queue:work", "php8.2", "artisan", "php"),
    ("lua5.4 -l socket serve.lua", "lua5.4", "serve.lua", "lua5.4"),
    ("/usr/lib/R/bin/exec/R --no-echo --file=fit.R", "R", "fit.R", "R"),
    ("java -Xmx4g -jar /opt/shop/shop.jar --port 80", "java", "shop.jar", "java"),
    ("java -cp a.jar:b.jar org.elasticsearch.bootstrap.Elasticsearch", "java", "Elasticsearch", "java"),
    ("java -classpath x com.intellij.idea.Main nosplash", "java", "idea.Main", "java"),
    ("java --module-path x -m shop.core/org.shop.Till", "java", "Till", "java"),
    ("java Till.java", "java", "Till.java", "java"),
    ("mono game.exe", "mono-sgen", "game.exe", "mono"),
    ("dotnet exec shop.dll", "dotnet", "shop.dll", "dotnet"),
    (r"'C:\Games\Quest\quest.exe' -windowed", "wine64-preloader", "quest.exe", "wine"),
    ("'gunicorn: master [shop]'", "python3.11", "gunicorn", "python3.11"),
]
STAYS = [
    ("python3", "python3.11"),
    ("python3 -c 'import train' train.py", "python3.11"),
    ("python3 -Bc 'x' train.py", "python3.11"),
    ("python3 - train.py", "python3.11"),
    ("python3 -m", "python3.11"),
    ("node -e 'x' train.js", "node"),
    ("perl -lane 'print' words", "perl"),
    ("ruby -e x y.rb", "ruby"),
    ("bash -c 'make all' x", "bash"),
    ("bash -lc 'make all'", "bash"),
    ("-bash", "bash"),
    ("zsh -i", "zsh"),
    ("bash /dev/fd/3", "bash"),
    ("java -version", "java"),
    ("dotnet exec", "dotnet"),
    ("firefox train.py", "firefox"),
    ("'a title of many words: x'", "python3.11"),
    ("", "python3.11"),
]


@pytest.mark.parametrize(("line", "program", "name", "interpreter"), RUNS, ids=[row[0] for row in RUNS])
def test_a_script_is_named_by_what_it_is(line: str, program: str, name: str, interpreter: str) -> None:
    found = script_of(shlex.split(line), program)
    assert found is not None
    assert (found.name, found.interpreter) == (name, interpreter)


@pytest.mark.parametrize(("line", "program"), STAYS, ids=[row[0] for row in STAYS])
def test_what_runs_no_script_keeps_its_name(line: str, program: str) -> None:
    assert script_of(shlex.split(line), program) is None


def test_a_script_is_known_by_the_path_that_it_was_called_by() -> None:
    found = script_of(["python3", "lab/train.py"], "python3.11")
    assert found is not None
    assert found.path == "lab/train.py"
    module = script_of(["python3", "-m", "http.server"], "python3.11")
    assert module is not None
    assert module.path is None


@pytest.mark.parametrize("program", ["pythonic", "nodejs-helper", "bashful", "javac", "firefox", "", "perltidy"])
def test_other_programs_are_no_interpreters(program: str) -> None:
    assert not is_interpreter(program)


_WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["-m", "-c", "-jar", "--", "-", "-e", "run", "exec", "-uBm", "/", "//", "a/", ".", "..", "C:\\", "-cp", "x:y", "--file=", "é" * 300]),
)


@given(st.lists(_WORDS, max_size=8), st.sampled_from(["python3", "node", "java", "bash", "R", "wine64-preloader", "perl", "dotnet", "php"]))
def test_no_command_line_is_too_odd(arguments: list[str], program: str) -> None:
    found = script_of(arguments, program)
    if found is not None:
        assert 0 < len(found.name) <= 120
        assert 0 < len(found.interpreter) <= 120
