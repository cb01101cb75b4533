using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dragoman.Server.Tests.Conformance.ClientDrivers;
using Dragoman.Server.Tests.Conformance.Upstreams;

namespace Dragoman.Server.Tests.Conformance.Fidelity;

/// <summary>Everything probed once, from every client language before every upstream language: what happened, and what vanished unsaid.</summary>
public sealed partial class FidelityRun : IAsyncLifetime
{
    private const string Withheld = "done by the gateway, which withholds the words";

    /// <summary>What need not be said to an upstream, because it does so anyway or the gateway does it.</summary>
    private static readonly Dictionary<(string Upstream, string Feature), string> Needless = new()
    {
        [("chat", "cache marks")] = "needless: the upstream caches by itself",
        [("bedrock-converse", "service tier")] = "needless: the tier asked for is the default there",
        [("bedrock-converse", "off")] = "needless: these models think only when asked to",
        [("gemini", "adaptive")] = "needless: the model decides by itself",
        [("chat", "shown in summaries")] = "needless: servers that show reasoning do so unasked",
        [("messages", "shown in summaries")] = "needless: shown unless asked not to",
        [("bedrock-anthropic", "shown in summaries")] = "needless: shown unless asked not to",
        [("bedrock-converse", "shown in summaries")] = "needless: shown unless asked not to",
        [("codewhisperer", "service tier")] = "needless: the tier asked for is the default there",
        [("codewhisperer", "off")] = "needless: these models think only when asked to",
        [("codewhisperer", "shown in summaries")] = "needless: shown unless asked not to",
        [("codewhisperer", "stop sequences")] = "done by the gateway, which ends the answer there",
        [("codewhisperer", "prompt cache key")] = "done by the gateway: it names the conversation",
        [("codewhisperer", "not shown")] = Withheld,
        [("responses", "not shown")] = "needless: shown only when asked to",
        [("chat", "not shown")] = Withheld,
        [("messages", "not shown")] = Withheld,
        [("bedrock-anthropic", "not shown")] = Withheld,
        [("bedrock-converse", "not shown")] = Withheld,
        [("*", "the prompt echoed")] = "done by the gateway",
    };

    private readonly Dictionary<(string Client, string Upstream, Probe? Over, string Model), string> _usual = [];

    internal static string[] Clients { get; } = ["chat", "responses", "messages", "gemini", "completions", "converse", "invoke"];

    internal static IReadOnlyList<(string Title, IReadOnlyList<Probe> Probes)> Requests { get; } =
        [("What is set", SettingProbes.All), ("What is said and shown", ContentProbes.All), ("Tools", ToolProbes.All), ("Reasoning", ReasoningProbes.All)];

    /// <summary>The upstream languages, in the page's order.</summary>
    internal List<string> Upstreams { get; } = [];

    /// <summary>What happened to each thing on its way: a few words.</summary>
    internal Dictionary<(string Client, string Upstream, string Feature), string> Cells { get; } = [];

    /// <summary>What vanished and nobody was told.</summary>
    internal List<string> Silent { get; } = [];

    public async ValueTask InitializeAsync()
    {
        UpstreamScenario[] houses = [new ChatScenario(), new ResponsesScenario(), new MessagesScenario(), new GeminiScenario(), new BedrockConverseScenario(), new BedrockAnthropicScenario(), new CodeWhispererScenario()];
        foreach (var house in houses)
        {
            Upstreams.Add(house.Name);
            await house.InitializeAsync();
            foreach (var client in Clients.Where(client => client != house.Name))
            {
                foreach (var probe in Requests.SelectMany(section => section.Probes).Where(probe => probe.Say.ContainsKey(client)))
                    await SeeAsync(client, house, probe.Feature, () => RequestAsync(house, client, probe));
                foreach (var probe in AnswerProbes.All.Where(probe => probe.SaidBy(house.Name) is not null && probe.Concerns(client)))
                    await SeeAsync(client, house, probe.Feature, () => AnswerAsync(house, client, probe));
                foreach (var trip in RoundTrip.All.Where(trip => trip.Concerns(house.Name, client)))
                    await SeeAsync(client, house, trip.Feature, async () => Tell(client, house.Name, trip.Feature, await trip.TakeAsync(house, client), () => "the second request"));
            }

            await house.DisposeAsync();
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What an upstream refuses or a client cannot read is a finding like any other: all of them are told at once.</summary>
    private async Task SeeAsync(string client, UpstreamScenario house, string feature, Func<Task> look)
    {
        try
        {
            await look();
        }
        catch (Exception ex) when (ex is ShouldAssertException or InvalidDataException)
        {
            house.Emulator.Script.Clear();
            Silent.Add($"{client} → {house.Name}: {feature}: {ex.Message.ReplaceLineEndings(" ")}");
        }
    }

    private async Task RequestAsync(UpstreamScenario house, string client, Probe probe)
    {
        var (result, body) = await AskAsync(house, client, probe, probe.Model, stream: false);
        Tell(client, house.Name, probe.Feature, Outcome(result, body, await UsualAsync(house, client, probe.Over, probe.Model), probe.Seen, probe.As), () => body);
    }

    private async Task AnswerAsync(UpstreamScenario house, string client, AnswerProbe probe)
    {
        var model = probe.Asked?.Model ?? "m";
        var usual = await UsualAsync(house, client, probe.Asked, model);
        var answer = probe.SaidBy(house.Name)!;
        var cells = new List<string>();
        foreach (var stream in (bool[])[false, true])
        {
            house.Emulator.Script.Add(answer.Reply(house.Name, stream));
            var (result, _) = await AskAsync(house, client, probe.Asked, model, stream);
            var cell = Outcome(result, result.Raw, usual, probe.SeenBy(client), probe.As);
            if (cell == "carried") cell = probe.How;
            // A stream's headers are out before its words come: what whole answers report lost is known to be lost.
            if (stream && cell.Length == 0 && cells[0].Contains("lost", StringComparison.Ordinal)) cell = cells[0];
            if (cell.Length == 0) Tell(client, house.Name, $"{probe.Feature} ({(stream ? "streamed" : "whole")})", "", () => result.Raw);
            cells.Add(cell);
        }

        Cells[(client, house.Name, probe.Feature)] = cells[0].Contains(cells[1], StringComparison.Ordinal) ? cells[0] : $"{cells[0]}; streamed: {cells[1]}";
    }

    private void Tell(string client, string upstream, string feature, string cell, Func<string> body)
    {
        if (cell.Length == 0) cell = Needless.GetValueOrDefault((upstream, feature)) ?? Needless.GetValueOrDefault(("*", feature), "");
        if (cell.Length == 0) Silent.Add($"{client} → {upstream}: {feature} in {body().ReplaceLineEndings(" ")}");
        Cells[(client, upstream, feature)] = cell;
    }

    private async Task<string> UsualAsync(UpstreamScenario house, string client, Probe? over, string model)
    {
        if (_usual.TryGetValue((client, house.Name, over, model), out var usual)) return usual;
        var (result, _) = await AskAsync(house, client, over, model, stream: false);
        return _usual[(client, house.Name, over, model)] = result.Losses;
    }

    private static async Task<(ClientResult Said, string Body)> AskAsync(UpstreamScenario house, string client, Probe? probe, string model, bool stream)
    {
        var driver = ClientDriver.All[client];
        var ask = Ask.Of("Hello") with { Model = model };
        var body = driver.BodyOf(ask, stream);
        probe?.Put(client, body);
        ClientResult result = null!;
        var requests = await house.DuringAsync(async () => result = await driver.SendAsync(house.Http, driver.PathOf(ask, stream), body.ToJsonString(Json.Plain), stream));
        foreach (var request in requests) request.Refused.ShouldBeNull($"{house.Name} refused {probe?.Feature} of {client}: {request.Text}");
        return (result, requests.Count > 0 ? requests[^1].Text : "");
    }

    private static string Outcome(ClientResult result, string body, string usual, string seen, IReadOnlyList<(string Seen, string How)> others)
    {
        if (result.Error is { } error) return "refused: " + error.Message;
        var known = usual.Split("; ").ToHashSet();
        var losses = result.Losses.Split("; ", StringSplitOptions.RemoveEmptyEntries).Where(loss => !known.Contains(loss)).Select(loss => LossPath().Replace(loss, "")).Distinct().ToList();
        // A wish may cross and lose something on the way: a schema its name, say.
        var crossed = Found(body, seen) ? "carried" : others.FirstOrDefault(other => Found(body, other.Seen)) is { Seen: not null } other ? ("carried " + other.How).TrimEnd() : "";
        if (losses.Count == 0) return crossed;
        return (crossed.Length > 0 ? crossed + ", but: " : "") + string.Join("; ", losses.Select(loss => loss.StartsWith("dropped", StringComparison.Ordinal) ? "lost" + loss[7..] : loss));
    }

    private static bool Found(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.Singleline, TimeSpan.FromSeconds(1));

    [GeneratedRegex("^\\S+ (?=dropped|approximated)", RegexOptions.None, 1000)]
    private static partial Regex LossPath();
}
