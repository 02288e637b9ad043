// SPDX-FileCopyrightText: Copyright 2026 The thv authors
// SPDX-License-Identifier: Apache-2.0
// What the shells run when TAB is pressed. All of it that can be is in `thv __complete`; the scripts only cut the
// command line into words and hand the answer over.
#include "thv/completion_commands.hpp"

namespace thv::commands {

namespace {

// '=' and ':' part words in bash's eyes: words are put together again, and of the answers only what is behind the last
// of these is handed over.
constexpr std::string_view bash =
    R"sh(# bash completion of thv                                          -*- shell-script -*-
_thv() {
    local words=() word gap i line=$COMP_LINE left=$COMP_POINT answer directive answers typed
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        gap=${line%%[![:space:]]*}
        line=${line:${#gap}}
        ((left -= ${#gap}))
        ((i < COMP_CWORD || left >= ${#word})) || word=${word:0:left < 0 ? 0 : left}
        if ((i == 0)) || [[ -n $gap ]]; then words+=("$word"); else words[${#words[@]} - 1]+=$word; fi
        line=${line:${#word}}
        ((left -= ${#word}))
    done
    typed=$word
    [[ $typed == [=:] ]] && typed=
    word=${words[${#words[@]} - 1]}
    local program=${words[0]/#\~/$HOME} cut=$((${#word} - ${#typed}))
    mapfile -t answers < <("$program" __complete "${words[@]:1}" 2>/dev/null)
    ((${#answers[@]})) || return
    directive=${answers[${#answers[@]} - 1]#:}
    unset "answers[${#answers[@]} - 1]"
    COMPREPLY=()
    for answer in "${answers[@]}"; do
        answer=${answer%%$'\t'*}
        COMPREPLY+=("${answer:cut}")
    done
    ((directive & 2)) && compopt -o nospace
    if ! ((directive & 4)) && ((${#COMPREPLY[@]} == 0)); then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$typed")
    fi
}
complete -F _thv thv
)sh";

constexpr std::string_view zsh = R"sh(#compdef thv
# zsh completion of thv
_thv() {
    local -a answers values
    local answer directive word text
    local tab=$'\t'
    answers=("${(@f)$(${~words[1]} __complete "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    directive=${answers[-1]#:}
    for answer in "${(@)answers[1,-2]}"; do
        word=${answer%%$tab*}
        text=${answer#*$tab}
        word=${word//:/\\:}
        if [[ $answer == *$tab* ]]; then values+=("$word:$text"); else values+=("$word"); fi
    done
    local -a options
    ((directive & 2)) && options=(-S '')
    if ((${#values})); then
        _describe -V thv values "${options[@]}"
    elif ! ((directive & 4)); then
        [[ $PREFIX == --*=* ]] && compset -P '*='
        _files
    fi
}
if [ "$funcstack[1]" = "_thv" ]; then
    _thv "$@"
else
    compdef _thv thv
fi
)sh";

constexpr std::string_view fish = R"sh(# fish completion of thv
function __thv_complete
    set -l words (commandline -opc)
    set -l program $words[1]
    set -e words[1]
    set -l answers ($program __complete $words (commandline -ct) 2>/dev/null)
    test (count $answers) -gt 0; or return
    set -l directive (string replace ':' '' -- $answers[-1])
    set -e answers[-1]
    if test (count $answers) -gt 0
        printf '%s\n' $answers
    else if test (math "bitand($directive, 4)") -eq 0
        __fish_complete_path (commandline -ct | string replace -r '^--[^=]*=' '')
    end
end
complete -c thv -f -a '(__thv_complete)'
)sh";

} // namespace

std::string_view completion_script(std::string_view shell) {
    if (shell == "bash") return bash;
    if (shell == "zsh") return zsh;
    if (shell == "fish") return fish;
    return {};
}

} // namespace thv::commands
