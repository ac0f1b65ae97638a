#compdef oriel
# SPDX-License-Identifier: MIT
# Completion of oriel for zsh.

_oriel_run() {
	_arguments -S $server_options $common_options \
		'--script[script file]:file:_files' \
		'--check[only check the script]' \
		'--shot[take a picture]:file:_files -g "*.png"' \
		'--cursor[include the cursor in pictures]' \
		'--expect[compare with a reference picture]:file:_files -g "*.png"' \
		'--update[write reference pictures]' \
		$compare_options \
		'--clock[clock]:clock:(real virtual)' \
		'--timeout[time limit]:seconds' \
		'--record[directory for every frame]:directory:_files -/' \
		'--tap[report as TAP]' \
		'--junit[report as JUnit XML]:file:_files -g "*.xml"' \
		'--wire-log[log every request and event]:file:_files' \
		'--socket[name or path of links to the sockets]:path:_files' \
		'*:::command:_normal'
}

_oriel_shot() {
	_arguments -S $common_options \
		'--socket[compositor to connect to]:name' \
		'(--window --region)--output[one output]:name' \
		'(--output --region)--window[one window]:selector' \
		'--popups[include popups and title bar]' \
		'(--output --window)--region[part of the layout]:X,Y,W,H' \
		'--scale[scale of the picture]:scale' \
		'--cursor[include the cursor]' \
		':picture:_files -g "*.png"'
}

_oriel_compare() {
	_arguments -S $compare_options $common_options \
		':picture:_files -g "*.png"' \
		':picture:_files -g "*.png"'
}

_oriel_verb() {
	if ((CURRENT == 1)); then
		local -a verbs
		verbs=(
			'ack:set how a client acknowledges events' 'chord:press keys together'
			'click:press and release a button'
			'clip:set, read and clear the clipboard' 'clock:print the time; run or stop the clock'
			'close:close a window' 'disconnect:close a connection'
			'drag:press, move, release' 'drop:drop data on a point' 'echo:print a line'
			'exec:run a program and wait for it' 'expect:compare with a picture'
			'focus:activate a window' 'freeze:stop reading requests of a client'
			'fullscreen:make a window full screen' 'help:list the verbs' 'key:press keys'
			'kill:send a signal' 'layout:switch the keyboard layout'
			'list:list windows, outputs, clients, layers or keyboards'
			'lock:start the screen locker' 'maximize:maximize a window'
			'minimize:minimize a window' 'move:move the pointer' 'output:add, remove or configure outputs'
			'place:move a window' 'press:press a button' 'quit:end the run or session'
			'release:release a button' 'resize:configure a size' 'scroll:turn the wheel'
			'settle:wait until nothing changes' 'shot:take a picture' 'spawn:start a program'
			'step:advance the clock' 'tap:touch briefly' 'text:type text' 'thaw:undo freeze'
			'touch:move a finger' 'unfullscreen:undo fullscreen' 'unmaximize:undo maximize'
			'unminimize:undo minimize' 'wait:wait for a condition'
			'xwayland:end Xwayland; the next X program starts it'
		)
		_describe verb verbs
		return
	fi
	case $words[1] in
	wait) ((CURRENT == 2)) && compadd window gone focus title pixel commit exit layer popup shown ;;
	list) ((CURRENT == 2)) && compadd windows outputs clients layers keyboards ;;
	output) ((CURRENT == 2)) && compadd add remove mode scale transform position on off ;;
	clip) ((CURRENT == 2)) && compadd get set types clear ;;
	touch) ((CURRENT == 2)) && compadd down move up cancel ;;
	clock) ((CURRENT == 2)) && compadd run stop ;;
	layout) ((CURRENT == 2)) && compadd next prev ;;
	ack) ((CURRENT == 2)) && compadd ping read none ;;
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
	_arguments -S $common_options '--socket[compositor to connect to]:name' '--json[print JSON]' \
		'*:::verb:_oriel_verb'
}

_oriel_info() {
	_arguments -S $common_options '--config[configuration file]:file:_files -g "*.ini"'
}

_oriel() {
	local context state state_descr line
	typeset -A opt_args
	# Locals of this function, which the ones above are called from: the file is run only once.
	local -a common_options compare_options server_options
	common_options=(
		'(- *)'{-h,--help}'[print help]'
		'(- *)'{-V,--version}'[print the version and the modules]'
	)
	compare_options=(
		'--fuzz[permitted difference per channel]:levels'
		'--max-pixels[permitted number of differing pixels]:pixels'
		'*--mask[rectangle to ignore]:X,Y,W,H'
		'--diff[picture of the differences]:file:_files -g "*.png"'
	)
	server_options=(
		'--backend[back end]:back end:(headless x11 drm virtio)'
		'--renderer[renderer]:renderer:(pixman gl virgl)'
		'--virgl[host of the virgl renderer]:host:(vtest\: virtgpu\: vhost-user\:)'
		'(-s --size)'{-s,--size}'[size of each output]:WxH[@SCALE]:(640x480 800x600 1280x720 1920x1080 1920x1080@2)'
		'--outputs[number of outputs]:number'
		'--shell[window management]:shell:(desktop kiosk)'
		'--config[configuration file]:file:_files -g "*.ini"'
		'--xwayland=-[run X programs]::whether:(yes no)'
		'*'{-v,--verbose}'[log more]'
	)
	_arguments -C -S $server_options $common_options \
		'--device[graphics card of --backend drm]:card:_files -W /dev/dri' \
		'--autostart=-[act as a desktop session]::whether:(yes no)' \
		'--draw-always[draw every frame of headless outputs]' \
		'--socket[name of the Wayland socket]:name' \
		'1: :->command' \
		'*:: :->arguments'
	case $state in
	command)
		local -a commands
		commands=(
			'run:run a program in a private compositor'
			'shot:take a picture'
			'compare:compare two pictures'
			'msg:send verbs to a running compositor'
			'info:print facts for a bug report'
		)
		_describe command commands
		;;
	arguments)
		case $line[1] in
		run | shot | compare | msg | info) _oriel_$line[1] ;;
		esac
		;;
	esac
}

_oriel "$@"
