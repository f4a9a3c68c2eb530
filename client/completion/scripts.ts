/** The shells that there is a script for. Each asks the program itself, so a script never gets old. */
export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The name of the hidden command that the scripts call; behind `--` come the words on the line. */
export const completeCommand = '__complete';

/** What `slipway completion SHELL` prints: a script to be read by that shell. */
export function scriptFor(shell: Shell): string {
  return scripts[shell];
}

const bash = `# bash completion for slipway. To load it in every session, put this line into ~/.bashrc:
#   source <(slipway completion bash)
_slipway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" value about
  [ "$current" = '=' ] && current=''
  COMPREPLY=()
  while IFS=$'\\t' read -r value about; do
    if [ "$value" = ':files' ]; then
      compopt -o default 2>/dev/null ||
        while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -f -- "$current")
      return
    fi
    COMPREPLY+=("$(printf '%q' "$value")")
  done < <("\${COMP_WORDS[0]}" ${completeCommand} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _slipway slipway
`;

const zsh = `#compdef slipway
# zsh completion for slipway. To load it in every session, put this line into ~/.zshrc, behind compinit:
#   source <(slipway completion zsh)
# Or write this script to a file _slipway in a folder of your fpath.
_slipway() {
  local line
  local -a values shown
  for line in "\${(@f)$("\${words[1]}" ${completeCommand} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -z $line ]] && continue
    if [[ $line == ':files' ]]; then
      _files
      return
    fi
    values+=("\${line%%$'\\t'*}")
    shown+=("\${line/$'\\t'/  -- }")
  done
  (( $#values )) && compadd -l -d shown -a values
}
if [[ \${funcstack[1]} == _slipway ]]; then
  _slipway "$@"
else
  compdef _slipway slipway
fi
`;

const fish = `# fish completion for slipway. To load it in every session:
#   slipway completion fish > ~/.config/fish/completions/slipway.fish
function __slipway_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] ${completeCommand} -- $words[2..-1] 2>/dev/null)
    if test "$found" = ':files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c slipway -e
complete -c slipway -f -a '(__slipway_complete)'
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish };
