using System.CommandLine;

namespace Dragoman.Server.Cli;

/// <summary><c>dragoman completion SHELL</c>: prints a script that completes the command's words with <c>[suggest]</c>, which the parser answers itself.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _dragoman() {
          local line="${COMP_LINE#* }" IFS=$'\n'
          COMPREPLY=( $(compgen -W "$(dragoman "[suggest:$(( COMP_POINT - ${#COMP_LINE} + ${#line} ))]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}") )
        }
        complete -F _dragoman dragoman ./dragoman
        """;

    private const string Zsh = """
        _dragoman() {
          local line="${BUFFER#* }"
          compadd -- ${(f)"$(dragoman "[suggest:${#line}]" "$line" 2>/dev/null)"}
        }
        compdef _dragoman dragoman
        """;

    private const string Fish = """
        complete -c dragoman -f -a '(set -l line (commandline -p | string replace -r "^\S+ ?" ""); dragoman "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)'
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
