#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs in the guest: sets up devices, then executes commands from the host until "quit". A command
# arrives as one line of base64; its output is written to /run/share/output, its status is returned.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root USER=root SHELL=/bin/bash TERM=linux LANG=C.UTF-8 LC_ALL=C.UTF-8
export XDG_RUNTIME_DIR=/run/user/0
mkdir -p /run/udev
mkdir -p -m 700 $XDG_RUNTIME_DIR
hostname guest
ip link set lo up 2>/dev/null
ln -sfn /proc/self/fd /dev/fd
for fd in 0:stdin 1:stdout 2:stderr; do ln -sf "fd/${fd%:*}" "/dev/${fd#*:}"; done

# A full coldplug takes seconds; named modules and a few subsystems are enough.
modprobe -a virtio-gpu virtio_input evdev uinput 2>/dev/null
for word in $(</proc/cmdline); do
	[[ $word != oriel.modules=* ]] || modprobe -a $(tr , ' ' <<<"${word#*=}")
done
pidof systemd-udevd >/dev/null || /usr/lib/systemd/systemd-udevd --daemon 2>/dev/null
udevadm trigger --action=add --subsystem-match={drm,input,virtio-ports,graphics,misc,tty}
udevadm settle --timeout=60

port=/dev/virtio-ports/oriel.commands
until [ -e $port ]; do sleep 0.05; done
exec 3<>$port
echo ready >&3
# Without a reader at the other end, read returns at once. Reading from a silent pipe with a timeout
# waits without a process for sleep.
exec 4<> <(:)
cd /root || exit
while :; do
	if ! read -r line <&3; then
		read -r -t 0.2 _ <&4
		continue
	fi
	[ "$line" != quit ] || break
	(eval "$(base64 -d <<<"$line")") >/run/share/output 2>&1 </dev/null 3>&- 4>&-
	echo "status $?" >&3
done
sync
echo o >/proc/sysrq-trigger
sleep 10
