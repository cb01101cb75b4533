using System.CommandLine;

namespace Dragoman.Cli.Commands;

/// <summary><c>dragoman completion SHELL</c>: prints a script that completes the command's words with <c>[suggest]</c>, which the parser answers itself.</summary>
internal static class CompletionCommand
{
    // The program that is asked is the one whose name was typed: ./dragoman, /opt/dragoman/dragoman. Bash parts words at colons, which names of models
    // have: what it takes for words of their own is cut from the front of what is offered. No word list for compgen: it would expand $(…) in a name.
    private const string Bash = """
        _dragoman() {
          local program="${COMP_WORDS[0]/#\~/$HOME}" line="${COMP_LINE#* }" word item cut=""
          local position=$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))
          word="${line:0:position}"; word="${word##* }"
          if [[ "$word" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then cut="${word%"${word##*:}"}"; fi
          COMPREPLY=()
          while IFS= read -r item; do
            if [[ -n "$item" && "$item" == "$word"* ]]; then COMPREPLY+=( "$(printf %q "${item#"$cut"}")" ); fi
          done < <("$program" "[suggest:$position]" "$line" 2>/dev/null)
        }
        complete -F _dragoman dragoman ./dragoman
        """;

    private const string Zsh = """
        _dragoman() {
          local program="${words[1]/#\~/$HOME}" line="${LBUFFER#* }"
          compadd -- ${(f)"$("$program" "[suggest:${#line}]" "$line" 2>/dev/null)"}
        }
        compdef _dragoman dragoman ./dragoman
        """;

    private const string Fish = """
        complete -c dragoman -f -a '(set -l line (commandline -cp | string replace -r "^\s*\S+ ?" ""); set -l program (commandline -opc)[1]; $program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Prints a completion script: source <(dragoman completion bash).") { shell };
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "zsh" => Zsh,
            "fish" => Fish,
            _ => Bash,
        }));
        return command;
    }
}
