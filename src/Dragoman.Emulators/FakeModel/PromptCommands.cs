using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Emulators.FakeModel;

/// <summary>A call asked for in so many words.</summary>
internal sealed record CallOrder(string Name, string Input);

/// <summary>What the user's text tells the mind to do, by the conventions in the README.</summary>
internal sealed partial class PromptCommands
{
    private PromptCommands(string text) => Text = text;

    /// <summary>The text without the blocks that coding agents add to it.</summary>
    public string Text { get; }

    /// <summary>The calls, a list a round: those before the first line `then`, those after it, and so on.</summary>
    public List<List<CallOrder>> Rounds { get; } = [];

    public string? Say { get; private set; }

    public int? Words { get; private set; }

    public string? Search { get; private set; }

    public (string Path, string Content)? CreateFile { get; private set; }

    public string? ReadFile { get; private set; }

    public string? RunCommand { get; private set; }

    public static PromptCommands Read(string userText)
    {
        var orders = new PromptCommands(AgentBlocks().Replace(userText, "").Trim());
        var round = new List<CallOrder>();
        foreach (var raw in orders.Text.Split('\n'))
        {
            var line = raw.Trim();
            if (line.StartsWith("call:", StringComparison.Ordinal))
            {
                var space = line.IndexOf(' ', StringComparison.Ordinal);
                round.Add(space < 0 ? new CallOrder(line[5..], "{}") : new CallOrder(line[5..space], line[(space + 1)..].Trim()));
            }
            else if (line == "then")
            {
                orders.Rounds.Add(round);
                round = [];
            }
            else if (line.StartsWith("say:", StringComparison.Ordinal))
            {
                orders.Say = line[4..].TrimStart();
            }
            else if (line.StartsWith("search:", StringComparison.Ordinal))
            {
                orders.Search = line[7..].Trim();
            }
            else if (line.StartsWith("words:", StringComparison.Ordinal)
                && int.TryParse(line.AsSpan(6).Trim(), CultureInfo.InvariantCulture, out var words))
            {
                orders.Words = Math.Clamp(words, 0, 1_000_000);
            }
        }

        if (round.Count > 0)
            orders.Rounds.Add(round);
        if (CreateOrder().Match(orders.Text) is { Success: true } create)
            orders.CreateFile = (create.Groups["path"].Value.Trim('`', '"', '\''), create.Groups["content"].Value.Trim().Trim('`', '"'));
        if (ReadOrder().Match(orders.Text) is { Success: true } read)
            orders.ReadFile = read.Groups["path"].Value.Trim('`', '"', '\'');
        if (RunOrder().Match(orders.Text) is { Success: true } run)
            orders.RunCommand = run.Groups["command"].Value.Trim().Trim('`');
        return orders;
    }

    [GeneratedRegex(
        "<(system-reminder|environment_context|user_instructions|session_context)>.*?</(system-reminder|environment_context|user_instructions|session_context)>",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        10_000)]
    private static partial Regex AgentBlocks();

    [GeneratedRegex(@"\bcreate file (?<path>\S+) with (?<content>[^\n]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex CreateOrder();

    [GeneratedRegex(@"\bread file (?<path>\S+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex ReadOrder();

    [GeneratedRegex(@"\brun command (?<command>[^\n]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex RunOrder();
}
