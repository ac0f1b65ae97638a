# SPDX-License-Identifier: MIT
# Completion of oriel for bash.

_oriel_verb()
{
	local verb=$1 first=$2 # first: index of the verb
	if ((cword == first)); then
		COMPREPLY=($(compgen -W 'ack chord click clip clock close disconnect drag drop echo exec
			expect focus freeze fullscreen help key kill layout list lock maximize minimize move output
			place press quit release resize scroll settle shot spawn step tap text thaw touch
			unfullscreen unmaximize unminimize wait xwayland' -- "$cur"))
		return
	fi
	case $verb in
	exec | spawn)
		_command_offset $((first + 1))
		return
		;;
	shot | expect)
		if ((cword == first + 1)); then
			_filedir png
		else
			COMPREPLY=($(compgen -W 'settle now output= window= region= scale= cursor' -- "$cur"))
		fi
		return
		;;
	esac
	((cword == first + 1)) || return
	case $verb in
	wait)
		COMPREPLY=($(compgen -W 'window gone focus title pixel commit exit layer popup shown' \
			-- "$cur"))
		;;
	list) COMPREPLY=($(compgen -W 'windows outputs clients layers keyboards' -- "$cur")) ;;
	output)
		COMPREPLY=($(compgen -W 'add remove mode scale transform position on off' -- "$cur"))
		;;
	clip) COMPREPLY=($(compgen -W 'get set types clear' -- "$cur")) ;;
	touch) COMPREPLY=($(compgen -W 'down move up cancel' -- "$cur")) ;;
	ack) COMPREPLY=($(compgen -W 'ping read none' -- "$cur")) ;;
	clock) COMPREPLY=($(compgen -W 'run stop' -- "$cur")) ;;
	layout) COMPREPLY=($(compgen -W 'next prev' -- "$cur")) ;;
	click | press | release | drag)
		COMPREPLY=($(compgen -W 'left right middle side extra back forward' -- "$cur"))
		;;
	esac
}

_oriel()
{
	local cur prev words cword
	_init_completion -s || return

	local i command='' options verb=0
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		--)
			[[ $command == '' || $command == run ]] || continue
			_command_offset $((i + 1))
			return
			;;
		--backend | --device | --renderer | --virgl | --size | -s | --outputs | --shell | --config | \
			--socket | --script | --shot | --expect | --fuzz | --max-pixels | --mask | --diff | --clock | \
			--timeout | --record | --junit | --wire-log | --output | --window | --region | --scale)
			((i++)) # its value
			;;
		-*) ;;
		run | shot | compare | msg | info)
			if [[ ! $command ]]; then
				command=${words[i]}
				continue
			fi
			;;&
		*)
			if [[ $command == run ]]; then
				_command_offset $i
				return
			fi
			((verb)) || verb=$i
			;;
		esac
	done

	if [[ $command == msg && $cur != -* ]] && { ((verb)) || [[ $prev != --socket ]]; }; then
		((verb)) || verb=$cword
		_oriel_verb "${words[verb]}" "$verb"
		return
	fi

	case $prev in
	--backend)
		COMPREPLY=($(compgen -W 'headless x11 drm virtio' -- "$cur"))
		return
		;;
	--renderer)
		COMPREPLY=($(compgen -W 'pixman gl virgl' -- "$cur"))
		return
		;;
	--shell)
		COMPREPLY=($(compgen -W 'desktop kiosk' -- "$cur"))
		return
		;;
	--clock)
		COMPREPLY=($(compgen -W 'real virtual' -- "$cur"))
		return
		;;
	-s | --size)
		COMPREPLY=($(compgen -W '640x480 800x600 1280x720 1920x1080 1920x1080@2' -- "$cur"))
		return
		;;
	--shot | --expect | --diff)
		_filedir png
		return
		;;
	--config)
		_filedir ini
		return
		;;
	--script | --junit | --wire-log)
		_filedir
		return
		;;
	--record)
		_filedir -d
		return
		;;
	--socket | --outputs | --virgl | --fuzz | --max-pixels | --mask | --timeout | --output | \
		--window | --region | --scale)
		return
		;;
	esac

	case $command in
	'')
		options='--backend --device --renderer --virgl --size --outputs --shell --xwayland --config --socket
			--autostart --draw-always --verbose --help --version'
		;;
	run)
		options='--size --outputs --shell --xwayland --config --script --check --shot --cursor --expect --fuzz
			--max-pixels --mask --diff --update --clock --timeout --record --tap --junit
			--wire-log --socket --backend --renderer --virgl --verbose --help --version'
		;;
	shot) options='--socket --output --window --popups --region --scale --cursor --help --version' ;;
	compare) options='--fuzz --max-pixels --mask --diff --help --version' ;;
	msg) options='--socket --json --help --version' ;;
	info) options='--config --help --version' ;;
	esac

	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$cur"))
	elif [[ ! $command ]]; then
		COMPREPLY=($(compgen -W 'run shot compare msg info' -- "$cur"))
	elif [[ $command == run ]]; then
		_command_offset "$cword"
	elif [[ $command == info ]]; then
		return
	else
		_filedir png
	fi
} && complete -F _oriel oriel
