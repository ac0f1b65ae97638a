# SPDX-License-Identifier: MIT
# Completion of oriel for fish.

set -l commands run shot compare msg
set -l none "not __fish_seen_subcommand_from $commands"
set -l run "__fish_seen_subcommand_from run"
set -l shot "__fish_seen_subcommand_from shot"
set -l compare "__fish_seen_subcommand_from compare"
set -l pictures "__fish_seen_subcommand_from run compare"
set -l shells "not __fish_seen_subcommand_from shot compare msg"

complete -c oriel -f
complete -c oriel -n $none -a run -d 'Run a program in a session of its own'
complete -c oriel -n $none -a shot -d 'Take a picture'
complete -c oriel -n $none -a compare -d 'Compare two pictures'
complete -c oriel -n $none -a msg -d 'Speak to a running compositor'

complete -c oriel -n $none -l backend -x -a headless -d 'Where to show'
complete -c oriel -n $none -l renderer -x -a pixman -d 'How to draw'
complete -c oriel -n $shells -l shell -x -a 'desktop kiosk' -d 'Who places windows'
complete -c oriel -n $none -l config -r -F -d 'The configuration'
complete -c oriel -n $none -l socket -x -d 'Name of the Wayland socket'
complete -c oriel -n $none -l version -d 'Show the version'
complete -c oriel -l help -d 'Show help'

complete -c oriel -n $run -l size -x -a '640x480 800x600 1280x720 1920x1080 1920x1080@2' -d 'Size of each output'
complete -c oriel -n $run -l outputs -x -d 'How many outputs'
complete -c oriel -n $run -l script -r -F -d 'What to do, line by line'
complete -c oriel -n $run -l shot -r -F -d 'Where to leave a picture'
complete -c oriel -n $run -l expect -r -F -d 'What the picture must look like'
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
complete -c oriel -n $shot -l region -x -d 'A part of the layout: X,Y,W,H'
complete -c oriel -n $shot -F

complete -c oriel -n "__fish_seen_subcommand_from msg" -l json -d 'Answer as JSON'
