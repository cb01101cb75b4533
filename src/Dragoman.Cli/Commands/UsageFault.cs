using System.CommandLine;
using System.CommandLine.Parsing;
using Dragoman.Cli.Terminal;
using Dragoman.Gateway.Text;

namespace Dragoman.Cli.Commands;

/// <summary>What is wrong with a command line: a short message, what was probably meant, and where to read on.</summary>
internal static class UsageFault
{
    /// <summary>Tells it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteErrorAsync(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = NameOf(parsed.CommandResult);
        // Only the beginning of a command: what there is to choose from is the answer.
        if (command.Action is null && parsed.UnmatchedTokens.Count == 0)
        {
            await parsed.RootCommandResult.Command.Parse([.. name.Split(' ')[1..], "--help"]).InvokeAsync();
            return ExitCodes.Usage;
        }

        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            var isOption = unknown.StartsWith('-');
            var near = SpellingSuggestion.Find(unknown, isOption ? OptionsOf(parsed.CommandResult) : command.Subcommands.Where(sub => !sub.Hidden).Select(sub => sub.Name));
            var what = isOption ? $"There is no option '{unknown}' for '{name}'." : command.Subcommands.Count > 0 ? $"There is no command '{name} {unknown}'." : $"'{name}' does not take '{unknown}'.";
            await SayAsync($"{what}{(near is [var meant, ..] ? $" Did you mean '{meant}'?" : "")}", name);
        }
        else
        {
            await SayAsync(string.Join(' ', parsed.Errors.Select(error => error.Message.TrimEnd('.')).Distinct().Select(message => message + ".")), name);
        }

        return ExitCodes.Usage;
    }

    private static Task SayAsync(string words, string name) => Console.Error.WriteLineAsync($"dragoman: {words.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal)} See '{name} --help'.");

    private static string NameOf(SymbolResult result)
    {
        var names = new List<string>();
        for (var at = result; at is not null; at = at.Parent)
        {
            if (at is CommandResult command) names.Add(command.Command is RootCommand ? "dragoman" : command.Command.Name);
        }

        names.Reverse();
        return string.Join(' ', names);
    }

    private static IEnumerable<string> OptionsOf(CommandResult result)
    {
        foreach (var option in result.Command.Options.Where(option => !option.Hidden)) yield return option.Name;
        yield return "--help";
    }
}
