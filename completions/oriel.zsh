#compdef oriel
# SPDX-License-Identifier: MIT
# Completion of oriel for zsh.

local -a compare_options server_options
compare_options=(
	'--fuzz[how far a channel may be off]:levels'
	'--max-pixels[how many pixels may differ]:pixels'
	'*--mask[a rectangle that does not count]:X,Y,W,H'
	'--diff[where to write a picture of the differences]:file:_files -g "*.png"'
)
server_options=(
	'--backend[where to show]:back end:(headless x11 drm virtio)'
	'--device[card of --backend drm]:card:_files -W /dev/dri'
	'--renderer[how to draw]:renderer:(pixman gl virgl)'
	'--virgl[the host of the virgl renderer]:host:(vtest\: virtgpu\: vhost-user\:)'
	'(-s --size)'{-s,--size}'[size of each output]:WxH[@SCALE]:(640x480 800x600 1280x720 1920x1080 1920x1080@2)'
	'--outputs[how many outputs]:number'
	'--shell[who places windows]:shell:(desktop kiosk)'
	'--config[the configuration]:file:_files -g "*.ini"'
	'*'{-v,--verbose}'[tell more]'
	'(- *)'{-h,--help}'[show help]'
	'(- *)'{-V,--version}'[show the version]'
)

_oriel_run() {
	_arguments -S $server_options \
		'--script[what to do, line by line]:file:_files' \
		'--shot[where to leave a picture]:file:_files -g "*.png"' \
		'--cursor[with the pointer in pictures]' \
		'--expect[what the picture must look like]:file:_files -g "*.png"' \
		'--update[write what is expected]' \
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
		'--socket[which compositor]:name' \
		'(--window --region)--output[one output]:name' \
		'(--output --region)--window[one window]:selector' \
		'--popups[with its popups]' \
		'(--output --window)--region[a part of the layout]:X,Y,W,H' \
		'--scale[another scale]:scale' \
		'--cursor[with the pointer]' \
		':picture:_files -g "*.png"'
}

_oriel_compare() {
	_arguments -S $compare_options \
		':picture:_files -g "*.png"' \
		':picture:_files -g "*.png"'
}

_oriel_verb() {
	if ((CURRENT == 1)); then
		local -a verbs
		verbs=(
			'chord:hold keys together' 'click:press and release a button'
			'clip:set, read and clear the clipboard' 'clock:the time; let it go on or stop'
			'close:ask a window to close' 'disconnect:end a connection'
			'drag:press, move, release' 'drop:drop data on a point' 'echo:write a line'
			'exec:run a program and wait' 'expect:compare with a picture'
			'focus:activate a window' 'freeze:stop reading from a client'
			'fullscreen:cover an output' 'help:tell the verbs' 'key:press keys'
			'kill:send a signal' 'list:tell what there is' 'maximize:maximise a window'
			'minimize:hide a window' 'move:move the pointer' 'output:add, remove, change outputs'
			'place:move a window' 'press:press a button' 'quit:end the compositor'
			'release:release a button' 'resize:ask for a size' 'scroll:turn the wheel'
			'settle:wait until nothing changes' 'shot:take a picture' 'spawn:start a program'
			'step:let time pass' 'tap:touch a point' 'text:type text' 'thaw:undo freeze'
			'touch:move a finger' 'unfullscreen:undo fullscreen' 'unmaximize:undo maximize'
			'unminimize:show a hidden window' 'wait:wait until something is so'
		)
		_describe verb verbs
		return
	fi
	case $words[1] in
	wait) ((CURRENT == 2)) && compadd window gone focus title pixel commit exit layer popup shown ;;
	list) ((CURRENT == 2)) && compadd windows outputs clients layers ;;
	output) ((CURRENT == 2)) && compadd add remove mode scale transform position on off ;;
	clip) ((CURRENT == 2)) && compadd get set types clear ;;
	touch) ((CURRENT == 2)) && compadd down move up cancel ;;
	clock) ((CURRENT == 2)) && compadd run stop ;;
	click | press | release | drag)
		((CURRENT == 2)) && compadd left right middle side extra back forward
		;;
	shot | expect)
		if ((CURRENT == 2)); then
			_files -g '*.png'
		else
			compadd -S '' output= window= region= scale=
			compadd settle now cursor
		fi
		;;
	exec | spawn)
		shift words
		((CURRENT--))
		_normal
		;;
	esac
}

_oriel_msg() {
	_arguments -S '--socket[which compositor]:name' '--json[answer as JSON]' '*:::verb:_oriel_verb'
}

_oriel() {
	local context state state_descr line
	typeset -A opt_args
	_arguments -C -S $server_options \
		'--autostart=-[tell services of it, and start programs]::whether:(yes no)' \
		'--draw-always[draw what nobody sees, too]' \
		'--socket[name of the Wayland socket]:name' \
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
