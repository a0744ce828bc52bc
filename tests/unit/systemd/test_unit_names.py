"""A control group's path names a unit, and often an app."""

from __future__ import annotations

import pytest

from oomtray.risk.app_names import named_by
from oomtray.systemd.unit_names import Unit, group_name, unescape, unit_at, unit_of

USER = "/user.slice/user-1000.slice/user@1000.service"
APPS = f"{USER}/app.slice"
POD = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1a_2b.slice"
HEX = "0123456789ab" + "cd" * 26


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        pytest.param(None, None, id="unknown"),
        pytest.param("/", None, id="root"),
        pytest.param("/user.slice/user-1000.slice", None, id="slices only"),
        pytest.param("/system.slice/mysql.service", Unit("mysql.service", "/system.slice/mysql.service", None),
                     id="system service"),
        pytest.param("/system.slice/mysql.service/worker/1",
                     Unit("mysql.service", "/system.slice/mysql.service", None), id="below a delegated service"),
        pytest.param("/user.slice/user-1000.slice/session-2.scope",
                     Unit("session-2.scope", "/user.slice/user-1000.slice/session-2.scope", None), id="login session"),
        pytest.param(f"{APPS}/app-firefox-1234.scope",
                     Unit("app-firefox-1234.scope", f"{APPS}/app-firefox-1234.scope", 1000), id="user scope"),
        pytest.param(f"{APPS}/ssh.service", Unit("ssh.service", f"{APPS}/ssh.service", 1000),
                     id="a user's service named like the system's"),
        pytest.param(f"{APPS}/app-org.kde.konsole-41769.scope/tab(42253).scope",
                     Unit("app-org.kde.konsole-41769.scope", f"{APPS}/app-org.kde.konsole-41769.scope", 1000),
                     id="tab of Konsole"),
        pytest.param(f"{USER}/init.scope", Unit("init.scope", f"{USER}/init.scope", 1000), id="user manager"),
        pytest.param(f"{APPS}/app-org.gnome.Terminal.slice/vte-spawn-1.scope",
                     Unit("vte-spawn-1.scope", f"{APPS}/app-org.gnome.Terminal.slice/vte-spawn-1.scope", 1000),
                     id="terminal tab"),
        pytest.param("/system.slice/_cpu.service", Unit("cpu.service", "/system.slice/_cpu.service", None),
                     id="a name that the kernel's files use"),
        pytest.param("/lxc/box/init.scope/system.slice/nginx.service", None, id="a container without a unit"),
        pytest.param("/lxc.payload.box/system.slice/nginx.service", None, id="lxc 4 and later"),
        pytest.param(f"/docker/{HEX}/system.slice/nginx.service", None, id="docker without systemd"),
        pytest.param(f"/kubepods/besteffort/pod1/{HEX}/x.service", None, id="kubernetes without systemd"),
        pytest.param(f"/system.slice/docker-{HEX}.scope/system.slice/nginx.service",
                     Unit(f"docker-{HEX}.scope", f"/system.slice/docker-{HEX}.scope", None), id="in a docker container"),
        pytest.param(f"/machine.slice/libpod-{HEX}.scope/container/system.slice/nginx.service",
                     Unit(f"libpod-{HEX}.scope", f"/machine.slice/libpod-{HEX}.scope", None), id="in root's podman"),
        pytest.param(f"{USER}/user.slice/libpod-{HEX}.scope/container/system.slice/nginx.service",
                     Unit(f"libpod-{HEX}.scope", f"{USER}/user.slice/libpod-{HEX}.scope", 1000), id="in a user's podman"),
        pytest.param(f"{USER}/user.slice/user-libpod_pod_{HEX}.slice/libpod-{HEX}.scope/container/system.slice/ssh.service",
                     Unit(f"libpod-{HEX}.scope", f"{USER}/user.slice/user-libpod_pod_{HEX}.slice/libpod-{HEX}.scope", 1000),
                     id="in a pod of a user's podman"),
        pytest.param(f"{APPS}/docker.service/{HEX}/system.slice/ssh.service",
                     Unit("docker.service", f"{APPS}/docker.service", 1000), id="in a user's docker"),
        pytest.param(f"{POD}/crio-{HEX}.scope/system.slice/nginx.service",
                     Unit(f"crio-{HEX}.scope", f"{POD}/crio-{HEX}.scope", None), id="in CRI-O"),
        pytest.param(f"{POD}/cri-containerd-{HEX}.scope/lxc.payload.box/system.slice/nginx.service",
                     Unit(f"cri-containerd-{HEX}.scope", f"{POD}/cri-containerd-{HEX}.scope", None),
                     id="lxc in kubernetes"),
        pytest.param(f"/system.slice/docker-{HEX}.scope/kubelet.slice/kubelet-pod1.slice/cri-containerd-{HEX}.scope",
                     Unit(f"docker-{HEX}.scope", f"/system.slice/docker-{HEX}.scope", None), id="kubernetes in docker"),
        pytest.param(f"{USER}/machine.slice/machine-deb.scope/payload/system.slice/ssh.service",
                     Unit("machine-deb.scope", f"{USER}/machine.slice/machine-deb.scope", 1000), id="in a user's nspawn"),
        pytest.param(f"/actions_job/{HEX}/system.slice/nginx.service", None, id="docker below a parent of one's own"),
        pytest.param(f"/foo.slice/{HEX}/system.slice/nginx.service", None, id="docker in a slice of one's own, without systemd"),
        pytest.param(r"/machine.slice/machine-qemu\x2d1\x2dwin.scope/libvirt/emulator",
                     Unit(r"machine-qemu\x2d1\x2dwin.scope", r"/machine.slice/machine-qemu\x2d1\x2dwin.scope", None), id="libvirt"),
        pytest.param("/machine.slice/machine-deb.scope/payload/system.slice/hostonly.service",
                     Unit("machine-deb.scope", "/machine.slice/machine-deb.scope", None), id="in nspawn"),
        pytest.param("/machine.slice/systemd-nspawn@deb.service/payload/system.slice/ssh.service",
                     Unit("systemd-nspawn@deb.service", "/machine.slice/systemd-nspawn@deb.service", None),
                     id="in nspawn as a service"),
        pytest.param(f"/machine.slice/machine-deb.scope/payload{USER}/app.slice/ssh.service",
                     Unit("machine-deb.scope", "/machine.slice/machine-deb.scope", None), id="a user's in a container"),
        pytest.param(f"{APPS}/ssh.service", Unit("ssh.service", f"{APPS}/ssh.service", 1000), id="a user's service"),
        pytest.param(f"{APPS}/a.service/user@0.service/ssh.service",
                     Unit("a.service", f"{APPS}/a.service", 1000), id="a manager that a user made up"),
        pytest.param(f"{APPS}/app-org.kde.konsole-41769.scope/tab(42253).scope",
                     Unit("app-org.kde.konsole-41769.scope", f"{APPS}/app-org.kde.konsole-41769.scope", 1000),
                     id="konsole's tab"),
        pytest.param(f"{APPS}/app-com.mitchellh.ghostty-7.scope/surfaces/9.scope",
                     Unit("app-com.mitchellh.ghostty-7.scope", f"{APPS}/app-com.mitchellh.ghostty-7.scope", 1000),
                     id="ghostty's surface"),
        pytest.param(f"{USER}/made-up/ssh.service", Unit("user@1000.service", USER, None), id="no unit of the user's"),
        pytest.param(USER, Unit("user@1000.service", USER, None), id="right in a user's manager"),
        pytest.param("/../system.slice/ssh.service", None, id="seen from another namespace"),
    ],
)  # fmt: skip
def test_unit(path: str | None, unit: Unit | None) -> None:
    assert unit_of(path) == unit


@pytest.mark.parametrize(
    ("path", "is_a_unit", "name"),
    [
        pytest.param(f"{APPS}/app-gnome-caf\\xc3\\xa9-7.scope", True, "app-gnome-café-7.scope", id="a unit's own"),
        pytest.param(f"{APPS}/ssh.service/worker", False, "worker", id="below a unit"),
        pytest.param("/user.slice/user-1000.slice/", False, "user-1000.slice", id="a slice"),
        pytest.param("/", False, "/", id="root"),
    ],
)
def test_a_control_group_goes_by_its_own_unit_or_the_last_part_of_its_path(path: str, is_a_unit: bool, name: str) -> None:
    assert (unit_at(path) is not None) == is_a_unit
    assert group_name(path) == name


@pytest.mark.parametrize(
    ("path", "key", "name", "kind"),
    [
        (f"{APPS}/app-firefox-1234.scope", "firefox", "firefox", "app"),
        (f"{APPS}/app-gnome-firefox-1234.scope", "firefox", "firefox", "app"),
        (f"{APPS}/app-flatpak-org.mozilla.firefox-1234.scope", "firefox", "firefox", "app"),
        (f"{APPS}/app-org.kde.konsole-a1b2c3.scope/main.scope", "konsole", "konsole", "app"),
        (f"{APPS}/app-gnome-org.gnome.Nautilus-77.scope", "nautilus", "Nautilus", "app"),
        (f"{APPS}/app-org.gnome.Terminal@0a1b.service", "terminal", "Terminal", "app"),
        (f"{APPS}/app-org.telegram.desktop@9f.service", "telegram", "telegram", "app"),
        (f"{APPS}/app-vlc.desktop-1.scope", "vlc", "vlc", "app"),
        (rf"{APPS}/app-gnome-google\x2dchrome-42.scope", "google-chrome", "google-chrome", "app"),
        (rf"{APPS}/app-nm\x2dapplet@autostart.service", "nm-applet", "nm-applet", "app"),
        (f"{APPS}/app-com.example.App.scope", "example", "example", "app"),
        (f"{APPS}/app-org.foo.v2.3-1.scope", "org.foo.v2.3", "org.foo.v2.3", "app"),
        (f"{APPS}/dbus-:1.2-org.gnome.Calculator@0.service", "calculator", "Calculator", "app"),
        (f"{APPS}/snap.firefox.firefox-5a0e6b77-0c1d.scope", "firefox", "firefox", "app"),
        (f"{USER}/session.slice/pipewire.service", "pipewire.service", "pipewire", "service"),
        (f"{USER}/init.scope", "init.scope", "systemd", "service"),
        ("/init.scope", "init.scope", "systemd", "service"),
        ("/system.slice/mysql.service", "mysql.service", "mysql", "service"),
        ("/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", "getty@tty1", "service"),
        (r"/system.slice/my\x2dapp.service", r"my\x2dapp.service", "my-app", "service"),
        ("/system.slice/snap.lxd.daemon.service", "snap.lxd.daemon.service", "snap.lxd.daemon", "service"),
        (f"/system.slice/docker-{HEX}.scope", "docker-0123456789ab", "docker 0123456789ab", "service"),
        (f"/docker/{HEX}", "docker-0123456789ab", "docker 0123456789ab", "service"),
        (f"{USER}/user.slice/libpod-{HEX}.scope/container", "libpod-0123456789ab", "libpod 0123456789ab", "service"),
        (f"/kubepods.slice/cri-containerd-{HEX}.scope", "cri-containerd-0123456789ab",
         "cri-containerd 0123456789ab", "service"),
        ("/lxc.payload.box/system.slice/nginx.service", "lxc.payload.box", "lxc box", "service"),
        ("/lxc.payload.box", "lxc.payload.box", "lxc box", "service"),
        ("/lxc/box/init.scope/system.slice/nginx.service", "lxc.box", "lxc box", "service"),
        ("/machine.slice/machine-deb.scope/payload/system.slice/hostonly.service", "machine-deb.scope", "deb", "service"),
        (f"/system.slice/docker-{HEX}.scope/system.slice/nginx.service", "docker-0123456789ab", "docker 0123456789ab",
         "service"),
        (f"{APPS}/app-ghostty-transient-77.scope", "ghostty", "ghostty", "app"),
        (r"/machine.slice/machine-qemu\x2d1\x2dwin.scope", r"machine-qemu\x2d1\x2dwin.scope", "qemu-1-win", "service"),
    ],
)  # fmt: skip
def test_named(path: str, key: str, name: str, kind: str) -> None:
    assert named_by(path) == (key, name, kind)


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "/",
        "/user.slice/user-1000.slice/session-2.scope",
        f"{APPS}/app-org.gnome.Terminal.slice/vte-spawn-1.scope",
        f"{APPS}/app-org.kde.konsole-a1.scope/tab(33).scope",
        f"{APPS}/app-com.mitchellh.ghostty-7.scope/surfaces/9.scope",
        f"{APPS}/kitty-77-0.scope",
        f"{USER}/tmux-spawn-1.scope",
        f"{APPS}/run-r0123.scope",
        "/user.slice",
        "/docker/0123",
    ],
)
def test_a_login_or_a_terminal_names_no_app(path: str | None) -> None:
    assert named_by(path) is None


@pytest.mark.parametrize(
    ("escaped", "plain"),
    [
        ("plain", "plain"),
        (r"google\x2dchrome", "google-chrome"),
        (r"caf\xc3\xa9", "café"),
        (r"half\xc3", r"half\xc3"),
        (r"no\x2", r"no\x2"),
    ],
)
def test_unescape(escaped: str, plain: str) -> None:
    assert unescape(escaped) == plain
