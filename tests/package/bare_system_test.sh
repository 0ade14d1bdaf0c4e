#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bare_system_test.sh BUILD_DIR: makes the .deb of BUILD_DIR, installs it on a bare Debian 12 (debootstrap into a temporary folder), starts
# window, command line and helper there as an ordinary user, removes it and looks that nothing stays. Everything it mounts is in a mount
# namespace of its own and gone with it.
set -eu
build=$1
skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*" >&2; exit 1; }
[ "$(id -u)" = 0 ] || skip "only root can make a bare system (debootstrap, chroot)"
command -v debootstrap >/dev/null || fail "debootstrap is not installed; ./dev setup test installs it"

if [ -z "${DORASCOPE_PACKAGE_TEST_INNER:-}" ]; then
    DORASCOPE_PACKAGE_TEST_INNER=1 exec unshare --mount --propagation private sh "$0" "$build"
fi

work=$(mktemp -d)
trap 'umount -R "$work/root" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' INT TERM HUP

(cd "$build" && cpack -G DEB -B "$work/deb" >"$work/cpack.log" 2>&1) || { cat "$work/cpack.log"; fail "cpack"; }
package=$(ls "$work"/deb/*.deb)
echo "package: $(basename "$package")"
dpkg-deb --info "$package"
dpkg-deb --contents "$package" | awk '{ print $1, $2, $6 }'

root=$work/root
mirror=$(sed -nE 's/^URIs: *//p; s/^deb +(\[[^]]*\] +)?([^ ]+) +bookworm .*/\2/p' /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null | head -1)
debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$work/debootstrap.log" 2>&1 || { tail -20 "$work/debootstrap.log"; fail "debootstrap"; }
cp -a /etc/apt/sources.list.d/. "$root/etc/apt/sources.list.d/" 2>/dev/null || true
[ ! -s /etc/apt/sources.list ] || cp /etc/apt/sources.list "$root/etc/apt/sources.list"
cp -a /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/" 2>/dev/null || true
cp -L /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"; chmod 755 "$root/usr/sbin/policy-rc.d"
chroot=$(command -v chroot) # in sbin, which an ordinary user's PATH below does not have
in_root() { env -i HOME=/root LANG=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin "$chroot" "$root" "$@"; }
as_user() { env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/bin:/bin QT_QPA_PLATFORM=offscreen "$chroot" --userspec=65534:65534 "$root" "$@"; }
# Watches loopback, on a network of its own, for a moment, as user $1 in the groups that the table of groups gives him.
watches_as() { unshare --net sh -c 'ip link set lo up; exec env -i HOME=/tmp LANG=C.UTF-8 PATH=/usr/bin:/bin timeout -s INT 3 "$@"' sh \
    "$chroot" --userspec="$1" "$root" dorascope-cli watch --interface lo 2>&1 || true; }

in_root apt-get update -qq >"$work/apt.log" 2>&1 || { tail -5 "$work/apt.log"; fail "apt-get update"; }
in_root find /usr /etc /var/lib -xdev -path /var/lib/dpkg -prune -o -path /var/lib/apt -prune -o -print | sort >"$work/before"
cp "$package" "$root/tmp/dorascope.deb"
in_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends /tmp/dorascope.deb >"$work/apt.log" 2>&1 ||
    { tail -20 "$work/apt.log"; fail "apt-get install"; }
echo "installed"

# started
as_user dorascope-cli --version
as_user dorascope-cli demo three-clients --fast >"$work/demo" 2>&1 || { cat "$work/demo"; fail "dorascope-cli demo"; }
for address in 192.168.1.100 192.168.1.101 192.168.1.102; do
    grep -q "$address" "$work/demo" || { cat "$work/demo"; fail "the demo gave nobody $address"; }
done
mkdir -m 777 "$root/tmp/shots"
as_user dorascope --shots /tmp/shots >"$work/shots" 2>&1 || { cat "$work/shots"; fail "dorascope --shots"; }
pictures=$(find "$root/tmp/shots" -name '*.png' -size +8k | wc -l)
[ "$pictures" -ge 8 ] || fail "the window rendered $pictures pictures only"
echo "window: $pictures pictures"
capabilities=$(in_root getcap /usr/libexec/dorascope/dorascope-netd)
echo "$capabilities"
case $capabilities in *cap_net_bind_service*cap_net_raw*ep*) ;; *) fail "dorascope-netd lacks its capabilities" ;; esac
netd_mode=$(in_root stat -c '%a %U:%G' /usr/libexec/dorascope/dorascope-netd)
[ "$netd_mode" = '750 root:dorascope' ] || fail "dorascope-netd is $netd_mode"
in_root useradd outside
in_root useradd -G dorascope inside
refused=$(watches_as outside)
case $refused in *'sudo usermod -aG dorascope outside'*) ;; *) fail "a user outside of the group is told: $refused" ;; esac
watched=$(watches_as inside)
case $watched in *'watching '*) ;; *) fail "a user in the group is told: $watched" ;; esac
echo "group: inside watches, outside is told how to"
for program in /usr/bin/dorascope /usr/bin/dorascope-cli; do
    [ -z "$(in_root getcap "$program")" ] || fail "$program must not have capabilities"
done
for file in /usr/share/applications/org.dorascope.DoraScope.desktop /usr/share/metainfo/org.dorascope.DoraScope.metainfo.xml \
    /usr/share/icons/hicolor/scalable/apps/org.dorascope.DoraScope.svg; do
    [ -s "$root$file" ] || fail "$file is missing"
done
for page in man1/dorascope.1 man1/dorascope-cli.1 man8/dorascope-netd.8; do
    # minbase leaves documentation in; a system told to leave it out has no page to look at
    gzip -dc "$root/usr/share/man/$page.gz" | grep -q '^\.SH NAME' || fail "$page is no manual page"
done

# removed
in_root env DEBIAN_FRONTEND=noninteractive apt-get purge -y -qq --auto-remove dorascope >"$work/apt.log" 2>&1 || { tail -20 "$work/apt.log"; fail "apt-get purge"; }
in_root find /usr /etc /var/lib -xdev -path /var/lib/dpkg -prune -o -path /var/lib/apt -prune -o -print | sort >"$work/after"
left=$(comm -13 "$work/before" "$work/after" | grep -i dorascope || true)
[ -z "$left" ] || fail "left behind: $left"
echo "removed, nothing left behind"
