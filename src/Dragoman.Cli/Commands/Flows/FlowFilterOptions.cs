using System.CommandLine;

namespace Dragoman.Cli.Commands.Flows;

/// <summary>The filters of the commands that find flows.</summary>
internal sealed class FlowFilterOptions
{
    private readonly List<(string Name, Option<string?> Option)> _texts =
    [
        ("text", new("--text", "-t") { Description = "Words, each of which must begin a word of the flow." }),
        ("model", new("--model", "-m") { Description = "The model asked for or the upstream's; * stands for any run of characters." }),
        ("provider", new("--provider") { Description = "The provider." }),
        ("account", new("--account", "-a") { Description = "The account's id or label." }),
        ("key", new("--key", "-k") { Description = "The client key's id or name." }),
        ("session", new("--session") { Description = "The conversation." }),
        ("status", new("--status", "-s") { Description = "429, 4xx or 200-299." }),
        ("from", new("--from") { Description = "From when: 2026-01-31T08:00:00Z, or how long ago: 30m, 2h, 7d." }),
        ("to", new("--to") { Description = "Until when, likewise." }),
        ("tag", new("--tag") { Description = "With this tag." }),
    ];

    private readonly List<(string Name, Option<bool?> Option)> _flags =
    [
        ("refused", new("--refused") { Description = "Refused before they were let in, so that usage does not count them; --refused false: counted there." }),
        ("has_losses", new("--losses") { Description = "With losses; --losses false: without." }),
        ("bookmarked", new("--bookmarked") { Description = "Bookmarked; --bookmarked false: not." }),
    ];

    public Command AddTo(Command command)
    {
        foreach (var (_, option) in _texts) command.Add(option);
        foreach (var (_, option) in _flags)
        {
            option.Arity = ArgumentArity.ZeroOrOne;
            command.Add(option);
        }

        return command;
    }

    /// <summary>What was asked for, as the query of an address.</summary>
    public string Query(ParseResult parsed)
    {
        var parts = new List<string>();
        foreach (var (name, option) in _texts)
            if (parsed.GetValue(option) is { Length: > 0 } value) parts.Add($"{name}={Uri.EscapeDataString(value)}");
        foreach (var (name, option) in _flags)
            if (parsed.GetResult(option) is { Implicit: false }) parts.Add($"{name}={(parsed.GetValue(option) == false ? "false" : "true")}");
        return string.Join('&', parts);
    }
}
