#compdef oriel
# SPDX-License-Identifier: MIT
# Completion of oriel for zsh.

local -a compare_options
compare_options=(
	'--fuzz[how far a channel may be off]:levels'
	'--max-pixels[how many pixels may differ]:pixels'
	'*--mask[a rectangle that does not count]:X,Y,W,H'
	'--diff[where to write a picture of the differences]:file:_files -g "*.png"'
)

_oriel_run() {
	_arguments -S \
		'--size[size of each output]:WxH[@SCALE]:(640x480 800x600 1280x720 1920x1080 1920x1080@2)' \
		'--outputs[how many outputs]:number' \
		'--shell[who places windows]:shell:(desktop kiosk)' \
		'--script[what to do, line by line]:file:_files' \
		'--shot[where to leave a picture]:file:_files -g "*.png"' \
		'--expect[what the picture must look like]:file:_files -g "*.png"' \
		$compare_options \
		'--clock[whose time it is]:clock:(real virtual)' \
		'--timeout[give up after this long]:seconds' \
		'--record[where to write every frame]:directory:_files -/' \
		'--tap[report as TAP]' \
		'--junit[report as JUnit XML]:file:_files -g "*.xml"' \
		'--wire-log[log every request and event]:file:_files' \
		'*:::command:_normal'
}

_oriel_shot() {
	_arguments -S \
		'(--window --region)--output[one output]:name' \
		'(--output --region)--window[one window]:selector' \
		'(--output --window)--region[a part of the layout]:X,Y,W,H' \
		':picture:_files -g "*.png"'
}

_oriel_compare() {
	_arguments -S $compare_options \
		':picture:_files -g "*.png"' \
		':picture:_files -g "*.png"'
}

_oriel_msg() {
	_arguments -S '--json[answer as JSON]' '*:verb'
}

_oriel() {
	local context state state_descr line
	typeset -A opt_args
	_arguments -C -S \
		'--backend[where to show]:back end:(headless)' \
		'--renderer[how to draw]:renderer:(pixman)' \
		'--shell[who places windows]:shell:(desktop kiosk)' \
		'--config[the configuration]:file:_files -g "*.ini"' \
		'--socket[name of the Wayland socket]:name' \
		'(- *)--help[show help]' \
		'(- *)--version[show the version]' \
		'1: :->command' \
		'*:: :->arguments'
	case $state in
	command)
		local -a commands
		commands=(
			'run:run a program in a session of its own'
			'shot:take a picture'
			'compare:compare two pictures'
			'msg:speak to a running compositor'
		)
		_describe command commands
		;;
	arguments)
		case $line[1] in
		run | shot | compare | msg) _oriel_$line[1] ;;
		esac
		;;
	esac
}

_oriel "$@"
