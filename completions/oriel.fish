# SPDX-License-Identifier: MIT
# Completion of oriel for fish.

set -l commands run shot compare msg
set -l none "not __fish_seen_subcommand_from $commands"
set -l run "__fish_seen_subcommand_from run"
set -l shot "__fish_seen_subcommand_from shot"
set -l compare "__fish_seen_subcommand_from compare"
set -l msg "__fish_seen_subcommand_from msg"
set -l pictures "__fish_seen_subcommand_from run compare"
set -l servers "not __fish_seen_subcommand_from shot compare msg"
set -l clients "__fish_seen_subcommand_from shot msg"
set -l verbs chord click clip clock close disconnect drag drop echo exec expect focus freeze \
	fullscreen help key kill list maximize minimize move output place press quit release resize \
	scroll settle shot spawn step tap text thaw touch unfullscreen unmaximize unminimize wait
set -l verb "$msg; and not __fish_seen_subcommand_from $verbs"

complete -c oriel -f
complete -c oriel -n $none -a run -d 'Run a program in a session of its own'
complete -c oriel -n $none -a shot -d 'Take a picture'
complete -c oriel -n $none -a compare -d 'Compare two pictures'
complete -c oriel -n $none -a msg -d 'Speak to a running compositor'

complete -c oriel -n $servers -l backend -x -a 'headless x11 drm virtio' -d 'Where to show'
complete -c oriel -n $servers -l device -r -d 'The card of --backend drm'
complete -c oriel -n $servers -l renderer -x -a 'pixman gl virgl' -d 'How to draw'
complete -c oriel -n $servers -l virgl -x -a 'vtest: virtgpu: vhost-user:' -d 'The host of the virgl renderer'
complete -c oriel -n $servers -s s -l size -x -a '640x480 800x600 1280x720 1920x1080 1920x1080@2' -d 'Size of each output'
complete -c oriel -n $servers -l outputs -x -d 'How many outputs'
complete -c oriel -n $servers -l shell -x -a 'desktop kiosk' -d 'Who places windows'
complete -c oriel -n $servers -l config -r -F -d 'The configuration'
complete -c oriel -n $servers -s v -l verbose -d 'Tell more'
complete -c oriel -n $none -l autostart -d 'Tell services of it, and start programs'
complete -c oriel -n $none -l draw-always -d 'Draw what nobody sees, too'
complete -c oriel -n $none -l socket -x -d 'Name of the Wayland socket'
complete -c oriel -n $clients -l socket -x -d 'Which compositor'
complete -c oriel -s V -l version -d 'Show the version'
complete -c oriel -s h -l help -d 'Show help'

complete -c oriel -n $run -l script -r -F -d 'What to do, line by line'
complete -c oriel -n $run -l shot -r -F -d 'Where to leave a picture'
complete -c oriel -n $run -l cursor -d 'With the pointer in pictures'
complete -c oriel -n $run -l expect -r -F -d 'What the picture must look like'
complete -c oriel -n $run -l update -d 'Write what is expected'
complete -c oriel -n $run -l clock -x -a 'real virtual' -d 'Whose time it is'
complete -c oriel -n $run -l timeout -x -d 'Give up after this many seconds'
complete -c oriel -n $run -l record -x -a '(__fish_complete_directories)' -d 'Where to write every frame'
complete -c oriel -n $run -l tap -d 'Report as TAP'
complete -c oriel -n $run -l junit -r -F -d 'Report as JUnit XML'
complete -c oriel -n $run -l wire-log -r -F -d 'Log every request and event'
complete -c oriel -n $run -a '(__fish_complete_subcommand)'

complete -c oriel -n $pictures -l fuzz -x -d 'How far a channel may be off'
complete -c oriel -n $pictures -l max-pixels -x -d 'How many pixels may differ'
complete -c oriel -n $pictures -l mask -x -d 'A rectangle X,Y,W,H that does not count'
complete -c oriel -n $pictures -l diff -r -F -d 'Where to write the differences'
complete -c oriel -n $compare -F

complete -c oriel -n $shot -l output -x -d 'One output'
complete -c oriel -n $shot -l window -x -d 'One window'
complete -c oriel -n $shot -l popups -d 'With its popups'
complete -c oriel -n $shot -l region -x -d 'A part of the layout: X,Y,W,H'
complete -c oriel -n $shot -l scale -x -d 'Another scale'
complete -c oriel -n $shot -l cursor -d 'With the pointer'
complete -c oriel -n $shot -F

complete -c oriel -n $msg -l json -d 'Answer as JSON'
complete -c oriel -n $verb -a "$verbs"
complete -c oriel -n "$msg; and __fish_seen_subcommand_from wait" -a 'window gone focus title pixel commit exit layer popup shown'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from list" -a 'windows outputs clients layers'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from output" -a 'add remove mode scale transform position on off'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from clip" -a 'get set types clear'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from shot expect" -F
