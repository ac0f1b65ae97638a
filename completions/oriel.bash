# SPDX-License-Identifier: MIT
# Completion of oriel for bash.

_oriel()
{
	local cur prev words cword
	_init_completion -s || return

	local i command='' options
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
		--)
			_command_offset $((i + 1))
			return
			;;
		run | shot | compare | msg)
			[[ $command || ${words[i - 1]} == --* ]] || command=${words[i]}
			;;
		esac
	done

	case $prev in
	--backend)
		COMPREPLY=($(compgen -W 'headless' -- "$cur"))
		return
		;;
	--renderer)
		COMPREPLY=($(compgen -W 'pixman' -- "$cur"))
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
	--size)
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
	--socket | --outputs | --fuzz | --max-pixels | --mask | --timeout | --output | --window | --region)
		return
		;;
	esac

	case $command in
	'') options='--backend --renderer --shell --config --socket --help --version' ;;
	run)
		options='--size --outputs --shell --script --shot --expect --fuzz --max-pixels --mask
			--diff --clock --timeout --record --tap --junit --wire-log --help'
		;;
	shot) options='--output --window --region --help' ;;
	compare) options='--fuzz --max-pixels --mask --diff --help' ;;
	msg) options='--json --help' ;;
	esac

	if [[ $cur == -* ]]; then
		COMPREPLY=($(compgen -W "$options" -- "$cur"))
	elif [[ ! $command ]]; then
		COMPREPLY=($(compgen -W 'run shot compare msg' -- "$cur"))
	elif [[ $command == shot || $command == compare ]]; then
		_filedir png
	fi
} && complete -F _oriel oriel
