# SPDX-License-Identifier: MIT
# Completion of oriel for fish.

set -l commands run shot compare msg info
set -l none "not __fish_seen_subcommand_from $commands"
set -l run "__fish_seen_subcommand_from run"
set -l shot "__fish_seen_subcommand_from shot"
set -l compare "__fish_seen_subcommand_from compare"
set -l msg "__fish_seen_subcommand_from msg"
set -l pictures "__fish_seen_subcommand_from run compare"
set -l servers "not __fish_seen_subcommand_from shot compare msg info"
set -l configured "not __fish_seen_subcommand_from shot compare msg"
set -l clients "__fish_seen_subcommand_from shot msg"
set -l verbs ack chord click clip clock close disconnect drag drop echo exec expect focus freeze \
	fullscreen help key kill layout list lock maximize minimize move output place press quit release resize \
	scroll settle shot spawn step tap text thaw touch unfullscreen unmaximize unminimize wait xwayland
set -l verb "$msg; and not __fish_seen_subcommand_from $verbs"

complete -c oriel -f
complete -c oriel -n $none -a run -d 'Run a program in a private compositor'
complete -c oriel -n $none -a shot -d 'Take a picture'
complete -c oriel -n $none -a compare -d 'Compare two pictures'
complete -c oriel -n $none -a msg -d 'Send verbs to a running compositor'
complete -c oriel -n $none -a info -d 'Print facts for a bug report'

complete -c oriel -n $servers -l backend -x -a 'headless x11 drm virtio' -d 'Back end'
complete -c oriel -n $none -l device -r -d 'Graphics card of --backend drm'
complete -c oriel -n $servers -l renderer -x -a 'pixman gl virgl' -d 'Renderer'
complete -c oriel -n $servers -l virgl -x -a 'vtest: virtgpu: vhost-user:' -d 'Host of the virgl renderer'
complete -c oriel -n $servers -s s -l size -x -a '640x480 800x600 1280x720 1920x1080 1920x1080@2' -d 'Size of each output'
complete -c oriel -n $servers -l outputs -x -d 'Number of outputs'
complete -c oriel -n $servers -l shell -x -a 'desktop kiosk' -d 'Window management'
complete -c oriel -n $configured -l config -r -F -d 'Configuration file'
complete -c oriel -n $servers -l xwayland -d 'Run X programs'
complete -c oriel -n $servers -s v -l verbose -d 'Log more'
complete -c oriel -n $none -l autostart -d 'Act as a desktop session'
complete -c oriel -n $none -l draw-always -d 'Draw every frame of headless outputs'
complete -c oriel -n $none -l socket -x -d 'Name of the Wayland socket'
complete -c oriel -n $clients -l socket -x -d 'Compositor to connect to'
complete -c oriel -s V -l version -d 'Print the version and the modules'
complete -c oriel -s h -l help -d 'Print help'

complete -c oriel -n $run -l script -r -F -d 'Script file'
complete -c oriel -n $run -l check -d 'Only check the script'
complete -c oriel -n $run -l shot -r -F -d 'Take a picture'
complete -c oriel -n $run -l cursor -d 'Include the cursor in pictures'
complete -c oriel -n $run -l expect -r -F -d 'Compare with a reference picture'
complete -c oriel -n $run -l update -d 'Write reference pictures'
complete -c oriel -n $run -l clock -x -a 'real virtual' -d 'Clock'
complete -c oriel -n $run -l timeout -x -d 'Time limit in seconds'
complete -c oriel -n $run -l record -x -a '(__fish_complete_directories)' -d 'Directory for every frame'
complete -c oriel -n $run -l tap -d 'Report as TAP'
complete -c oriel -n $run -l junit -r -F -d 'Report as JUnit XML'
complete -c oriel -n $run -l socket -r -F -d 'Name or path of links to the sockets'
complete -c oriel -n $run -l wire-log -r -F -d 'Log every request and event'
complete -c oriel -n $run -a '(__fish_complete_subcommand)'

complete -c oriel -n $pictures -l fuzz -x -d 'Permitted difference per channel'
complete -c oriel -n $pictures -l max-pixels -x -d 'Permitted number of differing pixels'
complete -c oriel -n $pictures -l mask -x -d 'Rectangle X,Y,W,H to ignore'
complete -c oriel -n $pictures -l diff -r -F -d 'Picture of the differences'
complete -c oriel -n $compare -F

complete -c oriel -n $shot -l output -x -d 'One output'
complete -c oriel -n $shot -l window -x -d 'One window'
complete -c oriel -n $shot -l popups -d 'Include popups and title bar'
complete -c oriel -n $shot -l region -x -d 'Part of the layout: X,Y,W,H'
complete -c oriel -n $shot -l scale -x -d 'Scale of the picture'
complete -c oriel -n $shot -l cursor -d 'Include the cursor'
complete -c oriel -n $shot -F

complete -c oriel -n $msg -l json -d 'Print JSON'
complete -c oriel -n $verb -a "$verbs"
complete -c oriel -n "$msg; and __fish_seen_subcommand_from wait" -a 'window gone focus title pixel commit exit layer popup shown'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from list" -a 'windows outputs clients layers keyboards'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from output" -a 'add remove mode scale transform position on off'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from clip" -a 'get set types clear'
complete -c oriel -n "$msg; and __fish_seen_subcommand_from shot expect" -F
