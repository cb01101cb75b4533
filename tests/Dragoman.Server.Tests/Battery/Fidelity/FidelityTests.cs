using System.Text;
using System.Text.RegularExpressions;
using Dragoman.Server.Tests.Battery.Talk;
using Dragoman.Server.Tests.Battery.Upstreams;

namespace Dragoman.Server.Tests.Battery.Fidelity;

/// <summary>No silent loss: whatever a client asks for is seen in the upstream's request, or is told as lost. What was seen is docs/fidelity.md.</summary>
public sealed partial class FidelityTests
{
    /// <summary>What need not be said to an upstream, because it does so anyway.</summary>
    private static readonly Dictionary<(string Upstream, string Feature), string> Needless = new()
    {
        [("chat", "cache marks")] = "needless: the upstream caches by itself",
        [("bedrock-converse", "service tier")] = "needless: the tier asked for is the default there",
    };

    private static readonly string[] Clients = ["chat", "responses", "messages", "gemini"];

    [Fact]
    public async Task Everything_crosses_or_is_told_as_lost_and_the_table_says_so()
    {
        UpstreamHouse[] houses = [new ChatHouse(), new ResponsesHouse(), new MessagesHouse(), new GeminiHouse(), new BedrockConverseHouse(), new BedrockAnthropicHouse()];
        var cells = new Dictionary<(string Client, string Upstream, string Feature), string>();
        var silent = new List<string>();
        foreach (var house in houses)
        {
            await house.InitializeAsync();
            foreach (var client in Clients.Where(client => client != house.Name))
            {
                var usual = await AskAsync(house, client, probe: null);
                foreach (var probe in Probe.All.Where(probe => probe.Say.ContainsKey(client)))
                {
                    var (said, body) = await AskAsync(house, client, probe);
                    var cell = Outcome(probe, said, body, usual.Said.Losses);
                    if (cell.Length == 0) cell = Needless.GetValueOrDefault((house.Name, probe.Feature), "");
                    if (cell.Length == 0) silent.Add($"{client} → {house.Name}: {probe.Feature} in {body}");
                    cells[(client, house.Name, probe.Feature)] = cell;
                }
            }

            await house.DisposeAsync();
        }

        silent.ShouldBeEmpty();
        Compare(Table(cells, [.. houses.Select(house => house.Name)]));
    }

    private static async Task<(Said Said, string Body)> AskAsync(UpstreamHouse house, string client, Probe? probe)
    {
        var driver = ClientDriver.All[client];
        var ask = Ask.Of("Hello");
        var body = driver.BodyOf(ask, stream: false);
        probe?.Say[client](body);
        Said said = null!;
        var requests = await house.DuringAsync(async () => said = await driver.SendAsync(house.Http, driver.PathOf(ask, false), body.ToJsonString(Json.Plain), stream: false));
        foreach (var request in requests) request.Refused.ShouldBeNull($"{house.Name} refused {probe?.Feature} of {client}: {request.Text}");
        return (said, requests.Count > 0 ? requests[^1].Text : "");
    }

    private static string Outcome(Probe probe, Said said, string body, string usual)
    {
        if (said.Error is { } error) return "refused: " + error.Message;
        var known = usual.Split("; ").ToHashSet();
        var losses = said.Losses.Split("; ", StringSplitOptions.RemoveEmptyEntries).Where(loss => !known.Contains(loss)).Select(loss => LossPath().Replace(loss, "")).Distinct().ToList();
        // A wish may cross and lose something on the way: a schema its name, say.
        var seen = Regex.IsMatch(body, probe.Seen, RegexOptions.None, TimeSpan.FromSeconds(1));
        if (losses.Count == 0) return seen ? "carried" : "";
        return (seen ? "carried, but: " : "") + string.Join("; ", losses.Select(loss => loss.StartsWith("dropped", StringComparison.Ordinal) ? "lost" + loss[7..] : loss));
    }

    private static string Table(Dictionary<(string Client, string Upstream, string Feature), string> cells, string[] upstreams)
    {
        var text = new StringBuilder("""
            # What crosses from one language to another

            Generated from what the tests observe (`FidelityTests`): each cell is what happened to a request in the client language of the section
            on its way to the upstream language of the column. *lost* and *approximated* are told to the client in `x-dragoman-losses`. The same
            language on both sides is relayed byte for byte and has no column. Text, tools, tool results, pictures, reasoning, streams and errors
            are tested for every pair in the battery (`tests/Dragoman.Server.Tests/Battery`).

            To write this page anew: `DRAGOMAN_WRITE_DOCS=1 ./test`

            """.ReplaceLineEndings("\n"));
        foreach (var client in Clients)
        {
            var columns = upstreams.Where(upstream => upstream != client).ToList();
            text.Append($"\n## Clients that speak {client}\n\n| feature | {string.Join(" | ", columns)} |\n|---|{string.Concat(columns.Select(_ => "---|"))}\n");
            foreach (var probe in Probe.All.Where(probe => probe.Say.ContainsKey(client)))
                text.Append($"| {probe.Feature} | {string.Join(" | ", columns.Select(upstream => cells[(client, upstream, probe.Feature)].Replace("|", "\\|", StringComparison.Ordinal)))} |\n");
        }

        return text.ToString();
    }

    private static void Compare(string table)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Dragoman.slnx"))) folder = folder.Parent;
        var path = Path.Combine(folder!.FullName, "docs", "fidelity.md");
        if (Environment.GetEnvironmentVariable("DRAGOMAN_WRITE_DOCS") == "1") File.WriteAllText(path, table);
        (File.Exists(path) ? File.ReadAllText(path) : "").ShouldBe(table, "docs/fidelity.md is not what the tests observe; write it anew with DRAGOMAN_WRITE_DOCS=1 ./test");
    }

    [GeneratedRegex("^\\S+ (?=dropped|approximated)", RegexOptions.None, 1000)]
    private static partial Regex LossPath();
}
