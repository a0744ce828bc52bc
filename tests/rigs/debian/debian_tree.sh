#!/bin/sh
# debian_tree.sh ROOT: what debian_tree.py does to a freshly installed root directory, as mmdebstrap's last step.
# From the environment: $user, $uid, $password, $units (a directory), $kernel (a meta-package), $modules.
set -eu
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"  # this build's package sources
cd "$1"

echo oomtray-rig >etc/hostname
chroot . useradd --create-home --shell /bin/bash --uid "$uid" --groups sudo "$user"
# a cheap hash: a good one takes seconds to check on an emulated processor
echo "$user:$password" | chroot . chpasswd --crypt-method SHA256 --sha-rounds 1000
mkdir -p var/lib/systemd/linger
touch "var/lib/systemd/linger/$user"

for unit in apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service \
    fstrim.timer systemd-tmpfiles-clean.timer getty@tty1.service serial-getty@ttyS0.service console-getty.service \
    systemd-update-utmp.service systemd-timesyncd.service remote-fs.target
do
    ln -sf /dev/null "etc/systemd/system/$unit"
done
# what makes units of fstab, partitions and init scripts finds nothing here, at the price of a dozen programs a reload
mkdir -p etc/systemd/system-generators
for generator in usr/lib/systemd/system-generators/*; do
    ln -s /dev/null "etc/systemd/system-generators/${generator##*/}"
done
cp "$units"/*.service etc/systemd/system/
systemctl --root=. --quiet enable rig-executor.service alice-session.service
for unit in systemd-oomd.service systemd-oomd.socket earlyoom.service nohang.service nohang-desktop.service \
    low-memory-monitor.service
do
    systemctl --root=. --quiet disable "$unit"
done
mkdir rig src

if [ "$(dpkg --print-architecture)" = amd64 ]; then
    package=$(apt-cache depends "$kernel" | awk '/Depends: linux-image-/ {print $2; exit}')
    (cd tmp && apt-get --quiet --quiet download "$package" && dpkg-deb -x "$package"_*.deb kernel)
    cp tmp/kernel/boot/vmlinuz-* boot/vmlinuz
    for module in $modules; do find tmp/kernel/lib/modules -name "$module.ko" -exec cp {} boot/ \;; done
    rm -r tmp/kernel tmp/*.deb
fi
